"""One search over everything of a summit, and the short addresses ``/go/<code>/``. By rights: nothing is found that may not
be opened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registration.models import AccessCode, Invitation, Registration
from sessions.models import Session
from sessions.permissions import of_host
from speakers.models import Organisation, Speaker
from summit import navigation
from summit.lib import columns as found_columns
from summit.lib.codes import normal_reference
from summit.lib.finding import fold, has_words, words_of
from summit.lib.translated import Text
from summit.models import Commitment, Page, Right, Room, Summit
from summit.models.sealed_address import DOMAIN
from summit.permissions import Somebody, rights_here

# Of each kind; the link to its list leads to the others.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of one kind; ``more`` is the address of the list with all of them, "" where all are here."""

    label: str
    hits: list[Hit]
    more: str = ""


def find(summit: Summit, rights: frozenset[Right], query: str) -> list[Found]:
    """What has all words of the query, the nearest first: two queries for each kind, none where nothing is asked."""
    words = words_of(query)
    if not words:
        return []
    found = [_pages_of_the_workspace(summit, rights, words)]
    found += [_rows(summit, kind, words, query) for kind in _kinds(summit) if not rights.isdisjoint(kind.rights)]
    if not rights.isdisjoint({Right.SETTINGS, Right.TEXTS}):
        found.append(_register(summit, words, query))
    if Right.REGISTRATIONS in rights:
        found += [_registrations(summit, query), _invitations(summit, query), _codes(summit, query)]
    return [each for each in found if each.hits]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is looked for: ``columns`` beside the key are looked through, ``describe`` gives label and detail of a row,
    ``page`` and ``listed`` are the URL names of its page and of the list of all, which whoever has one of ``rights``
    may open."""

    label: str
    rows: QuerySet[Any]
    columns: tuple[str, ...]
    describe: Callable[[Any], tuple[str, str]]
    page: str
    listed: str
    key: str = "code"
    rights: frozenset[Right] = frozenset({Right.WORKSPACE})


SETTINGS = frozenset({Right.SETTINGS})


def _kinds(summit: Summit) -> list[Kind]:
    return [
        Kind(_("Sessions"), summit.sessions.all(), ("title",), lambda row: (str(row.title), row.code),
             "sessions:organiser-session", "sessions:organiser-sessions"),
        Kind(_("Speakers"), summit.speakers.in_the_open(), ("name", "name_romanised", "email"),
             lambda row: (row.name, row.name_romanised), "speakers:organiser-person", "speakers:organiser-people"),
        Kind(_("Organisations"), summit.organisations.all(), ("name",), lambda row: (str(row.name), ""),
             "speakers:organiser-organisation", "speakers:organiser-organisations"),
        Kind(_("Rooms"), summit.rooms.all(), ("name",), lambda row: (str(row.name), ""),
             "summit:organiser-room", "summit:organiser-rooms"),
        Kind(_("Tracks"), summit.tracks.all(), ("name",), lambda row: (str(row.name), ""),
             "sessions:organiser-track", "sessions:organiser-tracks", "slug"),
        Kind(_("Pages"), summit.pages.all(), ("title",), lambda row: (str(row.title), ""),
             "summit:organiser-page", "summit:organiser-pages", "slug"),
        Kind(_("Questions"), summit.questions.all(), ("words",), lambda row: (str(row.words), row.get_kind_display()),
             "registration:question", "registration:questions", "pk", frozenset({Right.REGISTRATIONS, Right.TEXTS})),
        Kind(_("Delegations"), summit.delegations.all(), ("name", "official_name"), lambda row: (str(row.name), row.in_full),
             "registration:delegation-kept", "registration:delegations", rights=frozenset({Right.REGISTRATIONS})),
        Kind(_("Desks"), summit.desks.all(), ("name",), lambda row: (str(row.name), ""),
             "registration:desk-kept", "registration:desks-kept", rights=SETTINGS),
        Kind(_("Zones"), summit.zones.all(), ("code", "name"), lambda row: (row.code, str(row.name)),
             "registration:zone", "registration:zones", "pk", SETTINGS),
        Kind(_("Categories"), summit.categories.all(), ("name",), lambda row: (str(row.name), ""),
             "registration:category", "registration:categories", rights=SETTINGS),
        Kind(_("Team"), summit.memberships.select_related("user"), ("user__name", "user__email"),
             lambda row: (str(row.user), row.get_role_display()),
             "summit:team-member", "summit:team", "pk", frozenset({Right.TEAM})),
        Kind(_("Venues"), summit.venues.all(), ("name",), lambda row: (str(row.name), ""),
             "summit:venue", "summit:venues", rights=SETTINGS),
    ]  # fmt: skip


def _rows(summit: Summit, kind: Kind, words: list[str], query: str) -> Found:
    texts = {}
    for pk, key, *values in kind.rows.order_by().values_list("pk", kind.key, *kind.columns):
        parts = [str(key), *_words_in(values)] if kind.key != "pk" else _words_in(values)
        if has_words(parts, words):
            texts[pk] = parts
    nearest = sorted(texts, key=lambda pk: _distance(texts[pk], query))[:SHOWN]
    found = {row.pk: row for row in kind.rows.filter(pk__in=nearest)} if nearest else {}
    hits = [
        Hit(*kind.describe(found[pk]), reverse(kind.page, args=[summit.code, getattr(found[pk], kind.key)]))
        for pk in nearest
    ]
    return Found(kind.label, hits, _more(summit, kind.listed, query) if len(texts) > SHOWN else "")


def _register(summit: Summit, words: list[str], query: str) -> Found:
    """Rows of the open-government register, each with what kind of row it is."""
    tables: list[tuple[QuerySet[Any], tuple[str, ...], str]] = [
        (summit.member_governments.all(), ("name",), "summit:member-government"),
        (summit.chairs.all(), ("name",), "summit:chair"),
        (summit.committee_members.all(), ("name", "name_romanised", "affiliation"), "summit:committee-member"),
        (summit.action_plans.all(), ("name",), "summit:plan"),
        (Commitment.objects.filter(plan__summit=summit), ("title", "vision"), "summit:commitment"),
    ]
    near = []
    for rows, columns, page in tables:
        kind = capfirst(str(rows.model._meta.verbose_name))
        for row in rows:
            parts = _words_in(getattr(row, name) for name in columns)
            if has_words(parts, words):
                where = [summit.code, *([row.plan_id] if isinstance(row, Commitment) else []), row.pk]
                near.append((_distance(parts, query), Hit(str(row), kind, reverse(page, args=where))))
    near.sort(key=lambda pair: pair[0])
    more = reverse("summit:register", args=[summit.code]) if len(near) > SHOWN else ""
    return Found(_("Open-government register"), [hit for _distance_, hit in near[:SHOWN]], more)


def _words_in(values: Iterable[Any]) -> list[str]:
    parts: list[str] = []
    for value in values:
        parts += value.values() if isinstance(value, Text) else [str(value)] if value else []
    return parts


def _distance(parts: list[str], query: str) -> tuple[int, int]:
    """Whole text, beginning, anywhere; shorter texts first."""
    asked, texts = fold(query), [fold(part) for part in parts]
    rank = 0 if asked in texts else 1 if any(text.startswith(asked) for text in texts) else 2
    return rank, min(len(text) for text in texts if text)


def _more(summit: Summit, name: str, query: str) -> str:
    return reverse(name, args=[summit.code], query={"q": query})


def _registrations(summit: Summit, query: str) -> Found:
    rows = list(
        Registration.objects.filter(summit=summit)
        .in_the_open()
        .search(query)
        .order_by(Lower("name"), "pk")[: SHOWN + 1]
    )
    hits = [
        Hit(
            row.name,
            " · ".join(filter(None, [row.name_romanised, row.organisation, row.reference, row.get_state_display()])),
            reverse("registration:registration", args=[summit.code, row.guid]),
        )
        for row in rows[:SHOWN]
    ]
    more = _more(summit, "registration:registrations", query) if len(rows) > SHOWN else ""
    return Found(_("Registrations"), hits, more)


def _invitations(summit: Summit, query: str) -> Found:
    # Whoever is protected is looked for in the list alone, as among registrations.
    rows = Invitation.objects.filter(summit=summit).exclude(email__endswith=DOMAIN).select_related("category")
    rows = rows.filter(found_columns.has_words("found_as", query)).order_by("email", "pk")
    shown = list(rows[: SHOWN + 1])
    hits = [
        Hit(
            row.name or row.email,
            " · ".join(filter(None, [row.email if row.name else "", str(row.category), str(row.state.label)])),
            reverse("registration:invitation", args=[summit.code, row.guid]),
        )
        for row in shown[:SHOWN]
    ]
    more = _more(summit, "registration:invitations", query) if len(shown) > SHOWN else ""
    return Found(_("Invitations"), hits, more)


def _codes(summit: Summit, query: str) -> Found:
    """Codes by themselves, however they are written, and by what the team notes beside them."""
    shown = list(AccessCode.objects.filter(summit=summit).matching(query).order_by("code")[: SHOWN + 1])
    hits = [
        Hit(row.spoken, row.note, reverse("registration:access-code", args=[summit.code, row.guid]))
        for row in shown[:SHOWN]
    ]
    more = _more(summit, "registration:access-codes", query) if len(shown) > SHOWN else ""
    return Found(_("Codes"), hits, more)


def _pages_of_the_workspace(summit: Summit, rights: frozenset[Right], words: list[str]) -> Found:
    """Pages, settings and what can be added, by their names as the reader reads them."""
    hits = [
        Hit(str(item.label), str(group.label), navigation.address_of(item, summit))
        for group in navigation.GROUPS
        for item in group.items
        if not rights.isdisjoint(item.rights) and has_words([str(item.label), str(group.label)], words)
    ]
    if Right.SETTINGS in rights:
        hits += [
            Hit(label, _("Settings"), address)
            for address, label in navigation.section_links(summit)
            if has_words([label, _("Settings")], words)
        ]
    if not rights.isdisjoint({Right.SETTINGS, Right.TEXTS}):
        # Who opens the settings has found the register itself there.
        tables = navigation.register_links(summit)[1 if Right.SETTINGS in rights else 0 :]
        register = _("Open-government register")
        hits += [Hit(label, register, address) for address, label in tables if has_words([label, register], words)]
    hits += [
        Hit(str(item.label), "", navigation.address_of(item, summit))
        for item in navigation.COMMANDS
        if not rights.isdisjoint(item.rights) and has_words([str(item.label)], words)
    ]
    hits += [
        Hit(_("Add: %(what)s") % {"what": label}, "", address)
        for address, label in navigation.additions(rights, summit)
        if has_words([_("Add: %(what)s") % {"what": label}], words)
    ]
    return Found(_("Workspace"), [hit for hit in hits if hit.address][:SHOWN])


# short addresses


@dataclass(frozen=True, slots=True)
class Target:
    """Rows that have a code, the page of those who work on one, and the address everybody else may read, "" for none."""

    rows: QuerySet[Any]
    workspace: str
    public: Callable[[Any], str]
    key: str = "code"


def _targets(user: Somebody, code: str) -> list[Target]:
    def session(row: Session) -> str:
        if user.is_authenticated and of_host(user, row.summit).filter(pk=row.pk).exists():
            return reverse("sessions:hosting-session", args=[row.summit.code, row.code])
        return row.get_absolute_url() if row.summit.is_public and row.is_published else ""

    def on_stage(row: Any) -> str:
        return row.get_absolute_url() if row.summit.is_public and row.sessions.published().exists() else ""

    def page(row: Page) -> str:
        return reverse("summit:page", args=[row.summit.code, row.slug]) if row.summit.is_public else ""

    return [
        Target(Session.objects.filter(code=code.upper()), "sessions:organiser-session", session),
        Target(Speaker.objects.filter(code=code), "speakers:organiser-person", on_stage),
        Target(Organisation.objects.filter(code=code), "speakers:organiser-organisation", on_stage),
        Target(Room.objects.filter(code=code), "summit:organiser-room", lambda _row: ""),
        Target(Page.objects.filter(slug=code), "summit:organiser-page", page, key="slug"),
    ]


def way_to(request: HttpRequest, code: str) -> str:
    """Where a code leads this reader: the page they work on, else the public one; raises ``LookupError``.

    Codes of sessions, people, organisations and rooms belong to one summit each; of several, the current one comes first,
    then the latest. References of registrations are found with and without their hyphen.
    """
    if request.user.is_authenticated and (address := _registration(request, code)):
        return address
    for target in _targets(request.user, code):
        for row in _latest(target.rows):
            if Right.WORKSPACE in rights_here(request, row.summit):
                return reverse(target.workspace, args=[row.summit.code, getattr(row, target.key)])
            if address := target.public(row):
                return address
    raise LookupError(code)


def _latest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("summit").order_by("-summit__is_current", "-summit__starts_on", "-summit_id")[:20]


def _registration(request: HttpRequest, code: str) -> str:
    for row in _latest(Registration.objects.filter(reference=normal_reference(code))):
        if Right.REGISTRATIONS in rights_here(request, row.summit):
            return reverse("registration:registration", args=[row.summit.code, row.guid])
        if row.user_id == request.user.pk:
            return row.get_absolute_url()
    return ""
