"""Limits on what people answer and on the days they come: counted, moved along and never exceeded."""

import pytest
from django.core.management import call_command

from registration.models import Question, Quota
from registration.places import capacity
from registration.registering import (
    bulk,
    copying,
    decisions,
    erasing,
    lifecycle,
    merging,
    needs,
    questions,
    quotas,
    refusals,
    waitlist,
)
from registration.registering.moving import Stood
from summit.lib.translated import Text
from summit.models import HistoryEntry
from tests.factories import make_category, make_places, make_question, make_registration, make_summit, person
from tests.registration.places.test_quotas import holders

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel(summit) -> Question:
    return make_question(summit, kind="one", words={"en": "Hotel"}, choices=("Lotte", "COEX"))


@pytest.fixture
def stay(summit) -> Question:
    return make_question(summit, kind="dates", words={"en": "Your stay"})


def make_quota(summit, capacity: int | None, *choices, **values) -> Quota:
    made = Quota.objects.create(summit=summit, name={"en": "Narrow"}, is_basic=False, capacity=capacity, **values)
    made.choices.set(choices)
    return made


def chooses(question: Question, number: int = 0) -> dict:
    return {question.pk: [str(question.choices.all()[number].pk)]}


def number(quota) -> int:
    quota.refresh_from_db()
    return quota.taken


def test_who_gives_the_answer_is_counted_and_the_last_place_refuses_with_the_question(summit, hotel):
    lotte = make_quota(summit, 1, hotel.choices.first())
    first = make_registration(summit, answers=chooses(hotel))
    make_registration(summit, answers=chooses(hotel, 1))
    make_registration(summit)
    assert (number(lotte), holders(lotte)) == (1, [first])
    with pytest.raises(refusals.NoPlaceForAnswer) as refused:
        make_registration(summit, answers=chooses(hotel))
    assert "Hotel" in str(refused.value.message)
    assert refused.value.code == "no_place_left"
    assert summit.registrations.count() == 3


def test_answers_of_one_question_are_any_and_those_of_two_all(summit, hotel):
    dinner = make_question(summit, kind="several", words={"en": "Evenings"}, choices=("Dinner", "Visit"))
    both = make_quota(summit, 5, *hotel.choices.all(), dinner.choices.first())
    make_registration(summit, answers=chooses(hotel))
    make_registration(summit, answers=chooses(dinner))
    assert number(both) == 0
    one = make_registration(summit, answers={**chooses(hotel, 1), **chooses(dinner)})
    assert (number(both), holders(both), capacity.recount(summit)) == (1, [one], [])


@pytest.mark.parametrize(("words", "counts"), [
    ("2021-12-14/2021-12-18", True),
    ("2021-12-16/2021-12-16", True),
    ("2021-12-17/2021-12-18", False),
    ("2021-12-10/2021-12-15", False),
    ("", False),
])  # fmt: skip
def test_a_day_counts_whoever_says_they_are_there(summit, stay, words, counts):
    day = make_quota(summit, 5, day_question=stay, days=["2021-12-16"])
    one = make_registration(summit, answers={stay.pk: words})
    assert (number(day), holders(day)) == ((1, [one]) if counts else (0, []))
    assert capacity.recount(summit) == []


def test_a_day_question_counts_its_day(summit):
    asked = make_question(summit, kind="date")
    day = make_quota(summit, 5, day_question=asked, days=["2021-12-15", "2021-12-16"])
    make_registration(summit, answers={asked.pk: "2021-12-17"})
    make_registration(summit, answers={asked.pk: "2021-12-16"})
    assert (number(day), capacity.recount(summit)) == (1, [])


def test_places_go_along_with_the_answers(summit, hotel, stay):
    lotte, coex = (make_quota(summit, 1, each) for each in hotel.choices.all())
    day = make_quota(summit, 5, day_question=stay, days=["2021-12-16"])
    one = make_registration(summit, answers={**chooses(hotel), stay.pk: "2021-12-16/2021-12-17"})
    assert [number(each) for each in (lotte, coex, day)] == [1, 0, 1]
    lifecycle.correct(one, {}, answers={**chooses(hotel, 1), stay.pk: "2021-12-17/2021-12-17"})
    assert [number(each) for each in (lotte, coex, day)] == [0, 1, 0]
    lifecycle.correct(one, {}, answers={hotel.pk: []})
    assert [number(each) for each in (lotte, coex, day)] == [0, 0, 0]
    assert capacity.recount(summit) == []


