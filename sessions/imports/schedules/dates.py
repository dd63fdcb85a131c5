"""Days, hours and lengths as people write them into sheets, in several countries and languages.

What can be read in two ways (01/06/2026) and what is in no calendar (30 February) is refused, never guessed: each
message names the column with ``%(column)s``, the words of the cell, and how to write it.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Never
from zoneinfo import ZoneInfo

from babel import Locale
from django.utils.translation import gettext as _

from sessions.imports.schedules import parsing
from sessions.imports.schedules.wording import one_line
from summit.imports.table_format import Refused
from summit.lib import times
from summit.lib.normal_forms import normal

YEAR_FIRST = re.compile(r"(\d{4})\s*(?:[-/.]|년)\s*(\d{1,2})\s*(?:[-/.]|월)\s*(\d{1,2})\s*[.일]?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
EITHER = re.compile(r"(\d{1,2})\s?[/-]\s?(\d{1,2})\s?[/-]\s?(\d{4})")
MONTH_AND_DAY = re.compile(r"(\d{1,2})\s*월\s*(\d{1,2})\s*일")
NAME_FIRST = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th|\.)?(?:,?\s+(\d{4}))?")
NAME_SECOND = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)?\s+(?:de\s+|of\s+)?([^\W\d_]+)\.?,?(?:\s+(?:de\s+)?(\d{4}))?")
NUMBERED = re.compile(r"(?:day|tag|jour|d[ií]a|giorno|dag)\s*(\d{1,2})|(\d{1,2})\s*일\s*차|(\d{1,2})")
ORDINALS = {"첫째 날": 1, "둘째 날": 2, "셋째 날": 3, "넷째 날": 4, "다섯째 날": 5}
PARTED = re.compile(r"(?<=\d)T(?=\d)|[\s,]+")
AT_MIDNIGHT = re.compile(r"(?<=\d)[T ]00:00(?::00)?\Z")  # a workbook's day, written out
END_OF_DAY = re.compile(r"24(?::00){1,2}|24\s*시")
WEEKDAY = re.compile(r"\(([^()]+)\)\s*\Z|\A([^\W\d_]+)\.?,?\s+(?=.*\d)|,?\s+([^\W\d_]+)\Z")


def day_of(value: Any, column: str, days: Sequence[date] = ()) -> date | None:
    """The day a cell names; ``days`` are those of the summit, which a weekday or a number may mean. Empty is None.

    Raises ``Refused`` where it is in no calendar, may be two days, or is not understood.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = _words(value)
    if not words:
        if value in (None, ""):
            return None
        _refuse(column, str(value))
    if (of_summit := _of_summit(words, column, days)) is not None:
        return of_summit
    text = AT_MIDNIGHT.sub("", _without_weekday(words))
    if found := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        return _date(found[1], found[2], found[3], column, words)
    if found := DAY_FIRST.fullmatch(text):
        return _date(found[3], found[2], found[1], column, words)
    if found := EITHER.fullmatch(text):
        return _either(found, column, words)
    return _with_month(text, column, words, days)


def moment_of(value: Any, on: date | None, column: str, days: Sequence[date] = ()) -> datetime | None:
    """The moment a cell names, aware where it says an offset; an hour alone lies on ``on``. Empty is None.

    Raises ``Refused`` as :func:`day_of` does, and where the day or the hour is missing.
    """
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        raise Refused(_("“%(column)s” has a day and no hour. Write both, like 2021-12-15T10:00."), column=column)
    if (hour := value if isinstance(value, time) else _hour(_words(value))) is not None:
        if on is None:
            raise Refused(
                _("“%(column)s” has an hour and no day. Write both, like 2021-12-15T10:00, or add a column with the day."),
                column=column,
            )  # fmt: skip
        return _at(on, hour)
    words = _words(value)
    if len(words) > 10 and (whole := parsing.moment(words)):
        return whole
    for found in PARTED.finditer(words):
        day, hour = words[: found.start()], _hour(words[found.end() :])
        if hour is not None and (on := day_of(day, column, days)):
            return _at(on, hour)
        if parsing.clock_like(words[found.end() :]) and hour is None:
            words = words[found.end() :]
            break
    if parsing.clock_like(words):
        raise Refused(_("“%(column)s”: no clock shows “%(value)s”. Correct the hour."), column=column, value=words[:60])
    if _is_a_day(words, column, days):
        raise Refused(_("“%(column)s” has a day and no hour. Write both, like 2021-12-15T10:00."), column=column)
    raise Refused(
        _("“%(column)s”: “%(value)s” must be a time like 2021-12-15T10:00, or an hour beside a column with the day."),
        column=column, value=words[:60],
    )  # fmt: skip


def _is_a_day(words: str, column: str, days: Sequence[date]) -> bool:
    try:
        return day_of(words, column, days) is not None
    except Refused:
        return False


def _hour(words: str) -> time | str | None:
    """The hour of the clock; ``"24:00"`` for the end of a day (ISO 8601), which no clock shows."""
    return "24:00" if END_OF_DAY.fullmatch(words) else parsing.clock(words)


def _at(on: date, hour: time | str) -> datetime:
    if isinstance(hour, time):
        return datetime.combine(on, hour)
    return datetime.combine(on, time()) + timedelta(days=1)


