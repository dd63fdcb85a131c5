import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from summit.imports.loaders import a_date, a_moment, loaders_for
from summit.imports.table_format import Refused, Row, run
from summit.models import ActionPlan, CommitteeMember, MemberGovernment, Page, Room, Summit

SUMMIT = {
    "code": "ogp2027",
    "name": {"ko": "서밋", "en": "Summit"},
    "starts_on": "2027-05-10",
    "ends_on": "2027-05-12",
    "time_zone": "Europe/Tallinn",
}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def load(to, tables):
    first = next(iter(tables))
    content = json.dumps({"format": first, "version": 1, **tables}).encode()
    return run([("file.json", content)], loaders_for(to))


def test_a_summit_comes_with_its_venues_and_rooms(db):
    report = load(
        None,
        {
            "summit": SUMMIT,
            "rooms": [{"code": "hall-1", "venue": "city-hall", "name": {"ko": "홀"}, "capacity": 200}],
            "venues": [{"code": "city-hall", "name": {"en": "City hall"}, "country": "EE"}],
        },
    )
    assert report.refused == []
    assert report.new == {"summit": 1, "venues": 1, "rooms": 1}
    made = Summit.objects.get(code="ogp2027")
    assert (made.starts_on, made.ends_on, made.time_zone) == (date(2027, 5, 10), date(2027, 5, 12), "Europe/Tallinn")
    assert Room.objects.get().venue.summit == made


@pytest.mark.parametrize(
    "change",
    [
        {"code": "x"},
        {"code": "admin"},
        {"code": ["ogp2027"]},
        {"starts_on": "10.5.2027"},
        {"starts_on": "2027-05-13"},
        {"starts_on": ["2027-05-10"]},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "EST5EDT4"},
        {"time_zone": {"a": 1}},
        {"mode": "virtual"},
        {"languages": []},
        {"languages": "ko"},
        {"languages": ["ko", "xx"]},
        {"languages": [["ko"]]},
        {"languages": {"ko": "en"}},
        {"contact_email": "nobody"},
        {"name": {}},
        {"name": "Summit"},
        {"name": {"ko": "x" * 301}},
    ],
)
def test_a_summit_with_a_wrong_value_is_refused(db, change):
    report = load(None, {"summit": {**SUMMIT, **change}})
    assert [place for place, _reason in report.refused] == ["file.json, summit[1]"]
    assert not Summit.objects.exists()


def test_nothing_is_hung_on_another_summit_where_the_file_brings_none(summit):
    report = load(None, {"pages": [{"slug": "about", "section": "ogp", "title": {"ko": "소개"}}]})
    [(place, reason)] = report.refused
    assert place == "file.json, pages[1]"
    assert "summit" in reason
    assert not Page.objects.filter(slug="about").exists()


@pytest.mark.parametrize(
    "row",
    [
        {"code": "r1", "name": {"ko": "방"}},
        {"code": "r1", "name": {"ko": "방"}, "venue": "nowhere"},
        {"code": "r1", "name": {"ko": "방"}, "venue": ["coex"]},
        {"code": "r1", "name": {"ko": "방"}, "venue": "coex", "capacity": "many"},
        {"code": "r1", "name": {"ko": "방"}, "venue": "coex", "capacity": -1},
        {"code": "r1", "name": {"ko": "방"}, "venue": "coex", "capacity": 2.5},
        {"code": "r1", "name": {"ko": "방"}, "venue": "coex", "capacity": 10**30},
        {"code": "r1", "name": {"ko": "방"}, "venue": "coex", "capacity": [3]},
        {"code": "r1", "name": {"ko": "방"}, "venue": "coex", "order": "first"},
        {"code": "Room 1", "name": {"ko": "방"}, "venue": "coex"},
    ],
)
def test_a_room_with_a_wrong_value_is_refused(summit, row):
    from tests.factories import make_venue

    make_venue(summit, "coex")
    assert [place for place, _reason in load(summit, {"rooms": [row]}).refused] == ["file.json, rooms[1]"]
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("pages", {"slug": "about", "title": {"ko": "소개"}}),
        ("pages", {"slug": "about", "section": "blog", "title": {"ko": "소개"}}),
        ("pages", {"slug": "About us", "section": "ogp", "title": {"ko": "소개"}}),
        ("membership_figures", {"year": "MMXXI", "national": 1, "local": 2}),
        ("membership_figures", {"year": 2021, "national": -1, "local": 2}),
        ("membership_figures", {"year": [2021], "national": 1, "local": 2}),
        ("membership_figures", {"year": 2021, "national": "77.5", "local": 2}),
        ("membership_figures", {"year": 10**20, "national": 1, "local": 2}),
        ("members", {"country": "KOR", "name": {"ko": "대한민국"}}),
        ("members", {"country": ["KR"], "name": {"ko": "대한민국"}}),
        ("chairs", {"order": "first", "country": "BR", "name": {"en": "Brazil"}}),
        ("committee_terms", {"number": 3, "members": ["김"]}),
        ("committee_terms", {"number": 3, "members": {"name": "김"}}),
        ("committee_terms", {"number": 3, "members": [{"order": 1}]}),
        ("committee_terms", {"members": [{"order": 1, "name": "김"}]}),
        ("action_plans", {"number": 6}),
        ("action_plans", {"number": 6, "name": {"ko": "제6차"}, "steps": [5]}),
        (
            "action_plans",
            {"number": 6, "name": {"ko": "제6차"}, "commitments": [{"number": 1, "ministries": ["부처"]}]},
        ),
    ],
)
def test_rows_of_pages_and_the_register_with_wrong_values_are_refused(summit, table, row):
    before = Page.objects.count()
    report = load(summit, {table: [row]})
    assert [place for place, _reason in report.refused] == [f"file.json, {table}[1]"]
    assert Page.objects.count() == before
    assert not CommitteeMember.objects.exists()
    assert not ActionPlan.objects.exists()