def test_where_the_new_answer_has_no_place_nothing_changes(summit, hotel):
    make_quota(summit, 0, hotel.choices.last())
    one = make_registration(summit, answers=chooses(hotel))
    with pytest.raises(refusals.NoPlaceForAnswer):
        lifecycle.correct(one, {"job_title": "Other"}, answers=chooses(hotel, 1), as_organiser=True)
    one.refresh_from_db()
    assert (one.job_title, one.answers.get().picks.get().choice) == ("사무국장", hotel.choices.first())


def test_an_answer_counts_for_those_it_is_asked_of(summit, organiser):
    asked = make_question(summit, kind="one", choices=("A", "B"), asked_of="in_person")
    quota = make_quota(summit, 5, asked.choices.first())
    one = make_registration(summit, answers=chooses(asked))
    assert number(quota) == 1
    # The answer stays for whoever comes back, and is not counted meanwhile.
    lifecycle.change_attendance(one, "online")
    assert (number(quota), capacity.recount(summit)) == (0, [])
    lifecycle.change_attendance(one, "in_person")
    assert number(quota) == 1
    press = make_category(summit, "press")
    questions.change(asked, {"categories": [press]}, by=organiser)
    assert number(quota) == 0
    lifecycle.set_category(one, press, by=organiser)
    assert (number(quota), capacity.recount(summit)) == (1, [])


def test_many_at_once_take_their_places_along(summit, hotel, organiser):
    press = make_category(summit, "press")
    quota = make_quota(summit, 5, hotel.choices.first())
    quota.categories.add(press)
    people = [make_registration(summit, answers=chooses(hotel, n % 2)) for n in range(4)]
    bulk.set_category(summit, people, press, by=organiser)
    assert (number(quota), capacity.recount(summit)) == (2, [])


def test_ending_and_coming_back(summit, hotel, organiser):
    quota = make_quota(summit, 1, hotel.choices.first())
    one = make_registration(summit, answers=chooses(hotel))
    lifecycle.cancel(one)
    assert number(quota) == 0
    other = make_registration(summit, answers=chooses(hotel))
    with pytest.raises(refusals.NoPlaceLeft):
        decisions.reinstate(one, by=organiser)
    type(summit).objects.update(ends_on="2099-12-31")
    erasing.erase(other)
    assert number(quota) == 0
    decisions.reinstate(one, by=organiser)
    assert (number(quota), capacity.recount(summit)) == (1, [])


def test_who_is_approved_takes_the_place_of_the_answer(summit, hotel, organiser):
    quota = make_quota(summit, 1, hotel.choices.first())
    waiting = make_registration(
        summit, category=make_category(summit, "press", admission="approval"), answers=chooses(hotel)
    )
    assert number(quota) == 0
    decisions.approve(waiting, by=organiser)
    assert number(quota) == 1


def test_who_waits_for_an_answer_is_offered_its_place_and_nobody_elses(summit, hotel, work):
    quota = make_quota(summit, 1, hotel.choices.first(), has_waitlist=True)
    first = make_registration(summit, answers=chooses(hotel))
    waits = lifecycle.register(summit, person(summit, waits=True, answers=chooses(hotel)))
    assert (waits.state, waitlist.position(waits), number(quota)) == ("waitlisted", 1, 1)
    lifecycle.cancel(first)
    work()
    waits.refresh_from_db()
    assert (waits.keeps_place, number(quota)) == (True, 1)
    assert waitlist.accept(waits).is_confirmed
    assert (number(quota), capacity.recount(summit)) == (1, [])


def test_answers_that_are_merged_or_forgotten_take_their_places_along(summit, hotel, organiser):
    Question.objects.filter(pk=hotel.pk).update(sensitive=True)
    quota = make_quota(summit, 1, hotel.choices.first())
    kept, other = make_registration(summit), make_registration(summit, answers=chooses(hotel))
    merging.merge(kept, other, by=organiser)
    assert (number(quota), holders(quota), capacity.recount(summit)) == (1, [kept], [])
    needs.forget_of(kept)
    assert (number(quota), capacity.recount(summit)) == (0, [])


