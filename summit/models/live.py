"""At which revision what is live of a summit stands: banners, questions, polls, captions."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.models.summit import Summit


class LiveRevision(models.Model):
    """Rises with whatever changes while sessions run, and far more often than :attr:`Summit.agenda_revision`: what is
    kept of the agenda is not drawn anew for it. Written by :func:`summit.live.raise_revision` alone."""

    summit = models.OneToOneField(Summit, on_delete=models.CASCADE, primary_key=True, related_name="live")
    number = models.PositiveBigIntegerField(default=1)
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("live revision")
        verbose_name_plural = _("live revisions")

    def __str__(self) -> str:
        return f"{self.summit_id}: {self.number}"
