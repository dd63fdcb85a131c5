import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from registration.models import Quota
from registration.models.quota import Wish
from registration.places import capacity
from registration.registering import lifecycle
from tests.factories import make_places, make_registration, make_summit
from tests.registration.reading import taken


def test_places_are_given_until_there_are_none(summit):
    make_places(summit, 2)
    assert [capacity.take(summit, Wish("in_person")) for _ in range(4)] == [True, True, False, False]
    assert taken(summit) == {"in_person": 2}


def test_without_a_number_there_is_no_limit_but_a_count(summit):
    make_places(summit, None, "online")
    assert all(capacity.take(summit, Wish("online")) for _ in range(3))
    assert taken(summit) == {"online": 3}


def test_without_a_row_there_is_no_limit(summit):
    assert capacity.take(summit, Wish("in_person")) is True
    assert taken(summit) == {}


def test_no_places_at_all_are_no_places(summit):
    make_places(summit, 0)
    assert capacity.take(summit, Wish("in_person")) is False


def test_each_attendance_and_each_summit_has_its_own_places(summit):
    other = make_summit("ogp2023")
    make_places(summit, 1)
    make_places(summit, 5, "online")
    make_places(other, 1)
    assert capacity.take(summit, Wish("in_person")) is True
    assert taken(summit) == {"in_person": 1, "online": 0}
    assert taken(other) == {"in_person": 0}


def test_a_place_given_back_can_be_taken_again(summit):
    make_places(summit, 1)
    capacity.take(summit, Wish("in_person"))
    capacity.release(summit, Wish("in_person"))
    assert taken(summit) == {"in_person": 0}
    assert capacity.take(summit, Wish("in_person")) is True


def test_more_places_given_back_than_taken_stay_at_none_taken(summit):
    make_places(summit, 3)
    capacity.release(summit, Wish("in_person"))
    assert taken(summit) == {"in_person": 0}


def test_what_is_left_is_told_in_one_query(summit, django_assert_num_queries):
    make_places(summit, 2)
    capacity.take(summit, Wish("in_person"))
    with django_assert_num_queries(1):
        assert capacity.left(summit) == {"in_person": 1, "online": None}


def test_a_limit_of_none_leaves_none(summit):
    make_places(summit, None)
    assert capacity.left(summit) == {"in_person": None, "online": None}


def test_counting_anew_counts_active_registrations_only(summit):
    make_places(summit, 10)
    make_places(summit, 10, "online")
    make_registration(summit)
    make_registration(summit, attendance="online")
    lifecycle.cancel(make_registration(summit))
    Quota.objects.update(taken=7)
    capacity.recount(summit)
    assert taken(summit) == {"in_person": 1, "online": 1}


def test_the_database_itself_refuses_to_sell_too_much(summit):
    places = make_places(summit, 1)
    with pytest.raises(IntegrityError, match="quota_never_oversold"), transaction.atomic():
        Quota.objects.filter(pk=places.pk).update(taken=2)


def test_quotas_are_called_by_their_name_or_by_the_way_they_are_for(summit):
    with override("en"):
        assert str(make_places(summit, 4)) == "In person"
        assert str(Quota(name={"en": "Press from Korea"}, is_basic=False)) == "Press from Korea"
