"""The end of registrations whose address nobody confirmed: by a task of each, and every day what such a task left standing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from registration.models import Registration, State
from registration.registering import companions, states, waitlist

# For whom the team asks again, where the category does not any more.
HOURS = 24


def begin_anew(locked: Registration) -> None:
    """The hours of a locked registration run from now on: its address is another one, or the team asks again."""
    locked.proof_ends_at = timezone.now() + timedelta(hours=locked.category.proof_hours or HOURS)
    locked.save(update_fields=["proof_ends_at"])
    end_in_time(locked)


def end_in_time(registration: Registration) -> None:
    """Have the worker look once the hours are over."""
    if registration.proof_ends_at:
        end_proof.using(run_after=registration.proof_ends_at).enqueue(registration.pk)


@task
def end_proof(pk: int) -> bool:
    """The worker's way to :func:`lapse`, with the key of a registration."""
    found = Registration.objects.filter(pk=pk, erased_at=None).first()
    return found is not None and lapse(found)


@transaction.atomic
def lapse(registration: Registration, *, now: datetime | None = None) -> bool:
    """Nobody has confirmed the address in time: the registration ends, and its place is offered to who waits. No mail: it
    would go to an address that is perhaps somebody else's. False where it was confirmed, or there is time left."""
    locked = states.locked(registration)
    ends = locked.proof_ends_at
    if locked.state != State.UNPROVEN or ends is None or ends > (now or timezone.now()):
        return False
    states.move(locked, "cancel", actor=states.Actor.RULE, by=None)
    companions.end_with(locked, by=None)
    waitlist.wake(locked.summit)
    return True


def keep_going(*, now: datetime | None = None) -> int:
    """Returns how many ended now."""
    now = now or timezone.now()
    late = Registration.objects.filter(state=State.UNPROVEN, proof_ends_at__lte=now, erased_at=None)
    return sum(lapse(row, now=now) for row in late)
