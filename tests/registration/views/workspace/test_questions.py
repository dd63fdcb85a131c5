"""The summit's own questions on the pages of people and of organisers."""

import csv
import io
import re
from datetime import UTC, datetime, time, timedelta
from html import unescape

import openpyxl
import pytest
import time_machine

from registration.forms.person import DetailsForm
from registration.models import Answer, Question, Registration
from registration.registering import answering, lifecycle
from summit.models import HistoryEntry
from tests.factories import make_category, make_question, make_registration, make_user
from tests.html import flat
from tests.registration.reading import form_values, words

PAGE = "/en/ogp2021/organiser/questions/"
FILES = "/en/ogp2021/organiser/lists/registrations"
LIST = "/en/ogp2021/organiser/registrations/"
REGISTER = "/ko/ogp2021/register/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def filled(summit):
    category = make_category(summit)

    def fill(**changes):
        return {"nonce": "0123456789abcdef", "attendance": "in_person", "category": category.pk, "name": "홍길동", "name_romanised": "Hong",
                "email": "hong@people.example", "country": "KR", "language": "ko", "privacy": "on", **changes}  # fmt: skip

    return fill


def rows(*given, initial=0):
    """The rows of choices as a browser sends them: (key, words, order)."""
    data = {"choices-TOTAL_FORMS": len(given), "choices-INITIAL_FORMS": initial}
    for n, (key, said, order) in enumerate(given):
        data |= {f"choices-{n}-pk": key or "", f"choices-{n}-words_ko": said, f"choices-{n}-words_en": said,
                 f"choices-{n}-order": order}  # fmt: skip
    return data


def asked(**changes):
    return {"words_ko": "어느 도시입니까?", "words_en": "Which city?", "hint_ko": "", "hint_en": "", "kind": "one",
            "asked_of": "", "is_asked": "on", "order": "1", **changes}  # fmt: skip


def test_from_the_organisers_form_to_the_answer_of_somebody_who_registers(summit, office, client, filled):
    sent = asked(required="on") | rows((None, "서울", 2), (None, "부산", 1), (None, "", ""))
    assert office.post(f"{PAGE}new/", sent).status_code == 302
    made = Question.objects.get()
    busan, seoul = made.choices.all()
    assert (str(busan.words["ko"]), made.required, made.is_asked) == ("부산", True, True)
    assert "어느 도시입니까?" in words(client.get(REGISTER))
    # Left out, it is asked for; nothing is written.
    response = client.post(REGISTER, filled())
    assert response.status_code == 422
    assert Registration.objects.count() == 0
    assert client.post(REGISTER, filled(**{f"question_{made.pk}": seoul.pk})).status_code == 302
    person = Registration.objects.get()
    assert [said.answer for said in answering.said_by(person)] == ["서울"]
    own = client.get(person.get_absolute_url())
    assert "어느 도시입니까?" in words(own) and "서울" in words(own)
    page = office.get(f"{LIST}{person.guid}/").content.decode()
    assert "Which city?" in page and "서울" in page
    page = flat(office.get(PAGE).content.decode())
    assert "서울: 1" in page and "부산: 0" in page and "Must be answered" in page


def test_words_that_stand_in_for_a_translation_say_their_language_and_stay_words(summit, client):
    make_question(summit, words={"ko": "<b>어느</b> 도시?"})
    page = client.get("/en/ogp2021/register/").content.decode()
    assert '<span lang="ko">&lt;b&gt;어느&lt;/b&gt; 도시?</span>' in page


def test_who_comes_another_way_now_is_not_counted_on_in_the_list(summit, office, registration):
    made = make_question(summit, words={"en": "Dinner?"}, kind="yes", asked_of="in_person")
    lifecycle.correct(registration, {}, answers={made.pk: "no"})
    read = lambda: list(csv.DictReader(io.StringIO(office.get(f"{FILES}.csv").content.decode("utf-8-sig"))))  # noqa: E731
    assert read()[0]["Dinner?"] == "No"
    lifecycle.change_attendance(registration, "online")
    assert read()[0]["Dinner?"] == ""


def test_rows_without_a_number_come_last(summit, office):
    sent = asked() | rows((None, "셋", ""), (None, "하나", 1), (None, "둘", 2))
    assert office.post(f"{PAGE}new/", sent).status_code == 302
    assert [str(choice) for choice in Question.objects.get().choices.all()] == ["하나", "둘", "셋"]


