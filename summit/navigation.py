"""The navigation of the workspace: its groups in the order of an organiser's day, and what of them somebody sees.

What the apps above know (numbers, whose organisations and profiles are whose) is asked by dotted string: this app may not
import them. A page belongs to the item whose address its own begins with; the longest wins.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from summit.lib import hosts, times
from summit.lib.translated import active_language
from summit.models import Right, Summit

COUNTS, OWN_PAGES = "registration.navigation.counts", "speakers.navigation.own_pages"
SET_ABOVE = "registration.navigation.settings_above"
# Numbers beside the items may be this old, in seconds.
COUNTED_FOR = 10


@dataclass(frozen=True, slots=True)
class Item:
    """A page of the workspace. ``rights``: one of them opens it. ``count`` names the number beside it, ``due`` whether
    that number asks for something to be done."""

    address: str
    label: Any
    rights: frozenset[Right]
    count: str = ""
    due: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: Any
    items: tuple[Item, ...]


def _item(address: str, label: Any, *rights: Right, count: str = "", due: bool = False) -> Item:
    return Item(address, label, frozenset(rights), count, due)


GROUPS = (
    Group("start", "", (
        _item("registration:dashboard", _("Overview"), Right.WORKSPACE, Right.NUMBERS, count="todo", due=True),
    )),
    Group("programme", _("Programme"), (
        _item("sessions:organiser-sessions", _("Sessions"), Right.WORKSPACE, count="sessions"),
        _item("sessions:editor", _("Plan"), Right.WORKSPACE),
        _item("speakers:organiser-people", _("Speakers"), Right.WORKSPACE, count="people"),
        _item("speakers:organiser-organisations", _("Organisations"), Right.WORKSPACE, count="organisations"),
        _item("sessions:organiser-tracks", _("Tracks"), Right.WORKSPACE, count="tracks"),
        _item("summit:organiser-rooms", _("Rooms"), Right.WORKSPACE, count="rooms"),
    )),
    Group("people", _("People"), (
        _item("registration:registrations", _("Registrations"), Right.REGISTRATIONS, count="registrations"),
        _item("registration:delegations", _("Delegations"), Right.REGISTRATIONS, count="delegations"),
        _item("registration:invitations", _("Invitations"), Right.REGISTRATIONS),
        _item("registration:access-codes", _("Codes"), Right.REGISTRATIONS),
        _item("registration:waitlists", _("Waitlists"), Right.REGISTRATIONS),
        _item("registration:approval", _("Approval"), Right.APPROVAL, count="waiting", due=True),
        _item("registration:vetting", _("Vetting"), Right.APPROVAL, count="vetting", due=True),
        _item("registration:duplicates", _("Duplicates"), Right.REGISTRATIONS),
        _item("registration:campaigns", _("Messages to many"), Right.SETTINGS),
        _item("registration:numbers", _("Numbers"), Right.NUMBERS),
        _item("registration:report", _("Report"), Right.NUMBERS),
        _item("registration:questions", _("Questions of the form"), Right.REGISTRATIONS, Right.TEXTS),
    )),
    Group("day", _("On the day"), (
        _item("registration:desks", _("Desks and arrivals"), Right.DESK),
        _item("registration:badge-jobs", _("Badges"), Right.BADGES),
        _item("sessions:organiser-live", _("Announcements"), Right.LIVE),
        _item("sessions:organiser-languages", _("Languages and streams"), Right.WORKSPACE),
    )),
    Group("publish", _("Publish"), (
        _item("registration:publication", _("Publication"), Right.PUBLISH, count="changes", due=True),
        _item("summit:organiser-pages", _("Pages"), Right.WORKSPACE, count="pages"),
        _item("sessions:organiser-imports", _("Imports"), Right.IMPORT),
    )),
    Group("settings", _("Settings"), (
        _item("summit:settings", _("Settings"), Right.SETTINGS),
        _item("summit:team", _("Team"), Right.TEAM),
        _item("summit:audit", _("History"), Right.AUDIT),
    )),
)  # fmt: skip


# What is made anew, each for those who may.
ADDITIONS = (
    _item("sessions:organiser-new-session", _("Session"), Right.PROGRAMME),
    _item("speakers:organiser-new-person", _("Speaker"), Right.PROGRAMME),
    _item("speakers:organiser-new-organisation", _("Organisation"), Right.PROGRAMME),
    _item("sessions:organiser-new-track", _("Track"), Right.TRACKS),
    _item("summit:organiser-new-room", _("Room"), Right.PROGRAMME),
    _item("summit:organiser-new-page", _("Page"), Right.PROGRAMME),
    _item("registration:new-question", _("Question of the form"), Right.REGISTRATIONS),
    _item("registration:new-registration", _("Registration"), Right.REGISTRATIONS),
    _item("registration:delegation-kept-new", _("Delegation"), Right.REGISTRATIONS),
    _item("registration:new-invitation", _("Invitation"), Right.REGISTRATIONS),
    _item("registration:new-access-codes", _("Codes"), Right.REGISTRATIONS),
    _item("summit:team-invite", _("Team member"), Right.TEAM),
)
# What the search knows besides: done seldom, and looked for by its name.
COMMANDS = (
    _item("registration:new-badges", _("Draw all badges"), Right.BADGES),
    _item("registration:copy", _("Copy this summit"), Right.SETTINGS),
    _item("summit:deletion", _("Delete the summit"), Right.SETTINGS),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An item as a page shows it."""

    address: str
    label: str
    current: bool
    count: int | None = None
    due: bool = False


