"""What the agenda editor and the page of conflicts send."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sessions.forms.settings import MomentInput, check_near
from sessions.models import Kind, Track
from sessions.models.session import check_times
from summit.lib.fields import this_century
from summit.lib.text import clean_line
from summit.lib.translated import TranslatedFormField
from summit.models import Room, Summit


class MoveForm(forms.Form):
    """One session's new place in the plan: moments in ISO 8601 with their zone, the room's code, or ``unscheduled``."""

    code = forms.CharField(max_length=6)
    version = forms.IntegerField(min_value=1)
    starts_at = forms.DateTimeField(required=False)
    ends_at = forms.DateTimeField(required=False)
    room = forms.ModelChoiceField(Room.objects.none(), required=False, to_field_name="code")
    unscheduled = forms.BooleanField(required=False)

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        room: Any = self.fields["room"]
        room.queryset = summit.rooms.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data["unscheduled"]:
            return {**data, "starts_at": None, "ends_at": None, "room": None}
        if not data["starts_at"]:
            self.add_error("starts_at", _("Say when the session begins and ends, or that it has no time."))
            return data
        check_near(self.summit, data["starts_at"], data["ends_at"])
        check_times(data["starts_at"], data["ends_at"])
        return data

    @property
    def first_error(self) -> str:
        return next((str(error) for errors in self.errors.values() for error in errors), "")


class SinceForm(forms.Form):
    since = forms.DateTimeField(validators=[this_century])


class DayForm(forms.Form):
    """What the editor shows; what is not valid is not asked for."""

    day = forms.DateField(required=False)
    zoom = forms.IntegerField(required=False)


class AddForm(forms.Form):
    """A session that is made in the plan. Times are read in the active zone: activate the summit's.

    ``tracks`` are those the person may add to; where ``any_track`` is not set, one of them must be chosen.
    """

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind)
    title = TranslatedFormField(label=_("Title"))
    track = forms.ModelChoiceField(Track.objects.none(), label=_("Track"), required=False, to_field_name="slug")
    starts_at = forms.DateTimeField(label=_("Starts"), required=False, widget=MomentInput)
    ends_at = forms.DateTimeField(label=_("Ends"), required=False, widget=MomentInput)
    room = forms.ModelChoiceField(
        Room.objects.none(),
        label=_("Room"),
        required=False,
        to_field_name="code",
        empty_label=_("No room yet"),
        help_text=_("A break without a room is a break in all rooms at once."),
    )

    def __init__(self, *args: Any, summit: Summit, tracks: QuerySet[Track], any_track: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        fields: Any = self.fields
        fields["room"].queryset = summit.rooms.all()
        fields["track"].queryset = tracks
        fields["track"].required = not any_track

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            check_near(self.summit, data["starts_at"], data["ends_at"])
            check_times(data["starts_at"], data["ends_at"])
            if data["kind"] == Kind.BREAK and not data["starts_at"]:
                self.add_error("starts_at", _("Say when the break begins and ends."))
        return data


class AcceptForm(forms.Form):
    """Why a conflict may stand."""

    key = forms.CharField(max_length=200, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it may stand"), max_length=300)

    def clean_reason(self) -> str:
        reason = clean_line(self.cleaned_data["reason"])
        if not reason:
            self.add_error("reason", _("Say why."))
        return reason
