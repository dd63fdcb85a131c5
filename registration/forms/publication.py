"""Publishing the programme, and taking it back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.forms.settings import NoteForm
from summit.lib.fields import MomentInput


class PublicationForm(NoteForm):
    """What is said about a version, whom to tell, and when. Times are read in the active zone: activate the summit's."""

    tell = forms.BooleanField(label=_("Tell those affected"), required=False, help_text=_("One mail per person, with the changed calendar entries."))  # fmt: skip
    at = forms.DateTimeField(
        label=_("Publish at"), required=False, widget=MomentInput, help_text=_("For publishing later; in the time of the summit.")
    )  # fmt: skip
    # Stands for the changes that were shown beside the form.
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    field_order = ["note", "tell", "at", "seen"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.data.get("action") == "schedule" and not data.get("at") and "at" not in self.errors:
            self.add_error("at", _("Say when."))
        return data


# What the column of a version's number holds.
MOST_VERSIONS = 2_147_483_647


class TakeBackForm(forms.Form):
    number = forms.IntegerField(min_value=1, max_value=MOST_VERSIONS)
    to = forms.IntegerField(min_value=1, max_value=MOST_VERSIONS, required=False)
    tell = forms.BooleanField(label=_("Tell those affected"), required=False)
