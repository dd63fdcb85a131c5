"""Somebody's own agenda as they read it: days with their sessions, what clashes with what, and the gaps between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from sessions.live import announcements, delays
from sessions.models import Announcement, Session, with_details
from sessions.reading.agenda import expected_words
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit

# Ways to another room are no gap.
SHORTEST_GAP = timedelta(minutes=20)
ALTERNATIVES = 3
# What somebody is to a session, the strongest first.
BOOKMARKS = ("booked", "offered", "waitlisted", "bookmarked")


@dataclass(slots=True)
class Alternative:
    """Another way to a session that clashes; ``kind`` is ``recorded``, ``repeated`` or ``parallel``."""

    kind: str
    session: Session
    when: str = ""


@dataclass(slots=True)
class Entry:
    session: Session
    bookmark: str
    hours: str
    in_own_zone: str = ""
    # When it is expected in fact, in words, where its room runs late; what was announced about it.
    expected: str = ""
    announcements: list[Announcement] = field(default_factory=list)
    clashes: list[Session] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gap:
    """Free time between two sessions of a day, and how many others take place then."""

    hours: str
    minutes: int
    others: int


@dataclass(slots=True)
class PersonalDay:
    date: date
    label: str
    items: list[Entry | Gap] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"day-{self.date:%Y-%m-%d}"


@dataclass(slots=True)
class Plan:
    days: list[PersonalDay]
    # Marked sessions whose time is not known yet.
    undated: list[Entry]

    @property
    def entries(self) -> list[Entry]:
        dated = [item for day in self.days for item in day.items if isinstance(item, Entry)]
        return [*dated, *self.undated]

    @property
    def clashing(self) -> int:
        return sum(bool(entry.clashes) for entry in self.entries)


def overlap(one: Session, other: Session) -> bool:
    if one.starts_at is None or one.ends_at is None or other.starts_at is None or other.ends_at is None:
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def plan(summit: Summit, bookmarks: Mapping[str, str], *, in_room: bool = True, reader: ZoneInfo | None = None) -> Plan:
    """The agenda of whoever has these bookmarks (session code: one of ``BOOKMARKS``). A fixed number of queries.

    Who is not ``in_room`` takes part online and looks for no seat. ``reader`` is their own zone.
    """
    published = list(with_details(Session.objects.published().filter(summit=summit).in_order()))
    for session in published:
        session.summit = summit
    language = active_language()
    entries = [
        Entry(s, bookmarks[s.code], _hours(s), times.for_reader(s.starts_at, s.ends_at, summit.tz, reader, language))
        for s in published
        if s.code in bookmarks
    ]
    _add_news(summit, entries)
    standing = [entry for entry in entries if not entry.session.is_cancelled]
    for entry in standing:
        entry.clashes = [o.session for o in standing if o is not entry and overlap(o.session, entry.session)]
        if entry.clashes:
            entry.alternatives = _alternatives(entry, standing, published, in_room=in_room)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in entries:
        if day := entry.session.day():
            by_day[day].append(entry)
    days = [
        PersonalDay(day, times.date_label(day, language), _with_gaps(found, published))
        for day, found in sorted(by_day.items())
    ]
    return Plan(days, [entry for entry in entries if entry.session.starts_at is None])


def _add_news(summit: Summit, entries: list[Entry]) -> None:
    """One query, and one more on the days of the summit."""
    now = timezone.now()
    late, said = delays.of_today(summit, now), announcements.of_sessions(summit, now)
    for entry in entries:
        entry.announcements = said.get(entry.session.pk, [])
        minutes = 0 if entry.session.is_cancelled else late.get(entry.session.room_id or 0, 0)
        entry.expected = expected_words(delays.shifted(entry.session, minutes, summit, now), summit)


def _hours(session: Session) -> str:
    if session.starts_at is None or session.ends_at is None:
        return ""
    return times.time_range(session.starts_at, session.ends_at, session.summit.tz)


def _alternatives(entry: Entry, mine: list[Entry], published: list[Session], *, in_room: bool) -> list[Alternative]:
    """How to see a session in spite of a clash: its recording, a repetition, or one beside it that has seats."""
    session, found = entry.session, []
    if session.recordings:
        found.append(Alternative("recorded", session))
    for other in published:
        if other.pk == session.pk or other.is_cancelled or other.starts_at is None:
            continue
        fits = not any(overlap(other, one.session) for one in mine if one is not entry)
        if fits and other.title == session.title:
            found.append(Alternative("repeated", other, _when(other)))
        elif (
            in_room
            and session.fullness == "full"
            and entry.bookmark != "booked"
            and overlap(other, session)
            and other.fullness in {"free", "filling"}
        ):
            found.append(Alternative("parallel", other, _when(other)))
    return found[:ALTERNATIVES]


def _when(session: Session) -> str:
    day = session.day()
    return f"{times.day_label(day, active_language())} {_hours(session)}" if day else ""


def _with_gaps(entries: list[Entry], published: list[Session]) -> list[Entry | Gap]:
    items: list[Entry | Gap] = []
    free_from: datetime | None = None
    for entry in entries:
        starts, ends = entry.session.starts_at, entry.session.ends_at
        if starts is None or ends is None or entry.session.is_cancelled:
            items.append(entry)
            continue
        if free_from is not None and starts - free_from >= SHORTEST_GAP:
            items.append(_gap(entry.session.summit, free_from, starts, published))
        items.append(entry)
        free_from = max(free_from or ends, ends)
    return items


def _gap(summit: Summit, free_from: datetime, until: datetime, published: Iterable[Session]) -> Gap:
    others = sum(
        1 for s in published
        if s.starts_at and s.ends_at and not s.is_cancelled and s.starts_at >= free_from and s.ends_at <= until
    )  # fmt: skip
    minutes = int((until - free_from).total_seconds() // 60)
    return Gap(times.time_range(free_from, until, summit.tz), minutes, others)
