"""schedule2.json: held to what its readers take."""

import json
import re
from datetime import datetime

import pytest

from sessions.exports.public import read_public
from sessions.exports.schedule2 import schedule2
from tests import factories as make


def drawn(summit, language="ko"):
    return json.loads(schedule2(read_public(summit), language=language))


@pytest.fixture
def events(open_agenda):
    return {event.get("code", event["title"]): event for event in drawn(open_agenda)["schedule"]["events"]}


def test_the_file_is_byte_for_byte_what_it_was(open_agenda, golden):
    golden("schedule2.json", schedule2(read_public(open_agenda), language="ko"))


def test_an_event_has_every_field_a_reader_needs_and_none_it_does_not_know(events):
    needed = {"abstract", "end", "guid", "links", "participants", "slug", "start", "subtitle", "title", "type", "url"}
    known = needed | {"attachments", "code", "description", "duration", "image", "language", "location", "logo", "room",
                      "state", "track"}  # fmt: skip
    for event in events.values():
        if event["type"] != "BREAK":
            assert needed <= set(event) <= known
            assert re.fullmatch(r"[a-z0-9_-]+[a-z0-9]", event["slug"])
            assert re.fullmatch(r"PT\d+H\d+M", event["duration"])
        assert datetime.fromisoformat(event["start"]).utcoffset() is not None
        assert datetime.fromisoformat(event["start"]) < datetime.fromisoformat(event["end"])


def test_a_break_is_an_event_of_its_own_kind(events):
    found = next(event for event in events.values() if event["type"] == "BREAK")
    assert set(found) == {"type", "guid", "title", "subtitle", "start", "end"}


def test_states_roles_and_kinds_are_words_of_the_format(events):
    assert events["CIV001"]["state"] == "CONFIRMED"
    assert events["LATE01"]["state"] == "CANCELED"
    assert events["CIV001"]["type"] == "DISCUSSION"
    roles = {person["name"]: person["role"] for person in events["CIV001"]["participants"]}
    assert roles == {"박수정": "SPEAKER", "마이코 이치하라": "MODERATOR"}


def test_texts_stand_in_every_language_and_empty_ones_not_at_all(events):
    assert set(events["CIV001"]["abstract"]) == {"ko", "en"}
    assert events["CIV001"]["description"] == {"ko": "행정안전부", "en": "Ministry of the Interior and Safety"}
    assert events["LATE01"]["subtitle"] is None


def test_a_recording_says_its_service_and_is_missing_where_none_is_allowed(events):
    assert events["CIV001"]["links"] == [
        {"type": "MEDIA", "url": "https://www.youtube.com/watch?v=abcdefghijk", "title": "녹화", "service": "YOUTUBE"}
    ]
    assert events["LATE01"]["links"] == []


def test_rooms_tracks_and_people_are_found_by_what_events_say_of_them(open_agenda):
    schedule = drawn(open_agenda, "en")["schedule"]
    rooms = {room["guid"] for room in schedule["conference"]["rooms"]}
    tracks = {track["slug"] for track in schedule["conference"]["tracks"]}
    people = {person["guid"] for person in schedule["persons"]}
    for event in schedule["events"]:
        assert "room" not in event or event["room"]["guid"] in rooms
        assert "track" not in event or event["track"]["slug"] in tracks
        assert {person["guid"] for person in event.get("participants", [])} <= people
    assert [day["index"] for day in schedule["conference"]["days"]] == [1, 2, 3]


def test_identifiers_are_those_of_the_other_formats_and_no_address_is_told(open_agenda, client):
    second = client.get("/ogp2021/schedule2.json").content.decode()
    first = json.loads(client.get("/ogp2021/schedule.json").content)
    for room in first["schedule"]["conference"]["rooms"]:
        assert room["guid"] in second
    assert "secret@x.example" not in second
    assert "@" not in second.replace("https://", "")


def test_a_summit_without_sessions_still_has_its_days(summit):
    conference = drawn(summit)["schedule"]["conference"]
    assert [day["date"] for day in conference["days"]] == ["2021-12-15", "2021-12-16", "2021-12-17"]


def test_a_session_outside_the_summits_days_has_a_day(summit):
    make.make_session(summit, starts_at=make.at(20, 10))
    days = drawn(summit)["schedule"]["conference"]["days"]
    assert [day["date"] for day in days][-1] == "2021-12-20"
