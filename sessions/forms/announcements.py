"""What is announced, to whom, how gravely and for how long."""

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

MINUTES = {"15": 15, "60": 60}
LASTS = (
    ("15", _("15 minutes")),
    ("60", _("1 hour")),
    ("today", _("Until the end of the day")),
    ("moment", _("Until the moment below")),
)


class AnnouncementForm(forms.Form):
    """Moments are read in the active zone: activate the summit's. ``sessions`` are those it may be about; who does not
    speak for the whole summit (``for_all``) must choose one."""

    text = TranslatedFormField(
        label=_("Text"),
        max_length=announcements.LONGEST,
        error_messages={"required": announcements.SaysNothing.message},
        help_text=_("Short. A language that is left empty is shown the text of the other one."),
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=Announcement.Severity.choices,
        initial=Announcement.Severity.INFO,
        widget=forms.RadioSelect,
    )
    audience = forms.ChoiceField(
        label=_("For"),
        choices=Announcement.Audience.choices,
        initial=Announcement.Audience.EVERYBODY,
        widget=forms.RadioSelect,
    )
    session = forms.ModelChoiceField(
        label=_("Session"), queryset=Session.objects.none(), to_field_name="code", required=False
    )
    lasts = forms.ChoiceField(label=_("How long"), choices=LASTS, initial="60", widget=forms.RadioSelect)
    ends_at = forms.DateTimeField(
        label=_("Shown until"),
        required=False,
        widget=MomentInput(),
        validators=[this_century],
        help_text=_("In the time of the summit, at most 7 days ahead."),
    )
    starts_at = forms.DateTimeField(
        label=_("Shown from"),
        required=False,
        widget=MomentInput(),
        validators=[this_century],
        help_text=_("Empty: at once. In the time of the summit."),
    )

    def __init__(self, data: Any, *, summit: Summit, sessions: SessionQuerySet, for_all: bool, now: datetime) -> None:
        super().__init__(data)
        self.summit, self.now = summit, now
        session: Any = self.fields["session"]
        session.queryset, session.required = sessions, not for_all
        session.empty_label = _("The whole summit") if for_all else _("- Select an option -")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("lasts") == "moment" and not said.get("ends_at") and "ends_at" not in self.errors:
            self.add_error("ends_at", ValidationError(_("Say until when it is shown."), code="required"))
        return said

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.live.announcements.announce` takes beside the summit."""
        said = self.cleaned_data
        begins = max(said["starts_at"] or self.now, self.now)
        return {
            "text": dict(said["text"]),
            "severity": said["severity"],
            "audience": said["audience"],
            "session": said["session"],
            "starts_at": said["starts_at"],
            "ends_at": self._end(begins),
        }

    def _end(self, begins: datetime) -> datetime:
        lasts = self.cleaned_data["lasts"]
        if lasts == "moment":
            moment: datetime = self.cleaned_data["ends_at"]
            return moment
        if lasts == "today":
            return times.day_bounds(times.day_of(begins, self.summit.tz), self.summit.tz)[1]
        return begins + timedelta(minutes=MINUTES[lasts])

    def shown(self) -> Announcement:
        """What readers will see, unsaved."""
        values = self.values()
        values["starts_at"] = values["starts_at"] or self.now
        return Announcement(summit=self.summit, **values)


class EndForm(forms.Form):
    """Another end of one that stands, in the active zone."""

    ends_at = forms.DateTimeField(label=_("Shown until"), widget=MomentInput(), validators=[this_century])

    def __init__(self, data: Any, announcement: Announcement) -> None:
        end = timezone.localtime(announcement.ends_at)
        super().__init__(data, initial={"ends_at": end}, auto_id=f"id_%s_{announcement.pk}")


class DelayForm(forms.Form):
    """By how many minutes a room runs late; empty or 0: it is on time."""

    minutes = forms.IntegerField(required=False)