def test_what_a_quota_counts_by_is_not_taken_away_from_under_it(summit, hotel, stay, organiser):
    make_quota(summit, 5, hotel.choices.first())
    make_quota(summit, 5, day_question=stay, days=["2021-12-16"])
    for question in (hotel, stay):
        with pytest.raises(questions.CountsInQuota):
            questions.delete(question, by=organiser)
    with pytest.raises(questions.CountsInQuota):
        questions.change(stay, {"kind": "line"}, by=organiser)
    kept = [
        questions.Wording(hotel.choices.last().pk, hotel.choices.last().words),
        questions.Wording(None, Text({"en": "New"})),
    ]
    with pytest.raises(questions.CountsInQuota):
        questions.edit(hotel, {}, kept, by=organiser)
    assert hotel.choices.count() == 2


def test_a_new_quota_counts_who_has_answered_and_every_night_it_is_compared(summit, hotel, stay, organiser):
    one = make_registration(summit, answers={**chooses(hotel), stay.pk: "2021-12-16/2021-12-16"})
    values = {
        "name": {"en": "Lotte"},
        "capacity": 1,
        "choices": [hotel.choices.first()],
        "day_question": stay,
        "days": ["2021-12-16"],
    }
    made = quotas.create(summit, values, by=organiser)
    assert (number(made), holders(made)) == (1, [one])
    Quota.objects.filter(pk=made.pk).update(taken=0)
    type(summit).objects.update(ends_on="2099-12-31")
    call_command("tidy")
    assert number(made) == 1
    assert HistoryEntry.objects.filter(action="quota.reconcile").count() == 1


def test_once_the_summit_is_over_erased_answers_change_no_count(summit, hotel):
    quota = make_quota(summit, 5, hotel.choices.first())
    one = make_registration(summit, answers=chooses(hotel))
    one.answers.all().delete()
    type(summit).objects.update(starts_on="2020-12-15", ends_on="2020-12-17")
    summit.refresh_from_db()
    assert (capacity.reconcile(summit), number(quota)) == (0, 1)


def test_what_is_asked_does_not_grow_with_people(summit, hotel, organiser, django_assert_num_queries):
    make_quota(summit, 99, hotel.choices.first())
    people = [make_registration(summit, answers=chooses(hotel)) for _ in range(6)]
    found = capacity.quotas(summit)
    with django_assert_num_queries(1):
        assert len(capacity.wishes(people, found)) == 6
    make_places(summit, 99)
    with django_assert_num_queries(3):
        Stood.of(people[0])


def test_a_copied_summit_counts_by_its_own_answers_on_its_own_days(summit, hotel, stay, organiser):
    make_quota(summit, 5, hotel.choices.first(), day_question=stay, days=["2021-12-16"])
    again = copying.copy_summit(
        summit, "ogp2022", Text({"en": "Next"}), summit.starts_on.replace(year=2022), by=organiser
    )
    [copied] = again.quotas.all()
    assert copied.choices.get().question.summit == again
    assert copied.day_question.summit == again
    assert copied.days == ["2022-12-16"]
    assert make_summit("other2022").quotas.count() == 0


# in the settings


QUOTAS = "/en/ogp2021/organiser/settings/quotas/"


def test_answers_and_days_are_set_on_the_quota(summit, hotel, stay, organiser, as_user):
    office = as_user(organiser)
    page = office.get(f"{QUOTAS}new/").content.decode()
    assert "Hotel" in page and "Your stay" in page
    lotte = hotel.choices.first()
    sent = {"name_0": "정원", "name_en": "Lotte", "name_ko": "정원", "capacity": "1", "choices": [str(lotte.pk)], "day_question": str(stay.pk),
            "days": ["2021-12-16"], "offer_hours": "48", "attendance": "", "form_versions": "{}"}  # fmt: skip
    assert office.post(f"{QUOTAS}new/", {**sent, "days": []}).status_code == 422
    answer = office.post(f"{QUOTAS}new/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Quota.objects.get()
    assert (list(made.choices.all()), made.day_question, made.days) == ([lotte], stay, ["2021-12-16"])
    listed = office.get(QUOTAS).content.decode()
    assert "Lotte" in listed and "Thu, 16 Dec" in listed
    again = office.get(f"{QUOTAS}{made.pk}/").content.decode()
    assert f'<option value="{lotte.pk}" selected>' in again


def test_answers_of_another_summit_are_none(summit, hotel, organiser, as_user):
    foreign = make_question(make_summit("other2022"), kind="one", choices=("A", "B"))
    sent = {
        "name_en": "X",
        "name_ko": "X",
        "choices": [str(foreign.choices.first().pk)],
        "offer_hours": "48",
        "attendance": "",
        "form_versions": "{}",
    }
    assert as_user(organiser).post(f"{QUOTAS}new/", sent).status_code == 422
    assert not Quota.objects.exists()
