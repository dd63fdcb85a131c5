"""Delays: a room runs so many minutes late today. Published times stay; what is expected is shown beside them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from sessions.models import Delay, Session
from summit import history, live
from summit.errors import Refusal
from summit.lib import times
from summit.models import Room, Summit, User

FEWEST, MOST = 1, 240
# The app above pushes a delay to whoever has a session in the room soon.
PUSHED_BY = "registration.mailing.pushing.tell_delay"


class NotADelay(Refusal):
    code = "not_a_delay"
    status = 422
    message: Any = _("Give a delay of 1 to 240 minutes, or none.")


class NotADayOfTheSummit(Refusal):
    code = "no_day_of_the_summit"
    message: Any = _("A delay is set on a day of the summit.")


class Timed(Protocol):
    """Whatever has a time of the agenda."""

    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Expected:
    """When something begins and ends as things stand."""

    starts_at: datetime
    ends_at: datetime
    minutes: int


@transaction.atomic
def set_minutes(room: Room, day: date, minutes: int, *, by: User | None) -> Delay | None:
    """Say how late a room runs on a day of the summit; 0: not any more. Raises :class:`NotADelay` and
    :class:`NotADayOfTheSummit`."""
    locked = Room.objects.select_for_update(of=("self",)).select_related("summit").get(pk=room.pk)
    if minutes != 0 and not FEWEST <= minutes <= MOST:
        raise NotADelay
    if not locked.summit.starts_on <= day <= locked.summit.ends_on:
        raise NotADayOfTheSummit
    there = Delay.objects.filter(room=locked, day=day).first()
    before = there.minutes if there else 0
    if before == minutes:
        return there
    if minutes:
        values = {"minutes": minutes, "updated_at": timezone.now()}
        there, _new = Delay.objects.update_or_create(room=locked, day=day, defaults=values)
    elif there:
        there.delete()
        there = None
    history.record("room.delay", locked, by=by, summit=locked.summit, changes={"minutes": (before, minutes)})
    if minutes:
        import_string(PUSHED_BY).enqueue(locked.pk, day.isoformat(), minutes)
    locked.summit.raise_revision()
    live.raise_revision(locked.summit_id)
    return there


def clear(room: Room, day: date, *, by: User | None) -> None:
    """The room is on time again."""
    set_minutes(room, day, 0, by=by)


def today(summit: Summit, now: datetime | None = None) -> date | None:
    """The day of the summit that a moment lies in, on its clock; None on any other day."""
    day = times.day_of(now or timezone.now(), summit.tz)
    return day if summit.starts_on <= day <= summit.ends_on else None


def of_today(summit: Summit, now: datetime | None = None) -> dict[int, int]:
    """Minutes by the key of the room. One query on the days of the summit, none on others."""
    day = today(summit, now)
    if day is None:
        return {}
    return dict(Delay.objects.filter(room__summit=summit, day=day).values_list("room", "minutes"))


def minutes_late(session: Session, now: datetime | None = None) -> int:
    """How late the room of a session runs, where it takes place today. One query at most."""
    day = today(session.summit, now)
    if day is None or session.room_id is None or session.starts_at is None:
        return 0
    if times.day_of(session.starts_at, session.summit.tz) != day:
        return 0
    return Delay.objects.filter(room=session.room_id, day=day).values_list("minutes", flat=True).first() or 0


def expected(session: Session, now: datetime | None = None) -> Expected | None:
    """The times of a session that are expected, where its room runs late today and it is not over. One query at most."""
    late = 0 if session.is_cancelled else minutes_late(session, now)
    return shifted(session, late, session.summit, now)


def shifted(timed: Timed, minutes: int, summit: Summit, now: datetime | None = None) -> Expected | None:
    """The same of anything with a time, in a room that is so many minutes late today. No query."""
    now = now or timezone.now()
    if not minutes or timed.starts_at is None or timed.ends_at is None:
        return None
    late = timedelta(minutes=minutes)
    if times.day_of(timed.starts_at, summit.tz) != today(summit, now) or timed.ends_at + late <= now:
        return None
    return Expected(timed.starts_at + late, timed.ends_at + late, minutes)


def lateness(session: Session, now: datetime | None = None) -> timedelta:
    """By how much later than published a session ends today, also once it has ended. One query at most."""
    return timedelta(minutes=minutes_late(session, now))
