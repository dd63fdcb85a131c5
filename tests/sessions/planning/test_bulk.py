"""Done to many and taken back: cancelling in the plan, and answers of people."""

import pytest

from sessions.models import Appearance, Placement, Session
from sessions.planning import bulk, scheduling
from tests.factories import at, make_room, make_session, make_speaker


@pytest.fixture
def session(summit):
    return make_session(summit, room=make_room(summit))


def test_a_session_is_cancelled_in_the_plan_and_stays_public_as_it_is(session, organiser):
    step = bulk.cancel(session, by=organiser)
    assert Placement.objects.get().cancelled and not Session.objects.get().is_cancelled
    assert bulk.cancel(Session.objects.get(), by=organiser) is None
    assert bulk.uncancel(Session.objects.get(), step, by=organiser)
    assert not Placement.objects.exists()


def test_what_was_planned_keeps_its_time_and_room_through_cancelling(session, organiser):
    scheduling.place(session, starts_at=at(16, 9), ends_at=at(16, 10), room=session.room, by=organiser)
    step = bulk.cancel(Session.objects.get(), by=organiser)
    bulk.uncancel(Session.objects.get(), step, by=organiser)
    plan = Placement.objects.get()
    assert (plan.starts_at, plan.room, plan.cancelled) == (at(16, 9), session.room, False)


def test_a_plan_made_anew_since_stays(session, organiser):
    step = bulk.cancel(session, by=organiser)
    scheduling.place(
        Session.objects.get(), starts_at=at(16, 9), ends_at=at(16, 10), room=None, cancelled=True, by=organiser
    )
    assert not bulk.uncancel(Session.objects.get(), step, by=organiser)
    assert Placement.objects.get().cancelled


def test_only_those_who_were_asked_are_marked_as_confirmed(summit, organiser):
    speaker = make_speaker(summit)
    states = dict(zip(("AAA001", "BBB002", "CCC003"), ("invited", "declined", "confirmed"), strict=True))
    for code, state in states.items():
        make_session(summit, code, people=[speaker]).appearances.update(state=state)
    step = bulk.confirm_everywhere(speaker, by=organiser)
    read = Appearance.objects.order_by("session__code").values_list("state", flat=True)
    assert list(read) == ["confirmed", "declined", "confirmed"]
    assert bulk.confirm_everywhere(speaker, by=organiser) is None
    assert bulk.ask_again(speaker, step, by=organiser)
    assert list(read.all()) == ["invited", "declined", "confirmed"]
    assert not bulk.ask_again(speaker, step, by=organiser)
