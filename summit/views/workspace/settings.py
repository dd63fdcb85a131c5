"""Settings of the summit in the workspace: the index of sections, and those of the summit itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from summit import history, navigation
from summit.editing import deleting, pages, summit_settings
from summit.editing import languages as verbs
from summit.editing import look as looks
from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.forms.look import AddressForm, DomainForm, LookForm, MenuForm
from summit.forms.settings import FactsForm, GeneralForm, LanguagesForm
from summit.lib import pictures
from summit.lib.body_limits import takes_files
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

# Takes the summit and its form, which is valid, and ``by=``.
type Save = Callable[..., Any]


def set_facts(summit: Summit, form: FactsForm, *, by: Any) -> None:
    summit_settings.set_facts(summit, form.values(), form_versions=form.cleaned_data["form_versions"], by=by)


@dataclass(frozen=True, slots=True)
class Section:
    """One page of settings: its URL name, its form and what saves it."""

    address: str
    title: Any
    lead: Any
    form: Callable[..., Any]
    save: Save = set_facts
    template: str = "summit/organiser/settings/section.html"
    # Of what stands beside the facts of the summit.
    labels: Mapping[str, Any] = MappingProxyType({})


@never_cache
@right_required(Right.SETTINGS)
def index(request: SignedInRequest, summit: Summit) -> HttpResponse:
    with timezone.override(summit.tz):
        privacy = summit.pages.filter(slug="privacy").exists()
        context = {"summit": summit, "sections": navigation.sections(summit), "privacy": privacy}
        return render(request, "summit/organiser/settings/index.html", context)


def edited(request: SignedInRequest, summit: Summit, section: Section, **more: Any) -> HttpResponse:
    """The page of a section: shown, previewed, refused or saved."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    with timezone.override(summit.tz):
        form = section.form(*sent, summit=summit)
        if request.method != "POST":
            return _page(request, section, form, **more)
        preview = request.POST.get("action") == "preview"
        if not form.is_valid() or preview:
            return _page(request, section, form, status=422 if form.errors else 200, preview=preview, **more)
        try:
            section.save(summit, form, by=request.user)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], Summit, labels=section.labels)
            return _page(request, section, form.over(refusal), status=refusal.status, overtaken=lines, **more)
        except Refusal as refusal:
            named = refusal.details.get("field")
            form.add_error(named if named in form.fields else None, str(refusal.message))
            return _page(request, section, form, status=refusal.status, preview=True, **more)
    messages.success(request, _("The settings were saved."))
    return redirect(section.address, summit.code)


def _page(request: SignedInRequest, section: Section, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    lines = history.described(summit_settings.lines_about(form.summit, form.versioned), Summit, labels=section.labels)
    # What was typed and makes no sense says nothing of what would follow.
    follows = [] if form.errors and status == 422 else form.follows()
    context = {"summit": form.summit, "section": section, "form": form, "follows": follows, "history": lines, **more}
    return render(request, section.template, context, status=status)


GENERAL = Section(
    "summit:settings-general",
    gettext_lazy("Name and contact"),
    gettext_lazy("What the summit is called and says of itself, and where people write to"),
    GeneralForm,
)


@never_cache
@right_required(Right.SETTINGS)
def general(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, GENERAL)


def _set_languages(summit: Summit, form: LanguagesForm, *, by: Any) -> None:
    data = form.cleaned_data
    verbs.set_languages(summit, data["languages"], agreed=data["agreed"], form_versions=data["form_versions"], by=by)


LANGUAGES = Section(
    "summit:settings-languages",
    gettext_lazy("Languages"),
    gettext_lazy("Which languages the summit is written in, and in which order"),
    LanguagesForm,
    _set_languages,
    "summit/organiser/settings/languages.html",
)


@never_cache
@right_required(Right.SETTINGS)
def languages(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, LANGUAGES)


def _set_look(summit: Summit, form: LookForm, *, by: Any) -> None:
    looks.set_look(summit, form.values(), form.sent(), form_versions=form.cleaned_data["form_versions"], by=by)


LOOK = Section(
    "summit:settings-look",
    gettext_lazy("Look"),
    gettext_lazy("Logo and colours of the pages and mails, and the picture beside shared links"),
    LookForm,
    _set_look,
    "summit/organiser/settings/look.html",
)


# The logo, and the picture beside shared links.
@takes_files(2 * pictures.LARGEST)
@never_cache
@right_required(Right.SETTINGS)
def look(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, LOOK)


def _set_menu(summit: Summit, form: MenuForm, *, by: Any) -> None:
    data = form.cleaned_data
    pages.set_menu(summit, data["menu"], form_versions=data["form_versions"], by=by)


MENU = Section(
    "summit:settings-menu",
    gettext_lazy("Menu"),
    gettext_lazy("Which standing pages stand in the menu of every page, and in which order"),
    MenuForm,
    _set_menu,
    labels={"menu": gettext_lazy("Menu")},
)


@never_cache
@right_required(Right.SETTINGS)
def menu(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, MENU)


def _set_code(summit: Summit, form: AddressForm, *, by: Any) -> None:
    data = form.cleaned_data
    # The page that is shown next has the new address.
    summit.code = summit_settings.set_code(summit, data["code"], form_versions=data["form_versions"], by=by).code


ADDRESS = Section(
    "summit:settings-address",
    gettext_lazy("Address"),
    gettext_lazy("The part of every address that names this summit"),
    AddressForm,
    _set_code,
    "summit/organiser/settings/address.html",
)


@never_cache
@right_required(Right.SETTINGS)
def address(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, ADDRESS)


@never_cache
@right_required(Right.SETTINGS)
def deletion(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Asks with numbers, and for the address by hand; then the summit is gone."""
    refusal: Refusal | None = None
    try:
        deleting.allow(summit, request.user)
        if request.method == "POST":
            typed, seen = request.POST.get("typed", ""), request.POST.get("seen", "")
            deleting.delete_summit(summit, typed=typed, seen=seen, by=request.user)
            messages.success(request, _("The summit was deleted."))
            return redirect("account:home")
    except Refusal as error:
        refusal = error
    barred = isinstance(refusal, deleting.NotOwner | deleting.WasPublic)
    context = {"summit": summit, "losses": deleting.losses(summit), "refusal": refusal, "barred": barred}
    status = refusal.status if refusal and request.method == "POST" else 200
    return render(request, "summit/organiser/settings/deletion.html", context, status=status)


def _set_domain(summit: Summit, form: DomainForm, *, by: Any) -> None:
    data = form.cleaned_data
    summit_settings.set_domain(summit, data["domain"], form_versions=data["form_versions"], by=by)


DOMAIN = Section(
    "summit:settings-domain",
    gettext_lazy("Own domain"),
    gettext_lazy("A host name of the summit's own, at which its pages are served"),
    DomainForm,
    _set_domain,
)


@never_cache
@right_required(Right.SETTINGS)
def domain(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return edited(request, summit, DOMAIN)
