"""What every export is made from: days, their rooms, and the sessions in them, in one language."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils import translation

from sessions.models import Appearance, Material, Session, SessionHost, Track
from sessions.models.session import Kind, paths
from summit.lib import times
from summit.lib.text import clean_line, clean_text, plain
from summit.models import Room, Summit

GENERATOR = "Summit"
NO_ROOM = "-"
# Readers take a duration for a time of day; from 24 hours on one drops the whole file (see the format notes there).
LONGEST = timedelta(hours=23, minutes=59)


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: str
    kind: str  # "media" or "related", the link types of schedule.json


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    guid: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """One session as the schedule formats see it. Times are in the summit's zone."""

    id: int
    guid: UUID
    code: str
    slug: str
    title: str
    subtitle: str
    abstract: str
    description: str
    track: str
    kind: str
    language: str
    room: str
    starts_at: datetime
    duration: timedelta
    url: str
    cancelled: bool
    do_not_record: bool
    persons: list[Person] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def clock(self) -> str:
        """``HH:MM``, the wall time of the beginning."""
        return f"{self.starts_at:%H:%M}"

    @property
    def length(self) -> str:
        """``HH:MM``."""
        minutes = int(self.duration.total_seconds() // 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Day:
    index: int
    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: dict[str, list[Event]]


@dataclass(frozen=True, slots=True)
class Agenda:
    summit: Summit
    language: str
    version: str
    days: list[Day]
    rooms: list[Room]
    tracks: list[tuple[str, str, str]]  # slug, name, colour

    @property
    def url(self) -> str:
        with translation.override(self.language):
            return self.summit.address(reverse("sessions:agenda", args=[self.summit.code]))

    @property
    def title(self) -> str:
        return clean_line(self.summit.name.in_language(self.language))


def room_guid(room: Room) -> UUID:
    """Stable for the life of the room's code, and told to nobody else by anything else."""
    return uuid5(room.summit.guid, f"room:{room.code}")


def read(summit: Summit, *, language: str) -> Agenda:
    """The published sessions that have a time. A fixed number of queries."""
    rooms = list(summit.rooms.all())
    for room in rooms:
        room.summit = summit
    tracks = list(summit.tracks.all())
    by_day: dict[date, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    with translation.override(language):
        for event in _events(summit, rooms, tracks, language):
            by_day[times.day_of(event.starts_at, summit.tz)][event.room].append(event)
    # Readers want days numbered from one without a gap, so a summit without any session still has its days.
    dates = sorted({*summit.days, *by_day})
    days = []
    for index, day in enumerate(dates, 1):
        first, past = times.day_bounds(day, summit.tz)
        days.append(Day(index, day, first, past, dict(by_day[day])))
    named = [(t.slug, clean_line(t.name.in_language(language)), t.colour) for t in tracks]
    return Agenda(summit, language, str(summit.agenda_revision), days, rooms, named)


# Column values instead of model instances: a schedule of 1,400 sessions needs a tenth of what those would carry.
COLUMNS = ("pk", "guid", "code", "title", "abstract", "kind", "language", "starts_at", "ends_at", "room", "track",
           "cancelled_at", "do_not_record")  # fmt: skip


def _events(summit: Summit, rooms: list[Room], tracks: list[Track], language: str) -> Iterator[Event]:
    """The events in agenda order, in the active language. Six queries."""
    timed = Session.objects.published().filter(summit=summit, starts_at__isnull=False)
    names = {track.pk: clean_line(track.name.in_language(language)) for track in tracks}
    places = {room.pk: clean_line(room.name.in_language(language)) for room in rooms}
    kinds = {value: str(label) for value, label in Kind.choices}
    hosts, people, links = _hosts(summit, language), _people(summit, language), _links(summit)
    page = paths(summit)
    for row in timed.in_order().values_list(*COLUMNS, named=True):
        title = clean_line(row.title.in_language(language))
        others = [clean_line(text) for code, text in row.title.items() if code != language and text]
        yield Event(
            id=row.pk,
            guid=row.guid,
            code=row.code,
            # [a-z0-9_]{4,}-[a-z0-9_-]{4,} (c3voc schema): ASCII from the two codes, never from a title.
            slug=f"{summit.code}-{row.code.lower()}",
            title=title or row.code,
            subtitle=next((other for other in others if other != title), ""),
            abstract=clean_text(plain(row.abstract.in_language(language))),
            description=", ".join(hosts[row.pk]),
            track=names.get(row.track, ""),
            kind=kinds[row.kind],
            language=row.language,
            room=places.get(row.room, NO_ROOM),
            starts_at=row.starts_at.astimezone(summit.tz),
            duration=min(row.ends_at - row.starts_at, LONGEST),
            url=summit.address(page(row.code)),
            cancelled=row.cancelled_at is not None,
            do_not_record=row.do_not_record,
            persons=people[row.pk],
            links=links[row.pk],
        )


def _hosts(summit: Summit, language: str) -> dict[int, list[str]]:
    organisations = summit.organisations.values_list("pk", "name")
    names = {pk: clean_line(name.in_language(language)) for pk, name in organisations}
    found: dict[int, list[str]] = defaultdict(list)
    rows = SessionHost.objects.filter(session__summit=summit).order_by("order", "pk")
    for session, organisation in rows.values_list("session", "organisation"):
        found[session].append(names[organisation])
    return found


def _people(summit: Summit, language: str) -> dict[int, list[Person]]:
    known = {
        speaker.pk: Person(speaker.pk, speaker.guid, clean_line(speaker.name_in(language)))
        for speaker in summit.speakers.only("pk", "guid", "name", "name_romanised")
    }
    found: dict[int, list[Person]] = defaultdict(list)
    rows = Appearance.objects.filter(session__summit=summit).billed().order_by("order", "pk")
    for session, speaker in rows.values_list("session", "speaker"):
        found[session].append(known[speaker])
    return found


def _links(summit: Summit) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = defaultdict(list)
    # What must not be recorded shows no recording, whatever was linked.
    rows = Material.objects.filter(session__summit=summit).exclude(
        kind=Material.Kind.RECORDING, session__do_not_record=True
    )
    for material in rows.order_by("order", "pk"):
        words = clean_line(str(material.title)) or material.url
        found[material.session_id].append(
            Link(summit.address(material.url), words, "media" if material.is_recording else "related")
        )
    return found
