"""The plan as the editor draws it: rooms side by side, hours downwards, and beside them what has no time yet.

Reading only. The page and the answers to its script are made of the same cards.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sessions.models import AcceptedConflict, Kind, Session
from sessions.models.session import SessionQuerySet, paths
from sessions.planning import plan
from sessions.planning.conflicts import Conflict, Item, Span, World
from summit.editing.revising import Overtaken
from summit.lib import times
from summit.lib.stencils import Stencil, blank
from summit.lib.translated import Text, active_language
from summit.models import HistoryEntry, Summit

ZOOMS = (15, 30, 60)  # minutes of a row
OPENS, CLOSES = timedelta(hours=3), timedelta(hours=18)  # 7:00 and 22:00, counted from where a day begins
LISTED = 200  # conflicts beside the plan; the page of conflicts has them all
# A change whose transaction ends late is asked for again; to hear of one twice does no harm.
LATE = timedelta(seconds=4)
COLUMNS = ("code", "title", "track__slug", "track__name", "kind", "plan_version", "starts_at", "ends_at",
           "room__code", "room__name", "cancelled_at", "do_not_record", "placement", "placement__starts_at", "placement__ends_at",
           "placement__room__code", "placement__room__name", "placement__cancelled")  # fmt: skip


@dataclass(slots=True)
class Card:
    """One session where it shall be. Without a time it lies beside the plan."""

    code: str
    title: Text
    track: str
    track_name: str
    kind: str
    version: int
    starts_at: datetime | None
    ends_at: datetime | None
    room: str
    room_name: str
    cancelled: bool
    waits: bool
    editable: bool
    address: str
    hours: str
    clashes: int = 0
    impossible: bool = False
    unrecorded: bool = False

    @property
    def is_break(self) -> bool:
        return self.kind == Kind.BREAK

    @property
    def everywhere(self) -> bool:
        """A break in all rooms at once."""
        return self.is_break and not self.room

    def drawn(self) -> SafeString:
        """The card as HTML. Hundreds lie in a plan, in a handful of shapes (templates/sessions/organiser/_board_card.html)."""
        words = {
            "track": self.track, "hours": self.hours, "room_name": self.room_name, "code": self.code, "title": str(self.title),
            "version": str(self.version), "starts": _iso(self.starts_at) or "", "ends": _iso(self.ends_at) or "", "room": self.room,
            "clashes": str(self.clashes), "address": self.address, "track_name": self.track_name,
        }  # fmt: skip
        facts = (
            self.is_break,
            self.cancelled,
            self.waits,
            self.editable,
            self.impossible,
            self.clashes > 0,
            self.unrecorded,
        )
        shape = (active_language(), self.title.stand_in(), facts, tuple(name for name, text in words.items() if text))
        return _stencil(*shape).fill(**words)

    def as_json(self) -> dict[str, Any]:
        """``{"code", "version", "starts_at", "ends_at", "room", "html"}``; moments are ISO 8601 or null."""
        return {
            "code": self.code,
            "version": self.version,
            "starts_at": _iso(self.starts_at),
            "ends_at": _iso(self.ends_at),
            "room": self.room,
            "html": self.drawn(),
        }


FACTS = ("is_break", "cancelled", "waits", "editable", "impossible", "has_clashes", "unrecorded")


# A hundred or so at the very most: facts, and which words there are.
@lru_cache(maxsize=256)
def _stencil(language: str, title_language: str, facts: tuple[bool, ...], words: tuple[str, ...]) -> Stencil:
    """All of a card but its words, in the active ``language``."""
    shape = dict(zip(FACTS, facts, strict=True)) | {name: blank(name) for name in words}
    return Stencil("sessions/organiser/_board_card.html", card={**shape, "title_language": title_language})


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@dataclass(slots=True)
class Lane:
    """A room's column; the one without a code holds sessions that have a time and no room yet."""

    code: str
    name: str
    capacity: int | None = None
    closed: list[Span] = field(default_factory=list)  # of what the plan shows of the day
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    label: str
    starts_at: datetime
    number: int  # sessions planned on it


@dataclass(slots=True)
class Board:
    day: Day
    days: list[Day]
    opens: datetime
    closes: datetime
    past: datetime  # the day's end
    lanes: list[Lane]
    everywhere: list[Card]
    unscheduled: list[Card]
    conflicts: list[plan.DescribedConflict]
    more: int  # open conflicts of the day that are not listed
    total: int  # open conflicts of the whole plan
    mark: str
    stamp: str

    @property
    def hours(self) -> list[datetime]:
        count = int((self.closes - self.opens) / timedelta(hours=1))
        return [(self.opens + timedelta(hours=hour)).astimezone(self.opens.tzinfo) for hour in range(count + 1)]


