"""Chapters of a recording, one a line."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from summit.lib.chapters import at_second, parsed, validate_chapters


def test_a_line_is_a_time_and_a_title_with_or_without_hours():
    text = "0:00 Opening\r\n\r\n12:05 첫 발표\n1:02:03  Questions: and answers "
    validate_chapters(text)
    assert [(chapter.seconds, chapter.clock, chapter.title) for chapter in parsed(text)] == [
        (0, "0:00:00", "Opening"),
        (725, "0:12:05", "첫 발표"),
        (3723, "1:02:03", "Questions: and answers"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Opening", "Line 1 is no chapter"),
        ("0:00 Opening\n0:61 Later", "Line 2 is no chapter"),
        ("0:00 Opening\n1:60:00 Later", "Line 2 is no chapter"),
        ("0:00:05", "Line 1 is no chapter"),
        ("5:00 Opening\n\n5:00 Again", "Line 3 is not later"),
        (f"0:00 {'x' * 201}", "Line 1 is no chapter"),
    ],
)
def test_what_is_no_chapter_is_named_by_its_line(text, line):
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        validate_chapters(text)
    with translation.override("en"):
        assert refused.value.messages[0].startswith(line)


def test_more_than_two_hundred_are_refused():
    validate_chapters("\n".join(f"{n}:00 Part" for n in range(99)))
    lines = [f"{n // 3600}:{n // 60 % 60:02}:{n % 60:02} Part" for n in range(201)]
    with pytest.raises(ValidationError):
        validate_chapters("\n".join(lines))


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://www.youtube.com/watch?v=abcdefghijk&t=3s", "https://www.youtube.com/watch?v=abcdefghijk&t=725s"),
        ("https://youtu.be/abcdefghijk", "https://youtu.be/abcdefghijk?t=725s"),
        ("https://vimeo.com/123456", "https://vimeo.com/123456#t=725"),
        ("https://tube.example/w/abc123", "https://tube.example/w/abc123?start=725s"),
        ("/media/plenary.mp4", "/media/plenary.mp4#t=725"),
    ],
)
def test_an_address_begins_with_a_chapter_as_its_site_reads_it(url, there):
    assert at_second(url, 725) == there
