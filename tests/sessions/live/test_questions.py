"""Questions of the audience: asked once, supported once each, read by everybody only when they shall be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.live import questions
from sessions.live.participants import Participant, of_browser
from sessions.models import AudienceQuestion, QuestionVote, Session
from summit.models import HistoryEntry, LiveRevision, Summit
from tests.factories import make_session
from tests.registration.places.test_races import on_postgresql, on_sqlite


def somebody(number=1, **values):
    return Participant(of_browser(str(number)), **values)


@pytest.fixture
def session(summit):
    now = timezone.now()
    return make_session(summit, starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50))


def live_of(summit):
    return LiveRevision.objects.filter(pk=summit.pk).values_list("number", flat=True).first()


def shown(session, text="Who decides?", number=1):
    return questions.let_through(questions.ask(session, somebody(number), text), by=None)


def test_nobody_reads_a_question_before_it_was_let_through(session, organiser):
    made = questions.ask(session, somebody(in_hall=True), "  Who\u200b decides?\r\n", language="en")
    assert (made.text, made.state, made.place, made.language, made.name) == ("Who decides?", "new", "hall", "en", "")
    assert not session.audience_questions.public() and live_of(session.summit) is None
    questions.let_through(made, by=organiser)
    assert session.audience_questions.public().get() == made and live_of(session.summit) == 2
    entry = HistoryEntry.objects.get()
    assert (entry.action, entry.by, entry.changes) == (
        "audiencequestion.let_through", organiser, {"state": ["new", "shown"]},
    )  # fmt: skip


def test_where_nothing_is_looked_at_first_it_is_read_at_once(session):
    Session.objects.update(asks_first=False)
    assert questions.ask(session, somebody(), "Why?").state == "shown" and live_of(session.summit) == 2


@pytest.mark.parametrize(
    ("named", "at_risk", "name"), [(True, False, "Hong Gildong"), (False, False, ""), (True, True, "")]
)
def test_a_name_stands_there_only_by_wish_and_never_of_somebody_at_risk(session, named, at_risk, name):
    by = somebody(name="Hong Gildong", at_risk=at_risk)
    assert questions.ask(session, by, "Why?", named=named).name == name


@pytest.mark.parametrize("text", ["", "  \n", "\u200b\u200b", "\u3164", "\x00\x07"])
def test_nothing_is_no_question(session, text):
    with pytest.raises(questions.SaysNothing):
        questions.ask(session, somebody(), text)
    with pytest.raises(questions.TooLong):
        questions.ask(session, somebody(), "x" * 501)
    assert not AudienceQuestion.objects.exists()


def test_the_same_text_twice_by_one_person_is_one_and_by_two_are_two(session):
    first = questions.ask(session, somebody(), "Who decides?")
    assert questions.ask(session, somebody(), "who  decides ?").pk == first.pk
    assert questions.ask(session, somebody(2), "Who decides?").pk != first.pk
    assert questions.ask(session, somebody(), "?!").pk != questions.ask(session, somebody(), "!?").pk


def test_five_in_ten_minutes_and_twenty_at_once_are_the_most(session):
    now = timezone.now()
    for number in range(5):
        questions.ask(session, somebody(), f"Number {number}", now=now)
    with pytest.raises(questions.AskedTooOften):
        questions.ask(session, somebody(), "Number 6", now=now)
    later = now + timedelta(minutes=11)
    questions.ask(session, somebody(), "Number 7", now=later)
    key = somebody(3).key
    AudienceQuestion.objects.bulk_create(
        AudienceQuestion(session=session, asker=key, text=f"{n}", asked_at=now - timedelta(hours=1)) for n in range(20)
    )
    with pytest.raises(questions.AskedTooOften):
        questions.ask(session, somebody(3), "One more", now=now)
    session.audience_questions.filter(asker=key).update(state="answered")
    questions.ask(session, somebody(3), "One more", now=now)


@pytest.mark.parametrize(
    ("minutes", "asking"),
    [(-61, "early"), (-60, "open"), (0, "open"), (60 + 24 * 60 - 1, "open"), (60 + 24 * 60, "over")],
)
def test_it_is_asked_from_an_hour_before_until_a_day_after(session, minutes, asking):
    now = session.starts_at + timedelta(minutes=minutes)
    assert questions.asking(session, now) == asking
    if asking != "open":
        with pytest.raises(questions.NotTaken):
            questions.ask(session, somebody(), "Why?", now=now)


def test_whoever_takes_none_or_is_cancelled_is_not_asked(session):
    made = shown(session)
    session.takes_questions = False
    assert questions.asking(session) == "off"
    with pytest.raises(questions.NotTaken):
        questions.support(session, somebody(2), str(made.guid))
    session.takes_questions, session.cancelled_at = True, timezone.now()
    assert questions.asking(session) == "cancelled"
    session.cancelled_at = session.starts_at = session.ends_at = None
    assert questions.asking(session) == "no_time"


def test_each_supports_a_question_once_and_takes_it_back(session):
    made = shown(session)
    assert questions.support(session, somebody(2), str(made.guid)) and questions.support(
        session, somebody(3), str(made.guid)
    )
    made.refresh_from_db()
    assert made.votes == 2 and questions.supported(session, somebody(2).key) == {str(made.guid)}
    assert not questions.support(session, somebody(2), str(made.guid))
    made.refresh_from_db()
    assert made.votes == 1 == QuestionVote.objects.count()
    with pytest.raises(questions.OwnQuestion):
        questions.support(session, somebody(1), str(made.guid))


@pytest.mark.parametrize("state", ["new", "answered", "put_aside"])
def test_what_nobody_reads_or_is_answered_is_not_supported(session, state):
    made = shown(session)
    AudienceQuestion.objects.update(state=state)
    with pytest.raises(questions.QuestionGone):
        questions.support(session, somebody(2), str(made.guid))
    other = make_session(session.summit, "OTHER1", starts_at=session.starts_at)
    with pytest.raises(questions.QuestionGone):
        questions.support(other, somebody(2), str(made.guid))


def test_one_is_in_answer_at_a_time_and_an_answer_can_be_written(session, organiser):
    one, two = shown(session, "One?"), shown(session, "Two?", 2)
    questions.pin(one, by=organiser)
    questions.answering(one, by=organiser)
    questions.answering(two, by=organiser)
    one.refresh_from_db()
    assert one.state == "answered"
    done = questions.answered(two, {"en": " Everybody. ", "ko": ""}, by=organiser)
    assert (done.state, dict(done.answer)) == ("answered", {"en": "Everybody."})
    assert questions.answered(done, by=organiser).answer == {"en": "Everybody."}
    with pytest.raises(questions.TooLong):
        questions.answered(done, {"en": "x" * 2001}, by=organiser)


def test_put_aside_has_a_reason_and_comes_back_without(session, organiser):
    made = questions.put_aside(shown(session), "Asked already", by=organiser)
    assert (made.state, made.reason) == ("put_aside", "Asked already") and not session.audience_questions.public()
    made = questions.let_through(made, by=organiser)
    assert (made.state, made.reason) == ("shown", "")


def test_pinned_first_then_what_most_support_then_what_was_asked_first(session):
    rows = [shown(session, f"Number {n}", n) for n in range(4)]
    questions.support(session, somebody(9), str(rows[2].guid))
    questions.pin(rows[3], by=None)
    assert list(session.audience_questions.public().in_order()) == [rows[3], rows[2], rows[0], rows[1]]
    questions.pin(rows[3], False, by=None)
    assert session.audience_questions.in_order().first() == rows[2]


def test_two_put_together_count_each_person_once(session, organiser):
    kept, other, third = shown(session, "One?", 1), shown(session, "Uno?", 2), shown(session, "Eins?", 3)
    for number in (4, 5):
        questions.support(session, somebody(number), str(kept.guid))
    for number in (1, 5, 6):
        questions.support(session, somebody(number), str(other.guid))
    questions.merge(third, other, by=organiser)
    # 4, 5 and 6, and those who asked the other two; who asked the kept one does not support it.
    assert questions.merge(other, kept, by=organiser).votes == 5
    kept.refresh_from_db()
    assert kept.votes == 5 == QuestionVote.objects.count()
    assert session.audience_questions.public().get() == kept
    assert set(AudienceQuestion.objects.filter(merged_into=kept)) == {other, third}
    # A page that is a moment old still counts for the one that stands.
    questions.support(session, somebody(7), str(third.guid))
    kept.refresh_from_db()
    assert kept.votes == 6


def test_only_two_of_one_session_are_put_together(session, organiser):
    made = shown(session)
    elsewhere = shown(make_session(session.summit, "OTHER1", starts_at=session.starts_at, ends_at=session.ends_at))
    aside = questions.put_aside(shown(session, "Aside?", 2), by=None)
    for into in (made, elsewhere, aside):
        with pytest.raises(questions.CannotMerge):
            questions.merge(made, into, by=organiser)


def test_translations_stand_beside_and_the_microphone_is_heard(session, organiser):
    made = questions.ask_for(session, "누가 결정합니까?", language="ko", name=" 이도 ", by=organiser)
    assert (made.state, made.place, made.name, made.asker) == ("shown", "microphone", "이도", "")
    assert dict(questions.translate(made, {"en": "Who decides?", "ko": ""}, by=organiser).translation) == {
        "en": "Who decides?"
    }
    assert questions.set_language(made, "en", by=organiser).language == "en"


def test_kept_answers_make_public_pages_stale_and_others_do_not(session, organiser):
    made = shown(session)
    before = Summit.objects.get().agenda_revision
    questions.answered(made, {"en": "Yes."}, by=organiser)
    assert Summit.objects.get().agenda_revision == before
    Session.objects.update(keeps_answers=True)
    questions.answered(made, {"en": "No."}, by=organiser)
    assert Summit.objects.get().agenda_revision == before + 1


def votes_at_once(session, race, copy=None):
    """One person presses four times at once, seven others once each; how it stands afterwards."""
    made = shown(session)
    if copy:
        copy()
    people = [2, 2, 2, 2, *range(3, 10)]
    race([lambda who=who: questions.support(session, somebody(who), str(made.guid)) for who in people])
    (counts,) = race([lambda: (AudienceQuestion.objects.get().votes, QuestionVote.objects.count())])
    return counts


@on_postgresql
def test_votes_at_once_are_counted_as_they_were_given(session, race):
    votes, rows = votes_at_once(session, race)
    assert votes == rows and rows in {7, 8}


@on_sqlite
def test_votes_at_once_on_sqlite(session, race, on_disk):
    votes, rows = votes_at_once(session, race, on_disk)
    assert votes == rows and rows in {7, 8}


def merging_at_once(session, race, copy=None):
    one, other = shown(session, "One?", 1), shown(session, "Uno?", 2)
    if copy:
        copy()
    jobs = [lambda who=who: questions.support(session, somebody(who), str(other.guid)) for who in range(10, 16)]
    race([*jobs, lambda: questions.merge(other, one, by=None)])
    (counts,) = race([lambda: (list(AudienceQuestion.objects.order_by("pk").values_list("votes", flat=True)),
                               QuestionVote.objects.filter(question=one).count())])  # fmt: skip
    return counts


@on_postgresql
def test_no_vote_is_lost_while_two_are_put_together(session, race):
    assert merging_at_once(session, race) == ([7, 0], 7)


@on_sqlite
def test_no_vote_is_lost_while_two_are_put_together_on_sqlite(session, race, on_disk):
    assert merging_at_once(session, race, on_disk) == ([7, 0], 7)


@on_postgresql
def test_sent_twice_at_once_is_asked_once(session, race):
    race([lambda: questions.ask(session, somebody(), "Who decides?")] * 4)
    (count,) = race([AudienceQuestion.objects.count])
    assert count == 1
