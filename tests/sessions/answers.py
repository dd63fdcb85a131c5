"""Reading calendars as a client does: bytes, lines, components."""

import re
from datetime import UTC, datetime, timedelta

from django.test import Client
from icalendar import Calendar


def fetch(path: str = "/ogp2021/schedule.ics", **headers: str):
    response = Client(headers=headers).get(path)
    assert response.status_code == 200
    return response


def calendar(path: str = "/ogp2021/schedule.ics") -> Calendar:
    return Calendar.from_ical(fetch(path).content)


def events(path: str = "/ogp2021/schedule.ics") -> dict[str, object]:
    """The entries by session code, the last part of their URL."""
    return {str(event["url"]).rstrip("/").rsplit("/", maxsplit=1)[-1]: event for event in calendar(path).walk("VEVENT")}


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def is_well_formed(content: bytes) -> None:
    """What RFC 5545 3.1 demands of every byte."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= 75
        line.decode()  # no character is cut in two
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line)
    text = content.decode()
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT")


def offset(text: str) -> timedelta:
    sign, hours, minutes = re.fullmatch(r"([+-])(\d\d)(\d\d)", text).groups()
    return (1 if sign == "+" else -1) * timedelta(hours=int(hours), minutes=int(minutes))


def instant(content: bytes, value: str) -> datetime:
    """The UTC instant of a local time like ``20270328T040000``, from the file's own VTIMEZONE and nothing else.

    The observance that counts is the one with the latest onset at or before the local time (RFC 5545 3.6.5); onsets come
    from DTSTART and RDATE, recurrence rules from dateutil.
    """
    from dateutil.rrule import rrulestr

    local = datetime.strptime(value, "%Y%m%dT%H%M%S")
    onsets = []
    text = "\n".join(unfolded(content))
    for block in re.findall(r"BEGIN:(?:STANDARD|DAYLIGHT)\n(.*?)END:(?:STANDARD|DAYLIGHT)", text, re.DOTALL):
        lines = dict(re.findall(r"^([A-Z]+)[^:\n]*:(.*)$", block, re.MULTILINE))
        begins = datetime.strptime(lines["DTSTART"], "%Y%m%dT%H%M%S")
        starts = [begins]
        for dates in re.findall(r"^RDATE[^:\n]*:(.*)$", block, re.MULTILINE):
            starts += [datetime.strptime(part, "%Y%m%dT%H%M%S") for part in dates.split(",")]
        if "RRULE" in lines:
            rule = rrulestr(re.sub(r"(UNTIL=\d{8}T\d{6})Z", r"\1", lines["RRULE"]), dtstart=begins)
            starts += rule.between(begins, local + timedelta(days=2), inc=True)
        onsets += [(start, offset(lines["TZOFFSETTO"])) for start in starts if start <= local]
    return (local - max(onsets)[1]).replace(tzinfo=UTC)
