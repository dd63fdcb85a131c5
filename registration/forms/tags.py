"""The tags of one registration, as its page sets them."""

from typing import Any

from django import forms

from registration.fields import TagsField
from registration.models import Registration
from summit.editing.inline_edits import value_version


class TagsForm(forms.Form):
    """``tags`` is cleaned to names; ``token`` is the state of the tags the form was made from."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        super().__init__(data, auto_id="tags_%s")
        self.fields["tags"] = TagsField(registration.summit, required=False)
        self.initial = {"tags": registration.tags.all(), "token": value_version(registration.tagged)}