def span_of(
    day: Any, start: Any, end: Any, days: Sequence[date] = ()
) -> tuple[date | None, datetime | None, datetime | None]:
    """Day, beginning and end from three cells (``date``, ``starts_at``, ``ends_at``). An hour alone lies on the day, an
    end before its beginning on the next. Raises ``Refused`` as :func:`moment_of` does."""
    on = day_of(day, "date", days)
    starts_at = moment_of(start, on, "starts_at", days)
    ends_at = moment_of(end, starts_at.date() if starts_at else on, "ends_at", days)
    if not starts_at or not ends_at or not is_an_hour(end):
        return on, starts_at, ends_at
    if ends_at.replace(tzinfo=None) <= starts_at.replace(tzinfo=None):
        ends_at += timedelta(days=1)
    return on, starts_at, ends_at.replace(tzinfo=starts_at.tzinfo)


def outside(starts_at: datetime, days: Sequence[date], tz: ZoneInfo) -> str:
    """What to look at where a session begins on no day of the summit; else ""."""
    day = times.day_of(starts_at, tz)
    if not days or days[0] <= day <= days[-1]:
        return ""
    text = _(
        "It begins on %(day)s, outside the days of the summit (%(first)s to %(last)s). Correct the day, or the days in the settings."
    )
    return text % {"day": day.isoformat(), "first": days[0].isoformat(), "last": days[-1].isoformat()}


def length_of(value: Any, column: str) -> timedelta | None:
    """How long something takes; a cell that a workbook keeps as a time is hours and minutes. Raises ``Refused``."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute)
    words = _words(value)
    found = parsing.length(words) if words else None
    if words and found is None:
        raise Refused(
            _("“%(column)s”: “%(value)s” is no length. Write minutes (90), or hours and minutes (1:30)."),
            column=column, value=words[:60],
        )  # fmt: skip
    return found


def is_an_hour(value: Any) -> bool:
    """Whether a cell holds an hour without its day."""
    return isinstance(value, time) or (isinstance(value, str) and _hour(_words(value)) is not None)


def _words(value: Any) -> str:
    """The cell in one line with digits as they are on a keyboard; whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normal("NFKC", one_line(value)).strip(" '")


def _refuse(column: str, value: str) -> Never:
    raise Refused(
        _("“%(column)s”: “%(value)s” is no day that is understood. Write it like 2021-12-15."),
        column=column, value=value[:60],
    )  # fmt: skip


def _date(year: str, month: str, day: str, column: str, words: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Refused(
            _("“%(column)s”: “%(value)s” is in no calendar. Correct the day."),
            column=column, value=words[:60],
        ) from error  # fmt: skip


def _either(found: re.Match[str], column: str, words: str) -> date:
    """Two numbers and a year: only where one of them is no month, or both are the same, the order is known."""
    first, second, year = found.groups()
    if int(first) > 12 or first == second:
        return _date(year, second, first, column, words)
    if int(second) > 12:
        return _date(year, first, second, column, words)
    raise Refused(
        _("“%(column)s”: “%(value)s” can be two days. Write the year first: %(one)s or %(other)s."),
        column=column, value=words[:60],
        one=f"{year}-{int(second):02}-{int(first):02}", other=f"{year}-{int(first):02}-{int(second):02}",
    )  # fmt: skip


def _with_month(text: str, column: str, words: str, days: Sequence[date]) -> date:
    """A day with its month in words; without a year it is that day of the summit."""
    month, day, year = "", "", None
    if found := MONTH_AND_DAY.fullmatch(text):
        month, day = found[1], found[2]
    elif found := NAME_FIRST.fullmatch(text):
        month, day, year = str(_months().get(found[1].casefold(), "")), found[2], found[3]
    elif found := NAME_SECOND.fullmatch(text):
        month, day, year = str(_months().get(found[2].casefold(), "")), found[1], found[3]
    if not month:
        _refuse(column, words)
    if year:
        return _date(year, month, day, column, words)
    wanted = [one for one in days if (one.month, one.day) == (int(month), int(day))]
    if len(wanted) != 1:
        raise Refused(
            _("“%(column)s”: “%(value)s” has no year. Write it like 2021-12-15."),
            column=column, value=words[:60],
        )  # fmt: skip
    return wanted[0]


def _of_summit(words: str, column: str, days: Sequence[date]) -> date | None:
    """The day of the summit that a weekday or a number means; None where the words are neither."""
    low = " ".join(words.casefold().split())
    number = ORDINALS.get(low)
    if number is None and (found := NUMBERED.fullmatch(low)):
        number = int(next(filter(None, found.groups())))
    weekday = _weekdays().get(low.strip("().,"))
    if number is None and weekday is None:
        return None
    wanted = [one for n, one in enumerate(days, 1) if n == number or one.weekday() == weekday]
    if len(wanted) == 1:
        return wanted[0]
    raise Refused(
        _("“%(column)s”: “%(value)s” is no day of the summit, or more than one. Write the date, like 2021-12-15."),
        column=column, value=words[:60],
    )  # fmt: skip


def _without_weekday(words: str) -> str:
    for found in WEEKDAY.finditer(words):
        if next(filter(None, found.groups())).casefold().strip(".") in _weekdays():
            return (words[: found.start()] + words[found.end() :]).strip(" ,")
    return words


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return _named("months")


@lru_cache(maxsize=1)
def _weekdays() -> dict[str, int]:
    return _named("days")


def _named(kind: str) -> dict[str, int]:
    """Names of months or weekdays in the languages whose words are understood (CLDR)."""
    found: dict[str, int] = {}
    for code in parsing.NAMED_IN:
        for context in getattr(Locale.parse(code), kind).values():
            for width in ("wide", "abbreviated"):
                for number, name in context.get(width, {}).items():
                    found.setdefault(name.casefold().strip("."), number)
    return {name: number for name, number in found.items() if not name.isdigit()}
