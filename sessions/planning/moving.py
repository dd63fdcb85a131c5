"""Another first day, last day or zone for a summit, and what goes with it: only what was confirmed.

Sessions move in the plan and become public with the next version; deadlines, the window of registration and the hours of
rooms move at once.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sessions.models import Deadline, Session
from sessions.planning import plan, reminding, scheduling
from sessions.planning.conflicts import Conflict, Item, find
from speakers.models import Availability
from summit import history
from summit.editing import inline_edits, summit_settings
from summit.editing.revising import set_what_differs
from summit.errors import Refusal
from summit.lib import times
from summit.lib.times import intervals
from summit.models import Room, RoomHours, Summit, User

VERSIONED = ("starts_on", "ends_on", "time_zone")
WINDOW = ("registration_opens_at", "registration_closes_at", "changes_until")


class NotSeen(Refusal):
    code = "not_seen"
    message: Any = _("Look at what follows first, then save.")


@dataclass(frozen=True, slots=True)
class Move:
    """The new days and zone, what moves by as many days as the first one does, and whether clock times stay in a new zone."""

    starts_on: date
    ends_on: date
    time_zone: str
    sessions: bool = False
    deadlines: bool = False
    registration: bool = False
    hours: bool = False
    keep_clock: bool = True

    def days(self, summit: Summit) -> int:
        return (self.starts_on - summit.starts_on).days

    def moment(self, summit: Summit, moment: datetime, *, along: bool) -> datetime:
        """Where a moment goes; with the days only ``along`` with them."""
        days = self.days(summit) if along else 0
        if not days and self.time_zone == summit.time_zone:
            return moment
        new = ZoneInfo(self.time_zone)
        return times.moved(moment, days=days, old=summit.tz, new=new, keep_clock=self.keep_clock)

    def span(self, summit: Summit, starts: datetime, ends: datetime, *, along: bool) -> tuple[datetime, datetime]:
        """A span as long as it was: a clock put forward or back in between does not turn it around."""
        first = self.moment(summit, starts, along=along)
        # In UTC: within one zone Python reckons by the clock on the wall.
        return first, first.astimezone(UTC) + (ends.astimezone(UTC) - starts.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a :class:`Move` does: counts of what there is, the sessions that then lie outside the days, new conflicts."""

    timed: int
    outside: int
    deadlines: int
    hours: int
    windows: int
    availabilities: int
    conflicts: list[Conflict] = field(default_factory=list)

    def fingerprint(self, move: Move) -> str:
        """What a form carries, so that nobody confirms anything but what they were told."""
        told = (*astuple(move), self.timed, self.outside, self.deadlines, self.hours, self.windows,
                *(conflict.key for conflict in self.conflicts))  # fmt: skip
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def consequences(summit: Summit, move: Move) -> Consequences:
    """Reading only; a dozen queries whatever the number of sessions."""
    before, around = plan.items(summit), plan.world(summit)
    after = [_moved_item(item, summit, move) for item in before]
    rooms = {
        code: replace(facts, hours=tuple(move.span(summit, *span, along=move.hours) for span in facts.hours))
        for code, facts in around.rooms.items()
    }
    new: list[Conflict] = []
    if (after, rooms) != (before, around.rooms):
        known = {conflict.key for conflict in find(before, around)}
        new = [conflict for conflict in find(after, replace(around, rooms=rooms)) if conflict.key not in known]
    timed = [item for item in after if item.starts_at and not item.cancelled]
    zone = ZoneInfo(move.time_zone)
    return Consequences(
        timed=len(timed),
        outside=sum(not move.starts_on <= times.day_of(item.starts_at, zone) <= move.ends_on for item in timed if item.starts_at),
        deadlines=summit.deadlines.count(),
        hours=RoomHours.objects.filter(room__summit=summit).count(),
        windows=sum(getattr(summit, name) is not None for name in WINDOW),
        availabilities=Availability.objects.filter(speaker__summit=summit).values("speaker").distinct().count(),
        conflicts=new,
    )  # fmt: skip


def _moved_item(item: Item, summit: Summit, move: Move) -> Item:
    if item.starts_at is None or item.ends_at is None:
        return item
    starts, ends = move.span(summit, item.starts_at, item.ends_at, along=move.sessions)
    return replace(item, starts_at=starts, ends_at=ends)


@transaction.atomic
def reschedule(
    summit: Summit,
    move: Move,
    *,
    seen: str,
    form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
) -> Summit:
    """Set days and zone, and move what was confirmed. ``seen`` is the fingerprint of the consequences that were shown.

    Raises :class:`NotSeen` and :class:`summit.editing.revising.Overtaken`.
    """
    locked = summit_settings.hold(summit, form_versions, about=VERSIONED)
    if seen != consequences(locked, move).fingerprint(move):
        raise NotSeen
    # As it was until now: every moment is moved from these days and this zone.
    old = Summit.objects.get(pk=locked.pk)
    _move_sessions(old, move, by)
    _move_deadlines(old, move, by)
    _move_hours(old, move, by)
    values: dict[str, Any] = {"starts_on": move.starts_on, "ends_on": move.ends_on, "time_zone": move.time_zone}
    values |= {
        name: move.moment(old, moment, along=move.registration)
        for name in WINDOW
        if (moment := getattr(old, name)) is not None
    }
    changes = set_what_differs(locked, values, source=locked.languages[0])
    if changes:
        locked.save(update_fields=list(changes))
        history.record(summit_settings.ACTION, locked, by=by, summit=locked, changes=changes)
        locked.raise_revision()
    return Summit.objects.get(pk=locked.pk)


def _move_sessions(summit: Summit, move: Move, by: User | None) -> None:
    for session in Session.objects.filter(summit=summit).select_related("placement", "room", "placement__room"):
        now = plan.planned(session)
        if now.starts_at is None or now.ends_at is None:
            continue
        starts, ends = move.span(summit, now.starts_at, now.ends_at, along=move.sessions)
        if starts != now.starts_at:
            scheduling.place(session, starts_at=starts, ends_at=ends, room=now.room, cancelled=now.cancelled, by=by)


def _move_deadlines(summit: Summit, move: Move, by: User | None) -> None:
    due = Deadline.objects.filter(summit=summit).values_list("task", "due_at")
    reminding.set_deadlines(
        summit, {task: move.moment(summit, moment, along=move.deadlines) for task, moment in due}, by=by
    )


def _move_hours(summit: Summit, move: Move, by: User | None) -> None:
    for room, rows in _hours(summit):
        before = [(row.starts_at, row.ends_at) for row in rows]
        after = [move.span(summit, *span, along=move.hours) for span in before]
        if before == after:
            continue
        for row, (starts, ends) in zip(rows, after, strict=True):
            row.starts_at, row.ends_at = starts, ends
        RoomHours.objects.bulk_update(rows, ["starts_at", "ends_at"])
        changes = {"hours": (intervals(before), intervals(after))}
        history.record("room.edit", room, by=by, summit=summit, changes=changes)


def _hours(summit: Summit) -> Iterator[tuple[Room, list[RoomHours]]]:
    for room in summit.rooms.prefetch_related("hours"):
        yield room, list(room.hours.all())
