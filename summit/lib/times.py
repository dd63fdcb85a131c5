"""Days and hours of a summit in its own time zone."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, get_timezone_location, get_timezone_name

from summit.lib.finding import fold

# Sessions after midnight belong to the day before: a day begins at four in the morning.
DAY_STARTS_AT = time(4)


# Names that say what this machine is set to, or nothing; and offsets whose sign is the other way round than people mean.
NO_PLACE = re.compile(r"localtime|Factory|posixrules|Etc/GMT[+-].*|GMT[+-].*")


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if not NO_PLACE.fullmatch(name))


def zone(name: str) -> ZoneInfo | None:
    """The zone of that IANA name, or None where there is none (never a path, never an abbreviation guess)."""
    return ZoneInfo(name) if name in zones() else None


@lru_cache(maxsize=8)
def zone_choices(language: str) -> list[tuple[str, str]]:
    """Every zone that is named after a place, with the place as readers call it: ``("Asia/Seoul", "서울 · 대한민국 시간")``."""
    regions = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    named = sorted(name for name in zones() if name.partition("/")[0] in regions)
    told = [(name, get_timezone_location(name, locale=language, return_city=True),
             get_timezone_location(name, locale=language)) for name in named]  # fmt: skip
    return [("UTC", "UTC"), *((name, f"{city} · {place}") for name, city, place in told)]


@lru_cache(maxsize=1)
def zones_by_words() -> dict[str, str]:
    """Zones by their names and by what the languages of the site call their cities and the countries that have but one,
    as :mod:`summit.lib.finding` folds it."""
    found = {fold(name): name for name in sorted(zones())}
    named = [(name, name.rpartition("/")[2]) for name, _label in zone_choices("en")]
    # Of the names of one clock that which CLDR calls by the same city comes first: London, not Belfast.
    own = [
        name for name, city in named if fold(city) == fold(get_timezone_location(name, locale="en", return_city=True))
    ]
    for name in own:
        for language in ("en", "ko"):
            found.setdefault(fold(get_timezone_location(name, locale=language, return_city=True)), name)
    for name, city in named:
        found.setdefault(fold(city), name)
    for country, there in get_global("territory_zones").items():
        if len(there) == 1:
            for language in ("en", "ko"):
                found.setdefault(fold(Locale(language).territories.get(country, there[0])), there[0])
    return found


def day_of(moment: datetime, tz: ZoneInfo) -> date:
    local = moment.astimezone(tz)
    return local.date() if local.time() >= DAY_STARTS_AT else local.date() - timedelta(days=1)


def day_bounds(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """First and past-the-last moment of a summit day."""
    return (
        datetime.combine(day, DAY_STARTS_AT, tzinfo=tz),
        datetime.combine(day + timedelta(days=1), DAY_STARTS_AT, tzinfo=tz),
    )


def zone_name(moment: datetime, tz: ZoneInfo, language: str) -> str:
    """The zone as people call it: "Korean Standard Time" / "대한민국 표준시"."""
    return get_timezone_name(moment.astimezone(tz), width="long", locale=language)


def zone_of_days(day: date, tz: ZoneInfo, language: str) -> str:
    """The zone as it is called on a summit's day: other days have winter or summer time."""
    return zone_name(day_bounds(day, tz)[0], tz, language)


def zone_in_words(day: date, tz: ZoneInfo, language: str) -> str:
    """The zone with its place, as it is called at noon of a day: "Korean Standard Time (Asia/Seoul)"."""
    return f"{zone_name(datetime.combine(day, time(12), tzinfo=tz), tz, language)} ({tz.key})"


def moved(moment: datetime, *, days: int, old: ZoneInfo, new: ZoneInfo, keep_clock: bool) -> datetime:
    """The same hour so many days later. Where the zone changes: the same hour on its clock, or the same moment."""
    local = moment.astimezone(old if keep_clock else new)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), tzinfo=new)


def zone_short(moment: datetime, tz: ZoneInfo) -> str:
    """The abbreviation (KST, CET), or ``UTC+5:45`` where the zone has only a number."""
    name = moment.astimezone(tz).tzname() or ""
    if name and not name.startswith(("+", "-")):
        return name
    offset = moment.astimezone(tz).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign, minutes = ("−", -minutes) if minutes < 0 else ("+", minutes)
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


@lru_cache(maxsize=256)
def _zone_in_korean(name: str) -> str:
    """ "한국 시간", "동유럽 시간"; "" where the zone has no words."""
    if name == "Asia/Seoul":
        return "한국 시간"
    said = get_timezone_name(ZoneInfo(name), width="long", zone_variant="generic", locale="ko")
    return "" if name in said else said


