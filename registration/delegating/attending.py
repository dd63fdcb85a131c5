"""Who of a delegation attends which of the sessions that are booked, such as those of ministers."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from registration import standing
from registration.models import Booking, Delegation, Registration, State
from registration.models.registration import RegistrationQuerySet
from registration.places import bookings
from registration.registering import sealed_sessions
from sessions.models import Session
from summit.errors import Refusal
from summit.models import Summit, User


def booked_sessions(summit: Summit) -> QuerySet[Session]:
    """The published sessions with seats, by time."""
    rows = Session.objects.filter(summit=summit, seats__isnull=False, published_at__isnull=False, cancelled_at=None)
    return rows.exclude(mode="online").order_by("starts_at", "code").select_related("room", "summit")


def may_attend(delegation: Delegation) -> RegistrationQuerySet:
    """The delegates who may have seats; each row still has to ask its standing."""
    rows = delegation.registrations.filter(state=State.CONFIRMED).select_related("summit", "category")
    return rows.order_by("name", "pk")


@dataclass(slots=True)
class Outcome:
    """How many seats were booked and given back, who waits for one, and (name, why) of whom was refused one."""

    booked: int = 0
    released: int = 0
    waiting: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def choose(
    delegation: Delegation,
    session: Session,
    chosen: Collection[int],
    *,
    stood: Collection[int] | None = None,
    agreed: bool = False,
    outcome: Outcome | None = None,
    by: User | None = None,
) -> Outcome:
    """These delegates (keys) attend the session, and no others of the delegation: seats are booked and given back for
    them, by the rules of whoever books alone. Of a delegation with more people than seats some are refused.

    ``stood``: who attended it when that was chosen; who of the others has booked or given back since stays as they are.
    ``agreed``: the page said that whoever takes part in a protected session is sealed. ``outcome`` is added to, where
    there is one. Raises :class:`sealed_sessions.ProtectionFirst` where the page did not say so.
    """
    outcome = Outcome() if outcome is None else outcome
    with transaction.atomic():
        held = {
            row.registration_id: row for row in session.bookings.standing().filter(registration__delegation=delegation)
        }
        people = sorted(may_attend(delegation), key=lambda row: row.pk)
        wanted = set(chosen) - set(stood or ())
        new = [row for row in people if row.pk in wanted and row.pk not in held]
        if not agreed and any(sealed_sessions.asks(row, session) for row in new):
            raise sealed_sessions.ProtectionFirst
        for row in people:
            if row.pk in held and row.pk not in chosen and (stood is None or row.pk in stood):
                bookings.release(held[row.pk], by=by)
                outcome.released += 1
        for row in new:
            if standing.of_registration(row).seats:
                _book(row, session, outcome, agreed=agreed, by=by)
    return outcome


def _book(row: Registration, session: Session, outcome: Outcome, *, agreed: bool, by: User | None) -> None:
    try:
        with transaction.atomic():
            made = sealed_sessions.take_seat(row, session, agreed=agreed, by=by)
    except Refusal as refusal:
        outcome.refused.append((f"{row.name} · {session.title}", str(refusal.message)))
        return
    if made.state == Booking.State.WAITLISTED:
        outcome.waiting.append(f"{made.registration.name} · {session.title}")
    else:
        outcome.booked += 1
