"""The questions of the form as a list of the workspace."""

import re

import pytest

from registration.models import Question
from registration.registering import lifecycle
from summit.editing.inline_edits import value_version
from summit.models import HistoryEntry
from tests.factories import make_category, make_question, make_registration, make_user
from tests.html import flat

PAGE = "/en/ogp2021/organiser/questions/"
LIST = "/en/ogp2021/organiser/lists/questions"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def translator(as_user, summit):
    return as_user(make_user("texts@team.example", summit=summit, role="translator"))


def order():
    return [question.words["en"] for question in Question.objects.all()]


def test_an_empty_list_says_how_to_begin_to_whom_it_is_for(office, translator):
    page = office.get(PAGE).content.decode()
    assert "every question costs registrations" in page and f'href="{PAGE}new/"' in page
    assert f'href="{PAGE}new/"' not in translator.get(PAGE).content.decode()


def test_questions_change_places(summit, office, organiser, translator):
    first, second, third = (make_question(summit, words={"en": each}) for each in "ABC")
    assert office.post(f"{PAGE}{third.pk}/order/", {"way": "up"}).status_code == 302
    assert order() == ["A", "C", "B"]
    office.post(f"{PAGE}{first.pk}/order/", {"way": "down"})
    office.post(f"{PAGE}{second.pk}/order/", {"way": "down"})
    assert order() == ["C", "A", "B"]
    assert HistoryEntry.objects.latest("pk").changes == {"order": [1, 2]}
    page = office.get(PAGE).content.decode()
    assert len(re.findall(r"value=\"(?:up|down)\"[^>]*disabled", page)) == 2
    assert "Move up" not in translator.get(PAGE).content.decode()
    assert translator.post(f"{PAGE}{third.pk}/order/", {"way": "up"}).status_code == 404


def test_a_question_becomes_sensitive_with_its_purpose_alone(summit, office):
    made = make_question(summit)
    cell, sent = f"{LIST}/{made.pk}/sensitive/", {"value": "on", "token": value_version(made.sensitive)}
    assert "what you need it for" in flat(office.post(cell, sent).content.decode())
    form = {
        "words_en": "Allergies?",
        "kind": "text",
        "sensitive": "on",
        "choices-TOTAL_FORMS": "0",
        "choices-INITIAL_FORMS": "0",
    }
    answer = office.post(f"{PAGE}new/", form)
    assert answer.status_code == 422 and "people agree to exactly that" in answer.content.decode()
    Question.objects.filter(pk=made.pk).update(purpose={"en": "For the kitchen"})
    assert office.post(cell, sent).status_code == 302


def test_of_whom_a_question_is_asked_is_told_with_its_categories(summit, office):
    press = make_category(summit, "press", name={"en": "Press", "ko": "언론"})
    _for_all, of_press = (make_question(summit, words={"en": each}) for each in ("For all", "Of the papers"))
    of_press.categories.set([press])
    shown = flat(office.get(PAGE).content.decode()).split("<tbody")[1]
    assert shown.count("Everybody") == 1 and shown.count("Press") == 1
    assert "Of the papers" not in office.get(PAGE, {"asked_of": "everybody"}).content.decode()


def test_what_must_be_answered_is_said_in_place_and_the_choices_stay(summit, office, translator):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    cell, sent = f"{LIST}/{made.pk}/required/", {"value": "on", "token": value_version(made.required)}
    assert translator.get(cell).status_code == 404
    assert office.post(cell, sent).status_code == 302
    made.refresh_from_db()
    assert made.required and [str(choice) for choice in made.choices.all()] == ["Seoul", "Busan"]
    assert office.post(cell, sent).status_code == 409
    assert office.post(f"{LIST}/{made.pk}/kind/", {"value": "text"}).status_code == 404


def test_a_translator_writes_the_words_in_place_and_nothing_else(summit, translator):
    made = make_question(summit, words={"ko": "도시?"}, kind="one", choices=("Seoul", "Busan"))
    sent = {"value_ko": "도시?", "value_en": "City?", "token": value_version(made.words)}
    assert translator.post(f"{LIST}/{made.pk}/words/", sent).status_code == 302
    made.refresh_from_db()
    assert made.words["en"] == "City?" and made.choices.count() == 2
    page = translator.get(PAGE).content.decode()
    assert "Seoul" in page and "Seoul: 0" not in page and 'name="chosen"' not in page
    assert "Answered" not in page
    assert translator.post(f"{LIST}/act/", {"action": "delete", "chosen": [made.pk]}).status_code == 404


def test_what_was_answered_stays_when_many_are_deleted(summit, office):
    kept, gone = make_question(summit), make_question(summit, words={"en": "Dinner?"})
    lifecycle.correct(make_registration(summit), {}, answers={kept.pk: "부산"})
    sent = {"action": "delete", "chosen": [kept.pk, gone.pk]}
    assert "People have answered this question" in office.post(f"{LIST}/act/", sent).content.decode()
    page = office.post(f"{LIST}/act/", {**sent, "confirmed": 1, "number": 2}, follow=True).content.decode()
    assert "1 was deleted. 1 stays as it is." in page
    assert list(Question.objects.all()) == [kept]


def test_the_same_is_not_asked_twice_by_putting_it_back(summit, office):
    asked, out = make_question(summit), make_question(summit, is_asked=False)
    other = make_question(summit, words={"en": "Dinner?"}, is_asked=False)
    sent = {"action": "ask", "chosen": [out.pk, other.pk], "confirmed": 1, "number": 2}
    assert "This is asked already" in office.post(f"{LIST}/act/", sent, follow=True).content.decode()
    assert set(Question.objects.filter(is_asked=True)) == {asked, other}


def test_it_is_narrowed_to_what_lacks_a_translation(summit, office):
    made = make_question(summit, words={"ko": "도시?", "en": "City?"}, kind="one", choices=("Seoul",))
    made.choices.update(words={"en": "Seoul"})
    make_question(summit, words={"ko": "저녁?", "en": "Dinner?"})
    page = flat(office.get(f"{PAGE}?texts=missing-ko").content.decode())
    assert "City?" in page and "Dinner?" not in page and "한국어: missing" in page


@pytest.mark.parametrize("number", [1, 3])
def test_three_questions_take_as_many_queries_as_one(summit, office, number, django_assert_num_queries):
    for n in range(number):
        make_question(summit, words={"en": f"Question {n}"}, kind="one", choices=("Seoul", "Busan"))
    office.get(PAGE)
    with django_assert_num_queries(15):
        office.get(PAGE)
