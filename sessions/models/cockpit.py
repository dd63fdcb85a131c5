"""What whoever runs a session keeps at hand: notes to the team, and the signal that those on stage see."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session


class CockpitNote(models.Model):
    """Written to whoever else runs the session; nobody else reads it."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="cockpit_notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    text = models.CharField(_("note to the team"), max_length=300)
    at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("note to the team")
        verbose_name_plural = _("notes to the team")
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.text[:80]


class StageSignal(models.Model):
    """What the presenter's view of a session shows to whoever speaks; no row: nothing."""

    class Kind(models.TextChoices):
        FIVE = "five", _("5 minutes left")
        ONE = "one", _("1 minute left")
        STOP = "stop", _("Please finish")
        SLOWER = "slower", _("Slower, please")
        LOUDER = "louder", _("Louder, please")

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="stage_signal")
    kind = models.CharField(_("signal"), max_length=6, choices=Kind)
    at = models.DateTimeField(_("given"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("signal to the stage")
        verbose_name_plural = _("signals to the stage")

    def __str__(self) -> str:
        return str(self.get_kind_display())
