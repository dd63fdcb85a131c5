"""Forms of the first start: the key, the operator, a summit, its owner."""

from itertools import chain, permutations
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from summit.editing.new_summit import CodeTaken, suggested_code
from summit.forms.look import COLOUR_HELP, COLOUR_INPUT, LOGO_HELP, PictureInput, colour_typed, schemes, verdicts
from summit.lib import countries, times
from summit.lib.fields import NOTHING_CHOSEN, LineField, ZoneField, this_century
from summit.lib.translated import Text, TranslatedFormField, active_language
from summit.models import Mode, Summit, User
from summit.models.summit import validate_code, validate_colour, validate_free_code

# More days than this are a slip of the year.
LONGEST = 60
ZONES = {"ko": "Asia/Seoul"}


class KeyForm(forms.Form):
    key = forms.CharField(
        label=_("Installation key"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("Five groups of four letters and digits, printed where the server was started."),
    )


class OperatorForm(forms.Form):
    """Who operates the installation, and how they sign in."""

    name = LineField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=_("You sign in with it."),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password, once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password")
        if password and "again" in data and data["again"] != password:
            self.add_error("again", _("The two passwords differ."))
        if password and "email" in data:
            try:
                validate_password(password, User(email=data["email"], name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data


def language_choices() -> list[tuple[str, str]]:
    """Every way to choose languages and which comes first: all of them before single ones."""
    codes = [code for code, _name in settings.LANGUAGES]
    orders = chain.from_iterable(permutations(codes, size) for size in range(len(codes), 0, -1))
    return [(",".join(order), " · ".join(get_language_info(code)["name_local"] for code in order)) for order in orders]


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        validators=[this_century],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **kwargs,
    )


class NewSummitForm(forms.Form):
    """What a summit cannot begin without."""

    name = TranslatedFormField(label=_("Name"), max_length=300)
    short_name = TranslatedFormField(
        label=_("Short name"), max_length=60, required=False, help_text=_("Stands in the corner of every page.")
    )
    code = forms.CharField(
        label=_("Address"),
        max_length=32,
        required=False,
        validators=[validate_code, validate_free_code],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "Four to 32 small letters, digits or underscores; it can be changed until the summit is public. Empty: made from the name and the year."
        ),
    )
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    time_zone = ZoneField(label=_("Time zone"), help_text=_("Type a city or a region, such as Seoul."))
    languages = forms.ChoiceField(
        label=_("Languages"), widget=forms.RadioSelect, help_text=_("The first one is what texts are written in first.")
    )
    mode = forms.ChoiceField(label=_("How it takes place"), choices=Mode, initial=Mode.HYBRID, widget=forms.RadioSelect)
    contact_email = forms.EmailField(label=_("Contact address"), max_length=254, required=False)
    venue_name = TranslatedFormField(label=_("Name of the venue"), max_length=300, required=False)
    venue_city = TranslatedFormField(label=_("City"), max_length=100, required=False)
    venue_country = forms.ChoiceField(label=_("Country"), required=False)

    brand_colour = forms.CharField(
        label=_("Colour of the head"), required=False, validators=[validate_colour],
        widget=forms.TextInput(attrs=COLOUR_INPUT), help_text=COLOUR_HELP["brand_colour"],
    )  # fmt: skip
    accent_colour = forms.CharField(
        label=_("Colour of links and buttons"), required=False, validators=[validate_colour],
        widget=forms.TextInput(attrs=COLOUR_INPUT), help_text=COLOUR_HELP["accent_colour"],
    )  # fmt: skip
    logo_file = forms.FileField(label=_("Logo"), required=False, widget=PictureInput, help_text=LOGO_HELP)

    groups = (
        ("what", _("Name and address"), ("name", "short_name", "code")),
        ("when", _("Days and time zone"), ("starts_on", "ends_on", "time_zone")),
        ("how", _("How"), ("languages", "mode", "contact_email")),
        ("where", _("Where"), ("venue_name", "venue_city", "venue_country")),
        ("look", _("Look"), ("brand_colour", "accent_colour", "logo_file")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages, country = self.fields["languages"], self.fields["venue_country"]
        languages.choices = language_choices()  # type: ignore[attr-defined]
        first = active_language()
        languages.initial = next(value for value, _name in language_choices() if value.startswith(first))
        country.choices = [("", NOTHING_CHOSEN), *countries.choices(first)]  # type: ignore[attr-defined]
        self.fields["time_zone"].initial = ZONES.get(first, "")

    def sections(self) -> list[tuple[str, Any, list[Any]]]:
        return [(key, label, [self[name] for name in names]) for key, label, names in self.groups]

    def zones(self) -> list[tuple[str, str]]:
        return times.zone_choices(active_language())

    def colours(self) -> tuple[str, str]:
        """As typed; "" for none."""
        typed = self.data if self.is_bound else {}
        head, accent = (colour_typed(typed.get(name)) for name in ("brand_colour", "accent_colour"))
        return head, accent

    def schemes(self) -> list[tuple[Any, dict[str, str]]]:
        return schemes(*self.colours())

    def follows(self) -> list[str]:
        """Whether its colours can be read."""
        return verdicts(*self.colours())

    def logo_again(self) -> bool:
        """Whether a logo was sent with a form that comes back: no browser keeps it."""
        return bool(self.files.get("logo_file"))

    def clean_brand_colour(self) -> str:
        return str(self.cleaned_data["brand_colour"]).lower()

    def clean_accent_colour(self) -> str:
        return str(self.cleaned_data["accent_colour"]).lower()

    def logo(self) -> bytes | None:
        sent = self.cleaned_data.get("logo_file")
        return sent.read() if sent else None

    def clean_languages(self) -> list[str]:
        return str(self.cleaned_data["languages"]).split(",")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The last day lies before the first."))
        elif starts and ends and (ends - starts).days >= LONGEST:
            self.add_error("ends_on", _("A summit lasts at most %(days)d days.") % {"days": LONGEST})
        languages = data.get("languages")
        if languages and data.get("name") and not data["name"].only(languages):
            self.add_error("name", _("Write the name in a language of the summit."))
        if (data.get("venue_city") or data.get("venue_country")) and "venue_name" in data and not data["venue_name"]:
            self.add_error("venue_name", _("Write what the venue is called, or leave all of it empty."))
        if "code" in data:
            self._look_at_code(data)
        return data

    def _look_at_code(self, data: dict[str, Any]) -> None:
        if data["code"]:
            if Summit.objects.filter(code=data["code"]).exists():
                self.add_error("code", CodeTaken.message)
        elif data.get("name") and data.get("starts_on"):
            data["code"] = suggested_code(data["name"], data.get("short_name") or Text(), data["starts_on"].year)
        else:
            self.add_error("code", _("Write an address, or a name and a first day to make one from."))

    def name_meant(self) -> Text | None:
        """The name as it would be stored; None where it or the languages are wrong."""
        name, languages = self.cleaned_data.get("name"), self.cleaned_data.get("languages")
        return name.only(languages) if name and languages else None

    def facts(self) -> dict[str, Any]:
        """What :func:`summit.editing.new_summit.make_summit` takes beside the code."""
        data, languages = self.cleaned_data, self.cleaned_data["languages"]
        texts = {name: data[name].only(languages) for name in ("name", "short_name")}
        return {**{name: value for name, value in data.items() if not name.startswith(("venue_", "logo_"))}, **texts}

    def venue(self) -> dict[str, Any]:
        data, languages = self.cleaned_data, self.cleaned_data["languages"]
        texts = {name: data[f"venue_{name}"].only(languages) for name in ("name", "city")}
        return {**texts, "country": data["venue_country"]}


class OwnerForm(forms.Form):
    """Who the summit belongs to: somebody invited by mail, or the operator."""

    owner = forms.ChoiceField(
        label=_("Who owns the summit?"),
        choices=(("invited", _("Somebody else: an invitation goes by mail")), ("myself", _("I do"))),
        widget=forms.RadioSelect,
        initial="invited",
    )
    email = forms.EmailField(label=_("Owner's e-mail address"), max_length=254, required=False)
    name = LineField(label=_("Owner's name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the mail"))

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = [(code, get_language_info(code)["name_local"]) for code in summit.languages]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("owner") == "invited" and "email" in data and not data["email"]:
            self.add_error("email", _("Write the address of whoever shall own the summit, or choose yourself."))
        return data
