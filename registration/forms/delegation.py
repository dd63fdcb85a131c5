"""Forms of delegations: those of their heads, and those of the team."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from registration.delegating import delegations
from registration.forms.agreed import NOT_AGREED, agreed_by_them, consents_of
from registration.forms.frozen_names import freeze, freeze_sealed
from registration.forms.person import EntryForm
from registration.models import Category, Consent, Delegation, DelegationHead, Itinerary, Registration
from registration.models.itinerary import ITINERARY
from registration.places import delegations as places
from registration.registering.making import Person
from registration.registering.people_table import OF_THE_TEAM
from sessions.forms.settings import ColumnsForm
from sessions.imports.tables.sheet import Sheet, open_sheet
from sessions.models import Session
from summit.forms.details import VersionedForm
from summit.forms.rows import RowForm
from summit.imports.table_format import Refused
from summit.lib.fields import LineField, MomentInput, TextField, country_field, this_century
from summit.lib.translated import own_name
from summit.models import Summit

# People that one sheet may nominate, and the bytes its file may have: visitors send no more (summit/lib/body_limits.py).
MOST_PEOPLE, MOST_BYTES = 200, 200_000


class NominationForm(EntryForm):
    """Somebody whom a delegation nominates, or, ``instead_of`` somebody, who comes in their place in the same category."""

    offers_delegations = False

    def __init__(
        self, *args: Any, delegation: Delegation, language: str, instead_of: Registration | None = None, **kwargs: Any
    ) -> None:
        initial = {"country": delegation.country, "language": language, "organisation": delegation.in_full,
                   "attendance": "in_person"} | kwargs.pop("initial", {})  # fmt: skip
        super().__init__(*args, summit=delegation.summit, initial=initial, **kwargs)
        self.fields["attendance"].label = _("Attendance")
        self.fields["email"].help_text = _("The person's own page, with their ticket, is mailed here.")
        self.fields["time_zone"].label = _("Time zone")
        self.instead_of = instead_of
        if instead_of is not None:
            del self.fields["category"]
            return
        category: Any = self.fields["category"]
        free = [(each, given - taken) for each, given, taken in places.by_category(delegation) if given > taken]
        category.offer(delegation.summit.categories.filter(pk__in=[each.pk for each, _left in free]))
        category.widget.hints = {str(each.pk): _("Places left: %(n)d") % {"n": left} for each, left in free}
        if len(free) == 1:
            category.initial = free[0][0].pk

    def person(self) -> Person:
        if self.instead_of is not None:
            self.cleaned_data["category"] = self.instead_of.category
        return super().person()


class DelegateForm(VersionedForm):
    """What the head of a delegation corrects of somebody. Of needs nothing is shown: what is written here takes the place of
    what was said."""

    name = LineField(label=_("Name as written"), max_length=120)
    name_romanised = LineField(
        label=_("Name in Latin letters"), max_length=120, required=False, help_text=_("As in the passport.")
    )
    organisation = LineField(label=_("Organisation"), max_length=160, required=False)
    job_title = LineField(label=_("Job title"), max_length=120, required=False)
    dietary_needs = TextField(
        label=_("Dietary needs"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example halal, vegan, allergies. Where there are none, write “none”."),
    )  # fmt: skip
    versioned = ("name", "name_romanised", "organisation", "job_title")

    sensitive = agreed_by_them()

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(registration, name) for name in self.versioned}
        super().__init__(*args, **kwargs)
        self.summit = registration.summit
        if registration.has_agreed(Consent.Kind.SENSITIVE):
            del self.fields["sensitive"]
        self.stand_on(registration)
        if registration.dietary_needs:
            self.fields["dietary_needs"].help_text = _("Said already. What is written here takes its place.")
        freeze(self, registration)
        freeze_sealed(self, registration)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "sensitive" in self.fields and data.get("dietary_needs") and not data.get("sensitive"):
            self.add_error("sensitive", NOT_AGREED)
        return data

    def consents(self) -> dict[str, str]:
        return consents_of(self, self.summit)

    def values(self) -> dict[str, Any]:
        """What :func:`registration.registering.lifecycle.correct` takes; needs that were not written are left as they are."""
        data = self.cleaned_data
        said = {"dietary_needs": data["dietary_needs"]} if data["dietary_needs"] else {}
        return {name: data[name] for name in self.versioned if not self.fields[name].disabled} | said


class ItineraryForm(VersionedForm, forms.ModelForm[Any]):
    """Moments are read in the active zone: activate the summit's."""

    class Meta:
        model = Itinerary
        fields = ITINERARY
        widgets = {"arrives_at": MomentInput(), "departs_at": MomentInput()}
        help_texts = {
            "arrives_at": _("In the time of the summit."),
            "arrives_on": _("For example KE 123."),
            "arrives_in": _("Airport, station or hotel."),
        }

    versioned = ITINERARY

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand_on(self.instance)
        for name in ("arrives_at", "departs_at"):
            self.fields[name].validators.append(this_century)

    def _post_clean(self) -> None:
        """The verb sets what differs."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        arrives, departs = data.get("arrives_at"), data.get("departs_at")
        if arrives and departs and departs <= arrives:
            self.add_error("departs_at", _("The departure lies before the arrival."))
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ITINERARY}


class SheetForm(forms.Form):
    """A sheet of people, as a file or as cells copied from one."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV, XLSX or OpenDocument (.ods) with one row of headings; at most 200 people."),
    )
    pasted = forms.CharField(
        label=_("Or paste the cells"), required=False, max_length=100_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Copy them in your spreadsheet, the row of headings with them."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, pasted = data.get("file"), data.get("pasted", "")
        if not (file or pasted.strip()):
            raise ValidationError(_("Choose a file, or paste the cells."))
        if file and file.size > MOST_BYTES:
            raise ValidationError(_("The file is too large. Leave only the people of the delegation in it."))
        name, content = (file.name, file.read()) if file else ("pasted.csv", _as_csv(pasted))
        try:
            data["sheet"] = sheet = open_sheet(name, content)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
        if len(sheet.rows) > MOST_PEOPLE:
            raise ValidationError(_("These are more than 200 people. Nominate them in several sheets."))
        return data


def _as_csv(pasted: str) -> bytes:
    """Cells as spreadsheets copy them have tabs between them."""
    if "\t" not in pasted:
        return pasted.encode()
    return _written(line.split("\t") for line in pasted.splitlines())


def _written(rows: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


class SheetColumnsForm(ColumnsForm):
    """The columns of a sheet of people; the sheet itself goes along in ``table``."""

    table_of = forms.CharField(widget=forms.HiddenInput, max_length=MOST_BYTES, strip=False)

    def __init__(self, *args: Any, sheet: Sheet, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, table="registrations", languages=summit.languages, headings=sheet.headings,
                         without=OF_THE_TEAM, **kwargs)  # fmt: skip
        self.fields["table_of"].initial = _written([sheet.headings, *(cells for _place, cells in sheet.rows)]).decode()


def sheet_again(sent: str) -> Sheet | None:
    """The sheet that went along with a form of its columns; None where it is none any more."""
    try:
        sheet = open_sheet("sheet.csv", sent.encode())
    except (Refused, UnicodeError):
        return None
    return sheet if len(sheet.rows) <= MOST_PEOPLE else None


class SeatsForm(forms.Form):
    """Who of a delegation attends which session, as ``<session>-<person>``: what is ticked, and what was when the page was
    drawn."""

    attends = forms.MultipleChoiceField(required=False)
    stood = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, sessions: Iterable[Session], people: Iterable[Registration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [person.pk for person in people]
        known = [(f"{session.pk}-{key}", "") for session in sessions for key in keys]
        for field in self.fields.values():
            field.choices = known  # type: ignore[attr-defined]

    def of(self, session: Session) -> tuple[set[int], set[int]]:
        """Who shall attend a session, and who did."""
        start = f"{session.pk}-"
        chosen, stood = (
            {int(each.removeprefix(start)) for each in self.cleaned_data[name] if each.startswith(start)}
            for name in ("attends", "stood")
        )
        return chosen, stood


class DelegationForm(RowForm):
    """A delegation as the team keeps it, with its places in each category: ``places_<key>``."""

    class Meta:
        model = Delegation
        fields = delegations.EDITABLE
        widgets = {
            "names_until": MomentInput(),
            "kind": forms.RadioSelect(),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "official_name": _("As protocol writes it; empty: the name."),
            "names_until": _(
                "Afterwards names stand, and the organisers approve each replacement. Empty: no deadline."
            ),
            "notes": _("Only the team reads them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = country_field(self.instance.country, required=False)
        self.fields["names_until"].validators.append(this_century)
        kind: Any = self.fields["kind"]
        kind.choices = Delegation.Kind.choices
        self.categories = list(Category.objects.filter(summit=self.summit))
        given = dict(self.instance.places.values_list("category", "places")) if self.instance.pk else {}
        for category in self.categories:
            self.fields[f"places_{category.pk}"] = forms.IntegerField(
                label=_("Places: %(category)s") % {"category": category},
                min_value=0,
                max_value=10_000,
                required=False,
                initial=given.get(category.pk, 0),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Delegation.Kind.COUNTRY and not data.get("country") and "country" not in self.errors:
            self.add_error("country", _("Choose the country whose delegation it is."))
        return data

    def given(self) -> dict[Category, int]:
        """Places by category."""
        return {category: self.cleaned_data.get(f"places_{category.pk}") or 0 for category in self.categories}


class HeadForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=DelegationHead.Role, widget=forms.RadioSelect)
    name = LineField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The link to their page goes here.")
    )
    language = forms.ChoiceField(label=_("Language of mails"))

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [(code, own_name(code)) for code in summit.languages]
