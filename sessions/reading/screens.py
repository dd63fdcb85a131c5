"""What screens at the venue show: what is on in each room at a moment, what comes next, what has changed.

Pure reading in a fixed number of queries. Everything is kept in all languages of the summit, because a screen shows
them in turn, and with the sessions that follow, because a screen goes on alone when its network is away.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import translation

from sessions.live import announcements, delays
from sessions.models import Announcement, Appearance, ChangeKind, Session, SessionHost
from sessions.reading.agenda import interpretation_label
from summit.lib import times
from summit.lib.translated import Text
from summit.models import Mode, Room, Summit

# Sessions a screen knows ahead: more than two days of ten rooms; a page of them stays under 200 kB.
MOST = 150
# A cancellation is news for a day, and as long as somebody may come to the session in vain.
LATELY = timedelta(hours=24)
CHANGES_SHOWN = 4
COLUMNS = ("pk", "code", "title", "track__slug", "starts_at", "ends_at", "room", "room__code", "mode", "language",
           "interpretation", "cancelled_at")  # fmt: skip


@dataclass(slots=True)
class Slot:
    """One session on a screen. ``state`` is ``now``, ``next``, ``later`` or ``past``; only the first two are shown."""

    code: str
    title: Text
    track: str
    room: str
    starts_at: datetime
    ends_at: datetime
    day_starts_at: datetime
    hours: str
    day: Text
    mode: str
    interpretation: Text
    cancelled_at: datetime | None
    hosts: Text = field(default_factory=Text)
    people: Text = field(default_factory=Text)
    # When it is expected in fact, where its room runs late: screens go by these.
    expected: delays.Expected | None = None
    expected_hours: str = ""
    state: str = "later"
    far: bool = False  # on another day than the moment shown

    @property
    def begins(self) -> datetime:
        return self.expected.starts_at if self.expected else self.starts_at

    @property
    def ends(self) -> datetime:
        return self.expected.ends_at if self.expected else self.ends_at


@dataclass(slots=True)
class Lane:
    """A room and what takes place in it; code and name are empty for what has no room."""

    code: str
    name: Text
    slots: list[Slot]
    most_now: int
    most_next: int

    @property
    def is_idle(self) -> bool:
        return all(slot.state != "now" for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Change:
    """Something people at the venue should hear of. ``kind`` is ``cancelled`` or ``moved``; ``room`` is where to go."""

    kind: str
    slot: Slot
    at: datetime
    room: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Board:
    lanes: list[Lane]
    changes: list[Change]
    announcements: list[Announcement] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return not any(slot.state in {"now", "next"} for lane in self.lanes for slot in lane.slots)


def foyer(summit: Summit, now: datetime) -> Board:
    """Every room with what is on and what comes next. Six queries, and one on the days of the summit."""
    slots = _slots(summit, now)
    rooms = list(summit.rooms.all())
    by_room = _by_room(slots)
    lanes = [Lane(room.code, room.name, by_room[room.code], 2, 1) for room in rooms if room.code in by_room]
    if "" in by_room:
        lanes.append(Lane("", Text(), by_room[""], 2, 1))
    for lane in lanes:
        place(lane, now)
    names = {room.code: room.name for room in rooms}
    return Board(lanes, changes(slots, now, _moved(summit, now), names), announcements.on_screens(summit, now))


def door(summit: Summit, room: Room, now: datetime) -> Board:
    """One room: what is on, and the two sessions that follow. Five queries, and one on the days of the summit."""
    slots = _slots(summit, now, room=room)
    lane = Lane(room.code, room.name, slots, 2, 2)
    place(lane, now)
    news = changes(slots, now, _moved(summit, now), {room.code: room.name})
    return Board([lane], news, announcements.on_screens(summit, now, room))


def place(lane: Lane, now: datetime) -> None:
    """Say of each session whether it is on now, next, later or past. ``screen.js`` holds the same rule."""
    on, following = 0, 0
    for slot in lane.slots:
        slot.far = now < slot.day_starts_at
        slot.state = "past" if slot.ends <= now else "later"
        if slot.begins <= now < slot.ends and on < lane.most_now:
            slot.state, on = "now", on + 1
        elif slot.begins > now and following < lane.most_next:
            slot.state, following = "next", following + 1


def changes(
    slots: Iterable[Slot], now: datetime, moved: Mapping[str, datetime], rooms: Mapping[str, Text]
) -> list[Change]:
    """The latest first. ``moved`` says when a session's new time or room became public; ``slots`` have the new ones."""
    slots = list(slots)
    found = [
        Change("moved", slot, moved[slot.code], rooms.get(slot.room, Text()))
        for slot in slots
        if slot.code in moved and not slot.cancelled_at
    ]
    found += [
        Change("cancelled", slot, slot.cancelled_at)
        for slot in slots
        if slot.cancelled_at
        and slot.cancelled_at <= now < slot.ends_at
        and (now - slot.cancelled_at < LATELY or slot.starts_at - now < LATELY)
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)[:CHANGES_SHOWN]


