"""The fields of a name: as written, in Latin letters, with a title, and which part is the family name."""

import unicodedata
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registration.badges.writable import unwritable
from registration.models import Script
from summit.lib import romanising
from summit.lib.fields import LineField
from summit.lib.translated import active_language
from summit.models import Summit

# What people are often called, in the order in which protocol names them.
TITLES = {
    "ko": ("장관", "차관", "대사", "국회의원", "시장", "의장", "대표", "위원장", "교수", "박사"),
    "en": ("H.E.", "Hon.", "Amb.", "Prof.", "Dr.", "Mr.", "Ms.", "Mx."),
}

# What the registration form folds away: few have something to say there, and nobody must.
FOLDED = frozenset({"title", "family_name", "badge_script", "language", "time_zone"})


class TitleInput(forms.TextInput):
    """A line with suggestions: those of the reader's language before the others."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = {**(attrs or {}), "list": f"{name}-suggested"}
        own = TITLES.get(active_language(), ())
        rest = [title for titles in TITLES.values() if titles != own for title in titles]
        options = format_html_join("", '<option value="{}"></option>', ((title,) for title in (*own, *rest)))
        field = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, attrs["list"], options)


class NameFields(forms.Form):
    name = LineField(
        label=_("Name as written"), max_length=120, help_text=_("In your own script. It stands on your badge.")
    )
    name_romanised = LineField(
        label=_("Name in Latin letters"),
        max_length=120,
        required=False,
        help_text=_("As on your passport; shown under your name."),
    )
    title = LineField(
        label=pgettext_lazy("of a person", "Title"),
        max_length=80,
        required=False,
        widget=TitleInput,
        help_text=_("As it shall stand beside your name, for example Dr. or H.E."),
    )
    family_name = LineField(
        label=_("Family name"),
        max_length=120,
        required=False,
        help_text=_("Which part of your name it is. Lists go by it; leave it empty where it is plain to see."),
    )
    badge_script = forms.ChoiceField(
        label=_("Large on the badge"), choices=Script, initial=Script.NATIVE, required=False, widget=forms.RadioSelect
    )

    @property
    def is_unfolded(self) -> bool:
        """Whether something is wrong with what most people leave as it is, or somebody has said it: then it is shown."""
        wrong = not FOLDED.isdisjoint(self.errors)
        said = any(self[name].value() for name in ("title", "family_name") if name in self.fields)
        return wrong or said or self["badge_script"].value() == Script.ROMANISED

    def watch_names(self, summit: Summit) -> None:
        """Have a script ask about the name while it is typed."""
        name, latin = self["name"], self["name_romanised"]
        name.field.widget.attrs |= {
            "data-name-asked-at": reverse("registration:name", args=[summit.code]),
            "data-name-latin": latin.auto_id,
        }

    def clean_badge_script(self) -> str:
        return self.cleaned_data.get("badge_script") or Script.NATIVE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name, romanised = data.get("name", ""), data.get("name_romanised", "")
        if data.get("badge_script") == Script.ROMANISED and not romanised:
            self.add_error("name_romanised", _("Write your name in Latin letters to have it large on the badge."))
        if romanised and not any(unicodedata.name(letter, "").startswith("LATIN") for letter in romanised):
            self.add_error("name_romanised", _("Write this name in Latin letters, as on your passport."))
        if "name" in data and not any(c.isalpha() for c in name):
            self.add_error("name", _("Write a name with at least one letter."))
        elif not romanised and (told := cannot_print(name)):
            self.add_error("name_romanised", told)
        return data


def cannot_print(name: str) -> str:
    """What somebody reads whose name has letters that would be boxes on paper; "" where it has none."""
    letters = unwritable(name)
    told = _("Our fonts cannot print these letters: %(letters)s Write your name in Latin letters as well.")
    return str(told % {"letters": " ".join(letters)}) if letters else ""


class ProposingFields(NameFields):
    """Where the name in Latin letters is left empty and can be told from a Korean one, the form comes back with what
    passports would have: nobody's name is spelled without their seeing it."""

    # The name for which a spelling was shown.
    proposed_for = LineField(max_length=120, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        name, typed = data.get("name", ""), data.get("name_romanised")
        if "proposed_for" in self.fields and typed == "" and data.get("proposed_for") != name:
            self._propose(name)
        return data

    def _propose(self, name: str) -> None:
        if proposal := romanising.proposed(name):
            shown: Any = self.data.copy()  # type: ignore[attr-defined]
            shown["name_romanised"], shown["proposed_for"] = proposal, name
            self.data = shown
            told = _("We propose this spelling, as passports have it. Keep it, correct it or empty the field, then send the form again.")  # fmt: skip
            self.add_error("name_romanised", told)