def test_headings_are_told_apart_however_they_are_written(summit, office, registration):
    for said in ("city", "City (2)", "CITY", "Country"):
        make_question(summit, words={"en": said})
    [heading, _row] = csv.reader(io.StringIO(office.get(f"{FILES}.csv").content.decode("utf-8-sig")))
    assert heading[-4:] == ["city", "City (2)", "CITY (3)", "Country (2)"]


@pytest.mark.parametrize("odd", ["\ufffe", "\uffff", "\u0001", "\u200d", "\u3164"])
def test_no_character_anybody_types_breaks_the_workbook(summit, office, client, filled, odd):
    made = make_question(summit, words={"en": f"Ci{odd}ty"}, required=True)
    said = f"question_{made.pk}"
    assert client.post(REGISTER, filled(**{said: odd})).status_code == 422
    assert client.post(REGISTER, filled(name=f"홍{odd}길동", **{said: f"부{odd}산"})).status_code == 302
    answer = office.get(f"{FILES}.xlsx")
    assert answer.status_code == 200
    assert "부" in str(
        list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))[1][-1]
    )


@pytest.mark.parametrize("way", ["in_person", "online"])
def test_a_question_to_some_is_required_of_them_alone(summit, client, filled, way):
    made = make_question(summit, required=True, asked_of="in_person")
    page = words(client.get(REGISTER))
    assert "직접 참석하시는 경우에만" in page
    response = client.post(REGISTER, filled(attendance=way))
    assert response.status_code == (422 if way == "in_person" else 302)
    # What somebody wrote before they chose to come online is not kept.
    client.post(REGISTER, filled(attendance=way, email="two@people.example", **{f"question_{made.pk}": "부산"}))
    assert Answer.objects.count() == (1 if way == "in_person" else 0)


def test_answers_are_corrected_on_the_own_page_which_asks_what_concerns_the_person(summit, client, registration):
    city = make_question(summit)
    make_question(summit, words={"ko": "어느 시간대입니까?"}, asked_of="online")
    lifecycle.correct(registration, {}, answers={city.pk: "부산"})
    address = f"{registration.get_absolute_url()}details/"
    page = client.get(address).content.decode()
    assert 'value="부산"' in page and "어느 시간대입니까?" not in page
    sent = {"name": "홍길동", "country": "KR", "language": "ko"}
    assert client.post(address, {**sent, f"question_{city.pk}": "서울"}).status_code == 302
    assert str(Answer.objects.get()) == "서울"
    assert client.post(address, {**sent, f"question_{city.pk}": "가" * 201}).status_code == 422
    assert str(Answer.objects.get()) == "서울"


def test_who_comes_another_way_now_is_asked_what_concerns_them(summit, client):
    make_question(summit, required=True, asked_of="in_person")
    make_question(summit, words={"ko": "부담 없는 질문"}, asked_of="in_person")
    person = make_registration(summit, attendance="online")
    page = person.get_absolute_url()
    asked = "주최 측에서 답변을 기다리고 있습니다"
    assert asked not in words(client.get(page))
    lifecycle.change_attendance(person, "in_person")
    shown = words(client.get(page))
    assert asked in shown and "어느 도시입니까?" in shown and "부담 없는 질문" not in shown
    sent = {"name": "홍길동", "country": "KR", "language": "ko"}
    assert client.post(f"{page}details/", sent).status_code == 422
    city = Question.objects.get(required=True)
    client.post(f"{page}details/", {**sent, f"question_{city.pk}": "부산"})
    assert asked not in words(client.get(page))


@pytest.mark.parametrize("wrong", ["999", "x", "<script>"])
def test_a_choice_that_is_not_offered_is_refused(summit, client, filled, wrong):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    assert client.post(REGISTER, filled(**{f"question_{made.pk}": wrong})).status_code == 422
    assert Registration.objects.count() == 0


