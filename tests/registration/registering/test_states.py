"""Who takes a registration from which state to which: everything else is refused and writes nothing."""

from itertools import product

import pytest

from registration.models import Registration, State
from registration.places import bookings
from registration.registering import lifecycle, refusals, states
from registration.registering.states import MOVES, Actor
from summit.models import HistoryEntry
from tests.factories import make_places, make_registration, make_session
from tests.registration.reading import taken

# verb: from, to, who
TABLE = {
    "prove": ("unproven", "confirmed", "person team"),
    "apply": ("unproven", "pending", "person team"),
    "queue": ("unproven", "waitlisted", "person team"),
    "approve": ("pending", "confirmed", "team"),
    "reject": ("pending waitlisted", "rejected", "team"),
    "wait": ("pending", "waitlisted", "team"),
    "admit": ("waitlisted", "confirmed", "person team"),
    "review": ("confirmed", "pending", "team rule"),
    "line_up": ("confirmed", "waitlisted", "person"),
    "cancel": ("unproven pending waitlisted confirmed", "cancelled", "person team rule"),
    "reinstate": ("cancelled rejected", "confirmed", "team"),
}


def test_the_table_is_the_one_in_the_code():
    assert {verb: (set(way.start), way.to, set(way.by)) for verb, way in MOVES.items()} == {
        verb: (set(start.split()), to, set(who.split())) for verb, (start, to, who) in TABLE.items()
    }
    drawn = [
        line.split()[0] for line in (states.__doc__ or "").splitlines() if line.split()[:1] and line.split()[0] in TABLE
    ]
    assert drawn == list(TABLE)


@pytest.mark.django_db
@pytest.mark.parametrize(("verb", "state", "actor"), list(product(TABLE, State.values, Actor)))
def test_what_the_table_does_not_allow_is_refused(summit, verb, state, actor):
    start, to, who = TABLE[verb]
    made = make_registration(summit)
    Registration.objects.filter(pk=made.pk).update(state=state)
    before = HistoryEntry.objects.count()
    found = states.locked(made)
    if state in start.split() and actor in who.split():
        assert states.move(found, verb, actor=actor, by=None).state == to
        assert Registration.objects.get(pk=made.pk).state == to
        return
    with pytest.raises(refusals.NotFromHere) as refused:
        states.move(found, verb, actor=actor, by=None)
    assert refused.value.details["state"] == state
    assert (Registration.objects.get(pk=made.pk).state, HistoryEntry.objects.count()) == (state, before)


@pytest.mark.django_db
def test_a_place_goes_with_the_state(summit, organiser):
    make_places(summit, 1)
    made = make_registration(summit)
    assert taken(summit) == {"in_person": 1}
    looked_at = states.move(states.locked(made), "review", actor=Actor.RULE, by=None)
    assert (looked_at.state, looked_at.holds_place, taken(summit)) == ("pending", True, {"in_person": 1})
    back = states.move(states.locked(made), "approve", actor=Actor.TEAM, by=organiser)
    assert (back.state, back.keeps_place, taken(summit)) == ("confirmed", False, {"in_person": 1})
    states.move(states.locked(made), "cancel", actor=Actor.TEAM, by=organiser)
    assert taken(summit) == {"in_person": 0}


@pytest.mark.django_db
def test_where_no_place_is_left_nothing_moves(summit, organiser):
    make_places(summit, 1)
    gone = make_registration(summit)
    lifecycle.cancel(gone)
    make_registration(summit, email="other@example.org")
    with pytest.raises(refusals.NoPlaceLeft):
        states.move(states.locked(gone), "reinstate", actor=Actor.TEAM, by=organiser)
    assert (Registration.objects.get(pk=gone.pk).state, taken(summit)) == ("cancelled", {"in_person": 1})


@pytest.mark.django_db
def test_seats_stay_while_one_is_looked_at_again_and_go_with_the_end(summit, organiser):
    session = make_session(summit, seats=3)
    made = make_registration(summit)
    bookings.book(made, session)
    states.move(states.locked(made), "review", actor=Actor.RULE, by=None)
    assert made.bookings.seated().count() == 1
    states.move(states.locked(made), "reject", actor=Actor.TEAM, by=organiser, reason="no")
    assert made.bookings.seated().count() == 0
