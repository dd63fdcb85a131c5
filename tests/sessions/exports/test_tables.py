"""CSV and the workbook, read back by other readers and by our own import."""

import csv
import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from sessions.exports import tables
from sessions.exports.public import read_public
from sessions.imports.loaders import loaders_for as session_loaders
from sessions.models import Session
from speakers.imports import loaders_for as people_loaders
from summit.imports import table_format
from summit.imports.loaders import loaders_for as summit_loaders
from summit.lib import spreadsheets
from summit.models import Summit
from tests import factories as make
from tests.sessions.exports.conftest import CHANGED


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def book(summit, title="제목"):
    content = spreadsheets.as_workbook(tables.all_tables(read_public(summit)), title=title, changed_at=CHANGED)
    return content, load_workbook(io.BytesIO(content))


@pytest.mark.parametrize(("name", "draw"), [("sessions.csv", tables.sessions), ("speakers.csv", tables.speakers),
                                            ("organisations.csv", tables.organisations), ("rooms.csv", tables.rooms)])  # fmt: skip
def test_a_table_is_byte_for_byte_what_it_was(open_agenda, golden, name, draw):
    content = spreadsheets.as_csv(draw(read_public(open_agenda)))
    assert content.startswith("\ufeff".encode())
    golden(name, content)


def test_only_the_public_stands_in_the_tables(open_agenda):
    public = read_public(open_agenda)
    everything = "".join(spreadsheets.as_csv(table).decode() for table in tables.all_tables(public))
    assert [row["code"] for row in rows(spreadsheets.as_csv(tables.sessions(public)))] == [
        "CIV001",
        "BREAK1",
        "LATE01",
        "NOTIME",
    ]
    assert [row["key"] for row in rows(spreadsheets.as_csv(tables.speakers(public)))] == ["P001", "P002"]
    for hidden in ("SECRET", "P999", "아직 비밀", "hidden", "secret@x.example", "vimeo.com"):
        assert hidden not in everything


def test_who_declined_is_in_no_table(open_agenda):
    open_agenda.sessions.get(code="CIV001").appearances.filter(speaker__code="P002").update(state="declined")
    public = read_public(open_agenda)
    assert [row["key"] for row in rows(spreadsheets.as_csv(tables.speakers(public)))] == ["P001"]
    assert [row["speaker"] for row in rows(spreadsheets.as_csv(tables.appearances(public)))] == ["P001"]


def test_times_have_the_offset_of_the_summit_and_after_midnight_their_own_date(open_agenda):
    found = {row["code"]: row for row in rows(spreadsheets.as_csv(tables.sessions(read_public(open_agenda))))}
    assert found["CIV001"]["starts_at"] == "2021-12-15T10:00:00+09:00"
    assert found["LATE01"]["starts_at"] == "2021-12-17T01:00:00+09:00"
    assert found["NOTIME"]["starts_at"] == found["NOTIME"]["ends_at"] == ""
    assert (found["LATE01"]["cancelled"], found["CIV001"]["cancelled"]) == ("true", "false")
    assert found["LATE01"]["title.en"] == ""


def test_no_cell_of_a_csv_begins_a_formula_whatever_stands_in_it(summit):
    hostile = ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "＝1", "'=1", "\r\n=1", '";=1']
    for number, text in enumerate(hostile):
        make.make_session(
            summit,
            f"EVIL0{number}",
            title={"ko": text, "en": ""},
            hosts=[make.make_organisation(summit, f"org{number}")],
        )
    for line in csv.reader(
        io.StringIO(spreadsheets.as_csv(tables.sessions(read_public(summit))).decode("utf-8-sig"), newline="")
    ):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))]


def test_our_own_import_reads_the_tables_and_finds_nothing_to_change(open_agenda):
    public = read_public(open_agenda)
    files = [(f"{draw.__name__}.csv", spreadsheets.as_csv(draw(public)))
             for draw in (tables.organisations, tables.speakers, tables.rooms, tables.tracks, tables.sessions)]  # fmt: skip
    loaders = {**summit_loaders(open_agenda), **people_loaders(open_agenda), **session_loaders(open_agenda)}
    report = table_format.run(files, loaders)
    assert report.refused == []
    assert (report.new, report.changed) == ({}, {})
    assert report.same["sessions"] == 4
    assert Session.objects.get(code="CIV001").abstract["en"] == '=HYPERLINK("https://evil.example")'
    assert Session.objects.get(code="CIV001").appearances.count() == 2


