"""Tracks and sessions from files: what comes in, what is refused, what calendars notice."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from sessions.imports.loaders import loaders_for
from sessions.models import Session, Track
from summit.imports.table_format import run
from tests.factories import at, make_organisation, make_room, make_speaker, make_summit, make_track

SESSION = {
    "code": "DIG001",
    "number": 9,
    "track": "digital",
    "kind": "workshop",
    "mode": "hybrid",
    "title": {"ko": "데이터로 여는 정부", "en": "Government opened by data"},
    "abstract": {"ko": "요약입니다.", "en": "A summary."},
    "language": "ko",
    "interpretation": ["en"],
    "starts_at": "2021-12-15T10:00",
    "ends_at": "2021-12-15T11:30",
    "room": "grand-101",
    "hosts": ["moi", "nih"],
    "people": [
        {"speaker": "p00001", "affiliation": {"ko": "서울대학교"}, "job_title": {"ko": "교수"}},
        {"speaker": "p00002", "role": "moderator"},
    ],
    "materials": [
        {"kind": "recording", "url": "https://youtu.be/dQw4w9WgXcQ", "title": {"ko": "영상"}, "confirmed": True}
    ],
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def ready(summit):
    """A summit with everything the session refers to."""
    make_track(summit, "digital")
    make_room(summit)
    make_organisation(summit)
    make_organisation(summit, "nih", name={"ko": "국립보건원"})
    for code in ("p00001", "p00002"):
        make_speaker(summit, f"사람 {code}", code=code)
    return summit


def load(summit, *rows, kind="sessions"):
    content = json.dumps({"format": kind, "version": 1, kind: list(rows)}).encode()
    return run([(f"{kind}.json", content)], loaders_for(summit))


def test_a_session_comes_with_hosts_people_and_recording(ready):
    report = load(ready, SESSION)
    assert report.refused == []
    assert report.new == {"sessions": 1, "hostings": 2, "appearances": 2, "materials": 1}
    session = Session.objects.get()
    assert (session.starts_at, session.ends_at) == (at(15, 10), at(15, 11, 30))
    assert (session.number, session.kind, session.track.slug, session.room.code) == (
        9,
        "workshop",
        "digital",
        "grand-101",
    )
    assert [hosting.organisation.code for hosting in session.hostings.all()] == ["moi", "nih"]
    assert [(a.speaker.code, a.role, str(a.affiliation)) for a in session.appearances.all()] == [
        ("p00001", "speaker", "서울대학교"),
        ("p00002", "moderator", ""),
    ]
    assert session.materials.get().confirmed
    assert not session.is_published


def test_importing_twice_changes_nothing_not_even_a_moment(ready):
    load(ready, SESSION)
    before = Session.objects.get()
    report = load(ready, SESSION)
    after = Session.objects.get()
    assert (report.new, report.changed) == ({}, {})
    assert report.same == {"sessions": 1, "hostings": 2, "appearances": 2, "materials": 1}
    assert (after.guid, after.sequence, after.updated_at) == (before.guid, 0, before.updated_at)


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": "2021-12-15T10:30"},
        {"ends_at": "2021-12-15T12:00"},
        {"room": "grand-102"},
        {"room": ""},
        {"starts_at": "", "ends_at": ""},
        {"starts_at": "2021-12-15T10:00+00:00", "ends_at": "2021-12-15T11:00+00:00"},
    ],
)
def test_sequence_rises_when_time_or_room_change(ready, change):
    make_room(ready, "grand-102")
    load(ready, SESSION)
    before = Session.objects.get()
    load(ready, {**SESSION, **change})
    after = Session.objects.get()
    assert after.sequence == 1
    assert after.updated_at > before.updated_at
    assert after.guid == before.guid


@pytest.mark.parametrize(
    "change",
    [
        {"title": {"ko": "새 제목", "en": "A new title"}},
        {"abstract": {}},
        {"hosts": ["nih", "moi"]},
        {"hosts": ["moi"]},
        {"people": []},
        {"people": SESSION["people"][:1]},
        {"people": [{"speaker": "p00001", "affiliation": {"ko": "다른 곳"}}, SESSION["people"][1]]},
        {"materials": [{"kind": "slides", "url": "https://ogp.example/a.pdf"}]},
    ],
)
def test_other_changes_are_a_new_revision_but_move_nobody(ready, change):
    load(ready, SESSION)
    before = Session.objects.get()
    load(ready, {**SESSION, **change})
    after = Session.objects.get()
    assert after.sequence == 0
    assert after.updated_at > before.updated_at


def test_the_same_moment_written_otherwise_is_no_change(ready):
    load(ready, SESSION)
    report = load(ready, {**SESSION, "starts_at": "2021-12-15T01:00:00Z", "ends_at": "2021-12-15T03:30:00+01:00"})
    assert report.changed == {}
    assert Session.objects.get().sequence == 0


def test_a_moment_in_the_hour_that_comes_twice_is_no_change_either(db):
    summit = make_summit(time_zone="Europe/Tallinn")
    row = {"code": "TWO001", "title": {"en": "x"}, "starts_at": "2027-10-31T03:30", "ends_at": "2027-10-31T05:00"}
    load(summit, row)
    assert load(summit, row).same == {"sessions": 1}
    assert Session.objects.get().starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_a_file_without_people_or_hosts_leaves_them(ready):
    load(ready, SESSION)
    load(ready, {key: value for key, value in SESSION.items() if key not in {"people", "hosts", "materials"}})
    session = Session.objects.get()
    assert (session.hostings.count(), session.appearances.count(), session.materials.count()) == (2, 2, 1)


def test_who_is_no_longer_in_the_file_is_no_longer_in_the_session(ready):
    load(ready, SESSION)
    load(ready, {**SESSION, "people": SESSION["people"][1:], "hosts": []})
    session = Session.objects.get()
    assert [a.speaker.code for a in session.appearances.all()] == ["p00002"]
    assert not session.hostings.exists()


def test_a_file_that_does_not_speak_of_seats_or_access_leaves_them(ready):
    told = {"seats": 40, "access": ["captions"], "featured": True, "plain_summary": {"en": "In short."}}
    load(ready, {**SESSION, **told})
    load(ready, SESSION)
    session = Session.objects.get()
    assert (session.seats, session.access, session.featured) == (40, ["captions"], True)
    assert session.plain_summary.in_language("en") == "In short."
    load(ready, {**SESSION, "seats": "", "access": []})
    session.refresh_from_db()
    assert (session.seats, session.access) == (None, [])


@pytest.mark.parametrize("access", [["loud"], "captions;loud", [1], [None]])
def test_an_access_fact_that_is_none_is_refused(ready, access):
    report = load(ready, {**SESSION, "access": access})
    assert len(report.refused) == 1
    assert not Session.objects.exists()


def test_one_person_may_have_two_roles(ready):
    load(ready, {**SESSION, "people": [{"speaker": "p00001"}, {"speaker": "p00001", "role": "opening"}]})
    assert [a.role for a in Session.objects.get().appearances.all()] == ["speaker", "opening"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"code": ""}, "code"),
        ({"code": "DIG1"}, "code"),
        ({"code": "dig001"}, "code"),
        ({"code": ["DIG001"]}, "code"),
        ({"code": {"a": 1}}, "code"),
        ({"number": "nine"}, "number"),
        ({"number": 9.5}, "number"),
        ({"number": -1}, "number"),
        ({"number": [9]}, "number"),
        ({"number": 10**30}, ""),
        ({"track": "nothing"}, "track"),
        ({"track": ["digital"]}, "track"),
        ({"track": {"slug": "digital"}}, "track"),
        ({"room": "nowhere"}, "room"),
        ({"room": 5}, "room"),
        ({"kind": "talk"}, "kind"),
        ({"kind": ["workshop"]}, "kind"),
        ({"mode": "virtual"}, "mode"),
        ({"title": "제목"}, "language"),
        ({"title": {}}, "title"),
        ({"title": ["제목"]}, ""),
        ({"title": {"ko": 5}}, ""),
        ({"title": {"ko": "가" * 301}}, "title"),
        ({"title": {"ko": "\ud800"}}, ""),
        ({"title": {"ko": "a\x00b"}}, ""),
        ({"abstract": "words"}, "language"),
        ({"language": "a language with a long name"}, "language"),
        ({"language": ["ko"]}, "language"),
        ({"interpretation": [{"a": 1}]}, "interpretation"),
        ({"interpretation": [["en"]]}, "interpretation"),
        ({"interpretation": {"en": 1}}, "interpretation"),
        ({"starts_at": "ten"}, "starts_at"),
        ({"starts_at": ["2021-12-15T10:00"]}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00"}, ""),
        ({"starts_at": ""}, "ends"),
        ({"ends_at": None}, "ends"),
        ({"ends_at": "2021-12-15T10:00"}, "ends"),
        ({"ends_at": "2021-12-15T09:00"}, "ends"),
        ({"ends_at": "2021-12-17T09:00"}, "24"),
        ({"hosts": ["nobody"]}, "organisation"),
        ({"hosts": [None]}, "hosts"),
        ({"hosts": [{"code": "moi"}]}, "hosts"),
        ({"hosts": {"moi": 1}}, "hosts"),
        ({"people": ["p00001"]}, "people"),
        ({"people": [{"speaker": "p99999"}]}, "speaker"),
        ({"people": [{"speaker": ["p00001"]}]}, "speaker"),
        ({"people": [{}]}, "speaker"),
        ({"people": [{"speaker": "p00001", "role": "star"}]}, "role"),
        ({"people": [{"speaker": "p00001", "role": ["speaker"]}]}, "role"),
        ({"people": [{"speaker": "p00001", "affiliation": "서울대학교"}]}, "language"),
        ({"materials": [{"kind": "recording"}]}, "url"),
        ({"materials": [{"kind": "film", "url": "https://ogp.example/"}]}, "kind"),
        ({"materials": [{"kind": "link", "url": "javascript:alert(1)"}]}, "url"),
        ({"materials": [{"kind": "link", "url": ["https://ogp.example/"]}]}, "url"),
        ({"materials": ["https://ogp.example/"]}, "materials"),
    ],
)
def test_a_wrong_value_is_refused_with_its_reason_and_nothing_stays(ready, change, word):
    report = load(ready, {"code": "OKAY01", "title": {"ko": "괜찮은 세션"}}, {**SESSION, **change})
    [(place, reason)] = report.refused
    assert place == "sessions.json, sessions[2]"
    assert word in reason
    assert not Session.objects.exists()


def test_an_hour_the_clock_skips_is_refused(db):
    summit = make_summit(time_zone="Europe/Tallinn")
    row = {"code": "GAP001", "title": {"en": "x"}, "starts_at": "2027-03-28T03:30", "ends_at": "2027-03-28T05:00"}
    [(_place, reason)] = load(summit, row).refused
    assert "does not exist in Europe/Tallinn" in reason


def test_references_reach_into_no_other_summit(ready):
    other = make_summit("ogp2023")
    make_track(other, "elsewhere")
    make_organisation(other, "stranger")
    for change in ({"track": "elsewhere"}, {"hosts": ["stranger"]}):
        assert len(load(ready, {**SESSION, **change}).refused) == 1


def test_sessions_can_come_as_csv(ready, tmp_path):
    path = tmp_path / "sessions.csv"
    path.write_text(
        "code,track,title.ko,title.en,starts_at,ends_at,room,hosts,interpretation,do_not_record\n"
        'DIG001,digital,"데이터, 정부",Data,2021-12-15T10:00,2021-12-15T11:30,grand-101,moi; nih,en,1\n'
        "DIG002,,둘째,,,,,,,\n",
        encoding="utf-8-sig",
    )
    out = StringIO()
    call_command("import_agenda", path, summit="ogp2021", stdout=out)
    assert out.getvalue().splitlines() == [
        "sessions: 2 new, 0 changed, 0 unchanged",
        "hostings: 2 new, 0 changed, 0 unchanged",
    ]
    first, second = Session.objects.order_by("code")
    assert first.title == {"ko": "데이터, 정부", "en": "Data"}
    assert (first.interpretation, first.do_not_record) == (["en"], True)
    assert (second.starts_at, second.track, second.do_not_record) == (None, None, False)
    call_command("import_agenda", path, summit="ogp2021", stdout=out)
    assert "sessions: 0 new, 0 changed, 2 unchanged" in out.getvalue()


def test_a_refused_line_of_a_csv_is_named(ready, tmp_path):
    path = tmp_path / "sessions.csv"
    path.write_text("code,title.ko,track\nDIG001,가,\nDIG002,나,nothing\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match="1 rows were refused"):
        call_command("import_agenda", path, summit="ogp2021", stdout=out)
    assert "sessions.csv, line 3" in out.getvalue()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        {"name": {"ko": "디지털"}, "colour": "#12705b"},
        {"slug": "digital", "colour": "#12705b"},
        {"slug": "digital", "name": {"ko": "디지털"}},
        {"slug": "digital", "name": {"ko": "디지털"}, "colour": "green"},
        {"slug": "digital", "name": {"ko": "디지털"}, "colour": "#12705b;}"},
        {"slug": "Digital", "name": {"ko": "디지털"}, "colour": "#12705b"},
        {"slug": "digital", "name": {"ko": "디" * 81}, "colour": "#12705b"},
        {"slug": "digital", "name": {"ko": "디지털"}, "colour": "#12705b", "order": "last"},
        {"slug": "digital", "name": {"ko": "디지털"}, "colour": "#12705b", "order": 10**30},
    ],
)
def test_a_track_with_a_wrong_value_is_refused(summit, row):
    assert len(load(summit, row, kind="tracks").refused) == 1
    assert not Track.objects.exists()


def test_a_person_is_known_by_the_code_of_a_profile_that_was_merged(ready):
    keep = make_speaker(ready, code="KEEP01", formerly="GONE01")
    assert load(ready, {**SESSION, "people": [{"speaker": "GONE01"}]}).refused == []
    assert [a.speaker for a in Session.objects.get().appearances.all()] == [keep]
