"""What is still to be done before the summit, computed from the data: nothing is ticked off by hand."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import get_language_info, gettext, ngettext

from sessions.models import Appearance, Kind, Material, Placement, Session, SessionHost
from sessions.models.session import KEPT_BACK
from sessions.planning import plan
from sessions.planning.conflicts import Conflict
from summit.lib import romanising, times
from summit.lib.translated import Status, Text
from summit.models import Summit

LISTED = 50  # places of one kind


@dataclass(frozen=True, slots=True)
class Fact:
    """One session as the list of things to do sees it."""

    code: str
    title: Text
    texts: dict[str, Status]  # how its texts stand in each language of the summit
    kind: str
    published: bool
    cancelled: bool
    placed: bool
    outside: bool  # planned for a day the summit does not have
    in_room: bool
    online: bool
    hosted: bool
    people: Counter[str]  # how many appearances in each state
    unconfirmed_links: int


@dataclass(slots=True)
class Todo:
    """One kind of work: a sentence with its number, and the first places where it is mended."""

    kind: str
    text: str
    number: int
    places: list[tuple[str, str]] = field(default_factory=list)  # title and address
    urgent: bool = False

    @property
    def has_more(self) -> bool:
        return self.number > len(self.places)


@dataclass(frozen=True, slots=True)
class Overview:
    """The programme in numbers, and what is wrong with it."""

    sessions: list[tuple[str, str, int]]  # state, its words, how many
    people: list[tuple[str, str, int]]
    translations: dict[str, Counter[str]]  # language: how many titles and abstracts stand how
    todos: list[Todo]


def facts(summit: Summit, *, whole: bool = True) -> list[Fact]:
    """Every session with what the list asks about. Five queries, whatever the number of sessions; two for no more than
    times, places and texts (``whole`` false)."""
    here = Q(session__summit=summit)
    plans = {
        row[0]: row[1:]
        for row in Placement.objects.filter(here).values_list("session", "starts_at", "room", "cancelled")
    }
    hosted, links, people = _who_and_what(here) if whole else (set(), Counter(), {})
    begins = times.day_bounds(summit.starts_on, summit.tz)[0]
    ends = times.day_bounds(summit.ends_on, summit.tz)[1]
    columns = ("pk", "code", "title", "abstract", "kind", "published_at", "cancelled_at", "starts_at", "room", "mode")
    found = []
    for row in Session.objects.filter(summit=summit).in_order().values_list(*columns):
        pk, code, title, abstract, kind, published, cancelled, starts, room, mode = row
        starts, room, off = plans.get(pk, (starts, room, cancelled is not None))
        # After midnight is still the day before.
        outside = starts is not None and not begins <= starts < ends
        found.append(
            Fact(code, title, _texts(title, abstract, summit), kind, published is not None, off, starts is not None, outside, room is not None,
                 mode == "online", pk in hosted, people.get(pk, Counter()), links[pk])
        )  # fmt: skip
    return found


def _who_and_what(here: Q) -> tuple[set[int], Counter[int], dict[int, Counter[str]]]:
    """By session: whether it has a host, how many links nobody has confirmed, how many appearances in each state."""
    hosted = set(SessionHost.objects.filter(here).values_list("session", flat=True))
    links = Counter(Material.objects.filter(here, confirmed=False).values_list("session", flat=True))
    people: dict[int, Counter[str]] = {}
    appearances = Appearance.objects.filter(here).order_by().values_list("session", "state")
    for session, state, number in appearances.annotate(n=Count("pk")):
        people.setdefault(session, Counter())[state] = number
    return hosted, links, people


def _texts(title: Text, abstract: Text, summit: Summit) -> dict[str, Status]:
    """The abstract's status in each language, and the title's where that is done."""
    source, found = summit.languages[0], {}
    for language in summit.languages:
        status = abstract.status(language, source=source)
        found[language] = title.status(language, source=source) if status == Status.DONE else status
    return found


def overview(summit: Summit, plans: Collection[str] | None = None, *, register: bool = True) -> Overview:
    """All of it: fourteen queries at most beside those that tell conflicts in words.

    ``plans`` are the codes of the sessions whose time and room the reader may change (None: all); of others a line
    leads to where it can at least be read. ``register``: whether the reader may open the open-government register.
    """
    rows = facts(summit)
    return Overview(
        _states(rows, summit),
        _answers(rows),
        _translations(rows, summit),
        [*todos(summit, rows, plans), *_names(summit, register=register)],
    )


def todos(summit: Summit, rows: list[Fact], plans: Collection[str] | None = None) -> Iterator[Todo]:
    """The work that is left, what is urgent first; kinds of which nothing is left are not there."""
    yield from _sorted([
        _clashes(summit, plans, _address("sessions:organiser-placement", summit)),
        *_of_sessions(summit, rows, _questions(), plans),
        _hosts_without_contact(summit),
    ])  # fmt: skip


def _sorted(found: list[Todo]) -> list[Todo]:
    return sorted((todo for todo in found if todo.number), key=lambda todo: not todo.urgent)


def _of_sessions(
    summit: Summit, rows: list[Fact], questions: list["Question"], plans: Collection[str] | None
) -> Iterator[Todo]:
    """What is wrong with sessions, by these questions and by their texts in each language."""
    working = [row for row in rows if not row.cancelled and row.kind != Kind.BREAK]
    page = _address("sessions:organiser-session", summit)
    plan_page = _address("sessions:organiser-placement", summit)
    place = lambda code: plan_page(code) if plans is None or code in plans else page(code)  # noqa: E731
    for name, text, wrong in questions:
        yield _kind(name, text, [r for r in working if wrong(r)], place if name in PLACES else page)
    for language in summit.languages:
        name = get_language_info(language)["name_translated"]
        for wanted, text in ((Status.MISSING, gettext("without their texts in %(language)s")),
                             (Status.OUTDATED, gettext("whose text in %(language)s is outdated"))):  # fmt: skip
            lacking = [row for row in working if row.texts[language] == wanted]
            yield _kind(f"{wanted}-{language}", text % {"language": name}, lacking, page)


def before_public(summit: Summit) -> list[Todo]:
    """What should not become public as it is: conflicts, sessions outside the days, without time or room, or without
    texts. What is kept back does not count. Urgent is what cannot take place. Three queries beside the conflicts'."""
    kept = set(summit.sessions.filter(KEPT_BACK).values_list("code", flat=True))
    rows = [row for row in facts(summit, whole=False) if row.code not in kept]
    found = _sorted([
        _clashes(summit, None, _address("sessions:organiser-placement", summit)),
        *_of_sessions(summit, rows, [question for question in _questions() if question[0] in PLACES], None),
    ])  # fmt: skip
    return [replace(todo, urgent=True) if todo.kind == "outside" else todo for todo in found]


