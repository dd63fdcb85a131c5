"""What stands around a session: before and after it, at the same time, from the same host,
with the same people, in the same track."""

from dataclasses import dataclass, field
from datetime import datetime

from sessions.models import Appearance, Session, SessionHost
from summit.lib import times

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    url: str
    title: str


@dataclass(slots=True)
class Neighbours:
    previous: Neighbour | None = None
    next: Neighbour | None = None
    same_time: list[Neighbour] = field(default_factory=list)
    same_host: list[Neighbour] = field(default_factory=list)
    same_speaker: list[Neighbour] = field(default_factory=list)
    same_track: list[Neighbour] = field(default_factory=list)

    @property
    def any(self) -> bool:
        groups = (self.same_time, self.same_host, self.same_speaker, self.same_track)
        return any((self.previous, self.next, *groups))


def next_in_room(session: Session) -> Session | None:
    """What follows in the same room, on the same day of the summit. One query."""
    if session.room_id is None or session.ends_at is None:
        return None
    summit = session.summit
    past = times.day_bounds(times.day_of(session.ends_at, summit.tz), summit.tz)[1]
    rows = Session.objects.published().filter(summit=summit, room=session.room_id, cancelled_at=None)
    return rows.filter(starts_at__gte=session.ends_at, starts_at__lt=past).in_order().first()


Row = tuple[int, datetime | None, datetime | None, int | None]


def around(session: Session) -> Neighbours:
    """Neighbours of a published session in agenda order. Four queries, however large the agenda."""
    rows: list[Row] = list(
        Session.objects.published()
        .filter(summit=session.summit)
        .in_order()
        .values_list("pk", "starts_at", "ends_at", "track")
    )
    numbers = [row[0] for row in rows]
    place = numbers.index(session.pk)
    hosts = [hosting.organisation_id for hosting in session.hostings.all()]
    hosted = set(SessionHost.objects.filter(organisation__in=hosts).values_list("session", flat=True))
    people = [appearance.speaker_id for appearance in session.appearances.all()]
    shared = set(Appearance.objects.billed().filter(speaker__in=people).values_list("session", flat=True))
    same_time = [row[0] for row in rows if row[0] != session.pk and _overlaps(session, row)]
    same_host = [number for number in numbers if number in hosted and number != session.pk]
    same_speaker = [number for number in numbers if number in shared and number != session.pk]
    same_track = [row[0] for row in rows if session.track_id and row[3] == session.track_id and row[0] != session.pk]
    # Those that come next in the track help more than those that are over.
    same_track = sorted(same_track, key=lambda number: (numbers.index(number) < place, numbers.index(number)))
    before = numbers[place - 1] if place else None
    after = numbers[place + 1] if place + 1 < len(numbers) else None
    ends = [number for number in (before, after) if number is not None]
    wanted = {*ends, *same_time[:SHOWN], *same_host[:SHOWN], *same_speaker[:SHOWN], *same_track[:SHOWN]}
    links = {}
    for other in Session.objects.filter(pk__in=wanted).only("code", "title", "summit"):
        other.summit = session.summit
        links[other.pk] = Neighbour(other.get_absolute_url(), str(other.title) or other.code)
    return Neighbours(
        links.get(before) if before else None,
        links.get(after) if after else None,
        *([links[number] for number in group[:SHOWN]] for group in (same_time, same_host, same_speaker, same_track)),
    )


def _overlaps(session: Session, row: Row) -> bool:
    _number, starts_at, ends_at, _track = row
    if not (session.starts_at and session.ends_at and starts_at and ends_at):
        return False
    return starts_at < session.ends_at and ends_at > session.starts_at
