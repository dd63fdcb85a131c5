"""Days, hours and lengths the way people write them; what is in no calendar moves to no other day."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from django.utils import translation

from sessions.imports.schedules import dates, import_schedule, open_schedule
from summit.imports.table_format import Refused
from tests.sessions.imports.spreadsheets import as_csv, as_ods, as_xlsx

DAYS = [date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)]
FIRST = DAYS[0]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    "words",
    ["2026/06/01", "2026-6-1", "2026.6.1", "2026. 6. 1.", "2026년 6월 1일", "2026년 6월 1일(월)", "2026-06-01 (Mon)", "20260601", "01.06.2026",
     "June 1, 2026", "1 June 2026", "Monday, 1 June 2026", "1. Juni 2026", "1er juin 2026", "1 de junio de 2026", "２０２６-06-01",
     "2026-06-01T00:00:00", "June 1", "6월 1일", "Monday", "월요일", "Day 1", "1일차", "첫째 날", "1"],
)  # fmt: skip
def test_a_day_is_understood_as_people_write_it(words):
    assert dates.day_of(words, "date", DAYS) == FIRST


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("01/06/2026", "can be two days. Write the year first: 2026-06-01 or 2026-01-06."),
        ("1-6-2026", "can be two days"),
        ("2026-02-30", "in no calendar"), ("30/02/2026", "in no calendar"), ("Feb 30, 2026", "in no calendar"), ("2026년 13월 1일", "in no calendar"),
        ("July 9", "has no year"), ("Sunday", "no day of the summit"), ("7", "no day of the summit"), ("Day 4", "no day of the summit"),
        ("soon", "no day that is understood"), ("46174", "no day that is understood"), ("-0001-01-01", "no day that is understood"),
    ],
)  # fmt: skip
def test_what_may_be_two_days_or_none_is_refused_with_the_remedy(words, why):
    with pytest.raises(Refused) as refusal:
        dates.day_of(words, "date", DAYS)
    said = refusal.value.message_for({"date": "Datum"})
    assert said.startswith("“Datum”: “")
    assert why in said


@pytest.mark.parametrize("words", ["13/06/2026", "06/13/2026"])
def test_the_order_is_known_where_one_number_is_no_month(words):
    assert dates.day_of(words, "date") == date(2026, 6, 13)


def test_a_weekday_that_stands_twice_is_asked_about():
    with pytest.raises(Refused, match="more than one"):
        dates.day_of("Mon", "date", [date(2026, 6, n) for n in range(1, 9)])


TEN = datetime(2026, 6, 1, 10)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2026/06/01 10:00", TEN), ("2026. 6. 1. 오전 10:00", TEN), ("2026년 6월 1일 10시", TEN), ("June 1, 2026 10:00 AM", TEN), ("월 10:00", TEN),
        ("Day 1 10:00", TEN), ("2026-06-01T10:00:00", TEN), ("20260601T100000", TEN), ("10:00", TEN), ("10h00", TEN), ("10 am", TEN),
        ("10:00 Uhr", TEN), ("오후 2시 30분", TEN.replace(hour=14, minute=30)), ("12:30 am", TEN.replace(hour=0, minute=30)),
        ("24:00", datetime(2026, 6, 2)), ("2026-06-01T10:00Z", TEN.replace(tzinfo=UTC)),
        ("2026-06-01T10:00+09:00", TEN.replace(tzinfo=timezone(timedelta(hours=9)))), (time(10), TEN), (TEN, TEN),
    ],
)  # fmt: skip
def test_a_moment_is_understood_as_people_write_it(words, moment):
    assert dates.moment_of(words, FIRST, "start", DAYS) == moment


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("2026-02-30T10:00", "“2026-02-30” is in no calendar"), ("01/06/2026 10:00", "can be two days"), ("25:00", "no clock shows “25:00”"),
        ("2026-06-01T10:00:60", "no clock shows “10:00:60”"), ("13:00 pm", "no clock shows"), ("2026-06-01T10:00+99:00", "must be a time like"),
        ("-0001-01-01T10:00", "no day that is understood"), ("2026-06-01", "has a day and no hour"), ("soon", "must be a time like"),
    ],
)  # fmt: skip
def test_what_is_on_no_clock_or_in_no_calendar_is_refused(words, why):
    with pytest.raises(Refused, match="“start”") as refusal:
        dates.moment_of(words, FIRST, "start", DAYS)
    assert why in str(refusal.value)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [("90", 90), ("1:30", 90), ("1h30", 90), ("1 h 30 min", 90), ("90 min", 90), ("1시간 30분", 90), ("PT1H30M", 90), (time(1, 30), 90), (45.0, 45), ("2h", 120)],
)  # fmt: skip
def test_a_length_is_understood(words, minutes):
    assert dates.length_of(words, "length") == timedelta(minutes=minutes)
    with pytest.raises(Refused, match="is no length"):
        dates.length_of("long", "length")


IMPOSSIBLE = [
    "2021-02-30T10:00:00+09:00",
    "2021-12-15T10:00:00+99:00",
    "-001-12-15T10:00:00",
    "2021-12-15T10:00:60",
    "2021-12-15T24:01:00",
]


def reasons(name, content):
    return open_schedule(name, content).refused


@pytest.mark.parametrize("moment", IMPOSSIBLE)
def test_an_impossible_time_is_refused_in_every_format_and_moves_to_no_other_day(moment):
    event = {"id": 1, "title": "A", "date": moment, "start": "10:00", "duration": "1:00"}
    document = {"schedule": {"conference": {"days": [{"date": "2021-12-15", "rooms": {"Aula": [event]}}]}}}
    fine = "<event id='2'><title>B</title><date>2021-12-15T10:00:00+09:00</date></event>"
    xml = f"<schedule><day date='2021-12-15'><room name='Aula'>\n<event id='1'><title>A</title><date>{moment}</date><start>10:00</start></event>{fine}</room></day></schedule>"
    [(place, reason)] = reasons("a.json", json.dumps(document).encode())
    assert (place, reason[:8]) == (
        "day 1, room “Aula”, session 1 (id 1)",
        "“date”: ",
    ) or place == "day 1, room “Aula”, session 1"
    assert moment in reason
    [(place, reason)] = reasons("a.xml", xml.encode())
    assert place == "line 2 (event 1)"
    assert moment in reason
    for name, write in (("a.csv", as_csv), ("a.xlsx", as_xlsx), ("a.ods", as_ods)):
        [(_place, reason)] = reasons(name, write(["Title", "Beginning"], ["A", moment]))
        assert reason.startswith("“Beginning”")


@pytest.mark.parametrize(
    "words", ["DTSTART:20210230T100000", "DTSTART:20211215T100060", "DTSTART;VALUE=DATE:20210230", "DURATION:abc"]
)
def test_an_impossible_time_in_a_calendar_is_refused(words):
    content = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A\n{words}\nEND:VEVENT\nEND:VCALENDAR\n"
    [(place, reason)] = reasons("a.ics", content.encode())
    assert place == "line 2"
    assert reason.startswith(f"“{words.replace(';', ':').split(':')[0]}”: “{words.split(':')[1]}”")


def test_a_zone_of_a_calendar_that_nobody_knows_is_said(summit):
    content = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A\nDTSTART;TZID=Nowhere/X:20211215T100000\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    report = import_schedule(summit, open_schedule("a.ics", content))
    assert [words for _place, words in report.notes if "Nowhere/X" in words]


@pytest.mark.parametrize(("name", "text"), [("day date", "2021-13-15"), ("start", "25:00"), ("duration", "long")])
def test_what_an_event_takes_from_its_day_is_held_to_the_same(name, text):
    said = {"day date": "2021-12-15", "start": "10:00", "duration": "1:00", name: text}
    xml = f"<schedule><day date='{said['day date']}'><event><title>A</title><start>{said['start']}</start><duration>{said['duration']}</duration></event></day></schedule>"
    [(_place, reason)] = reasons("a.xml", xml.encode())
    assert reason.startswith(f"“{name}”: “{text}”")


def test_a_day_column_counts_whatever_it_says(summit):
    rows = [
        ["title", "Day", "From", "start", "end"],
        ["A", "Day 2", "", "10:00", "11:00"],
        ["B", "Friday", "", "9:00", "24:00"],
        ["C", "2021-12-15", "", "", ""],
    ]
    content = as_csv(*rows)
    report = import_schedule(summit, open_schedule("a.csv", content, days=summit.days))
    assert report.refused == []
    begin = {str(s.title): s.starts_at and s.starts_at.astimezone(summit.tz) for s in summit.sessions.all()}
    assert (begin["A"].day, begin["A"].hour) == (16, 10)
    assert (begin["B"].day, begin["C"]) == (17, None)
    assert "a.csv, line 4" in [place for place, words in report.notes if "its time stays open" in words]


def test_the_day_is_blamed_where_the_day_is_wrong():
    content = as_csv(["title", "Datum", "Day", "start"], ["A", "", "2021-02-30", "10:00"])
    [(_place, reason)] = reasons("a.csv", content)
    assert reason.startswith("“Day”: “2021-02-30” is in no calendar")


def test_sessions_outside_the_days_of_the_summit_are_named_before_anything_is_written(summit):
    rows = [
        ["title", "start", "end"],
        ["In", "2021-12-15 10:00", "2021-12-15 11:00"],
        ["Out", "2022-12-15 10:00", "2022-12-15 11:00"],
    ]
    report = import_schedule(summit, open_schedule("a.csv", as_csv(*rows)), dry_run=True)
    [words] = [words for place, words in report.notes if place == "a.csv, line 3" and "outside" in words]
    assert words.startswith("It begins on 2022-12-15, outside the days of the summit (2021-12-15 to 2021-12-17).")
    assert "Outside the days of the summit: 1" in list(report.lines())


def test_an_entry_of_a_calendar_that_does_not_end_swallows_no_other():
    content = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A\nBEGIN:VEVENT\nSUMMARY:B\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:C\nEND:VCALENDAR\n"
    schedule = open_schedule("a.ics", content)
    assert [item.title[""] for item in schedule.items] == ["B"]
    assert [place for place, _reason in schedule.refused] == ["line 2", "line 7"]
