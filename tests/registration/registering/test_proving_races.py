"""The address is confirmed at the moment its hours end, each on a real connection."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models import Quota, Registration
from registration.places import capacity
from registration.registering import lapsing, lifecycle, proving
from tests.factories import make_category, make_places, person
from tests.registration.places.test_races import on_postgresql, on_sqlite
from tests.registration.registering.test_admitting_races import told


def _late(summit, number=1):
    make_places(summit, 20)
    category = make_category(summit, proof_hours=1)
    made = [lifecycle.register(summit, person(summit, category=category)) for _ in range(number)]
    Registration.objects.update(proof_ends_at=timezone.now() - timedelta(seconds=1))
    return made


def confirmed_while_it_ends(summit, race, copy=lambda: None):
    """Either the person is registered, and the place theirs, or they hear that it has ended; never both, never neither."""
    rows = _late(summit, 4)
    copy()
    jobs = [job for row in rows for job in (lambda row=row: proving.prove(row), lambda row=row: lapsing.lapse(row))]
    ends = race(jobs)
    for proved, lapsed in zip(ends[::2], ends[1::2], strict=True):
        assert isinstance(proved, Registration) != lapsed
        assert isinstance(proved, Registration) or proved.code == "not_active"
    stand = sum(isinstance(one, Registration) for one in ends[::2])
    now = told(
        race,
        lambda: (
            Registration.objects.filter(state="confirmed").count(),
            Registration.objects.filter(state="cancelled").count(),
            Quota.objects.get().taken,
            capacity.recount(summit),
        ),
    )
    assert now == (stand, 4 - stand, stand, [])


def ended_by_two_workers(summit, race, copy=lambda: None):
    [row] = _late(summit)
    copy()
    assert sorted(race([lambda: lapsing.lapse(row)] * 4)) == [False, False, False, True]
    assert told(race, lambda: (Quota.objects.get().taken, capacity.recount(summit))) == (0, [])


def confirmed_twice(summit, race, copy=lambda: None):
    [row] = _late(summit)
    copy()
    assert {one.state for one in race([lambda: proving.prove(row)] * 4)} == {"confirmed"}
    assert told(race, lambda: (Quota.objects.get().taken, capacity.recount(summit))) == (1, [])


RACES = [confirmed_while_it_ends, ended_by_two_workers, confirmed_twice]
by_name = pytest.mark.parametrize("race_of", RACES, ids=lambda each: each.__name__)


@by_name
@on_postgresql
def test_one_comes_after_the_other(summit, race, race_of):
    race_of(summit, race)


@by_name
@on_sqlite
def test_one_comes_after_the_other_in_a_file(summit, race, on_disk, race_of):
    race_of(summit, race, on_disk)
