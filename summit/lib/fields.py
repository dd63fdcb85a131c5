"""Form fields for people's own words."""

from typing import Any

from django import forms

from summit.lib.text import clean_line, clean_text


class LineField(forms.CharField):
    """One line of people's own words: control and direction characters are taken out, spaces made single."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class TextField(LineField):
    def to_python(self, value: Any) -> str:
        return clean_text(forms.CharField.to_python(self, value) or "")


class MomentInput(forms.DateTimeInput):
    """The browser's own field for day and time, without seconds."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
