"""Who asked and voted is forgotten; what was asked, and how often it was supported, stays."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from registration.papers.everything import everything, for_machines
from registration.registering import erasing, merging, sealing
from sessions.live import cockpit, forgetting, participants, polls, questions
from sessions.live.participants import Participant, of_browser
from sessions.models import AudienceQuestion, CockpitNote, Poll, PollBallot, QuestionVote, Session
from tests.factories import make_registration, make_session


@pytest.fixture
def session(summit):
    now = timezone.now()
    return make_session(summit, starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50))


def person(registration):
    return Participant(participants.of_registration(registration.guid), name=registration.name)


def other(number=1):
    return Participant(of_browser(str(number)))


def ask(session, by, text="Who decides?"):
    return questions.let_through(questions.ask(session, by, text, named=True), by=None)


def taken_part(session, by):
    """Somebody has asked, supported and voted."""
    made = ask(session, by)
    theirs = ask(session, other(), "Another's?")
    questions.support(session, by, str(theirs.guid))
    poll = polls.open_(polls.draft(session, "scale", {"en": "How good?"}, by=None), by=None)
    polls.vote(poll, by, [poll.choices.first().pk])
    return made, theirs, poll


def test_thirty_days_after_the_summit_nothing_says_whose_it_was(summit, session, registration, organiser):
    made, theirs, poll = taken_part(session, person(registration))
    cockpit.write_note(session, "Late", by=organiser)
    kept = questions.answered(ask(session, person(registration), "Kept?"), {"en": "Yes."}, by=None)
    Session.objects.update(keeps_answers=True)
    with time_machine.travel(summit.ends_on + timedelta(days=30)):
        call_command("tidy")
    assert AudienceQuestion.objects.exclude(asker="").count() == 3 and PollBallot.objects.count() == 1
    with time_machine.travel(summit.ends_on + timedelta(days=31)):
        call_command("tidy")
    assert not AudienceQuestion.objects.exclude(asker="").exists() and not PollBallot.objects.exists()
    assert not QuestionVote.objects.exists() and not CockpitNote.objects.exists()
    for row in (made, theirs, kept):
        row.refresh_from_db()
    assert (made.name, kept.name, theirs.votes) == ("", registration.name, 1)
    assert (Poll.objects.get().voted, poll.choices.first().votes) == (1, 1)


def test_who_is_erased_leaves_what_is_counted(summit, session, registration):
    made, theirs, _poll = taken_part(session, person(registration))
    stranger = other(5)
    questions.support(session, stranger, str(theirs.guid))
    erasing.erase(registration)
    for row in (made, theirs):
        row.refresh_from_db()
    assert (made.text, made.asker, made.name, theirs.votes) == ("Who decides?", "", "", 2)
    assert (
        list(QuestionVote.objects.values_list("voter", flat=True)) == [stranger.key] and not PollBallot.objects.exists()
    )


def test_the_name_of_whoever_is_at_risk_goes_at_once(session, registration):
    made = ask(session, person(registration))
    assert made.name == registration.name
    sealing.seal(registration)
    made.refresh_from_db()
    assert made.name == "" and made.asker


def test_two_registrations_of_one_person_count_once(session, organiser, summit):
    kept, former = make_registration(summit), make_registration(summit)
    theirs, poll = ask(session, other()), polls.open_(polls.draft(session, "scale", {"en": "?"}, by=None), by=None)
    mine = ask(session, person(kept), "Mine?")
    for each in (kept, former):
        questions.support(session, person(each), str(theirs.guid))
        polls.vote(poll, person(each), [poll.choices.first().pk])
    questions.support(session, person(former), str(mine.guid))
    asked = ask(session, person(former), "Former?")
    merging.merge(kept, former, by=organiser)
    for row in (theirs, mine, asked):
        row.refresh_from_db()
    assert (theirs.votes, mine.votes, asked.asker) == (1, 0, person(kept).key)
    assert QuestionVote.objects.count() == PollBallot.objects.count() == 1


def test_everything_about_somebody_tells_what_they_asked(session, registration):
    made, _theirs, _poll = taken_part(session, person(registration))
    [row] = for_machines(everything(registration))["questions"]
    assert (row["text"], row["name"], row["state"]) == (made.text, registration.name, "shown")


def test_of_another_summit_nothing_is_touched(session, registration):
    made = ask(session, person(registration))
    elsewhere = type(session.summit)(pk=session.summit_id + 1)
    forgetting.forget_person(elsewhere, person(registration).key)
    forgetting.forget_summit(elsewhere)
    made.refresh_from_db()
    assert made.asker and made.name
