"""The menu of a summit's public pages, with the entry the reader is at: on its page, or on one below it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from summit.lib.translated import Text
from summit.models import Summit

# Pages that are an entry of their own, of a section whose other pages belong to another entry.
OWN_ENTRIES = {
    "sessions:now": "now",
    "speakers:hosts": "hosts",
    "speakers:host": "hosts",
    "registration:sent": "register",
    "registration:lost-link": "register",
}
SECTIONS = {"sessions": "agenda", "speakers": "speakers", "summit": "about"}
AGENDA_OF_ONES_OWN = ("registration:my-", "registration:shared-agenda")
IN_NO_SECTION = ("summit:home", "sessions:data")


@dataclass(frozen=True, slots=True)
class Entry:
    """``current`` is the value of ``aria-current``: ``page``, ``true`` on a page below it, or empty."""

    label: str | Text
    address: str
    current: str = ""


def entries(summit: Summit, request: HttpRequest) -> list[Entry]:
    """What the agenda offers first, as it is what people come back to; registering last, where it is looked for."""
    here = section_of(request)
    places = [
        ("agenda", gettext("Agenda"), reverse("sessions:agenda", args=[summit.code])),
        ("now", gettext("Now"), reverse("sessions:now", args=[summit.code])),
        ("mine", gettext("My agenda"), reverse("registration:my-agenda", args=[summit.code])),
        ("speakers", gettext("Speakers"), reverse("speakers:speakers", args=[summit.code])),
        ("hosts", gettext("Hosts"), reverse("speakers:hosts", args=[summit.code])),
        ("about", gettext("About"), reverse("summit:pages", args=[summit.code])),
        *((None, page.title, page.get_absolute_url()) for page in menu_pages(summit)),
        ("register", gettext("Register"), reverse("registration:register", args=[summit.code])),
    ]
    # A standing page that is in the menu itself is there, and not below "About" as well.
    if any(address == request.path for _section, _label, address in places):
        here = ""
    return [Entry(label, address, current(address, request, here, section)) for section, label, address in places]


def menu_pages(summit: Summit) -> list[Any]:
    """The standing pages an owner has put into the menu."""
    return list(summit.pages.filter(in_menu=True).order_by("menu_order", "slug"))


def current(address: str, request: HttpRequest, here: str, section: str | None) -> str:
    if address == request.path:
        return "page"
    return "true" if section and section == here else ""


def section_of(request: HttpRequest) -> str:
    """The entry that the page of this request lies below, by the name of its address; "" where it lies below none."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if name in IN_NO_SECTION:
        return ""
    if name.startswith(AGENDA_OF_ONES_OWN):
        return "mine"
    return OWN_ENTRIES.get(name) or SECTIONS.get(name.partition(":")[0], "")
