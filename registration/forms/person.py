"""Input shapes of registration, own page, desk and organiser's list. They validate; the verbs decide."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Self
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.forms.questions import AskingForm, name_of
from registration.models import Attendance, Category, Registration, Script
from registration.models.attendance import offered
from registration.models.quota import Wish
from registration.models.registration import PERSONAL_FIELDS, VERSIONED, privacy_version
from registration.models.sealing import SEALED
from registration.places import capacity
from registration.places.capacity import Counted
from registration.registering import questions, waitlist
from registration.registering.copying import CodeTaken, Sessions
from registration.registering.lifecycle import Person
from registration.registering.refusals import NotInThisWay
from sessions.forms.settings import NoteForm
from summit.editing.inline_edits import value_version
from summit.editing.revising import Overtaken
from summit.forms.details import VersionedForm, object_in
from summit.lib import countries
from summit.lib.fields import LineField, ManyOptions, MomentInput, TextField, ZoneField
from summit.lib.text import clean_line
from summit.lib.translated import TranslatedFormField, active_language
from summit.models import Summit, Venue
from summit.models.summit import validate_code, validate_free_code

OWN_LANGUAGE_NAMES = {"ko": "한국어", "en": "English"}


class HintedRadio(forms.RadioSelect):
    """Radio buttons with a hint under each, and some of them unavailable."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints: dict[str, str] = {}
        self.unavailable: set[str] = set()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        if str(value) in self.unavailable:
            option["attrs"]["disabled"] = True
        return option


def _countries(venues: list[Venue], language: str) -> list[tuple[str, Any]]:
    """All countries, that of the first venue above the others: most who come are from there."""
    own = next((venue.country for venue in venues if venue.country), "")
    return countries.choices_from(own, language, gettext("Country of the summit"), gettext("Other countries"))


