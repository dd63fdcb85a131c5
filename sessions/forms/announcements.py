"""The form of an announcement: what is said, to whom, how grave it is, and how long it stands."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.live import announcements
from sessions.models import Announcement, Session
from sessions.models.session import SessionQuerySet
from summit.lib import times
from summit.lib.fields import MomentInput, this_century
from summit.lib.translated import TranslatedFormField
from summit.models import Summit

OF_SESSION = "session"
LASTING = {"15": timedelta(minutes=15), "60": timedelta(hours=1)}


class AnnouncementForm(forms.Form):
    """Moments are read in the active zone: activate the summit's. Who does not speak for the whole summit
    (``for_all``) announces for ``sessions`` alone."""

    text = TranslatedFormField(
        label=_("Announcement"),
        max_length=announcements.LONGEST,
        help_text=_("One or two sentences. Where a language is missing, its readers see another one."),
    )
    whom = forms.ChoiceField(label=_("For"), widget=forms.RadioSelect, initial=Announcement.Audience.EVERYBODY)
    session = forms.ChoiceField(label=_("Session"), required=False)
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=Announcement.Severity.choices,
        widget=forms.RadioSelect,
        initial=Announcement.Severity.INFO,
        help_text=_("What is important or urgent is also sent to telephones of those who asked for it."),
    )
    lasts = forms.ChoiceField(
        label=_("How long"),
        choices=[("15", _("15 minutes")), ("60", _("1 hour")), ("today", _("Until the end of the day")),
                 ("moment", _("Until the moment below"))],
        widget=forms.RadioSelect,
        initial="60",
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label=_("Shown until"), required=False, widget=MomentInput(), validators=[this_century],
        help_text=_("In the time of the summit, at most 7 days from now."),
    )  # fmt: skip
    starts_at = forms.DateTimeField(
        label=_("Shown from"), required=False, widget=MomentInput(), validators=[this_century],
        help_text=_("Empty: from now."),
    )  # fmt: skip

    def __init__(self, data: Any, *, summit: Summit, sessions: SessionQuerySet, for_all: bool) -> None:
        super().__init__(data, initial={} if for_all else {"whom": OF_SESSION})
        self.summit = summit
        self.sessions = {session.code: session for session in sessions}
        whom: Any = self.fields["whom"]
        of_session = (OF_SESSION, _("Those in one session"))
        whom.choices = [*Announcement.Audience.choices, of_session] if for_all else [of_session]
        session: Any = self.fields["session"]
        session.choices = [("", "–"), *((code, self._named(row)) for code, row in self.sessions.items())]

    def _named(self, session: Session) -> str:
        begins = f"{session.starts_at.astimezone(self.summit.tz):%m-%d %H:%M} " if session.starts_at else ""
        return f"{begins}{session.title}"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("whom") == OF_SESSION and not said.get("session") and "session" not in self.errors:
            self.add_error("session", ValidationError(_("Choose the session."), code="required"))
        if said.get("lasts") == "moment" and not said.get("ends_at") and "ends_at" not in self.errors:
            self.add_error("ends_at", ValidationError(_("Say until when."), code="required"))
        return said

    def values(self, now: datetime | None = None) -> dict[str, Any]:
        """What :func:`sessions.live.announcements.announce` takes."""
        said, now = self.cleaned_data, now or timezone.now()
        of = self.sessions[said["session"]] if said["whom"] == OF_SESSION else None
        begins = max(said["starts_at"] or now, now)
        return {
            "text": said["text"],
            "session": of,
            "audience": Announcement.Audience.EVERYBODY if of else said["whom"],
            "severity": said["severity"],
            "starts_at": said["starts_at"],
            "ends_at": self._ends(begins),
        }

    def _ends(self, begins: datetime) -> datetime:
        lasts = self.cleaned_data["lasts"]
        if lasts in LASTING:
            return begins + LASTING[lasts]
        if lasts == "moment":
            ends: datetime = self.cleaned_data["ends_at"]
            return ends
        return times.day_bounds(times.day_of(begins, self.summit.tz), self.summit.tz)[1]

    def preview(self) -> Announcement:
        """The announcement as it would stand, saved nowhere."""
        values = self.values()
        return Announcement(summit=self.summit, **{**values, "starts_at": values["starts_at"] or timezone.now()})


class EndForm(forms.Form):
    """Another end of an announcement that stands."""

    ends_at = forms.DateTimeField(label=_("Shown until"), widget=MomentInput(), validators=[this_century])
