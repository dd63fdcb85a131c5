"""Short messages while a summit runs, and how late a room is."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from summit.lib.translated import TranslatedField
from summit.models import Room, Summit


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def standing(self, now: datetime | None = None) -> "AnnouncementQuerySet":
        """Those that are shown at a moment."""
        now = now or timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now, withdrawn_at=None)

    def to_come(self, now: datetime | None = None) -> "AnnouncementQuerySet":
        """Those that are shown now, or will be."""
        return self.filter(ends_at__gt=now or timezone.now(), withdrawn_at=None)


class Announcement(models.Model):
    """Shown on pages, watch pages and screens until it ends."""

    class Audience(models.TextChoices):
        EVERYBODY = "everybody", _("Everybody")
        IN_PERSON = "in_person", _("Those at the venue")
        ONLINE = "online", _("Those online")

    class Severity(models.TextChoices):
        INFO = "info", _("Information")
        WARNING = "warning", _("Important")
        URGENT = "urgent", _("Urgent")

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="announcements")
    # Of one session: shown to whoever follows it.
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="announcements",
                                verbose_name=_("session"))  # fmt: skip
    audience = models.CharField(_("for"), max_length=10, choices=Audience, default=Audience.EVERYBODY)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, default=Severity.INFO)
    text = TranslatedField(_("text"), max_length=300)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
                                   related_name="+", editable=False)  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="announcement_ends_after_start"),
        )
        indexes = (models.Index(fields=["summit", "ends_at"], name="announcement_end"),)

    def __str__(self) -> str:
        return str(self.text)

    def is_shown(self, now: datetime | None = None) -> bool:
        return self.withdrawn_at is None and self.starts_at <= (now or timezone.now()) < self.ends_at


class Delay(models.Model):
    """How many minutes late a room runs on one day: what is expected is shown beside the published time, which stays."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="delays")
    # A day of the summit, on its clock.
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(240)])
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("delay")
        verbose_name_plural = _("delays")
        ordering = ("day", "room")
        constraints = (
            models.UniqueConstraint(fields=["room", "day"], name="delay_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="delay_of_minutes"),
        )

    def __str__(self) -> str:
        return f"{self.room} {self.day}: {self.minutes}"
