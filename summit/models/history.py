"""The append-only record of who changed what."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.models.summit import Summit


class HistoryEntry(models.Model):
    """One change of state, with a field diff. Rows are added by :func:`summit.history.record` and never
    edited, but for :func:`summit.history.mask`; the database sees to it."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="history", null=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    action = models.CharField(_("action"), max_length=60)
    subject_kind = models.CharField(_("kind of thing"), max_length=60)
    subject_key = models.CharField(_("thing"), max_length=64)
    subject_name = models.CharField(_("name at that time"), max_length=300)
    changes = models.JSONField(_("changes"), default=dict, encoder=DjangoJSONEncoder)
    # The door and the client's network, "page 203.0.113.0/24"; "server" for commands and the worker.
    place = models.CharField(_("from where"), max_length=45, blank=True)
    # When who it is about and what changed were taken out, for somebody who must not be known: the one edit there is.
    masked_at = models.DateTimeField(_("masked"), null=True, blank=True)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["subject_kind", "subject_key"], name="history_subject"),)

    def __str__(self) -> str:
        return f"{self.action} {self.subject_name}"
