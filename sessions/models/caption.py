"""What is said in a session, as text: lines while it is said, a transcript afterwards."""

from secrets import token_urlsafe

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session


class CaptionLine(models.Model):
    """One timed line of a session in one language. Times are milliseconds from the published beginning of the session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="caption_lines")
    language = models.CharField(_("language"), max_length=10)
    starts_ms = models.PositiveIntegerField(_("from"), validators=[MaxValueValidator(24 * 3_600_000)])
    ends_ms = models.PositiveIntegerField(_("until"), validators=[MaxValueValidator(25 * 3_600_000)])
    text = models.CharField(_("text"), max_length=500)
    # "" where nobody has said it.
    speaker = models.CharField(_("who speaks"), max_length=100, blank=True)
    # Sent along by whoever writes: the same line sent twice is one.
    nonce = models.CharField(max_length=64, blank=True, editable=False)
    # Somebody has corrected it since.
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("caption line")
        verbose_name_plural = _("caption lines")
        ordering = ("starts_ms", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["session", "language", "nonce"], condition=~models.Q(nonce=""), name="caption_line_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_ms__gte=models.F("starts_ms")), name="caption_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=["session", "language", "starts_ms"], name="caption_order"),)

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def clock(self) -> str:
        """When it is said, from the beginning of the session: ``0:12:05``."""
        seconds = self.starts_ms // 1000
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def caption_token() -> str:
    return token_urlsafe(24)


class CaptionWriter(models.Model):
    """Who may write captions of a session in one language: a captioner, or a service, by a secret address."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="caption_writers")
    language = models.CharField(_("language"), max_length=10)
    # Who it was given to.
    label = models.CharField(_("given to"), max_length=100, blank=True)
    token = models.CharField(max_length=64, unique=True, default=caption_token, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
                                   related_name="+", editable=False)  # fmt: skip
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("captioner")
        verbose_name_plural = _("captioners")
        ordering = ("language", "pk")

    def __str__(self) -> str:
        return f"{self.session} · {self.language}"
