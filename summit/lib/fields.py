"""Form fields for people's own words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from summit.lib import countries, times
from summit.lib.text import clean_line, clean_text
from summit.lib.translated import active_language

# Django's words for "nothing chosen" (``BLANK_CHOICE_LABEL``), which its Korean catalogue lacks: ours has them.
NOTHING_CHOSEN = _("- Select an option -")


def this_century(value: date) -> None:
    """Refuses slips of the year, and what calendars and databases cannot hold in every time zone."""
    if not 2000 <= value.year <= 2099:
        raise ValidationError(_("Choose a year from 2000 to 2099."), code="century")


class LineField(forms.CharField):
    """One line of people's own words: control and direction characters are taken out, spaces made single."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class TextField(LineField):
    def to_python(self, value: Any) -> str:
        return clean_text(forms.CharField.to_python(self, value) or "")


class ZoneField(forms.CharField):
    """An IANA zone, found by typing its name or its city, in English or in the reader's language: the page suggests them."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=64, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """The zone's name, "" where nothing was typed into an optional field."""
        said = super().clean(value).strip()
        if not said:
            return ""
        found = zone_named(said.replace(" ", "_").lower()) or zone_of_city(said)
        if not found:
            raise ValidationError(
                _("“%(zone)s” is no IANA time zone; write one like Asia/Seoul."), params={"zone": value}
            )
        return found


def zone_named(typed: str) -> str:
    """By its name, or by its city where there is one of that name."""
    zones = times.zones()
    whole = [zone for zone in zones if zone.lower() == typed]
    cities = [zone for zone in zones if "/" in zone and zone.rpartition("/")[2].lower() == typed]
    return whole[0] if whole else cities[0] if len(cities) == 1 else ""


def zone_of_city(said: str) -> str:
    """By what the reader's language calls the city."""
    told = times.zone_choices(active_language())
    # A city may have an earlier name as well: either is the same clock.
    return next((zone for zone, label in told if label.partition(" · ")[0].lower() == said.lower()), "")


class MomentInput(forms.DateTimeInput):
    """The browser's own field for day and time, without seconds."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TellingForm(forms.ModelForm[Any]):
    """A form of a row with texts in several languages, which says how they stand."""

    def tell_translations(self, texts: Iterable[str], source: str) -> None:
        """Beside each language of these texts of a saved row stands how it is translated from ``source``."""
        for name in texts:
            widget: Any = self.fields[name].widget
            widget.source = source
            widget.saved = getattr(self.instance, name) if self.instance.pk else None


class ForVerb(TellingForm):
    """A form of a row that leaves the row as it is stored: a verb sets what differs, after it has looked at the version.

    The limits of the model's columns are looked at all the same.
    """

    def _post_clean(self) -> None:
        columns = {field.name: field for field in self._meta.model._meta.concrete_fields}
        for name, value in list(self.cleaned_data.items()):
            column = columns.get(name)
            if column is None or column.is_relation or value in column.empty_values:
                continue
            try:
                column.run_validators(value)
            except ValidationError as error:
                self.add_error(name, error)


def country_field(now: str = "", **kwargs: Any) -> forms.ChoiceField:
    """A choice of all countries by their names; ``now`` stays offered, even if nobody knows it."""
    known = countries.choices(active_language())
    unknown = [(now, now)] if now and now not in dict(known) else []
    choices: Any = [("", NOTHING_CHOSEN), *unknown, *known]
    return forms.ChoiceField(label=_("Country"), choices=choices, **kwargs)
