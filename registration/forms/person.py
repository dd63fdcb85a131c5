"""Input shapes of registration, own page, desk and organiser's list. They validate; the verbs decide."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Self
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property, lazy
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration import privacy
from registration.forms.agreed import NOT_AGREED, agreed_by_them, consents_of
from registration.forms.asking import AskingForm, name_of
from registration.forms.bringing import BringingForm, known_of
from registration.forms.chosen import CategoryField, CountryField, HintedRadio, delegation_field
from registration.forms.drafting import DraftingForm
from registration.forms.frozen_names import settle_names
from registration.forms.names import NameFields, ProposingFields
from registration.forms.participants import RegisteringListed
from registration.models import AccessCode, Attendance, Audience, Category, Consent, Invitation, Quota, Registration
from registration.models.attendance import offered
from registration.models.category import CategoryQuerySet
from registration.models.quota import Wish
from registration.models.registration import PERSONAL_FIELDS, VERSIONED
from registration.places import capacity
from registration.places.capacity import Counted
from registration.places.opening import told_times
from registration.registering import admitting, answering, waitlist
from registration.registering.asking import Given
from registration.registering.making import Person
from registration.registering.refusals import NotInThisWay
from summit.editing.inline_edits import value_version
from summit.editing.revising import Overtaken
from summit.forms.details import VersionedForm, object_in
from summit.lib import countries
from summit.lib.fields import LineField, ManyOptions, TextField, ZoneField
from summit.lib.text import clean_line
from summit.lib.translated import active_language, own_name
from summit.models import Summit, Venue


def one_address(typed: str) -> str:
    """An address as it was typed, without what nobody sees."""
    email = typed.strip()
    if clean_line(email) != email:
        raise ValidationError(_("Write an e-mail address without spaces or invisible characters."))
    return email


def _countries(venues: list[Venue], language: str) -> list[tuple[str, Any]]:
    """All countries, that of the first venue above the others: most who come are from there."""
    own = next((venue.country for venue in venues if venue.country), "")
    return countries.choices_from(own, language, gettext("Country of the summit"), gettext("Other countries"))


class PersonFields(NameFields, AskingForm):
    """What a person may say, and later correct, about themselves."""

    organisation = LineField(label=_("Organisation"), max_length=160, required=False)
    job_title = LineField(label=_("Job title"), max_length=120, required=False)
    country = CountryField(label=_("Country"), widget=ManyOptions)
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

    sensitive = forms.BooleanField(
        label=_("I agree that what I say about health, religion and the like is kept, to arrange what I need."),
        required=False,
        help_text=_("Needed only if you say something of the kind. You can withdraw it; then what you said is erased."),
    )

    not_agreed: Any = _("Agree to it, or leave out what you say about health, religion and the like.")

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        self.put_questions()
        for name in ("access_needs", "dietary_needs"):
            lines = [self.fields[name].help_text, *privacy.hint(privacy.BY_FIELD[name])]
            self.fields[name].help_text = format_html_join(mark_safe("<br>"), "{}", [(line,) for line in lines])
        language = active_language()
        country: Any = self.fields["country"]
        country.choices = lambda: [("", _("Choose a country")), *_countries(self.venues, language)]
        tongue: Any = self.fields["language"]
        offered = [code for code in summit.languages if code in dict(settings.LANGUAGES)]
        tongue.choices = [(code, own_name(code)) for code in offered]
        tongue.initial = language
        self.fields["time_zone"].widget.attrs["data-own-zone"] = ""
        self.watch_names(summit)
        autofill = {
            "name": "name",
            "title": "honorific-prefix",
            "family_name": "family-name",
            "organisation": "organization",
            "job_title": "organization-title",
            "email": "email",
            "country": "country",
        }
        for name, value in autofill.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value

    @cached_property
    def venues(self) -> list[Venue]:
        return list(self.summit.venues.all())

    def put_questions(self) -> None:
        self.ask(self.summit)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "sensitive" in self.fields and not data.get("sensitive") and self.says_sensitive(data):
            self.add_error("sensitive", self.not_agreed)
        return data

    def ask_for_them(self) -> None:
        """Whoever fills it in says it of somebody else."""
        if "sensitive" in self.fields:
            self.fields["sensitive"], self.not_agreed = agreed_by_them(), NOT_AGREED

    def says_sensitive(self, data: dict[str, Any]) -> bool:
        asked = [name_of(question) for question in self.questions if question.sensitive and question.pk in self.put_now]
        return any(data.get(name) for name in ("access_needs", "dietary_needs", *asked))


def _answer_versions(given: Mapping[int, Given]) -> dict[str, str]:
    return {
        str(key): value_version(sorted(said) if isinstance(said, list) and said else said or "")
        for key, said in given.items()
    }


NOTHING = value_version("")


class DetailsForm(VersionedForm, PersonFields):
    """The details of somebody who is registered, to be corrected by them or for them."""

    versioned = VERSIONED
    # What each question's answer was when the form was made, as a mark.
    stood = forms.CharField(widget=forms.HiddenInput, required=False, max_length=5000)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        registration: Registration,
        audiences: Collection[str] | None = None,
    ) -> None:
        """``audiences``: those of the member of the team who corrects them; None: the person does."""
        self.registration, self.audiences = registration, audiences
        initial = {name: getattr(registration, name) for name in PERSONAL_FIELDS}
        super().__init__(data, files, initial=initial, summit=registration.summit)
        if registration.has_agreed(Consent.Kind.SENSITIVE):
            del self.fields["sensitive"]
        elif audiences is not None:
            self.ask_for_them()
        self.stand_on(registration)
        settle_names(self, registration, by_team=audiences is not None)
        self.fields["stood"].initial = json.dumps(_answer_versions(self.given))

    def over(self, refusal: Overtaken) -> Self:
        """As of every form; of the answers only those are written over that were changed here.

        What others answered is nowhere said in the history, so nobody could have seen it before saving again.
        """
        super().over(refusal)
        now = answering.given_by(refusal.details["now"])
        stood = self.cleaned_data["stood"]
        typed = _answer_versions(self.answers_now())
        for question in self.questions:
            key = str(question.pk)
            if typed.get(key, NOTHING) == stood.get(key, NOTHING):
                given = now.get(question.pk, "")
                self.data.setlist(name_of(question), given if isinstance(given, list) else [given])  # type: ignore[attr-defined]
        self.data["stood"] = json.dumps(_answer_versions(now))  # type: ignore[index]
        return self

    def answers_now(self) -> dict[int, Given]:
        """The answers, for how the person comes."""
        return self.answers(self.registration.attendance, self.registration.category_id)

    def consents(self) -> dict[str, str]:
        """What was agreed to here, and to which version."""
        return consents_of(self, self.summit)

    def says_sensitive(self, data: dict[str, Any]) -> bool:
        """The team is asked about what it writes, not about what stands there already."""
        written = data if self.audiences is None else {name: data.get(name) for name in self.changed_data}
        return super().says_sensitive(written)

    def clean_stood(self) -> dict[str, Any]:
        return object_in(self.cleaned_data["stood"])

    def put_questions(self) -> None:
        self.ask(
            self.summit,
            attendance=self.registration.attendance,
            category=self.registration.category_id,
            given=answering.given_by(self.registration),
            audiences=self.audiences,
        )


class RegistrationForm(DraftingForm, RegisteringListed, BringingForm, ProposingFields, PersonFields):
    nonce = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    attendance = forms.ChoiceField(label=_("How will you take part?"), choices=Attendance, widget=HintedRadio)
    category = CategoryField(
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
    field_order = ["nonce", "code", "attendance", "category", "name", "name_romanised", "email", "title", "family_name", "badge_script", "organisation",
                   "job_title", "country", "language", "time_zone", "access_needs", "dietary_needs", "sensitive"]  # fmt: skip
    last_fields = ("listed", "contactable", "photography", "privacy")

    def __init__(
        self,
        *args: Any,
        quotas: list[Counted],
        invitation: Invitation | None = None,
        code: AccessCode | None = None,
        **kwargs: Any,
    ) -> None:
        """``invitation`` and ``code`` are what somebody brings, and what was found to hold."""
        self.invitation, self.access_code = invitation, code
        # Addresses, in lower case, at which this browser's reader is known to read mails.
        self.read_at: set[str] = set()
        super().__init__(*args, **kwargs)
        self.quotas, self.initial = quotas, {**known_of(invitation), **self.initial}
        places = capacity.left(self.summit, quotas)
        if not any(counted.quota.has_waitlist for counted in quotas):
            del self.fields["waits"]
        self.initial.setdefault("nonce", uuid4().hex)
        # The summit's own questions stand before the consents.
        self.order_fields([*self.field_order, *(field.name for field in self.asked), *self.last_fields])
        # Where this says the summit's zone, the browser proposes its own.
        self.fields["time_zone"].widget.attrs["data-own-zone"] = self.summit.time_zone
        self.offer_code()
        self.offer_list()
        self.offer(self.offered_categories(), self.read_categories())
        attendance: Any = self.fields["attendance"]
        ways = [way for way in offered(self.summit.mode) if invitation is None or invitation.attendance in {"", way}]
        attendance.choices = [(way.value, way.label) for way in ways]
        if len(ways) == 1:
            self.initial.setdefault("attendance", ways[0].value)
        radio, key = attendance.widget, self.key
        # Set anew: forms are copies of one another and would share what is only added to.
        kept = {key.attendance} if key is not None and admitting.keeps_place(key) else set()
        whoever = [each for each in quotas if each.is_for_everybody]
        without = {way: waitlist.without_place(self.summit, Wish(way), whoever) for way in places}
        full = {way for way, quotas in without.items() if quotas} - kept
        lines = {way for way in full if waitlist.are_waited_for(without[way])}
        shut = {way: capacity.shut_for(Wish(way), whoever) for way in full}
        line = _("All places are taken; there is a waitlist.")
        radio.hints = {
            way: line if way in lines else lazy(self.hint, str)(way, left, kept=way in kept, shut=shut.get(way))
            for way, left in places.items()
        }
        radio.unavailable = full - lines

    def offered_categories(self) -> CategoryQuerySet:
        return self.summit.categories.open_now()

    def read_categories(self) -> list[Category] | None:
        """The same of a summit that was read with its form."""
        rows: list[Category] | None = vars(self.summit).get("known_categories")
        return None if rows is None else [row for row in rows if row.is_on_the_form and row.window() == "open"]

    def hint(self, attendance: str, left: int | None, *, kept: bool = False, shut: Quota | None = None) -> Any:
        if kept:
            return _("A place is kept for you.")
        if shut:
            return told_times(shut)
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
        elif category and attendance:
            self.check_way(category, attendance)
        return data

    def clean_email(self) -> str:
        return one_address(self.cleaned_data["email"])

    def person(self) -> Person:
        data = self.cleaned_data
        names = set(PERSONAL_FIELDS) | {"email", "attendance", "category"}
        return Person(
            **{name: data[name] for name in names},
            waits=bool(data.get("waits")),
            consents=consents_of(self, self.summit, ("privacy", "photography", "sensitive")),
            answers=self.answers(data["attendance"], data["category"].pk),
            invitation=self.invitation,
            code=self.access_code,
            proven=data["email"].lower() in self.read_at,
            **self.chosen_list(),
        )


class EntryForm(RegistrationForm):
    """Somebody entered by the team: in any category, and no question must be answered. Of consents there is the one to what
    is said of health and the like, which they are asked for beforehand."""

    offers_delegations = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = {"photography", "privacy", "waits", "proposed_for", "code", "listed", "contactable"}
        for name in left_out & self.fields.keys():
            del self.fields[name]
        self.ask_for_them()
        self.fields["time_zone"].widget.attrs["data-own-zone"] = ""
        if self.offers_delegations and self.summit.delegations.exists():
            self.fields["delegation"] = delegation_field(self.summit)

    def offered_categories(self) -> CategoryQuerySet:
        return self.summit.categories.all()

    def put_questions(self) -> None:
        self.ask(self.summit, audiences=list(Audience))

    def person(self) -> Person:
        names, data = set(PERSONAL_FIELDS) | {"email", "attendance", "category"}, self.cleaned_data
        said, answers = {name: data[name] for name in names}, self.answers(data["attendance"], data["category"].pk)
        consents = consents_of(self, self.summit)
        return Person(**said, delegation=data.get("delegation"), answers=answers, consents=consents)


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
