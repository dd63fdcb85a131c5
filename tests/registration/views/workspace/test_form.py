"""The form as a whole: looked at as somebody, and taken over from another summit."""

import pytest

from registration.models import Question
from registration.registering import form_copying
from summit.models import Membership
from tests.factories import make_category, make_question, make_summit
from tests.registration.reading import words

pytestmark = pytest.mark.django_db
PREVIEW, COPYING = "/en/ogp2021/organiser/questions/preview/", "/en/ogp2021/organiser/questions/copying/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def test_the_form_is_seen_as_a_category_in_each_language(summit, office):
    press, other = make_category(summit, "press"), make_category(summit, "other")
    question = make_question(summit, words={"ko": "언론사", "en": "Which paper?"})
    question.categories.set([press])
    page = office.get(PREVIEW, {"category": press.pk, "language": "ko"}).content.decode()
    assert "언론사" in page and 'lang="ko" inert' in page
    page = office.get(PREVIEW, {"category": other.pk}).content.decode()
    assert "Which paper?" not in page
    assert office.get(PREVIEW, {"category": "x", "language": "xx"}).status_code == 200


@pytest.mark.parametrize(("language", "own"), [("en", "English"), ("ko", "한국어")])
def test_the_language_that_stands_chosen_is_the_one_that_is_shown(summit, office, language, own):
    page = office.get(PREVIEW.replace("/en/", f"/{language}/")).content.decode()
    assert f'<option value="{language}" selected>{own}</option>' in page and f'lang="{language}" inert' in page


@pytest.fixture
def source(summit, organiser):
    other = make_summit("ogp2019", starts_on="2019-05-29", ends_on="2019-05-31")
    Membership.objects.create(summit=other, user=organiser, role="owner")
    press = make_category(other, "press")
    section = other.sections.create(title={"en": "Travel"})
    leader = make_question(other, kind="one", words={"en": "Hotel?"}, choices=("Yes, one", "No"), section=section)
    follower = make_question(other, words={"en": "Which?"}, depends_on=leader, order=0,
                             depends_values=[str(leader.choices.first().pk)])  # fmt: skip
    for_press = make_question(other, words={"en": "Paper"})
    for_press.categories.set([press])
    make_question(other, words={"ko": "어느 도시입니까?", "en": "Which city?"})
    assert follower.pk
    return other


def test_what_another_summit_asks_is_taken_over_once(summit, office, organiser, source):
    make_question(summit)
    page = office.get(COPYING, {"from": source.code}).content.decode()
    assert "Hotel?" in page and "Which city?" not in page
    assert office.post(COPYING, {"from": source.code}).status_code == 302
    hotel, which = (
        Question.objects.get(summit=summit, words__en="Hotel?"),
        Question.objects.get(summit=summit, words__en="Which?"),
    )
    assert which.depends_on == hotel and which.depends_values == [str(hotel.choices.first().pk)]
    assert hotel.section.summit == summit and str(hotel.section.title) == "Travel"
    # Nobody here comes as press.
    assert not Question.objects.filter(summit=summit, words__en="Paper").exists()
    left = form_copying.plan(source, summit)
    assert left.coming == [] and [str(each.words) for each in left.left_out] == ["Paper"]
    page = words(office.get(COPYING, {"from": source.code}))
    assert "Left out" in page and "Paper" in page and "Take these questions over" not in page
    make_category(summit, "press")
    assert [str(each.words) for each in form_copying.take_over(source, summit, by=organiser)] == ["Paper"]
    assert Question.objects.get(summit=summit, words__en="Paper").categories.get().code == "press"
    assert "asked here already" in office.get(COPYING, {"from": source.code}).content.decode()


def test_what_follows_a_question_that_is_there_already_follows_it_where_it_can_be_answered_so(
    summit, organiser, source
):
    here = make_question(summit, kind="one", words={"en": "Hotel?"}, choices=("No", "Yes, one"))
    assert next(str(each.words) for each in form_copying.plan(source, summit).coming) == "Which?"
    made = {str(each.words): each for each in form_copying.take_over(source, summit, by=organiser)}
    assert made["Which?"].depends_on == here
    assert made["Which?"].depends_values == [str(here.choices.get(words__en="Yes, one").pk)]


@pytest.mark.parametrize("other", [{"choices": ("Never", "No")}, {"kind": "yes"}])
def test_what_follows_an_answer_that_cannot_be_given_here_is_not_promised(summit, organiser, source, other):
    make_question(summit, **{"kind": "one", "words": {"en": "Hotel?"}, **other})
    found = form_copying.plan(source, summit)
    assert [str(each.words) for each in found.left_out] == ["Which?", "Paper"]
    assert [each.words for each in form_copying.take_over(source, summit, by=organiser)] == [
        each.words for each in found.coming
    ]


def test_only_a_summit_on_which_one_works_can_be_taken_from(summit, office, organiser, source):
    Membership.objects.filter(summit=source).delete()
    assert office.get(COPYING, {"from": source.code}).status_code == 404
    assert office.post(COPYING, {"from": source.code}).status_code == 404
    assert "No other summit" in office.get(COPYING).content.decode()
