"""Places of a choice: a dinner for two, and whoever waits for it."""

import pytest
from django.core import mail

from registration.models import Choice, Pick, Registration
from registration.places import picks
from registration.registering import answering, bulk, decisions, lifecycle, questions
from registration.registering.questions import Wording
from summit.models import Message
from tests.factories import make_category, make_question, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def dinner(summit):
    made = make_question(summit, kind="several", words={"en": "Evening"}, choices=("Dinner", "Visit"))
    made.choices.filter(words__en="Dinner").update(capacity=1, has_waitlist=True)
    return made.choices.get(words__en="Dinner")


def choose(registration, *choices, question):
    lifecycle.correct(registration, {}, answers={question.pk: [str(choice.pk) for choice in choices]})


def standing(registration):
    return list(Pick.objects.filter(answer__registration=registration).values_list("choice__words__en", "holds"))


def test_the_second_waits_and_gets_what_the_first_gives_back(summit, dinner):
    question = dinner.question
    first = make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    second = make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    assert standing(first) == [("Dinner", True)] and standing(second) == [("Dinner", False)]
    assert Pick.objects.get(answer__registration=second).waits_since is not None
    Message.objects.all().delete()
    choose(first, question=question)
    assert standing(first) == [] and standing(second) == [("Dinner", True)]
    [letter] = Message.objects.all()
    assert letter.to == second.email and "Dinner" in letter.text
    dinner.refresh_from_db()
    assert dinner.taken == 1


def test_whoever_waits_for_a_choice_is_told_so_in_the_mail_of_their_registration(summit, dinner, work):
    for email in ("first@example.org", "second@example.org"):
        make_registration(summit, email=email, language="en", answers={dinner.question_id: [str(dinner.pk)]})
    work()
    told = {letter.to[0]: letter for letter in mail.outbox}
    waits = "“Dinner” (Evening) is full: you are on its waitlist"
    assert waits not in told["first@example.org"].body
    assert waits in told["second@example.org"].body and waits in str(told["second@example.org"].alternatives)
    lifecycle.change_attendance(Registration.objects.get(email__address="second@example.org"), "online")
    assert waits in Message.objects.order_by("created_at").last().text


def test_what_has_no_waitlist_is_refused_and_nothing_is_kept(summit, dinner):
    Choice.objects.filter(pk=dinner.pk).update(has_waitlist=False)
    question = dinner.question
    make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    other = make_registration(summit)
    with pytest.raises(answering.ChoiceFull, match="Dinner"):
        choose(other, dinner, question=question)
    assert standing(other) == []


@pytest.mark.parametrize("leave", ["cancel", "online", "category", "category of many"])
def test_whoever_is_no_longer_asked_gives_the_place_back(summit, organiser, dinner, leave):
    question = dinner.question
    question.asked_of = "in_person"
    question.save()
    first = make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    question.categories.set([first.category])
    second = make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    match leave:
        case "cancel":
            lifecycle.cancel(first)
        case "online":
            lifecycle.change_attendance(first, "online")
        case "category":
            lifecycle.set_category(first, make_category(summit, "press"), by=organiser)
        case "category of many":
            bulk.set_category(summit, [first], make_category(summit, "press"), by=organiser)
    assert standing(second) == [("Dinner", True)]
    dinner.refresh_from_db()
    assert dinner.taken == 1


def test_many_who_are_asked_again_take_what_is_left_and_nobody_is_given_what_they_lose(summit, organiser, dinner):
    question, asked, other = dinner.question, make_category(summit), make_category(summit, "press")
    people = [make_registration(summit, category=asked, answers={question.pk: [str(dinner.pk)]}) for _n in range(3)]
    question.categories.set([asked])
    Message.objects.all().delete()
    bulk.set_category(summit, people, other, by=organiser)
    dinner.refresh_from_db()
    assert dinner.taken == 0 and not Message.objects.exists()
    for person in people:
        person.refresh_from_db()
    bulk.set_category(summit, people, asked, by=organiser)
    assert [standing(person) for person in people] == [[("Dinner", True)], [("Dinner", False)], [("Dinner", False)]]
    dinner.refresh_from_db()
    assert dinner.taken == 1


def test_of_many_places_of_choices_take_as_few_queries_as_of_few(
    summit, organiser, dinner, django_assert_max_num_queries
):
    question, asked, other = dinner.question, make_category(summit), make_category(summit, "press")
    Choice.objects.filter(pk=dinner.pk).update(capacity=30)
    people = [make_registration(summit, category=asked, answers={question.pk: [str(dinner.pk)]}) for _n in range(20)]
    question.categories.set([asked])
    with django_assert_max_num_queries(24):
        bulk.set_category(summit, people, other, by=organiser)
    dinner.refresh_from_db()
    assert dinner.taken == 0
    with django_assert_max_num_queries(24):
        bulk.set_category(summit, people, asked, by=organiser)
    dinner.refresh_from_db()
    assert dinner.taken == 20


def test_whoever_comes_back_waits_behind_the_others(summit, organiser, dinner):
    question = dinner.question
    first = make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    lifecycle.cancel(first)
    second = make_registration(summit, answers={question.pk: [str(dinner.pk)]})
    decisions.reinstate(first, by=organiser)
    assert standing(second) == [("Dinner", True)] and standing(first) == [("Dinner", False)]


def test_a_limit_counts_who_chose_before_and_a_lower_one_takes_from_nobody(summit, organiser, dinner):
    question = dinner.question
    visit = question.choices.get(words__en="Visit")
    people = [make_registration(summit, answers={question.pk: [str(visit.pk)]}) for _number in range(3)]

    def limit(most):
        rows = [Wording(dinner.pk, dinner.words, 1, True), Wording(visit.pk, visit.words, most)]
        questions.edit(question, {}, rows, by=organiser)
        visit.refresh_from_db()

    limit(5)
    assert visit.taken == 3 and all(standing(person) == [("Visit", True)] for person in people)
    limit(2)
    assert (visit.taken, visit.excess) == (3, 1)
    choose(people[0], question=question)
    visit.refresh_from_db()
    assert (visit.taken, visit.excess) == (2, 0)
    limit(None)
    assert visit.taken == 0 and not Pick.objects.filter(choice=visit, holds=True).exists()


def test_the_nightly_count_puts_right_what_was_changed_by_hand(summit, dinner):
    make_registration(summit, answers={dinner.question.pk: [str(dinner.pk)]})
    Choice.objects.filter(pk=dinner.pk).update(taken=0)
    assert picks.reconcile(summit) == 1
    dinner.refresh_from_db()
    assert dinner.taken == 1 and picks.reconcile(summit) == 0
