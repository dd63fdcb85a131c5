import csv
import io
import zipfile

import pytest
from django.utils import translation

from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import open_sheet, refused_file
from sessions.models import Placement, Session
from speakers.models import Organisation, Speaker
from summit.imports.table_format import Refused
from summit.models import HistoryEntry, Room, Summit
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


def sheet(*rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return open_sheet("table.csv", out.getvalue().encode())


def brought(summit, table, columns, *rows, **options):
    return import_table(
        summit,
        table,
        sheet([f"heading of {column}" for column in columns], *rows),
        columns,
        **{"dry_run": False, **options},
    )


def test_sessions_come_with_their_times_hosts_and_people(summit, organiser):
    make_track(summit), make_room(summit), make_organisation(summit), make_speaker(summit, "박수정", code="PARK01")
    columns = [
        "title.ko",
        "title.en",
        "starts_at",
        "duration",
        "room",
        "track",
        "kind",
        "hosts",
        "people",
        "interpretation",
    ]
    row = [
        "새 세션",
        "New session",
        "2021-12-16 10:00",
        "90",
        "Grand Ballroom 101",
        "시민영역",
        "워크숍",
        "행정안전부",
        "박수정 · moderator",
        "영어",
    ]
    report = brought(summit, "sessions", columns, row, by=organiser)
    assert report.refused == []
    session = Session.objects.get()
    assert (session.title.public(), session.starts_at, session.ends_at) == (
        {"ko": "새 세션", "en": "New session"}, at(16, 10), at(16, 11, 30),
    )  # fmt: skip
    assert (session.room.code, session.track.slug, session.kind, session.interpretation) == (
        "grand-101",
        "civic-space",
        "workshop",
        ["en"],
    )
    assert [h.organisation.code for h in session.hostings.all()] == ["moi"]
    assert [(a.speaker.code, a.role, a.state) for a in session.appearances.all()] == [
        ("PARK01", "moderator", "invited")
    ]
    assert not session.is_published
    assert HistoryEntry.objects.get(action="table.import").changes["new"] == [0, 1]
    # The same file again finds the session by its title and changes nothing.
    again = brought(summit, "sessions", columns, row, by=organiser)
    assert (again.new, again.changed, again.same) == ({}, {}, {"sessions": 1})


def test_a_public_session_that_moves_takes_calendars_and_stale_plans_with_it(summit):
    session = make_session(summit)
    Placement.objects.create(session=session, starts_at=at(17, 9), ends_at=at(17, 10))
    revision = Summit.objects.get().agenda_revision
    report = brought(
        summit, "sessions", ["code", "starts_at", "ends_at"], ["CIV001", "2021-12-16T10:00", "2021-12-16T11:00"]
    )
    assert report.changed == {"sessions": 1}
    held = Session.objects.get()
    assert (held.sequence, held.version, held.starts_at) == (1, 2, at(16, 10))
    assert Placement.objects.count() == 0
    assert Summit.objects.get().agenda_revision > revision


def test_one_language_leaves_the_other_and_empty_cells_change_nothing(summit):
    make_session(summit)
    brought(summit, "sessions", ["code", "title.en", "abstract.en"], ["CIV001", "Renamed", ""])
    held = Session.objects.get()
    assert held.title.public() == {"ko": "열린정부 세션 CIV001", "en": "Renamed"}
    assert held.abstract["en"] == "Citizens and government discuss together."


def test_people_are_found_by_code_address_and_name_in_this_order(summit):
    park = make_speaker(summit, "박수정", code="PARK01", email="park@people.example", version=4)
    columns = ["name", "email", "country", "biography.ko"]
    report = brought(
        summit, "people", columns, ["박 수정", "PARK@people.example", "대한민국", "약력"], ["이도", "", "Estonia", ""]
    )
    assert (report.new, report.changed) == ({"people": 1}, {"people": 1})
    park.refresh_from_db()
    assert (park.name, park.country, park.biography["ko"], park.version) == ("박 수정", "KR", "약력", 5)
    assert Speaker.objects.get(name="이도").country == "EE"


def test_organisations_and_rooms_are_found_by_name_and_made_with_an_address(summit):
    make_venue(summit)
    brought(summit, "organisations", ["name.en", "kind", "website", "contact_email"],
            ["Open Society", "Civil society", "https://example.org", "desk@example.org"])  # fmt: skip
    brought(summit, "organisations", ["name.en", "name.ko"], ["Open Society", "열린사회"])
    held = Organisation.objects.get()
    assert (held.code, held.name["ko"], held.kind, held.version) == ("open-society", "열린사회", "civil_society", 2)
    brought(summit, "rooms", ["name.ko", "capacity", "booths", "access"], ["대회의실", "300", "2", "step_free"])
    room = Room.objects.get()
    assert (room.capacity, room.booths, room.access) == (300, 2, ["step_free"])
    assert room.code.startswith("room-")


@pytest.mark.parametrize(
    ("table", "columns", "row", "reason"),
    [
        ("sessions", ["title.ko", "room"], ["가", "Nowhere"], "room"),
        ("sessions", ["title.ko", "hosts"], ["가", "Nobody"], "organisation"),
        ("sessions", ["title.ko", "people"], ["가", "Nobody"], "speaker"),
        ("sessions", ["title.ko", "starts_at", "ends_at"], ["가", "2021-12-16T11:00", "2021-12-16T10:00"], "ends before"),
        ("sessions", ["title.ko", "starts_at"], ["가", "soon"], "must be a time"),
        ("sessions", ["title.ko", "kind"], ["가", "party"], "not understood"),
        ("sessions", ["title.ko", "number"], ["가", "first"], "whole number"),
        ("sessions", ["title.ko", "language"], ["가", "Gibberish"], "not understood"),
        ("sessions", ["title.ko", "interpretation"], ["가", "Gibberish"], "not understood"),
        ("sessions", ["title.ko"], ["가" * 301], "at most 300"),
        ("sessions", ["title.ko", "code"], ["가", "lower"], "capital letters"),
        ("people", ["name", "email"], ["가", "nobody"], "email"),
        ("people", ["name", "country"], ["가", "Atlantis"], "no country"),
        ("people", ["name", "country"], ["", "KR"], "missing"),
        ("organisations", ["name.en", "website"], ["A", "javascript:alert(1)"], "website"),
        ("rooms", ["name.en", "capacity"], ["A", "-4"], "capacity"),
        ("rooms", ["name.en"], ["A"], "building"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_come_in_is_named_and_nothing_is_written(summit, table, columns, row, reason):
    if "capacity" in columns:
        make_venue(summit)
    good = ["괜찮음" if c.startswith(("title", "name")) else "" for c in columns]
    with translation.override("en"):
        report = brought(summit, table, columns, *([row] if table == "rooms" else [good, row]))
    assert Room.objects.count() == 0
    [(place, said)] = report.refused
    assert place == ("line 2" if table == "rooms" else "line 3")
    assert reason in said
    assert (Session.objects.count(), Speaker.objects.count(), Organisation.objects.count(), Room.objects.count()) == (
        0,
        0,
        0,
        0,
    )
    assert [refused["cells"] for refused in report.rows] == [row]


def test_the_good_rows_come_in_where_that_was_chosen_and_the_rest_goes_back(summit, organiser):
    columns = ["name", "country"]
    table = sheet(["이름", "국가", "비고"], ["이도", "KR", "=1+1"], ["홍길동", "Atlantis", "@x"])
    report = import_table(summit, "people", table, [*columns, ""], dry_run=False, partial=True, by=organiser)
    assert [s.name for s in Speaker.objects.all()] == ["이도"]
    back = refused_file(table.headings, report.rows).decode("utf-8-sig")
    assert "'@x" in back
    again = open_sheet("refused.csv", back.encode())
    assert again.headings[:3] == ["이름", "국가", "비고"]
    assert again.rows[0][1][:3] == ["홍길동", "Atlantis", "@x"]


def test_a_dry_run_and_a_mapping_that_cannot_work_write_nothing(summit):
    report = brought(summit, "people", ["name"], ["이도"], dry_run=True)
    assert report.new == {"people": 1}
    assert Speaker.objects.count() == 0
    for columns in (["name", "name"], ["country", ""]):
        with pytest.raises(Refused):
            brought(summit, "people", columns, ["이도", "KR"])


def test_two_of_one_name_are_told_apart_by_code_only(summit):
    make_speaker(summit, "김하나", code="KIM001")
    make_speaker(summit, "김하나", code="KIM002")
    report = brought(summit, "people", ["name", "country"], ["김하나", "KR"])
    assert "김하나" in report.refused[0][1]
    brought(summit, "people", ["code", "country"], ["KIM002", "KR"])
    assert Speaker.objects.get(code="KIM002").country == "KR"


def test_nothing_of_another_summit_is_found_or_changed(summit):
    other = make_summit("ogp2023")
    make_room(other, "hall", name={"ko": "홀"})
    foreign = make_session(other, "CIV001")
    brought(summit, "sessions", ["code", "title.ko"], ["CIV001", "여기"])
    assert Session.objects.get(pk=foreign.pk).title["ko"] == "열린정부 세션 CIV001"
    report = brought(summit, "sessions", ["title.ko", "room"], ["저기", "홀"])
    assert report.refused


@pytest.mark.parametrize(
    "content",
    [b"", b"name\n", b"\xff\xfen\x00a\x00", b"na\xffme\nx\n", b"\xd0\xcf\x11\xe0" + b"x" * 600, b"PK\x03\x04broken",
     ("name\n" + "x" * 40_000 + "\n").encode() * 2],
    ids=["empty", "only headings", "utf-16", "latin", "xls", "broken zip", "huge cell"],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_before_anything_else(content):
    with pytest.raises(Refused):
        open_sheet("table.csv", content)


def test_a_workbook_that_grows_when_it_is_opened_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (300 * 1024 * 1024))
    with pytest.raises(Refused):
        open_sheet("bomb.xlsx", out.getvalue())


def test_a_code_of_a_profile_that_was_merged_means_the_one_that_took_over(summit):
    keep = make_speaker(summit, "박수정", code="KEEP01", formerly="GONE01")
    report = brought(summit, "people", ["code", "name", "country"], ["GONE01", "박수정", "KR"])
    assert (report.refused, report.changed) == ([], {"people": 1})
    assert list(Speaker.objects.values_list("pk", "code", "country")) == [(keep.pk, "KEEP01", "KR")]
    report = brought(summit, "sessions", ["title.ko", "people"], ["새 세션", "GONE01 · moderator"])
    assert report.refused == []
    assert [a.speaker for a in Session.objects.get().appearances.all()] == [keep]


def test_a_sheet_from_before_a_merge_takes_back_nothing_that_was_chosen_then(summit):
    keep = make_speaker(summit, "박수정", code="KEEP01", formerly="GONE01", biography={"ko": "고른 약력"})
    head = ["code", "name", "country", "biography.ko"]
    report = brought(summit, "people", head, ["GONE01", "Park Sujeong", "KR", "다른 약력"])
    assert (report.refused, report.changed) == ([], {"people": 1})
    keep.refresh_from_db()
    assert (keep.name, keep.country, keep.biography["ko"]) == ("박수정", "KR", "고른 약력")
    assert brought(summit, "people", head, ["GONE01", "Park Sujeong", "KR", "다른 약력"]).same == {"people": 1}


def told(report):
    return [f"{place}: {words}" for place, words in report.notes]


def test_people_and_rooms_are_made_on_the_way_where_that_is_wished(summit):
    make_venue(summit)
    make_speaker(summit, "박수정", name_romanised="Park Su-jeong")
    columns = ["title.en", "people", "room"]
    rows = [
        ["A", "PARK Sujeong; Anna Kim", "Aula"],
        ["B", "anna kim · moderator", "aula"],
        ["C", "Bernd Lee", "Aula"],
        ["D", "", "대회의실"],
    ]
    with translation.override("en"):
        refused = brought(summit, "sessions", columns, *rows)
        assert [reason for _place, reason in refused.refused] == [
            "There is no room “Aula”.", "There is no room “aula”.", "There is no room “Aula”.", "There is no room “대회의실”.",
        ]  # fmt: skip
        report = brought(summit, "sessions", columns, *rows, make_missing=True, dry_run=True)
        assert (Session.objects.count(), Speaker.objects.count(), Room.objects.count()) == (0, 1, 0)
        report = brought(summit, "sessions", columns, *rows, make_missing=True)
    assert report.refused == []
    assert report.new == {"sessions": 4, "people": 2, "rooms": 2}
    assert sorted(s.name for s in Speaker.objects.all()) == ["Anna Kim", "Bernd Lee", "박수정"]
    assert [r.name.public() for r in Room.objects.order_by("order")] == [{"en": "Aula"}, {"ko": "대회의실"}]
    for room in Room.objects.all():
        room.full_clean()
    words = [words for words, _key in report.details]
    assert [each for each in words if "made the" in each] == [
        "line 2: made the room “Aula”", "line 2: made the speaker “Anna Kim”", "line 4: made the speaker “Bernd Lee”", "line 5: made the room “대회의실”",
    ]  # fmt: skip
    again = brought(summit, "sessions", columns, *rows, make_missing=True)
    assert (again.new, again.changed) == ({}, {})


def test_whom_a_refused_row_made_is_gone_with_it(summit):
    columns = ["title.en", "kind", "people"]
    rows = [["A", "party", "Anna Kim"], ["B", "", "Anna Kim"]]
    report = brought(summit, "sessions", columns, *rows, make_missing=True, partial=True)
    assert len(report.refused) == 1
    assert [p.name for p in Session.objects.get().speakers.all()] == ["Anna Kim"]
    rows = [["C", "", "Cy Doe; Dee Example", "Nowhere"], ["D", "", "Cy Doe", ""]]
    report = brought(summit, "sessions", [*columns, "hosts"], *rows, make_missing=True, partial=True)
    assert [p.name for p in Session.objects.get(title__en="D").speakers.all()] == ["Cy Doe"]
    assert Speaker.objects.count() == 2


def test_a_room_or_track_is_found_by_its_name_in_any_language_however_it_is_written(summit):
    make_room(summit, "aula", name={"ko": "강당", "en": "Grande Salle"})
    make_track(summit, "law", name={"ko": "법", "en": "Law & Code"})
    report = brought(summit, "sessions", ["title.en", "room", "track"], ["A", "grande  SALLE", "law & code"])
    assert report.refused == []
    assert (Session.objects.get().room.code, Session.objects.get().track.slug) == ("aula", "law")


def test_names_that_differ_only_in_writing_are_one_and_those_that_share_an_address_are_two(summit):
    make_venue(summit)
    make_organisation(summit, "open-society", name={"ko": "열린사회", "en": "Open Society"})
    long = "Ministry of the Interior and Safety of the Republic of"
    report = brought(summit, "organisations", ["name.en"], ["OPEN society"], [f"{long} Korea"], [f"{long} Kenya"])
    assert (report.refused, report.new, report.changed) == ([], {"organisations": 2}, {"organisations": 1})
    assert Organisation.objects.get(code="open-society").name.public() == {"ko": "열린사회", "en": "OPEN society"}
    assert {o.name["en"] for o in Organisation.objects.exclude(code="open-society")} == {
        f"{long} Korea",
        f"{long} Kenya",
    }
    make_room(summit, "aula-a", name={"en": "Great Hall"})
    report = brought(summit, "sessions", ["title.en", "room"], ["A", "Aula A"], make_missing=True)
    assert (report.refused, report.new) == ([], {"sessions": 1, "rooms": 1})
    assert {r.name["en"] for r in Room.objects.all()} == {"Great Hall", "Aula A"}


def test_a_person_found_by_the_latin_name_keeps_the_one_as_written(summit):
    park = make_speaker(summit, "박수정", name_romanised="Park Su-jeong", code="PARK01")
    report = brought(summit, "people", ["name", "country"], ["PARK Sujeong", "KR"])
    assert (report.refused, report.changed) == ([], {"people": 1})
    park.refresh_from_db()
    assert (park.name, park.name_romanised, park.country) == ("박수정", "Park Su-jeong", "KR")


def test_one_address_or_code_for_two_people_is_asked_about(summit):
    with translation.override("en"):
        report = brought(
            summit, "people", ["name", "email"], ["Anna Kim", "a@people.example"], ["Bernd Lee", "A@people.example"]
        )
    assert told(report) == [
        "line 3: “Anna Kim” is called “Bernd Lee” from now on, because the address or code is the same.",
        "line 3: It is about the same as line 2 (Bernd Lee), and what it says was put in its place.",
    ]


@pytest.mark.parametrize(
    ("cells", "begins"),
    [
        (["2021/12/16", "10:00", "11:00", ""], at(16, 10)),
        (["Day 2", "10:00", "", "60"], at(16, 10)),
        (["목요일", "오전 10:00", "", "1:00"], at(16, 10)),
        (["", "2021. 12. 16. 10:00", "11:00", ""], at(16, 10)),
        (["2021-12-16", "23:30", "00:30", ""], at(16, 23, 30)),
    ],
)
def test_a_day_in_a_column_of_its_own_counts(summit, cells, begins):
    report = brought(summit, "sessions", ["title.en", "date", "starts_at", "ends_at", "duration"], ["A", *cells])
    assert report.refused == []
    session = Session.objects.get()
    assert session.starts_at == begins
    assert (session.ends_at - begins).total_seconds() == 3600


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["2021-02-30", "10:00"], "“heading of date”: “2021-02-30” is in no calendar"),
        (["12/11/2021", "10:00"], "“heading of date”: “12/11/2021” can be two days"),
        (["", "10:00"], "“heading of starts_at” has an hour and no day"),
        (["2021-12-16", "25:00"], "“heading of starts_at”: no clock shows “25:00”"),
        (["2021-12-16", "#REF!"], "“heading of starts_at” holds #REF!: a formula that failed"),
    ],
)
def test_the_column_at_fault_is_named_as_the_sheet_calls_it(summit, cells, reason):
    with translation.override("en"):
        report = brought(summit, "sessions", ["title.en", "date", "starts_at"], ["A", *cells])
    assert report.refused[0][1].startswith(reason)


def test_what_lies_outside_the_days_has_no_hour_or_repeats_a_row_is_named(summit):
    columns = ["code", "title.en", "date", "starts_at", "ends_at"]
    with translation.override("en"):
        report = brought(
            summit, "sessions", columns, ["AAA001", "A", "2022-01-16", "10:00", "11:00"],
            ["BBB001", "B", "2021-12-16", "", ""], ["AAA001", "Another", "", "", ""],
        )  # fmt: skip
    assert report.refused == []
    assert told(report) == [
        "line 2: It begins on 2022-01-16, outside the days of the summit (2021-12-15 to 2021-12-17). Correct the day, or the days in the settings.",
        "line 3: It has a day and no hour, so its time stays open.",
        "line 4: It is about the same as line 2 (Another), and what it says was put in its place.",
    ]


def test_no_message_of_a_row_speaks_python(summit):
    with translation.override("en"):
        report = brought(summit, "sessions", ["title.en", "number"], ["A", "9" * 40])
    [(_place, reason)] = report.refused
    assert not any(word in reason for word in ("int", "NoneType", "Python", "Error"))
