from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.lib import times
from tests.factories import at

SEOUL = ZoneInfo("Asia/Seoul")
TALLINN = ZoneInfo("Europe/Tallinn")


@pytest.mark.parametrize("name", ["Asia/Seoul", "Europe/Tallinn", "UTC", "America/New_York"])
def test_a_zone_is_found_by_its_name(name):
    assert times.zone(name) == ZoneInfo(name)


@pytest.mark.parametrize(
    "name", ["", "KST", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Asia/Seoul\x00", "asia"]
)
def test_nonsense_is_no_zone(name):
    assert times.zone(name) is None


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at(15, 4), 15),
        (at(15, 23, 59), 15),
        (at(16, 0), 15),
        (at(16, 3, 59), 15),
        (at(16, 4), 16),
    ],
)
def test_after_midnight_is_still_the_day_before(moment, day):
    assert times.day_of(moment, SEOUL) == date(2021, 12, day)
    assert times.day_of(moment.astimezone(UTC), SEOUL) == date(2021, 12, day)


@given(st.datetimes(min_value=datetime(2000, 1, 2), max_value=datetime(2050, 1, 1), timezones=st.just(UTC)),
       st.sampled_from([SEOUL, TALLINN, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")]))  # fmt: skip
def test_a_moment_lies_within_the_bounds_of_its_day(moment, tz):
    first, past = times.day_bounds(times.day_of(moment, tz), tz)
    # As instants: comparing moments of one zone would compare wall times.
    assert first.astimezone(UTC) <= moment < past.astimezone(UTC)


def test_zones_are_named_as_people_call_them():
    moment = at(15, 10)
    assert times.zone_name(moment, SEOUL, "en") == "Korean Standard Time"
    assert times.zone_name(moment, SEOUL, "ko") == "대한민국 표준시"
    summer = datetime(2025, 7, 1, 12, tzinfo=TALLINN)
    assert times.zone_name(summer, TALLINN, "en") == "Eastern European Summer Time"
    assert times.zone_name(summer - timedelta(days=180), TALLINN, "en") == "Eastern European Standard Time"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Asia/Seoul", "KST"),
        ("Europe/Tallinn", "EET"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("America/Sao_Paulo", "UTC−3"),
        ("America/St_Johns", "NST"),
        ("Pacific/Marquesas", "UTC−9:30"),
        ("UTC", "UTC"),
    ],
)
def test_zones_without_letters_are_written_as_offsets(name, short):
    assert times.zone_short(at(15, 10), ZoneInfo(name)) == short


def test_days_read_naturally_in_both_languages():
    day = date(2021, 12, 15)
    assert times.day_label(day, "ko") == "12월 15일(수)"
    assert times.day_label(day, "en") == "Wed, 15 Dec"
    assert times.date_label(day, "ko") == "2021년 12월 15일(수)"
    assert times.date_label(day, "en") == "Wednesday, 15 December 2021"
    assert times.moment_label(at(15, 9, 30), SEOUL, "en") == "Wed, 15 Dec 09:30"
    assert times.moment_label(at(15, 9, 30), TALLINN, "ko") == "12월 15일(수) 02:30"
    assert times.month_label(day, "ko") == "2021년 12월"


@pytest.mark.parametrize(
    ("first", "last", "ko", "en"),
    [
        (date(2021, 12, 15), date(2021, 12, 17), "2021년 12월 15일–17일", "15–17 December 2021"),
        (date(2021, 12, 15), date(2021, 12, 15), "2021년 12월 15일", "15 December 2021"),
        (date(2021, 11, 30), date(2021, 12, 2), "2021년 11월 30일–12월 2일", "30 November–2 December 2021"),
    ],
)
def test_ranges_say_nothing_twice(first, last, ko, en):
    assert times.range_label(first, last, "ko") == ko
    assert times.range_label(first, last, "en") == en


def test_a_range_over_new_year_names_both_years():
    first, last = date(2021, 12, 30), date(2022, 1, 2)
    assert times.range_label(first, last, "ko") == "2021년 12월 30일–2022년 1월 2일"
    assert times.range_label(first, last, "en") == "30 December 2021–2 January 2022"


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("2021-12-15T01:00:00Z", "2021-12-15 10:00"),
        ("2021-12-15T01:00:00.250Z", "2021-12-15 10:00"),
        ("2021-12-15T10:00:00+09:00/2021-12-15T11:00:00+09:00", "2021-12-15 10:00–2021-12-15 11:00"),
        ("2021-12-15T01:00:00Z, 2021-12-16T01:00:00Z", "2021-12-15 10:00, 2021-12-16 10:00"),
        ("2021-12-15T10:00:00", "2021-12-15T10:00:00"),
        ("since 2021-12-15T01:00:00Z", "since 2021-12-15T01:00:00Z"),
        ("2021-13-15T01:00:00Z", "2021-13-15T01:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("", ""),
    ],
)
def test_what_history_stores_is_said_in_the_summits_time(stored, said):
    assert times.in_zone(stored, SEOUL) == said


def test_the_zone_behind_an_hour_is_words_in_korean():
    moment = at(15, 10)
    assert (times.zone_behind(moment, SEOUL, "ko"), times.zone_behind(moment, SEOUL, "en")) == ("한국 시간", "KST")
    assert times.zone_behind(moment, TALLINN, "ko") == "동유럽 시간"
    assert times.zone_behind(moment, ZoneInfo("UTC"), "ko") == "UTC"
