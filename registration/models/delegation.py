"""A country, a local government or an organisation that comes as one: its places, and who looks after them."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.models.category import Category
from summit.lib.codes import token
from summit.lib.translated import TranslatedField
from summit.models import SealedAddress, Summit
from summit.models.place import validate_slug


class Delegation(models.Model):
    """``names_until`` is a moment: nobody but the team changes who comes, or what they are called, from then on."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Country")
        LOCAL_GOVERNMENT = "local_government", _("Local government")
        ORGANISATION = "organisation", pgettext_lazy("delegation", "Organisation")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="delegations")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.COUNTRY)
    # ISO 3166-1; the flag is that of it. "" where it belongs to none.
    country = models.CharField(_("country"), max_length=2, blank=True)
    name = TranslatedField(_("name"), max_length=120)
    official_name = TranslatedField(_("official name"), max_length=200, blank=True)
    precedence = models.PositiveSmallIntegerField(
        _("precedence"), default=100, help_text=_("1 comes first; alike ones follow by name.")
    )
    # Whom the team writes to; the head and deputies never see it.
    contact_name = models.CharField(_("contact person (private)"), max_length=200, blank=True)
    contact_email = models.EmailField(_("contact address (private)"), max_length=254, blank=True)
    notes = models.TextField(_("notes for the team"), max_length=2000, blank=True)
    names_until = models.DateTimeField(_("names until"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("precedence", "name", "pk")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="delegation_code_once"),)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def in_full(self) -> str:
        """The official name, or the usual one where there is none."""
        return str(self.official_name) or str(self.name)

    def names_are_frozen(self, now: datetime | None = None) -> bool:
        """Whether who comes, and what they are called, is changed by the team alone."""
        return self.names_until is not None and (now or timezone.now()) >= self.names_until


class DelegationPlaces(models.Model):
    """How many of one category a delegation may send. A category without a row has none."""

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="places")
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, related_name="delegation_places", verbose_name=_("category")
    )
    places = models.PositiveIntegerField(_("places"))

    class Meta:
        verbose_name = _("places of a delegation")
        verbose_name_plural = _("places of delegations")
        ordering = ("category__order", "category__code")
        constraints = (models.UniqueConstraint(fields=["delegation", "category"], name="delegation_places_once"),)

    def __str__(self) -> str:
        return f"{self.delegation} · {self.category}: {self.places}"


class DelegationHeadQuerySet(models.QuerySet["DelegationHead"]):
    def under(self, address: str) -> "DelegationHeadQuerySet":
        """Those with an address, also where it is sealed."""
        stand_ins = SealedAddress.objects.of(address).values("stand_in")
        return self.filter(Q(email__address=address) | Q(email__in=stand_ins))


class DelegationHead(models.Model):
    """The head of a delegation or a deputy. ``token`` opens their page; it is replaced when the link is renewed."""

    class Role(models.TextChoices):
        HEAD = "head", _("Head of delegation")
        DEPUTY = "deputy", _("Deputy")

    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="heads")
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.HEAD)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=10, default="ko")
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DelegationHeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("head of delegation or deputy")
        verbose_name_plural = _("heads of delegations and deputies")
        ordering = ("-role", "pk")
        constraints = (
            models.UniqueConstraint("delegation", Lower("email"), name="delegation_head_email_once"),
            models.UniqueConstraint(fields=["delegation"], condition=Q(role="head"), name="delegation_has_one_head"),
        )

    def __str__(self) -> str:
        return f"{self.name} · {self.delegation}"

    def get_absolute_url(self) -> str:
        """Their page; whoever knows this address is let in."""
        return reverse("registration:delegation", args=[self.summit.code, self.token])

    @property
    def summit(self) -> Summit:
        return self.delegation.summit