def test_an_organiser_corrects_details_and_answers_for_somebody(summit, office, organiser, registration):
    city = make_question(summit, required=True)
    address = f"{LIST}{registration.guid}/details/"
    assert address in office.get(f"{LIST}{registration.guid}/").content.decode()
    summit.changes_until = summit.registration_opens_at
    summit.save()
    sent = {"name": "홍길동", "country": "KR", "language": "ko", "organisation": "새 기관"}
    # What only the person can say does not keep the organisers from correcting a name.
    assert office.post(address, sent).status_code == 302
    registration.refresh_from_db()
    assert (registration.organisation, Answer.objects.count()) == ("새 기관", 0)
    sent = form_values(office.get(address))
    assert office.post(address, {**sent, f"question_{city.pk}": "부산"}).status_code == 302
    registration.refresh_from_db()
    assert (registration.organisation, str(Answer.objects.get())) == ("새 기관", "부산")
    actions = set(HistoryEntry.objects.filter(by=organiser).values_list("action", flat=True))
    assert actions == {"registration.correct", "registration.answer"}
    # A form from before that does not overwrite it; having seen it, the same words may.
    stale = form_values(office.get(address))
    office.post(address, {**stale, "job_title": "사무국장"})
    response = office.post(address, {**stale, "job_title": "대표"})
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in response.content.decode()
    assert office.post(address, {**form_values(response), "job_title": "대표"}).status_code == 302
    registration.refresh_from_db()
    assert registration.job_title == "대표"
    lifecycle.cancel(registration, as_organiser=True)
    response = office.post(address, {**sent, f"question_{city.pk}": "서울"})
    assert response.status_code == 409 and "has been cancelled" in response.content.decode()
    response = office.get(address, follow=True)
    assert response.redirect_chain and "has been cancelled" in response.content.decode()


@pytest.mark.parametrize("whose", ["person", "organiser"])
def test_saving_again_after_a_conflict_writes_over_no_answer_that_was_not_touched(
    summit, office, client, registration, whose
):
    line, one, several = (make_question(summit, words={"ko": kind}, kind=kind) for kind in ("line", "one", "several"))
    for question in (one, several):
        for word in ("A", "B"):
            question.choices.create(words={"ko": word, "en": word})
    first, second = one.choices.all()
    picks = [str(choice.pk) for choice in several.choices.all()]
    sender, address = (client, f"{registration.get_absolute_url()}details/") if whose == "person" else (
        office, f"{LIST}{registration.guid}/details/")  # fmt: skip
    stale = form_values(sender.get(address))
    lifecycle.correct(registration, {}, answers={line.pk: "부산", one.pk: [str(first.pk)], several.pk: picks})
    response = sender.post(address, {**stale, "job_title": "대표", f"question_{one.pk}": str(second.pk)})
    assert response.status_code == 409
    page = response.content.decode()
    assert page.count(" checked") >= 2 and 'value="부산"' in page
    sent = form_values(response) | {f"question_{several.pk}": picks}
    assert sent[f"question_{line.pk}"] == "부산"
    assert sender.post(address, sent).status_code == 302
    said = [said.answer for said in answering.said_by(registration)]
    assert said == ["부산", "B", "A, B"]


def test_an_answer_that_could_not_be_kept_is_said(summit, client, filled, registration):
    made = make_question(summit)
    address = f"{registration.get_absolute_url()}details/"
    sent = form_values(client.get(address)) | {f"question_{made.pk}": "부산"}
    Question.objects.update(is_asked=False)
    assert "답변 하나는 저장하지 않았습니다" in words(client.post(address, sent, follow=True))
    assert Answer.objects.count() == 0
    assert "답변 하나는 저장하지 않았습니다" not in words(
        client.post(address, form_values(client.get(address)), follow=True)
    )
    response = client.post(REGISTER, filled(**{f"question_{made.pk}": "부산"}), follow=True)
    assert "답변 하나는 저장하지 않았습니다" in words(response)


def test_who_has_not_said_how_they_come_is_asked_that_first(summit, client, filled):
    for way in ("in_person", "online"):
        make_question(summit, required=True, asked_of=way)
    page = client.post(REGISTER, filled(attendance=""))
    assert page.status_code == 422
    assert page.content.decode().count('class="error"') == 1


def test_a_question_that_stands_in_is_named_in_the_summary_as_on_the_page(summit, client, filled):
    make_question(summit, words={"ko": "<b>어느</b> 도시?"}, required=True)
    page = client.post("/en/ogp2021/register/", filled()).content.decode()
    assert page.count('<span lang="ko">&lt;b&gt;어느&lt;/b&gt; 도시?</span>') == 3 and "&lt;span" not in page


def test_sensitive_answers_are_not_demanded_once_they_are_erased(summit, registration):
    made = make_question(summit, sensitive=True, required=True)
    for days, demanded in ((0, True), (30, True), (32, False)):
        with time_machine.travel(datetime.combine(summit.ends_on + timedelta(days=days), time(), UTC)):
            form = DetailsForm(registration=registration)
        assert form.fields[f"question_{made.pk}"].required is demanded


