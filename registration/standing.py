"""What a person has: one pure function of state, attendance, vetting, category and moment.

Pages, mails, calendars, papers, the desk and the API ask it, and nothing else decides: nobody is promised what they do
not get. Its truth table is ``tests/registration/test_standing.py``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from registration.models import Attendance, State, Vetting
from registration.models.registration import ENDED
from registration.models.vetting import BARRED, PASSED

if TYPE_CHECKING:
    from registration.models import Registration


class Entry(StrEnum):
    """The calendar entry of the summit (STATUS of RFC 5545, 3.8.1.11)."""

    NONE = ""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Place(StrEnum):
    """Where the entry says it takes place."""

    VENUE = "venue"
    ONLINE = "online"


class Next(StrEnum):
    """What the person does next."""

    CONFIRM_ADDRESS = "confirm_address"
    WAIT_FOR_DECISION = "wait_for_decision"
    WAIT_FOR_PLACE = "wait_for_place"
    TAKE_PLACE = "take_place"
    WAIT_FOR_VETTING = "wait_for_vetting"
    SHOW_TICKET = "show_ticket"
    FOLLOW_ONLINE = "follow_online"
    REGISTER_AGAIN = "register_again"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What it depends on. ``changes_open``: before the cut-off of changes; ``registers``: registration is open now."""

    state: str
    attendance: str
    vetting: str = Vetting.NOT_NEEDED
    offered: bool = False  # a place is kept, for now
    may_book: bool = True
    changes_open: bool = True
    registers: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    ticket: bool  # its QR is a valid ticket
    passes: bool  # the desk lets the person in
    badge: bool
    confirmation: bool  # a paper says that the person is registered
    seats: bool  # may book seats in sessions
    joins: bool  # may join sessions from elsewhere
    entry: Entry
    place: Place
    own_page: bool  # the private page holds more than what has happened
    corrects: bool  # the person may correct details
    switches: bool  # … and come in the other way
    withdraws: bool  # … and give the place or the application back
    told: bool  # gets mails about the summit, beside those about the registration itself
    next: Next


# The registrations whose standing has a badge, for queries; the truth table holds it to :func:`of`.
WITH_BADGE = Q(state=State.CONFIRMED, attendance=Attendance.IN_PERSON) & (
    Q(vetting__in=PASSED) | Q(vetting="", category__vetted=False)
)


def of(facts: Facts) -> Standing:
    confirmed, there = facts.state == State.CONFIRMED, facts.attendance == Attendance.IN_PERSON
    active = facts.state not in ENDED
    open_ = active and facts.changes_open
    # Vetting is about entering the venue: whoever takes part online is not concerned.
    barred = there and facts.vetting in BARRED
    passed = confirmed and (not there or facts.vetting in PASSED)
    # Before the address is confirmed nobody knows whose page it is.
    proven = facts.state != State.UNPROVEN
    return Standing(
        ticket=passed and there,
        passes=passed and there,
        badge=passed and there,
        # It is shown to employers and authorities: while nobody has decided there is nothing to confirm.
        confirmation=confirmed and not barred,
        seats=confirmed and there and not barred and facts.may_book,
        joins=confirmed and not barred,
        entry=_entry(confirmed=confirmed, barred=barred, active=active),
        place=Place.VENUE if there else Place.ONLINE,
        own_page=active,
        corrects=open_ and proven,
        switches=open_ and proven,
        withdraws=open_,
        told=confirmed and not barred,
        next=_next(facts, confirmed=confirmed, there=there),
    )


def _entry(*, confirmed: bool, barred: bool, active: bool) -> Entry:
    if confirmed:
        return Entry.CANCELLED if barred else Entry.CONFIRMED
    return Entry.NONE if active else Entry.CANCELLED


def _next(facts: Facts, *, confirmed: bool, there: bool) -> Next:
    if confirmed and there:
        if facts.vetting in BARRED:
            return Next.NOTHING
        return Next.SHOW_TICKET if facts.vetting in PASSED else Next.WAIT_FOR_VETTING
    if confirmed:
        return Next.FOLLOW_ONLINE
    match facts.state:
        case State.UNPROVEN:
            return Next.CONFIRM_ADDRESS
        case State.PENDING:
            return Next.WAIT_FOR_DECISION
        case State.WAITLISTED:
            return Next.TAKE_PLACE if facts.offered else Next.WAIT_FOR_PLACE
        case State.CANCELLED if facts.registers:
            return Next.REGISTER_AGAIN
    return Next.NOTHING


def of_registration(registration: "Registration", now: datetime | None = None) -> Standing:
    """That of one registration, its summit and category at hand; ``now`` is a moment with a zone."""
    now, summit = now or timezone.now(), registration.summit
    return of(
        Facts(
            state=registration.state,
            attendance=registration.attendance,
            vetting=registration.vetted_as,
            offered=registration.is_offered_place(now),
            may_book=registration.category.may_book,
            changes_open=summit.accepts_changes(now),
            registers=summit.registration_state(now) == "open",
        )
    )
