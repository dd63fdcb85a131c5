"""What is written line by line is what the icalendar package would write, and clocks that go back are no riddle."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event, Timezone, vText, vUri

from sessions.models import Session, with_details
from sessions.reading import ical, ical_lines
from summit.lib.text import clean_line
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_track
from tests.sessions.answers import is_well_formed

HOSTILE = [
    "",
    "plain",
    "semi;colon, comma \\ backslash",
    "typed \\n and \\N and \\\\n",
    "end in backslash \\" * 5,
    "a" * 74,
    "a" * 75,
    "a" * 76,
    "a" * 73 + "\\,;" + "b" * 90,
    "a" * 72 + "^^^" + "\\" * 90,
    "가" * 24 + "a" * 3,
    "가나다" * 60,
    "👩‍💻🇰🇷" * 30,
    "e\u0301" * 60,
    "\\" * 200,
    ";" * 200,
    'quotes " and : colons',
    "BEGIN:VALARM\r\nEND:VALARM",
    "tab\there",
    "مرحبا " * 20,
]


def of_library(summit, session, *, language, online=False):
    """The same entry by the icalendar package."""
    page = summit.address(session.get_absolute_url())
    event = Event()
    event.add("uid", ical.uid(session))
    event.add("dtstamp", session.updated_at)
    event.add("last-modified", session.updated_at)
    event.add("sequence", session.sequence)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("dtstart", session.starts_at.astimezone(summit.tz))
    event.add("dtend", session.ends_at.astimezone(summit.tz))
    spoken = {"LANGUAGE": session.title.language_shown(language)}
    event.add("summary", clean_line(session.title.in_language(language)), parameters=spoken)
    event.add("description", ical._description(session, language, page))
    event.add("url", page)
    event.add("location", vText("온라인" if online or session.mode == "online" else ical._place(session, language)))
    if online and session.mode != "in_person":
        join = summit.address(f"/ko/{summit.code}/sessions/{session.code}/join/")
        facts = {"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": "온라인으로 참여"}
        event.add("conference", vUri(join), parameters=facts)
    if session.track:
        event.add("categories", [clean_line(session.track.name.in_language(language))])
    event.add("transp", "OPAQUE")
    return event.to_ical()


def detailed(session):
    found = with_details(Session.objects).select_related("summit").get(pk=session.pk)
    return found.summit, found


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_entry_is_the_librarys_to_the_byte(summit, hostile):
    text = {"ko": hostile, "en": hostile[::-1]}
    session = make_session(
        summit,
        title=text,
        abstract={"ko": f"{hostile}\n\n{hostile}"},
        track=make_track(summit, name=text),
        room=make_room(summit, name=text),
        hosts=[make_organisation(summit, name=text)],
        people=[make_speaker(summit, clean_line(hostile)[:200] or "이름")],
        sequence=7,
    )
    session.appearances.update(affiliation=text, job_title=text)
    summit, found = detailed(session)
    for online in (False, True):
        written = ical.write_event(summit, found, language="ko", online=online)
        assert written == of_library(summit, found, language="ko", online=online)
        is_well_formed(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + written + b"END:VCALENDAR\r\n")


@pytest.mark.parametrize(
    "values", [{"cancelled_at": at(1, 1)}, {"mode": "online"}, {"title": {}}, {"title": {"en": "E"}}]
)
def test_so_is_one_without_this_or_that(summit, values):
    summit, found = detailed(make_session(summit, **values))
    assert ical.write_event(summit, found, language="ko") == of_library(summit, found, language="ko")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=400))
def test_lines_are_folded_as_the_library_folds_them(text):
    from icalendar.parser import Contentline

    assert ical_lines.folded(text) == Contentline(text).to_ical()


@given(st.text(st.sampled_from("\\nN;,\r\n가a^"), max_size=40))
def test_texts_are_escaped_as_the_library_escapes_them(text):
    assert ical_lines.escaped(text).encode() == vText(text).to_ical()


ZONES = ["Europe/Berlin", "America/New_York", "Asia/Seoul", "Australia/Lord_Howe", "Africa/Casablanca", "UTC",
         "America/Santiago", "Asia/Kolkata", "Pacific/Apia", "Europe/Dublin", "Asia/Gaza", "Pacific/Chatham"]  # fmt: skip


def offsets(written):
    """[(moment, offset from then on)] of a VTIMEZONE, as RFC 5545 3.6.5 tells to read it; the package takes it apart."""
    found = []
    for part in Timezone.from_ical(written).subcomponents:
        onset = part["DTSTART"].dt.replace(tzinfo=UTC)
        found.append((onset - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td))
    return sorted(found)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("year", [2021, 2026])
def test_a_zone_is_right_in_every_half_hour_of_its_years(name, year):
    onsets, true = offsets(ical_lines.timezone(name, year)), ZoneInfo(name)
    moment, last = datetime(year - 1, 1, 2, tzinfo=UTC), datetime(year + 1, 12, 31, tzinfo=UTC)
    wrong = []
    while moment < last:
        offset = [offset for onset, offset in onsets if onset <= moment][-1]
        if offset != moment.astimezone(true).utcoffset():
            wrong.append(moment)
        moment += timedelta(minutes=30)
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "onset"),
    [
        ("Europe/Berlin", b"BEGIN:DAYLIGHT\r\nDTSTART:20210328T020000\r\nTZNAME:CEST\r\n"),
        ("America/New_York", b"BEGIN:DAYLIGHT\r\nDTSTART:20210314T020000\r\nTZNAME:EDT\r\n"),
        ("Australia/Lord_Howe", b"BEGIN:STANDARD\r\nDTSTART:20200405T020000\r\n"),
    ],
)
def test_summer_time_begins_in_the_wall_time_that_is_left(name, onset):
    written = ical_lines.timezone(name, 2021)
    assert onset in written
    # Some readers take only the first of several dates, or all but the first (ical.js).
    assert b"RDATE" not in written and b"COMMENT" not in written


def test_every_zone_can_be_written():
    from zoneinfo import available_timezones

    for name in sorted(available_timezones())[::7]:
        Timezone.from_ical(ical_lines.timezone(name, 2021))


# (zone, beginning in UTC, minutes): sessions in, into and out of the hour that comes twice
TWICE = [
    ("Europe/Berlin", datetime(2021, 10, 31, 0, 30, tzinfo=UTC), 30),
    ("Europe/Berlin", datetime(2021, 10, 31, 0, 30, tzinfo=UTC), 60),
    ("Europe/Berlin", datetime(2021, 10, 31, 1, 15, tzinfo=UTC), 30),
    ("Europe/Berlin", datetime(2021, 10, 30, 23, 30, tzinfo=UTC), 60),
    ("America/New_York", datetime(2021, 11, 7, 5, 45, tzinfo=UTC), 30),
    ("Australia/Lord_Howe", datetime(2021, 4, 3, 14, 45, tzinfo=UTC), 20),
    ("Africa/Casablanca", datetime(2021, 4, 11, 1, 30, tzinfo=UTC), 45),
]


@pytest.mark.parametrize(("name", "begins", "minutes"), TWICE)
def test_in_the_hour_that_comes_twice_times_are_in_utc(summit, name, begins, minutes):
    summit.time_zone = name
    summit.save(update_fields=["time_zone"])
    ends = begins + timedelta(minutes=minutes)
    make_session(summit, starts_at=begins, ends_at=ends, published_at=timezone.now())
    content = ical.feed(summit, Session.objects.filter(summit=summit), name="x", language="ko", feed_id="x")
    [entry] = Calendar.from_ical(content).walk("VEVENT")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (begins, ends)
    assert f"DTSTART:{begins:%Y%m%dT%H%M%SZ}".encode() in content and f"DTEND:{ends:%Y%m%dT%H%M%SZ}".encode() in content


def test_beside_that_hour_times_are_those_of_the_wall(summit):
    tz = ZoneInfo("Europe/Berlin")
    begins = datetime(2021, 10, 31, 2, tzinfo=UTC)
    assert ical_lines.times(begins, begins + timedelta(hours=1), tz) == (
        "DTSTART;TZID=Europe/Berlin:20211031T030000",
        "DTEND;TZID=Europe/Berlin:20211031T040000",
    )
