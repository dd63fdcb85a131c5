"""Who has joined which session from elsewhere, and for how long."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration
from sessions.models import Session

# Whoever has not been heard of for so long has gone; so many browsers are more than one person has.
GONE_AFTER, MANY_BROWSERS = timedelta(minutes=3), 5
# Letters of what is kept of one browser.
MARK = 12


class PresenceQuerySet(models.QuerySet["Presence"]):
    def online(self, now: datetime | None = None) -> "PresenceQuerySet":
        """Those known to have a watch page open."""
        return self.filter(seen_at__gt=(now or timezone.now()) - GONE_AFTER)

    def by_many_browsers(self) -> "PresenceQuerySet":
        """Those who came by more browsers than one person has: their link was passed on."""
        return self.annotate(length=Length("browsers")).filter(length__gte=MANY_BROWSERS * (MARK + 1) - 1)


class Presence(models.Model):
    """That somebody has gone through the door of a session, when first, and for how many minutes: no more is known of
    whoever is elsewhere then. Of a meeting of somebody else's the minutes are not known, and stay 0."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="presences")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="presences")
    entered_at = models.DateTimeField(_("joined"), default=timezone.now)
    # When a watch page of theirs last said that it is open; written by registration.personal.presences alone.
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), default=0, db_default=0)
    # Short digests of the browsers that came through the door, separated by spaces, some at most: many of them are a
    # link that was passed on.
    browsers = models.CharField(max_length=400, blank=True, default="", db_default="", editable=False)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ("entered_at",)
        constraints = (models.UniqueConstraint(fields=["registration", "session"], name="presence_once"),)
        indexes = (models.Index(fields=["session", "seen_at"], name="presence_seen"),)

    def __str__(self) -> str:
        return f"{self.registration} · {self.session}"


class OpenVisit(models.Model):
    """How many browsers came to follow a session that is open to everybody, without a registration: a number alone."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="open_visits")
    joined = models.PositiveIntegerField(_("joined"), default=0)

    class Meta:
        verbose_name = _("visits of an open session")
        verbose_name_plural = _("visits of open sessions")

    def __str__(self) -> str:
        return f"{self.session}: {self.joined}"
