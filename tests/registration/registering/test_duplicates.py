"""Registrations that may be of one person: found without comparing everybody, and told apart."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration.models import NotTheSame, Registration
from registration.registering import duplicates, lifecycle
from registration.registering.duplicates import Why, _a_slip_apart, name_key
from summit.models import HistoryEntry
from tests.factories import make_question, make_registration, make_summit


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def whys(summit):
    return {frozenset(pair): why for pair, why in duplicates.find(summit).items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("홍 길동", "홍길동"),
        ("HONG Gil-dong", "Gildong Hong"),
        ("Zoë O’Brien", "zoe o'brien"),
        ("Søren Ærø", "Soren Aero"),
        ("홍길동", "홍길동".encode().decode().replace("홍", "\u1112\u1169\u11bc")),
    ],
)
def test_names_are_the_same_however_they_are_written(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("johnsmith", "jonsmith", True),
        ("johnsmith", "johnsmiht", True),
        ("johnsmith", "johnsmyth", True),
        ("johnsmith", "johnsmiths", True),
        ("johnsmith", "joansmyth", False),
        ("johnsmith", "johnson", False),
        ("abcdef", "badcef", False),
    ],
)
def test_a_slip_is_one_letter_or_two_that_changed_places(one, other, apart):
    assert _a_slip_apart(one, other) is apart
    assert _a_slip_apart(other, one) is apart


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({"name": "홍길동", "organisation": "한빛"}, {"name": "홍 길동", "organisation": "한 빛"}, [Why.NAME]),
        ({"name": "Hana Kim", "organisation": "UNDP"}, {"name": "KIM Ha-na", "organisation": "undp"}, [Why.NAME]),
        ({"name": "김하나", "name_romanised": "Kim Hana", "organisation": "UNDP"}, {"name": "Hana Kim", "organisation": "UNDP"}, [Why.NAME]),
        ({"name": "John Smith", "organisation": "UNDP"}, {"name": "Jon Smith", "organisation": "UNDP"}, [Why.SIMILAR]),
        ({"name": "김하나", "name_romanised": "Kim Hana", "organisation": ""}, {"name": "김하나", "name_romanised": "KIM HANA", "organisation": ""}, [Why.SCRIPTS]),
        ({"name": "김민수", "organisation": ""}, {"name": "김민수", "organisation": ""}, None),
        ({"name": "김민수", "organisation": "A"}, {"name": "김민수", "organisation": "B"}, None),
        ({"name": "김하나", "organisation": "UNDP"}, {"name": "김하늘", "organisation": "UNDP"}, None),
    ],
)  # fmt: skip
def test_two_who_look_alike_are_a_pair(summit, first, second, why):
    one, other = (make_registration(summit, **{"name_romanised": "", **each}) for each in (first, second))
    expected = {frozenset({one.pk, other.pk}): why} if why else {}
    assert whys(summit) == expected


def test_the_same_address_of_one_that_ended_is_a_pair(summit):
    gone = lifecycle.cancel(make_registration(summit, name="홍길동", email="hong@people.example"))
    here = make_registration(summit, name="다른 이름", name_romanised="", email="Hong@people.example")
    assert whys(summit) == {frozenset({gone.pk, here.pk}): [Why.ADDRESS]}


def test_the_same_name_and_the_same_answer_are_a_pair(summit):
    born = make_question(summit, kind="line", words={"en": "Date of birth", "ko": "생년월일"})
    make_registration(summit, name="김민수", organisation="", answers={born.pk: "1990-01-02"})
    one = make_registration(summit, name="김민수", organisation="A", answers={born.pk: "1988-03-04"})
    other = make_registration(summit, name="김민수", organisation="B", answers={born.pk: "1988 03 04"})
    assert whys(summit) == {frozenset({one.pk, other.pk}): [Why.ANSWER]}


def test_two_that_both_ended_and_those_of_another_summit_are_none(summit):
    for _ in range(2):
        lifecycle.cancel(make_registration(summit, name="홍길동", organisation="한빛"))
    make_registration(make_summit("ogp2023"), name="홍길동", organisation="한빛")
    assert whys(summit) == {}


def test_of_a_crowd_only_neighbours_are_pairs(summit):
    people = [make_registration(summit, name="홍길동", organisation="한빛") for _ in range(6)]
    assert len(whys(summit)) == len(people) - 1


def test_those_told_apart_are_not_proposed_again(summit, organiser):
    one, other = (make_registration(summit, name="홍길동", organisation="한빛") for _ in range(2))
    assert [(pair.one, pair.other) for pair in duplicates.pairs(summit)] == [(one, other)]
    duplicates.tell_apart(other, one, by=organiser)
    duplicates.tell_apart(one, other, by=organiser)
    assert (NotTheSame.objects.count(), duplicates.pairs(summit)) == (1, [])
    assert HistoryEntry.objects.filter(action="registration.tell_apart").count() == 2
    assert duplicates.are_two(one, other)
    assert duplicates.are_two(other, one)


def test_what_was_found_is_kept_until_somebody_changes(summit, organiser):
    rows = [make_registration(summit, name="홍길동", name_romanised="", organisation="한빛") for _ in range(2)]
    duplicates.pairs(summit)
    with CaptureQueriesContext(connection) as asked:
        assert len(duplicates.pairs(summit)) == 1
    assert len(asked) == 4
    lifecycle.correct(rows[1], {"name": "성춘향"}, by=organiser, as_organiser=True)
    assert duplicates.pairs(summit) == []


@pytest.mark.parametrize("number", [2, 12])
def test_twelve_take_as_many_queries_as_two(summit, number):
    for n in range(number):
        make_registration(summit, name="홍길동", organisation=f"한빛 {n // 2}")
    with CaptureQueriesContext(connection) as asked:
        assert len(duplicates.find(summit)) == number // 2
    assert len(asked) == 3
    assert Registration.objects.count() == number
