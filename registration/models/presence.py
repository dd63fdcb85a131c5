"""Who has joined which session from elsewhere."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration
from sessions.models import Session


class Presence(models.Model):
    """That somebody has gone through the door of a session, and when first: no more is known of whoever is elsewhere then."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="presences")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="presences")
    entered_at = models.DateTimeField(_("joined"), default=timezone.now)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ("entered_at",)
        constraints = (models.UniqueConstraint(fields=["registration", "session"], name="presence_once"),)

    def __str__(self) -> str:
        return f"{self.registration} · {self.session}"