def counts(summit: Summit) -> dict[str, int]:
    """The numbers beside the items; at most ``COUNTED_FOR`` seconds old."""
    key = f"workspace-counts-{summit.guid}"
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        found = import_string(COUNTS)(summit)
        cache.set(key, found, COUNTED_FOR)
    return found or {}


def address_of(item: Item, summit: Summit) -> str:
    """The path of a page, "" where there is none."""
    return _address(item.address, summit)


def _address(name: str, summit: Summit) -> str:
    return _path(name, summit.code, active_language(), get_urlconf() or settings.ROOT_URLCONF, hosts.served())


@lru_cache(maxsize=4000)
def _path(name: str, code: str, _language: str, _urlconf: str, _served: str) -> str:
    """Each page of the workspace has some forty of them beside it, always the same ones."""
    try:
        return reverse(name, args=[code])
    except NoReverseMatch:
        return ""


def additions(rights: frozenset[Right], summit: Summit) -> list[tuple[str, str]]:
    """(address, label) of all that this person may add."""
    found = [
        (_address(item.address, summit), str(item.label)) for item in ADDITIONS if not rights.isdisjoint(item.rights)
    ]
    return [pair for pair in found if pair[0]]


def groups(request: HttpRequest, summit: Summit) -> list[tuple[str, str, list[Link]]]:
    """What this person may open, as (name, label, links); groups without a page are left out."""
    rights: frozenset[Right] = getattr(request, "rights", frozenset())
    counted = any(item.count for group in GROUPS for item in group.items if not rights.isdisjoint(item.rights))
    numbers = counts(summit) if counted else {}
    shown: list[tuple[str, str, list[tuple[str, str, int | None, bool]]]] = [
        (group.name, str(group.label), [
            (_address(item.address, summit), str(item.label), numbers.get(item.count) if item.count else None, item.due)
            for item in group.items if not rights.isdisjoint(item.rights)
        ])
        for group in GROUPS
    ]  # fmt: skip
    if request.user.is_authenticated:
        own: list[tuple[str, str, int | None, bool]] = [
            (address, label, None, False) for address, label in import_string(OWN_PAGES)(request.user, summit)
        ]
        shown.append(("own", str(_("Your own")), own))
    addresses = [address for _name, _label, items in shown for address, *_rest in items]
    # Below the address of the overview lies everything.
    overview = _address(GROUPS[0].items[0].address, summit)
    # What is asked about many rows of a list stands beside the list.
    here = request.path.replace("/organiser/lists/", "/organiser/", 1)
    below = (each for each in addresses if here == each or (each != overview and here.startswith(each)))
    current = max(below, key=len, default="")
    return [
        (name, label, [Link(address, said, address == current, count, due and bool(count))
                       for address, said, count, due in items if address])
        for name, label, items in shown if items
    ]  # fmt: skip


