"""Forms of what a summit looks like, and of the menu of its pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from summit.editing import look, pages
from summit.editing.deleting import was_public
from summit.forms.settings import FactsForm
from summit.lib import colour as colours
from summit.lib import hosts
from summit.models import Summit
from summit.models.summit import validate_colour

# A menu of more does not fit beside the fixed entries.
MOST_PAGES = 4


def schemes(head: str, accent: str) -> list[tuple[Any, dict[str, str]]]:
    """What a page with these colours becomes in light and dark, as (name, tokens), for its picture; "" is no colour."""
    light, dark = colours.brand(head, accent)
    standard = [
        {"brand": "#0b2f73", "link": "#0b50d0", "on_button": "#ffffff", "paper": "#ffffff", "ink": "#14181f"},
        {"brand": "#0d2555", "link": "#8ab4ff", "on_button": "#0b1a35", "paper": "#181c24", "ink": "#eef1f6"},
    ]
    made = [{name.replace("-", "_"): shade for name, shade in tokens.items()} for tokens in (light, dark)]
    return [(_("Light"), standard[0] | made[0]), (_("Dark"), standard[1] | made[1])]


def verdicts(head: str, accent: str) -> list[str]:
    """Whether words can be read in these colours, and what is used where they cannot; "" is no colour."""
    light, _dark = colours.brand(head, accent)
    found = []
    if head:
        found.append(_verdict(_("Head, with white words: %(ratio)s to 1."), head, light["brand"]))
    if accent:
        found.append(_verdict(_("Links on paper: %(ratio)s to 1."), accent, light["link"]))
    return found or [gettext("The colours of the installation.")]


def _verdict(words: Any, chosen: str, made: str) -> str:
    """On white, or with white words: the contrast is the same."""
    ratio = colours.contrast(chosen, "#ffffff")
    said = str(words) % {"ratio": f"{ratio:.1f}"}
    if made == chosen:
        return f"{said} {gettext('Enough to read.')}"
    more = gettext(
        "Too little to read in places (4.5 is needed everywhere): %(colour)s is used instead, %(ratio)s to 1."
    )
    return f"{said} {more % {'colour': made, 'ratio': f'{colours.contrast(made, "#ffffff"):.1f}'}}"


def colour_typed(said: Any) -> str:
    """A colour as typed, "" where it is none."""
    try:
        validate_colour(said or "")
    except ValidationError:
        return ""
    return str(said).lower()


COLOUR_INPUT = {"placeholder": "#0b2f73", "maxlength": 7}
COLOUR_HELP = {
    "brand_colour": _("As #rrggbb; carries white words. Empty: the colour of the installation."),
    "accent_colour": _("As #rrggbb. Empty: the colour of the installation."),
}
LOGO_HELP = _("JPEG, PNG or WebP of at most 10 MB, best with a transparent ground. It stands beside the name, on the colour of the head.")  # fmt: skip


class PictureInput(forms.FileInput):
    def __init__(self) -> None:
        super().__init__(attrs={"accept": "image/jpeg,image/png,image/webp"})


class LookForm(FactsForm):
    logo_file = forms.FileField(
        label=_("Logo"), required=False, widget=PictureInput,
        help_text=LOGO_HELP,
    )  # fmt: skip
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    social_picture_file = forms.FileField(
        label=_("Picture beside shared links"), required=False, widget=PictureInput,
        help_text=_("JPEG, PNG or WebP of at most 10 MB; cut to 1200 by 630 pixels from its middle."),
    )  # fmt: skip
    no_social_picture = forms.BooleanField(label=_("Take the picture away"), required=False)

    class Meta:
        model = Summit
        fields = look.COLOURS
        widgets = {name: forms.TextInput(attrs=COLOUR_INPUT) for name in look.COLOURS}
        help_texts = COLOUR_HELP

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, summit=summit, **kwargs)
        self.versioned = look.VERSIONED
        self.stand_on(summit)
        for name in look.PICTURES:
            if not getattr(summit, name):
                del self.fields[f"no_{name}"]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name].lower() for name in look.COLOURS}

    def sent(self) -> dict[str, bytes | None]:
        """As :func:`summit.editing.look.set_look` takes it."""
        found: dict[str, bytes | None] = {}
        for name in look.PICTURES:
            file = self.cleaned_data.get(f"{name}_file")
            found[name] = file.read() if file else b"" if self.cleaned_data.get(f"no_{name}") else None
        return found

    def colours(self) -> tuple[str, str]:
        head, accent = (colour_typed(self.typed(name)) for name in look.COLOURS)
        return head, accent

    def schemes(self) -> list[tuple[Any, dict[str, str]]]:
        return schemes(*self.colours())

    def follows(self) -> list[str]:
        return verdicts(*self.colours())


class MenuForm(FactsForm):
    """For each standing page its place in the menu, or none."""

    class Meta:
        model = Summit
        fields = ()

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, summit=summit, **kwargs)
        self.versioned = ("menu",)
        now = pages.menu(summit)
        self.stand_on({"menu": now})
        self.pages = {page.slug: page for page in summit.pages.order_by("section", "order", "slug")}
        places: list[tuple[str, Any]] = [("", _("Not in the menu"))]
        places += [(str(n), _("Place %(number)d") % {"number": n}) for n in range(1, MOST_PAGES + 1)]
        for slug, page in self.pages.items():
            initial = str(now.index(slug) + 1) if slug in now else ""
            self.fields[f"page-{slug}"] = forms.ChoiceField(
                label=str(page), choices=places, initial=initial, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        placed = sorted((int(data[f"page-{slug}"]), slug) for slug in self.pages if data.get(f"page-{slug}"))
        if len({place for place, _slug in placed}) < len(placed):
            raise ValidationError(_("Two pages have the same place."))
        data["menu"] = [slug for _place, slug in placed]
        return data

    def follows(self) -> list[str]:
        chosen = getattr(self, "cleaned_data", {}).get("menu", pages.menu(self.summit))
        fixed = [gettext("Agenda"), gettext("Speakers"), gettext("Hosts"), gettext("About")]
        entries = [*fixed, *(str(self.pages[slug]) for slug in chosen if slug in self.pages), gettext("Register")]
        return [gettext("The menu of every page: %(entries)s") % {"entries": " · ".join(entries)}]


class AddressForm(FactsForm):
    """The part of every address; fixed once the summit was public."""

    class Meta:
        model = Summit
        fields = ("code",)
        labels = {"code": _("Address")}
        help_texts = {"code": _("Four to 32 small letters, digits or underscores.")}
        widgets = {
            "code": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"})
        }

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, summit=summit, **kwargs)
        self.was, self.fixed = summit.code, was_public(summit)

    def follows(self) -> list[str]:
        code, language = self.typed("code"), self.summit.languages[0]
        found = [gettext("The opening page: %(address)s") % {"address": f"{settings.SITE_URL}/{language}/{code}/"}]
        if self.fixed or code == self.was:
            return found
        return [*found, *self._broken()]

    def _broken(self) -> list[str]:
        """What leads nowhere then."""
        summit: Any = self.summit
        found = [gettext("Every address with %(code)s leads nowhere then: in mails, in print, in calendars and bookmarks.") % {"code": self.was}]  # fmt: skip
        invited = summit.memberships.filter(accepted_at=None).count()
        words = ngettext(
            "%(number)d invitation to the team is on its way with the old address: send it again.",
            "%(number)d invitations to the team are on their way with the old address: send them again.",
            invited,
        )
        found += [words % {"number": invited}] if invited else []
        people = summit.registrations.count()
        words = ngettext(
            "%(number)d person is registered: the links and the calendar in their mails have the old address.",
            "%(number)d people are registered: the links and calendars in their mails have the old address.",
            people,
        )
        return [*found, words % {"number": people}] if people else found


class DomainForm(FactsForm):
    class Meta:
        model = Summit
        fields = ("domain",)
        help_texts = {"domain": _("Such as summit.example.org, without https:// and without a path. Empty: none.")}

    def clean_domain(self) -> str:
        said = self.cleaned_data["domain"]
        if not said:
            return ""
        try:
            name = hosts.host_name(said)
        except ValueError as error:
            raise ValidationError(_("Write the name of a host, such as summit.example.org.")) from error
        if name == settings.SITE_HOST or name in settings.ALLOWED_HOSTS:
            raise ValidationError(_("This is the address of the installation itself."))
        if not hosts.own_host(name, self.summit.code):
            raise ValidationError(
                _("This summit cannot have one: its code, “%(code)s”, is also the name of a page."),
                params={"code": self.summit.code},
            )
        return name

    def follows(self) -> list[str]:
        name, before, here = self.typed("domain"), self.summit.own_host, {"host": settings.SITE_HOST}
        lost = [
            gettext("Addresses at %(old)s stop working: those in mails, in calendars and on paper, too.")
            % {"old": before}
        ]
        if not name:
            alone = gettext("The summit is reached at the address of the installation alone.")
            return [alone, *(lost if before else [])]
        language = self.summit.languages[0]
        path = f"/{language}/{self.summit.code}/agenda/"
        return [
            gettext(
                "The name has to point to %(host)s in DNS, and the proxy needs a certificate for it. Ask the operator "
                "for both before you save."
            )
            % here,
            *(lost if before and before != name else []),
            gettext("%(own)s is the agenda: the summit is served there, without its code in the addresses.")
            % {"own": hosts.origin(name) + hosts.at_own_host(path, self.summit.code)},
            gettext("Pages, calendars, open data, prints and mails name this host from now on."),
            gettext("%(here)s goes on working.") % {"here": settings.SITE_URL + path},
            gettext("Attendees are known there by the link from their confirmation mail."),
            gettext(
                "What stays at %(host)s: accounts, the workspace, the API, and the pages hosts and speakers work on."
            )
            % here,
        ]
