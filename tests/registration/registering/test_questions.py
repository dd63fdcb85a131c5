"""Questions of the registration form: made by organisers, answered by people, kept as both left them."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db.models import RestrictedError
from django.utils import translation

from registration.models import Answer, Choice, Question, Registration
from registration.registering import answering, asking, lifecycle, needs, questions
from registration.registering.questions import Wording
from summit import history
from summit.editing.revising import Overtaken
from summit.lib.translated import Text
from summit.models import HistoryEntry
from tests.factories import make_question, make_registration, make_summit, person


def wordings(*names, keys=()):
    keys = [*keys, *[None] * len(names)]
    return [Wording(key, Text({"ko": name, "en": name})) for key, name in zip(keys, names, strict=False)]


def values(**given):
    return {"words": Text({"en": "Which city?", "ko": "어느 도시?"}), "hint": Text(), "kind": "line", **given}


def test_a_question_is_made_with_its_choices_in_order(summit, organiser):
    made = questions.create(summit, values(kind="one"), wordings("Seoul", "Busan"), by=organiser)
    assert [str(choice) for choice in made.choices.all()] == ["Seoul", "Busan"]
    assert made.words["ko"] == "어느 도시?"
    [entry] = HistoryEntry.objects.all()
    assert (entry.action, entry.by) == ("question.create", organiser)


@pytest.mark.parametrize("few", [(), ("Seoul",)])
def test_one_answer_is_no_choice(summit, organiser, few):
    with pytest.raises(questions.NoChoices):
        questions.create(summit, values(kind="several"), wordings(*few), by=organiser)
    assert Question.objects.count() == 0


def test_choices_are_not_dropped_unseen(summit, organiser):
    with pytest.raises(questions.ChoicesLeft):
        questions.create(summit, values(kind="text"), wordings("Seoul", "Busan"), by=organiser)
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    with pytest.raises(questions.ChoicesLeft):
        questions.edit(made, values(kind="yes"), wordings("Seoul", "Busan"), by=organiser)
    assert Question.objects.get().choices.count() == 2
    questions.edit(made, values(kind="yes"), by=organiser)
    assert Choice.objects.count() == 0


def test_choices_are_worded_anew_put_in_order_added_and_taken_away(summit, organiser):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan", "Jeju"))
    seoul, busan, _jeju = made.choices.values_list("pk", flat=True)
    again = wordings("Busan", "Seoul, city", "Daegu", keys=(busan, seoul))
    questions.edit(made, values(kind="one"), again, by=organiser)
    assert list(made.choices.values_list("pk", flat=True))[:2] == [busan, seoul]
    assert [str(choice) for choice in Choice.objects.all()] == ["Busan", "Seoul, city", "Daegu"]
    entry = HistoryEntry.objects.get(action="question.edit")
    before, after = "Seoul, Busan, Jeju", "Busan, Seoul, city, Daegu"
    assert entry.changes["choices"] == [{"ko": before, "en": before}, {"ko": after, "en": after}]


def test_a_choice_worded_anew_in_one_language_is_in_the_history(summit, organiser):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    seoul, busan = made.choices.all()
    again = [Wording(seoul.pk, Text({"ko": "서울", "en": "Seoul"})), Wording(busan.pk, busan.words)]
    with translation.override("en"):
        questions.edit(made, values(kind="one"), again, by=organiser)
        [entry] = HistoryEntry.objects.all()
        [line] = history.described([entry], Question, labels={"choices": "answers"})
    assert ("answers (한국어)", ("Seoul, Busan", "서울, Busan")) in line["labelled"]
    assert not any("(English)" in str(label) and "answers" in str(label) for label, _pair in line["labelled"])


def test_a_key_given_twice_is_one_choice_and_a_new_one(summit, organiser):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    seoul, busan = made.choices.values_list("pk", flat=True)
    questions.edit(made, values(kind="one"), wordings("Seoul", "Jeju", keys=(seoul, seoul)), by=organiser)
    assert [str(choice) for choice in made.choices.all()] == ["Seoul", "Jeju"]
    assert not Choice.objects.filter(pk=busan).exists()


def test_two_choices_do_not_read_alike(summit, organiser):
    given = [Wording(None, Text({"ko": "차", "en": "Tea"})), Wording(None, Text({"ko": "찻잎", "en": "TEA"}))]
    with pytest.raises(questions.ChoicesAlike, match="T"):
        questions.create(summit, values(kind="one"), given, by=organiser)
    assert Question.objects.count() == 0


def test_nothing_is_asked_twice_of_the_same_people(summit, organiser):
    made = questions.create(summit, values(), by=organiser)
    with pytest.raises(questions.AskedAlready):
        questions.create(summit, values(), by=organiser)
    other = questions.create(summit, values(asked_of="online"), by=organiser)
    with pytest.raises(questions.AskedAlready):
        questions.edit(other, {"asked_of": ""}, by=organiser)
    questions.edit(made, {"order": 3}, by=organiser)
    assert Question.objects.count() == 2
    # What was taken out of the form is asked anew as another kind, and does not come back beside it.
    questions.edit(made, {"is_asked": False}, by=organiser)
    questions.create(summit, values(kind="text"), by=organiser)
    with pytest.raises(questions.AskedAlready):
        questions.edit(made, {"is_asked": True}, by=organiser)


def test_a_translator_sets_texts_and_nothing_else(summit, organiser):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"), order=2)
    seoul, busan = made.choices.all()
    said = [Wording(busan.pk, Text({"ko": "부산"})), Wording(None, Text({"ko": "몰래"})), Wording(seoul.pk, Text())]
    sent = {"words": Text({"ko": "도시", "en": "City"}), "kind": "line", "order": 9}
    questions.translate(made, sent, said, by=organiser)
    made.refresh_from_db()
    assert (made.words["ko"], made.kind, made.order) == ("도시", "one", 2)
    assert [choice.words.public() for choice in made.choices.all()] == [
        {"ko": "Seoul", "en": "Seoul"},
        {"ko": "부산", "en": "Busan"},
    ]


def test_what_people_chose_is_not_taken_away_and_its_kind_stays(summit, organiser, registration):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    seoul, busan = made.choices.all()
    lifecycle.correct(registration, {}, answers={made.pk: [str(seoul.pk)]})
    with pytest.raises(questions.ChoiceTaken) as refused:
        questions.edit(made, values(kind="one"), wordings("Busan", "Jeju", keys=(busan.pk,)), by=organiser)
    assert "Seoul" in str(refused.value)
    with pytest.raises(questions.KindAnswered):
        questions.edit(made, values(kind="line"), by=organiser)
    with pytest.raises(questions.HasAnswers):
        questions.delete(made, by=organiser)
    assert [str(choice) for choice in made.choices.all()] == ["Seoul", "Busan"]
    assert str(Answer.objects.get()) == "Seoul"
    # Nor does any other way lead past that.
    with pytest.raises(RestrictedError):
        seoul.delete()


def test_two_organisers_do_not_overwrite_each_others_choices(summit, organiser):
    from summit.editing.inline_edits import value_versions

    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    early = value_versions(made, questions.VERSIONED)
    keys = tuple(made.choices.values_list("pk", flat=True))
    given = values(kind="one")
    questions.edit(made, given, wordings("Seoul", "Busan", "Jeju", keys=keys), form_versions=early, by=organiser)
    with pytest.raises(Overtaken):
        questions.edit(made, given, wordings("Seoul", "Busan", keys=keys), form_versions=early, by=organiser)
    assert made.choices.count() == 3


def test_a_question_nobody_answered_is_deleted(summit, organiser):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    questions.delete(made, by=organiser)
    assert (Question.objects.count(), Choice.objects.count()) == (0, 0)


def test_answers_of_every_kind_are_kept_and_said(summit, registration):
    line = make_question(summit, order=1)
    yes = make_question(summit, kind="yes", order=2)
    one = make_question(summit, kind="one", choices=("Seoul", "Busan"), order=3)
    several = make_question(summit, kind="several", choices=("Tea", "Coffee", "Water"), order=4)
    seoul, tea, water = (Choice.objects.get(words__en=word) for word in ("Seoul", "Tea", "Water"))
    given = {line.pk: "일산", yes.pk: "no", one.pk: [str(seoul.pk)], several.pk: [str(tea.pk), str(water.pk)]}
    lifecycle.correct(registration, {}, answers=given)
    assert [said.answer for said in answering.said_by(registration)] == ["일산", "아니요", "Seoul", "Tea, Water"]
    assert answering.given_by(registration) == given
    [entry] = HistoryEntry.objects.filter(action="registration.answer")
    assert entry.changes == {}
    # The same once more is no change; an empty answer is none.
    lifecycle.correct(registration, {}, answers=given)
    assert HistoryEntry.objects.filter(action="registration.answer").count() == 1
    lifecycle.correct(registration, {}, answers={line.pk: "", yes.pk: "", one.pk: [], several.pk: []})
    assert Answer.objects.count() == 0


def test_questions_of_other_summits_are_left_alone(summit, registration):
    foreign = make_question(make_summit("ogp2023"))
    lifecycle.correct(registration, {}, answers={foreign.pk: "여기", 999: "x"})
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("one", "부산"),
        ("one", ["9" * 40]),
        ("several", ["1", "0"]),
        ("yes", "maybe"),
        ("line", ["1"]),
        ("line", "가\n나"),
        ("line", "가" * 201),
        ("text", "가" * 2001),
    ],
)
def test_an_answer_of_before_the_question_changed_is_refused_and_nothing_is_written(summit, registration, kind, given):
    choices = ("A", "B") if kind in {"one", "several"} else ()
    made = make_question(summit, kind=kind, choices=choices)
    if isinstance(given, list) and choices:
        given = [str(made.choices.first().pk), "0"]
    with pytest.raises(answering.AnswerOutdated, match="어느 도시"):
        lifecycle.correct(registration, {"name": "성춘향"}, answers={made.pk: given})
    registration.refresh_from_db()
    assert (Answer.objects.count(), registration.name) == (0, "홍길동")


def read_and(summit, change):
    """The questions as a form has read them, before somebody changes one."""
    known = asking.form_of(summit)
    change(Question.objects.get())
    return known


def test_a_question_that_became_another_kind_since_it_was_read_is_read_again(summit):
    asked = make_question(summit)
    known = read_and(summit, lambda row: questions.edit(row, values(kind="yes"), by=None))
    someone = person(summit, answers={asked.pk: "부산"})
    with pytest.raises(answering.AnswerOutdated):
        lifecycle.register(summit, someone, asked=known)
    assert (Registration.objects.count(), Answer.objects.count()) == (0, 0)


def test_a_question_that_is_gone_since_it_was_read_is_left_alone(summit):
    gone = make_question(summit)
    known = read_and(summit, lambda row: row.delete())
    lifecycle.register(summit, person(summit, answers={gone.pk: "부산"}), asked=known)
    assert (Registration.objects.count(), Answer.objects.count()) == (1, 0)


def test_one_choice_is_not_two(summit, registration):
    made = make_question(summit, kind="one", choices=("A", "B"))
    with pytest.raises(answering.AnswerOutdated):
        lifecycle.correct(registration, {}, answers={made.pk: [str(choice.pk) for choice in made.choices.all()]})


def test_a_choice_of_another_question_is_none_of_this(summit, registration):
    one, other = (make_question(summit, kind="one", choices=("A", "B")) for _n in range(2))
    with pytest.raises(answering.AnswerOutdated):
        lifecycle.correct(registration, {}, answers={one.pk: [str(other.choices.first().pk)]})


def test_an_answer_alone_moves_the_time_of_the_last_change(summit, registration):
    before = registration.updated_at
    lifecycle.correct(registration, {}, answers={make_question(summit).pk: "부산"})
    registration.refresh_from_db()
    assert registration.updated_at > before


def test_putting_questions_in_another_order_changes_no_answer(summit, registration):
    first, second = make_question(summit, order=1), make_question(summit, kind="several", choices=("A", "B"), order=2)
    keys = [str(choice.pk) for choice in second.choices.all()]
    lifecycle.correct(registration, {}, answers={first.pk: "부산", second.pk: keys})
    before = registration.answered
    Question.objects.filter(pk=first.pk).update(order=9)
    Choice.objects.filter(pk=keys[0]).update(order=9)
    assert registration.answered == before


def test_what_is_erased_with_the_needs_is_not_asked_for_again(registration):
    summit = registration.summit
    health, city = make_question(summit, required=True, sensitive=True), make_question(summit, required=True)
    late = summit.ends_on + timedelta(days=32)
    with time_machine.travel(datetime.combine(late, time(), UTC)):
        assert answering.unanswered(registration) == [city]
    with time_machine.travel(datetime.combine(summit.ends_on, time(), UTC)):
        assert answering.unanswered(registration) == [health, city]


def test_sensitive_answers_are_erased_with_the_needs_and_others_stay(summit, registration):
    health, city = make_question(summit, sensitive=True), make_question(summit)
    lifecycle.correct(registration, {}, answers={health.pk: "천식", city.pk: "부산"})
    make_registration(summit, email="two@people.example")
    assert needs.forget_needs(summit) == 1
    assert [str(row) for row in Answer.objects.all()] == ["부산"]
    assert needs.forget_needs(summit) == 0


def test_only_standing_registrations_are_counted(summit, registration):
    made = make_question(summit, kind="several", choices=("Tea", "Coffee"))
    tea, coffee = made.choices.all()
    gone = make_registration(summit, email="two@people.example")
    for one in (registration, gone):
        lifecycle.correct(one, {}, answers={made.pk: [str(tea.pk), str(coffee.pk)]})
    lifecycle.cancel(gone)
    [counted] = answering.counted(summit)
    assert (counted.people, counted.kept, [choice.chosen for choice in counted.choices.all()]) == (1, 2, [1, 1])


def test_who_comes_another_way_now_is_not_counted(summit, registration):
    meal = make_question(summit, kind="yes", asked_of="in_person")
    dish = make_question(summit, kind="one", choices=("Rice", "Noodles"), asked_of="in_person")
    rice = dish.choices.first()
    for someone in (registration, make_registration(summit, email="two@people.example")):
        lifecycle.correct(someone, {}, answers={meal.pk: "yes", dish.pk: [str(rice.pk)]})
    lifecycle.change_attendance(registration, "online")
    first, second = answering.counted(summit)
    assert (first.people, first.yes, first.no, first.kept) == (1, 1, 0, 2)
    assert [choice.chosen for choice in second.choices.all()] == [1, 0]
    assert [said.still_asked for said in answering.said_by(registration)] == [False, False]
