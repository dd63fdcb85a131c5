"""What is said in a session, as text: written line by line while it is said, read by whoever follows, corrected afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.models import CaptionLine, CaptionWriter, Session
from summit import history, live
from summit.errors import Refusal
from summit.lib.text import clean_line
from summit.models import User

# Lines of one language of one session, and of one request: a day of speech, and a minute of it.
MOST, MOST_AT_ONCE = 20_000, 50
LONGEST = 500  # characters of a line
# Written from this long before the published beginning until this long after the end.
EARLY, LATE = timedelta(hours=1), timedelta(hours=3)
# Whoever has written nothing for so long has stopped.
PAUSE = timedelta(minutes=1)
# A line that says no end stands for as long as it takes to read it, within these.
SHORTEST_READ, A_CHARACTER, LONGEST_READ = 1_500, 60, 7_000  # ms


class NoCaptions(Refusal):
    code = "no_captions"
    message: Any = _("Captions are written around the time of the session. It has none now.")


class BadLine(Refusal):
    code = "bad_line"
    message: Any = _("A caption is one line of text, at most 500 characters.")
    status = 422


class TooManyLines(Refusal):
    code = "too_many_lines"
    message: Any = _("That is more text than a session has.")


class WriterGone(Refusal):
    code = "writer_gone"
    message: Any = _("This address does not write captions any more. Ask the organisers for a new one.")
    status = 404


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody writes. Times are milliseconds from the beginning of the session; None: as it comes in."""

    text: str
    starts_ms: int | None = None
    ends_ms: int | None = None
    speaker: str = ""
    nonce: str = ""


def writer(token: str) -> CaptionWriter:
    """Raises :class:`WriterGone`."""
    rows = CaptionWriter.objects.select_related("session__summit", "session__room")
    found = rows.filter(token=token, revoked_at=None, session__published_at__isnull=False).first()
    if found is None:
        raise WriterGone
    return found


@transaction.atomic
def write(by: CaptionWriter, lines: Sequence[Line], now: datetime | None = None) -> int:
    """Put lines on every open page; the number of those that were new. What was sent twice (by its nonce) is one line.
    Raises :class:`NoCaptions`, :class:`BadLine`, :class:`TooManyLines`."""
    now, session = now or timezone.now(), by.session
    begins, ends = session.starts_at, session.ends_at
    if session.is_cancelled or begins is None or ends is None or not begins - EARLY <= now <= ends + LATE:
        raise NoCaptions
    if len(lines) > MOST_AT_ONCE:
        raise TooManyLines
    since = max(0, int((now - begins) / timedelta(milliseconds=1)))
    rows = [_row(session, by.language, line, since) for line in lines]
    there = CaptionLine.objects.filter(session=session, language=by.language)
    if there.count() + len(rows) > MOST:
        raise TooManyLines
    known = set(there.filter(nonce__in=[row.nonce for row in rows if row.nonce]).values_list("nonce", flat=True))
    fresh = {row.nonce or str(number): row for number, row in enumerate(rows) if row.nonce not in known}
    CaptionLine.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    CaptionWriter.objects.filter(pk=by.pk).update(last_used_at=now)
    if fresh:
        live.raise_revision(session.summit_id)
    return len(fresh)


def _row(session: Session, language: str, line: Line, since: int) -> CaptionLine:
    text = clean_line(line.text)
    starts = since if line.starts_ms is None else line.starts_ms
    read = min(max(SHORTEST_READ, A_CHARACTER * len(text)), LONGEST_READ)
    ends = starts + read if line.ends_ms is None else line.ends_ms
    if not text or len(text) > LONGEST or not 0 <= starts <= ends <= 25 * 3_600_000 or starts > 24 * 3_600_000:
        raise BadLine
    return CaptionLine(session=session, language=language, starts_ms=starts, ends_ms=ends, text=text,
                       speaker=clean_line(line.speaker)[:100], nonce=line.nonce[:64])  # fmt: skip


@transaction.atomic
def invite(session: Session, language: str, label: str, *, by: User | None) -> CaptionWriter:
    """Give somebody an address to write captions of a session at."""
    made = CaptionWriter.objects.create(
        session=session, language=language, label=clean_line(label)[:100], created_by=by
    )
    _tell(session, by, ("", f"{language} {made.label}".strip()))
    return made


@transaction.atomic
def revoke(writer: CaptionWriter, *, by: User | None) -> None:
    """Its address writes no more; what was written stays. One that is revoked already is nothing to do."""
    if CaptionWriter.objects.filter(pk=writer.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _tell(writer.session, by, (f"{writer.language} {writer.label}".strip(), ""))


def _tell(session: Session, by: User | None, change: tuple[str, str]) -> None:
    history.record("session.edit", session, by=by, summit=session.summit, changes={"caption_writers": change})


@transaction.atomic
def correct(line: CaptionLine, text: str, *, by: User | None) -> CaptionLine:
    """Put a line of the transcript right; "" takes it away. Raises :class:`BadLine`."""
    text, before = clean_line(text), line.text
    if len(text) > LONGEST:
        raise BadLine
    if text == before:
        return line
    if text:
        line.text, line.corrected_at = text, timezone.now()
        line.save(update_fields=["text", "corrected_at"])
    else:
        CaptionLine.objects.filter(pk=line.pk).delete()
    session = line.session
    history.record("session.edit", session, by=by, summit=session.summit, changes={"transcript": (before, text)})
    _changed(session)
    return line


@transaction.atomic
def replace(session: Session, language: str, lines: Iterable[Line], *, by: User | None) -> int:
    """Take a transcript from a file in the place of what was written live. Raises :class:`BadLine`,
    :class:`TooManyLines`."""
    rows = [_row(session, language, line, 0) for line in lines]
    if len(rows) > MOST:
        raise TooManyLines
    there = CaptionLine.objects.filter(session=session, language=language)
    before = there.count()
    there.delete()
    CaptionLine.objects.bulk_create(rows)
    change = {"transcript": (f"{language} {before}", f"{language} {len(rows)}")}
    history.record("session.edit", session, by=by, summit=session.summit, changes=change)
    _changed(session)
    return len(rows)


def _changed(session: Session) -> None:
    session.summit.raise_revision()
    live.raise_revision(session.summit_id)


def languages(session: Session) -> list[str]:
    """Languages there is text in. One query."""
    return sorted(session.caption_lines.order_by().values_list("language", flat=True).distinct())


def is_written(session: Session, now: datetime) -> bool:
    """Whether somebody is writing what is being said. One query."""
    return session.caption_writers.filter(last_used_at__gt=now - PAUSE, revoked_at=None).exists()


def expected(session: Session) -> list[str]:
    """Languages somebody writes in, or has written in. Two queries."""
    invited = session.caption_writers.filter(revoked_at=None).values_list("language", flat=True)
    return sorted({*languages(session), *invited})


def latest(session: Session, language: str, count: int) -> list[CaptionLine]:
    """The last lines, in the order they are read. One query."""
    return list(session.caption_lines.filter(language=language).order_by("-starts_ms", "-pk")[:count])[::-1]


def transcript(session: Session, language: str) -> list[CaptionLine]:
    """All lines of a language. One query."""
    return list(session.caption_lines.filter(language=language))
