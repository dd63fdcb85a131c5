"""schedule.xml, .json and .xcal: what other software reads, held to the c3voc schemas' rules."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from sessions import exports
from sessions.models import Material
from tests import factories as make

GOLDEN = Path(__file__).parent.parent / "golden"
ADDRESSES = ("/ogp2021/schedule.xml", "/ogp2021/schedule.json", "/ogp2021/schedule.xcal")
OFFSET = re.compile(r"[+-]\d\d:\d\d\Z")


@pytest.fixture
def agenda(summit):
    """Two rooms, two days, one session after midnight, one cancelled, one without a time, all ids and guids fixed."""
    summit.guid = UUID(int=1)
    summit.save(update_fields=["guid"])
    room = make.make_room(summit, capacity=300)
    track = make.make_track(summit)
    host = make.make_organisation(summit)
    people = [
        make.make_speaker(summit, "박수정", pk=9_000_011, guid=UUID(int=11), code="P1"),
        make.make_speaker(
            summit, "마이코 이치하라", name_romanised="Maiko Ichihara", pk=9_000_012, guid=UUID(int=12), code="P2"
        ),
    ]
    first = make.make_session(
        summit, "CIV001", pk=9_000_101, guid=UUID(int=101), room=room, track=track, hosts=[host], people=people
    )
    Material.objects.create(session=first, kind="recording", url="https://www.youtube.com/watch?v=abcdefghijk", confirmed=True,
                            title={"ko": "녹화", "en": "Recording"})  # fmt: skip
    make.make_session(
        summit, "LATE01", pk=9_000_102, guid=UUID(int=102), starts_at=make.at(17, 1), room=room, do_not_record=True
    )
    make.make_session(summit, "GONE01", pk=9_000_103, guid=UUID(int=103), starts_at=make.at(16, 9), cancelled_at=datetime(2021, 12, 1, tzinfo=UTC),
                      title={"ko": '취소 <b>&amp; "따옴표"', "en": ""})  # fmt: skip
    make.make_session(summit, "NOTIME", starts_at=None)
    make.make_session(summit, "SECRET", published_at=None)
    return summit


@pytest.mark.parametrize(("name", "write"), [("schedule.xml", exports.schedule_xml), ("schedule.json", exports.schedule_json),
                                             ("schedule.xcal", exports.schedule_xcal)])  # fmt: skip
def test_an_export_is_byte_for_byte_what_it_was(agenda, name, write):
    agenda.agenda_revision = 7
    assert write(exports.read(agenda, language="ko")).decode() == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_xml_is_read_by_another_parser_and_keeps_the_rules_of_its_schema(agenda, client):
    response = client.get("/ogp2021/schedule.xml?lang=en")
    root = etree.fromstring(response.content)
    assert [child.tag for child in root][:4] == ["generator", "url", "version", "conference"]
    assert [day.get("index") for day in root.iter("day")] == ["1", "2", "3"]
    assert all(OFFSET.search(day.get("start")) and OFFSET.search(day.get("end")) for day in root.iter("day"))
    events = {event.get("code"): event for event in root.iter("event")}
    assert set(events) == {"CIV001", "LATE01", "GONE01"}
    for event in events.values():
        assert int(event.get("id")) > 0
        assert UUID(event.get("guid"))
        assert OFFSET.search(event.findtext("date"))
        assert event.findtext("start") == event.findtext("date")[11:16]
        assert re.fullmatch(r"\d\d:\d\d", event.findtext("duration"))
        assert re.fullmatch(r"[a-z0-9_]{4,}-[a-z0-9_-]{4,}", event.findtext("slug"))
        assert [child.tag for child in event].count("room") == 1
        assert event.find("recording/license") is not None
        assert event.findtext("recording/optout") in {"true", "false"}
        assert not any(element.text == "" for element in event.iter("url"))
    assert events["CIV001"].find("..").get("name") == "Grand Ballroom 101"
    assert [person.text for person in events["CIV001"].iter("person")] == ["박수정", "Maiko Ichihara"]


def test_a_session_after_midnight_stands_on_the_day_before(agenda):
    root = ET.fromstring(exports.schedule_xml(exports.read(agenda, language="ko")))
    day = next(day for day in root.iter("day") if day.find(".//event[@code='LATE01']") is not None)
    assert day.get("date") == "2021-12-16"
    assert day.find(".//event[@code='LATE01']/date").text == "2021-12-17T01:00:00+09:00"


def test_the_json_has_exactly_the_keys_its_closed_schema_allows(agenda, client):
    document = json.loads(client.get("/ogp2021/schedule.json").content)
    assert set(document) == {"$schema", "generator", "schedule"}
    schedule = document["schedule"]
    assert "rooms" not in schedule
    event = schedule["conference"]["days"][0]["rooms"]["그랜드볼룸 101"][0]
    required = {"abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start",
                "subtitle", "title", "track", "type", "url"}  # fmt: skip
    optional = {"code", "logo", "end", "description", "recording_license", "do_not_record", "do_not_stream", "feedback_url",
                "origin_url", "attachments"}  # fmt: skip
    assert required <= set(event) <= required | optional
    assert all(set(person) == {"guid", "name"} for person in event["persons"])
    assert event["links"] == [{"url": "https://www.youtube.com/watch?v=abcdefghijk", "title": "녹화", "type": "media"}]
    assert re.fullmatch(r"[a-z0-9_]{4,}", schedule["conference"]["acronym"])


def test_guids_stay_when_titles_rooms_and_people_change(agenda):
    before = exports.schedule_json(exports.read(agenda, language="ko"))
    session = agenda.sessions.get(code="CIV001")
    session.title = {"ko": "새 제목", "en": "New title"}
    session.save(update_fields=["title"])
    room = agenda.rooms.get()
    room.name = {"ko": "다른 이름", "en": "Another name"}
    room.save(update_fields=["name"])
    after = exports.schedule_json(exports.read(agenda, language="ko"))

    def guids(document):
        return re.findall(r'"guid": "([^"]+)"', document.decode())

    assert guids(before) == guids(after)


def test_a_session_of_a_day_or_more_does_not_make_readers_drop_the_file(summit):
    make.make_session(summit, ends_at=make.at(15, 10) + timedelta(hours=24))
    root = ET.fromstring(exports.schedule_xml(exports.read(summit, language="ko")))
    assert root.findtext(".//duration") == "23:59"


def test_control_characters_never_reach_the_xml(summit):
    session = make.make_session(summit)
    type(session).objects.filter(pk=session.pk).update(
        title={"ko": "종\x07소리\r\n둘", "en": ""}, abstract={"ko": "하나\x0b둘\u2028셋", "en": ""}
    )
    content = exports.schedule_xml(exports.read(summit, language="ko"))
    assert etree.fromstring(content).findtext(".//title") is not None
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u2028]", content.decode())


def test_a_summit_without_sessions_still_has_its_days(summit):
    root = ET.fromstring(exports.schedule_xml(exports.read(summit, language="ko")))
    assert [day.get("date") for day in root.iter("day")] == ["2021-12-15", "2021-12-16", "2021-12-17"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_export_may_be_read_by_any_page_and_is_not_sent_twice(agenda, client, address):
    first = client.get(address)
    assert first.status_code == 200
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in first["Vary"]
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("sessions", [1, 3])
def test_reading_takes_the_same_queries_for_one_and_for_three_sessions(summit, django_assert_num_queries, sessions):
    for number in range(sessions):
        make.make_session(summit, f"CIV00{number}", people=[make.make_speaker(summit, f"연사 {number}")])
    with django_assert_num_queries(8):
        exports.read(summit, language="ko")


def test_a_session_over_a_change_of_clocks_ends_when_it_ends(summit):
    summit.time_zone = "Europe/Berlin"
    summit.save(update_fields=["time_zone"])
    begins = datetime(2021, 10, 30, 23, 30, tzinfo=UTC)
    make.make_session(summit, starts_at=begins, ends_at=begins + timedelta(hours=3))
    written = exports.schedule_xcal(exports.read(summit, language="ko")).decode()
    assert re.findall(r"<dt(?:start|end)>(.*?)<", written) == ["20211031T013000", "20211031T033000"]
