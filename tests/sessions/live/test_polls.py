"""Polls: who has voted and what was voted are apart; each votes once; only what is open is voted in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.live import polls
from sessions.live.participants import Participant, of_browser
from sessions.models import Poll, PollBallot, PollChoice
from summit.models import HistoryEntry, LiveRevision
from tests.factories import make_session
from tests.registration.places.test_races import on_postgresql, on_sqlite

YES_NO = [{"en": "Yes", "ko": "예"}, {"en": "No", "ko": "아니요"}]


def somebody(number=1):
    return Participant(of_browser(str(number)))


@pytest.fixture
def session(summit):
    now = timezone.now()
    return make_session(summit, starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(minutes=50))


def opened(session, kind="one", choices=YES_NO):
    return polls.open_(polls.draft(session, kind, {"en": "Agreed?", "ko": "동의합니까?"}, choices, by=None), by=None)


def keys(poll):
    return list(poll.choices.values_list("pk", flat=True))


def counts(poll):
    return list(poll.choices.values_list("votes", flat=True))


def test_a_draft_is_changed_opened_closed_and_shown_and_each_is_told(session, organiser):
    made = polls.draft(session, "one", {"en": "Agreed?"}, YES_NO, by=organiser)
    assert (made.state, str(made), len(keys(made)), made.results_shown) == ("draft", "Agreed?", 2, False)
    assert not LiveRevision.objects.exists()
    polls.change(made, "many", {"en": "Which?"}, [*YES_NO, {"en": "Maybe"}], by=organiser)
    made = polls.open_(made, by=organiser)
    assert (made.kind, made.state, len(keys(made))) == ("many", "open", 3) and made.opened_at
    for verb in (
        lambda: polls.change(made, "one", {"en": "Else?"}, YES_NO, by=organiser),
        lambda: polls.remove(made, by=organiser),
    ):
        with pytest.raises(polls.NoDraft):
            verb()
    assert polls.close(made, by=organiser).closed_at
    assert polls.show_results(made, by=organiser).results_shown
    assert not polls.show_results(made, False, by=organiser).results_shown
    said = list(HistoryEntry.objects.order_by("pk").values_list("action", flat=True))
    assert said == ["poll.create", "poll.edit", "poll.open", "poll.close", "poll.show", "poll.show"]
    assert LiveRevision.objects.get().number == 5


def test_a_draft_can_be_removed_and_neither_closed_nor_shown(session):
    made = polls.draft(session, "scale", {"en": "How good?"}, by=None)
    assert [str(choice) for choice in made.choices.all()] == ["1", "2", "3", "4", "5"]
    for verb in (polls.close, polls.show_results):
        with pytest.raises(polls.PollNotOpen):
            verb(made, by=None)
    polls.remove(made, by=None)
    assert not Poll.objects.exists()


@pytest.mark.parametrize(
    ("kind", "question", "choices"),
    [("one", {"en": ""}, YES_NO), ("one", {"en": "Agreed?"}, YES_NO[:1]), ("many", {"en": "Agreed?"}, [YES_NO[0]] * 2),
     ("one", {"en": "Agreed?"}, [{"en": str(n)} for n in range(13)]), ("other", {"en": "Agreed?"}, YES_NO),
     ("one", {"en": "x" * 301}, YES_NO), ("one", {"en": "Agreed?"}, [{"en": "x" * 201}, YES_NO[0]])],
)  # fmt: skip
def test_what_cannot_be_answered_is_not_drawn_up(session, kind, question, choices):
    with pytest.raises(polls.CannotBeDrawnUp):
        polls.draft(session, kind, question, choices, by=None)
    assert not Poll.objects.exists()


def test_there_is_an_end_to_them(session, monkeypatch):
    monkeypatch.setattr(polls, "MOST", 1)
    polls.draft(session, "words", {"en": "In a word?"}, by=None)
    with pytest.raises(polls.TooManyPolls):
        polls.draft(session, "words", {"en": "In a word?"}, by=None)


def test_each_votes_once_and_is_counted(session):
    poll = opened(session)
    yes, no = keys(poll)
    polls.vote(poll, somebody(1), [yes])
    polls.vote(poll, somebody(2), [yes])
    polls.vote(poll, somebody(3), [no])
    with pytest.raises(polls.VotedAlready):
        polls.vote(poll, somebody(1), [no])
    poll.refresh_from_db()
    assert (poll.voted, counts(poll), PollBallot.objects.count()) == (3, [2, 1], 3)
    assert [(bar.votes, bar.share) for bar in polls.standing(poll)] == [(2, 67), (1, 33)]
    assert polls.voted(session, somebody(1).key) == {str(poll.guid)} and polls.voted(session, somebody(9).key) == set()


def test_of_several_each_counts_and_a_scale_has_a_mean(session):
    poll = opened(session, "many")
    polls.vote(poll, somebody(1), keys(poll))
    polls.vote(poll, somebody(2), keys(poll)[:1])
    poll.refresh_from_db()
    assert (poll.voted, counts(poll), polls.mean(poll)) == (2, [2, 1], None)
    scale = opened(session, "scale")
    assert polls.mean(scale) is None
    polls.vote(scale, somebody(1), [keys(scale)[4]])
    polls.vote(scale, somebody(2), [keys(scale)[1]])
    assert polls.mean(Poll.objects.get(pk=scale.pk)) == 3.5


def test_what_is_no_vote_counts_nowhere(session):
    poll, other = opened(session), opened(session)
    for chosen in ([], keys(poll), keys(other)[:1], [0]):
        with pytest.raises(polls.NotAVote):
            polls.vote(poll, somebody(), chosen)
    polls.close(poll, by=None)
    for closed in (poll, polls.draft(session, "one", {"en": "Agreed?"}, YES_NO, by=None)):
        with pytest.raises(polls.PollNotOpen):
            polls.vote(closed, somebody(), keys(closed)[:1])
    assert not PollBallot.objects.exists() and set(PollChoice.objects.values_list("votes", flat=True)) == {0}


def test_words_are_counted_without_regard_to_capitals_and_spaces(session):
    poll = opened(session, "words", ())
    polls.vote(poll, somebody(1), words=["Open  Data", "open data", " Trust "])
    polls.vote(poll, somebody(2), words=["OPEN DATA", "\u200b"])
    poll.refresh_from_db()
    assert [(str(bar.choice), bar.votes) for bar in polls.standing(poll)] == [("open data", 2), ("trust", 1)]
    for words in ([], [" "], ["x" * 61], ["a", "b", "c", "d"]):
        with pytest.raises(polls.NotAVote):
            polls.vote(poll, somebody(3), words=words)


def test_a_word_is_taken_off_and_put_back(session, organiser):
    poll = opened(session, "words", ())
    polls.vote(poll, somebody(), words=["rude"])
    word = poll.choices.get()
    polls.hide_word(word, by=organiser)
    poll.refresh_from_db()
    assert polls.standing(poll) == [] and [bar.votes for bar in polls.standing(poll, hidden=True)] == [1]
    polls.hide_word(word, False, by=organiser)
    assert len(polls.standing(Poll.objects.get())) == 1


def test_neither_keys_nor_columns_say_whose_vote_is_which(session, monkeypatch):
    """A ballot holds its poll and its voter, a choice what it is and numbers; keys of both are drawn by lot."""
    assert {field.name for field in PollBallot._meta.get_fields()} == {"id", "poll", "voter"}
    assert {field.name for field in PollChoice._meta.get_fields()} == {
        "id", "poll", "label", "word", "order", "votes", "hidden",
    }  # fmt: skip
    drawn = iter([7, 3, 5, 1, 9, 2])
    monkeypatch.setattr(polls.secrets, "randbelow", lambda below: next(drawn))
    poll = opened(session, "words", ())
    for number, word in enumerate(["one", "two", "three"]):
        polls.vote(poll, somebody(number), words=[word])
    assert set(PollBallot.objects.values_list("pk", flat=True)) == {8, 6, 10}
    assert set(poll.choices.values_list("pk", flat=True)) == {4, 2, 3}
    assert not HistoryEntry.objects.filter(action__contains="vote").exists()


def votes_at_once(session, race, copy=None):
    poll = opened(session, "words", ())
    if copy:
        copy()
    people = [1, 1, 1, *range(2, 8)]
    ends = race([lambda who=who: polls.vote(poll, somebody(who), words=["trust", f"word {who}"]) for who in people])
    (seen,) = race([
        lambda: (Poll.objects.get().voted, PollBallot.objects.count(), PollChoice.objects.get(word="trust").votes,
                 PollChoice.objects.count())
    ])  # fmt: skip
    return [end.code for end in ends if end is not None], seen


@on_postgresql
def test_whoever_votes_three_times_at_once_has_voted_once(session, race):
    assert votes_at_once(session, race) == (["voted_already"] * 2, (7, 7, 7, 8))


@on_sqlite
def test_whoever_votes_three_times_at_once_has_voted_once_on_sqlite(session, race, on_disk):
    assert votes_at_once(session, race, on_disk) == (["voted_already"] * 2, (7, 7, 7, 8))
