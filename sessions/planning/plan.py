"""The plan as organisers see it: every session where it shall be, and what clashes. Reading only."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sessions.models import AcceptedConflict, Appearance, Kind, Placement, Session, SessionHost
from sessions.planning.conflicts import Conflict, Item, RoomFacts, Rule, Span, World, find
from speakers.models import Availability
from summit.lib import times
from summit.lib.translated import Text, active_language
from summit.models import Room, RoomHours, Summit


@dataclass(frozen=True, slots=True)
class Planned:
    """Where a session shall be, and where it is public."""

    starts_at: datetime | None
    ends_at: datetime | None
    room: Room | None
    cancelled: bool


def planned(session: Session) -> Planned:
    """The placement that waits, or what is public; of a session read with its ``placement``."""
    plan = getattr(session, "placement", None)
    if plan is None:
        return Planned(session.starts_at, session.ends_at, session.room, session.is_cancelled)
    return Planned(plan.starts_at, plan.ends_at, plan.room, plan.cancelled)


COLUMNS = ("pk", "code", "starts_at", "ends_at", "room__code", "track__slug", "seats", "seats_taken", "interpretation",
           "mode", "kind", "cancelled_at")  # fmt: skip


def during(span: Span, prefix: str = "") -> Q:
    """Sessions planned to run in any part of the span, or to touch it; ``prefix`` leads to the session."""

    def times(path: str) -> Q:
        return Q(**{f"{prefix}{path}starts_at__lte": span[1], f"{prefix}{path}ends_at__gte": span[0]})

    public = Q(**{f"{prefix}placement__isnull": True}) & times("")
    return public | times("placement__")


def items(summit: Summit, span: Span | None = None) -> list[Item]:
    """All sessions as the rules need them, or those of a span. Four queries, whatever the number of sessions."""
    here, rows = Q(session__summit=summit), Session.objects.filter(summit=summit)
    if span is not None:
        here, rows = here & during(span, "session__"), rows.filter(during(span))
    plans = {
        row[0]: row[1:]
        for row in Placement.objects.filter(here).values_list(
            "session", "starts_at", "ends_at", "room__code", "cancelled"
        )
    }
    staged = Appearance.objects.filter(here).exclude(state=Appearance.State.DECLINED)
    people = _collected(staged.order_by().values_list("session", "speaker__code"))
    hosts = _collected(SessionHost.objects.filter(here).order_by().values_list("session", "organisation__code"))
    found = []
    for row in rows.order_by().values_list(*COLUMNS):
        pk, code, starts, ends, room, track, seats, taken, interpretation, mode, kind, cancelled_at = row
        starts, ends, room, cancelled = plans.get(pk, (starts, ends, room, cancelled_at is not None))
        booths = 0 if mode == "online" else len(interpretation or [])
        found.append(
            Item(code, starts, ends, room or "", track or "", frozenset(people.get(pk, ())),
                 frozenset(hosts.get(pk, ())), max(seats or 0, taken), booths, kind == Kind.BREAK, cancelled)
        )  # fmt: skip
    return found


def _collected(rows: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found


def world(summit: Summit) -> World:
    """What the rules must know of rooms and people. Three queries."""
    hours: dict[str, list[Any]] = {}
    for room, opens, closes in RoomHours.objects.filter(room__summit=summit).values_list(
        "room__code", "starts_at", "ends_at"
    ):
        hours.setdefault(room, []).append((opens, closes))
    rooms = {
        code: RoomFacts(capacity, booths, tuple(hours.get(code, ())))
        for code, capacity, booths in summit.rooms.order_by().values_list("code", "capacity", "booths")
    }
    free: dict[str, list[Any]] = {}
    spans = Availability.objects.filter(speaker__summit=summit).values_list("speaker__code", "starts_at", "ends_at")
    for person, starts, ends in spans:
        free.setdefault(person, []).append((starts, ends))
    return World(rooms, {code: tuple(found) for code, found in free.items()}, timedelta(minutes=summit.shortest_break))


def clashes(summit: Summit, *, only: Collection[str] | None = None) -> list[Conflict]:
    """What the rules say of the plan; with ``only``, of these sessions. At most eight queries.

    Whatever clashes with a session lies around it: for a few sessions the rest of the plan is not even read.
    """
    if only is None:
        return find(items(summit), world(summit))
    span = _around(summit, only)
    return find(items(summit, span), world(summit), only=only) if span else []


def _around(summit: Summit, codes: Collection[str]) -> Span | None:
    """From the first beginning to the last end of these sessions, and a shortest break on either side."""
    rows = Session.objects.filter(summit=summit, code__in=codes).order_by()
    spans = [
        (plan_starts, plan_ends) if plan else (starts, ends)
        for plan, plan_starts, plan_ends, starts, ends in rows.values_list(
            "placement", "placement__starts_at", "placement__ends_at", "starts_at", "ends_at"
        )
    ]
    timed = [(starts, ends) for starts, ends in spans if starts and ends]
    if not timed:
        return None
    pause = timedelta(minutes=summit.shortest_break)
    return min(starts for starts, _ends in timed) - pause, max(ends for _starts, ends in timed) + pause


def clashes_if(
    session: Session, *, starts_at: datetime | None, ends_at: datetime | None, room: Room | None, cancelled: bool
) -> list[Conflict]:
    """What the rules would say of a session planned so. Seven queries."""
    if starts_at is None or ends_at is None:
        return []
    pause = timedelta(minutes=session.summit.shortest_break)
    wanted: dict[str, Any] = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "room": room.code if room else "",
        "cancelled": cancelled,
    }
    found = items(session.summit, (starts_at - pause, ends_at + pause))
    if all(item.code != session.code for item in found):
        found.append(item_of(session))
    moved = [replace(item, **wanted) if item.code == session.code else item for item in found]
    return find(moved, world(session.summit), only={session.code})


def item_of(session: Session) -> Item:
    """One session as the rules need it, wherever it is planned."""
    people = session.appearances.exclude(state=Appearance.State.DECLINED).values_list("speaker__code", flat=True)
    hosts = session.hostings.values_list("organisation__code", flat=True)
    at = planned(session)
    booths = 0 if session.mode == "online" else len(session.interpretation or [])
    track = session.track.slug if session.track else ""
    return Item(session.code, at.starts_at, at.ends_at, "", track, frozenset(people), frozenset(hosts),
                max(session.seats or 0, session.seats_taken), booths, session.kind == Kind.BREAK, at.cancelled)  # fmt: skip


def accepted(summit: Summit) -> dict[str, AcceptedConflict]:
    """Conflicts that were looked at and stand, by their key."""
    return {row.key: row for row in AcceptedConflict.objects.filter(summit=summit).select_related("by")}


def open_clashes(summit: Summit) -> list[Conflict]:
    """Those nobody has accepted."""
    standing = set(AcceptedConflict.objects.filter(summit=summit).values_list("key", flat=True))
    return [conflict for conflict in clashes(summit) if conflict.key not in standing]


@dataclass(frozen=True, slots=True)
class DescribedConflict:
    """A conflict in words, in the active language."""

    conflict: Conflict
    text: str
    sessions: list[tuple[str, str]]  # code and title
    accepted: AcceptedConflict | None = None
    when: str = ""  # day and hour from which they clash


def described(summit: Summit, found: list[Conflict]) -> list[DescribedConflict]:
    """Conflicts as people read them. At most six queries."""
    if not found:
        return []
    codes = {code for conflict in found for code in conflict.sessions}
    titles, starts = _titles(summit, codes)
    names = _names(summit, found)
    standing = accepted(summit)
    return [
        DescribedConflict(
            conflict,
            _sentence(conflict.rule) % {"subject": names.get((_kind(conflict), conflict.subject), conflict.subject)},
            [(code, titles.get(code, code)) for code in conflict.sessions],
            standing.get(conflict.key),
            _when(summit, [starts.get(code) for code in conflict.sessions]),
        )
        for conflict in found
    ]


def _titles(summit: Summit, codes: Collection[str]) -> tuple[dict[str, str], dict[str, datetime | None]]:
    """What these sessions are called, and when they are planned to begin. One query."""
    rows = summit.sessions.filter(code__in=codes).order_by()
    titles, moments = {}, {}
    for code, title, plan, at, starts in rows.values_list(
        "code", "title", "placement", "placement__starts_at", "starts_at"
    ):
        titles[code], moments[code] = str(title), at if plan else starts
    return titles, moments


def _when(summit: Summit, starts: list[datetime | None]) -> str:
    latest = max((moment for moment in starts if moment), default=None)
    return times.moment_label(latest, summit.tz, active_language()) if latest else ""


PEOPLE = {Rule.PERSON_TWICE, Rule.PERSON_AWAY}


def _kind(conflict: Conflict) -> str:
    if conflict.rule in PEOPLE:
        return "person"
    if conflict.rule == Rule.HOST_TWICE:
        return "host"
    if conflict.rule == Rule.TRACK_CLASH:
        return "track"
    # A short break is a room's or a person's; codes of people and of rooms never look alike.
    return "either" if conflict.rule == Rule.SHORT_BREAK else "room"


def _names(summit: Summit, found: list[Conflict]) -> dict[tuple[str, str], str]:
    wanted = {conflict.subject for conflict in found}
    rooms = {code: str(Text(name)) for code, name in summit.rooms.filter(code__in=wanted).values_list("code", "name")}
    people = {speaker.code: str(speaker) for speaker in summit.speakers.filter(code__in=wanted)}
    hosts = {row.code: str(row) for row in summit.organisations.filter(code__in=wanted)}
    tracks = {row.slug: str(row) for row in summit.tracks.filter(slug__in=wanted)}
    either = {**people, **rooms}
    kinds = {"room": rooms, "person": people, "host": hosts, "track": tracks, "either": either}
    return {(kind, code): name for kind, names in kinds.items() for code, name in names.items()}


def _sentence(rule: Rule) -> str:
    return {
        Rule.PERSON_TWICE: _("%(subject)s is in two sessions at the same time."),
        Rule.HOST_TWICE: _("%(subject)s hosts two sessions at the same time."),
        Rule.PERSON_AWAY: _("%(subject)s cannot come at that time."),
        Rule.ROOM_TAKEN: _("%(subject)s is taken twice at the same time."),
        Rule.ROOM_CLOSED: _("%(subject)s is closed at that time."),
        Rule.ROOM_SMALL: _("%(subject)s is too small for the seats of this session."),
        Rule.BOOTH_MISSING: _("%(subject)s has too few interpretation booths."),
        Rule.TRACK_CLASH: _("Two sessions of the track %(subject)s run at the same time."),
        Rule.SHORT_BREAK: _("%(subject)s has too short a break in between."),
    }[rule]
