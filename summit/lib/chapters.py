"""Chapters of a recording, written one a line: ``0:12:05 Title``."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LINE = re.compile(r"\A(?:(\d{1,2}):)?(\d{1,2}):(\d{2})\s+(\S.*)\Z", re.ASCII)
MOST, LONGEST_TITLE = 200, 200


@dataclass(frozen=True, slots=True)
class Chapter:
    """``seconds`` from the beginning of the recording."""

    seconds: int
    title: str

    @property
    def clock(self) -> str:
        """``0:12:05``."""
        return f"{self.seconds // 3600}:{self.seconds // 60 % 60:02}:{self.seconds % 60:02}"


def parsed(text: str) -> list[Chapter]:
    """The chapters of a text that was checked by :func:`validate_chapters`; lines that are none are left out."""
    found = (_chapter(line) for line in text.splitlines())
    return [chapter for chapter in found if chapter]


def validate_chapters(text: str) -> None:
    """Every line is a chapter, later than the one before it. Raises ``ValidationError`` with the number of the line."""
    before = -1
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST:
        raise ValidationError(_("There are more than %(most)d chapters.") % {"most": MOST}, code="chapters")
    for number, line in lines:
        chapter = _chapter(line)
        if chapter is None:
            raise ValidationError(
                _("Line %(number)d is no chapter. Write the time and a title: 0:12:05 Title.") % {"number": number},
                code="chapters",
            )
        if chapter.seconds <= before:
            raise ValidationError(
                _("Line %(number)d is not later than the chapter before it.") % {"number": number}, code="chapters"
            )
        before = chapter.seconds


def _chapter(line: str) -> Chapter | None:
    match = LINE.match(line.strip())
    if match is None or int(match[3]) > 59 or (match[1] and int(match[2]) > 59) or len(match[4]) > LONGEST_TITLE:
        return None
    return Chapter(int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]), match[4])


def at_second(url: str, seconds: int) -> str:
    """The address of a recording from this second on: as its player's site reads it, else as a media fragment."""
    parts = urlsplit(url)
    host, query, fragment = (parts.hostname or "").removeprefix("www.").removeprefix("m."), parts.query, parts.fragment
    said = [(name, value) for name, value in parse_qsl(query) if name not in {"t", "start"}]
    if host in {"youtube.com", "youtu.be"}:
        query = urlencode([*said, ("t", f"{seconds}s")])
    elif "/w/" in parts.path or "/videos/watch/" in parts.path:
        query = urlencode([*said, ("start", f"{seconds}s")])
    else:
        fragment = f"t={seconds}"
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, fragment))
