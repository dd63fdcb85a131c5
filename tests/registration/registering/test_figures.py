"""Numbers for the organisers, and those that may be told to everybody."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as some

from registration.door import checkin
from registration.models import FormOpening, Registration
from registration.registering import figures, lifecycle, openings
from registration.registering.figures import LEAST, OTHERS, Group, Line
from summit.lib import regions
from tests.factories import make_category, make_desk, make_question, make_registration, make_summit


def counted(found, key):
    [group] = [group for group in found.groups if group.key == key]
    return {line.key: line.number for line in group.lines}


def test_confirmed_people_are_counted_by_all_they_are(summit):
    city = make_question(summit, kind="several", choices=["A", "B"])
    visa = make_question(summit, kind="yes")
    first, second = (str(choice.pk) for choice in city.choices.all())
    press = make_category(summit, "press")
    make_registration(
        summit, category=press, country="EE", language="en", answers={city.pk: [first, second], visa.pk: "yes"}
    )
    make_registration(summit, category=press, country="KR", attendance="online", answers={city.pk: [first]})
    lifecycle.cancel(
        make_registration(summit, category=press, country="JP", answers={city.pk: [second], visa.pk: "no"})
    )
    make_registration(make_summit("ogp2023"))
    with override("en"):
        found = figures.confirmed(summit)
    assert found.total == 2
    assert counted(found, "category") == {"press": 2}
    assert counted(found, "attendance") == {"in_person": 1, "online": 1}
    assert counted(found, "country") == {"EE": 1, "KR": 1}
    assert counted(found, "region") == {regions.of_country("EE"): 1, regions.of_country("KR"): 1}
    assert counted(found, "language") == {"en": 1, "ko": 1}
    assert counted(found, f"answer_{city.pk}") == {first: 2, second: 1}
    assert counted(found, f"answer_{visa.pk}") == {"yes": 1, "no": 0}


def test_a_sensitive_question_is_nobodys_number(summit):
    make_question(summit, kind="yes", sensitive=True)
    make_registration(summit)
    assert not [group for group in figures.confirmed(summit).groups if group.key.startswith("answer_")]


@pytest.mark.parametrize("number", [1, 3])
def test_three_take_as_many_queries_as_one(summit, number):
    for n in range(number):
        asked = make_question(summit, kind="one", choices=["A", "B"])
        make_registration(
            summit, category=make_category(summit, f"c{n}"), answers={asked.pk: [str(asked.choices.all()[0].pk)]}
        )
    with CaptureQueriesContext(connection) as queries:
        figures.confirmed(summit)
    assert len(queries) == 6


def test_openings_are_counted_by_day_and_a_form_sent_again_is_the_same(client, summit):
    page = "/en/ogp2021/register/"
    client.get(page)
    client.head(page)
    for _ in range(2):
        client.post(page, {"nonce": "form-1"})
    openings.tally._written = 0.0
    client.get(page)
    day = timezone.now().astimezone(summit.tz).date()
    assert [(row.day, row.opened, row.begun) for row in FormOpening.objects.all()] == [(day, 2, 1)]
    assert "sessionid" not in client.cookies


def test_openings_of_a_summit_that_is_gone_are_let_go(summit):
    openings.tally._seen = Counter({(999_999, "2021-11-01", "opened"): 3})
    openings.opened(summit)
    assert [(row.summit, row.opened) for row in FormOpening.objects.all()] == [(summit, 1)]


def test_a_closed_form_is_not_counted(client, summit):
    summit.registration_closes_at = timezone.now() - timedelta(days=1)
    summit.save()
    client.get("/en/ogp2021/register/")
    assert not FormOpening.objects.exists()


def test_the_funnel_is_of_those_who_came_by_the_form(summit, organiser):
    FormOpening.objects.create(summit=summit, day="2021-11-01", opened=9, begun=5)
    FormOpening.objects.create(summit=summit, day="2021-11-02", opened=1, begun=0)
    make_registration(summit)  # entered without a form
    made = make_registration(summit)
    Registration.objects.filter(pk=made.pk).update(form_nonce="x")
    checkin.check_in(made, desk=make_desk(summit), by=organiser, nonce="1")
    assert [(line.key, line.number) for line in figures.funnel(summit)] == [
        ("opened", 10), ("begun", 5), ("sent", 1), ("confirmed", 1), ("arrived", 1),
    ]  # fmt: skip


def test_needs_are_told_in_their_words_without_names(summit):
    make_registration(summit, name="홍길동", dietary_needs="Vegan")
    make_registration(summit, dietary_needs="vegan ")
    make_registration(summit, dietary_needs="No nuts", attendance="online")
    lifecycle.cancel(make_registration(summit, access_needs="Wheelchair"))
    diet, access = figures.needs(summit)
    assert [(line.label, line.number) for line in diet.lines] == [("Vegan", 2)]
    assert access.lines == []


# for everybody


def lines(**numbers):
    found = [Line(key, key, number) for key, number in numbers.items()]
    return sorted(found, key=lambda line: -line.number)


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ({"a": 9, "b": 7}, {"a": 9, "b": 7}),
        ({"a": 9, "b": 7, "c": 0}, {"a": 9, "b": 7}),
        ({"a": 9, "b": 7, "c": 1}, {"a": 9, OTHERS: 8}),
        ({"a": 9, "b": 3, "c": 2}, {"a": 9, OTHERS: 5}),
        ({"a": 9, "b": 2, "c": 2}, {OTHERS: 13}),
        ({"a": 3}, {}),
        ({"a": 4, "b": 4}, {OTHERS: 8}),
    ],
)
def test_small_groups_become_one_that_is_not(numbers, shown):
    found = figures.fold(Group("x", "x", lines(**numbers)))
    assert {line.key: line.number for line in found.lines} == shown


@given(some.dictionaries(some.sampled_from(sorted(regions._OF)), some.integers(1, 12), min_size=1, max_size=40))
def test_no_country_and_no_region_can_be_computed_from_what_is_shown(numbers):
    by_region = Counter()
    for country, number in numbers.items():
        by_region[regions.of_country(country)] += number
    if sum(numbers.values()) < LEAST:
        return
    region, country = figures._places(
        Group("region", "", lines(**{f"{key}": n for key, n in by_region.items()})),
        Group("country", "", lines(**numbers)),
    )
    for group in (region, country):
        assert all(line.number >= LEAST for line in group.lines)
        assert sum(line.number for line in group.lines) == sum(numbers.values())
    shown = {line.key: line.number for line in country.lines if line.key != OTHERS}
    inside = defaultdict(int)
    for key, number in shown.items():
        inside[regions.of_country(key)] += number
    kept = {line.key: line.number for line in region.lines if line.key != OTHERS}
    assert set(inside) <= set(kept)
    for key, number in kept.items():
        left = [n for code, n in numbers.items() if regions.of_country(code) == key and code not in shown]
        assert number - inside[key] == sum(left)
        assert not left or (sum(left) >= LEAST and len(left) > 1)


def many(summit, number, **values):
    made = [make_registration(summit, **values) for _ in range(number)]
    rows = Registration.objects.filter(pk__in=[row.pk for row in made])
    rows.update(confirmed_at=timezone.now() - timedelta(days=2), created_at=timezone.now() - timedelta(days=2))
    return made


def test_the_public_reads_no_group_of_fewer_than_five(summit):
    delegate, press = make_category(summit), make_category(summit, "press")
    many(summit, 6, category=delegate, country="KR")
    many(summit, 2, category=press, country="EE", attendance="online")
    make_registration(summit, category=press)  # today: told tomorrow
    with override("en"):
        found = figures.public(summit)
    assert found.total == 5
    assert all(line.number >= LEAST for group in found.groups for line in group.lines)
    assert found.groups == []


def test_a_summit_of_four_tells_nothing(summit):
    many(summit, 4)
    assert (figures.public(summit).total, figures.public(summit).groups) == (0, [])