def zone_behind(moment: datetime, tz: ZoneInfo, language: str) -> str:
    """The zone as it stands behind an hour: abbreviated, in Korean in words."""
    return (_zone_in_korean(tz.key) if language == "ko" else "") or zone_short(moment, tz)


def zone_in_mail(moment: datetime, tz: ZoneInfo, language: str) -> str:
    """The zone in words, for who does not see the page around it."""
    return zone_behind(moment, tz, language) if language == "ko" else zone_name(moment, tz, language)


@lru_cache(maxsize=512)
def day_label(day: date, language: str) -> str:
    """ "12월 15일(수)" / "Wed, 15 Dec"."""
    if language == "ko":
        return format_date(day, "M월 d일(EEE)", locale="ko")
    return format_date(day, "EEE, d MMM", locale="en_GB")


@lru_cache(maxsize=512)
def date_label(day: date, language: str) -> str:
    """ "2021년 12월 15일(수)" / "Wednesday, 15 December 2021"."""
    if language == "ko":
        return format_date(day, "y년 M월 d일(EEE)", locale="ko")
    return format_date(day, "EEEE, d MMMM y", locale="en_GB")


@lru_cache(maxsize=128)
def range_label(first: date, last: date, language: str) -> str:
    """ "2021년 12월 15일–17일" / "15–17 December 2021"."""
    if language == "ko":
        start = format_date(first, "y년 M월 d일", locale="ko")
        if first == last:
            return start
        end = "d일" if first.month == last.month else "M월 d일"
        end = end if first.year == last.year else "y년 M월 d일"
        return f"{start}–{format_date(last, end, locale='ko')}"
    if first == last:
        return format_date(first, "d MMMM y", locale="en_GB")
    start = "d MMMM y" if first.year != last.year else "d MMMM" if first.month != last.month else "d"
    return f"{format_date(first, start, locale='en_GB')}–{format_date(last, 'd MMMM y', locale='en_GB')}"


def moment_label(moment: datetime, tz: ZoneInfo, language: str, *, year: int | None = None) -> str:
    """Day and hour in words, without the zone: "12월 15일(수) 10:00" / "Wed, 15 Dec 10:00".

    The year stands there, too, where it is not the ``year`` that is given.
    """
    local = moment.astimezone(tz)
    day = day_label(local.date(), language)
    if year not in {None, local.year}:
        day = f"{local.year}년 {day}" if language == "ko" else f"{day} {local.year}"
    return f"{day} {local:%H:%M}"


def time_range(starts_at: datetime, ends_at: datetime, tz: ZoneInfo) -> str:
    """ "10:00–11:30"."""
    return f"{starts_at.astimezone(tz):%H:%M}–{ends_at.astimezone(tz):%H:%M}"


def for_reader(
    starts_at: datetime | None, ends_at: datetime | None, tz: ZoneInfo, reader: ZoneInfo | None, language: str
) -> str:
    """What is told in ``tz`` in the reader's own zone, named: "03:00–04:30 EET", with the day where it is another.

    "" without a zone of the reader's, without a time, and where the clocks agree at that moment.
    """
    first = starts_at or ends_at
    if reader is None or first is None:
        return ""
    here, there = first.astimezone(tz), first.astimezone(reader)
    if here.utcoffset() == there.utcoffset():
        return ""
    hours = time_range(first, ends_at, reader) if starts_at and ends_at else f"{there:%H:%M}"
    day = "" if there.date() == here.date() else f"{day_label(there.date(), language)} "
    return f"{day}{hours} {zone_behind(first, reader, language)}"


def month_label(day: date, language: str) -> str:
    return format_skeleton("yMMMM", datetime.combine(day, time()), locale=Locale.parse(language))


STORED = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
ALL_STORED = re.compile(f"{STORED}(?:(?:/|, ){STORED})*")


def in_zone(stored: str, tz: ZoneInfo) -> str:
    """Moments and intervals as history stores them (ISO 8601), in wall time: "2021-12-15 10:00–2021-12-15 11:00".

    Any other text stays as it is.
    """
    if not ALL_STORED.fullmatch(stored):
        return stored
    try:
        said = re.sub(STORED, lambda one: f"{datetime.fromisoformat(one[0]).astimezone(tz):%Y-%m-%d %H:%M}", stored)
    except (ValueError, OverflowError):  # a day no calendar has
        return stored
    return said.replace("/", "–")


def intervals(spans: Iterable[tuple[datetime, datetime]]) -> list[str]:
    """Spans of time as ISO 8601 writes them, for history and to be compared."""
    return [f"{starts.isoformat()}/{ends.isoformat()}" for starts, ends in spans]
