"""How somebody comes into a category that is not everybody's, or past a decision: invited by name, or by a code."""

import unicodedata
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.attendance import Attendance
from registration.models.category import Category
from registration.models.registration import Registration
from registration.models.window import window
from summit.lib import columns
from summit.lib.codes import READABLE, token
from summit.models import Summit, User

# What of a person's details an invitation may bring along, beside the name, the language and the country.
PREFILLED = ("name_romanised", "badge_script", "organisation", "job_title", "time_zone")


class InvitationState(models.TextChoices):
    """How far an invitation is: the first of these that applies, from the last one upwards."""

    DRAFT = "draft", _("Not sent yet")
    SENT = "sent", _("Sent")
    OPENED = "opened", _("Opened")
    BEGUN = "begun", _("Begun")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
    FINISHED = "finished", _("Registered")


# It can still be used, once it is sent.
GOING = (InvitationState.SENT, InvitationState.OPENED, InvitationState.BEGUN)


def _in_state(now: datetime) -> dict[str, Q]:
    """The rows in each state; the truth table of the tests holds it to :meth:`Invitation.state_at`."""
    live = Q(registration__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    sent = live & Q(sent_at__isnull=False)
    return {
        InvitationState.DRAFT: live & Q(sent_at__isnull=True),
        InvitationState.SENT: sent & Q(opened_at__isnull=True, begun_at__isnull=True),
        InvitationState.OPENED: sent & Q(opened_at__isnull=False, begun_at__isnull=True),
        InvitationState.BEGUN: sent & Q(begun_at__isnull=False),
        InvitationState.EXPIRED: Q(registration__isnull=True, revoked_at__isnull=True, expires_at__lte=now),
        InvitationState.REVOKED: Q(registration__isnull=True, revoked_at__isnull=False),
        InvitationState.FINISHED: Q(registration__isnull=False),
    }


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def in_state(self, *states: str, now: datetime | None = None) -> "InvitationQuerySet":
        known, found = _in_state(now or timezone.now()), Q(pk__in=[])
        for state in states:
            found |= known.get(state, Q(pk__in=[]))
        return self.filter(found)

    def standing(self, now: datetime | None = None) -> "InvitationQuerySet":
        """Those whose address is not invited a second time: in preparation or under way. Whoever followed one is
        registered, or has cancelled since and may be asked again."""
        return self.in_state(InvitationState.DRAFT, *GOING, now=now)


class Invitation(models.Model):
    """One person invited to register in a category. ``token`` opens the form for them; knowing ``guid`` does not.

    Where it ``reserves``, its place is counted from sending on (``holds_place``, written under the row's lock by
    ``registration.registering.inviting`` and ``admitting`` alone) until it ends or somebody has registered by it.
    """

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="invitations")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name as written"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, default="ko")
    category = models.ForeignKey(
        Category, on_delete=models.RESTRICT, related_name="invitations", verbose_name=_("category")
    )
    # "": the person chooses.
    attendance = models.CharField(_("attendance"), max_length=12, choices=Attendance, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # By the names of PREFILLED.
    prefill = models.JSONField(_("filled in beforehand"), default=dict, blank=True)
    found_as = columns.FoundText(of=("name", "email", "organisation"))
    reserves = models.BooleanField(_("keep a place"), default=False)
    holds_place = models.BooleanField(default=False, editable=False)
    skips_approval = models.BooleanField(_("confirm without a decision"), default=False)
    expires_at = models.DateTimeField(_("valid until"))
    created_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, null=True, blank=True, related_name="invitation", editable=False
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=["summit", "-created_at", "-id"], name="invitation_newest"),
            models.Index(fields=["summit", "holds_place"], name="invitation_reserved"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.email})" if self.name else self.email

    def get_absolute_url(self) -> str:
        """The form for whoever was invited; whoever knows this address is let in."""
        return reverse("registration:invited", args=[self.summit.code, self.token])

    @property
    def organisation(self) -> str:
        return str(self.prefill.get("organisation", ""))

    def state_at(self, now: datetime) -> InvitationState:
        if self.registration_id is not None:
            return InvitationState.FINISHED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        if self.expires_at <= now:
            return InvitationState.EXPIRED
        if self.sent_at is None:
            return InvitationState.DRAFT
        if self.begun_at is not None:
            return InvitationState.BEGUN
        return InvitationState.OPENED if self.opened_at is not None else InvitationState.SENT

    @property
    def state(self) -> InvitationState:
        return self.state_at(timezone.now())

    @property
    def is_going(self) -> bool:
        """Whether somebody can register by it now."""
        return self.state in GOING

    @property
    def last_told_at(self) -> datetime | None:
        """When the last mail about it was asked for."""
        return self.reminded_at or self.sent_at

    def admits(self, category: Category) -> bool:
        return category.pk == self.category_id


