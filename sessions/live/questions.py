"""Questions of the audience: asked and supported by those who take part, looked after by whoever runs the session."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.live.participants import Participant
from sessions.models import AudienceQuestion, QuestionVote, Session
from sessions.models.audience_question import OPEN, SHOWN
from summit import history, live
from summit.errors import Refusal
from summit.lib.finding import fold
from summit.lib.text import clean_line, clean_text
from summit.lib.translated import Text
from summit.models import User

State, Place = AudienceQuestion.State, AudienceQuestion.Place
# Before the beginning and after the end of a session; later its questions are read alone.
OPENS, CLOSES = timedelta(minutes=60), timedelta(hours=24)
LONGEST, LONGEST_ANSWER, LONGEST_REASON, LONGEST_NAME = 500, 2000, 200, 200
# What one person asks within a while, and has waiting or shown at once; and what a session holds in all.
OFTEN, WHILE, MOST_OPEN, MOST = 5, timedelta(minutes=10), 20, 5000
# Rows of the people's side that one merge or vote meets while others write: tried again this often.
TRIES = 5


class Asking(StrEnum):
    """Whether a session takes questions at a moment, and if not, why."""

    OPEN = "open"
    OFF = "off"
    CANCELLED = "cancelled"
    NO_TIME = "no_time"
    EARLY = "early"
    OVER = "over"


class NotTaken(Refusal):
    code = "questions_not_taken"
    message: Any = _("This session takes no questions now. The page says when it does.")


class SaysNothing(Refusal):
    code = "question_says_nothing"
    status = 422
    message: Any = _("Write your question first.")


class TooLong(Refusal):
    code = "question_too_long"
    status = 422
    message: Any = _("That is too long. Please say it in fewer words.")


class AskedTooOften(Refusal):
    code = "asked_too_often"
    status = 429
    message: Any = _("You have asked several questions already. Please wait a few minutes before the next one.")


class SessionIsFull(Refusal):
    code = "too_many_questions"
    message: Any = _("There are very many questions already. Please support one of them.")


class OwnQuestion(Refusal):
    code = "own_question"
    message: Any = _("This question is yours: others support it.")


class QuestionGone(Refusal):
    code = "question_gone"
    message: Any = _("This question takes no support any more.")


class CannotMerge(Refusal):
    code = "cannot_merge"
    message: Any = _("Choose another question of this session to put this one together with.")


def asking(session: Session, now: datetime | None = None) -> Asking:
    """Whether questions may be asked and supported now."""
    if session.is_cancelled:
        return Asking.CANCELLED
    if not session.takes_questions:
        return Asking.OFF
    if session.starts_at is None or session.ends_at is None:
        return Asking.NO_TIME
    now = now or timezone.now()
    if now < session.starts_at - OPENS:
        return Asking.EARLY
    return Asking.OVER if now >= session.ends_at + CLOSES else Asking.OPEN


@transaction.atomic
def ask(
    session: Session,
    by: Participant,
    text: str,
    *,
    language: str = "",
    named: bool = False,
    now: datetime | None = None,
) -> AudienceQuestion:
    """Ask what is on somebody's mind; ``named``: with the name, where one may be shown. The same again is the first one.
    Raises :class:`NotTaken`, :class:`SaysNothing`, :class:`TooLong`, :class:`AskedTooOften` and :class:`SessionIsFull`."""
    now, said = now or timezone.now(), _said(text)
    # Held, so that somebody who sends twice at once has asked once.
    locked = _locked(session)
    if asking(locked, now) != Asking.OPEN:
        raise NotTaken
    mine = locked.audience_questions.filter(asker=by.key)
    if same := next((each for each in mine if _compared(each.text) == _compared(said)), None):
        return same
    lately = mine.filter(asked_at__gt=now - WHILE).count()
    if lately >= OFTEN or mine.filter(state__in=OPEN, merged_into=None).count() >= MOST_OPEN:
        raise AskedTooOften(retry_after=int(WHILE.total_seconds()))
    if locked.audience_questions.count() >= MOST:
        raise SessionIsFull
    name = clean_line(by.name)[:LONGEST_NAME] if named and not by.at_risk else ""
    place = Place.HALL if by.in_hall else Place.ONLINE
    state = State.NEW if locked.asks_first else State.SHOWN
    made = AudienceQuestion.objects.create(
        session=locked, asker=by.key, name=name, place=place, text=said, language=language, state=state,
        asked_at=now, updated_at=now,
    )  # fmt: skip
    if state == State.SHOWN:
        live.raise_revision(locked.summit_id)
    return made


@transaction.atomic
def ask_for(
    session: Session, text: str, *, language: str = "", name: str = "", place: str = Place.MICROPHONE, by: User | None
) -> AudienceQuestion:
    """A question that the moderator writes down for somebody, shown at once. Raises as :func:`ask`, but for the time."""
    said, locked = _said(text), _locked(session)
    if locked.audience_questions.count() >= MOST:
        raise SessionIsFull
    made = AudienceQuestion.objects.create(
        session=locked,
        name=clean_line(name)[:LONGEST_NAME],
        place=place,
        text=said,
        language=language,
        state=State.SHOWN,
    )
    return _told(made, "audiencequestion.write_down", {"state": ("", State.SHOWN.value)}, by)


def _compared(text: str) -> str:
    return fold(text) or text


def _said(text: str) -> str:
    said = clean_text(text)
    if not said:
        raise SaysNothing
    if len(said) > LONGEST:
        raise TooLong
    return said


def _locked(session: Session) -> Session:
    rows = Session.objects.select_for_update(of=("self",)).select_related("summit")
    found: Session = rows.get(pk=session.pk)
    return found


def support(session: Session, by: Participant, guid: str, *, now: datetime | None = None) -> bool:
    """Support a question, or no more; returns whether it is supported now. Raises :class:`NotTaken`,
    :class:`OwnQuestion`, and :class:`QuestionGone` for what is answered, put aside or not there."""
    if asking(session, now) != Asking.OPEN:
        raise NotTaken
    for _try in range(TRIES):
        with transaction.atomic():
            found = session.audience_questions.filter(guid=guid).values_list("merged_into", "pk").first()
            if found is None:
                raise QuestionGone
            # The row is held: whoever puts it together with another, meanwhile or after, finds each vote.
            rows = AudienceQuestion.objects.select_for_update().filter(pk=found[0] or found[1], merged_into=None)
            if question := rows.first():
                return _support(question, by.key, session.summit_id)
    raise QuestionGone


def _support(question: AudienceQuestion, key: str, summit_pk: int) -> bool:
    if question.state not in {State.SHOWN, State.IN_ANSWER}:
        raise QuestionGone
    if question.asker == key:
        raise OwnQuestion
    mine, row = (
        QuestionVote.objects.filter(question=question, voter=key),
        AudienceQuestion.objects.filter(pk=question.pk),
    )
    if mine.delete()[0]:
        row.update(votes=F("votes") - 1)
        supports = False
    else:
        try:
            with transaction.atomic():
                QuestionVote.objects.create(question=question, voter=key)
        except IntegrityError:  # the same person, a moment ago
            return True
        row.update(votes=F("votes") + 1)
        supports = True
    live.raise_revision(summit_pk)
    return supports


def supported(session: Session, key: str) -> set[str]:
    """The questions of a session that somebody supports, by their guid. One query."""
    rows = QuestionVote.objects.filter(voter=key, question__session=session)
    return {str(guid) for guid in rows.values_list("question__guid", flat=True)}


def let_through(question: AudienceQuestion, *, by: User | None) -> AudienceQuestion:
    """Have everybody read it, also again."""
    return _move(question, State.SHOWN, "audiencequestion.let_through", by, reason="")


def answering(question: AudienceQuestion, *, by: User | None) -> AudienceQuestion:
    """It is answered now; the one before it has been."""
    with transaction.atomic():
        for before in question.session.audience_questions.filter(state=State.IN_ANSWER).exclude(pk=question.pk):
            _move(before, State.ANSWERED, "audiencequestion.answered", by)
        return _move(question, State.IN_ANSWER, "audiencequestion.answering", by, reason="")


def answered(
    question: AudienceQuestion, answer: Mapping[str, str] | None = None, *, by: User | None
) -> AudienceQuestion:
    """It was answered; ``answer``: what was said, in words (None: as it was). Raises :class:`TooLong`."""
    if answer is None:
        return _move(question, State.ANSWERED, "audiencequestion.answered", by, reason="", pinned_at=None)
    said = _texts(answer, LONGEST_ANSWER)
    return _move(question, State.ANSWERED, "audiencequestion.answered", by, reason="", answer=said, pinned_at=None)


def write_answer(question: AudienceQuestion, answer: Mapping[str, str], *, by: User | None) -> AudienceQuestion:
    """Write down what is said, before or after it counts as answered. Raises :class:`TooLong`."""
    return _change(question, "audiencequestion.write_answer", by, answer=_texts(answer, LONGEST_ANSWER))


def put_aside(question: AudienceQuestion, reason: str = "", *, by: User | None) -> AudienceQuestion:
    """Nobody reads it any more but whoever asked, and the reason with it. Raises :class:`TooLong`."""
    said = clean_line(reason)
    if len(said) > LONGEST_REASON:
        raise TooLong
    return _move(question, State.PUT_ASIDE, "audiencequestion.put_aside", by, reason=said, pinned_at=None)


def pin(question: AudienceQuestion, wanted: bool = True, *, by: User | None) -> AudienceQuestion:
    """Keep it before all others, or no more."""
    if AudienceQuestion.objects.filter(pk=question.pk, pinned_at=None).exists() != wanted:
        return question
    return _change(question, "audiencequestion.pin", by, pinned_at=timezone.now() if wanted else None)


def translate(question: AudienceQuestion, words: Mapping[str, str], *, by: User | None) -> AudienceQuestion:
    """Put translations beside the original, each in its language. Raises :class:`TooLong`."""
    return _change(question, "audiencequestion.translate", by, translation=_texts(words, LONGEST))


def set_language(question: AudienceQuestion, language: str, *, by: User | None) -> AudienceQuestion:
    """Say in which language it was asked."""
    return _change(question, "audiencequestion.set_language", by, language=clean_line(language)[:10])


def merge(question: AudienceQuestion, into: AudienceQuestion, *, by: User | None) -> AudienceQuestion:
    """Have ``into`` stand for both: whoever supported either, or asked the other, counts once. Returns ``into``. Raises
    :class:`CannotMerge`."""
    with transaction.atomic():
        # In the order of their keys: two who merge the same pair do not wait for each other in a ring.
        rows = AudienceQuestion.objects.select_for_update(of=("self",)).select_related("session__summit")
        held = {row.pk: row for row in rows.filter(pk__in=[question.pk, into.pk]).order_by("pk")}
        other, kept = held.get(question.pk), held.get(into.pk)
        if other is None or kept is None or other.pk == kept.pk or other.session_id != kept.session_id:
            raise CannotMerge
        if other.merged_into_id or kept.merged_into_id or kept.state == State.PUT_ASIDE:
            raise CannotMerge
        keys = {*QuestionVote.objects.filter(question=other).values_list("voter", flat=True), other.asker}
        new = [QuestionVote(question=kept, voter=key) for key in sorted(keys - {"", kept.asker})]
        QuestionVote.objects.bulk_create(new, ignore_conflicts=True)
        QuestionVote.objects.filter(question=other).delete()
        now = timezone.now()
        AudienceQuestion.objects.filter(Q(pk=other.pk) | Q(merged_into=other)).update(merged_into=kept, updated_at=now)
        AudienceQuestion.objects.filter(pk=other.pk).update(votes=0, pinned_at=None)
        votes = QuestionVote.objects.filter(question=kept).count()
        AudienceQuestion.objects.filter(pk=kept.pk).update(votes=votes, updated_at=now)
        said: history.Changes = {"merged": ("", str(other)), "votes": (kept.votes, votes)}
        kept.votes = votes
        return _told(kept, "audiencequestion.merge", said, by, shown=True)


def _texts(words: Mapping[str, str], longest: int) -> Text:
    said = Text({code: clean_text(text) for code, text in words.items()})
    if any(len(text) > longest for text in said.values()):
        raise TooLong
    return Text(said.words())


def _move(question: AudienceQuestion, state: str, action: str, by: User | None, **also: Any) -> AudienceQuestion:
    return _change(question, action, by, state=state, **also)


@transaction.atomic
def _change(question: AudienceQuestion, action: str, by: User | None, **values: Any) -> AudienceQuestion:
    """Set what differs. A question that went into another stays as it is."""
    rows = AudienceQuestion.objects.select_for_update(of=("self",)).select_related("session__summit")
    locked: AudienceQuestion = rows.get(pk=question.pk)
    changes = history.changed(locked, values)
    if not changes or locked.merged_into_id:
        return locked
    was_shown = locked.state in SHOWN
    for name in changes:
        setattr(locked, name, values[name])
    locked.updated_at = timezone.now()
    locked.save(update_fields=[*changes, "updated_at"])
    told = {name: tuple(map(_plain, pair)) for name, pair in changes.items()}
    return _told(locked, action, told, by, shown=was_shown or locked.state in SHOWN)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _told(
    question: AudienceQuestion, action: str, changes: history.Changes, by: User | None, *, shown: bool = True
) -> AudienceQuestion:
    """A line of history, and what is kept of public pages is stale: the agenda's as well where the answers stand on it."""
    session = question.session
    history.record(action, question, by=by, summit=session.summit, changes=changes)
    if session.keeps_answers and session.is_published and question.answer:
        session.summit.raise_revision()
    if shown:
        live.raise_revision(session.summit_id)
    return question
