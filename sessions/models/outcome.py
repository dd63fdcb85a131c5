"""What came of a session: notes, decisions, and commitments that were made."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.models.session import Session
from summit.lib.translated import Status, TranslatedField
from summit.models import Summit


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def public(self, summit: Summit) -> "OutcomeQuerySet":
        """Those everybody reads: published, of a session that is."""
        sessions = Session.objects.published().filter(summit=summit)
        return self.filter(is_published=True, session__in=sessions)

    def in_order(self) -> "OutcomeQuerySet":
        return self.order_by("session__starts_at", "session__number", "session__code", "order", "pk")


class Outcome(models.Model):
    class Kind(models.TextChoices):
        NOTE = "note", pgettext_lazy("outcome", "Note")
        DECISION = "decision", _("Decision")
        COMMITMENT = "commitment", pgettext_lazy("outcome", "Commitment")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="outcomes")
    guid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NOTE)
    text = TranslatedField(_("text"), long=True, max_length=5000)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_published = models.BooleanField(_("public"), default=False, db_default=False)
    # Who wrote it last.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
                           related_name="+", editable=False)  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return str(self.text)[:80]

    @property
    def untranslated(self) -> list[tuple[str, str]]:
        """Languages of the summit in which it is missing or outdated, with which of the two."""
        languages = self.session.summit.languages
        found = ((code, self.text.status(code, source=languages[0])) for code in languages)
        return [(code, str(status)) for code, status in found if status != Status.DONE]