def cards(
    summit: Summit, rows: SessionQuerySet, editable: Collection[str] | None, found: Iterable[Conflict] = ()
) -> list[Card]:
    """These sessions as cards, in the order of their titles. ``editable`` are codes; None means all. One query."""
    numbers = Counter(code for conflict in found for code in conflict.sessions)
    hard = {code for conflict in found if conflict.impossible for code in conflict.sessions}
    path, tz = paths(summit, "sessions:organiser-placement"), summit.tz
    made = []
    for row in rows.filter(summit=summit).order_by("number", "code").values_list(*COLUMNS):
        (code, title, track, track_name, kind, version, starts, ends, room, room_name, cancelled_at, unrecorded,
         waits, plan_starts, plan_ends, plan_room, plan_room_name, plan_cancelled) = row  # fmt: skip
        cancelled = cancelled_at is not None
        if waits:
            starts, ends, room, room_name, cancelled = plan_starts, plan_ends, plan_room, plan_room_name, plan_cancelled
        starts, ends = (moment.astimezone(tz) if moment else None for moment in (starts, ends))
        made.append(
            Card(code, title, track or "", str(track_name or ""), kind, version, starts, ends, room or "",
                 str(room_name or ""), cancelled, bool(waits), editable is None or code in editable, path(code),
                 f"{starts:%H:%M}–{ends:%H:%M}" if starts and ends else "", numbers[code], code in hard, unrecorded)
        )  # fmt: skip
    return made


def day_asked(summit: Summit, asked: date | None, items: Iterable[Item]) -> tuple[date, list[Day]]:
    """The day to show and all there are: the summit's own, and those on which something is planned."""
    numbers = Counter(times.day_of(item.starts_at, summit.tz) for item in items if item.starts_at)
    own = {summit.starts_on + timedelta(days=n) for n in range((summit.ends_on - summit.starts_on).days + 1)}
    dates = sorted(own | set(numbers))
    shown = asked if asked in dates else summit.starts_on
    language = active_language()
    return shown, [
        Day(day, times.day_label(day, language), times.day_bounds(day, summit.tz)[0], numbers[day]) for day in dates
    ]


def board(summit: Summit, asked: date | None, editable: Collection[str] | None) -> Board:
    """A day of the plan with all that clashes on it. The number of queries does not depend on the plan."""
    stamp, mark = stamp_now(), mark_of(summit)
    items = plan.items(summit)
    shown, days = day_asked(summit, asked, items)
    world = plan.world(summit)
    found = plan.find(items, world)
    standing = set(AcceptedConflict.objects.filter(summit=summit).values_list("key", flat=True))
    still_open = [conflict for conflict in found if conflict.key not in standing]
    first, past = times.day_bounds(shown, summit.tz)
    on_day = {item.code for item in items if item.starts_at and first <= item.starts_at < past}
    beside = {item.code for item in items if not item.starts_at}
    rows = Session.objects.filter(Q(code__in=on_day | beside))
    made = cards(summit, rows, editable, still_open)
    timed = sorted(
        (card for card in made if card.starts_at), key=lambda card: (card.starts_at, card.ends_at, card.code)
    )
    here = [conflict for conflict in still_open if not on_day.isdisjoint(conflict.sessions)]
    opens, closes = _hours(first, timed)
    return Board(
        day=next(day for day in days if day.date == shown),
        days=days,
        opens=opens,
        closes=closes,
        past=past,
        lanes=_lanes(summit, timed, world, (opens, closes)),
        everywhere=[card for card in timed if card.everywhere],
        unscheduled=sorted(
            (card for card in made if not card.starts_at), key=lambda card: (str(card.title), card.code)
        ),
        conflicts=plan.described(summit, here[:LISTED]),
        more=max(0, len(here) - LISTED),
        total=len(still_open),
        mark=mark,
        stamp=stamp,
    )


def _hours(first: datetime, timed: list[Card]) -> tuple[datetime, datetime]:
    """What the plan shows of a day: working hours, and all that lies before and after, in whole hours."""
    # Elapsed time, not wall time: a day on which clocks change has its hours, too.
    begin = first.astimezone(UTC)
    starts = [card.starts_at for card in timed if card.starts_at]
    ends = [card.ends_at for card in timed if card.ends_at]
    opens = min([begin + OPENS, *starts])
    closes = max([begin + CLOSES, *ends])
    whole = timedelta(hours=1)
    opens = begin + (opens - begin) // whole * whole
    closes = begin - (begin - closes) // whole * whole
    return opens.astimezone(first.tzinfo), closes.astimezone(first.tzinfo)


def _lanes(summit: Summit, timed: list[Card], world: World, shown: Span) -> list[Lane]:
    hours = {code: facts.hours for code, facts in world.rooms.items()}
    lanes = {
        code: Lane(code, str(Text(name)), capacity, _closed(hours.get(code, ()), shown))
        for code, name, capacity in summit.rooms.values_list("code", "name", "capacity")
    }
    lanes[""] = Lane("", "")
    for card in timed:
        if not card.everywhere:
            lanes[card.room].cards.append(card)
    return list(lanes.values())


