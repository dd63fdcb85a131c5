"""What pages on which people take part show: the questions and polls of a session, and what in them is somebody's own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from sessions.live import polls, questions
from sessions.live.participants import Participant
from sessions.models import AudienceQuestion, Poll, PollChoice, Session
from summit.lib.translated import own_name
from summit.models import Room

# What a page shows at most, and how many of those that are answered; whoever asks sees how many more there are.
SHOWN, ANSWERED_SHOWN = 60, 30
# Polls whose results the screen of a room knows.
ON_SCREENS = 20
# Offered for what somebody asks in, beside the languages of the summit and of the session.
LANGUAGES = ("ko", "en", "fr", "es", "ar", "ru", "zh-hans", "ja", "pt", "id", "sw", "ka", "et")


@dataclass(frozen=True, slots=True)
class Result:
    """A poll and how it stands."""

    poll: Poll
    bars: list[polls.Bar]
    mean: float | None


def public_questions(session: Session, now: datetime | None = None) -> dict[str, Any]:
    """What everybody reads, in order. Three queries at most, however many there are."""
    rows = session.audience_questions.public()
    to_come = list(rows.exclude(state="answered").in_order()[: SHOWN + 1])
    # What is answered at this moment stands before all others.
    to_come.sort(key=lambda row: row.state != "in_answer")
    more = rows.exclude(state="answered").count() - SHOWN if len(to_come) > SHOWN else 0
    return {
        "questions": to_come[:SHOWN],
        "more": more,
        "answered": list(rows.filter(state="answered").order_by("-updated_at", "-pk")[:ANSWERED_SHOWN]),
        "takes": questions.asking(session, now) == questions.Asking.OPEN,
    }


def _polls(session: Session) -> Any:
    return session.polls.exclude(state=Poll.State.DRAFT).order_by("-opened_at", "-pk")


def open_polls(session: Session) -> dict[str, Any]:
    """Those in which people vote. Nothing in it changes while they do: what somebody has begun to fill in stays. Two queries."""
    rows = _polls(session).filter(state=Poll.State.OPEN)
    choices = Prefetch("choices", PollChoice.objects.exclude(poll__kind=Poll.Kind.WORDS))
    return {"polls": list(rows.prefetch_related(choices)), "words": range(1, polls.WORDS + 1)}


def shown_results(session: Session) -> dict[str, Any]:
    """How polls stand of which everybody may know it. Two queries."""
    rows = _polls(session).filter(results_shown=True).prefetch_related("choices")
    return {"results": [result(poll) for poll in rows]}


def results_in(room: Room) -> list[Result]:
    """Those of the sessions in a room, newest first, for its screen; each is shown while its session is on. Two queries."""
    rows = Poll.objects.filter(session__room=room, session__published_at__isnull=False, results_shown=True)
    rows = rows.exclude(state=Poll.State.DRAFT).exclude(session__starts_at=None)
    newest = rows.select_related("session").prefetch_related("choices").order_by("-updated_at", "-pk")[:ON_SCREENS]
    # One at a time of each session: the one that was changed last.
    first = {poll.session_id: poll for poll in reversed(newest)}
    return [result(poll) for poll in newest if first[poll.session_id] is poll]


def result(poll: Poll, *, hidden: bool = False) -> Result:
    return Result(poll, polls.standing(poll, hidden=hidden), polls.mean(poll))


def answers(session: Session) -> list[AudienceQuestion]:
    """What stays on the page of a session: what was asked and answered in words. One query, none where nothing stays."""
    if not session.keeps_answers:
        return []
    rows = session.audience_questions.public().filter(state="answered").order_by("asked_at", "pk")
    return [row for row in rows if row.answer]


def own_questions(session: Session, participant: Participant | None) -> list[AudienceQuestion]:
    """What somebody has asked and others do not read: what waits, and what was put aside. One query."""
    if participant is None:
        return []
    rows = session.audience_questions.filter(asker=participant.key, merged_into=None)
    return list(rows.filter(state__in=["new", "put_aside"]).order_by("-asked_at", "-pk"))


def context(session: Session, participant: Participant | None, now: datetime | None = None) -> dict[str, Any]:
    """All that ``templates/sessions/live/_taking_part.html`` draws; ``participant``: None for whoever has not taken part
    yet. Ten queries at most, however much is asked."""
    now = now or timezone.now()
    key = participant.key if participant else ""
    return {
        "asking": questions.asking(session, now),
        "asks_from": session.starts_at - questions.OPENS if session.starts_at else None,
        "asks_until": session.ends_at + questions.CLOSES if session.ends_at else None,
        "longest": questions.LONGEST,
        "languages": languages(session),
        "may_be_named": bool(participant and participant.name and not participant.at_risk),
        "own_name": participant.name if participant else "",
        "own_questions": own_questions(session, participant),
        "supported": questions.supported(session, key) if key else set(),
        "voted": polls.voted(session, key) if key else set(),
        **public_questions(session, now),
        **open_polls(session),
        **shown_results(session),
    }


def languages(session: Session, also: Collection[str] = ()) -> list[tuple[str, str]]:
    """Codes of languages and what they call themselves: those of the summit first."""
    codes = [*session.summit.languages, session.language, *session.interpretation, *also, *LANGUAGES]
    return [(code, own_name(code)) for code in dict.fromkeys(codes) if code]
