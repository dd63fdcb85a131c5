"""Two registrations that look alike and are of two people."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models.registration import Registration


class NotTheSame(models.Model):
    """What somebody of the team has found out: they are not proposed again. ``one`` has the lower key."""

    one = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="told_from")
    other = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="told_apart")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("two people who look alike")
        verbose_name_plural = _("people who look alike")
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["one", "other"], name="apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="apart_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.one} · {self.other}"
