"""Identifiers that a file gives to several people, rooms or tracks."""

import json

import pytest
from django.utils import translation

from sessions.imports.schedules import import_schedule, open_schedule
from tests import factories as make


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def event(number, *people, room="Aula", **more):
    return {"id": number, "date": f"2021-12-15T{9 + number:02}:00:00+09:00", "duration": "1:00", "title": f"Session {number}",
            "room": room, "persons": list(people), **more}  # fmt: skip


def take_in(summit, *events, name="schedule.json", **conference):
    rooms = {}
    for one in events:
        rooms.setdefault(one["room"], []).append(one)
    document = {"schedule": {"conference": {"days": [{"date": "2021-12-15", "rooms": rooms}], **conference}}}
    return import_schedule(summit, open_schedule(name, json.dumps(document).encode()))


def on_stage(summit):
    return {str(s.title): [p.name for p in s.speakers.order_by("name")] for s in summit.sessions.all()}


ANNA_AND_BERND = {"Session 1": ["Anna Kim"], "Session 2": ["Bernd Lee"]}


@pytest.mark.parametrize(
    "known_by",
    [{"id": 7}, {"guid": "aaaaaaaa-0000-4000-8000-00000000000a"}, {"guid": "no uuid"}, {"code": "ABCDEF"}],
    ids=str,
)
def test_one_id_with_two_names_is_two_people(summit, known_by):
    events = [event(n, {"public_name": name, **known_by}) for n, name in ((1, "Anna Kim"), (2, "Bernd Lee"))]
    report = take_in(summit, *events)
    assert on_stage(summit) == ANNA_AND_BERND
    [(place, told)] = report.notes
    assert f"people with the id {next(iter(known_by.values()))}" in place
    assert "“Anna Kim”, “Bernd Lee”" in told
    assert take_in(summit, *reversed(events)).writes == 0
    assert on_stage(summit) == ANNA_AND_BERND


def test_the_same_in_frab_xml(summit):
    events = "".join(
        f'<event id="{n}"><room>Aula</room><date>2021-12-15T{9 + n:02}:00:00+09:00</date><duration>1:00</duration>'
        f'<title>Session {n}</title><persons><person id="7">{name}</person></persons></event>'
        for n, name in ((1, "Anna Kim"), (2, "Bernd Lee"))
    )
    content = f'<schedule><day date="2021-12-15"><room name="Aula">{events}</room></day></schedule>'.encode()
    report = import_schedule(summit, open_schedule("a.xml", content))
    assert on_stage(summit) == ANNA_AND_BERND
    assert [place for place, _told in report.notes] == ["a.xml, people with the id 7"]


def test_one_name_written_in_two_ways_is_one_person(summit):
    report = take_in(summit, event(1, {"name": "Anna Müller", "id": 7}), event(2, {"name": "ANNA  MULLER", "id": 7}))
    assert (summit.speakers.count(), report.notes) == (1, [])


def test_numbers_of_another_file_rename_nobody_of_quite_another_name(summit):
    take_in(summit, event(1, {"name": "Anna Kim", "id": 7}))
    take_in(summit, event(2, {"name": "Bernd Lee", "id": 7}))
    assert on_stage(summit) == ANNA_AND_BERND
    assert take_in(summit, event(2, {"name": "Bernd Lee", "id": 7})).writes == 0


def test_a_person_with_another_name_is_said_to_be_called_so_from_now_on(summit):
    take_in(summit, event(1, {"name": "Anna Kim", "id": 7}))
    report = take_in(summit, event(1, {"name": "Anna Kim-Lee Kim", "id": 7}))
    assert summit.speakers.get().name == "Anna Kim-Lee Kim"
    assert report.notes == [
        ("schedule.json, person “Anna Kim-Lee Kim”", "This person was called “Anna Kim” until now; the file has the same id for both names.")
    ]  # fmt: skip


def test_a_speaker_is_found_by_the_latin_name_however_it_is_written(summit):
    park = make.make_speaker(summit, "박수정", name_romanised="Park Su-jeong")
    report = take_in(summit, event(1, {"name": "PARK Su Jeong"}))
    assert "speakers" not in report.new
    park.refresh_from_db()
    assert (park.name, park.name_romanised) == ("박수정", "Park Su-jeong")


GUID = "bbbbbbbb-0000-4000-8000-00000000000b"


@pytest.mark.parametrize("known_by", [{"guid": GUID}, {"slug": "hall"}], ids=str)
def test_one_id_for_two_rooms_is_two_rooms(summit, known_by):
    listed = [{"name": name, **known_by} for name in ("Aula", "Bühne")]
    report = take_in(summit, event(1), event(2, room="Bühne"), rooms=listed)
    assert {str(s.title): str(s.room.name) for s in summit.sessions.all()} == {
        "Session 1": "Aula",
        "Session 2": "Bühne",
    }
    assert [(place, "“Aula”, “Bühne”" in told) for place, told in report.notes] == [
        (f"schedule.json, rooms with the id {next(iter(known_by.values()))}", True)
    ]
    assert take_in(summit, event(1), event(2, room="Bühne"), rooms=listed).writes == 0


def test_one_room_in_two_languages_is_one(summit):
    report = take_in(summit, event(1), rooms=[{"name": {"en": "Aula", "ko": "강당"}, "guid": GUID}])
    assert (summit.rooms.count(), report.notes) == (1, [])


def test_rooms_of_frab_xml_with_one_guid_stay_two(summit):
    rooms = "".join(
        f'<room name="{name}" guid="{GUID}"><event id="{n}"><title>Session {n}</title></event></room>'
        for n, name in ((1, "Aula"), (2, "Bühne"))
    )
    content = f'<schedule><day date="2021-12-15">{rooms}</day></schedule>'.encode()
    report = import_schedule(summit, open_schedule("a.xml", content))
    assert sorted(str(s.room.name) for s in summit.sessions.all()) == ["Aula", "Bühne"]
    assert [place for place, _told in report.notes] == [f"a.xml, rooms with the id {GUID}"]


def test_one_slug_for_two_tracks_is_two_tracks(summit):
    tracks = [{"name": name, "slug": "law", "color": "#123456"} for name in ("Law", "Code")]
    report = take_in(summit, event(1, track="Law"), event(2, track="Code"), tracks=tracks)
    assert {str(s.title): str(s.track.name) for s in summit.sessions.all()} == {"Session 1": "Law", "Session 2": "Code"}
    assert [place for place, _told in report.notes] == ["schedule.json, tracks with the id law"]


@pytest.mark.parametrize(
    ("track", "slug"),
    [({"name": "Open_Data"}, "open-data"), ({"name": "Law", "slug": "law_and_code"}, "law-and-code"), ({"name": "_"}, None)],
)  # fmt: skip
def test_an_underscore_in_a_track_is_a_hyphen_in_its_address(summit, track, slug):
    report = take_in(summit, event(1, track=track["name"], room="Room_1"), tracks=[track])
    assert report.refused == []
    found = summit.tracks.get()
    found.full_clean()
    summit.rooms.get(code="room-1").full_clean()
    assert str(found.name) == track["name"]
    assert slug in (None, found.slug)
