"""Many who use the same code or invitation at once, each on a real connection."""

import pytest

from registration.models import AccessCode, Invitation, Quota, Registration
from registration.places import capacity
from registration.registering import inviting, lifecycle
from registration.registering.inviting import Guest, Terms
from tests.factories import make_access_code, make_category, make_invitation, make_places, person
from tests.registration.places.test_races import on_postgresql, on_sqlite


def told(race, job):
    """What stands in the database the race was in."""
    (answer,) = race([job])
    return answer


def eight_use_a_code_for_one(summit, race, copy=lambda: None):
    make_places(summit, 20)
    press = make_category(summit, "press", admission="code")
    code = make_access_code(summit, categories=[press], uses=1, reserves=True, attendance="in_person")
    people = [person(summit, category=press, code=code) for _ in range(8)]
    copy()
    ends = race([lambda who=who: lifecycle.register(summit, who, nonce=who.email) for who in people])
    won = [end for end in ends if isinstance(end, Registration)]
    assert len(won) == 1
    assert [end.code for end in ends if end not in won] == ["code_used_up"] * 7
    now = told(race, lambda: (AccessCode.objects.get(), Quota.objects.get().taken, capacity.recount(summit)))
    assert (now[0].used, now[0].held, *now[1:]) == (1, 0, 1, [])


def two_tabs_of_one_invitation(summit, race, copy=lambda: None):
    make_places(summit, 20)
    press = make_category(summit, "press", admission="invitation")
    row = make_invitation(summit, category=press, reserves=True, attendance="in_person")
    people = [person(summit, category=press, invitation=row, email=f"tab{n}@people.example") for n in range(2)]
    copy()
    ends = race([lambda who=who: lifecycle.register(summit, who, nonce=who.email) for who in people])
    assert sorted(getattr(end, "code", "registered") for end in ends) == ["invitation_used", "registered"]
    now = told(race, lambda: (Registration.objects.count(), Quota.objects.get().taken, capacity.recount(summit)))
    assert now == (1, 1, [])


def revoked_while_registering(summit, race, copy=lambda: None):
    make_places(summit, 20)
    press = make_category(summit, "press", admission="invitation")
    row = make_invitation(summit, category=press, reserves=True, attendance="in_person")
    who = person(summit, category=press, invitation=row)
    copy()
    register = lambda: lifecycle.register(summit, who, nonce="form")  # noqa: E731  one line, used in the next
    made, outcome = race([register, lambda: inviting.revoke(summit, [row], by=None)])
    registered = isinstance(made, Registration)
    assert registered or made.code == "invitation_revoked"
    assert len(outcome.done) == (not registered)
    now = told(race, lambda: (Registration.objects.count(), Quota.objects.get().taken, capacity.recount(summit)))
    assert now == (int(registered), int(registered), [])


def two_invite_the_same(summit, race, copy=lambda: None):
    press = make_category(summit, "press", admission="invitation")
    terms = Terms(press, make_invitation(summit, category=press).expires_at)
    copy()
    guests = [Guest("lee@people.example"), Guest("kim@people.example")]
    ends = race([lambda order=order: inviting.prepare(summit, guests[::order], terms, by=None) for order in (1, -1)])
    assert sorted(len(end.done) for end in ends) == [0, 2]
    assert told(race, Invitation.objects.count) == 3


def cancelled_while_the_code_is_used(summit, race, copy=lambda: None):
    """One holds a registration and wants its code, the others hold the code and want places: nobody waits in a ring."""
    make_places(summit, 20)
    Quota.objects.create(summit=summit, name={"en": "All"}, is_basic=False, capacity=20)
    press = make_category(summit, "press", admission="code")
    code = make_access_code(summit, categories=[press], uses=9)
    there = [lifecycle.register(summit, person(summit, category=press, code=code)) for _ in range(4)]
    people = [person(summit, category=press, code=code) for _ in range(4)]
    copy()
    cancel = [lambda row=row: lifecycle.cancel(row) for row in there]
    ends = race([*cancel, *(lambda who=who: lifecycle.register(summit, who, nonce=who.email) for who in people)])
    assert [end for end in ends if not isinstance(end, Registration)] == []
    now = told(
        race,
        lambda: (
            AccessCode.objects.get().used,
            set(Quota.objects.values_list("taken", flat=True)),
            capacity.recount(summit),
        ),
    )
    assert now == (4, {4}, [])


RACES = [
    cancelled_while_the_code_is_used,
    eight_use_a_code_for_one,
    two_tabs_of_one_invitation,
    revoked_while_registering,
    two_invite_the_same,
]
by_name = pytest.mark.parametrize("race_of", RACES, ids=lambda each: each.__name__)


@by_name
@on_postgresql
def test_one_comes_after_the_other(summit, race, race_of):
    race_of(summit, race)


@by_name
@on_sqlite
def test_one_comes_after_the_other_in_a_file(summit, race, on_disk, race_of):
    race_of(summit, race, on_disk)
