"""What is wrong with a field, in sentences that can be read alone.

Django says "This field is required." of each: six times the same in a summary, and nothing to somebody who listens.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

GENERAL = forms.Field.default_error_messages["required"]


@dataclass(frozen=True, slots=True)
class Told:
    sentence: str | SafeString
    names_field: bool


def told(bound: BoundField, label: Any) -> list[Told]:
    """One for each error of the field, which ``label`` names; a field's own words for an empty answer are kept."""
    found = []
    for error in bound.errors.as_data():
        if error.code == "required" and is_general(error):
            found.append(Told(empty(bound.field, label), names_field=True))
        else:
            found += [Told(str(message), names_field=False) for message in error.messages]
    return found


def is_general(error: ValidationError) -> bool:
    return str(error.message) == str(GENERAL)


def empty(field: forms.Field, label: Any) -> SafeString:
    """What to do about a field without an answer; a label that says its language keeps its markup."""
    if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
        return format_html(gettext("Tick this box: {field}"), field=label)
    if isinstance(field, forms.FileField):
        return format_html(gettext("Choose a file for “{field}”."), field=label)
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return format_html(gettext("Choose an answer for “{field}”."), field=label)
    return format_html(gettext("Fill in “{field}”."), field=label)