# The sections of the settings, in the order one sets them.
SECTIONS = (
    ("summit:settings-general", _("Name and contact")),
    ("sessions:dates", _("Dates and zone")),
    ("summit:settings-languages", _("Languages")),
    ("summit:venues", _("Venues")),
    ("summit:settings-look", _("Look")),
    ("summit:settings-menu", _("Menu")),
    ("registration:settings-registration", _("Registration")),
    ("registration:categories", _("Categories")),
    ("registration:quotas", _("Quotas")),
    ("registration:sections", _("Sections of the form")),
    ("registration:reasons", _("Reasons")),
    ("registration:tags", _("Tags")),
    ("registration:reviewers", _("Who decides on what")),
    ("registration:zones", _("Zones")),
    ("registration:circle", _("People at risk")),
    ("registration:desks-kept", _("Desks")),
    ("summit:register", _("Open-government register")),
    ("summit:settings-address", _("Address")),
    ("summit:settings-domain", _("Own domain")),
    ("sessions:opening", _("Who can see this summit")),
    ("sessions:settings", _("Work on the summit")),
)

# The tables of the register, for those who write its texts as well.
REGISTER = (
    ("summit:register", _("Open-government register")),
    ("summit:figures", _("Membership figures")),
    ("summit:member-governments", _("Members")),
    ("summit:chairs", _("Chairs")),
    ("summit:committee", _("Civil members of the committee")),
    ("summit:plans", _("Action plans")),
)


def register_links(summit: Summit) -> list[tuple[str, str]]:
    """(address, label) of the register and each of its tables."""
    return [(_address(name, summit), str(label)) for name, label in REGISTER]


def section_links(summit: Summit) -> list[tuple[str, str]]:
    """(address, label) of each section."""
    return [(_address(name, summit), str(label)) for name, label in SECTIONS]


def sections(summit: Summit) -> list[tuple[str, str, list[str]]]:
    """The sections of the settings as (address, label, what is set there)."""
    facts = {**_set_here(summit), **import_string(SET_ABOVE)(summit)}
    return [(_address(name, summit), str(label), facts.get(name, [])) for name, label in SECTIONS]


def _set_here(summit: Summit) -> dict[str, list[str]]:
    names = [str(get_language_info(code)["name_local"]) for code in summit.languages]
    in_menu = [str(page) for page in summit.pages.filter(in_menu=True).order_by("menu_order", "slug")]
    return {
        "summit:settings-general": [str(summit.name), summit.contact_email or gettext("No contact address")],
        "sessions:dates": [summit.dates, times.zone_in_words(summit.starts_on, summit.tz, active_language())],
        "summit:settings-languages": [" · ".join(names)],
        "summit:venues": [str(venue) for venue in summit.venues.all()] or [gettext("None yet")],
        "summit:settings-look": [
            gettext("Own logo") if summit.logo else gettext("No logo"),
            " · ".join(filter(None, (summit.brand_colour, summit.accent_colour)))
            or gettext("Colours of the installation"),
        ],
        "summit:settings-menu": in_menu or [gettext("None yet")],
        "summit:register": _registered(summit),
        "summit:settings-address": [f"…/{summit.code}/"],
        "summit:settings-domain": [summit.domain or gettext("None yet")],
        "sessions:opening": [gettext("Open to the public") if summit.is_public else gettext("Closed to the public")],
    }


def _registered(summit: Summit) -> list[str]:
    chairs, plans = summit.chairs.count(), [str(plan) for plan in summit.action_plans.all()]
    if not chairs and not plans:
        return [gettext("None yet")]
    words = ngettext("%(number)d chair", "%(number)d chairs", chairs) % {"number": chairs}
    return [words, *plans[-1:]]
