"""Polls: drafted, opened, voted in, closed, shown. Who has voted and what was voted are apart: a ballot holds no choice, a
choice is a number, and the keys of both are drawn by lot, so that neither of them tells the order in which people voted."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.live.participants import Participant
from sessions.models import Poll, PollBallot, PollChoice, Session
from summit import history, live
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.lib.translated import Text
from summit.models import User

Kind, State = Poll.Kind, Poll.State
FEWEST, MOST_CHOICES, SCALE = 2, 12, 5
# Of one session; of words by one person, their length, and how many different ones a poll gathers and shows.
MOST, WORDS, LONGEST_WORD, MOST_WORDS, WORDS_SHOWN = 30, 3, 60, 2000, 40
# Keys have no order; pages read whole numbers of so many digits.
KEYS = 10**17


class TooManyPolls(Refusal):
    code = "too_many_polls"
    message: Any = _("There are 30 already. Remove one first.")


class CannotBeDrawnUp(Refusal):
    code = "poll_incomplete"
    status = 422
    message: Any = _("Say what is asked, and give 2 to 12 different choices.")


class NoDraft(Refusal):
    code = "poll_no_draft"
    message: Any = _("People have seen this poll: its words stay as they are.")


class PollNotOpen(Refusal):
    code = "poll_not_open"
    message: Any = _("This poll is not open.")


class VotedAlready(Refusal):
    code = "voted_already"
    message: Any = _("You have voted in this poll already. Each person votes once.")


class NotAVote(Refusal):
    code = "not_a_vote"
    status = 422
    message: Any = _("Choose an answer first.")


class TooManyWords(NotAVote):
    code = "too_many_words"
    message: Any = _("Write one to three words or short terms, each of at most 60 characters.")


@transaction.atomic
def draft(
    session: Session,
    kind: str,
    question: Mapping[str, str],
    choices: Sequence[Mapping[str, str]] = (),
    *,
    by: User | None,
) -> Poll:
    """A poll that nobody sees yet. A scale has its five choices, and words have none. Raises :class:`TooManyPolls` and
    :class:`CannotBeDrawnUp`."""
    locked = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)
    if locked.polls.count() >= MOST:
        raise TooManyPolls
    words, labels = _drawn_up(kind, question, choices)
    made = Poll.objects.create(session=locked, kind=kind, question=words, order=locked.polls.count())
    _write_choices(made, labels)
    history.record("poll.create", made, by=by, summit=locked.summit, changes={"question": ("", words.public())})
    return made


@transaction.atomic
def change(
    poll: Poll, kind: str, question: Mapping[str, str], choices: Sequence[Mapping[str, str]] = (), *, by: User | None
) -> Poll:
    """Draw a draft up anew. Raises :class:`NoDraft` and :class:`CannotBeDrawnUp`."""
    locked = _locked(poll)
    if locked.state != State.DRAFT:
        raise NoDraft
    words, labels = _drawn_up(kind, question, choices)
    changes = history.changed(locked, {"kind": kind, "question": words})
    before = [str(choice) for choice in locked.choices.all()]
    locked.choices.all().delete()
    _write_choices(locked, labels)
    if (after := [str(label) for label in labels]) != before:
        changes["choices"] = (before, after)
    return _set(locked, "poll.edit", changes, by, shown=False, kind=kind, question=words)


@transaction.atomic
def remove(poll: Poll, *, by: User | None) -> None:
    """Take a draft away. Raises :class:`NoDraft`."""
    locked = _locked(poll)
    if locked.state != State.DRAFT:
        raise NoDraft
    history.record("poll.delete", locked, by=by, summit=locked.session.summit)
    locked.delete()


def open_(poll: Poll, *, by: User | None) -> Poll:
    """Have people vote, also again; those who have do not vote twice."""
    return _move(poll, "poll.open", by, state=State.OPEN)


def close(poll: Poll, *, by: User | None) -> Poll:
    """Nobody votes any more. Raises :class:`PollNotOpen` of a draft."""
    return _move(poll, "poll.close", by, refuse_draft=True, state=State.CLOSED)


def show_results(poll: Poll, wanted: bool = True, *, by: User | None) -> Poll:
    """Have everybody see how it stands, or no more. Raises :class:`PollNotOpen` of a draft."""
    return _move(poll, "poll.show", by, refuse_draft=True, results_shown=wanted)


@transaction.atomic
def hide_word(choice: PollChoice, wanted: bool = True, *, by: User | None) -> None:
    """Take a word off pages and screens, or put it there again; its votes stay."""
    poll = _locked(choice.poll)
    if PollChoice.objects.filter(pk=choice.pk, hidden=not wanted).exclude(word="").update(hidden=wanted):
        said = (choice.word, "") if wanted else ("", choice.word)
        _set(poll, "poll.hide_word", {"word": said}, by)


@transaction.atomic
def vote(poll: Poll, by: Participant, chosen: Collection[int] = (), words: Collection[str] = ()) -> None:
    """One person's vote: of choices their keys, of words what was written. The ballot says that somebody has voted, the
    choice that it has one vote more, and nothing says which belongs to which. Raises :class:`PollNotOpen`,
    :class:`VotedAlready`, :class:`NotAVote` and :class:`TooManyWords`."""
    taken = _taken(poll, chosen, words)
    # Holds the row until the end: closing waits for this vote, and no vote comes after it.
    if not Poll.objects.filter(pk=poll.pk, state=State.OPEN).update(voted=F("voted") + 1):
        raise PollNotOpen
    if PollBallot.objects.filter(poll=poll, voter=by.key).exists():
        raise VotedAlready
    try:
        with transaction.atomic():
            PollBallot.objects.create(pk=_key(), poll=poll, voter=by.key)
    except IntegrityError:
        raise VotedAlready from None
    if poll.kind == Kind.WORDS:
        for word in taken:
            _count_word(poll, str(word))
    else:
        PollChoice.objects.filter(poll=poll, pk__in=taken).update(votes=F("votes") + 1)
    live.raise_revision(poll.session.summit_id)


def _taken(poll: Poll, chosen: Collection[int], words: Collection[str]) -> list[Any]:
    if poll.kind == Kind.WORDS:
        said = list(dict.fromkeys(word for word in map(compared, words) if word))
        if not said:
            raise NotAVote
        if len(said) > WORDS or any(len(word) > LONGEST_WORD for word in said):
            raise TooManyWords
        return said
    there = set(poll.choices.values_list("pk", flat=True))
    known = sorted(set(chosen))
    if not known or not there.issuperset(known) or (len(known) > 1 and poll.kind != Kind.MANY):
        raise NotAVote
    return known


def compared(word: str) -> str:
    """A word as it is counted: small letters, single spaces."""
    return clean_line(word.replace("\n", " ")).casefold()


def _count_word(poll: Poll, word: str) -> None:
    rows = PollChoice.objects.filter(poll=poll, word=word)
    if not rows.update(votes=F("votes") + 1) and poll.choices.count() < MOST_WORDS:
        # The poll is held: nobody writes the same word at this moment.
        PollChoice.objects.create(pk=_key(), poll=poll, word=word, votes=1)


def _key() -> int:
    return secrets.randbelow(KEYS - 1) + 1


def _drawn_up(kind: str, question: Mapping[str, str], choices: Sequence[Mapping[str, str]]) -> tuple[Text, list[Text]]:
    words = _text(question)
    labels = [label for label in map(_text, choices) if label]
    if kind == Kind.SCALE:
        labels = [Text({"ko": str(step), "en": str(step)}) for step in range(1, SCALE + 1)]
    elif kind == Kind.WORDS:
        labels = []
    elif not FEWEST <= len(labels) <= MOST_CHOICES or len(set(labels)) < len(labels):
        raise CannotBeDrawnUp
    if kind not in Kind.values or not words or any(len(text) > 300 for text in words.values()):
        raise CannotBeDrawnUp
    if any(len(text) > 200 for label in labels for text in label.values()):
        raise CannotBeDrawnUp
    return words, labels


def _text(words: Mapping[str, str]) -> Text:
    return Text(Text({code: clean_line(text) for code, text in words.items()}).words())


def _write_choices(poll: Poll, labels: list[Text]) -> None:
    PollChoice.objects.bulk_create(
        [PollChoice(poll=poll, label=label, order=order) for order, label in enumerate(labels, 1)]
    )


def _locked(poll: Poll) -> Poll:
    rows = Poll.objects.select_for_update(of=("self",)).select_related("session__summit")
    found: Poll = rows.get(pk=poll.pk)
    return found


@transaction.atomic
def _move(poll: Poll, action: str, by: User | None, *, refuse_draft: bool = False, **values: Any) -> Poll:
    locked = _locked(poll)
    if refuse_draft and locked.state == State.DRAFT:
        raise PollNotOpen
    changes = history.changed(locked, values)
    if not changes:
        return locked
    if "state" in changes:
        name = "opened_at" if values["state"] == State.OPEN else "closed_at"
        values[name] = timezone.now()
    return _set(locked, action, changes, by, **values)


def _set(
    locked: Poll, action: str, changes: history.Changes, by: User | None, *, shown: bool = True, **values: Any
) -> Poll:
    if not changes:
        return locked
    for name, value in values.items():
        setattr(locked, name, value)
    locked.updated_at = timezone.now()
    locked.save(update_fields=[*values, "updated_at"])
    history.record(action, locked, by=by, summit=locked.session.summit, changes=changes)
    if shown:
        live.raise_revision(locked.session.summit_id)
    return locked


@dataclass(frozen=True, slots=True)
class Bar:
    """How one choice stands; ``share`` of those who have voted, in per cent."""

    choice: PollChoice
    votes: int
    share: int


def standing(poll: Poll, *, hidden: bool = False) -> list[Bar]:
    """How a poll stands, from its choices as they were read: choices in their order, words by their votes. ``hidden``: with
    the words that were taken off."""
    rows = [row for row in poll.choices.all() if hidden or not row.hidden]
    if poll.kind == Kind.WORDS:
        rows = sorted(rows, key=lambda row: (-row.votes, row.word))[:WORDS_SHOWN]
    return [Bar(row, row.votes, round(100 * row.votes / poll.voted) if poll.voted else 0) for row in rows]


def mean(poll: Poll) -> float | None:
    """The mean of a scale; None where nobody has voted, or of another kind."""
    rows = list(poll.choices.all()) if poll.kind == Kind.SCALE else []
    votes = sum(row.votes for row in rows)
    return sum(row.order * row.votes for row in rows) / votes if votes else None


def voted(session: Session, key: str) -> set[str]:
    """The polls of a session in which somebody has voted, by their guid. One query."""
    rows = PollBallot.objects.filter(voter=key, poll__session=session)
    return {str(guid) for guid in rows.values_list("poll__guid", flat=True)}
