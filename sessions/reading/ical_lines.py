"""Lines of iCalendar as bytes: folded, escaped, times in a zone, and the zone itself (RFC 5545).

The ``icalendar`` package checks and sorts everything it writes, which is right for a calendar that anybody may have
made and takes milliseconds a session. What is written here is ours; a test holds it to the package's bytes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

CRLF = b"\r\n"
# Octets of a line without its end; those that go on begin with a space.
LINE = 74
# No line ends in what belongs to the character after it: readers of old unfold after they have unescaped.
PREFIXES = b"\\^"
CONTINUED = 0xC0, 0x80  # mask and bits of an octet of UTF-8 that is not its character's first


def folded(line: str) -> bytes:
    """A line in pieces of at most 75 octets, its end included in neither."""
    data = line.encode()
    if len(data) <= LINE:
        return data
    mask, bits = CONTINUED
    pieces, start = [], 0
    while len(data) - start > LINE:
        end = start + LINE
        while data[end] & mask == bits:
            end -= 1
        if data[end - 1] in PREFIXES and end - start > 1:
            end -= 1
        pieces.append(data[start:end])
        start = end
    pieces.append(data[start:])
    return b"\r\n ".join(pieces)


def escaped(text: str) -> str:
    """A value of type TEXT (3.3.11)."""
    text = text.replace("\\N", "\n").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def component(name: str, lines: list[str]) -> bytes:
    """``BEGIN:<name>``, the lines folded, ``END:<name>``."""
    return CRLF.join([f"BEGIN:{name}".encode(), *map(folded, lines), f"END:{name}".encode(), b""])


def in_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def times(starts_at: datetime, ends_at: datetime, tz: ZoneInfo) -> tuple[str, str]:
    """DTSTART and DTEND with their zone. In the hour that comes twice a wall time does not tell which of the two it is
    (3.3.5 means the first): there both are in UTC."""
    local = [moment.astimezone(tz) for moment in (starts_at, ends_at)]
    if tz.key == "UTC" or any(map(_comes_twice, local)):
        return f"DTSTART:{in_utc(starts_at)}", f"DTEND:{in_utc(ends_at)}"
    first, last = (f"{moment:%Y%m%dT%H%M%S}" for moment in local)
    return f"DTSTART;TZID={tz.key}:{first}", f"DTEND;TZID={tz.key}:{last}"


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@lru_cache(maxsize=64)
def timezone(name: str, year: int) -> bytes:
    """A VTIMEZONE of the years around the summit: right for the dates used, and short.

    Each onset is told in the wall time that was left (3.6.5): summer time in Berlin begins at 02:00. Each is a part of
    its own: of one with RDATE ical.js, so Thunderbird and Nextcloud, forgets the first.
    """
    tz, first = ZoneInfo(name), datetime(year - 1, 1, 1, tzinfo=UTC)
    was, *kind = _offset(tz, first - timedelta(days=1))
    lines = [f"TZID:{name}", *_observance(first, was, was, *kind)]
    for moment in _changes(tz, first - timedelta(days=1), datetime(year + 2, 1, 1, tzinfo=UTC)):
        now, *kind = _offset(tz, moment)
        lines += _observance(moment + was, was, now, *kind)
        was = now
    return component("VTIMEZONE", lines)


def _observance(begins: datetime, left: timedelta, entered: timedelta, kind: str, name: str) -> list[str]:
    return [f"BEGIN:{kind}", f"DTSTART:{begins:%Y%m%dT%H%M%S}", f"TZNAME:{escaped(name)}", f"TZOFFSETFROM:{_signed(left)}",
            f"TZOFFSETTO:{_signed(entered)}", f"END:{kind}"]  # fmt: skip


def _changes(tz: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments, to the second, at which a zone's offset or name changes; never two within a day."""
    day = timedelta(days=1)
    while first < last:
        if _offset(tz, first) != _offset(tz, first + day):
            before, after = first, first + day
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                middle = middle.replace(microsecond=0)
                before, after = (middle, after) if _offset(tz, middle) == _offset(tz, first) else (before, middle)
            yield after
        first += day


def _offset(tz: ZoneInfo, moment: datetime) -> tuple[timedelta, str, str]:
    """(offset, kind, name) of a zone at a moment."""
    local = moment.astimezone(tz)
    return local.utcoffset() or timedelta(0), "DAYLIGHT" if local.dst() else "STANDARD", local.tzname() or ""


def _signed(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{sign}{hours:02}{minutes:02}" + (f"{rest:02}" if rest else "")
