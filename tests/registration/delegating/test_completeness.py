"""What is missing, of people and of delegations."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from registration.delegating import completeness, itineraries, nominating
from registration.delegating.completeness import Facts, missing
from registration.models import Itinerary, Registration
from registration.registering import lifecycle, refusals
from summit.editing.inline_edits import value_versions
from summit.editing.revising import Overtaken
from tests.factories import make_category, make_delegation, make_question, make_summit, person

WHEN = timezone.now()
WHOLE = Facts("김하나", "Kim Hana", "none", True, WHEN, WHEN)


@pytest.fixture
def coming(db):
    today = timezone.now().date()
    summit = make_summit(starts_on=today + timedelta(days=30), ends_on=today + timedelta(days=32))
    make_category(summit)
    return summit


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        (WHOLE, []),
        (Facts("김하나"), ["name_romanised", "dietary_needs", "arrival", "departure"]),
        (Facts("Hana Kim", in_person=False), []),
        (Facts("김하나", "Kim Hana", "vegan", arrives_at=WHEN), ["departure"]),
        (Facts("김하나", needs_asked=False), ["name_romanised"]),
        (Facts("Hana Kim", in_person=False, unanswered=2), ["questions"]),
        (Facts("Hana 김", in_person=False), ["name_romanised"]),
    ],
)
def test_what_is_missing_of_a_person(facts, lacks):
    assert [check.code for check in missing(facts)] == lacks


def test_a_delegation_is_complete_when_each_of_its_places_has_a_name_and_nothing_is_missing(coming):
    korea, other = make_delegation(coming, places=2), make_delegation(coming, "busan", places=1)
    make_question(coming, required=True)
    make_question(coming, required=True, asked_of="online")
    made = nominating.nominate(korea, person(coming, dietary_needs="없음"))
    found = completeness.of_delegations(coming)
    assert (found[korea.pk].places, found[korea.pk].nominated, found[korea.pk].free, found[korea.pk].percent) == (
        2,
        1,
        1,
        0,
    )
    assert dict(found[korea.pk].lacking) == {"arrival": 1, "departure": 1, "questions": 1}
    assert set(completeness.lagging(coming)) == {korea.pk, other.pk}
    itineraries.put(made, {"arrives_at": WHEN, "departs_at": WHEN})
    lifecycle.correct(made, {}, answers={coming.questions.first().pk: "Seoul"})
    korea.places.update(places=1)
    found = completeness.of_delegations(coming)
    assert (found[korea.pk].percent, found[korea.pk].is_lagging) == (100, False)
    assert set(completeness.lagging(coming)) == {other.pk}


def test_more_people_take_no_more_queries(coming, django_assert_num_queries, django_assert_max_num_queries):
    korea = make_delegation(coming, places=9)
    make_question(coming, required=True)
    nominating.nominate(korea, person(coming))
    with django_assert_max_num_queries(7) as few:
        completeness.of_delegations(coming)
    for _ in range(3):
        nominating.nominate(korea, person(coming))
    make_delegation(coming, "busan", places=4)
    with django_assert_num_queries(len(few)):
        completeness.of_delegations(coming)


class TestItineraries:
    def test_what_differs_is_kept_and_of_two_tabs_the_second_is_told(self, coming):
        made = nominating.nominate(make_delegation(coming, places=1), person(coming))
        stood = value_versions(itineraries.of(made), ["arrives_on"])
        itineraries.put(made, {"arrives_on": "KE 123"}, form_versions=stood)
        with pytest.raises(Overtaken):
            itineraries.put(made, {"arrives_on": "OZ 1"}, form_versions=stood)
        assert Itinerary.objects.get().arrives_on == "KE 123"

    def test_who_has_cancelled_has_none(self, coming):
        made = lifecycle.cancel(nominating.nominate(make_delegation(coming, places=1), person(coming)))
        with pytest.raises(refusals.NotActive):
            itineraries.put(made, {"arrives_on": "KE 123"})

    def test_they_go_thirty_days_after_the_summit(self, coming):
        made = nominating.nominate(make_delegation(coming, places=1), person(coming))
        itineraries.put(made, {"arrives_at": WHEN})
        assert itineraries.forget(coming) == 0
        coming.ends_on = date(2021, 12, 17)
        assert itineraries.forget(coming) == 1
        assert Registration.objects.count() == 1
