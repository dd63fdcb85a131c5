"""A place handed to a substitute: offered on the own page, taken over by the substitute, who says who they are and what
they agree to. Until then, and until the organisers approve where the category asks for that, the first stands.

The offer is a link in a mail and nothing else: whoever offers is not told whether its address is registered, and a link
that is not followed changes nothing.
"""

import json

from django.db import IntegrityError, transaction
from django.tasks import task
from django.urls import reverse
from django.utils import translation

from registration.mailing import emails
from registration.models import Registration, State, Transfer
from registration.places import capacity
from registration.registering import (
    admitting,
    companions,
    lifecycle,
    mailed_keys,
    making,
    refusals,
    sealing,
    states,
    welcoming,
)
from registration.registering.mailed_keys import Purpose
from registration.registering.making import Person
from registration.registering.states import Actor
from summit import history
from summit.accounts.sign_in import account_for
from summit.errors import Refusal
from summit.models import User


def is_possible(registration: Registration) -> bool:
    """Whether the own page offers it."""
    try:
        may_transfer(registration)
    except Refusal:
        return False
    return True


def may_transfer(registration: Registration) -> None:
    """Raises :class:`refusals.NoSubstitute`, :class:`refusals.DelegationReplaces` of who comes with a delegation, whose
    head says who comes instead, :class:`refusals.NotActive`, :class:`refusals.ChangesClosed`, :class:`refusals.NotFromHere` of who has no place, :class:`refusals.AlreadyArrived` or
    :class:`refusals.SubstituteWaits`."""
    if registration.category.transfer == Transfer.NO or registration.companion_of_id:
        raise refusals.NoSubstitute
    if registration.delegation_id:
        raise refusals.DelegationReplaces
    lifecycle.may_change(registration)
    if not registration.is_confirmed:
        raise refusals.NotFromHere(registration)
    lifecycle.may_cancel(registration)
    if waiting(registration):
        raise refusals.SubstituteWaits


def waiting(registration: Registration) -> Registration | None:
    """The substitute on whom the organisers still decide."""
    if registration.category.transfer != Transfer.APPROVAL:
        return None
    found: Registration | None = registration.substitutes.filter(state=State.PENDING).first()
    return found


@transaction.atomic
def offer(registration: Registration, *, email: str, name: str, language: str) -> None:
    """Mail somebody the link by which they take the place over; the worker writes it. Raises as :func:`may_transfer`."""
    locked = states.locked(registration)
    may_transfer(locked)
    write_offer.enqueue(locked.pk, email, name, language)
    history.record("registration.offer_transfer", locked, by=None, summit=locked.summit)


@task(priority=10)
def write_offer(pk: int, email: str, name: str, language: str) -> None:
    """The mail, in the language of the substitute; nothing where the registration has ended meanwhile."""
    registration = Registration.objects.active().select_related("summit", "category").filter(pk=pk).first()
    if registration is None:
        return
    summit, registration.language = registration.summit, language
    key = mailed_keys.make(Purpose.TRANSFER, registration, said=json.dumps([email, name]))
    with translation.override(language):
        page = summit.address(reverse("registration:take-over", args=[summit.code, key]))
    emails.transfer_offered(registration, email, name, page)


def has_taken_over(registration: Registration, address: str) -> bool:
    """Whether whoever has this address has followed the offer: they come instead, or wait for the decision on it."""
    return registration.substitutes.first_with_address(address) is not None


def said(key: str) -> tuple[str, str]:
    """(address, name) of the substitute, of what a key brought back."""
    email, name = json.loads(key)
    return str(email), str(name)


@transaction.atomic
def take_over(registration: Registration, person: Person) -> Registration:
    """Register a substitute in the place of somebody, whose registration ends; in a category that asks for approval as an
    application beside it, and the first stands until the organisers have decided. Returns the substitute's.

    Category and way of attending stay. Seats in sessions are given back. Raises as :func:`may_transfer`,
    :class:`refusals.AlreadyRegistered`, and :class:`refusals.NoPlaceLeft` where the substitute's country has a quota of
    its own that is full; then nothing was written.
    """
    locked = states.locked(registration)
    may_transfer(locked)
    summit, asks = locked.summit, locked.category.transfer == Transfer.APPROVAL
    if known := summit.registrations.select_related("summit").first_with_address(person.email):
        raise refusals.AlreadyRegistered(known)
    user = account_for(person.email, name=person.name, language=person.language)
    new = making.made(summit, person, user=user, applies=asks)
    new.substitute_for = locked
    if not asks:
        _end(locked, new, by=None)
        admitting.pass_on(locked, new)
        among = capacity.quotas(summit)
        wish = capacity.wish(person, among)
        if not capacity.take(summit, wish, by_team=True, among=among):
            raise refusals.no_place_left(summit, wish)
    try:
        with transaction.atomic():
            making.insert(new, person)
    except IntegrityError:
        if known := summit.registrations.first_with_address(person.email):
            raise refusals.AlreadyRegistered(known) from None
        raise
    history.record("registration.substitute", new, by=None, summit=summit,
                   changes={"substitute_for": ("", locked.reference), "state": ("", new.state)})  # fmt: skip
    sealing.seal_new(new)
    welcoming.tell(new)
    if asks:
        emails.substitute_waits(locked)
    return new


def make_room(new: Registration, *, by: User) -> None:
    """Before a substitute is approved: the registration they come for ends, and its place is free for them. Where it has
    ended already, or its person has arrived, the substitute needs a place as anybody."""
    if new.substitute_for_id is None:
        return
    locked = states.locked(Registration.objects.get(pk=new.substitute_for_id))
    if locked.is_confirmed and not locked.check_ins.standing().exists():
        _end(locked, new, by=by)
        admitting.pass_on(locked, new)


def _end(locked: Registration, new: Registration, *, by: User | None) -> None:
    states.move(locked, "cancel", actor=Actor.TEAM if by else Actor.PERSON, by=by)
    history.record("registration.transfer", locked, by=by, summit=locked.summit,
                   changes={"substitute": ("", new.reference)})  # fmt: skip
    emails.handed_over(locked)
    companions.end_with(locked, by=by)
