"""Who somebody is at the summit, and how one becomes it: delegate, civil society, press, speaker, staff."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.attendance import Attendance
from registration.models.vetting import PhotoWanted
from registration.models.window import open_at, window
from registration.models.zone import Zone
from summit.lib.translated import TranslatedField
from summit.models import Summit
from summit.models.place import validate_slug
from summit.models.summit import validate_colour


class Admission(models.TextChoices):
    """How one comes into a category."""

    OPEN = "open", _("Anybody, at once")
    APPROVAL = "approval", _("Anybody, once the organisers approve")
    INVITATION = "invitation", _("Whoever is invited by name")
    CODE = "code", _("Whoever has a code")
    TEAM = "team", _("Only whom the team puts into it")


class Transfer(models.TextChoices):
    """Whether somebody may hand their place to a substitute."""

    NO = "no", _("No")
    YES = "yes", _("Yes, at once")
    APPROVAL = "approval", _("Yes, once the organisers approve the substitute")


# What stands on the public form.
CHOSEN_BY_ANYBODY = (Admission.OPEN, Admission.APPROVAL)


class CategoryQuerySet(models.QuerySet["Category"]):
    def on_the_form(self) -> "CategoryQuerySet":
        """Those that anybody may choose, now, before or after."""
        return self.filter(admission__in=CHOSEN_BY_ANYBODY)

    def open_now(self, now: datetime | None = None) -> "CategoryQuerySet":
        """Those that anybody may choose at this moment, as far as their own window goes."""
        return self.on_the_form().filter(open_at(now or timezone.now()))


class Category(models.Model):
    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(_("code"), max_length=50, validators=[validate_slug])
    name = TranslatedField(_("name"), max_length=80)
    description = TranslatedField(_("description"), max_length=300, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#0b3d91", validators=[validate_colour])
    admission = models.CharField(
        _("who comes into it"), max_length=10, choices=Admission, default=Admission.OPEN, db_default=Admission.OPEN
    )
    # Inside the window of the summit; empty: as long as that is open.
    opens_at = models.DateTimeField(_("can be chosen from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("can be chosen until"), null=True, blank=True)
    # "": both ways.
    attendance = models.CharField(_("comes"), max_length=12, choices=Attendance, blank=True, default="", db_default="")
    may_book = models.BooleanField(_("may book seats in sessions"), default=True, db_default=True)
    decided_within = models.PositiveSmallIntegerField(
        _("days to decide"), default=7, db_default=7, help_text=_("Who waits longer stands on the list as overdue.")
    )
    # Hours in which whoever registers confirms the address by a mailed link, and for which their place is held; empty: the
    # address is taken as it is.
    proof_hours = models.PositiveSmallIntegerField(_("hours to confirm the e-mail address"), null=True, blank=True)
    # Of those who wait for a place, the higher class is offered one first.
    priority = models.PositiveSmallIntegerField(_("class on the waitlist"), default=0, db_default=0)
    # Names of fields whose correction by the person sends the registration to the organisers again.
    reviewed_again = models.JSONField(_("looked at again after a change of"), default=list, blank=True, db_default=[])
    # Whom somebody in it may bring along, each with a ticket and a badge of their own.
    companions = models.PositiveSmallIntegerField(_("accompanying persons"), default=0, db_default=0)
    transfer = models.CharField(
        _("may send a substitute"), max_length=8, choices=Transfer, default=Transfer.NO, db_default=Transfer.NO
    )
    zones: models.ManyToManyField[Zone, models.Model] = models.ManyToManyField(
        Zone, related_name="categories", blank=True, verbose_name=_("zones")
    )
    # A strip of the badge with these words; without words there is none.
    band = TranslatedField(_("band of the badge"), max_length=40, blank=True, db_default={})
    band_colour = models.CharField(
        _("colour of the band"), max_length=7, default="#14181f", db_default="#14181f", validators=[validate_colour]
    )
    photo = models.CharField(
        _("photo"), max_length=10, choices=PhotoWanted, blank=True, default=PhotoWanted.NO, db_default=PhotoWanted.NO
    )
    # A photo that was sent longer ago is asked for anew; 0: however old it is.
    photo_months = models.PositiveSmallIntegerField(_("months a photo is good for"), default=0, db_default=0)
    # Nobody of it has a badge or comes in before somebody of the team has cleared them.
    vetted = models.BooleanField(_("is vetted before anybody comes in"), default=False, db_default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("order", "code")
        constraints = (models.UniqueConstraint(fields=["summit", "code"], name="category_code_once"),)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_approved(self) -> bool:
        """Whether the organisers decide on whoever chooses it."""
        return self.admission == Admission.APPROVAL

    @property
    def is_on_the_form(self) -> bool:
        return self.admission in CHOSEN_BY_ANYBODY

    def looks_again_at(self, changed: Iterable[str]) -> bool:
        """Whether the organisers decide anew on whoever corrects these fields."""
        return self.is_approved and not set(changed).isdisjoint(self.reviewed_again)

    def window(self, now: datetime | None = None) -> str:
        """``not_yet``, ``open`` or ``closed``: its own window, whatever that of the summit says."""
        return window(self.opens_at, self.closes_at, now)

    def attendances(self, offered: tuple[Any, ...]) -> tuple[Any, ...]:
        """Of the ways a summit offers those in which people of this category come."""
        return tuple(way for way in offered if self.attendance in {"", way})
