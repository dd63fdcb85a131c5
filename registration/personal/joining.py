"""The door of a session for whoever takes part from elsewhere: who may go through, when it is open, and where it leads."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration import standing
from registration.models import Presence, Registration
from registration.personal import presences
from sessions.live import delays, streams
from sessions.models import Appearance, Session, Stream
from summit.errors import Refusal

# After the end: sessions run late. Of a rehearsal: before it.
CLOSES, BEFORE_REHEARSALS = timedelta(minutes=30), timedelta(minutes=15)


class Gate(StrEnum):
    """Why a door is open to somebody, or is not."""

    OPEN = "open"
    WHO = "who"  # nobody knows yet who asks
    NOT_CONFIRMED = "not_confirmed"
    NO_STREAM = "no_stream"
    NO_TIME = "no_time"
    EARLY = "early"
    OVER = "over"
    CANCELLED = "cancelled"


class DoorClosed(Refusal):
    code = "door_closed"
    status = 409
    message: Any = _("This link does not open now. The page of the session says when it does.")


@dataclass(frozen=True, slots=True)
class Door:
    """What somebody finds at a session. ``streams`` are there for whoever may go through, also before it opens;
    ``stage``: those by which only who appears in the session joins."""

    gate: Gate
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    streams: list[Stream] = field(default_factory=list)
    stage: list[Stream] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.gate == Gate.OPEN


def door(session: Session, registration: Registration | None, now: datetime | None = None) -> Door:
    """Five queries at most. Of a session without a time, or that is cancelled, there is none to go through."""
    now = now or timezone.now()
    if session.is_cancelled:
        return Door(Gate.CANCELLED)
    found = streams.of_session(session)
    public = [stream for stream in found if not stream.for_stage]
    if not is_open_to_all(session):
        if registration is None:
            return Door(Gate.WHO if public else Gate.NO_STREAM)
        if not standing.of_registration(registration, now).joins:
            return Door(Gate.NOT_CONFIRMED)
    on_stage = registration is not None and _appears(session, registration)
    stage = [stream for stream in found if stream.for_stage] if on_stage else []
    if not (public or stage):
        return Door(Gate.NO_STREAM)
    if session.starts_at is None or session.ends_at is None:
        return Door(Gate.NO_TIME)
    opens = session.starts_at - timedelta(minutes=session.summit.joins_open_before)
    closes = session.ends_at + delays.lateness(session, now) + CLOSES
    gate = Gate.EARLY if now < opens else Gate.OVER if now >= closes else Gate.OPEN
    return Door(gate, opens, closes, public, stage)


def is_open_to_all(session: Session) -> bool:
    """Whether anybody may follow it from elsewhere, without a registration; never where people are protected."""
    summit = session.summit
    return (session.open_online or summit.open_online) and not (session.at_risk or summit.at_risk)


def _appears(session: Session, registration: Registration) -> bool:
    """Whether somebody is on the stage of the session: by the account, which the address made theirs."""
    if registration.user_id is None or registration.companion_of_id:
        return False
    return Appearance.objects.filter(session=session, speaker__user=registration.user_id).exists()


def go(
    session: Session, registration: Registration | None, stream: int, now: datetime | None = None, browser: str = ""
) -> Stream:
    """The stream that somebody joins by, which is noted for the public ones (``browser``: as
    :func:`registration.personal.presences.enter`). People on stage come for the rehearsal as well. Raises
    :class:`DoorClosed`, also where the stream is not theirs to join by."""
    now, found = now or timezone.now(), door(session, registration, now)
    chosen = next((each for each in (*found.streams, *found.stage) if each.pk == stream), None)
    if chosen is None or not (found.is_open or rehearses(chosen, now)):
        raise DoorClosed
    if found.is_open:
        note(session, registration, browser, now)
    return chosen


def note(session: Session, registration: Registration | None, browser: str, now: datetime) -> Presence | None:
    """That somebody came in: whoever is known by name, of everybody else a number. None for the latter."""
    if registration is not None and standing.of_registration(registration, now).joins:
        return presences.enter(registration, session, browser, now)
    presences.count_visit(session)
    return None


def rehearses(stream: Stream, now: datetime) -> bool:
    """From a quarter of an hour before a rehearsal until two hours after it has begun."""
    starts = stream.rehearses_at
    return stream.for_stage and starts is not None and starts - BEFORE_REHEARSALS <= now < starts + timedelta(hours=2)