def test_a_person_is_told_of_corrections_by_the_organisers_and_not_by_whom(summit, organiser, client, registration):
    make_question(summit)
    address = f"{registration.get_absolute_url()}details/"
    stale = form_values(client.get(address))
    lifecycle.correct(registration, {"job_title": "대표"}, by=organiser, as_organiser=True)
    lifecycle.resend(registration, by=organiser)
    response = client.post(address, {**stale, "job_title": "사무국장"})
    said = words(response)
    assert response.status_code == 409
    assert "<strong>주최 측</strong>" in said and "대표" in said
    assert str(organiser) not in said and organiser.email not in said


def test_a_yes_or_no_that_must_be_answered_takes_both(summit, client, filled):
    made = make_question(summit, kind="yes", required=True)
    page = client.get(REGISTER).content.decode()
    assert page.count(f'name="question_{made.pk}"') == 2 and "답하지 않음" not in page
    assert client.post(REGISTER, filled()).status_code == 422
    assert client.post(REGISTER, filled(**{f"question_{made.pk}": "no"})).status_code == 302
    person = Registration.objects.get()
    assert "아니요" in words(client.get(person.get_absolute_url()))
    Question.objects.update(required=False)
    assert "답하지 않음" in words(client.get(f"{person.get_absolute_url()}details/"))


def test_what_was_written_before_coming_another_way_is_not_held_against_anybody(summit, client, filled):
    long = make_question(summit, asked_of="in_person", required=True)
    pick = make_question(summit, words={"ko": "어느 방?"}, kind="one", choices=("A", "B"), asked_of="in_person")
    sent = filled(
        attendance="online", **{f"question_{long.pk}": "가" * 500, f"question_{pk}": "gone"} if (pk := pick.pk) else {}
    )
    assert client.post(REGISTER, sent).status_code == 302
    assert Answer.objects.count() == 0


def test_who_comes_another_way_now_can_have_an_answer_erased(summit, client, registration):
    made = make_question(summit, kind="yes", asked_of="in_person", required=True)
    lifecycle.correct(registration, {}, answers={made.pk: "yes"})
    lifecycle.change_attendance(registration, "online")
    address = f"{registration.get_absolute_url()}details/"
    assert "이제 묻지 않는 질문입니다" in words(client.get(address))
    sent = form_values(client.get(address)) | {f"question_{made.pk}": ""}
    assert client.post(address, sent).status_code == 302
    assert Answer.objects.count() == 0


def test_words_of_hints_choices_and_answers_that_stand_in_say_their_language(summit, client, registration):
    one = make_question(summit, kind="one", hint={"ko": "하나만"}, words={"ko": "도시", "en": "City"})
    several = make_question(summit, kind="several", words={"ko": "음료", "en": "Drink"})
    for question in (one, several):
        question.choices.create(words={"ko": "우리말"}, order=1)
        question.choices.create(words={"ko": "한글", "en": "English"}, order=2)
    page = client.get("/en/ogp2021/register/").content.decode()
    assert '<span lang="ko">하나만</span>' in page
    assert re.search(r'<option value="\d+" lang="ko">우리말</option>', page)
    assert re.search(r'<option value="\d+">English</option>', page)
    assert re.search(r'<input type="checkbox"[^>]*>\s*<span lang="ko">우리말</span>', page)
    lifecycle.correct(registration, {}, answers={several.pk: [str(several.choices.first().pk)]})
    own = registration.get_absolute_url().replace("/ko/", "/en/")
    assert '<span lang="ko">우리말</span>' in client.get(own).content.decode()


