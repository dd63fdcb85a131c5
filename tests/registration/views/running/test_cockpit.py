"""The cockpit: for the team and whoever moderates, all of it by buttons; and the presenter's view."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.live import cockpit as room
from sessions.live import delays, polls, questions
from sessions.live.participants import Participant, of_browser
from sessions.models import AudienceQuestion, CockpitNote, Poll, Session, StageSignal
from summit.models import HistoryEntry, Membership, Summit
from tests.factories import make_registration, make_room, make_session, make_speaker, make_track, make_user

PAGES = ("cockpit", "cockpit-pieces", "on-stage", "on-stage-pieces")
CHOICES = {"poll-choices_ko": "예\n아니요", "poll-choices_en": "Yes\nNo"}


@pytest.fixture
def session(summit):
    now = timezone.now()
    return make_session(
        summit, track=make_track(summit), starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50)
    )


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def page(session, name="cockpit"):
    return reverse(f"registration:{name}", args=[session.summit.code, session.code]).replace("/ko/", "/en/")


def ask(session, text="Who decides?", number=1):
    return questions.ask(session, Participant(of_browser(str(number))), text, language="en")


def body(answer):
    return answer.content.decode()


def press(client, session, said, **more):
    return client.post(page(session), {"do": said, **more})


def opens(client, session):
    return {client.get(page(session, name)).status_code for name in PAGES}


def test_the_team_and_whoever_moderates_open_it_and_nobody_else(client, as_user, session, summit):
    for role, status in (("organiser", 200), ("moderator", 200), ("viewer", 404), ("desk", 404), ("translator", 404)):
        assert opens(as_user(make_user(f"{role}@t.example", summit=summit, role=role)), session) == {status}
    lead = make_user("lead@t.example", summit=summit, role="track_lead")
    assert opens(as_user(lead), session) == {404}
    session.track.leads.add(Membership.objects.get(user=lead))
    assert opens(as_user(lead), session) == {200} and opens(as_user(lead), make_session(summit, "OTHER1")) == {404}
    for role, state, status in (
        ("moderator", "confirmed", 200),
        ("speaker", "confirmed", 404),
        ("moderator", "declined", 404),
    ):
        user = make_user(f"{role}-{state}@p.example")
        speaker = make_speaker(summit, email=user.email)
        session.appearances.create(speaker=speaker, role=role, state=state)
        assert opens(as_user(user), session) == {status}
    assert client.get(page(session)).status_code == 302
    assert opens(as_user(make_registration(summit).user), session) == {404}


def test_whoever_has_to_show_a_second_factor_is_led_there(as_user, organiser, session, settings):
    settings.STAFF_TWO_FACTORS = True
    answer = as_user(organiser).get(page(session))
    assert answer.status_code == 302 and "/2fa/" in answer["Location"]


def test_a_question_goes_through_the_queue_by_buttons(office, session):
    made = ask(session)
    seen = body(office.get(page(session)))
    assert "Who decides?" in seen and 'data-does="s"' in seen and "Keys of this page" in seen
    for said, state in (
        ("shown", "shown"),
        ("in_answer", "in_answer"),
        ("answered", "answered"),
        ("put_aside", "put_aside"),
    ):
        assert press(office, session, f"{said}:{made.guid}", reason="Asked already").status_code == 302
        made.refresh_from_db()
        assert made.state == state
    assert made.reason == "Asked already"
    press(office, session, f"shown:{made.guid}")
    press(office, session, f"pin:{made.guid}")
    made.refresh_from_db()
    assert made.pinned_at
    press(office, session, f"pin:{made.guid}")
    made.refresh_from_db()
    assert made.pinned_at is None
    for wrong in ("else:" + str(made.guid), "shown:x", "shown:" + "0" * 32, "word:1", "poll-open:x", "x"):
        assert press(office, session, wrong).status_code == 404
    assert office.post(page(session), {"form": "else"}).status_code == 404


def test_questions_of_other_sessions_are_left_alone(office, session, summit):
    other = make_session(summit, "OTHER1", starts_at=session.starts_at, ends_at=session.ends_at)
    made = ask(other)
    assert press(office, session, f"shown:{made.guid}").status_code == 404
    assert office.get(f"{page(session)}?question={made.guid}").status_code == 404


def test_a_translation_and_an_answer_are_written_and_two_put_together(office, session):
    made, other = questions.let_through(ask(session), by=None), questions.let_through(ask(session, "Uno?", 2), by=None)
    where = f"{page(session)}?question={made.guid}"
    assert "Look after this question" in body(office.get(where))
    sent = {"form": "question", "question-language": "en", "question-translation_ko": "누가 결정합니까?",
            "question-answer_ko": "모두입니다.", "question-answer_en": "Everybody."}  # fmt: skip
    assert office.post(where, {**sent, "then": "save"})["Location"].endswith(f"?question={made.guid}")
    made.refresh_from_db()
    assert (made.state, made.translation["ko"], made.answer["en"]) == ("shown", "누가 결정합니까?", "Everybody.")
    office.post(where, {**sent, "then": "answered"})
    made.refresh_from_db()
    assert made.state == "answered"
    answer = office.post(where, {**sent, "question-translation_ko": "가" * 501, "then": "save"})
    assert answer.status_code == 422 and "가" * 501 in body(answer)
    office.post(f"{page(session)}?question={other.guid}", {"form": "merge", "into": str(made.guid)})
    other.refresh_from_db()
    assert other.merged_into == made


def test_somebody_at_the_microphone_is_written_down(office, session):
    assert (
        office.post(
            page(session), {"form": "microphone", "microphone-text": "Why?", "microphone-language": "fr"}
        ).status_code
        == 302
    )
    made = AudienceQuestion.objects.get()
    assert (made.text, made.place, made.language, made.state) == ("Why?", "microphone", "fr", "shown")
    answer = office.post(page(session), {"form": "microphone", "microphone-text": "", "microphone-name": "이도"})
    assert answer.status_code == 422 and "이도" in body(answer)


def test_a_poll_is_drafted_changed_opened_closed_and_shown(office, session):
    sent = {
        "form": "poll",
        "poll-kind": "one",
        "poll-question_ko": "동의합니까?",
        "poll-question_en": "Agreed?",
        **CHOICES,
    }
    assert office.post(page(session), sent).status_code == 302
    poll = Poll.objects.get()
    assert [dict(choice.label) for choice in poll.choices.all()] == [
        {"ko": "예", "en": "Yes"},
        {"ko": "아니요", "en": "No"},
    ]
    where = f"{page(session)}?poll={poll.guid}"
    assert "Agreed?" in body(office.get(where))
    office.post(where, {**sent, "poll-question_en": "Really?"})
    for said in ("open", "close", "show"):
        assert press(office, session, f"poll-{said}:{poll.guid}").status_code == 302
    poll.refresh_from_db()
    assert (poll.question["en"], poll.state, poll.results_shown) == ("Really?", "closed", True)
    press(office, session, f"poll-hide:{poll.guid}")
    poll.refresh_from_db()
    assert not poll.results_shown
    assert press(office, session, f"poll-remove:{poll.guid}").status_code == 409
    answer = office.post(page(session), {**sent, "poll-choices_ko": "", "poll-choices_en": "Only one"})
    assert answer.status_code == 422 and "Only one" in body(answer)
    answer = office.post(page(session), {**sent, "poll-question_ko": "", "poll-question_en": ""})
    assert answer.status_code == 422 and Poll.objects.count() == 1


def test_a_word_is_taken_off(office, session):
    poll = polls.open_(polls.draft(session, "words", {"en": "In a word?"}, by=None), by=None)
    polls.vote(poll, Participant(of_browser("1")), words=["rude"])
    word = poll.choices.get()
    press(office, session, f"word:{word.pk}")
    word.refresh_from_db()
    assert word.hidden


def test_notes_are_for_the_team_and_signals_for_the_stage(office, session, organiser):
    assert office.post(page(session), {"form": "note", "text": "Interpreter is late"}).status_code == 302
    assert CockpitNote.objects.get().by == organiser
    assert "Interpreter is late" in office.get(page(session, "cockpit-pieces")).json()["pieces"]["notes"]
    assert "Interpreter is late" not in body(office.get(page(session, "on-stage")))
    assert office.post(page(session), {"form": "note", "text": " "}).status_code == 422
    press(office, session, "signal:five")
    assert "5 minutes left" in office.get(page(session, "on-stage-pieces")).json()["pieces"]["stage"]
    press(office, session, "signal:")
    assert "5 minutes left" not in body(office.get(page(session, "on-stage"))) and not StageSignal.objects.exists()
    assert press(office, session, "signal:dance").status_code == 422
    assert list(HistoryEntry.objects.filter(action="stagesignal.give").order_by("pk").values_list("changes", flat=True)) == [
        {"signal": ["", "five"]}, {"signal": ["five", ""]},
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "seconds", "seen"), [("five", 119, True), ("five", 121, False), ("stop", 3600, True)])
def test_a_signal_fades_but_for_the_one_to_finish(session, organiser, kind, seconds, seen):
    now = timezone.now()
    room.signal(session, kind, by=organiser, now=now - timedelta(seconds=seconds))
    assert bool(room.signalled(session, now)) is seen


def test_the_screen_shows_what_is_in_answer_what_comes_next_and_the_poll(office, session):
    first, _second = (questions.let_through(ask(session, text, n), by=None) for n, text in ((1, "One?"), (2, "Two?")))
    ask(session, "Not yet", 3)
    seen = body(office.get(page(session, "on-stage")))
    assert "Ask your question: scan the code." in seen and "<svg" in seen and "Not yet" not in seen
    questions.answering(first, by=None)
    questions.translate(first, {"ko": "하나?"}, by=None)
    seen = body(office.get(page(session, "on-stage")))
    assert seen.index("One?") < seen.index("하나?") < seen.index("Two?")
    poll = polls.open_(polls.draft(session, "scale", {"en": "How good?"}, by=None), by=None)
    questions.answered(first, by=None)
    seen = body(office.get(page(session, "on-stage")))
    assert "How good?" in seen and "0 people have voted" in seen and "<meter" not in seen
    polls.show_results(poll, by=None)
    assert "<meter" in body(office.get(page(session, "on-stage")))


def test_who_is_there_is_counted_in_seats_and_pages(office, session):
    assert "Not counted: no seats are booked" in body(office.get(page(session)))
    type(session).objects.update(seats=40)
    assert "0 of 40 seats booked" in body(office.get(page(session)))


def test_in_korean_too(office, session):
    seen = body(office.get(page(session).replace("/en/", "/ko/")))
    assert "진행 화면" in seen and "남은 시간" in seen


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_as_much_for_many_as_for_one(office, session, django_assert_max_num_queries, name, organiser):
    def made(count, first):
        for number in range(first, first + count):
            ask(session, f"Number {number}", number)
            questions.answered(ask(session, f"Done {number}", 1000 + number), {"en": "Yes."}, by=None)
            poll = polls.open_(polls.draft(session, "scale", {"en": f"{number}?"}, by=None), by=None)
            polls.show_results(poll, by=None)
            room.write_note(session, f"Note {number}", by=organiser)

    made(1, 10)
    office.get(page(session, name))
    with django_assert_max_num_queries(60) as few:
        office.get(page(session, name))
    made(3, 20)
    with django_assert_max_num_queries(len(few)):
        office.get(page(session, name))


def test_whoever_moderates_finds_it_on_the_own_sessions(as_user, session, summit):
    for role in ("moderator", "speaker"):
        user = make_user(f"{role}@p.example")
        session.appearances.create(speaker=make_speaker(summit, email=user.email), role=role)
        seen = body(as_user(user).get(reverse("sessions:my-sessions", args=[summit.code]).replace("/ko/", "/en/")))
        assert (page(session) in seen) is (role == "moderator")


def test_the_history_of_the_summit_tells_it_in_words(office, session, organiser):
    questions.translate(questions.let_through(ask(session), by=organiser), {"ko": "누구?"}, by=organiser)
    polls.open_(polls.draft(session, "scale", {"en": "How good?"}, by=organiser), by=organiser)
    seen = body(office.get("/en/ogp2021/organiser/history/"))
    assert (
        "Question of the audience let through" in seen
        and "Poll opened" in seen
        and "Question of the audience translated" in seen
    )


def test_where_the_room_runs_late_the_clock_says_what_is_expected(office, session, summit):
    day = session.starts_at.astimezone(summit.tz).date()
    Summit.objects.filter(pk=summit.pk).update(starts_on=day, ends_on=day + timedelta(days=1))
    Session.objects.filter(pk=session.pk).update(room=make_room(summit))
    assert 'class="expected"' not in body(office.get(page(session)))
    delays.set_minutes(Session.objects.get(pk=session.pk).room, day, 15, by=None)
    assert 'class="expected"' in body(office.get(page(session)))
