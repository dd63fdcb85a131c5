"""The read side of the agenda: days, hours and cards, in a number of queries that does not grow with the sessions.

Cards are plain objects made from column values: building model instances for 200 sessions and their people costs more
than the page itself.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from sessions.live import delays
from sessions.models import Appearance, Material, Session, SessionHost
from sessions.models.session import SessionAccess, SessionQuerySet, fullness, paths
from summit.lib import romanising, times
from summit.lib.stencils import Stencil, blank
from summit.lib.times import time_range
from summit.lib.translated import active_language
from summit.models import Mode, Summit
from summit.models.place import RoomAccess

NAMES_SHOWN = 3
COLUMNS = ("pk", "code", "title", "track", "starts_at", "ends_at", "room", "mode", "language",
           "interpretation", "cancelled_at", "access", "seats", "seats_taken", "featured", "do_not_record")  # fmt: skip


class Shape(NamedTuple):
    """All of a card but its words: cards of one shape differ in nothing else (templates/sessions/_card.html)."""

    track_slug: str = ""
    track: str = ""
    title_language: str = ""
    cancelled: bool = False
    fullness: str = ""
    has_room: bool = False
    # Mode, interpretation, that it must not be recorded: what is said of the session after its room.
    facts: tuple[str, ...] = ()
    recording: bool = False
    # What the session itself offers as (code, words); the room's own facts are on its page.
    access: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Card:
    """One session as agenda, search, track, host and speaker pages show it."""

    code: str
    url: str
    bookmark_url: str
    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    shape: Shape
    room_code: str
    room: str
    # Drawn shapes, shared by the cards of one page.
    stencils: dict[tuple[Any, ...], Stencil]
    host_codes: tuple[str, ...] = ()
    featured: bool = False
    # Where the day is a grid: the room's column, from 1.
    column: int = 0
    hosts: str = ""
    people: str = ""
    # When it is expected in fact, where its room runs late, and the same in words.
    is_expected: delays.Expected | None = None
    expected: str = ""
    day: date | None = None
    zone: ZoneInfo | None = None

    @property
    def track_slug(self) -> str:
        return self.shape.track_slug

    @property
    def when(self) -> str:
        """Day, hours and zone in words; only pages without a time line ask for it."""
        if self.starts_at is None or self.ends_at is None or self.day is None or self.zone is None:
            return ""
        day = times.day_label(self.day, active_language())
        hours = time_range(self.starts_at, self.ends_at, self.zone)
        return f"{day} {hours} {times.zone_short(self.starts_at, self.zone)}"

    def draw(self, level: int, *, when: bool = False) -> SafeString:
        """The card as HTML with its title as a heading of that level, and with day and hours where ``when``."""
        hours = self.when if when else ""
        key = (level, self.column, bool(hours), bool(self.hosts), bool(self.people), bool(self.expected), self.shape)
        stencil = self.stencils.get(key)
        if stencil is None:
            stencil = self.stencils[key] = Stencil(
                "sessions/_card.html",
                level=level,
                column=self.column,
                shape=self.shape,
                **{name: blank(name) for name in ("url", "bookmark_url", "code", "title", "room", "starts", "ends")},
                hosts=self.hosts and blank("hosts"),
                people=self.people and blank("people"),
                when=hours and blank("when"),
                expected=self.expected and blank("expected"),
            )
        return stencil.fill(
            url=self.url, bookmark_url=self.bookmark_url, code=self.code, title=self.title, room=self.room, hosts=self.hosts,
            people=self.people, when=hours, expected=self.expected, starts=self._iso(self.starts_at, hours), ends=self._iso(self.ends_at, hours),
        )  # fmt: skip

    def _iso(self, moment: datetime | None, hours: str) -> str:
        return moment.astimezone(self.zone).isoformat() if hours and moment else ""


@dataclass(slots=True)
class Hour:
    """Sessions that begin and end together."""

    starts_at: datetime
    ends_at: datetime
    label: str
    zone: str
    reader: str = ""
    now: bool = False
    cards: list[Card] = field(default_factory=list)


@dataclass(slots=True)
class Day:
    date: date
    anchor: str
    label: str
    short: str
    hours: list[Hour] = field(default_factory=list)
    # Names of the rooms in use, where the day can be a grid of rooms and times.
    rooms: list[str] = field(default_factory=list)


def language_names() -> dict[str, str]:
    return {"ko": gettext("Korean"), "en": gettext("English"), "es": gettext("Spanish"), "fr": gettext("French")}


def interpretation_label(language: str, into: list[str]) -> str:
    """ "Korean–English interpretation", or "" where there is none."""
    names = language_names()
    others = [names.get(code, code) for code in into if code != language]
    if not others:
        return ""
    return gettext("%(languages)s interpretation") % {"languages": "–".join([names.get(language, language), *others])}


def cards(summit: Summit, sessions: SessionQuerySet, *, now: datetime | None = None) -> list[Card]:
    """The cards of published sessions in agenda order. Seven queries, and one on the days of the summit."""
    language = active_language()
    late = delays.of_today(summit, now)
    url, bookmark_url = paths(summit), paths(summit, "registration:my-session")
    rows = list(sessions.published().in_order().values_list(*COLUMNS, named=True))
    of_these = _of(summit, [row.pk for row in rows])
    pieces = _Pieces(summit, language, of_these)
    stencils: dict[tuple[Any, ...], Stencil] = {}
    found: dict[int, Card] = {}
    for row in rows:
        shown = row.title.language_shown(language)
        room_code, room = pieces.rooms.get(row.room, ("", ""))
        found[row.pk] = card = Card(
            code=row.code,
            url=url(row.code),
            bookmark_url=bookmark_url(row.code),
            title=row.title[shown] if shown else row.code,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            shape=pieces.shape(row, shown if shown and shown != language else ""),
            room_code=room_code,
            room=room,
            stencils=stencils,
            featured=row.featured,
        )
        if row.starts_at:
            card.day, card.zone = times.day_of(row.starts_at, summit.tz), summit.tz
        if row.room in late and row.cancelled_at is None:
            card.is_expected = delays.shifted(card, late[row.room], summit, now)
            card.expected = expected_words(card.is_expected, summit)
    _add_hosts(summit, found, of_these, language)
    _add_people(found, of_these, language)
    return list(found.values())


class Moment(NamedTuple):
    """What is on at a moment, as things stand, and what begins next."""

    on: list[Card]
    next: list[Card]
    is_over: bool


def at_moment(all_cards: list[Card], moment: datetime) -> Moment:
    """Delays count: what is late is not on yet, and still on when it should be over."""
    times_of = [(card.is_expected or card, card) for card in all_cards if card.starts_at and card.ends_at]
    on = [card for timed, card in times_of if timed.starts_at <= moment < timed.ends_at]  # type: ignore[operator]
    later = [(timed.starts_at, card) for timed, card in times_of if timed.starts_at > moment]  # type: ignore[operator]
    first = min((starts for starts, _card in later), default=None)  # type: ignore[type-var]
    return Moment(on, [card for starts, card in later if starts == first], bool(times_of) and not on and not later)


def expected_words(expected: delays.Expected | None, summit: Summit) -> str:
    """ "15 minutes late: expected 10:15–11:45"; "" where nothing is late."""
    if expected is None:
        return ""
    text = ngettext("%(n)d minute late: expected %(hours)s", "%(n)d minutes late: expected %(hours)s", expected.minutes)
    return text % {"n": expected.minutes, "hours": time_range(expected.starts_at, expected.ends_at, summit.tz)}


# From here on it is quicker to read the rows of the whole summit than to name every session to the database.
MANY = 100


def _of(summit: Summit, numbers: list[int]) -> dict[str, Any]:
    """The lookup of rows that belong to these sessions, and maybe to others of the summit."""
    return {"session__summit": summit} if len(numbers) > MANY else {"session__in": numbers}


class _Pieces:
    """What many cards show alike: rooms, tracks, modes, languages, what is recorded."""

    def __init__(self, summit: Summit, language: str, of_these: dict[str, Any]) -> None:
        tracks, rooms = summit.tracks.values_list("pk", "slug", "name"), summit.rooms.values_list("pk", "code", "name")
        self.tracks = {pk: (slug, name.in_language(language)) for pk, slug, name in tracks}
        self.rooms = {pk: (code, name.in_language(language)) for pk, code, name in rooms}
        self.modes = {value: str(label) for value, label in Mode.choices}
        recorded = Material.objects.recordings().filter(**of_these)
        self.recorded = set(recorded.values_list("session", flat=True))
        self.shapes: dict[tuple[Any, ...], Shape] = {}

    def shape(self, row: Any, title_language: str) -> Shape:
        cancelled = row.cancelled_at is not None
        full = "" if row.seats is None or cancelled else fullness(row.seats, row.seats_taken)
        key = (row.track, row.room in self.rooms, row.mode, row.language, *row.interpretation, "", *row.access,
               row.pk in self.recorded, row.do_not_record, cancelled, full, title_language)  # fmt: skip
        shape = self.shapes.get(key)
        if shape is None:
            slug, track = self.tracks.get(row.track, ("", ""))
            not_recorded = gettext("Not recorded") if row.do_not_record else ""
            facts = (self.modes[row.mode], interpretation_label(row.language, row.interpretation), not_recorded)
            shape = self.shapes[key] = Shape(
                track_slug=slug,
                track=track,
                title_language=title_language,
                cancelled=cancelled,
                fullness=full,
                has_room=row.room in self.rooms,
                facts=tuple(fact for fact in facts if fact),
                recording=row.pk in self.recorded,
                access=tuple(access_words(row.access)),
            )
        return shape


def _add_hosts(summit: Summit, found: dict[int, Card], of_these: dict[str, Any], language: str) -> None:
    organisations = summit.organisations.values_list("pk", "code", "name")
    names = {pk: (code, name.in_language(language)) for pk, code, name in organisations}
    hosts: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = SessionHost.objects.filter(**of_these).order_by("order", "pk")
    for session, organisation in rows.values_list("session", "organisation"):
        if session in found:
            hosts[session].append(names[organisation])
    for session, shown in hosts.items():
        found[session].hosts = " · ".join(name for _code, name in shown)
        found[session].host_codes = tuple(code for code, _name in shown)


def _add_people(found: dict[int, Card], of_these: dict[str, Any], language: str) -> None:
    names: dict[int, list[str]] = defaultdict(list)
    rows = Appearance.objects.filter(**of_these).billed().order_by("order", "pk")
    for session, name, romanised in rows.values_list("session", "speaker__name", "speaker__name_romanised"):
        if session in found:
            names[session].append(romanising.beside(name, romanised, language))
    for session, people in names.items():
        shown, more = ", ".join(people[:NAMES_SHOWN]), len(people) - NAMES_SHOWN
        if more > 0:
            shown = ngettext("%(names)s and %(more)d more", "%(names)s and %(more)d more", more) % {
                "names": shown,
                "more": more,
            }
        found[session].people = shown


def days(
    summit: Summit, all_cards: list[Card], *, reader: ZoneInfo | None = None, now: datetime | None = None
) -> list[Day]:
    """Cards as days of hours, in the summit's zone; ``reader`` adds that zone's times where they differ, ``now`` marks
    the hour that is on."""
    language = active_language()
    by_day: dict[date, Day] = {}
    for card in all_cards:
        if card.starts_at is None or card.ends_at is None or card.day is None:
            continue
        day = by_day.get(card.day)
        if day is None:
            day = by_day[card.day] = Day(card.day, f"day-{card.day:%Y-%m-%d}", times.date_label(card.day, language),
                                         times.day_label(card.day, language))  # fmt: skip
        last = day.hours[-1] if day.hours else None
        if last is None or (last.starts_at, last.ends_at) != (card.starts_at, card.ends_at):
            last = Hour(card.starts_at, card.ends_at, time_range(card.starts_at, card.ends_at, summit.tz),
                        times.zone_short(card.starts_at, summit.tz), reader_label(card, summit, reader))  # fmt: skip
            # One place on the page is "now": where several hours are on, the first that began.
            last.now = now is not None and card.starts_at <= now < card.ends_at and not any(h.now for h in day.hours)
            day.hours.append(last)
        last.cards.append(card)
    return [by_day[day] for day in sorted(by_day)]


# More columns than this are no longer read at a glance.
MOST_COLUMNS = 6


def as_grid(found: list[Day], rooms: dict[str, str]) -> None:
    """Let each day be a grid of the rooms in use (code: name, in order) and its hours, where that can be read."""
    for day in found:
        used = {card.room_code for hour in day.hours for card in hour.cards}
        columns = [code for code in rooms if code in used]
        if "" in used or not 2 <= len(columns) <= MOST_COLUMNS:
            continue
        day.rooms = [rooms[code] for code in columns]
        for hour in day.hours:
            for card in hour.cards:
                card.column = columns.index(card.room_code) + 1


def access_words(codes: list[str]) -> list[tuple[str, str]]:
    """Accessibility facts as (code, words), each once, in the order they are offered."""
    known = {str(value): str(label) for value, label in [*RoomAccess.choices, *SessionAccess.choices]}
    return [(code, label) for code, label in known.items() if code in codes]


def unscheduled(all_cards: list[Card]) -> list[Card]:
    """Cards without a time, the featured ones first."""
    return sorted((card for card in all_cards if card.starts_at is None), key=lambda card: not card.featured)


def when(session: Session) -> dict[str, str]:
    """``day_label`` and ``hours`` of one session in words, "" while they are not known."""
    day = session.day()
    if day is None or session.starts_at is None or session.ends_at is None:
        return {"day_label": "", "hours": ""}
    return {
        "day_label": times.date_label(day, active_language()),
        "hours": time_range(session.starts_at, session.ends_at, session.summit.tz),
    }


def reader_label(card: Card | Session, summit: Summit, reader: ZoneInfo | None) -> str:
    """The same hours in the reader's zone, named; "" where they are the same."""
    if card.starts_at is None or card.ends_at is None:
        return ""
    return times.for_reader(card.starts_at, card.ends_at, summit.tz, reader, active_language())
