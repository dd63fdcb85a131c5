"""The form of one more stream, of a session or of a room."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from sessions.models import Stream
from summit.lib.fields import MomentInput, this_century

MOMENTS = ("rehearses_at", "starts_at", "ends_at")


class StreamForm(forms.ModelForm[Stream]):
    """Moments are read in the active zone: activate the summit's."""

    class Meta:
        model = Stream
        fields = ("kind", "address", "backup_address", "dial_in", "language", "for_stage", *MOMENTS)
        widgets = {"kind": forms.RadioSelect(), **{name: MomentInput() for name in MOMENTS}}
        help_texts = {
            "address": _("Of the meeting or the broadcast. Only who may join learns it, and not before it opens."),
            "backup_address": _("For the case that the first one breaks: one press here leads everybody there."),
            "dial_in": _("For those without internet, for example +82 2 1234 5678, code 4711."),
            "rehearses_at": _("For those on stage: their link opens then, too. In the time of the summit."),
            "starts_at": _("Of a room: empty for all its sessions. In the time of the summit."),
        }

    def __init__(self, *args: Any, of_room: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = _("As spoken in the room")
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), required=False, choices=[("", spoken), *dict(settings.LANGUAGES).items()]
        )
        kind: Any = self.fields["kind"]
        kind.choices = Stream.Kind.choices
        for name in MOMENTS:
            self.fields[name].validators.append(this_century)
        # A session begins and ends by itself; a room is rehearsed by nobody.
        for name in ("rehearses_at",) if of_room else ("starts_at", "ends_at"):
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What :func:`sessions.live.streams.add` takes."""
        return {name: self.cleaned_data[name] for name in self.fields}
