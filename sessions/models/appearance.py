"""Who stands on a session's stage, and who runs it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.models.session import Session
from speakers.models import Organisation, Speaker
from summit.lib.translated import TranslatedField


class SessionHost(models.Model):
    """An organisation that runs a session; a session may have several, in order."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="hostings")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="hostings")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ("order", "pk")
        constraints = (models.UniqueConstraint(fields=["session", "organisation"], name="host_once"),)

    def __str__(self) -> str:
        return str(self.organisation)


class AppearanceQuerySet(models.QuerySet["Appearance"]):
    def billed(self) -> "AppearanceQuerySet":
        """Those the public sees: everybody but who declined, in the order of the bill."""
        return self.exclude(state=Appearance.State.DECLINED).order_by("order", "pk")


class Appearance(models.Model):
    """A speaker in one session. Affiliation and job title are as billed *there*: they differ between sessions."""

    class Role(models.TextChoices):
        SPEAKER = "speaker", _("Speaker")
        MODERATOR = "moderator", _("Moderator")
        PANELLIST = "panellist", _("Panellist")
        RAPPORTEUR = "rapporteur", _("Rapporteur")
        INTERPRETER = "interpreter", _("Interpreter")
        OPENING = "opening", _("Opening remarks")

    class State(models.TextChoices):
        INVITED = "invited", _("Invited")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="appearances")
    speaker = models.ForeignKey(Speaker, on_delete=models.PROTECT, related_name="appearances")
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.SPEAKER)
    affiliation = TranslatedField(_("affiliation as billed"), blank=True)
    job_title = TranslatedField(_("job title as billed"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CONFIRMED)

    invited_at = models.DateTimeField(_("asked"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    # Whether the person agrees to be recorded; None: has not said.
    recording_consent = models.BooleanField(_("agrees to be recorded"), null=True, blank=True)

    objects = AppearanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        ordering = ("order", "pk")
        constraints = (models.UniqueConstraint(fields=["session", "speaker", "role"], name="appearance_once"),)

    def __str__(self) -> str:
        return f"{self.speaker} · {self.get_role_display()}"

    def clean(self) -> None:
        session, speaker = getattr(self, "session", None), getattr(self, "speaker", None)
        if session and speaker and (words := kept_off(session, speaker)):
            raise ValidationError(words)


def kept_off(session: Session, speaker: Speaker) -> str:
    """Why somebody cannot be put on a session's stage, and what to do; "" where they can. A protected session takes nobody
    who stands in the open; ``speaker`` may be one that is not written yet."""
    if not session.at_risk or speaker.at_risk:
        return ""
    summit = session.summit
    if speaker.pk is None:
        words = gettext("This session is protected, and “%(name)s” has no profile yet. Add one, and have the circle protect it before it is put here: %(page)s")  # fmt: skip
        page = reverse("speakers:organiser-new-person", args=[summit.code])
    else:
        words = gettext("This session is protected, and “%(name)s” stands in the open. Have the circle protect the profile first: %(page)s")  # fmt: skip
        page = reverse("registration:speaker-protection", args=[summit.code, speaker.code])
    return words % {"name": speaker.name, "page": summit.address(page)}
