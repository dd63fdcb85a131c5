"""How many are in a session: in the hall, as far as that is known, and from elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from registration.models import CheckIn
from sessions.models import Session


@dataclass(frozen=True, slots=True)
class Numbers:
    """``booked`` seats, and how many of their people have come to the summit; None where no seat is booked."""

    booked: int | None
    arrived: int | None
    online: int


def numbers(session: Session, now: datetime) -> Numbers:
    """Three queries."""
    booked = arrived = None
    if session.seats is not None:
        seats = session.bookings.seated()
        booked = seats.count()
        inside = CheckIn.objects.standing().filter(registration__in=seats.values("registration"))
        arrived = inside.values("registration").distinct().count()
    return Numbers(booked, arrived, session.presences.online(now).count())