def test_a_table_makes_the_same_sessions_in_another_summit(open_agenda):
    public = read_public(open_agenda)
    other = make.make_summit("ogp2023")
    make.make_venue(other)
    draws = (tables.organisations, tables.speakers, tables.rooms, tables.tracks, tables.sessions)
    files = [(f"{draw.__name__}.csv", spreadsheets.as_csv(draw(public))) for draw in draws]
    report = table_format.run(files, {**summit_loaders(other), **people_loaders(other), **session_loaders(other)})
    assert report.refused == []
    for session in public.sessions:
        made = other.sessions.get(code=session.code)
        assert made.title == session.title
        assert made.abstract == session.abstract
        assert (made.starts_at, made.ends_at, made.kind, made.do_not_record) == (
            session.starts_at, session.ends_at, session.kind, session.do_not_record,
        )  # fmt: skip
        assert [h.code for h in made.hosts.all()] == [h.organisation.code for h in session.hostings.all()]


def test_the_workbook_has_typed_cells_and_a_frozen_head(open_agenda):
    _content, read = book(open_agenda)
    assert read.sheetnames == ["sessions", "speakers", "appearances", "organisations", "rooms", "tracks"]
    sheet = read["sessions"]
    assert sheet.freeze_panes == "B2"
    head = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(1, sheet.max_column).coordinate[:-1]}5"
    cells = {name: sheet.cell(2, column) for name, column in head.items()}
    assert cells["starts_at"].value == datetime(2021, 12, 15, 10)
    assert cells["starts_at"].is_date
    assert cells["time_zone"].value == "Asia/Seoul"
    assert cells["number"].value == 1
    assert cells["number"].data_type == "n"
    assert cells["cancelled"].value is False
    assert read["rooms"].cell(2, [c.value for c in read["rooms"][1]].index("capacity") + 1).value == 300
    assert sheet.column_dimensions["A"].width >= 8


def test_no_text_of_the_workbook_is_a_formula_and_each_is_itself(open_agenda):
    _content, read = book(open_agenda)
    sheet = read["sessions"]
    head = [cell.value for cell in sheet[1]]
    hostile = sheet.cell(2, head.index("abstract.en") + 1)
    assert hostile.value == '=HYPERLINK("https://evil.example")'
    assert hostile.data_type in {"s", "inlineStr"}
    assert hostile.quotePrefix
    assert not sheet.cell(2, head.index("title.ko") + 1).quotePrefix
    assert not [cell for sheet in read for row in sheet for cell in row if cell.data_type == "f"]


def test_the_workbook_survives_what_xml_cannot_hold(summit):
    session = make.make_session(summit)
    Session.objects.filter(pk=session.pk).update(title={"ko": "종\x07소리\x0b둘\u2028셋 \u202eRTL", "en": "x" * 40_000})
    _content, read = book(summit, title="제\x07목")
    values = [cell.value for cell in read["sessions"][2]]
    assert "종 소리 둘 셋 RTL" in values
    assert "x" * 32_767 in values


def test_the_workbook_is_the_same_bytes_until_something_changes(open_agenda, time_machine):
    first, _ = book(open_agenda)
    time_machine.move_to(datetime(2030, 1, 1, tzinfo=UTC))
    again, _ = book(Summit.objects.get(pk=open_agenda.pk))
    assert first == again


@pytest.mark.parametrize("sessions", [1, 3])
def test_reading_takes_the_same_queries_for_one_and_for_three_sessions(summit, django_assert_num_queries, sessions):
    for number in range(sessions):
        make.make_session(summit, f"CIV00{number}", people=[make.make_speaker(summit, f"연사 {number}")],
                          hosts=[make.make_organisation(summit, f"org{number}")])  # fmt: skip
    with django_assert_num_queries(6):
        tables.all_tables(read_public(summit))
