"""Questions of the registration form: made by organisers, answered by people, kept as both left them."""

import pytest

from registration import lifecycle, questions
from registration.models import Answer, Choice, Question
from registration.questions import Wording
from summit.lib.translated import Text
from summit.models import HistoryEntry
from summit.revising import Overtaken
from tests.factories import make_question, make_registration, make_summit


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


def test_a_question_that_needs_no_choices_keeps_none(summit, organiser):
    made = questions.create(summit, values(kind="text"), wordings("Seoul", "Busan"), by=organiser)
    assert made.choices.count() == 0


def test_choices_are_worded_anew_put_in_order_added_and_taken_away(summit, organiser):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan", "Jeju"))
    seoul, busan, _jeju = made.choices.values_list("pk", flat=True)
    again = wordings("Busan", "Seoul, city", "Daegu", keys=(busan, seoul))
    questions.edit(made, values(kind="one"), again, by=organiser)
    assert list(made.choices.values_list("pk", flat=True))[:2] == [busan, seoul]
    assert [str(choice) for choice in Choice.objects.all()] == ["Busan", "Seoul, city", "Daegu"]
    entry = HistoryEntry.objects.get(action="question.edit")
    assert entry.changes["choices"] == [["Seoul", "Busan", "Jeju"], ["Busan", "Seoul, city", "Daegu"]]


def test_what_people_chose_is_not_taken_away_and_its_kind_stays(summit, organiser, registration):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    seoul, busan = made.choices.all()
    lifecycle.correct(registration, {}, answers={made.pk: str(seoul.pk)})
    with pytest.raises(questions.ChoiceTaken) as refused:
        questions.edit(made, values(kind="one"), wordings("Busan", "Jeju", keys=(busan.pk,)), by=organiser)
    assert "Seoul" in str(refused.value)
    with pytest.raises(questions.KindAnswered):
        questions.edit(made, values(kind="line"), by=organiser)
    with pytest.raises(questions.HasAnswers):
        questions.delete(made, by=organiser)
    assert [str(choice) for choice in made.choices.all()] == ["Seoul", "Busan"]
    assert str(Answer.objects.get()) == "Seoul"


def test_two_organisers_do_not_overwrite_each_others_choices(summit, organiser):
    from summit.inline import marks_of

    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    early = marks_of(made, questions.MARKED)
    keys = tuple(made.choices.values_list("pk", flat=True))
    given = values(kind="one")
    questions.edit(made, given, wordings("Seoul", "Busan", "Jeju", keys=keys), marks=early, by=organiser)
    with pytest.raises(Overtaken):
        questions.edit(made, given, wordings("Seoul", "Busan", keys=keys), marks=early, by=organiser)
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
    given = {line.pk: "일산", yes.pk: True, one.pk: str(seoul.pk), several.pk: [str(tea.pk), str(water.pk)]}
    lifecycle.correct(registration, {}, answers=given)
    assert [said for _question, said in questions.said_by(registration)] == ["일산", "예", "Seoul", "Tea, Water"]
    assert questions.given_by(registration) == given | {yes.pk: "yes"}
    [entry] = HistoryEntry.objects.filter(action="registration.answer")
    assert entry.changes == {}
    # The same once more is no change; an empty answer is none.
    lifecycle.correct(registration, {}, answers=given)
    assert HistoryEntry.objects.filter(action="registration.answer").count() == 1
    lifecycle.correct(registration, {}, answers={line.pk: "", yes.pk: False, one.pk: "", several.pk: []})
    assert Answer.objects.count() == 0


def test_choices_of_other_questions_and_questions_of_other_summits_are_left_alone(summit, registration):
    one, other = (make_question(summit, kind="one", choices=("A", "B")) for _n in range(2))
    foreign = make_question(make_summit("ogp2023"))
    given = {one.pk: str(other.choices.first().pk), foreign.pk: "여기", 999: "x", other.pk: "9" * 40}
    lifecycle.correct(registration, {}, answers=given)
    assert Answer.objects.count() == 0


def test_sensitive_answers_are_erased_with_the_needs_and_others_stay(summit, registration):
    health, city = make_question(summit, sensitive=True), make_question(summit)
    lifecycle.correct(registration, {}, answers={health.pk: "천식", city.pk: "부산"})
    make_registration(summit, email="two@people.example")
    assert lifecycle.forget_needs(summit) == 1
    assert [str(row) for row in Answer.objects.all()] == ["부산"]
    assert lifecycle.forget_needs(summit) == 0


def test_only_standing_registrations_are_counted(summit, registration):
    made = make_question(summit, kind="several", choices=("Tea", "Coffee"))
    tea, coffee = made.choices.all()
    gone = make_registration(summit, email="two@people.example")
    for one in (registration, gone):
        lifecycle.correct(one, {}, answers={made.pk: [str(tea.pk), str(coffee.pk)]})
    lifecycle.cancel(gone)
    [counted] = questions.counted(summit)
    assert (counted.answered, [choice.chosen for choice in counted.choices.all()]) == (1, [1, 1])
