"""Accompanying persons end with whoever brings them."""

from registration.mailing import emails
from registration.models import Registration
from registration.registering import states
from summit.models import User


def end_with(registration: Registration, *, by: User | None) -> int:
    """Cancel those whom an ended registration brought along, with a mail for each; returns how many. Call it in the
    transaction that ended it. Whoever is inside stays inside."""
    rows = registration.companions.active().exclude(check_ins__isnull=False, check_ins__undone_at__isnull=True)
    companions = list(rows.order_by("pk"))
    for companion in companions:
        locked = states.locked(companion)
        if locked.is_active:
            states.move(locked, "cancel", actor=states.Actor.RULE, by=by)
            emails.cancelled(locked)
    return len(companions)
