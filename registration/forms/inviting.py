"""Forms of the workspace about inviting: one person, people of an earlier summit, and codes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from registration.fields import LastDayField
from registration.models import AccessCode, Attendance, Category, Invitation
from registration.models.attendance import offered
from registration.models.invitation import PREFILLED
from registration.registering import access_codes, segments
from registration.registering.inviting import Guest, Terms, end_of, usual_end
from summit.lib import countries
from summit.lib.fields import LineField, MomentInput, this_century
from summit.lib.translated import active_language, own_name
from summit.models import Summit


def ways(summit: Summit) -> list[tuple[str, Any]]:
    return [("", _("As the person likes")), *((way.value, way.label) for way in offered(summit.mode))]


class TermsForm(forms.Form):
    """What somebody is invited to."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())
    attendance = forms.ChoiceField(label=_("Comes"), required=False, widget=forms.RadioSelect)
    reserves = forms.BooleanField(
        label=_("Keep a place"),
        required=False,
        help_text=_("From sending on until the end. Say in which way the person comes."),
    )
    skips_approval = forms.BooleanField(
        label=_("Confirm without a decision"),
        required=False,
        help_text=_("In a category the organisers decide on. In the others whoever is invited is confirmed at once."),
    )
    until = LastDayField()

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summit = summit
        category: Any = self.fields["category"]
        category.queryset = summit.categories.all()
        attendance: Any = self.fields["attendance"]
        attendance.choices = ways(summit)
        self.initial.setdefault("until", usual_end(summit))

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(data["category"], end_of(data["until"], self.summit), data["attendance"], data["reserves"],
                     data["skips_approval"])  # fmt: skip


class GuestForm(TermsForm):
    """One person, and what is known of them: they correct it when they register."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = LineField(label=_("Name as written"), max_length=120, required=False)
    name_romanised = LineField(label=_("Name in Latin letters"), max_length=120, required=False)
    organisation = LineField(label=_("Organisation"), max_length=160, required=False)
    job_title = LineField(label=_("Job title"), max_length=120, required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(label=_("Language of mails"))
    field_order = ["email", "name", "language", "category", "attendance", "until", "reserves", "skips_approval",
                   "name_romanised", "organisation", "job_title", "country"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country: Any = self.fields["country"]
        country.choices = [("", _("Not known")), *countries.choices(active_language())]
        language: Any = self.fields["language"]
        codes = [code for code in self.summit.languages if code in dict(settings.LANGUAGES)]
        language.choices = [(code, own_name(code)) for code in codes]

    def guest(self) -> Guest:
        data = self.cleaned_data
        known = {name: data[name] for name in PREFILLED if name in data}
        return Guest(data["email"].strip(), data["name"], data["language"], data["country"], known)


class EarlierForm(TermsForm):
    """Whom of an earlier summit to invite: all that is chosen must be met, what is not chosen is anything."""

    of_categories = forms.ModelMultipleChoiceField(
        Category.objects.none(), label=_("They came as"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )  # fmt: skip
    came = forms.ChoiceField(label=_("They took part"), required=False, widget=forms.RadioSelect)
    arrived = forms.ChoiceField(label=_("They arrived"), required=False, widget=forms.RadioSelect)
    # How many the page said it would be.
    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    field_order = ["of_categories", "came", "arrived", "category", "attendance", "until", "reserves", "skips_approval"]

    def __init__(self, *args: Any, source: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        of_categories: Any = self.fields["of_categories"]
        of_categories.queryset = source.categories.all()
        came: Any = self.fields["came"]
        came.choices = [("", _("In person or online")), *Attendance.choices]
        arrived: Any = self.fields["arrived"]
        arrived.choices = [("", _("Arrived or not")), ("yes", _("Arrived")), ("no", _("Not arrived"))]

    def segment(self) -> segments.Segment:
        data = self.cleaned_data
        chosen = {"yes": True, "no": False}.get(data["arrived"])
        keys = frozenset(each.pk for each in data["of_categories"])
        return segments.Segment(self.source, keys, data["came"], chosen)


class CodeForm(forms.Form):
    """What a code opens, how often, and from when until when. Times are read in the active zone: activate the summit's."""

    note = LineField(
        label=_("For whom"), max_length=120, required=False, help_text=_("For the team, and on the sheet.")
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.none(), label=_("Categories"), widget=forms.CheckboxSelectMultiple
    )
    uses = forms.IntegerField(
        label=_("Uses of each"), required=False, min_value=1, max_value=100_000, help_text=_("Empty: any number.")
    )
    attendance = forms.ChoiceField(label=_("Comes"), required=False, widget=forms.RadioSelect)
    reserves = forms.BooleanField(
        label=_("Keep a place for each use"),
        required=False,
        help_text=_("For a number of uses, one category, and one way of taking part."),
    )
    skips_approval = forms.BooleanField(
        label=_("Confirm without a decision"),
        required=False,
        help_text=_("In a category the organisers decide on."),
    )
    opens_at = forms.DateTimeField(
        label=_("Valid from"), required=False, widget=MomentInput, validators=[this_century],
        help_text=_("Empty: as long as registration is open."),
    )  # fmt: skip
    closes_at = forms.DateTimeField(
        label=_("Valid until"), required=False, widget=MomentInput, validators=[this_century],
        help_text=_("Empty: as long as registration is open."),
    )  # fmt: skip

    def __init__(self, *args: Any, summit: Summit, code: AccessCode | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"uses": 1} if code is None else _standing(code)
        self.summit = summit
        categories: Any = self.fields["categories"]
        categories.queryset = summit.categories.all()
        attendance: Any = self.fields["attendance"]
        attendance.choices = ways(summit)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The end lies before the beginning."))
        return data

    def terms(self) -> access_codes.Terms:
        names = ("uses", "note", "attendance", "reserves", "skips_approval", "opens_at", "closes_at")
        categories: Sequence[Category] = list(self.cleaned_data["categories"])
        return access_codes.Terms(categories, **{name: self.cleaned_data[name] for name in names})


def _standing(code: AccessCode) -> dict[str, Any]:
    names = ("uses", "note", "attendance", "reserves", "skips_approval", "opens_at", "closes_at")
    return {**{name: getattr(code, name) for name in names}, "categories": list(code.categories.all())}


class NewCodesForm(CodeForm):
    number = forms.IntegerField(
        label=_("How many codes"), initial=1,
        validators=[MinValueValidator(1), MaxValueValidator(access_codes.MOST)],
        help_text=_("Each of its own, drawn so that nobody guesses it."),
        widget=forms.NumberInput(attrs={"min": 1, "max": access_codes.MOST}),
    )  # fmt: skip
    code = LineField(
        label=_("A code of your own"), max_length=60, required=False,
        help_text=_("Instead of a drawn one: 6 to 32 letters of the Latin alphabet and digits. Whoever guesses it may use it."),
    )  # fmt: skip
    field_order = ["note", "categories", "number", "uses", "code"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("code") and data.get("number", 1) > 1:
            self.add_error("code", _("A code of your own is one code: set their number to 1."))
        return data


class ActOnInvitationForm(forms.Form):
    """What is done to one invitation; ``anyway``: remind although the last mail is young."""

    action = forms.ChoiceField(choices=[("send", ""), ("remind", ""), ("revoke", ""), ("extend", "")])
    anyway = forms.BooleanField(label=_("Remind all the same"), required=False)
    until = LastDayField(required=False)

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["until"] = invitation.expires_at.astimezone(invitation.summit.tz).date()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("action") == "extend" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Say when."))
        return data
