"""Limits on any combination: several at once, the tightest decides, and moving takes the places along."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from registration.delegating import nominating
from registration.models import Quota, Registration
from registration.models.quota import Wish
from registration.places import capacity
from registration.registering import decisions, delegated, lifecycle, quotas, refusals
from summit.models import HistoryEntry
from tests.factories import make_category, make_delegation, make_places, make_registration, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"})


@pytest.fixture
def delegate(summit):
    return make_category(summit)


def make_quota(summit, capacity: int | None, *categories, **values) -> Quota:
    made = Quota.objects.create(summit=summit, name={"en": "Narrow"}, is_basic=False, capacity=capacity, **values)
    made.categories.set(categories)
    return made


def holders(quota) -> list[Registration]:
    """Who holds a place in it, as the list of registrations is narrowed."""
    [counted] = [each for each in capacity.quotas(quota.summit) if each.quota == quota]
    return list(counted.of_it().holding().order_by("pk"))


def taken() -> list[int]:
    return list(Quota.objects.order_by("pk").values_list("taken", flat=True))


def test_the_tightest_of_all_that_count_decides(summit, press, delegate):
    make_places(summit, 10)
    make_quota(summit, 2, press)
    make_quota(summit, 1, press, countries=["KR"])
    make_registration(summit, category=press, country="KR")
    with pytest.raises(refusals.NoPlaceOfTheirs) as refused:
        make_registration(summit, category=press, country="KR")
    assert refused.value.code == "no_place_left"
    make_registration(summit, category=press, country="EE")
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit, category=press, country="EE")
    make_registration(summit, category=delegate, country="KR")
    assert taken() == [3, 2, 1]


def test_a_refused_registration_takes_nothing_anywhere(summit, press):
    make_places(summit, 10)
    make_quota(summit, 0, press)
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit, category=press)
    assert taken() == [0, 0]


@pytest.mark.parametrize(("change", "after"), [
    (lambda one, press, by: lifecycle.set_category(one, press, by=by), [1, 0, 1, 1]),
    (lambda one, press, by: lifecycle.change_attendance(one, "online"), [0, 1, 0, 1]),
    (lambda one, press, by: lifecycle.correct(one, {"country": "EE"}), [1, 0, 0, 0]),
    (lambda one, press, by: lifecycle.cancel(one), [0, 0, 0, 0]),
], ids=["category", "attendance", "country", "cancelled"])  # fmt: skip
def test_places_go_along_with_whatever_changes(summit, press, delegate, organiser, change, after):
    make_places(summit, 5)
    make_places(summit, 5, "online")
    make_quota(summit, 5, press)
    make_quota(summit, 5, countries=["KR"])
    one = make_registration(summit, category=delegate, country="KR")
    assert taken() == [1, 0, 0, 1]
    change(one, press, organiser)
    assert taken() == after


def test_where_the_new_place_is_missing_nothing_changes(summit, press, delegate, organiser):
    make_quota(summit, 0, press)
    one = make_registration(summit, category=delegate)
    with pytest.raises(refusals.NoPlaceLeft):
        lifecycle.set_category(one, press, by=organiser)
    one.refresh_from_db()
    assert one.category == delegate


@pytest.mark.parametrize(
    ("opens", "closes", "free"), [(None, None, True), (1, None, False), (-2, -1, False), (-1, 1, True)]
)
def test_places_open_and_close_by_time_except_for_the_team(summit, organiser, opens, closes, free):
    moment = lambda days: None if days is None else timezone.now() + timedelta(days=days)  # noqa: E731
    quota = make_quota(summit, 5, opens_at=moment(opens), closes_at=moment(closes))
    assert capacity.take(summit, Wish("in_person")) is free
    assert capacity.take(summit, Wish("in_person"), by_team=True) is True
    quota.refresh_from_db()
    assert quota.taken == 1 + free


def test_lowered_below_what_is_taken_it_takes_from_nobody(summit, press, organiser):
    people = [make_registration(summit, category=press) for _ in range(3)]
    quota = quotas.create(summit, {"name": {"en": "Press"}, "capacity": 1, "categories": [press]}, by=organiser)
    quota.refresh_from_db()
    assert (quota.taken, quota.excess, quota.left) == (3, 2, 0)
    for one, excess in zip(people, (1, 0, 0), strict=True):
        with pytest.raises(refusals.NoPlaceLeft):
            make_registration(summit, category=press)
        lifecycle.cancel(one)
        quota.refresh_from_db()
        assert quota.excess == excess
    make_registration(summit, category=press)
    quotas.edit(quota, {"capacity": 0}, by=organiser)
    quota.refresh_from_db()
    assert (quota.capacity, quota.taken, quota.excess) == (0, 1, 1)


def test_counted_wrongly_it_is_put_right_at_night_and_told(summit, press, capsys):
    make_registration(summit, category=press)
    quota = make_quota(summit, 5, press)
    call_command("tidy")
    assert "quotas that counted wrongly: 1" in capsys.readouterr().out
    quota.refresh_from_db()
    assert quota.taken == 1
    assert HistoryEntry.objects.get(action="quota.reconcile").changes == {"taken": [0, 1]}
    call_command("tidy")
    assert "quotas that counted wrongly: 0" in capsys.readouterr().out


def test_who_is_looked_at_again_is_counted_and_who_applies_is_not(summit, organiser):
    press = make_category(summit, "press", admission="approval", reviewed_again=["name"])
    quota = make_quota(summit, 5, press)
    one, _other = (make_registration(summit, category=press) for _ in range(2))
    decisions.approve(one, by=organiser)
    lifecycle.correct(one, {"name": "성춘향"})
    quota.refresh_from_db()
    assert (quota.taken, quota.of_it([press.pk]).holding().count()) == (1, 1)


def test_taking_asks_the_same_for_three_quotas_as_for_one(summit, press, django_assert_num_queries):
    make_quota(summit, 50, press)
    wish = Wish("in_person", press.pk, "KR")
    with django_assert_num_queries(2):
        capacity.take(summit, wish)
    make_quota(summit, 50, countries=["KR"])
    make_places(summit, 50)
    with django_assert_num_queries(3):
        capacity.take(summit, wish)


def test_a_quota_of_delegations_counts_whoever_comes_with_them(summit, organiser):
    korea, busan = make_delegation(summit, places=9), make_delegation(summit, "busan", places=9)
    quota = quotas.create(
        summit,
        {"name": {"en": "Koreans"}, "capacity": 1, "delegations": [korea, busan], "categories": []},
        by=organiser,
    )
    first = nominating.nominate(korea, person(summit))
    make_registration(summit)
    with pytest.raises(refusals.NoPlaceLeft):
        nominating.nominate(busan, person(summit))
    other = make_registration(summit)
    with pytest.raises(refusals.NoPlaceLeft):
        delegated.set_delegation(other, korea, by=organiser)
    delegated.set_delegation(first, None, by=organiser)
    delegated.set_delegation(other, korea, by=organiser)
    quota.refresh_from_db()
    assert (quota.taken, holders(quota), capacity.recount(summit)) == (1, [other], [])
