"""The summit's own questions on the pages of people and of organisers."""

import csv
import io
import re
from html import unescape

import openpyxl
import pytest

from registration import lifecycle, questions
from registration.models import Answer, Question, Registration
from summit.models import HistoryEntry
from tests.factories import make_category, make_question, make_registration, make_user
from tests.registration.reading import form_values, words

PAGE = "/en/ogp2021/organiser/questions/"
LIST = "/en/ogp2021/organiser/registrations/"
REGISTER = "/ko/ogp2021/register/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def filled(summit):
    category = make_category(summit)

    def fill(**changes):
        return {"nonce": "0123456789abcdef", "attendance": "in_person", "category": category.pk, "name": "홍길동",
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
    assert [said for _question, said in questions.said_by(person)] == ["서울"]
    own = client.get(person.get_absolute_url())
    assert "어느 도시입니까?" in words(own) and "서울" in words(own)
    page = office.get(f"{LIST}{person.guid}/").content.decode()
    assert "Which city?" in page and "서울" in page
    page = office.get(PAGE).content.decode()
    assert "서울: 1" in page and "부산: 0" in page and "Must be answered" in page


def test_words_that_stand_in_for_a_translation_say_their_language_and_stay_words(summit, client):
    make_question(summit, words={"ko": "<b>어느</b> 도시?"})
    page = client.get("/en/ogp2021/register/").content.decode()
    assert '<span lang="ko">&lt;b&gt;어느&lt;/b&gt; 도시?</span>' in page


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
    assert office.post(address, sent).status_code == 422
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


def test_a_question_out_of_the_form_is_asked_of_nobody_and_its_answers_stay(summit, client, filled, registration):
    made = make_question(summit)
    lifecycle.correct(registration, {}, answers={made.pk: "부산"})
    Question.objects.update(is_asked=False)
    assert "어느 도시입니까?" not in words(client.get(REGISTER))
    client.post(f"{registration.get_absolute_url()}details/", {"name": "홍길동", "country": "KR", "language": "ko"})
    assert str(Answer.objects.get()) == "부산"


def test_a_stale_form_is_told_and_keeps_what_was_typed(summit, office):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    page = office.get(f"{PAGE}{made.pk}/").content.decode()
    marks = unescape(re.search(r'name="marks" value="([^"]*)"', page)[1])
    keys = list(made.choices.values_list("pk", flat=True))
    sent = asked(marks=marks) | rows((keys[0], "Seoul", 1), (keys[1], "Busan", 2), (None, "Jeju", 3), initial=2)
    assert office.post(f"{PAGE}{made.pk}/", sent).status_code == 302
    response = office.post(f"{PAGE}{made.pk}/", {**sent, "choices-2-words_en": "Daegu"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in page and 'value="Daegu"' in page
    assert made.choices.count() == 3


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


def test_the_list_is_taken_along_with_needs_and_answers(summit, office, organiser):
    city, gone = make_question(summit, words={"en": "=City"}), make_question(summit, is_asked=False)
    first = make_registration(summit, email="one@people.example", name="=홍길동", access_needs="휠체어")
    make_registration(summit, email="two@people.example", attendance="online")
    lifecycle.correct(first, {}, answers={city.pk: "부산"})
    response = office.get(f"{LIST}registrations.csv?attendance=in_person")
    [heading, row] = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (len(heading), heading[-1]) == (len(row), "'=City")
    found = dict(zip(heading, row, strict=True))
    assert (found["Name as written"], found["Access needs"], found["'=City"]) == ("'=홍길동", "휠체어", "부산")
    lifecycle.correct(first, {}, answers={gone.pk: "전에는"})
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{LIST}registrations.xlsx").content))
    lines = list(book.active.iter_rows(values_only=True))
    assert len(lines) == 3 and lines[0][-1] == "Which city?"
    assert {line[-1] for line in lines[1:]} == {"전에는", None}
    entry = HistoryEntry.objects.filter(action="registration.export").earliest("at")
    assert (entry.by, entry.changes) == (organiser, {"people": [0, 1]})
    assert office.get(f"{LIST}registrations.pdf").status_code == 404


def test_a_longer_list_takes_no_more_queries(summit, office, django_assert_max_num_queries):
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    pick = str(made.choices.first().pk)
    for number in range(4):
        person = make_registration(summit, email=f"p{number}@people.example")
        lifecycle.correct(person, {}, answers={made.pk: pick})
    office.get(f"{LIST}registrations.csv")
    with django_assert_max_num_queries(22):
        office.get(f"{LIST}registrations.csv")


def test_the_pages_are_for_those_who_look_after_registrations(summit, as_user):
    made = make_question(summit)
    for role, status in {"registrations": 200, "viewer": 404, "desk": 404, "track_lead": 404}.items():
        client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
        for page in (PAGE, f"{PAGE}new/", f"{PAGE}{made.pk}/", f"{LIST}registrations.csv"):
            assert client.get(page).status_code == status
