"""Every kind of answer: what may be typed, how it is kept, how it reads."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation

from registration.forms.asking import AskingForm, name_of
from registration.models import Answer, Question
from registration.registering import answering, lifecycle, questions
from tests.factories import make_organisation, make_question, make_registration, make_session


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("number", "1,200", "1200"),
        ("number", "１２．50", "12.5"),
        ("number", "-0", "0"),
        ("date", "2021-12-15", "2021-12-15"),
        ("dates", "2021-12-14/2021-12-18", "2021-12-14/2021-12-18"),
        ("time", "9:05", "09:05"),
        ("country", "EE", "EE"),
        ("phone", "+82 (2) 1234-5678", "+82212345678"),
        ("url", "opengovpartnership.org/x", "https://opengovpartnership.org/x"),
        ("line", "가" * 200, "가" * 200),
        ("text", "one\ntwo", "one\ntwo"),
        ("consent", "yes", "yes"),
    ],
)
def test_what_is_typed_is_kept_in_one_way(kind, typed, kept):
    question = Question(kind=kind)
    assert question.read(typed) == kept
    assert question.takes(kept) and question.takes(typed) is (typed == kept)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "many"),
        ("number", "1e999999"),
        ("number", "NaN"),
        ("number", "1" * 400),
        ("date", "2021-02-30"),
        ("date", "0021-02-03"),
        ("dates", "2021-12-18/2021-12-14"),
        ("dates", "2021-12-18"),
        ("time", "25:00"),
        ("country", "XX"),
        ("phone", "12"),
        ("phone", "+" + "1" * 400),
        ("url", "javascript:alert(1)"),
        ("url", "https://somebody:secret@people.example/"),
        ("url", "https://[::1"),
        ("url", f"https://people.example/{'x' * 500}"),
        ("line", "a\nb"),
        ("line", "a" * 201),
        ("yes", "maybe"),
    ],
)
def test_what_is_no_answer_is_said(kind, typed):
    with pytest.raises(ValidationError) as said:
        Question(kind=kind).read(typed)
    assert said.value.messages


def test_a_number_stays_within_its_range():
    question = Question(kind="number", lowest="1", highest="12.5")
    question.clean_fields(exclude={"summit", "words", "depends_on"})
    assert question.read("12.5") == "12.5"
    with pytest.raises(ValidationError, match=r"12\.5"):
        question.read("13")
    with pytest.raises(ValidationError, match="1"):
        question.read("0")


def test_a_telephone_number_is_of_the_country_the_person_is_from():
    question = Question(kind="phone")
    assert question.read("010-1234-5678", "KR") == "+821012345678"
    with pytest.raises(ValidationError):
        question.read("010-1234-5678")


def form_of(summit, **data):
    class Form(AskingForm):
        pass

    form = Form(data)
    form.ask(summit, attendance="in_person")
    return form


def reads(question, registration, given, language="en"):
    registration.answers.all().delete()
    answering.answer(registration, {question.pk: given})
    with translation.override(language):
        return answering.said_by(registration)[0].answer


@pytest.mark.parametrize(
    ("kind", "given", "english", "korean"),
    [
        ("date", "2021-12-15", "Wednesday, 15 December 2021", "2021년 12월 15일(수)"),
        ("dates", "2021-12-14/2021-12-18", "14–18 December 2021", "2021년 12월 14일–18일"),
        ("country", "EE", "Estonia", "에스토니아"),
        ("phone", "+82212345678", "+82 2-1234-5678", "+82 2-1234-5678"),
        ("number", "12.5", "12.5", "12.5"),
    ],
)
def test_an_answer_reads_in_the_readers_language(summit, registration, kind, given, english, korean):
    question = make_question(summit, kind=kind)
    assert reads(question, registration, given) == english
    assert reads(question, registration, given, "ko") == korean


def test_two_days_are_two_fields_and_both_are_needed(summit):
    question = make_question(summit, kind="dates")
    name = name_of(question)
    form = form_of(summit, **{f"{name}_0": "2021-12-14", f"{name}_1": "2021-12-18"})
    assert form.is_valid() and form.answers("in_person") == {question.pk: "2021-12-14/2021-12-18"}
    assert str(form[name]).count('type="date"') == 2
    assert not form_of(summit, **{f"{name}_0": "2021-12-14"}).is_valid()
    assert form_of(summit).answers is not None and form_of(summit).is_valid()


def test_an_order_is_kept_and_each_choice_named_once(summit, registration):
    question = make_question(summit, kind="ranked", choices=("Seoul", "Busan", "Jeju"))
    seoul, busan, jeju = (str(key) for key in question.choices.values_list("pk", flat=True))
    name = name_of(question)
    form = form_of(summit, **{f"{name}_0": jeju, f"{name}_2": seoul})
    assert form.is_valid(), form.errors
    assert form.answers("in_person") == {question.pk: [jeju, seoul]}
    assert not form_of(summit, **{f"{name}_0": jeju, f"{name}_1": jeju}).is_valid()
    assert reads(question, registration, [jeju, busan]) == "1. Jeju, 2. Busan"
    answering.answer(registration, {question.pk: [busan, jeju]})
    assert answering.given_by(registration) == {question.pk: [busan, jeju]}


def test_the_day_of_a_consent_is_that_of_the_summit(summit, registration):
    question = make_question(summit, kind="consent")
    lifecycle.correct(registration, {}, answers={question.pk: "yes"})
    Answer.objects.update(given_at=datetime(2021, 11, 30, 22, 0, tzinfo=UTC))
    with translation.override("en"):
        [said] = answering.said_by(registration)
    assert "1 December" in said.answer


def test_a_consent_whose_words_change_is_asked_for_again(summit, organiser, registration):
    question = make_question(summit, kind="consent", required=True)
    with time_machine.travel(datetime(2021, 11, 2, tzinfo=UTC), tick=False):
        lifecycle.correct(registration, {}, answers={question.pk: "yes"})
    assert answering.unanswered(registration) == []
    with translation.override("en"):
        assert "2 November 2021" in answering.said_by(registration)[0].answer
    questions.edit(question, {"words": {"ko": "다른 동의", "en": "Another"}}, by=organiser)
    assert [each.pk for each in answering.unanswered(registration)] == [question.pk]
    lifecycle.correct(registration, {}, answers={question.pk: "yes"})
    assert Answer.objects.get().version == 2 and answering.unanswered(registration) == []


def test_organisations_are_proposed_and_any_is_taken(summit):
    question = make_question(summit, kind="organisation", suggested="행정안전부\nWorld Bank <b>\n")
    form = form_of(summit, **{name_of(question): "Elsewhere"})
    drawn = str(form[name_of(question)])
    assert '<option value="World Bank &lt;b&gt;">' in drawn and f'list="id_{name_of(question)}_proposed"' in drawn
    assert form.is_valid() and form.answers("in_person") == {question.pk: "Elsewhere"}


def test_hosts_are_proposed_once_a_session_of_theirs_is_public(summit, client):
    make_question(summit, kind="organisation")
    host = make_organisation(summit, "hanbit", name={"ko": "한빛시민연대", "en": "Hanbit"})
    session = make_session(summit, hosts=[host], published_at=None)
    page = "/en/ogp2021/register/"
    assert "Hanbit" not in client.get(page).content.decode()
    session.published_at = session.updated_at
    session.save()
    # The form is drawn anew for it, though nothing of its questions has changed.
    assert '<option value="Hanbit">' in client.get(page).content.decode()


def test_a_person_answers_every_kind_in_one_registration(summit):
    kinds = {"line": "a", "text": "b", "number": "3", "yes": "no", "date": "2021-12-15", "dates": "2021-12-14/2021-12-18",
             "time": "10:00", "country": "KR", "organisation": "c", "phone": "+82212345678", "url": "https://a.example",
             "consent": "yes"}  # fmt: skip
    made = {make_question(summit, kind=kind, words={"en": kind}).pk: said for kind, said in kinds.items()}
    registered = make_registration(summit, answers=made)
    assert answering.given_by(registered) == made
