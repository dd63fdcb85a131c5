"""Arrivals at the desk: recorded once, however often the network makes a desk say it."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration import standing
from registration.accrediting import zones
from registration.door.tickets import ReplacedTicket
from registration.models import CheckIn, Desk, Registration, State
from registration.models.vetting import BARRED
from summit import history
from summit.errors import Refusal
from summit.models import User


class NotConfirmed(Refusal):
    code = "not_confirmed"
    message: Any = _("This registration is not confirmed. Send the person to the information desk.")


class WasCancelled(NotConfirmed):
    message: Any = _("This registration has been cancelled. Send the person to the information desk.")


class WasMerged(WasCancelled):
    code = "was_merged"
    message: Any = _("This registration was merged into %(reference)s. Look that one up, and give out a new badge.")

    def __init__(self, registration: Registration) -> None:
        reference = registration.merged_into.reference if registration.merged_into else ""
        super().__init__(self.message % {"reference": reference}, reference=reference)


class NotCleared(NotConfirmed):
    code = "not_cleared"
    message: Any = _("Nobody has cleared this person yet. Do not let them in; send them to accreditation.")


class NotAdmitted(NotCleared):
    """Refused or revoked: a person, not a paper, is turned away."""

    code = "not_admitted"
    message: Any = _("Accreditation: %(state)s. Do not let this person in; call whoever is in charge of security.")

    def __init__(self, registration: Registration) -> None:
        step = registration.vetting_steps.first()
        super().__init__(self.message % {"state": registration.vetted_as.label}, since=step and step.at)


class NotThisZone(Refusal):
    code = "not_this_zone"
    message: Any = _("This person has no access to zone %(zone)s.")

    def __init__(self, desk: Desk, codes: str) -> None:
        super().__init__(self.message % {"zone": desk.zone and desk.zone.code}, codes=codes)


class AttendsOnline(Refusal):
    code = "attends_online"
    message: Any = _("Registered to attend online. Change the attendance first, if there is a place.")


class AlreadyCheckedIn(Refusal):
    code = "already_checked_in"
    message: Any = _("Already checked in.")

    def __init__(self, arrival: CheckIn) -> None:
        super().__init__(at=arrival.at, desk=str(arrival.desk))
        self.arrival = arrival


class DeskClosed(Refusal):
    code = "desk_closed"
    message: Any = _("This desk is closed. Choose another.")


class AlreadyUndone(Refusal):
    code = "already_undone"
    message: Any = _("This check-in was already undone.")


def barrier(registration: Registration, desk: Desk) -> Refusal | None:
    """Why somebody whose registration stands is not let in at a desk: nobody has cleared them, they were refused, or they
    have not got its zone. None where nothing of that holds, or they come online."""
    if not (registration.is_confirmed and registration.is_in_person):
        return None
    if registration.vetted_as in BARRED:
        return NotAdmitted(registration)
    if not standing.of_registration(registration).passes:
        return NotCleared()
    if desk.zone_id is None:
        return None
    has = zones.of(registration)
    return None if desk.zone_id in {zone.pk for zone in has} else NotThisZone(desk, zones.codes(has))


def check_in(registration: Registration, *, desk: Desk, by: User, nonce: str, issue: int | None = None) -> CheckIn:
    """Record that the attendee has arrived. ``issue`` is that of the ticket when the desk looked it up, where it says.

    The same nonce returns the first arrival: a desk on bad Wi-Fi sends twice. A second arrival with another nonce
    raises :class:`AlreadyCheckedIn`, so the desk sees that somebody is inside. Raises :class:`NotConfirmed`,
    :class:`NotCleared`, :class:`NotAdmitted`, :class:`NotThisZone`, :class:`AttendsOnline`, :class:`DeskClosed`, or :class:`registration.door.tickets.ReplacedTicket` where it was replaced
    since; then nothing was written.
    """
    if again := registration.check_ins.filter(nonce=nonce).first():
        if again.undone_at is not None:
            raise AlreadyUndone
        return again
    if not desk.is_open:
        raise DeskClosed
    if refusal := barrier(registration, desk):
        raise refusal
    stands = standing.of_registration(registration)
    if not registration.is_confirmed and registration.merged_into_id:
        raise WasMerged(registration)
    if not registration.is_confirmed:
        raise WasCancelled if registration.state == State.CANCELLED else NotConfirmed
    if issue is not None and issue != registration.ticket_issue:
        raise ReplacedTicket(registration, issue)
    if not stands.passes:
        raise AttendsOnline
    if inside := CheckIn.objects.standing().filter(registration=registration).select_related("desk").first():
        if inside.nonce == nonce:  # recorded since the question above
            return inside
        raise AlreadyCheckedIn(inside)
    try:
        with transaction.atomic():
            arrival = CheckIn.objects.create(registration=registration, desk=desk, by=by, nonce=nonce)
            history.record(
                "check_in", registration, by=by, summit=registration.summit, changes={"desk": ("", str(desk))}
            )
            return arrival
    except IntegrityError:
        # Two desks at the same moment: the constraint let one through.
        if again := registration.check_ins.filter(nonce=nonce).first():
            return again
        inside = CheckIn.objects.standing().select_related("desk").get(registration=registration)
        raise AlreadyCheckedIn(inside) from None


@transaction.atomic
def undo_check_in(arrival: CheckIn, *, by: User) -> CheckIn:
    """Take an arrival back; it stays as history. Raises :class:`AlreadyUndone`."""
    now = timezone.now()
    if not CheckIn.objects.standing().filter(pk=arrival.pk).update(undone_at=now, undone_by=by):
        raise AlreadyUndone
    arrival.refresh_from_db()
    history.record("undo_check_in", arrival.registration, by=by, summit=arrival.registration.summit)
    return arrival