def _closed(hours: Iterable[Span], shown: Span) -> list[Span]:
    """What lies between the hours of a room, as far as it is shown; a room without hours is always open."""
    opens, closes = shown
    found, since = [], opens
    for starts, ends in sorted(hours):
        if since < min(starts, closes):
            found.append((since, min(starts, closes)))
        since = max(since, ends)
    if hours and since < closes:
        found.append((since, closes))
    return [(starts.astimezone(opens.tzinfo), ends.astimezone(opens.tzinfo)) for starts, ends in found]


def state(summit: Summit, codes: Collection[str], editable: Collection[str] | None) -> dict[str, Any]:
    """``{"sessions": […], "conflicts": […]}``: sessions as they are planned now, and every clash they are part of.

    A conflict is ``{"key", "sessions", "impossible", "accepted", "html"}``.
    """
    found = plan.clashes(summit, only=codes)
    described = plan.described(summit, found)
    standing = [each.conflict for each in described if each.accepted is None]
    made = cards(summit, Session.objects.filter(code__in=codes), editable, standing)
    return {
        "sessions": [card.as_json() for card in made],
        "conflicts": [conflict_as_json(each, summit) for each in described],
    }


def conflict_as_json(described: plan.DescribedConflict, summit: Summit) -> dict[str, Any]:
    return {
        "key": described.conflict.key,
        "sessions": list(described.conflict.sessions),
        "impossible": described.conflict.impossible,
        "accepted": described.accepted is not None,
        "html": render_to_string("sessions/organiser/_board_conflict.html", {"told": described, "summit": summit}),
    }


def stamp_now() -> str:
    """The moment from which the next question for changes shall ask."""
    return (timezone.now() - LATE).isoformat()


def mark_of(summit: Summit) -> str:
    """Differs as soon as anything but a place in the plan is another: texts, people, sessions made or deleted, what is
    public, what was accepted. Two queries."""
    rows = Session.objects.filter(summit=summit).order_by()
    number, last, edits = rows.aggregate(a=Count("pk"), b=Max("pk"), c=Sum("version")).values()
    stands = AcceptedConflict.objects.filter(summit=summit).order_by().aggregate(a=Count("pk"), b=Max("at"))
    at = stands["b"].timestamp() if stands["b"] else 0
    return f"{summit.agenda_revision}.{number}.{last or 0}.{edits or 0}.{stands['a']}.{at}"


def changes_since(summit: Summit, since: datetime, editable: Callable[[], Collection[str] | None]) -> dict[str, Any]:
    """What has been moved since, by whom, as the script of the page takes it. Three queries where nothing has.

    ``days`` are the numbers of sessions planned on each day, where they may have changed.
    """
    stamp, mark = stamp_now(), mark_of(summit)
    moved = Session.objects.filter(summit=summit, planned_at__gt=since).order_by()
    keys = {str(pk): code for pk, code in moved.values_list("pk", "code")}
    found = state(summit, set(keys.values()), editable()) if keys else {"sessions": [], "conflicts": []}
    names = dict(moved_by(keys)) if keys else {}
    for session in found["sessions"]:
        session["by"] = names.get(session["code"], "")
    if keys:
        found["days"] = {day.isoformat(): number for day, number in numbers_of(summit).items()}
    return {"stamp": stamp, "mark": mark, **found}


def numbers_of(summit: Summit) -> dict[date, int]:
    """How many sessions are planned on each day. One query."""
    rows = Session.objects.filter(summit=summit).order_by()
    starts = (
        planned if placement else public
        for placement, planned, public in rows.values_list("placement", "placement__starts_at", "starts_at")
    )
    return Counter(times.day_of(moment, summit.tz) for moment in starts if moment)


def moved_by(keys: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Who moved each of these sessions last: code and name; ``keys`` are primary keys and codes. One query."""
    rows = HistoryEntry.objects.filter(
        subject_kind=Session._meta.label_lower, subject_key__in=keys, action="session.place"
    )
    for entry in rows.select_related("by").order_by("pk"):
        yield keys[entry.subject_key], str(entry.by or "")


def overtaken(refusal: Overtaken) -> str:
    """Who has moved a session meanwhile, and where it stands now, in words."""
    session = refusal.details["now"]
    names = [str(entry.by) for entry in refusal.details["entries"][:1] if entry.by]
    at = plan.planned(session)
    where = _("without a time")
    if at.starts_at:
        room = str(at.room.name) if at.room else _("no room yet")
        where = f"{times.moment_label(at.starts_at, session.summit.tz, active_language())}, {room}"
    if names:
        return _("%(name)s has moved this session meanwhile: %(where)s.") % {"name": names[0], "where": where}
    return _("This session has been moved meanwhile: %(where)s.") % {"where": where}
