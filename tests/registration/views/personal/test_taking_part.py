"""The page on which people take part: in the hall without an account, online by the registration, with forms alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.personal import taking_part
from sessions.live import participants, polls, questions
from sessions.live.participants import Participant, of_browser
from sessions.models import AudienceQuestion, PollBallot, Session
from summit import live as live_revisions
from summit.public_pages import revisions
from tests.factories import make_registration, make_room, make_session

COOKIE = "taking_part_ogp2021"


@pytest.fixture
def session(summit):
    now = timezone.now()
    return make_session(summit, starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50))


def page(session, language="en"):
    return reverse("registration:taking-part", args=[session.summit.code, session.code]).replace(
        "/ko/", f"/{language}/"
    )


def live(session):
    return reverse("sessions:session-live", args=[session.summit.code, session.code]).replace("/ko/", "/en/")


def ask(client, session, text="Who decides?", **more):
    return client.post(page(session), {"ask": "1", "text": text, "language": "en", **more})


def shown(session, text="Who decides?", number=1):
    made = questions.ask(session, Participant(of_browser(str(number))), text, language="en")
    return questions.let_through(made, by=None)


def body(answer):
    return answer.content.decode()


def test_somebody_in_the_hall_asks_without_an_account_and_sees_that_it_waits(client, session):
    seen = client.get(page(session))
    assert seen.status_code == 200 and COOKIE not in client.cookies and "Ask a question" in body(seen)
    answer = ask(client, session)
    assert answer.status_code == 302 and answer["Location"] == page(session)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"] and cookie["max-age"] == 172800 and cookie["samesite"] == "Lax"
    after = body(client.get(page(session)))
    assert (
        "Waits for the moderator" in after
        and "Who decides?" in after
        and "There are no questions to read yet." in after
    )
    assert "Who decides?" not in body(Client().get(page(session)))
    made = AudienceQuestion.objects.get()
    assert (made.place, made.name, made.language, len(made.asker)) == ("hall", "", "en", 64)
    questions.put_aside(made, "Asked already", by=None)
    assert "Asked already" in body(client.get(page(session)))


def test_in_korean(client, session):
    shown(session)
    seen = body(client.get(page(session, "ko")))
    assert "질문하기" in seen and "공감" in seen and "Who decides?" in seen


def test_a_cookie_that_was_made_up_is_none(client, session):
    ask(client, session)
    client.cookies[COOKIE] = client.cookies[COOKIE].value.replace(":", "x:", 1)
    assert "Waits for the moderator" not in body(client.get(page(session)))


def test_whoever_is_registered_asks_by_name_where_they_wish(as_user, session):
    made = make_registration(session.summit, name="김하나", attendance="online")
    client = as_user(made.user)
    assert "Show my name to everybody: 김하나" in body(client.get(page(session)))
    ask(client, session, named="1")
    ask(client, session, "And who pays?")
    assert list(AudienceQuestion.objects.values_list("name", "place")) == [("김하나", "online"), ("", "online")]
    assert AudienceQuestion.objects.first().asker == participants.of_registration(made.guid)
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("protected", ["registration", "session"])
def test_whoever_is_at_risk_is_offered_no_name(as_user, session, protected):
    made = make_registration(session.summit, name="물총새", attendance="online")
    target = made if protected == "registration" else session
    type(target).objects.filter(pk=target.pk).update(at_risk=True)
    client = as_user(made.user)
    assert "Show my name" not in body(client.get(page(session)))
    ask(client, session, named="1")
    assert AudienceQuestion.objects.get().name == ""


def test_online_alone_it_is_for_those_who_are_confirmed(client, as_user, session):
    Session.objects.update(mode="online")
    seen = body(client.get(page(session)))
    assert "Sign in" in seen and "Ask a question" not in seen
    assert ask(client, session).status_code == 409 and not AudienceQuestion.objects.exists()
    waiting = make_registration(session.summit)
    type(waiting).objects.update(state="pending")
    assert ask(as_user(waiting.user), session).status_code == 409
    Session.objects.update(open_online=True)
    assert ask(client, session).status_code == 302
    assert AudienceQuestion.objects.get().place == "online"


def test_what_is_refused_comes_back_with_what_was_typed(client, session):
    answer = ask(client, session, "x" * 501)
    assert answer.status_code == 422 and "x" * 501 in body(answer) and "That is too long." in body(answer)
    assert ask(client, session, "\u200b").status_code == 422
    for number in range(5):
        ask(client, session, f"Number {number}")
    answer = ask(client, session, "Number 6")
    assert answer.status_code == 429 and "Number 6" in body(answer) and answer["Retry-After"] == "600"


def test_a_language_nobody_knows_is_none(client, session):
    ask(client, session, language="<x>")
    assert AudienceQuestion.objects.get().language == ""


def test_before_and_after_its_time_the_page_says_so(client, session):
    Session.objects.update(starts_at=timezone.now() + timedelta(hours=2), ends_at=timezone.now() + timedelta(hours=3))
    assert "Questions can be asked from" in body(client.get(page(session))) and ask(client, session).status_code == 409
    Session.objects.update(
        starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1, hours=1)
    )
    shown_before = AudienceQuestion.objects.create(session=session, text="Who decides?", state="shown", votes=3)
    seen = body(client.get(page(session)))
    assert "The time for questions is over." in seen and "3 votes" in seen and 'name="support"' not in seen
    assert client.post(page(session), {"support": str(shown_before.guid)}).status_code == 409
    Session.objects.update(takes_questions=False)
    assert "This session takes no questions here." in body(client.get(page(session)))


def test_others_support_a_question_and_take_it_back(client, session):
    made = shown(session)
    assert client.post(page(session), {"support": str(made.guid)}).status_code == 302
    made.refresh_from_db()
    assert made.votes == 1 and 'aria-pressed="true"' in body(client.get(page(session)))
    client.post(page(session), {"support": str(made.guid)})
    made.refresh_from_db()
    assert made.votes == 0 and 'aria-pressed="true"' not in body(client.get(page(session)))
    for said in ("", "x", "0" * 36):
        assert client.post(page(session), {"support": said}).status_code in {404, 409}


def test_scripts_are_answered_with_what_is_theirs(client, session):
    made = shown(session)
    said = client.post(page(session), {"support": str(made.guid)}, headers={"Accept": "application/json"}).json()
    assert said["supported"] == [str(made.guid)] and not said["refused"] and said["voted"] == []
    answer = client.post(page(session), {"ask": "1", "text": " "}, headers={"Accept": "application/json"})
    assert (
        answer.status_code == 422 and answer.json()["refused"] and answer.json()["told"] == "Write your question first."
    )
    asked = client.post(page(session), {"ask": "1", "text": "Why?"}, headers={"Accept": "application/json"}).json()
    assert "Waits for the moderator" in asked["own"]


def test_a_poll_is_voted_in_once_and_its_results_are_read_once_they_are_shown(client, session):
    choices = [{"en": "Yes", "ko": "예"}, {"en": "No", "ko": "아니요"}]
    poll = polls.open_(polls.draft(session, "one", {"en": "Agreed?"}, choices, by=None), by=None)
    yes = poll.choices.first()
    seen = body(client.get(page(session)))
    assert "Agreed?" in seen and "Nobody sees who has voted for what." in seen
    sent = {"poll": str(poll.guid), f"choice-{poll.guid}": str(yes.pk)}
    assert client.post(page(session), {"poll": str(poll.guid)}).status_code == 422
    assert client.post(page(session), sent).status_code == 302 and PollBallot.objects.count() == 1
    assert client.post(page(session), sent).status_code == 409
    assert "1 person has voted" not in body(client.get(page(session)))
    polls.show_results(poll, by=None)
    assert "1 person has voted" in body(client.get(page(session)))
    assert "100%" in Client().get(live(session)).json()["pieces"]["results"]


def test_words_are_voted_with_fields_of_their_own(client, session):
    poll = polls.open_(polls.draft(session, "words", {"en": "In a word?"}, by=None), by=None)
    client.post(page(session), {"poll": str(poll.guid), f"word-{poll.guid}": ["Trust", "", "trust"]})
    assert list(poll.choices.values_list("word", "votes")) == [("trust", 1)]
    draft = polls.draft(session, "words", {"en": "Else?"}, by=None)
    assert client.post(page(session), {"poll": str(draft.guid), f"word-{draft.guid}": "x"}).status_code == 404


def test_pieces_hold_what_everybody_reads_and_no_key(client, session):
    made = shown(session)
    questions.ask(session, Participant(of_browser("9")), "Nobody reads this yet")
    said = client.get(live(session))
    pieces = said.json()["pieces"]
    assert str(made.guid) in pieces["questions"] and "Nobody reads this yet" not in body(said)
    assert made.asker not in body(said) and "csrf" not in body(said)
    questions.let_through(AudienceQuestion.objects.get(state="new"), by=None)
    revisions.forget()
    assert "Nobody reads this yet" in body(client.get(live(session)))


def test_one_network_cannot_flood_a_session(client, session, settings, monkeypatch):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(taking_part, "QUESTIONS", 2)
    for number in range(2):
        assert ask(Client(), session, f"Number {number}").status_code == 302
    answer = ask(Client(), session, "One more")
    assert answer.status_code == 429 and "One more" in body(answer)
    assert COOKIE not in answer.cookies


def test_sessions_nobody_reads_have_no_such_page(client, session):
    Session.objects.update(published_at=None)
    assert client.get(page(session)).status_code == 404


@pytest.mark.parametrize("url", ["page", "live"])
def test_the_page_asks_as_much_for_many_as_for_one(client, session, django_assert_max_num_queries, url):
    def made(count, first):
        for number in range(first, first + count):
            each = shown(session, f"Number {number}", number)
            questions.answered(shown(session, f"Answered {number}", 1000 + number), {"en": "Yes."}, by=None)
            questions.support(session, Participant(of_browser("5")), str(each.guid))
            poll = polls.open_(polls.draft(session, "scale", {"en": f"{number}?"}, by=None), by=None)
            polls.show_results(poll, by=None)

    address = page(session) if url == "page" else live(session)
    made(1, 10)
    client.get(address)
    # A live answer is drawn anew each time: what is kept asks nothing.
    live_revisions.raise_revision(session.summit_id)
    revisions.forget()
    with django_assert_max_num_queries(30) as few:
        client.get(address)
    made(3, 20)
    revisions.forget()
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def room_link(session, language="en"):
    address = reverse("registration:room-questions", args=[session.summit.code, session.room.code])
    return address.replace("/ko/", f"/{language}/")


def test_the_code_at_the_door_leads_to_what_is_on_in_the_room(client, session):
    Session.objects.update(room=make_room(session.summit))
    session.refresh_from_db()
    assert client.get(room_link(session))["Location"] == page(session)
    following = make_session(
        session.summit,
        "NEXT01",
        room=session.room,
        starts_at=session.ends_at,
        ends_at=session.ends_at + timedelta(hours=1),
    )
    assert client.get(room_link(session))["Location"] == page(session)
    Session.objects.filter(pk=session.pk).update(cancelled_at=timezone.now())
    assert client.get(room_link(session))["Location"] == page(following)
    Session.objects.update(takes_questions=False)
    assert client.get(room_link(session))["Location"].endswith(f"/en/ogp2021/agenda/search/?room={session.room.code}")
    Session.objects.update(published_at=None)
    assert "search" in client.get(room_link(session))["Location"]


def test_the_screen_at_the_door_shows_results_that_are_shown(client, session):
    Session.objects.update(room=make_room(session.summit))
    session.refresh_from_db()
    screen = reverse("sessions:screen-door", args=[session.summit.code, session.room.code]).replace("/ko/", "/en/")
    poll = polls.open_(polls.draft(session, "scale", {"en": "How good?", "ko": "어떻습니까?"}, by=None), by=None)
    assert "How good?" not in body(client.get(screen))
    polls.show_results(poll, by=None)
    revisions.forget()
    seen = body(client.get(screen))
    assert "How good?" in seen and "어떻습니까?" in seen and "data-until" in seen
    polls.show_results(poll, False, by=None)
    revisions.forget()
    assert "How good?" not in body(client.get(screen))


def test_answers_stay_on_the_page_of_the_session_where_they_shall(client, session):
    made = questions.answered(shown(session), {"en": "Everybody.", "ko": "모두입니다."}, by=None)
    silent = questions.answered(shown(session, "Silent?", 2), by=None)
    address = session.get_absolute_url().replace("/ko/", "/en/")
    assert "Everybody." not in body(client.get(address)) and "Questions and polls" in body(client.get(address))
    Session.objects.update(keeps_answers=True)
    session.summit.raise_revision()
    seen = body(client.get(address))
    assert "Everybody." in seen and made.text in seen and silent.text not in seen
    questions.write_answer(made, {"en": "All of us."}, by=None)
    assert "All of us." in body(client.get(address))


def test_nobody_presses_for_ever(as_user, session, settings, monkeypatch):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(taking_part, "PRESSED", 2)
    made, client = shown(session), as_user(make_registration(session.summit).user)
    for _number in range(2):
        assert client.post(page(session), {"support": str(made.guid)}).status_code == 302
    assert client.post(page(session), {"support": str(made.guid)}).status_code == 429
