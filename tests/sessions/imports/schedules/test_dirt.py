"""Files as they are found in the wild come in, and what was made of them is said."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from django.utils import translation

from sessions.imports.schedules import import_schedule, open_schedule
from sessions.models import Appearance
from speakers.models import Speaker
from tests import factories as make

FILES = Path(__file__).parent / "files"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def take_in(summit, name, **options):
    report = import_schedule(summit, open_schedule(name, (FILES / name).read_bytes()), **options)
    assert report.refused == []
    return report


def said(report, words):
    return [place for place, text in report.notes if words in text]


@pytest.mark.parametrize("name", ["old-frab.xml", "pretalx.json", "swapcard.csv", "foreign.ics"])
def test_a_second_time_changes_nothing(summit, name):
    first = take_in(summit, name)
    revision = summit.agenda_revision
    assert first.new["sessions"] > 0
    again = take_in(summit, name)
    assert (again.writes, again.gone, again.new_sessions, again.changed_sessions) == (0, [], [], [])
    assert summit.agenda_revision == revision


@pytest.mark.parametrize("name", ["old-frab.xml", "pretalx.json", "swapcard.csv", "foreign.ics"])
def test_everything_that_came_in_is_valid(summit, name):
    take_in(summit, name)
    for rows in (summit.sessions, summit.rooms, summit.tracks, summit.speakers, summit.organisations):
        for row in rows.all():
            row.full_clean()
    for session in summit.sessions.all():
        for row in (*session.materials.all(), *session.appearances.all()):
            row.full_clean()


def test_an_old_frab_file_gets_dates_ids_and_languages(summit):
    report = take_in(summit, "old-frab.xml")
    assert report.new["sessions"] == 4
    sessions = {str(session.title): session for session in summit.sessions.all()}
    first = sessions["Registers & keys"]
    assert first.guid == uuid5(summit.guid, "id:17")
    assert (first.starts_at, first.ends_at) == (make.at(15, 23, 30), make.at(16, 1, 45))
    assert first.abstract["en"] == "**Who owns what**\n\nOwnership **registers**\n\n- one\n- two\n\nMore of it."
    assert first.language == "en"
    night = sessions["Night walk"]
    assert (night.starts_at, night.ends_at - night.starts_at) == (make.at(16, 1, 45), timedelta(minutes=15))
    assert night.language == "de"
    assert sessions["The same number again"].track.name == {"en": "Law"}
    assert len(said(report, "became a session of its own")) == 2
    assert len(said(report, "15 minutes were taken")) == 1
    assert len(said(report, "“Klingonese” was read as")) == 1


def test_two_people_of_one_name_stay_two_and_nobody_without_a_name_comes(summit):
    report = take_in(summit, "old-frab.xml")
    assert [s.name for s in Speaker.objects.all()] == ["Ada Example", "Ada Example"]
    assert Appearance.objects.count() == 2
    assert said(report, "without a name") == ["old-frab.xml, line 15 (event 17)"]


def test_links_are_made_whole_or_left_out(summit):
    report = take_in(summit, "old-frab.xml")
    session = summit.sessions.get(guid=uuid5(summit.guid, "id:17"))
    assert [(m.url, m.kind) for m in session.materials.all()] == [
        ("https://open-data.example/2021/papers/registers.html", "link"),
        ("https://www.registers.example/about", "link"),
        ("https://youtu.be/dQw4w9WgXcQ", "recording"),
        ("https://open-data.example/system/slides.pdf", "slides"),
    ]
    assert len(said(report, "is no web address")) == 1


def test_pretalx_with_utc_times_and_a_zone_names_per_language_and_numbers_for_texts(summit):
    report = take_in(summit, "pretalx.json")
    law = summit.sessions.get(guid=UUID("aaaaaaaa-0000-4000-8000-000000000001"))
    assert law.starts_at == datetime(2021, 12, 15, 9, tzinfo=UTC)
    assert (law.code, law.kind, law.language, law.do_not_record) == ("QWERTY", "workshop", "en", True)
    assert law.abstract == {"en": "Line one.\n\nLine two with \u00a0space."}
    assert law.room.name == {"en": "Aula", "ko": "강당"}
    assert law.room.capacity == 400
    assert [m.url for m in law.materials.all()] == ["https://pretalx.example/summit/talk/QWERTY"]
    late = summit.sessions.get(guid=uuid5(summit.guid, "no-uuid-at-all"))
    assert late.title == {"en": "Late", "ko": "늦은 시간"}
    assert late.starts_at == datetime(2021, 12, 15, 22, 30, tzinfo=UTC)
    long = summit.sessions.get(guid=UUID("aaaaaaaa-0000-4000-8000-000000000003"))
    assert long.ends_at - long.starts_at == timedelta(hours=24)
    assert str(long.title) == "A very long night"
    assert said(report, "longer than 24 hours")
    assert {t.slug: t.colour for t in summit.tracks.all()}["law"] == "#ff00aa"
    assert summit.tracks.get(slug="code").colour != "red"


def test_nothing_of_an_e_mail_address_is_kept(summit):
    """pretalx and frab make a person's guid from the address; it could be guessed back from the guid."""
    take_in(summit, "pretalx.json")
    ada = Speaker.objects.get(code="ABCDEF")
    assert ada.guid == uuid5(summit.guid, "person:guid:cf7b3cc8-0d41-5ea5-9f9e-4d1a4a4c6a55")
    assert ada.email == ""
    assert ada.biography == {"en": "Writes *law*."}
    take_in(summit, "foreign.ics")
    assert not Speaker.objects.exclude(email="").exists()


