"""What whoever runs a session has before them: the queue in its columns, polls, notes to the team, signals to the stage."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.live import polls, taking_part
from sessions.models import AudienceQuestion, CockpitNote, Poll, Session, StageSignal
from summit import history
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.models import User

# How long a signal is seen; to finish is asked until it is taken back.
SIGNALLED_FOR = timedelta(minutes=2)
NOTES_SHOWN, MOST_NOTES, LONGEST_NOTE = 20, 1000, 300
# Rows of a column: the first of what is open, the last of what is done.
COLUMN, DONE = 150, 50
# Why questions are put aside, ready to be chosen.
REASONS = (_("Asked already"), _("Belongs to another session"), _("No time left for it"), _("Not fit for everybody to read"))  # fmt: skip


class NoNote(Refusal):
    code = "note_says_nothing"
    status = 422
    message: Any = _("Write a note of at most 300 characters.")


class NoSignal(Refusal):
    code = "unknown_signal"
    status = 422
    message: Any = _("This signal is not known.")


def queue(session: Session) -> list[dict[str, Any]]:
    """The columns: what is new, shown, in answer, and done. Two queries, however many there are."""
    rows = session.audience_questions.filter(merged_into=None)
    waiting, done = (
        rows.open().in_order(),
        rows.filter(state__in=["answered", "put_aside"]).order_by("-updated_at", "-pk"),
    )
    found: dict[str, list[AudienceQuestion]] = {"new": [], "shown": [], "in_answer": [], "done": list(done[:DONE])}
    for row in waiting[: 3 * COLUMN]:
        found[row.state].append(row)
    titles = {"new": _("New"), "shown": _("Shown"), "in_answer": _("Being answered"), "done": _("Done")}
    return [{"name": name, "title": titles[name], "questions": kept[:COLUMN]} for name, kept in found.items()]


def all_polls(session: Session) -> list[taking_part.Result]:
    """Every poll and how it stands, with words that were taken off. Two queries."""
    rows = session.polls.prefetch_related("choices").order_by("order", "pk")
    return [taking_part.result(poll, hidden=True) for poll in rows]


def write_note(session: Session, text: str, *, by: User) -> CockpitNote:
    """Leave word for whoever else runs the session. Raises :class:`NoNote`."""
    said = clean_line(text)
    if not said or len(said) > LONGEST_NOTE or session.cockpit_notes.count() >= MOST_NOTES:
        raise NoNote
    return CockpitNote.objects.create(session=session, by=by, text=said)


def notes(session: Session) -> list[CockpitNote]:
    """The last ones, newest first. One query."""
    return list(session.cockpit_notes.select_related("by")[:NOTES_SHOWN])


@transaction.atomic
def signal(session: Session, kind: str, *, by: User, now: datetime | None = None) -> StageSignal | None:
    """Show something to those on stage; "" takes it back. Raises :class:`NoSignal`."""
    if kind and kind not in StageSignal.Kind.values:
        raise NoSignal
    before = StageSignal.objects.filter(pk=session.pk).values_list("kind", flat=True).first() or ""
    made = None
    if kind:
        values = {"kind": kind, "at": now or timezone.now()}
        made, _new = StageSignal.objects.update_or_create(pk=session.pk, defaults=values)
    else:
        StageSignal.objects.filter(pk=session.pk).delete()
    if before != kind:
        history.record("stagesignal.give", session, by=by, summit=session.summit, changes={"signal": (before, kind)})
    return made


def signalled(session: Session, now: datetime) -> StageSignal | None:
    """What those on stage see now. One query."""
    found = StageSignal.objects.filter(pk=session.pk).first()
    if found and (found.kind == StageSignal.Kind.STOP or now - found.at < SIGNALLED_FOR):
        return found
    return None


def stage(session: Session) -> dict[str, Any]:
    """What the screen in the room shows: what is in answer, what comes next, and a poll that is open or whose results are
    shown. Five queries."""
    rows = session.audience_questions.public().in_order()
    asked = list(rows.filter(state="in_answer")[:1])
    running = session.polls.filter(state=Poll.State.OPEN) | session.polls.filter(results_shown=True)
    poll = running.exclude(state=Poll.State.DRAFT).prefetch_related("choices").order_by("-updated_at", "-pk").first()
    return {
        "question": asked[0] if asked else None,
        "length": _length(asked[0]) if asked else "",
        "following": list(rows.filter(state="shown")[:3]),
        "poll": taking_part.result(poll) if poll else None,
        "is_voted": bool(poll and poll.state == Poll.State.OPEN),
        "bars_shown": bool(poll and poll.results_shown),
        "most_words": polls.WORDS,
    }


def _length(question: AudienceQuestion) -> str:
    """How much room a question needs with its translations: a Hangul syllable is as wide as two letters."""
    words = [question.text, *question.translation.values()]
    width = sum(2 if ord(letter) > 0x10FF else 1 for text in words for letter in text)
    return "" if width <= 160 else "long" if width <= 400 else "very-long"
