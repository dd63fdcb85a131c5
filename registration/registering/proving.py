"""Whoever registers in a category that asks for it confirms the address by a mailed link, and has registered then.

Until that the place is held and nothing is promised. The link leads to the own page, on which they press a button: what
looks at links in mails does not. Where nobody does in time, the place is given back
(:mod:`registration.registering.lapsing`).
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from registration.mailing import emails
from registration.models import Registration, State
from registration.registering import lapsing, refusals, states, waitlist, welcoming
from registration.registering.states import Actor
from summit import history
from summit.models import User

VERBS: Mapping[str, str] = {State.CONFIRMED: "prove", State.PENDING: "apply", State.WAITLISTED: "queue"}


@transaction.atomic
def prove(registration: Registration, *, by: User | None = None, as_organiser: bool = False) -> Registration:
    """The address is the person's: they are registered, and told how it stands. Twice is once. Also after the hours are
    over, as long as the place has not been given back. ``as_organiser``: the team says so for them.

    Raises :class:`refusals.NotActive`, and :class:`refusals.NoPlaceLeft` where no place was held.
    """
    locked = states.locked(registration)
    if not locked.is_active:
        raise refusals.NotActive
    if locked.state != State.UNPROVEN:
        return locked
    actor = Actor.TEAM if as_organiser else Actor.PERSON
    states.move(locked, VERBS.get(locked.becomes, "prove"), actor=actor, by=by)
    if not as_organiser:
        # Somebody reads this mailbox: whoever sent the form corrects its address no more.
        locked.opened_at = timezone.now()
        locked.save(update_fields=["opened_at"])
    welcoming.give_account(locked)
    welcoming.tell(locked)
    if locked.state == State.WAITLISTED:
        waitlist.wake(locked.summit)
    return locked


@transaction.atomic
def ask_again(registration: Registration, *, by: User) -> Registration:
    """The team sends the mail again, and the hours begin anew. Raises :class:`refusals.NotFromHere`."""
    locked = states.locked(registration)
    if locked.state != State.UNPROVEN:
        raise refusals.NotFromHere(locked)
    before = locked.proof_ends_at
    lapsing.begin_anew(locked)
    emails.unproven(locked)
    changes: history.Changes = {"proof_ends_at": (before, locked.proof_ends_at)}
    history.record("registration.ask_proof", locked, by=by, summit=locked.summit, changes=changes)
    return locked