def test_members_are_national_and_local_and_keep_what_a_file_does_not_say(summit):
    rows = [
        {"country": "KR", "name": {"en": "Korea"}, "joined": "2011", "standing": "active"},
        {"country": "KR", "local_code": "seoul", "name": {"en": "Seoul"}, "joined": 2016},
    ]
    load(summit, {"members": rows})
    load(summit, {"members": [{"country": "KR", "name": {"en": "Republic of Korea"}}]})
    found = MemberGovernment.objects.values_list("local_code", "joined", "standing")
    assert list(found) == [("", 2011, "active"), ("seoul", 2016, "")]
    refused = load(summit, {"members": [{"country": "FR", "name": {"en": "France"}, "standing": "maybe"},
                                        {"country": "FR", "name": {"en": "France"}, "joined": "soon"}]}).refused  # fmt: skip
    assert len(refused) == 2


def test_members_keep_the_order_of_the_file(summit):
    rows = [{"country": code, "name": {"en": code}, "founding": code != "KR"} for code in ("US", "BR", "KR")]
    load(summit, {"members": rows})
    load(summit, {"members": rows[::-1]})
    assert list(MemberGovernment.objects.values_list("country", "founding")) == [
        ("US", True),
        ("BR", True),
        ("KR", False),
    ]


@pytest.mark.parametrize("value", ["15.12.2021", "2021-13-01", "yesterday", 5.5, ["2021-12-15"]])
def test_a_date_is_written_as_iso(value):
    with pytest.raises(Refused, match="starts_on"):
        a_date(Row("line 2", {"starts_on": value}), "starts_on")


def moment(value, zone="Asia/Seoul"):
    return a_moment(Row("line 2", {"at": value}), "at", Summit(time_zone=zone))


def test_a_moment_without_an_offset_is_wall_time_of_the_summit():
    assert moment("2021-12-15T10:00") == datetime(2021, 12, 15, 1, tzinfo=UTC)
    assert moment("2021-12-15T10:00+02:00") == datetime(2021, 12, 15, 8, tzinfo=UTC)
    assert moment("") is None
    assert moment(None) is None


@pytest.mark.parametrize("value", ["10 o'clock", "2021-12-15T25:00", ["2021-12-15T10:00"], {"a": 1}, True])
def test_a_moment_that_is_none_is_refused(value):
    with pytest.raises(Refused, match="at"):
        moment(value)


def test_an_hour_that_the_clock_skips_is_refused():
    with pytest.raises(Refused, match="Europe/Tallinn"):
        moment("2027-03-28T03:30", "Europe/Tallinn")
    assert moment("2027-03-28T02:59", "Europe/Tallinn") == datetime(2027, 3, 28, 0, 59, tzinfo=UTC)
    assert moment("2027-03-28T04:00", "Europe/Tallinn") == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_the_first_of_them():
    assert moment("2027-10-31T03:30", "Europe/Tallinn") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_pages_brought_in_by_command_show_at_once(summit, tmp_path):
    path = tmp_path / "pages.json"
    row = {"slug": "about", "section": "ogp", "title": {"ko": "소개"}}
    path.write_text(json.dumps({"format": "pages", "version": 1, "pages": [row]}), encoding="utf-8")
    before = summit.agenda_revision
    call_command("import_summit", path, summit=summit.code, verbosity=0)
    summit.refresh_from_db()
    assert summit.agenda_revision > before


def test_importing_the_summit_itself_raises_its_revision(db, tmp_path):
    path = tmp_path / "summit.json"
    path.write_text(json.dumps({"format": "summit", "version": 1, "summit": SUMMIT}), encoding="utf-8")
    call_command("import_summit", path, verbosity=0)
    first = Summit.objects.get().agenda_revision
    path.write_text(
        json.dumps({"format": "summit", "version": 1, "summit": {**SUMMIT, "mode": "online"}}), encoding="utf-8"
    )
    call_command("import_summit", path, verbosity=0)
    assert Summit.objects.get().agenda_revision > first


def test_a_refused_summit_leaves_no_rooms_on_another(summit, tmp_path):
    path = tmp_path / "summit.json"
    document = {
        "format": "summit",
        "version": 1,
        "summit": {**SUMMIT, "mode": "?"},
        "venues": [{"code": "hall", "name": {"ko": "홀"}}],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CommandError, match="2 rows"):
        call_command("import_summit", path, verbosity=0, stdout=StringIO())
    assert not summit.venues.exists()