PLACES = {"no_time", "no_room", "outside"}
Question = tuple[str, str, Callable[[Fact], Any]]


def _questions() -> list[Question]:
    return [
        ("no_host", gettext("without a host"), lambda row: not row.hosted and row.kind in {Kind.BREAKOUT, Kind.WORKSHOP, Kind.SIDE_EVENT}),
        ("no_time", gettext("without a time"), lambda row: not row.placed),
        ("outside", gettext("planned outside the days of the summit"), lambda row: row.outside),
        ("no_room", gettext("without a room"), lambda row: row.placed and not row.in_room and not row.online),
        ("nobody", gettext("without anybody on stage"), lambda row: not row.people),
        ("unanswered", gettext("with people who have not answered"), lambda row: row.people[Appearance.State.INVITED]),
        ("declined", gettext("with people who have declined"), lambda row: row.people[Appearance.State.DECLINED]),
        ("links", gettext("with a link nobody has confirmed"), lambda row: row.unconfirmed_links),
        ("not_public", gettext("not public yet"), lambda row: not row.published),
    ]  # fmt: skip


def _address(name: str, summit: Summit) -> Callable[[str], str]:
    before, _code, after = reverse(name, args=[summit.code, "000000"]).rpartition("000000")
    return lambda code: f"{before}{code}{after}"


