"""Forms by which one person registers several: who they are, and each of the group."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registration.forms.names import cannot_print
from registration.models import Attendance, Category
from registration.models.attendance import offered
from registration.registering.entering import DOUBLED
from registration.registering.groups import MOST, Contact
from registration.registering.making import Person
from registration.registering.people_table import understood
from summit.forms.details import object_in
from summit.lib import countries
from summit.lib.fields import LineField, ManyOptions
from summit.lib.text import clean_line
from summit.lib.translated import active_language, own_name
from summit.models import Summit

FIRST_ROWS, MORE_ROWS, MOST_ROWS = 5, 5, 20
SAMPLES = 3
LARGEST_SHEET = 500_000  # bytes, and characters of what the page carries of it
# What a column can be, and what its heading is often called.
COLUMNS = {
    "name": (_("Name as written"), ("name", "full name", "이름", "성명")),
    "name_romanised": (_("Name in Latin letters"), ("english name", "romanised name", "영문 이름", "영문명")),
    "email": (_("E-mail address"), ("e-mail", "email", "mail", "이메일", "메일")),
    "category": (_("Category"), ("category", "참가 구분", "구분")),
    "attendance": (_("Attendance"), ("attendance", "참석 방식")),
    "country": (_("Country"), ("country", "국가", "나라")),
    "organisation": (_("Organisation"), ("organisation", "organization", "기관", "소속")),
    "job_title": (_("Job title"), ("job title", "position", "직함", "직위")),
}


class ContactForm(forms.Form):
    """Who registers the group, and what holds for all of it unless a row says otherwise."""

    contact_name = LineField(label=_("Your name"), max_length=80)
    contact_email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, help_text=_("Those you register read it beside your name.")
    )
    organisation = LineField(label=_("Organisation of the group"), max_length=160, required=False)
    category = forms.ModelChoiceField(label=_("They come as"), queryset=Category.objects.none(), empty_label=None)
    attendance = forms.ChoiceField(label=_("How will they take part?"), choices=Attendance, widget=forms.RadioSelect)
    country = forms.ChoiceField(label=_("Country"), widget=ManyOptions)
    language = forms.ChoiceField(label=_("Language of mails"))
    told = forms.BooleanField(
        label=_("They know that I register them."),
        error_messages={"required": _("Ask them first: their names and addresses are theirs to give.")},
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        fields: Any = self.fields
        fields["category"].queryset = summit.categories.open_now()
        fields["attendance"].choices = [(way.value, way.label) for way in offered(summit.mode)]
        fields["country"].choices = [("", _("Choose a country")), *countries.choices(active_language())]
        fields["language"].choices = [
            (code, own_name(code)) for code in summit.languages if code in dict(settings.LANGUAGES)
        ]
        fields["language"].initial = active_language()

    def clean_contact_name(self) -> str:
        """A name that stands in mails to others leads nowhere."""
        name: str = self.cleaned_data["contact_name"]
        if not any(c.isalpha() for c in name) or any(mark in name for mark in ":/@<>") or "www." in name.lower():
            raise forms.ValidationError(_("Write your name with letters alone, without an address."))
        return name

    def contact(self) -> Contact:
        return Contact(self.cleaned_data["contact_name"], self.cleaned_data["contact_email"])


class MemberForm(forms.Form):
    """One of the group, as typed or as read from a sheet."""

    name = LineField(label=_("Name as written"), max_length=120)
    name_romanised = LineField(label=_("Name in Latin letters"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), required=False, to_field_name="code", empty_label=_("As above")
    )  # fmt: skip
    job_title = LineField(label=_("Job title"), max_length=120, required=False)

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = summit.categories.open_now()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = data.get("name", "")
        if name and not any(c.isalpha() for c in name):
            self.add_error("name", _("Write a name with at least one letter."))
        elif not data.get("name_romanised") and (told := cannot_print(name)):
            self.add_error("name_romanised", told)
        if clean_line(data.get("email", "")) != data.get("email", ""):
            self.add_error("email", _("Write an e-mail address without spaces or invisible characters."))
        return data

    def person(self, group: Mapping[str, Any]) -> Person:
        """``group``: what was said of all of them."""
        own = {name: value for name, value in self.cleaned_data.items() if value}
        names = ("organisation", "category", "attendance", "country", "language")
        return Person(**{**{name: group[name] for name in names}, **own})


class SheetMemberForm(MemberForm):
    """A row of a sheet, which may also say how somebody comes, from where, and for whom."""

    attendance = forms.ChoiceField(label=_("Attendance"), choices=Attendance, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    organisation = LineField(label=_("Organisation"), max_length=160, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = countries.choices("en")


class SheetForm(forms.Form):
    """A sheet the page carries along: headings and rows, and what each column is."""

    table = forms.CharField(widget=forms.HiddenInput, max_length=LARGEST_SHEET)

    def __init__(self, data: Any = None, *, table: dict[str, Any]) -> None:
        super().__init__(data, initial={"table": json.dumps(table, ensure_ascii=False)})
        self.carried = table
        choices = [("", _("(left out)")), *((key, words) for key, (words, _names) in COLUMNS.items())]
        taken: set[str] = set()
        for number, heading in enumerate(table["headings"]):
            guessed = next((key for key, (words, names) in COLUMNS.items()
                            if key not in taken and heading.strip().casefold() in {key, str(words).casefold(), *names}), "")  # fmt: skip
            taken.add(guessed)
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=heading or f"{number + 1}", choices=choices, required=False, initial=guessed
            )

    @property
    def columns(self) -> list[tuple[Any, list[str]]]:
        """Each column with its first cells."""
        rows = self.carried["rows"][:SAMPLES]
        return [(self[f"column-{n}"], [str(row[n]) for row in rows if n < len(row)])
                for n in range(len(self.carried["headings"]))]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        keys = [data.get(f"column-{number}", "") for number in range(len(self.carried["headings"]))]
        if not {"name", "email"} <= set(keys):
            self.add_error(None, _("Say which columns have the names and the e-mail addresses."))
        elif len([key for key in keys if key]) != len({key for key in keys if key}):
            self.add_error(None, _("Two columns mean the same. Leave one of them out."))
        self.keys = keys
        return data

    def members(self, summit: Summit) -> list[SheetMemberForm]:
        """The rows as forms, words of any language understood."""
        meant = understood(summit)
        found = []
        for number, cells in enumerate(self.carried["rows"]):
            said = {key: str(cell) for key, cell in zip(self.keys, cells, strict=False) if key}
            said |= {
                key: known.get(said[key].strip().casefold(), said[key]) for key, known in meant.items() if key in said
            }
            found.append(SheetMemberForm(said, summit=summit, prefix=None, auto_id=f"row_{number}_%s"))
        return found


def tell_doubled(members: Iterable[MemberForm]) -> None:
    """Say of each whose address stands with somebody above that it does, whatever else is wrong."""
    seen: set[str] = set()
    for member in members:
        # Whatever is wrong with it is told first.
        address = "" if "email" in member.errors else member.cleaned_data["email"].lower()
        if address in seen:
            member.add_error("email", DOUBLED)
        seen |= {address} - {""}


def table_in(text: str) -> dict[str, Any] | None:
    """The sheet a page carried along; None where somebody has made it something else."""
    table = object_in(text[:LARGEST_SHEET])
    headings, rows = table.get("headings"), table.get("rows")
    if (
        not isinstance(headings, list)
        or not isinstance(rows, list)
        or not 0 < len(headings) <= 50
        or not 0 < len(rows) <= MOST
    ):
        return None
    if not all(isinstance(row, list) for row in rows):
        return None
    return {
        "headings": [str(heading)[:200] for heading in headings],
        "rows": [[str(cell)[:1000] for cell in row] for row in rows],
    }
