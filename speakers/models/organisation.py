"""Bodies that host sessions or send delegates."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from summit.lib.translated import TranslatedField
from summit.lib.weblinks import validate_web_link
from summit.models import Invited, Summit, User
from summit.models.place import validate_slug


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of(self, user: User) -> "OrganisationQuerySet":
        """The organisations whose sessions this person looks after."""
        return self.filter(members__user=user, members__accepted_at__isnull=False).distinct()


class Organisation(models.Model):
    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        INTERNATIONAL = "international", _("International organisation")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        ACADEMIA = "academia", _("University or research")
        BUSINESS = "business", _("Business")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="organisations")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = TranslatedField(_("name"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True, validators=[validate_web_link])
    description = TranslatedField(_("description"), max_length=3000, long=True, blank=True)
    # Whom organisers write to; never public.
    contact_name = models.CharField(_("contact person (private)"), max_length=200, blank=True)
    contact_email = models.EmailField(_("contact address (private)"), max_length=254, blank=True)
    # Rises with every edit: a form made on an older one does not overwrite it.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="organisation_code_once"),)

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("speakers:host", args=[self.summit.code, self.code])


class OrganisationMember(Invited):
    """Somebody who looks after an organisation's sessions, invited by organisers or by a colleague."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hosting_memberships")

    class Meta:
        verbose_name = _("host contact")
        verbose_name_plural = _("host contacts")
        ordering = ("organisation", "user")
        constraints = (
            models.UniqueConstraint(fields=["organisation", "user"], name="organisation_member_once"),
            Invited.token_once("organisation_member_token_once"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"