def test_a_sheet_with_swapcards_columns(summit):
    make.make_organisation(summit, "a", name={"en": "Ministry A"})
    report = take_in(summit, "swapcard.csv")
    opening = summit.sessions.get(guid=uuid5(summit.guid, "ext-1"))
    assert opening.title == {"ko": "개회식", "en": "Opening; with semicolon"}
    assert (opening.starts_at, opening.ends_at) == (make.at(15, 9), make.at(15, 10, 30))
    assert (opening.kind, opening.mode, opening.language) == ("ceremony", "hybrid", "en")
    assert [o.code for o in opening.hosts.all()] == ["a"]
    assert [s.name for s in opening.speakers.all()] == ["Kim Minsu"]
    night = summit.sessions.get(guid=uuid5(summit.guid, "ext-2"))
    assert (night.starts_at, night.ends_at) == (make.at(16, 23), make.at(17, 1))
    assert (night.mode, night.language, night.track) == ("online", "ko", None)
    assert said(report, "“Private” is not read") == ["swapcard.csv, line 1"]


def test_a_calendar_with_windows_zones_days_and_endless_rules(summit):
    make.make_room(summit, "aula", name={"en": "Aula"})
    report = take_in(summit, "foreign.ics")
    law = summit.sessions.get(guid=UUID("aaaaaaaa-0000-4000-8000-000000000009"))
    assert (law.starts_at, law.room.code, law.track.slug) == (datetime(2021, 12, 15, 8, tzinfo=UTC), "aula", "law")
    assert str(law.title) == "Coffee, then law"
    assert law.abstract["en"] == "Text with **tags**\nand lines"
    night = summit.sessions.get(guid=uuid5(summit.guid, "opaque-17"))
    assert (night.starts_at, night.ends_at) == (make.at(15, 23), make.at(16, 2))
    assert night.is_cancelled
    day = summit.sessions.get(guid=uuid5(summit.guid, "all-day"))
    assert (day.mode, day.room, day.ends_at - day.starts_at) == ("online", None, timedelta(days=1))
    zero = summit.sessions.get(guid=uuid5(summit.guid, "local"))
    assert (zero.starts_at, zero.ends_at) == (datetime(2021, 12, 16, 9, tzinfo=UTC), datetime(2021, 12, 16, 9, 15, tzinfo=UTC))  # fmt: skip
    assert len(said(report, "repeats")) == 1


def test_the_widget_of_pretalx_is_read(summit):
    widget = b"""{"timezone": "Asia/Seoul", "rooms": [{"id": 1, "name": {"en": "Aula"}, "description": {}}],
      "tracks": [{"id": 7, "name": {"en": "Law"}, "color": "#123456"}], "speakers": [{"code": "ABCDEF", "name": "Ada Example"}],
      "talks": [{"code": "QWERTY", "id": 1, "title": "Law as code", "abstract": "", "speakers": ["ABCDEF", "GONE00"], "track": 7, "room": 1,
                 "start": "2021-12-15T10:00:00+09:00", "end": "2021-12-15T11:00:00+09:00", "duration": 60},
                {"id": 2, "title": {"en": "Lunch"}, "start": "2021-12-15T12:00:00+09:00", "end": "2021-12-15T13:00:00+09:00", "room": 1}]}"""
    report = import_schedule(summit, open_schedule("schedule.json", widget))
    assert report.refused == []
    talk = summit.sessions.get(code="QWERTY")
    assert (talk.starts_at, talk.track.colour, talk.room.code) == (make.at(15, 10), "#123456", "aula")
    assert [speaker.code for speaker in talk.speakers.all()] == ["ABCDEF"]
    assert summit.sessions.get(kind="break").title == {"en": "Lunch"}
