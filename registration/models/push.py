"""Browsers that asked to be told, and what waits to be told them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration
from summit.models import Claimed, ClaimedQuerySet, Summit

# After so many failures in a row a browser is taken for gone.
MOST_FAILURES = 10
# What was told is known for so long, so that nobody is told twice.
KEPT_FOR = timedelta(days=2)


class PushSubscription(models.Model):
    """One browser of somebody who takes part, with the address its push service gave it (W3C Push API)."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="push_subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True,
                             related_name="push_subscriptions")  # fmt: skip
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, null=True, blank=True,
                                     related_name="push_subscriptions")  # fmt: skip
    endpoint = models.CharField(_("address"), max_length=1000)
    # The browser's public key and secret, base64url, by which what is sent can be read there alone.
    key = models.CharField(max_length=100)
    secret = models.CharField(max_length=32)
    language = models.CharField(_("language"), max_length=7)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    failed = models.PositiveSmallIntegerField(_("failures"), default=0)

    class Meta:
        verbose_name = _("browser with notifications")
        verbose_name_plural = _("browsers with notifications")
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["summit", "endpoint"], name="push_endpoint_once"),
            models.CheckConstraint(condition=Q(user__isnull=False) | Q(registration__isnull=False), name="push_somebodys"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.summit} · {self.created_at:%Y-%m-%d}"


class PushMessageQuerySet(ClaimedQuerySet):
    def waiting(self) -> "PushMessageQuerySet":
        return self.filter(state=PushMessage.State.WAITING)

    def old(self, now: datetime | None = None) -> "PushMessageQuerySet":
        return self.filter(created_at__lt=(now or timezone.now()) - KEPT_FOR)


class PushMessage(Claimed):
    """What is told one browser, once: ``about`` names the event. The text goes with the sending."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    WAITING, CLAIMED = State.WAITING, State.SENDING

    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, related_name="messages")
    about = models.CharField(max_length=120)
    said = models.JSONField(default=dict)
    # Nobody wants to hear of it later.
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PushMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["subscription", "about"], name="push_told_once"),)
        indexes = (models.Index(fields=["state", "created_at"], name="push_state"),)

    def __str__(self) -> str:
        return self.about
