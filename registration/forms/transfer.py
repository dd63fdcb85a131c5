"""Input shapes of handing a place to a substitute."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registration.forms.own_page import AddressForm
from registration.forms.person import PersonFields, RegistrationForm
from registration.models import Registration
from registration.models.registration import PERSONAL_FIELDS, privacy_version
from registration.registering.applicants import Person
from summit.lib.fields import LineField
from summit.lib.translated import own_name


class OfferForm(AddressForm):
    """To whom the place is offered; everything else they say themselves."""

    email = forms.EmailField(label=_("E-mail address of the substitute"), max_length=254)
    name = LineField(label=_("Name of the substitute"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the mail"))
    field_order = ["name", "email", "language"]

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [code for code in registration.summit.languages if code in dict(settings.LANGUAGES)]
        tongue: Any = self.fields["language"]
        tongue.choices = [(code, own_name(code)) for code in offered]
        tongue.initial = registration.language


class SubstituteForm(PersonFields):
    """Who the substitute is, and what they agree to: the form of registration without what is taken over."""

    photography = RegistrationForm.base_fields["photography"]
    privacy = RegistrationForm.base_fields["privacy"]

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        self.registration = registration
        super().__init__(*args, summit=registration.summit, **kwargs)
        self.order_fields([
            *PERSONAL_FIELDS, "sensitive", *(field.name for field in self.asked), "photography", "privacy",
        ])  # fmt: skip

    def put_questions(self) -> None:
        self.ask(self.summit, attendance=self.registration.attendance, category=self.registration.category_id)

    def person(self, email: str) -> Person:
        data, of = self.cleaned_data, self.registration
        given = [kind for kind in ("privacy", "photography", "sensitive") if data[kind]]
        return Person(
            **{name: data[name] for name in PERSONAL_FIELDS},
            email=email,
            category=of.category,
            attendance=of.attendance,
            consents=dict.fromkeys(given, privacy_version(self.summit)),
            answers=self.answers(of.attendance, of.category_id),
        )
