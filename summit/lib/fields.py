"""Form fields for people's own words."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from summit.lib import countries, times
from summit.lib.finding import fold
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
    """An IANA zone, found by typing its name or its city, in English or in Korean: the page suggests them."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=64, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """The zone's name, "" where nothing was typed into an optional field."""
        said = clean_line(super().clean(value))
        if not said:
            return ""
        # "Seoul, Korea" names its city first.
        found = zone_named(said) or zone_named(said.partition(",")[0])
        if not found:
            raise ValidationError(
                _("We know no time zone called “%(zone)s”. Name a large city in it, such as Seoul or New York."),
                params={"zone": said},
            )
        return found


def zone_named(said: str) -> str:
    """The zone of this name or city, however it is written; "" where there is none."""
    return times.zones_by_words().get(fold(said), "")


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


class Folded(forms.CheckboxSelectMultiple):
    """Boxes to tick in groups that fold away, for more than anybody reads through: found by the group, by the browser's
    own search of the page, and without a script."""

    template_name = "summit/forms/folded.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["groups"] = [
            (group, options, sum(option["selected"] for option in options))
            for group, options, _index in context["widget"]["optgroups"]
        ]
        return context


class ManyOptions(forms.Select):
    """A choice of hundreds, drawn once for all who read the same ones; then only the chosen one differs.

    Django draws a template for each option: for all countries that is most of what a form costs.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        said = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        groups = tuple(
            (
                str(label),
                tuple(inner) if isinstance(inner, (list, tuple)) else None,
                "" if isinstance(inner, (list, tuple)) else str(inner),
            )
            for label, inner in self.choices
        )
        chosen = escape("" if value is None else str(value))
        options = _options(groups).replace(f'<option value="{chosen}">', f'<option value="{chosen}" selected>', 1)
        return format_html("<select{}>\n{}</select>", said, mark_safe(options))  # noqa: S308  escaped below


@lru_cache(maxsize=32)
def _options(groups: tuple[tuple[str, tuple[tuple[str, str], ...] | None, str], ...]) -> str:
    def option(value: str, words: str) -> str:
        return format_html('<option value="{}">{}</option>\n', value, words)

    drawn = []
    for label, inner, words in groups:
        if inner is None:
            drawn.append(option(label, words))
        else:
            drawn.append(
                format_html(
                    '<optgroup label="{}">\n{}</optgroup>\n',
                    label,
                    format_html_join("", "{}", ((option(*pair),) for pair in inner)),
                )
            )
    return "".join(drawn)


def country_field(now: str = "", **kwargs: Any) -> forms.ChoiceField:
    """A choice of all countries by their names; ``now`` stays offered, even if nobody knows it."""
    known = countries.choices(active_language())
    unknown = [(now, now)] if now and now not in dict(known) else []
    choices: Any = [("", NOTHING_CHOSEN), *unknown, *known]
    return forms.ChoiceField(label=_("Country"), choices=choices, **kwargs)