def test_what_is_wrong_in_a_row_is_said_once_and_leads_there(summit, office):
    sent = asked(words_ko="", words_en="") | rows((None, "가" * 121, 1), (None, "서울", 1000))
    response = office.post(f"{PAGE}new/", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('id="errors"') == 1
    for target, label in (("id_words_group", "Fill in “Question”."), ("id_choices-0-words_group", "Row 1: Answer to choose"),
                          ("id_choices-1-order", "Row 2: Order")):  # fmt: skip
        assert f'<a href="#{target}">{label}</a>' in page and page.count(f'id="{target}"') == 1
    for described in set(re.findall(r'aria-describedby="([^"]+)"', page)):
        for part in described.split():
            assert page.count(f'id="{part}"') == 1
    twice = asked() | rows((None, "가" * 121, 1), (None, "서울", 2)) | {"choices-0-words_en": "x" * 122}
    page = office.post(f"{PAGE}new/", twice).content.decode()
    assert page.count('id="id_choices-0-words_error"') == 1
    assert 'id="id_choices-0-words_group" aria-describedby="id_choices-0-words_error"' in page
    many = rows(*[(None, f"{number}", number) for number in range(31)])
    response = office.post(f"{PAGE}new/", asked() | many)
    assert response.status_code == 422 and "30" in words(response)


def test_a_number_too_large_for_its_column_is_refused_on_every_database(summit, office):
    response = office.post(f"{PAGE}new/", asked(kind="line", order="40000") | rows())
    assert response.status_code == 422 and "32767" in response.content.decode()


def test_the_same_form_sent_twice_asks_once(summit, office):
    sent = asked(kind="line") | rows()
    assert office.post(f"{PAGE}new/", sent).status_code == 302
    response = office.post(f"{PAGE}new/", sent)
    assert response.status_code == 409 and "asked already" in response.content.decode()
    assert Question.objects.count() == 1


def test_a_translator_writes_the_words_of_a_question_and_of_its_choices(summit, as_user):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    client = as_user(make_user("texts@team.example", summit=summit, role="translator"))
    assert f"{PAGE}" in client.get("/en/ogp2021/organiser/pages/").content.decode()
    assert f"{PAGE}{made.pk}/" in client.get(PAGE).content.decode()
    page = client.get(f"{PAGE}{made.pk}/")
    sent = form_values(page)
    assert {"kind", "order", "required", "choices-0-order", "choices-2-words_ko"}.isdisjoint(sent)
    assert "Delete the question" not in page.content.decode()
    assert (
        client.post(f"{PAGE}{made.pk}/", {**sent, "choices-0-words_ko": "", "choices-0-words_en": ""}).status_code
        == 422
    )
    sent |= {"words_en": "What city?", "choices-0-words_ko": "서울", "kind": "line", "choices-TOTAL_FORMS": "3"}
    sent |= {"choices-2-words_ko": "몰래", "choices-2-words_en": "Secret"}
    assert client.post(f"{PAGE}{made.pk}/", sent).status_code == 302
    made.refresh_from_db()
    assert (made.words["en"], made.kind) == ("What city?", "one")
    assert [choice.words["ko"] for choice in made.choices.all()] == ["서울", "Busan"]
    assert client.post(f"{PAGE}{made.pk}/deletion/").status_code == 404
    assert client.get(f"{PAGE}new/").status_code == 404


def test_how_choices_are_translated_is_told(summit, office):
    made = make_question(
        summit,
        kind="one",
        choices=("Seoul", "Busan"),
        hint={"ko": "하나만"},
        purpose={"ko": "안내", "en": "To guide you"},
    )
    made.choices.filter(words__en="Busan").update(words={"ko": "부산"})
    page = office.get(f"{PAGE}{made.pk}/").content.decode()
    assert page.count('<span class="chip bad">missing</span>') == 2


def test_a_question_out_of_the_form_is_asked_of_nobody_and_its_answers_stay(summit, client, filled, registration):
    made = make_question(summit)
    lifecycle.correct(registration, {}, answers={made.pk: "부산"})
    Question.objects.update(is_asked=False)
    assert "어느 도시입니까?" not in words(client.get(REGISTER))
    address = f"{registration.get_absolute_url()}details/"
    page = client.get(address)
    assert "이제 묻지 않는 질문입니다" in words(page) and "(이제 묻지 않음)" in words(
        client.get(registration.get_absolute_url())
    )
    # Whose answer it is still corrects it, or has it erased.
    assert client.post(address, form_values(page)).status_code == 302
    assert str(Answer.objects.get()) == "부산"
    sent = form_values(client.get(address)) | {f"question_{made.pk}": ""}
    assert client.post(address, sent).status_code == 302
    assert Answer.objects.count() == 0
    assert "이제 묻지 않는 질문입니다" not in words(client.get(address))


def test_a_stale_form_is_told_and_keeps_what_was_typed(summit, office):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    page = office.get(f"{PAGE}{made.pk}/").content.decode()
    form_versions = unescape(re.search(r'name="form_versions" value="([^"]*)"', page)[1])
    keys = list(made.choices.values_list("pk", flat=True))
    sent = asked(form_versions=form_versions) | rows(
        (keys[0], "Seoul", 1), (keys[1], "Busan", 2), (None, "Jeju", 3), initial=2
    )
    assert office.post(f"{PAGE}{made.pk}/", sent).status_code == 302
    # Meanwhile the rows have changed their places, too.
    made.choices.filter(words__en="Seoul").update(order=9)
    response = office.post(f"{PAGE}{made.pk}/", {**sent, "choices-2-words_en": "Daegu", "choices-2-words_ko": "대구"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in page and 'value="Daegu"' in page
    assert made.choices.count() == 3
    legends = re.findall(r'<legend class="visually-hidden">(.*?)</legend>', flat(page))
    assert legends == ["Row 1: Seoul", "Row 2: Busan", "Row 3", "Row 4: Jeju"]
    # Saved again, nothing goes that was not in the form that was overtaken.
    assert office.post(f"{PAGE}{made.pk}/", form_values(response)).status_code == 302
    assert {str(choice) for choice in made.choices.all()} == {"Seoul", "Busan", "Jeju", "Daegu"}


def test_what_cannot_be_is_said_on_the_page(summit, office, registration):
    assert "at least two answers" in office.post(f"{PAGE}new/", asked() | rows((None, "서울", 1))).content.decode()
    assert office.post(f"{PAGE}new/", asked(words_ko="", words_en="") | rows()).status_code == 422
    assert office.post(f"{PAGE}new/", asked(kind="poem") | rows()).status_code == 422
    assert office.post(f"{PAGE}new/", asked(words_ko="가" * 201) | rows()).status_code == 422
    assert office.post(f"{PAGE}new/", asked()).status_code == 422
    assert Question.objects.count() == 0
    made = make_question(summit)
    lifecycle.correct(registration, {}, answers={made.pk: "부산"})
    response = office.post(f"{PAGE}{made.pk}/deletion/", follow=True)
    assert "Take it out of the form instead" in response.content.decode()
    Answer.objects.all().delete()
    office.post(f"{PAGE}{made.pk}/deletion/")
    assert Question.objects.count() == 0


@time_machine.travel(datetime(2021, 12, 1, 9, tzinfo=UTC), tick=False)  # needs are gone a month after the summit
def test_the_list_is_taken_along_with_needs_and_answers(summit, office, organiser):
    city, gone = make_question(summit, words={"en": "=City"}), make_question(summit, is_asked=False)
    first = make_registration(summit, email="one@people.example", name="=홍길동", access_needs="휠체어")
    make_registration(summit, email="two@people.example", attendance="online")
    lifecycle.correct(first, {}, answers={city.pk: "부산"})
    response = office.get(f"{FILES}.csv?attendance=in_person")
    [heading, row] = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (len(heading), heading[-1]) == (len(row), "'=City")
    found = dict(zip(heading, row, strict=True))
    assert (found["Name as written"], found["Access needs"], found["'=City"]) == ("'=홍길동", "휠체어", "부산")
    lifecycle.correct(first, {}, answers={gone.pk: "전에는"})
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{FILES}.xlsx").content))
    lines = list(book.active.iter_rows(values_only=True))
    assert len(lines) == 3 and lines[0][-1] == "Which city?"
    assert {line[-1] for line in lines[1:]} == {"전에는", None}
    heading = next(cell for cell in book.active[1] if cell.value == "=City")
    assert (heading.data_type, heading.quotePrefix) == ("s", True)
    entry = HistoryEntry.objects.filter(action="registration.export").earliest("at")
    assert (entry.by, entry.changes) == (organiser, {"people": [0, 1]})
    assert office.get(f"{LIST}registrations.pdf").status_code == 404


def test_a_longer_list_takes_no_more_queries(summit, office, django_assert_max_num_queries):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    pick = str(made.choices.first().pk)
    for number in range(4):
        person = make_registration(summit, email=f"p{number}@people.example")
        lifecycle.correct(person, {}, answers={made.pk: [pick]})
    office.get(f"{FILES}.csv")
    with django_assert_max_num_queries(30):
        office.get(f"{FILES}.csv")


def test_the_pages_are_for_those_who_look_after_registrations(summit, as_user):
    made = make_question(summit)
    for role, status in {"registrations": 200, "viewer": 404, "desk": 404, "track_lead": 404}.items():
        client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
        for page in (PAGE, f"{PAGE}new/", f"{PAGE}{made.pk}/", f"{FILES}.csv"):
            assert client.get(page).status_code == status
