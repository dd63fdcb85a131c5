"""The states of a registration, and who takes it from which to which. Only this module writes ``Registration.state``.

=============  ==================================  ==========  ======  ====  ====
verb           from                                to          person  team  rule
=============  ==================================  ==========  ======  ====  ====
prove          unproven                            confirmed   yes     yes
apply          unproven                            pending     yes     yes
queue          unproven                            waitlisted  yes     yes
approve        pending                             confirmed           yes
reject         pending, waitlisted                 rejected            yes
wait           pending                             waitlisted          yes
admit          waitlisted                          confirmed   yes     yes
review         confirmed                           pending             yes   yes
line_up        confirmed                           waitlisted  yes
cancel         unproven, pending, waitlisted,      cancelled   yes     yes   yes
               confirmed
reinstate      cancelled, rejected                 confirmed           yes
=============  ==================================  ==========  ======  ====  ====

*Rule*: what follows from something else, such as a correction that must be looked at again, or the end of registration
for whoever waits, or whose address nobody confirmed. A person is admitted by taking the place that is offered, and
lines up who gives a place online up to wait for one in person. The three
verbs from *unproven* are one thing done, confirming the address: which it is was settled by the form. The table of
``tests/registration/registering/test_states.py`` holds this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from registration.models import FormerKey, Registration, SecondOpinion, State
from registration.models.registration import ENDED, WAITING
from registration.places import bookings, capacity, delegations
from registration.registering import admitting, answering, refusals
from summit import history
from summit.models import User


class Actor(StrEnum):
    PERSON = "person"
    TEAM = "team"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Move:
    start: frozenset[str]
    to: State
    by: frozenset[Actor]
    # None: as it is.
    keeps_place: bool | None = False


ACTIVE = frozenset(State) - frozenset(ENDED)
MOVES: Mapping[str, Move] = {
    "prove": Move(frozenset({State.UNPROVEN}), State.CONFIRMED, frozenset({Actor.PERSON, Actor.TEAM})),
    "apply": Move(frozenset({State.UNPROVEN}), State.PENDING, frozenset({Actor.PERSON, Actor.TEAM}), keeps_place=None),
    "queue": Move(frozenset({State.UNPROVEN}), State.WAITLISTED, frozenset({Actor.PERSON, Actor.TEAM})),
    "approve": Move(frozenset({State.PENDING}), State.CONFIRMED, frozenset({Actor.TEAM})),
    "reject": Move(frozenset({State.PENDING, State.WAITLISTED}), State.REJECTED, frozenset({Actor.TEAM})),
    "wait": Move(frozenset({State.PENDING}), State.WAITLISTED, frozenset({Actor.TEAM})),
    "admit": Move(frozenset({State.WAITLISTED}), State.CONFIRMED, frozenset({Actor.PERSON, Actor.TEAM})),
    "review": Move(frozenset({State.CONFIRMED}), State.PENDING, frozenset({Actor.TEAM, Actor.RULE}), keeps_place=True),
    "line_up": Move(frozenset({State.CONFIRMED}), State.WAITLISTED, frozenset({Actor.PERSON})),
    "cancel": Move(ACTIVE, State.CANCELLED, frozenset(Actor)),
    "reinstate": Move(frozenset(ENDED), State.CONFIRMED, frozenset({Actor.TEAM})),
}
_WRITTEN = ("state", "keeps_place", "waits_since", "offer_ends_at", "reason", "confirmed_at", "cancelled_at", "updated_at",
            "sequence", "calendar_token", "replaces", "proof_ends_at", "becomes")  # fmt: skip


def locked(registration: Registration) -> Registration:
    """The registration brought to what it is now, with summit, category and delegation, its row held until the transaction ends.

    It comes before places and sessions: two verbs on one person never wait for each other in a ring. Raises
    :class:`registration.registering.refusals.AlreadyErased`.
    """
    related = ("summit", "category", "delegation", "replaces")
    now = Registration.objects.select_for_update(of=("self",)).select_related(*related).get(pk=registration.pk)
    for field in registration._meta.concrete_fields:
        setattr(registration, field.attname, getattr(now, field.attname))
    for name in related:
        setattr(registration, name, getattr(now, name))
    if registration.erased_at:
        raise refusals.AlreadyErased
    return registration


def may(registration: Registration, verb: str, actor: Actor) -> bool:
    """Whether the table allows it."""
    move = MOVES[verb]
    return actor in move.by and registration.state in move.start


def move(registration: Registration, verb: str, *, actor: Actor, by: User | None, reason: str = "") -> Registration:
    """Take a :func:`locked` registration along ``verb``: its place taken or given back, seats and calendar with it, and
    one line of history.

    Raises :class:`registration.registering.refusals.NotFromHere` where the table does not allow it,
    :class:`registration.registering.refusals.NoPlaceLeft` where a place is needed and none is left, and
    :class:`registration.registering.refusals.NoDelegationPlace` where its delegation has none; then nothing was written. Mails are the verbs' own.
    """
    if not may(registration, verb, actor):
        raise refusals.NotFromHere(registration)
    way, before, held, stood = MOVES[verb], registration.state, registration.holds_place, registration.is_active
    filled = registration.fills_delegation
    _set(registration, way, reason)
    admitting.count_again(registration, was_active=stood)
    if registration.fills_delegation and not filled:
        fill(registration, registration.delegation_id, registration.category_id)
    answering.settle(registration)
    summit, by_team = registration.summit, actor == Actor.TEAM
    among = capacity.quotas(summit) if registration.holds_place != held else []
    wish = capacity.wish(registration, among)
    if registration.holds_place and not held and not capacity.take(summit, wish, by_team=by_team, among=among):
        raise refusals.no_place_left(summit, wish)
    registration.save(update_fields=_WRITTEN)
    SecondOpinion.objects.filter(registration=registration).delete()
    if held and not registration.holds_place:
        capacity.release(summit, wish, among=among)
    if not registration.is_active:
        bookings.release_all(registration, by=by)
    changes: dict[str, tuple[Any, Any]] = {"state": (before, registration.state)}
    if reason:
        changes["reason"] = ("", reason)
    history.record(f"registration.{verb}", registration, by=by, summit=registration.summit, changes=changes)
    return registration


def hand_over(old: Registration, new: Registration, *, by: User | None) -> None:
    """Cancel ``old`` and confirm ``new``, both :func:`locked`: the places of the one become the other's, and nobody else
    gets them in between; so do its seats in sessions. A line of history for each; mails are the verbs' own.

    Raises :class:`registration.registering.refusals.NotFromHere`, :class:`registration.registering.refusals.NoPlaceLeft`
    and :class:`registration.registering.refusals.NoDelegationPlace`; then the transaction must not stand.
    """
    for one, verb in ((old, "cancel"), (new, "approve")):
        if not may(one, verb, Actor.TEAM):
            raise refusals.NotFromHere(one)
    before, filled, among = (old.state, new.state), old.fills_delegation, capacity.quotas(old.summit)
    wish, theirs = capacity.wish(old, among), capacity.wish(new, among)
    held, same = old.holds_place, (old.delegation_id, old.category_id) == (new.delegation_id, new.category_id)
    _set(old, MOVES["cancel"], "")
    _set(new, MOVES["approve"], "")
    old.save(update_fields=_WRITTEN)
    if not (filled and same):
        fill(new, new.delegation_id, new.category_id)
    for one in (old, new):
        answering.settle(one)
    take = (
        capacity.move(old.summit, wish, theirs, by_team=True, among=among)
        if held
        else capacity.take(new.summit, theirs, by_team=True, among=among)
    )
    if not take:
        raise refusals.no_place_left(new.summit, theirs)
    new.save(update_fields=_WRITTEN)
    SecondOpinion.objects.filter(registration__in=[old, new]).delete()
    bookings.pass_on(old, new, by=by)
    for one, state, action in ((old, before[0], "replace"), (new, before[1], "take_over")):
        changes = {"state": (state, one.state)}
        history.record(f"registration.{action}", one, by=by, summit=one.summit, changes=changes)


def fill(registration: Registration, delegation: int | None, category: int) -> None:
    """Hold a delegation whose place somebody will take in a category (keys). Raises
    :class:`registration.registering.refusals.NoDelegationPlace` where there is none left."""
    if delegation and not registration.is_replacing and not delegations.take(delegation, category):
        raise refusals.NoDelegationPlace


def _set(registration: Registration, way: Move, reason: str) -> None:
    now = timezone.now()
    if way.keeps_place is not None:
        registration.keeps_place = way.keeps_place
    if way.to != State.CANCELLED:
        registration.becomes = ""
    registration.state, registration.reason = way.to, reason
    registration.offer_ends_at = registration.replaces = registration.proof_ends_at = None
    registration.waits_since = now if way.to in WAITING else None
    registration.updated_at = now
    registration.sequence += 1
    if way.to == State.CONFIRMED:
        registration.confirmed_at, registration.cancelled_at = now, None
    elif not registration.is_active:
        registration.cancelled_at = now
        FormerKey.objects.retire(registration, FormerKey.Kind.CALENDAR, registration.calendar_token)
        registration.calendar_token = ""
