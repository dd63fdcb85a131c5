"""To whom a question is put: by way, category and earlier answers, at any depth."""

import pytest
from django.http import QueryDict

from registration.forms.asking import AskingForm, name_of
from registration.registering import answering, lifecycle, questions
from registration.registering.asking import Asked, form_of, put
from registration.registering.questions import Wording
from summit.lib.translated import Text
from tests.factories import make_category, make_question, make_registration, make_summit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(summit):
    """Dinner? → which of two → which wine."""
    dinner = make_question(summit, kind="yes", words={"en": "Dinner?"}, order=1)
    dish = make_question(summit, kind="one", words={"en": "Dish"}, choices=("Fish", "Rice"), depends_on=dinner,
                         depends_values=["yes"], order=2)  # fmt: skip
    fish = str(dish.choices.first().pk)
    wine = make_question(summit, kind="line", words={"en": "Wine"}, depends_on=dish, depends_values=[fish], order=3)
    return dinner, dish, wine, fish


def keys(summit, **who):
    return put(form_of(summit), Asked("in_person", None, who.pop("answers", {})))


def test_a_chain_is_followed_to_its_end(summit, chain):
    dinner, dish, wine, fish = chain
    assert keys(summit) == {dinner.pk}
    assert keys(summit, answers={dinner.pk: "yes"}) == {dinner.pk, dish.pk}
    assert keys(summit, answers={dinner.pk: "yes", dish.pk: [fish]}) == {dinner.pk, dish.pk, wine.pk}
    # An answer that is no longer led to leads to nothing.
    assert keys(summit, answers={dinner.pk: "no", dish.pk: [fish]}) == {dinner.pk}


def test_a_question_of_a_category_is_put_to_it_alone(summit):
    press, other = make_category(summit, "press"), make_category(summit, "other")
    question = make_question(summit)
    question.categories.set([press])
    form = form_of(summit)
    assert put(form, Asked("online", press.pk)) == {question.pk}
    assert put(form, Asked("online", other.pk)) == set()
    assert put(form, Asked("", None)) == {question.pk}


class Form(AskingForm):
    def __init__(self, summit, data=None, **known):
        super().__init__(data)
        self.ask(summit, **known)


def sent(**values):
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def test_what_is_led_to_must_be_answered_and_is_asked_again(summit, chain):
    dinner, dish, wine, fish = chain
    type(wine).objects.filter(pk__in=[dish.pk, wine.pk]).update(required=True)
    no = Form(summit, sent(**{name_of(dinner): "no", name_of(wine): "red"}), attendance="in_person")
    assert no.is_valid() and no.answers("in_person") == {dinner.pk: "no"}
    yes = Form(summit, sent(**{name_of(dinner): "yes"}), attendance="in_person")
    assert list(yes.errors) == [name_of(dish)]
    whole = Form(
        summit, sent(**{name_of(dinner): "yes", name_of(dish): fish, name_of(wine): "red"}), attendance="in_person"
    )
    assert whole.is_valid() and whole.answers("in_person") == {dinner.pk: "yes", dish.pk: [fish], wine.pk: "red"}


def test_what_is_no_longer_led_to_is_emptied(summit, chain):
    dinner, dish, _wine, fish = chain
    registered = make_registration(summit, answers={dinner.pk: "yes", dish.pk: [fish]})
    form = Form(
        summit, sent(**{name_of(dinner): "no", name_of(dish): fish}), attendance="in_person",
        given=answering.given_by(registered),
    )  # fmt: skip
    assert form.is_valid()
    lifecycle.correct(registered, {}, answers=form.answers("in_person"))
    assert answering.given_by(registered) == {dinner.pk: "no"}


def test_without_a_script_each_says_to_whom_it_is_put(summit, chain):
    dinner, dish, wine, _fish = chain
    press = make_category(summit, "press", name={"en": "Press"})
    dish.categories.set([press])
    form = Form(summit)
    assert "Dinner?" in form.fields[name_of(dish)].help_text and "Press" in form.fields[name_of(dish)].help_text
    assert "Fish" in form.fields[name_of(wine)].help_text
    assert form.fields[name_of(wine)].widget.attrs["data-asked-after"] == name_of(dish)
    known = Form(summit, category=press.pk, attendance="in_person")
    assert "Press" not in known.fields[name_of(dish)].help_text
    assert name_of(dinner) in known.fields


def edited(question, organiser, **values):
    choices = [Wording(choice.pk, choice.words) for choice in question.choices.all()]
    return questions.edit(question, values, choices, by=organiser)


def test_no_question_waits_for_itself(summit, organiser, chain):
    dinner, _dish, wine, _fish = chain
    wine = edited(wine, organiser, kind="yes")
    with pytest.raises(questions.LeadsRound):
        edited(dinner, organiser, depends_on=wine, depends_values=["yes"])
    with pytest.raises(questions.LeadsRound):
        edited(wine, organiser, depends_on=wine, depends_values=["yes"])
    dinner.refresh_from_db()
    assert dinner.depends_on is None


def test_a_question_follows_an_answer_there_is(summit, organiser, chain):
    dinner, dish, wine, fish = chain
    with pytest.raises(questions.LeadsNowhere):
        edited(wine, organiser, depends_on=dish, depends_values=[])
    with pytest.raises(questions.LeadsNowhere):
        edited(wine, organiser, depends_on=dinner, depends_values=[fish])
    foreign = make_question(make_summit("other2021"), kind="yes")
    with pytest.raises(questions.LeadsNowhere):
        edited(wine, organiser, depends_on=foreign, depends_values=["yes"])


def test_what_others_follow_stays(summit, organiser, chain):
    dinner, dish, _wine, _fish = chain
    with pytest.raises(questions.OthersFollow):
        questions.delete(dinner, by=organiser)
    with pytest.raises(questions.OthersFollow):
        edited(dinner, organiser, kind="line")
    rice = dish.choices.last()
    with pytest.raises(questions.OthersFollow):
        questions.edit(dish, {}, [Wording(rice.pk, rice.words), Wording(None, Text({"en": "Tofu"}))], by=organiser)


def test_a_ring_made_by_hand_asks_nobody(summit, chain):
    dinner, _dish, wine, _fish = chain
    type(dinner).objects.filter(pk=dinner.pk).update(depends_on=wine, depends_values=["x"])
    assert keys(summit, answers={wine.pk: "x"}) == set()


def test_the_form_of_a_summit_takes_two_queries(summit, chain, django_assert_num_queries):
    with django_assert_num_queries(2):
        form = form_of(summit)
        assert [str(each.depends_on) for each in form] == ["None", "Dinner?", "Dish"]
        put(form, Asked("in_person", 1))
