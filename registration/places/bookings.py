"""Seats in sessions: booked, waited for, offered, given back. Only this module writes ``Booking.state`` and
``Session.seats_taken``.

Each verb holds the registration's row, then the session's, always in this order: no seat is given twice, the waitlist
keeps its order, and nobody waits for each other in a ring.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration import standing
from registration.mailing import emails
from registration.models import Booking, Registration
from sessions.models import Session
from summit import history
from summit.errors import Refusal
from summit.models import User

OFFER_LASTS = timedelta(hours=12)
# An offer shortly before a session: long enough to read a mail, and the seat is not lost to the hall.
OFFER_LASTS_AT_LEAST = timedelta(minutes=30)
State = Booking.State


class NoSeatNeeded(Refusal):
    code = "no_seat_needed"
    message: Any = _("You take part online, or this session needs no booking: you can simply join.")


class NotForCategory(Refusal):
    code = "not_for_category"
    message: Any = _("Seats are not booked in your category. Ask the organisers if you need one.")


class SessionNotOpen(Refusal):
    code = "session_not_open"
    message: Any = _("Seats in this session can no longer be booked.")


class Overlapping(Refusal):
    code = "overlapping"
    message: Any = _("You have a seat in another session at that time. Give it back first: %(title)s")

    def __init__(self, other: Session) -> None:
        super().__init__(self.message % {"title": other.title}, other=other.code)
        self.other = other


class OfferExpired(Refusal):
    code = "offer_expired"
    message: Any = _("The offer has expired, and the seat went to the next in line.")


@transaction.atomic
def book(registration: Registration, session: Session, *, by: User | None = None) -> Booking:
    """Take a seat, or the last place on the waitlist where none is free. Twice is once.

    Raises :class:`NoSeatNeeded`, :class:`SessionNotOpen` or :class:`Overlapping`; then nothing was written.
    """
    registration, session = _lock(registration, session)
    _may_book(registration, session)
    if standing := registration.bookings.standing().filter(session=session).first():
        return standing
    _refuse_overlap(registration, session)
    free = (session.seats or 0) - session.seats_taken
    state = State.BOOKED if free > session.bookings.waiting().count() else State.WAITLISTED
    booking = Booking.objects.create(registration=registration, session=session, state=state, queued_at=timezone.now())
    if state == State.BOOKED:
        _count(session, 1)
    history.record(f"booking.{state}", registration, by=by, summit=registration.summit,
                   changes={"session": ("", session.code)})  # fmt: skip
    return booking


@transaction.atomic
def accept(booking: Booking, *, by: User | None = None) -> Booking:
    """Take the seat that was offered. Raises :class:`OfferExpired` or :class:`Overlapping`."""
    registration, session = _lock(booking.registration, booking.session)
    booking = registration.bookings.select_related("session").get(pk=booking.pk)
    if booking.state == State.BOOKED:
        return booking
    if booking.state != State.OFFERED or _over(booking, timezone.now()):
        raise OfferExpired
    _refuse_overlap(registration, session)
    return _set(booking, State.BOOKED, by=by)


@transaction.atomic
def release(booking: Booking, *, by: User | None = None) -> Booking:
    """Give a seat or a place in the queue back; whoever waits first is offered the seat. Twice is once."""
    registration, session = _lock(booking.registration, booking.session)
    booking = registration.bookings.get(pk=booking.pk)
    if booking.state not in {State.BOOKED, State.OFFERED, State.WAITLISTED}:
        return booking
    seated = booking.state != State.WAITLISTED
    _set(booking, State.RELEASED, by=by)
    if seated:
        _count(session, -1)
        _promote(session)
    return booking


@transaction.atomic
def release_all(registration: Registration, *, by: User | None = None) -> int:
    """Give everything back: the registration was cancelled, or the person comes online. Returns how many."""
    standing = registration.bookings.standing().select_related("session").order_by("session")
    return len([release(booking, by=by) for booking in standing])


@transaction.atomic
def pass_on(before: Registration, after: Registration, *, by: User | None = None) -> int:
    """Somebody comes instead of somebody else: the seats go over, where the one who comes may have seats; everything
    else is given back. Both rows are held. Returns how many seats went over."""
    passed = 0
    if standing.of_registration(after).seats:
        for booking in before.bookings.filter(state=State.BOOKED).select_related("session").order_by("session"):
            booking.registration, booking.updated_at = after, timezone.now()
            booking.save(update_fields=["registration", "updated_at"])
            history.record("booking.pass_on", after, by=by, summit=after.summit,
                           changes={"session": ("", booking.session.code)})  # fmt: skip
            passed += 1
    release_all(before, by=by)
    return passed


def hand_over(registration: Registration, to: Registration, *, by: User | None = None) -> int:
    """The seats and places in queues of one registration become another's of the same person, whose rows are held; what
    that one has already, or at that time elsewhere, stays. Returns how many."""
    had = to.bookings.standing().values("session")
    moved = 0
    for booking in registration.bookings.standing().exclude(session__in=had).select_related("session"):
        try:
            _refuse_overlap(to, booking.session)
        except Overlapping:
            continue
        booking.registration = to
        booking.save(update_fields=["registration"])
        changes = {"session": ("", booking.session.code), "from": ("", registration.reference)}
        history.record("booking.handed_over", to, by=by, summit=to.summit, changes=changes)
        moved += 1
    return moved


@transaction.atomic
def set_seats(session: Session, seats: int | None, *, by: User | None = None) -> Session:
    """Set how many seats must be booked (None: no booking). Never fewer than are taken; more are offered at once."""
    session = _locked(session)
    before = session.seats
    if seats is not None and seats < session.seats_taken:
        raise Refusal(_("%(count)d seats are taken already; there cannot be fewer.") % {"count": session.seats_taken})
    session.seats = seats
    session.save(update_fields=["seats"])
    history.record("session.seats", session, by=by, summit=session.summit, changes={"seats": (before, seats)})
    _promote(session)
    session.summit.raise_revision()
    return session


@task
def expire_offers(session: str) -> int:
    """The worker's way to :func:`expire`, with the guid of a session."""
    found = Session.objects.filter(guid=session).first()
    return expire(found) if found is not None else 0


