"""WebVTT (W3C): a transcript as a file of captions, and back."""

from collections.abc import Iterable
from html import unescape
from typing import Any

import webvtt
from django.utils.translation import gettext_lazy as _
from webvtt.errors import MalformedCaptionError, MalformedFileError

from sessions.live.captions import MOST, Line, TooManyLines
from sessions.models import CaptionLine
from summit.errors import Refusal
from summit.lib.text import clean_line

LONGEST_FILE = 2_000_000  # bytes
# What the payload of a cue cannot hold as it is (WebVTT, 3.1).
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class NoCaptionFile(Refusal):
    code = "no_caption_file"
    message: Any = _(
        "This is no WebVTT file in UTF-8 of at most 2 MB with captions in it. It begins with the line WEBVTT."
    )
    status = 422


def written(lines: Iterable[CaptionLine]) -> str:
    """The file of a transcript; a name of whoever speaks is a voice."""
    cues = (f"{_stamp(line.starts_ms)} --> {_stamp(line.ends_ms)}\n{_payload(line)}\n" for line in lines)
    return "\n".join(["WEBVTT\n", *cues])


def _payload(line: CaptionLine) -> str:
    voice = f"<v {line.speaker.translate(ESCAPED)}>" if line.speaker else ""
    return voice + line.text.translate(ESCAPED)


def _stamp(milliseconds: int) -> str:
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def read(content: bytes) -> list[Line]:
    """The lines of a file. Raises :class:`NoCaptionFile`, and :class:`TooManyLines`."""
    if len(content) > LONGEST_FILE:
        raise NoCaptionFile
    try:
        found = webvtt.from_string(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, MalformedFileError, MalformedCaptionError, ValueError) as problem:
        raise NoCaptionFile from problem
    if len(found.captions) > MOST:
        raise TooManyLines
    lines = [
        Line(
            text=clean_line(unescape(cue.text)),
            starts_ms=cue.start_time.in_milliseconds(),
            ends_ms=cue.end_time.in_milliseconds(),
            speaker=clean_line(unescape(cue.voice or "")),
        )
        for cue in found.captions
    ]
    said = [line for line in lines if line.text]
    if not said:
        raise NoCaptionFile
    return said
