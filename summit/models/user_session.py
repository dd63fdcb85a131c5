"""The browsers people are signed in with, as they are shown to them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserSession(models.Model):
    """One browser somebody is signed in with; the session itself is Django's and found by its key."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    signed_in_at = models.DateTimeField(_("signed in"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    # The client's network (see ``summit.history.network``) and what its browser calls itself (User-Agent).
    network = models.CharField(_("network"), max_length=45, blank=True)
    device = models.CharField(_("device"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("signed-in browser")
        verbose_name_plural = _("signed-in browsers")
        ordering = ("-last_seen_at", "-pk")

    def __str__(self) -> str:
        return f"{self.network} {self.device}"