def _moved(summit: Summit, now: datetime) -> dict[str, datetime]:
    """Sessions that a version of the last day moved, with the moment it became public. One query."""
    lately = summit.agenda_versions.filter(published_at__gt=now - LATELY, published_at__lte=now).order_by("number")
    return {
        change["code"]: published_at
        for published_at, found in lately.values_list("published_at", "changes")
        for change in found
        if change["kind"] == ChangeKind.MOVED
    }


def _by_room(slots: list[Slot]) -> dict[str, list[Slot]]:
    by_room: dict[str, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_room[slot.room].append(slot)
    return by_room


def _slots(summit: Summit, now: datetime, *, room: Room | None = None) -> list[Slot]:
    """What is on and to come, in agenda order. Three queries."""
    late = delays.of_today(summit, now)
    since = now - timedelta(minutes=max(late.values(), default=0))
    rows = Session.objects.published().filter(summit=summit, starts_at__isnull=False, ends_at__gt=since)
    if room is not None:
        rows = rows.filter(room=room)
    found: dict[int, Slot] = {}
    for (
        pk,
        code,
        title,
        track,
        starts_at,
        ends_at,
        room_pk,
        where,
        mode,
        spoken,
        into,
        cancelled,
    ) in rows.in_order().values_list(*COLUMNS)[:MOST]:
        day = times.day_of(starts_at, summit.tz)
        found[pk] = Slot(
            code=code,
            title=title or Text(dict.fromkeys(summit.languages[:1], code)),
            track=track or "",
            room=where or "",
            starts_at=starts_at,
            ends_at=ends_at,
            day_starts_at=times.day_bounds(day, summit.tz)[0],
            hours=f"{starts_at.astimezone(summit.tz):%H:%M}–{ends_at.astimezone(summit.tz):%H:%M}",
            day=Text({language: times.day_label(day, language) for language in summit.languages}),
            mode=mode if mode != Mode.HYBRID else "",
            interpretation=_interpretation(summit, spoken, into),
            cancelled_at=cancelled,
        )
        if room_pk in late and not cancelled and (expected := delays.shifted(found[pk], late[room_pk], summit, now)):
            found[pk].expected = expected
            found[pk].expected_hours = times.time_range(expected.starts_at, expected.ends_at, summit.tz)
    _add_hosts(summit, found)
    _add_people(summit, found)
    return [slot for slot in found.values() if slot.ends > now]


def _interpretation(summit: Summit, spoken: str, into: list[str]) -> Text:
    labels = {}
    for language in summit.languages:
        with translation.override(language):
            labels[language] = interpretation_label(spoken, into)
    return Text(labels)


def _add_hosts(summit: Summit, found: dict[int, Slot]) -> None:
    names: dict[int, list[Text]] = defaultdict(list)
    rows = SessionHost.objects.filter(session__in=found).order_by("session", "order", "pk")
    for session, name in rows.values_list("session", "organisation__name"):
        names[session].append(name)
    for session, hosts in names.items():
        found[session].hosts = Text({code: " · ".join(h.in_language(code) for h in hosts) for code in summit.languages})


def _add_people(summit: Summit, found: dict[int, Slot]) -> None:
    names: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Appearance.objects.filter(session__in=found).billed().order_by("session", "order", "pk")
    for session, name, romanised in rows.values_list("session", "speaker__name", "speaker__name_romanised"):
        names[session].append((name, romanised))
    for session, people in names.items():
        shown = {
            code: ", ".join(name if code == "ko" else romanised or name for name, romanised in people)
            for code in summit.languages
        }
        found[session].people = Text(shown)