class PersonFields(AskingForm):
    """What a person may say, and later correct, about themselves."""

    name = LineField(
        label=_("Name as written"), max_length=120, help_text=_("In your own script. It stands on your badge.")
    )
    name_romanised = LineField(
        label=_("Name in Latin letters"),
        max_length=120,
        required=False,
        help_text=_("As on your passport; shown under your name."),
    )
    badge_script = forms.ChoiceField(
        label=_("Large on the badge"), choices=Script, initial=Script.NATIVE, required=False, widget=forms.RadioSelect
    )
    organisation = LineField(label=_("Organisation"), max_length=160, required=False)
    job_title = LineField(label=_("Job title"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), widget=ManyOptions)
    language = forms.ChoiceField(label=_("Language of mails"))
    time_zone = ZoneField(
        label=_("Your time zone"),
        required=False,
        help_text=_("Times are told in it as well, beside those of the summit. A city will do, such as Tallinn."),
    )
    access_needs = TextField(
        label=_("Access needs"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example step-free seats, sign language, captions, an accompanying person."),
    )
    dietary_needs = TextField(
        label=_("Dietary needs"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example halal, vegan, allergies."),
    )  # fmt: skip

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit, self.venues = summit, list(summit.venues.all())
        self.put_questions()
        language = active_language()
        country: Any = self.fields["country"]
        country.choices = [("", _("Choose a country")), *_countries(self.venues, language)]
        tongue: Any = self.fields["language"]
        offered = [code for code in summit.languages if code in dict(settings.LANGUAGES)]
        tongue.choices = [(code, OWN_LANGUAGE_NAMES.get(code, code)) for code in offered]
        tongue.initial = language
        self.fields["time_zone"].widget.attrs["data-own-zone"] = ""
        autofill = {"name": "name", "organisation": "organization", "job_title": "organization-title", "email": "email"}
        for name, value in autofill.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value

    def put_questions(self) -> None:
        self.ask(self.summit)

    def clean_badge_script(self) -> str:
        return self.cleaned_data.get("badge_script") or Script.NATIVE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("badge_script") == Script.ROMANISED and not data.get("name_romanised"):
            self.add_error("name_romanised", _("Write your name in Latin letters to have it large on the badge."))
        romanised = data.get("name_romanised", "")
        if romanised and not any(unicodedata.name(letter, "").startswith("LATIN") for letter in romanised):
            self.add_error("name_romanised", _("Write this name in Latin letters, as on your passport."))
        if "name" in data and not any(c.isalpha() for c in data["name"]):
            self.add_error("name", _("Write a name with at least one letter."))
        return data


def _answer_versions(given: Mapping[int, questions.Given]) -> dict[str, str]:
    return {
        str(key): value_version(sorted(said) if isinstance(said, list) and said else said or "")
        for key, said in given.items()
    }


NOTHING = value_version("")


class DetailsForm(VersionedForm, PersonFields):
    """The details of somebody who is registered, to be corrected by them or, ``as_organiser``, for them."""

    versioned = VERSIONED
    # What each question's answer was when the form was made, as a mark.
    stood = forms.CharField(widget=forms.HiddenInput, required=False, max_length=5000)

    def __init__(self, data: Any = None, *, registration: Registration, as_organiser: bool = False) -> None:
        self.registration, self.as_organiser = registration, as_organiser
        initial = {name: getattr(registration, name) for name in PERSONAL_FIELDS}
        super().__init__(data, initial=initial, summit=registration.summit)
        self.stand_on(registration)
        for name in SEALED if registration.at_risk else ():
            del self.fields[name]
        self.fields["stood"].initial = json.dumps(_answer_versions(self.given))

    def over(self, refusal: Overtaken) -> Self:
        """As of every form; of the answers only those are written over that were changed here.

        What others answered is nowhere said in the history, so nobody could have seen it before saving again.
        """
        super().over(refusal)
        now = questions.given_by(refusal.details["now"])
        stood = self.cleaned_data["stood"]
        typed = _answer_versions(self.answers(self.registration.attendance))
        for question in self.questions:
            key = str(question.pk)
            if typed.get(key, NOTHING) == stood.get(key, NOTHING):
                given = now.get(question.pk, "")
                self.data.setlist(name_of(question), given if isinstance(given, list) else [given])  # type: ignore[attr-defined]
        self.data["stood"] = json.dumps(_answer_versions(now))  # type: ignore[index]
        return self

    def clean_stood(self) -> dict[str, Any]:
        return object_in(self.cleaned_data["stood"])

    def put_questions(self) -> None:
        given = questions.given_by(self.registration)
        self.ask(self.summit, attendance=self.registration.attendance, given=given, all_optional=self.as_organiser)


class RegistrationForm(PersonFields):
    nonce = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    attendance = forms.ChoiceField(label=_("How will you take part?"), choices=Attendance, widget=HintedRadio)
    category = forms.ModelChoiceField(
        label=_("You come as"), queryset=Category.objects.none(), empty_label=None, widget=HintedRadio
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("Your confirmation, ticket and link come here.")
    )
    waits = forms.BooleanField(
        label=_("If no place is left, put me on the waitlist."),
        required=False,
        initial=True,
        help_text=_("You get a mail when a place is kept for you."),
    )
    photography = forms.BooleanField(
        label=_("I agree that I may be seen in photographs and films of the summit."), required=False
    )
    privacy = forms.BooleanField(
        label=_("I have read the privacy notice and agree to it."),
        error_messages={"required": _("Without your agreement we may not keep your registration.")},
    )
    field_order = ["nonce", "attendance", "category", "name", "name_romanised", "badge_script", "email", "organisation",
                   "job_title", "country", "language", "time_zone", "access_needs", "dietary_needs"]  # fmt: skip

    def __init__(self, *args: Any, quotas: list[Counted], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = capacity.left(self.summit, quotas)
        if not any(counted.quota.has_waitlist for counted in quotas):
            del self.fields["waits"]
        self.initial.setdefault("nonce", uuid4().hex)
        # The summit's own questions stand before the consents.
        self.order_fields([*self.field_order, *(field.name for field in self.asked), "photography", "privacy"])
        # Where this says the summit's zone, the browser proposes its own.
        self.fields["time_zone"].widget.attrs["data-own-zone"] = self.summit.time_zone
        category: Any = self.fields["category"]
        category.queryset = self.summit.categories.open_now()
        shown = list(category.queryset)
        category.choices = [(row.pk, str(row)) for row in shown]
        self.somebody_decides = any(row.is_approved for row in shown)
        category.widget.hints = {str(row.pk): _hint_of(row) for row in shown}
        attendance: Any = self.fields["attendance"]
        attendance.choices = [(way.value, way.label) for way in offered(self.summit.mode)]
        radio: Any = attendance.widget
        # Set anew: forms are copies of one another and would share what is only added to.
        full = {way for way, left in places.items() if left == 0}
        lines = {
            way
            for way in full
            if waitlist.is_open_for(self.summit, Wish(way), [each for each in quotas if each.is_for_everybody])
        }
        radio.hints = {
            way: _("All places are taken; there is a waitlist.") if way in lines else self.hint(way, left)
            for way, left in places.items()
        }
        radio.unavailable = full - lines

    def hint(self, attendance: str, left: int | None) -> Any:
        if left == 0:
            return _("All places are taken.")
        if left is not None and left <= 20:
            # No number: it would tell whether an address that is tried took a place, so whether it is known.
            return _("Few places left.")
        if attendance == Attendance.IN_PERSON:
            return str(self.venues[0].name) if self.venues else ""
        return _("The organisers announce how to join.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        category, attendance = data.get("category"), data.get("attendance")
        if category and attendance and attendance not in category.attendances(tuple(Attendance)):
            self.add_error("attendance", NotInThisWay(category).message)
        return data

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip()
        if clean_line(email) != email:
            raise ValidationError(_("Write an e-mail address without spaces or invisible characters."))
        return email

    def person(self) -> Person:
        data = self.cleaned_data
        version = privacy_version(self.summit)
        given = [kind for kind in ("privacy", "photography") if data[kind]]
        names = set(PersonFields.base_fields) | {"email", "attendance", "category"}
        return Person(
            **{name: data[name] for name in names},
            waits=bool(data.get("waits")),
            consents=dict.fromkeys(given, version),
            answers=self.answers(data["attendance"]),
        )


def _hint_of(category: Category) -> str:
    """What it is, who decides, and in which way alone one comes."""
    decided = gettext("The organisers decide on it, and tell you by mail.") if category.is_approved else ""
    ways = {"in_person": gettext("In person only."), "online": gettext("Online only.")}
    return " · ".join(filter(None, [str(category.description), decided, ways.get(category.attendance, "")]))


class EntryForm(RegistrationForm):
    """Somebody entered by the team: in any category, without consents, and no question must be answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"photography", "privacy", "waits"} & self.fields.keys():
            del self.fields[name]
        self.fields["time_zone"].widget.attrs["data-own-zone"] = ""
        category: Any = self.fields["category"]
        category.queryset = self.summit.categories.all()

    def put_questions(self) -> None:
        self.ask(self.summit, all_optional=True)

    def person(self) -> Person:
        names = set(PersonFields.base_fields) | {"email", "attendance", "category"}
        data = self.cleaned_data
        return Person(**{name: data[name] for name in names}, answers=self.answers(data["attendance"]))


class CancelForm(forms.Form):
    reason = TextField(
        label=_("Why"),
        required=False,
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it in the mail."),
    )


class PullForwardForm(forms.Form):
    reason = LineField(label=_("Why"), required=False, max_length=300, help_text=_("It stays in the history."))


class LostLinkForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class AttendanceForm(forms.Form):
    attendance = forms.ChoiceField(choices=Attendance)


class ReissueForm(forms.Form):
    """The issue of the ticket that the question stood for: asked twice, it is replaced once."""

    issue = forms.IntegerField(min_value=1, max_value=32_767)


class SeatsForm(forms.Form):
    """How many seats of a session must be booked."""

    seats = forms.IntegerField(
        label=_("Seats to be booked"),
        required=False,
        min_value=0,
        max_value=100_000,
        help_text=_("Empty: nobody needs to book. More seats are offered to who waits, at once."),
    )


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


class CopyForm(forms.Form):
    """The new summit's address, name and first day, and what of the sessions goes with it."""

    code = forms.CharField(
        label=_("Address of the new summit"),
        max_length=32,
        validators=[validate_code, validate_free_code],
        help_text=_("Four to 32 small letters, digits or underscores; permanent."),
    )
    name = TranslatedFormField(label=_("Name"), max_length=300)
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("All days, opening hours and deadlines move by as much."),
    )
    sessions = forms.ChoiceField(label=_("Sessions"), choices=Sessions, initial=Sessions.NONE, widget=forms.RadioSelect)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Summit.objects.filter(code=code).exists():
            raise ValidationError(CodeTaken.message)
        return code
