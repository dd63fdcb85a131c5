"""The last place of a delegation, on real connections."""

from registration.delegating import nominating
from registration.models import Quota, Registration
from tests.factories import make_delegation, make_places, person
from tests.registration.places.test_races import on_postgresql, on_sqlite


def eight_for_the_last_place(summit, race, copy=None):
    """How it ended, and (people of the delegation, places taken of the quota)."""
    delegation = make_delegation(summit, places=2)
    make_places(summit, 50)
    nominating.nominate(delegation, person(summit))
    people = [person(summit) for _ in range(8)]
    if copy:
        copy()
    ends = race([lambda who=who: nominating.nominate(delegation, who) for who in people])
    counted = lambda: (Registration.objects.delegated().count(), Quota.objects.get().taken)  # noqa: E731  one of one job
    (counts,) = race([counted])
    return ends, counts


def assert_one_of_eight(ends, counts):
    assert (
        sorted("" if isinstance(end, Registration) else end.code for end in ends) == [""] + ["no_delegation_place"] * 7
    )
    assert counts == (2, 2)


@on_postgresql
def test_the_last_place_goes_to_one_of_eight(summit, race):
    assert_one_of_eight(*eight_for_the_last_place(summit, race))


@on_sqlite
def test_the_last_place_goes_to_one_of_eight_on_sqlite(summit, race, on_disk):
    assert_one_of_eight(*eight_for_the_last_place(summit, race, on_disk))


def two_come_instead_of_one(summit, race, copy=None):
    delegation = make_delegation(summit, places=1)
    make_places(summit, 50)
    old = nominating.nominate(delegation, person(summit))
    people = [person(summit) for _ in range(2)]
    if copy:
        copy()
    again = lambda who: nominating.replace(Registration.objects.select_related("delegation").get(pk=old.pk), who)  # noqa: E731
    ends = race([lambda who=who: again(who) for who in people])
    counted = lambda: (Registration.objects.delegated().count(), Quota.objects.get().taken)  # noqa: E731  one of one job
    (counts,) = race([counted])
    return sorted("" if isinstance(end, Registration) else end.code for end in ends), counts


@on_postgresql
def test_one_of_two_comes_instead(summit, race):
    assert two_come_instead_of_one(summit, race) == (["", "not_active"], (1, 1))


@on_sqlite
def test_one_of_two_comes_instead_on_sqlite(summit, race, on_disk):
    assert two_come_instead_of_one(summit, race, on_disk) == (["", "not_active"], (1, 1))
