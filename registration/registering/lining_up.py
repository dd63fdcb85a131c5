"""Whoever takes part online and would rather come gives the place online up, and waits for one in the hall."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.accrediting import vetting
from registration.mailing import emails
from registration.models import Attendance, Registration
from registration.places import capacity
from registration.registering import answering, lifecycle, making, states, waitlist
from registration.registering.states import Actor
from summit import history
from summit.errors import Refusal
from summit.models import User


class NoLine(Refusal):
    code = "no_line"
    message: Any = _(
        "Nobody waits for a place in the hall now: places are free, or there is no waitlist. Look at it again."
    )


def is_possible(registration: Registration) -> bool:
    """Whether the hall is full for somebody confirmed online, and has a waitlist that offers places."""
    if not registration.is_confirmed or registration.is_in_person or registration.summit.registration_state() != "open":
        return False
    among = capacity.quotas(registration.summit)
    wish = replace(capacity.wish(registration, among), attendance=Attendance.IN_PERSON)
    return waitlist.is_open_for(registration.summit, wish, among)


@transaction.atomic
def line_up(registration: Registration, *, by: User | None = None) -> Registration:
    """Wait for a place in the hall, behind all who wait already; the place online is free at once, and the ticket is none
    until a place is taken. Twice is once.

    Raises :class:`refusals.NotActive`, :class:`refusals.ChangesClosed`, :class:`refusals.AlreadyArrived`, what
    :func:`making.may_come` and :func:`vetting.may_come` raise, and :class:`NoLine` where there is no line, or
    a place by now.
    """
    locked = states.locked(registration)
    lifecycle.may_cancel(locked)
    if locked.is_in_person:
        return locked
    making.may_come(locked.summit, locked.category, Attendance.IN_PERSON)
    vetting.may_come(locked, Attendance.IN_PERSON)
    if not is_possible(locked):
        raise NoLine
    before = locked.attendance
    states.move(locked, "line_up", actor=Actor.PERSON, by=by)
    locked.attendance = Attendance.IN_PERSON
    answering.settle(locked)
    locked.save(update_fields=["attendance"])
    history.record("registration.change_attendance", locked, by=by, summit=locked.summit,
                   changes={"attendance": (before, locked.attendance)})  # fmt: skip
    emails.waitlisted(locked)
    waitlist.wake(locked.summit)
    return locked
