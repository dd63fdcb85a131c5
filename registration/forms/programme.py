"""Forms about registrations made for the programme: whom to make them for, and the person's word that they come."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registration.forms.person import PersonFields
from registration.models import Attendance, Category, Registration
from registration.models.attendance import offered
from registration.models.consent import privacy_version
from registration.models.registration import PERSONAL_FIELDS
from registration.registering import answering
from registration.registering.from_programme import Part
from registration.registering.refusals import NotInThisWay
from summit.models import Summit

# Codes that categories of these people often have.
LIKELY = {
    Part.SPEAKER: ("speaker", "speakers"),
    Part.HOST: ("host", "hosts"),
    Part.TEAM: ("team", "staff", "organiser"),
}


class ProgrammePeopleForm(forms.Form):
    """For each part whether its people are registered, and in which category."""

    def __init__(self, data: Any = None, *, summit: Summit) -> None:
        super().__init__(data)
        rows = list(summit.categories.all())
        for part in Part:
            likely = next((row for row in rows if row.code in LIKELY[part]), None)
            self.fields[part.value] = forms.BooleanField(label=part.label, required=False)
            self.fields[f"{part.value}_category"] = forms.ModelChoiceField(
                queryset=summit.categories.all(), label=_("Category"), required=False, initial=likely, empty_label=_("Choose a category")
            )  # fmt: skip

    def parts(self) -> list[tuple[Part, Any, Any]]:
        """Each part with its two fields."""
        return [(part, self[part.value], self[f"{part.value}_category"]) for part in Part]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for part in Part:
            name = f"{part.value}_category"
            if data.get(part.value) and not data.get(name) and name not in self.errors:
                self.add_error(name, _("Choose the category of their badges."))
        return data

    def categories(self) -> dict[Part, Category]:
        data = self.cleaned_data
        return {part: data[f"{part.value}_category"] for part in Part if data[part.value]}


class SayToComeForm(PersonFields):
    """What somebody who was registered by the team says themselves: how they come, what they need and agree to."""

    attendance = forms.ChoiceField(label=_("How will you take part?"), choices=Attendance, widget=forms.RadioSelect)
    photography = forms.BooleanField(
        label=_("I agree that I may be seen in photographs and films of the summit."), required=False
    )
    privacy = forms.BooleanField(
        label=_("I have read the privacy notice and agree to it."),
        error_messages={"required": _("Without your agreement we may not keep your registration.")},
    )
    ASKED = ("country", "language", "access_needs", "dietary_needs")

    def __init__(self, data: Any = None, files: Any = None, *, registration: Registration) -> None:
        self.registration = registration
        initial = {name: getattr(registration, name) for name in (*self.ASKED, "attendance")}
        super().__init__(data, files, initial=initial, summit=registration.summit)
        for name in set(PERSONAL_FIELDS) - set(self.ASKED):
            del self.fields[name]
        ways = registration.category.attendances(offered(registration.summit.mode))
        attendance: Any = self.fields["attendance"]
        attendance.choices = [(way.value, way.label) for way in ways]
        self.order_fields(
            ["attendance", *self.ASKED, "sensitive", *(field.name for field in self.asked), "photography", "privacy"]
        )

    def put_questions(self) -> None:
        self.ask(
            self.registration.summit,
            category=self.registration.category_id,
            given=answering.given_by(self.registration),
        )

    def clean_attendance(self) -> str:
        way: str = self.cleaned_data["attendance"]
        if way not in self.registration.category.attendances(tuple(Attendance)):
            raise forms.ValidationError(str(NotInThisWay(self.registration.category).message))
        return way

    def consents(self) -> dict[str, str]:
        given = [kind for kind in ("privacy", "photography", "sensitive") if self.cleaned_data[kind]]
        return dict.fromkeys(given, privacy_version(self.registration.summit))

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.ASKED}
