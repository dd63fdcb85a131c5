"""The rules of a plan: what cannot, or should not, happen at the same time.

Pure functions over plain values: no models, no queries. The agenda editor and the dashboard show what they find; a
program that proposes an agenda can ask the same rules. Times are aware datetimes; people, hosts, rooms and tracks are
known by their codes.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

Span = tuple[datetime, datetime]


class Rule(StrEnum):
    PERSON_TWICE = "person_twice"
    HOST_TWICE = "host_twice"
    PERSON_AWAY = "person_away"
    ROOM_TAKEN = "room_taken"
    ROOM_CLOSED = "room_closed"
    ROOM_SMALL = "room_small"
    BOOTH_MISSING = "booth_missing"
    TRACK_CLASH = "track_clash"
    SHORT_BREAK = "short_break"


# These cannot take place as planned; the others can, but somebody will not be happy.
IMPOSSIBLE = frozenset({Rule.PERSON_TWICE, Rule.PERSON_AWAY, Rule.ROOM_TAKEN, Rule.ROOM_CLOSED})


@dataclass(frozen=True, slots=True)
class Item:
    """One session as planned. Without a time it clashes with nothing; ``room`` is "" where it has none."""

    code: str
    starts_at: datetime | None
    ends_at: datetime | None
    room: str = ""
    track: str = ""
    people: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    seats: int = 0  # seats offered or taken, whichever is more
    booths: int = 0  # languages interpreted in the room
    is_break: bool = False  # without a room it is a break in all rooms
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """``capacity`` and ``booths`` are None where nobody knows; ``hours`` is empty where it is always open."""

    capacity: int | None = None
    booths: int | None = None
    hours: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    rooms: dict[str, RoomFacts] = field(default_factory=dict)
    # Who said when they can come; whoever said nothing can always come.
    free: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    shortest_break: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Conflict:
    """``sessions`` clash over ``subject``: the code of a person, host, room or track."""

    rule: Rule
    sessions: tuple[str, ...]
    subject: str = ""

    @property
    def key(self) -> str:
        """The same clash has the same key, whatever else changes in the plan."""
        return ":".join([self.rule, self.subject, *self.sessions])

    @property
    def impossible(self) -> bool:
        return self.rule in IMPOSSIBLE


def find(items: Iterable[Item], world: World, *, only: Collection[str] | None = None) -> list[Conflict]:
    """Every clash of the plan, each once; with ``only``, those in which one of these sessions is involved.

    Sorts each person's, host's, room's and track's sessions once: O(n log n), plus the clashes themselves.
    """
    timed = sorted(
        (item for item in items if item.starts_at and item.ends_at and not item.cancelled),
        key=lambda item: (item.starts_at, item.ends_at, item.code),
    )
    found = [conflict for item in timed if only is None or item.code in only for conflict in _alone(item, world)]
    wanted = _chosen(only)
    found += _between(timed, Rule.PERSON_TWICE, lambda item: item.people, wanted)
    found += _between(timed, Rule.HOST_TWICE, lambda item: item.hosts, wanted)
    found += _between(timed, Rule.ROOM_TAKEN, _occupies(world), wanted)
    found += _between(timed, Rule.TRACK_CLASH, lambda item: {item.track} - {""}, wanted)
    found += _breaks(timed, world.shortest_break, wanted)
    return sorted(set(found), key=lambda conflict: (not conflict.impossible, conflict.rule, conflict.key))


Wanted = Callable[[Item, Item], bool]


def _chosen(only: Collection[str] | None) -> Wanted:
    return (lambda _a, _b: True) if only is None else (lambda a, b: a.code in only or b.code in only)


def _alone(item: Item, world: World) -> Iterator[Conflict]:
    """What is wrong with one session wherever the others are."""
    room = world.rooms.get(item.room)
    if room is not None and not _fits(item, room.hours):
        yield Conflict(Rule.ROOM_CLOSED, (item.code,), item.room)
    if room is not None and room.capacity is not None and item.seats > room.capacity:
        yield Conflict(Rule.ROOM_SMALL, (item.code,), item.room)
    if room is not None and room.booths is not None and item.booths > room.booths:
        yield Conflict(Rule.BOOTH_MISSING, (item.code,), item.room)
    for person in sorted(item.people):
        if not _fits(item, world.free.get(person, ())):
            yield Conflict(Rule.PERSON_AWAY, (item.code,), person)


def _fits(item: Item, spans: tuple[Span, ...]) -> bool:
    """Whether the session lies within one of the spans; spans that touch are one, and none at all is always."""
    if not spans:
        return True
    starts, ends = _times(item)
    reached = starts
    for opens, closes in sorted(spans):
        if opens <= reached < closes:
            reached = closes
        if reached >= ends:
            return True
    return False


def _times(item: Item) -> Span:
    if item.starts_at is None or item.ends_at is None:
        raise ValueError(item.code)
    return item.starts_at, item.ends_at


def _occupies(world: World) -> Callable[[Item], Collection[str]]:
    everywhere = frozenset(world.rooms)
    return lambda item: {item.room} if item.room else everywhere if item.is_break else frozenset()


def _groups(timed: list[Item], keys: Callable[[Item], Collection[str]]) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in timed:
        for key in keys(item):
            groups[key].append(item)
    return groups


def _between(
    timed: list[Item], rule: Rule, keys: Callable[[Item], Collection[str]], wanted: Wanted
) -> Iterator[Conflict]:
    """Pairs that overlap and share a key. Two breaks never disturb each other."""
    for key, group in _groups(timed, keys).items():
        going: list[tuple[datetime, Item]] = []  # with their ends
        for item in group:
            starts, ends = _times(item)
            going = [each for each in going if each[0] > starts]
            for _ends, other in going:
                if wanted(item, other) and not (item.is_break and other.is_break):
                    yield Conflict(rule, tuple(sorted((other.code, item.code))), key)
            going.append((ends, item))


def _breaks(timed: list[Item], shortest: timedelta, wanted: Wanted) -> Iterator[Conflict]:
    """One session after another in the same room, or of the same person in another room, with too little between."""
    if not shortest:
        return
    real = [item for item in timed if not item.is_break]
    for key, group in _groups(real, lambda item: {item.room} - {""}).items():
        yield from _close(key, group, shortest, wanted, elsewhere=False)
    for key, group in _groups(real, lambda item: item.people).items():
        yield from _close(key, group, shortest, wanted, elsewhere=True)


def _close(key: str, group: list[Item], shortest: timedelta, wanted: Wanted, *, elsewhere: bool) -> Iterator[Conflict]:
    for number, before in enumerate(group):
        ends = _times(before)[1]
        for after in group[number + 1 :]:
            gap = _times(after)[0] - ends
            if gap >= shortest:
                break
            if gap >= timedelta(0) and wanted(before, after) and (not elsewhere or before.room != after.room):
                yield Conflict(Rule.SHORT_BREAK, tuple(sorted((before.code, after.code))), key)