def normal_code(typed: str) -> str:
    """A code as it is stored, of what somebody typed: capitals and digits alone, however they were spaced or typed."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


class AccessCodeQuerySet(models.QuerySet["AccessCode"]):
    def matching(self, words: str) -> "AccessCodeQuerySet":
        """Every word in the note or the code, however that is typed."""
        found = self
        for word in words.split():
            code = normal_code(word)
            found = found.filter(Q(note__icontains=word) | (Q(code__contains=code) if code else Q(pk__in=[])))
        return found


class AccessCode(models.Model):
    """A code that opens categories to whoever types it, once, so many times, or any number of times (``uses`` empty).

    ``used`` and ``held``, the places kept for those who will use it, are written under the row's lock by
    ``registration.registering.access_codes`` and ``admitting`` alone. One that ``reserves`` has one category and one
    attendance, and a number of uses: else nobody could say which places are kept.
    """

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="access_codes")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=32)
    note = models.CharField(_("for whom"), max_length=120, blank=True)
    categories: models.ManyToManyField[Category, models.Model] = models.ManyToManyField(
        Category, related_name="access_codes", verbose_name=_("categories")
    )
    attendance = models.CharField(_("attendance"), max_length=12, choices=Attendance, blank=True)
    uses = models.PositiveIntegerField(_("uses"), null=True, blank=True, default=1)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    reserves = models.BooleanField(_("keep a place for each use"), default=False)
    held = models.PositiveIntegerField(default=0, editable=False)
    skips_approval = models.BooleanField(_("confirm without a decision"), default=False)
    opens_at = models.DateTimeField(_("valid from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("can be used"), default=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("access code")
        verbose_name_plural = _("access codes")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["summit", "code"], name="access_code_once"),
            models.CheckConstraint(
                condition=Q(uses__isnull=True) | Q(used__lte=F("uses")), name="access_code_never_overused"
            ),
        )

    def __str__(self) -> str:
        return self.spoken

    @property
    def spoken(self) -> str:
        """As it is printed and read aloud: one that was drawn has a hyphen in its middle."""
        drawn = len(self.code) == 8 and set(self.code) <= set(READABLE)
        return f"{self.code[:4]}-{self.code[4:]}" if drawn else self.code

    @property
    def left(self) -> int | None:
        """How often it can still be used; None: as often as one likes."""
        return None if self.uses is None else max(0, self.uses - self.used)

    def window(self, now: datetime | None = None) -> str:
        return window(self.opens_at, self.closes_at, now)

    def is_usable(self, now: datetime | None = None) -> bool:
        return self.is_active and self.left != 0 and self.window(now) == "open"

    def is_over(self, now: datetime | None = None) -> bool:
        """Whether nobody will use it any more, as it stands."""
        return not self.is_active or self.left == 0 or self.window(now) == "closed"

    def admits(self, category: Category) -> bool:
        return any(each.pk == category.pk for each in self.categories.all())


def with_codes(summits: models.QuerySet[Summit]) -> models.QuerySet[Summit]:
    """The same summits, for which :func:`has_codes` asks nothing more."""
    return summits.annotate(are_there_codes=models.Exists(AccessCode.objects.filter(summit=models.OuterRef("pk"))))


def has_codes(summit: Summit) -> bool:
    """Whether there are codes at all: the form asks for one then."""
    known: bool | None = getattr(summit, "are_there_codes", None)
    return summit.access_codes.exists() if known is None else known