def expire(session: Session, *, now: datetime | None = None) -> int:
    """Take back offers whose time is over and offer the seats to the next in line. Returns how many had expired."""
    now = now or timezone.now()
    with transaction.atomic():
        session = _locked(session)
        over = list(session.bookings.filter(state=State.OFFERED, offer_ends_at__lte=now).select_related("registration"))
        for booking in over:
            _set(booking, State.EXPIRED)
            _count(session, -1)
        _promote(session)
    return len(over)


def offer_free() -> int:
    """Offer free seats to those who still wait: a file or the admin may have added seats. Returns how many were offered."""
    rows = Session.objects.filter(bookings__state=State.WAITLISTED, seats__gt=F("seats_taken")).distinct()
    offered = 0
    for found in rows:
        with transaction.atomic():
            session = _locked(found)
            before = session.seats_taken
            _promote(session)
            offered += session.seats_taken - before
    return offered


def _promote(session: Session) -> None:
    """Offer each free seat to whoever waits longest. The session's row is held."""
    if session.seats is None or session.is_cancelled or _begun(session):
        return
    for booking in session.bookings.waiting().select_related("registration__summit")[
        : max(0, session.seats - session.seats_taken)
    ]:
        booking.offer_ends_at = _offer_ends(session)
        _set(booking, State.OFFERED)
        _count(session, 1)
        emails.seat_offered(booking)
        _expire_later(booking)


def _offer_ends(session: Session) -> datetime:
    now = timezone.now()
    ends = now + OFFER_LASTS
    if session.starts_at and session.starts_at > now:
        ends = min(ends, max(session.starts_at, now + OFFER_LASTS_AT_LEAST))
    return ends


def _expire_later(booking: Booking) -> None:
    expire_offers.using(run_after=booking.offer_ends_at).enqueue(str(booking.session.guid))


def _lock(registration: Registration, session: Session) -> tuple[Registration, Session]:
    locked = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("summit", "category")
        .get(pk=registration.pk)
    )
    return locked, _locked(session)


def _locked(session: Session) -> Session:
    """The session as it is now, its row held until the transaction ends (SQLite has one writer at a time anyway)."""
    return Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)


def refusal_of(registration: Registration, session: Session) -> Refusal | None:
    """Why somebody would be refused a seat in a session whatever is free, for a page that would offer one; else None."""
    try:
        _may_book(registration, session)
    except Refusal as refusal:
        return refusal
    return None


def _may_book(registration: Registration, session: Session) -> None:
    if session.seats is None or session.mode == "online" or not registration.is_in_person:
        raise NoSeatNeeded
    if registration.is_confirmed and not registration.category.may_book:
        raise NotForCategory
    open_for_all = standing.of_registration(registration).seats and session.is_published and not session.is_cancelled
    if not open_for_all or _begun(session) or registration.summit_id != session.summit_id:
        raise SessionNotOpen


def _begun(session: Session) -> bool:
    """Whether the session has begun, as long as the summit goes on. A summit that is long over is tried out only."""
    now = timezone.now()
    if session.starts_at is None or session.starts_at > now:
        return False
    return now.astimezone(session.summit.tz).date() <= session.summit.ends_on


def _refuse_overlap(registration: Registration, session: Session) -> None:
    if not registration.summit.refuse_overlaps or session.starts_at is None:
        return
    others = registration.bookings.seated().exclude(session=session).select_related("session")
    clash = others.filter(session__starts_at__lt=session.ends_at, session__ends_at__gt=session.starts_at,
                          session__cancelled_at__isnull=True).first()  # fmt: skip
    if clash:
        raise Overlapping(clash.session)


def _over(booking: Booking, now: datetime) -> bool:
    return booking.offer_ends_at is not None and booking.offer_ends_at <= now


def _count(session: Session, change: int) -> None:
    session.seats_taken += change
    session.save(update_fields=["seats_taken"])


def _set(booking: Booking, state: str, *, by: User | None = None) -> Booking:
    before, booking.state, booking.updated_at = booking.state, state, timezone.now()
    booking.save(update_fields=["state", "updated_at", "offer_ends_at"])
    history.record(f"booking.{state}", booking.registration, by=by, summit=booking.registration.summit,
                   changes={"session": ("", booking.session.code), "booking": (before, state)})  # fmt: skip
    return booking
