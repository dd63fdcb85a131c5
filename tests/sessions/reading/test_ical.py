"""Calendars as other programs read them."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from sessions.models import Appearance, Session, with_details
from sessions.planning import publishing
from sessions.reading import ical
from tests.factories import (
    at,
    make_organisation,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_venue,
)
from tests.sessions.answers import calendar, events, fetch, instant, is_well_formed, unfolded

GOLDEN = Path(__file__).parent.parent / "golden" / "schedule.ics"


@pytest.fixture
def frozen(summit):
    """The same sessions on every machine and day: all that goes into the file is fixed."""
    moment = datetime(2021, 12, 1, 9, tzinfo=UTC)
    summit.revised_at = moment
    summit.timetable_note = {}
    summit.save(update_fields=["revised_at", "timetable_note"])
    digital = make_track(summit, "digital", name={"ko": "디지털, 혁신", "en": "Digital; innovation"})
    room = make_room(summit)
    ministry = make_organisation(summit)
    speakers = [
        make_speaker(summit, "박수정", code="p00001", name_romanised="Park Sujeong"),
        make_speaker(summit, "김하나", code="p00002"),
    ]
    long = "개인정보 미래포럼: 디지털 시대 국민 눈높이에 맞는 개인정보보호 수준 설정과 개인정보처리의 책임성 확보, 자율적 보호활동 및 문화 증진 👩‍💻"
    make_session(summit, "DIG001", guid=UUID(int=1), title={"ko": long, "en": "Privacy; data, and \\ backslashes"}, track=digital, room=room,
                 hosts=[ministry], people=speakers, updated_at=moment, abstract={"ko": "**첫째** 문단.\n\n둘째 문단.", "en": "First.\n\nSecond."})  # fmt: skip
    make_session(
        summit,
        "ONL001",
        guid=UUID(int=2),
        mode="online",
        starts_at=at(16, 1),
        sequence=3,
        updated_at=moment + timedelta(hours=1),
    )
    make_session(
        summit,
        "CAN001",
        guid=UUID(int=3),
        room=room,
        starts_at=at(16, 14),
        cancelled_at=moment,
        sequence=1,
        updated_at=moment,
    )
    make_session(summit, "TBA001", guid=UUID(int=4), starts_at=None)
    make_session(summit, "HID001", guid=UUID(int=5), starts_at=at(17, 10), published_at=None)
    return summit


def test_the_schedule_is_the_golden_file_to_the_byte(frozen):
    content = fetch("/ogp2021/schedule.ics?lang=ko").content
    assert content == GOLDEN.read_bytes()
    is_well_formed(content)


def test_the_golden_file_is_read_back_by_a_library(frozen):
    read = Calendar.from_ical(GOLDEN.read_bytes())
    assert read["version"] == "2.0"
    assert len(read.walk("VTIMEZONE")) == 1
    found = events("/ogp2021/schedule.ics?lang=ko")
    assert list(found) == ["DIG001", "ONL001", "CAN001"]
    entry = found["DIG001"]
    assert entry.decoded("dtstart") == at(15, 10)
    assert entry.decoded("dtend") == at(15, 11, 30)
    assert entry["dtstart"].params["TZID"] == "Asia/Seoul"
    assert str(entry["summary"]).endswith("문화 증진 👩‍💻")
    assert entry["summary"].params["LANGUAGE"] == "ko"
    assert str(entry["location"]) == "그랜드볼룸 101, 서울 코엑스"
    assert str(entry["url"]) == "http://testserver/ko/ogp2021/sessions/DIG001/"
    assert [str(category) for category in entry["categories"].cats] == ["디지털, 혁신"]
    assert str(entry["status"]) == "CONFIRMED"
    description = str(entry["description"])
    assert description.startswith("첫째 문단.")
    assert "행정안전부" in description
    assert "박수정 (행정개혁시민연합, 사무총장)\n김하나 (행정개혁시민연합, 사무총장)" in description


def test_the_language_asked_for_is_spoken_throughout(frozen):
    entry = events("/ogp2021/schedule.ics?lang=en")["DIG001"]
    assert str(entry["summary"]) == "Privacy; data, and \\ backslashes"
    assert str(entry["location"]) == "Grand Ballroom 101, COEX, Seoul"
    assert str(entry["url"]) == "http://testserver/en/ogp2021/sessions/DIG001/"
    assert [str(category) for category in entry["categories"].cats] == ["Digital; innovation"]
    assert "Park Sujeong (Citizens' Coalition, Secretary General)" in str(entry["description"])
    assert str(calendar("/ogp2021/schedule.ics?lang=en")["x-wr-calname"]) == "2021 OGP Global Summit"


def test_special_characters_are_escaped_in_the_bytes(frozen):
    lines = unfolded(fetch("/ogp2021/schedule.ics?lang=en").content)
    assert "SUMMARY;LANGUAGE=en:Privacy\\; data\\, and \\\\ backslashes" in lines
    assert "LOCATION:Grand Ballroom 101\\, COEX\\, Seoul" in lines
    assert "CATEGORIES:Digital\\; innovation" in lines
    assert any(line.startswith("DESCRIPTION:First.\\n\\nSecond.\\n\\n") for line in lines)


def test_the_head_says_what_the_calendar_is_and_when_to_come_again(frozen):
    lines = unfolded(fetch("/ogp2021/schedule.ics?lang=ko").content)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for line in (
        "PRODID:-//Summit//testserver//ogp2021 schedule//KO",
        "NAME:2021 OGP 글로벌서밋",
        "X-WR-CALNAME:2021 OGP 글로벌서밋",
        "X-WR-TIMEZONE:Asia/Seoul",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "SOURCE;VALUE=URI:http://testserver/ogp2021/schedule.ics?lang=ko",
        "LAST-MODIFIED:20211201T090000Z",
        "CALSCALE:GREGORIAN",
    ):
        assert lines.count(line) == 1 or line.startswith("LAST-MODIFIED"), line
        assert line in lines
    assert not any(line.startswith(("METHOD", "ATTENDEE")) for line in lines)


def test_every_feed_names_itself_as_its_source(frozen):
    for path in (
        "/ogp2021/schedule.ics?lang=en&track=digital",
        "/ogp2021/schedule.ics?lang=ko&speaker=p00001",
        "/ogp2021/sessions/DIG001.ics?lang=en",
    ):
        assert f"SOURCE;VALUE=URI:http://testserver{path}" in unfolded(fetch(path).content)


def test_an_online_session_says_so_and_leads_to_its_page(frozen):
    entry = events("/ogp2021/schedule.ics?lang=ko")["ONL001"]
    assert (str(entry["location"]), str(entry["url"])) == ("온라인", "http://testserver/ko/ogp2021/sessions/ONL001/")


def test_somebody_online_is_sent_to_no_room(frozen):
    content = ical.feed(frozen, Session.objects.all(), name="x", language="en", feed_id="x", online=True)
    places = {str(event["location"]) for event in Calendar.from_ical(content).walk("VEVENT")}
    assert places == {"Online"}


def test_a_cancelled_session_stays_and_says_so(frozen):
    entry = events()["CAN001"]
    assert str(entry["status"]) == "CANCELLED"
    assert entry["sequence"] == 1


def test_a_session_without_room_or_track_has_neither(summit):
    make_session(summit)
    entry = events()["CIV001"]
    assert "categories" not in entry
    assert not str(entry.get("location", ""))


def test_two_requests_give_the_same_bytes(frozen):
    first, second = fetch(), fetch()
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert Client().get("/ogp2021/schedule.ics", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_an_entry_keeps_its_identity_over_every_edit(frozen, tmp_path):
    before = events()["DIG001"]
    Session.objects.filter(code="DIG001").update(
        title={"ko": "새 제목"}, starts_at=at(17, 10), ends_at=at(17, 11), sequence=1
    )
    Session.objects.filter(code="DIG001").update(updated_at=datetime(2021, 12, 2, tzinfo=UTC))
    frozen.raise_revision()
    fresh()
    after = events()["DIG001"]
    assert after["uid"] == before["uid"] == "session-00000000-0000-0000-0000-000000000001@testserver"
    assert str(after["summary"]) == "새 제목"
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after.decoded("last-modified") == after.decoded("dtstamp") == datetime(2021, 12, 2, tzinfo=UTC)


def fresh():
    from summit.middleware import shelf

    shelf.clear()


def test_edits_of_rooms_and_people_reach_the_calendar(frozen):
    assert "그랜드볼룸" in str(events()["DIG001"]["location"])
    frozen.rooms.update(name={"ko": "아셈볼룸"})
    Appearance.objects.filter(speaker__code="p00002").update(state="declined")
    frozen.raise_revision()
    fresh()
    entry = events()["DIG001"]
    assert str(entry["location"]) == "아셈볼룸, 서울 코엑스"
    assert "김하나" not in str(entry["description"])


def test_a_withdrawn_agenda_is_an_empty_calendar(frozen):
    publishing.withdraw(frozen)
    fresh()
    response = fetch()
    is_well_formed(response.content)
    assert b"VEVENT" not in response.content


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", {"DIG001", "ONL001", "CAN001"}),
        ("?track=digital", {"DIG001"}),
        ("?room=grand-101", {"DIG001", "CAN001"}),
        ("?speaker=p00001", {"DIG001"}),
        ("?room=grand-101&track=digital", {"DIG001"}),
        ("?track=empty", set()),
        ("?track=", {"DIG001", "ONL001", "CAN001"}),
        ("?unknown=1", {"DIG001", "ONL001", "CAN001"}),
    ],
)
def test_a_part_of_the_schedule_can_be_asked_for(frozen, query, codes):
    make_track(frozen, "empty")
    response = fetch(f"/ogp2021/schedule.ics{query}")
    is_well_formed(response.content)
    assert set(events(f"/ogp2021/schedule.ics{query}")) == codes


@pytest.mark.parametrize(
    "query", ["track=nothing", "room=nothing", "speaker=p99999", "speaker=%27%22%3B", "track=" + "x" * 500]
)
def test_an_unknown_part_is_not_found(frozen, query):
    assert Client().get(f"/ogp2021/schedule.ics?{query}").status_code == 404


def test_a_part_of_another_summit_is_not_found(frozen):
    other = make_summit("ogp2023")
    make_track(other, "elsewhere")
    assert Client().get("/ogp2021/schedule.ics?track=elsewhere").status_code == 404


@pytest.mark.parametrize(("query", "name"), [("lang=en", "2021 OGP Global Summit"), ("lang=fr", "2021 OGP 글로벌서밋"), ("lang=", "2021 OGP 글로벌서밋"), ("lang=en&track=digital", "2021 OGP Global Summit · Digital; innovation"), ("lang=en&speaker=p00001", "2021 OGP Global Summit · Park Sujeong")])  # fmt: skip
def test_the_name_is_in_the_language_asked_for_and_says_which_part(frozen, query, name):
    read = calendar(f"/ogp2021/schedule.ics?{query}")
    assert str(read["name"]) == str(read["x-wr-calname"]) == name


def test_what_a_speaker_declined_is_not_in_their_calendar(frozen):
    make_session(frozen, "DIG002", people=[frozen.speakers.get(code="p00002")], starts_at=at(17, 14))
    Appearance.objects.filter(session__code="DIG001", speaker__code="p00002").update(state="declined")
    assert set(events("/ogp2021/schedule.ics?speaker=p00002")) == {"DIG002"}


def test_two_roles_in_one_session_are_one_entry(frozen):
    session = Session.objects.get(code="DIG001")
    Appearance.objects.create(session=session, speaker=frozen.speakers.get(code="p00001"), role="moderator")
    assert fetch("/ogp2021/schedule.ics?speaker=p00001").content.count(b"BEGIN:VEVENT") == 1


def test_a_title_that_stands_in_is_marked_with_its_own_language(summit):
    make_session(summit, title={"en": "Only English"})
    entry = events("/ogp2021/schedule.ics?lang=ko")["CIV001"]
    assert str(entry["summary"]) == "Only English"
    assert entry["summary"].params["LANGUAGE"] == "en"


SEOUL_AND_OTHERS = [
    "Asia/Seoul",
    "UTC",
    "Europe/Tallinn",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
]


@pytest.mark.parametrize("name", SEOUL_AND_OTHERS)
def test_the_zone_in_the_file_leads_to_the_right_instants(db, name):
    """Sessions on both sides of the change of clocks, computed from VTIMEZONE alone as a client would."""
    zone = ZoneInfo(name)
    summit = make_summit(time_zone=name, starts_on=date(2027, 3, 27), ends_on=date(2027, 11, 8))
    expected = set()
    for number, (month, day, hour) in enumerate(
        [(3, 27, 10), (3, 28, 12), (3, 29, 10), (7, 1, 9), (10, 30, 23), (10, 31, 12), (11, 8, 9)]
    ):
        starts_at = datetime(2027, month, day, hour, tzinfo=zone)
        make_session(summit, f"SES00{number}", starts_at=starts_at)
        expected.add(starts_at.astimezone(UTC))
    content = fetch().content
    is_well_formed(content)
    lines = unfolded(content)
    starts = [line for line in lines if line.startswith("DTSTART;TZID=") or re.match(r"DTSTART:\d{8}T\d{6}Z", line)]
    if name == "UTC":
        found = {
            datetime.strptime(re.search(r"\d{8}T\d{6}", line)[0], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            for line in starts
        }
    else:
        assert all(line.startswith(f"DTSTART;TZID={name}:") for line in starts)
        assert lines.count("BEGIN:VTIMEZONE") == 1
        assert f"TZID:{name}" in lines
        found = {instant(content, line.rsplit(":", 1)[-1]) for line in starts}
    assert found == expected


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.one_of(
        words,
        st.text("가나다라마바사 한글🏛️👩‍💻e", min_size=60, max_size=300),
        st.text(' \\;,:"\n\r\t\x00\x0b\u2028N', min_size=1, max_size=120),
    )
)
def test_any_text_is_folded_escaped_and_read_back(frozen_summit, title):
    """Long Korean and emoji titles, separators, control characters: the file stays a calendar and says the same."""
    from summit.lib.text import clean_line

    summit, session = frozen_summit
    session.title = {"ko": title}
    session.abstract = {"ko": title}
    event = ical.write_event(summit, session, language="ko")
    content = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + event + b"END:VCALENDAR\r\n"
    is_well_formed(content)
    [read] = Calendar.from_ical(content).walk("VEVENT")
    # The icalendar package takes a typed \\N for the line break it stands for in the format.
    assert str(read["summary"]).strip() == clean_line(title).replace("\\N", "\n").strip()
    assert str(read["url"]).startswith("http://testserver/")


@pytest.fixture
def frozen_summit(summit):
    session = make_session(summit, title={"ko": "제목"}, room=make_room(summit))
    return summit, with_details(Session.objects).select_related("summit").get(pk=session.pk)


def test_an_entry_without_a_time_cannot_be_built(summit):
    with pytest.raises(ValueError, match="time"):
        ical.write_event(summit, make_session(summit, starts_at=None), language="ko")


@pytest.mark.parametrize("many", [1, 3, 30])
def test_a_feed_costs_the_same_for_more_sessions(summit, django_assert_num_queries, many):
    track, room, host = make_track(summit), make_room(summit), make_organisation(summit)
    for number in range(many):
        make_session(summit, f"SES{number:03}", track=track, room=room, hosts=[host], people=[make_speaker(summit)])
    rows = Session.objects.filter(summit=summit)
    with django_assert_num_queries(5):
        first = ical.feed(summit, rows, name="x", language="ko", feed_id="x")
    with django_assert_num_queries(1):
        assert ical.feed(summit, rows, name="x", language="ko", feed_id="x") == first
    assert first.count(b"BEGIN:VEVENT") == many


def test_the_whole_summit_is_one_entry_over_its_days(summit):
    make_venue(summit)
    content = ical.summit_entry(summit, language="en", uid="registration-1", in_person=True, cancelled=False, sequence=2,
                                stamp=datetime(2021, 12, 1, tzinfo=UTC), url="http://testserver/own/")  # fmt: skip
    is_well_formed(content)
    read = Calendar.from_ical(content)
    assert read["method"] == "PUBLISH"
    [entry] = read.walk("VEVENT")
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (date(2021, 12, 15), date(2021, 12, 18))
    assert entry["uid"] == "registration-1@testserver"
    assert (str(entry["status"]), entry["sequence"]) == ("CONFIRMED", 2)
    assert str(entry["location"]) == "COEX, Seoul, 513 Yeongdong-daero, Gangnam-gu, Seoul"
    online = ical.summit_entry(summit, language="en", uid="registration-1", in_person=False, cancelled=True, sequence=3,
                               stamp=timezone.now(), url="http://testserver/own/")  # fmt: skip
    [entry] = Calendar.from_ical(online).walk("VEVENT")
    assert str(entry["location"]) == "Online"
    assert str(entry["status"]) == "CANCELLED"