def _kind(name: str, text: str, rows: list[Fact], page: Callable[[str], str]) -> Todo:
    words = ngettext("%(number)d session %(problem)s", "%(number)d sessions %(problem)s", len(rows))
    places = [(str(row.title) or row.code, page(row.code)) for row in rows[:LISTED]]
    return Todo(name, words % {"number": len(rows), "problem": text}, len(rows), places)


def _clashes(summit: Summit, plans: Collection[str] | None, page: Callable[[str], str]) -> Todo:
    found: list[Conflict] = plan.open_clashes(summit)
    words = ngettext("%(number)d conflict in the plan", "%(number)d conflicts in the plan", len(found))
    conflicts = reverse("sessions:conflicts", args=[summit.code])
    lines = []
    # Only what is shown is put into words: a plan begun from an import can have thousands.
    for described in plan.described(summit, found[:LISTED]):
        mended = [code for code, *_rest in described.sessions if plans is None or code in plans]
        lines.append((described.text, page(mended[0]) if mended else conflicts))
    return Todo("clashes", words % {"number": len(found)}, len(found), lines, urgent=any(c.impossible for c in found))


def _hosts_without_contact(summit: Summit) -> Todo:
    rows = list(summit.organisations.filter(hostings__isnull=False, contact_email="", members__isnull=True).distinct())
    words = ngettext("%(number)d host without a contact", "%(number)d hosts without a contact", len(rows))
    page = _address("speakers:organiser-organisation", summit)
    places = [(str(row), page(row.code)) for row in rows[:LISTED]]
    return Todo("contacts", words % {"number": len(rows)}, len(rows), places)


def _names(summit: Summit, *, register: bool) -> list[Todo]:
    """Names that readers of another language than Korean see in Hangul, with what we romanise."""
    if all(language.startswith("ko") for language in summit.languages):
        return []
    found = [_names_of_people(summit), *([_names_of_committee(summit)] if register else [])]
    return [todo for todo in found if todo.number]


def _names_of_people(summit: Summit) -> Todo:
    rows = list(summit.speakers.in_hangul_alone().values_list("name", "code"))
    words = ngettext("%(number)d person whose name in Latin letters is not known", "%(number)d people whose names in Latin letters are not known", len(rows))  # fmt: skip
    page = _address("speakers:organiser-person", summit)
    return Todo("names", words % {"number": len(rows)}, len(rows), [(name, page(code)) for name, code in rows[:LISTED]])


def _names_of_committee(summit: Summit) -> Todo:
    rows = summit.committee_members.filter(name_romanised="", name__regex=romanising.HANGUL).order_by("-term", "order")
    places = [(str(row), reverse("summit:committee-member", args=[summit.code, row.pk])) for row in rows]
    words = ngettext("%(number)d member of the committee whose name in Latin letters is not known", "%(number)d members of the committee whose names in Latin letters are not known", len(places))  # fmt: skip
    return Todo("committee_names", words % {"number": len(places)}, len(places), places[:LISTED])


def _states(rows: list[Fact], summit: Summit) -> list[tuple[str, str, int]]:
    waiting = Placement.objects.filter(session__summit=summit, session__published_at__isnull=False).count()
    public = sum(row.published and not row.cancelled for row in rows)
    return [
        ("public", gettext("Public"), max(0, public - waiting)),
        ("waits", gettext("Public, changes wait"), waiting),
        ("draft", gettext("Not public"), sum(not row.published and not row.cancelled for row in rows)),
        ("cancelled", gettext("Cancelled"), sum(row.cancelled for row in rows)),
    ]


def _answers(rows: list[Fact]) -> list[tuple[str, str, int]]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row.people)
    return [(value, str(label), total[value]) for value, label in Appearance.State.choices]


def _translations(rows: list[Fact], summit: Summit) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for language in summit.languages:
        counts: Counter[str] = Counter({str(status): 0 for status in Status})
        for row in rows:
            counts[str(row.texts[language])] += 1
        found[language] = counts
    return found
