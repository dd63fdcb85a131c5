"""Tables as they lie in files: separators, quotation marks, encodings, OpenDocument, formulas that failed."""

from datetime import date, datetime, time

import pytest
from django.utils import translation

from sessions.imports.schedules import import_schedule, open_schedule
from sessions.imports.tables.sheet import open_sheet, refused_file
from summit.imports.table_format import Refused
from summit.lib.encodings import as_utf8
from tests import factories as make
from tests.sessions.imports.spreadsheets import as_csv, as_ods, as_xlsx, ods_cell, ods_row, opendocument

HEAD = ["title", "start", "end", "speakers"]
ROW = ["Opening", "2021-12-15 10:00", "2021-12-15 11:00", "Anna Kim"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def titles(content, name="a.csv"):
    return [next(iter(item.title.values())) for item in open_schedule(name, content).items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"title";"abstract, with; signs"\n"A";"1,2,3"\n', ["A"]),
        ('"title, the ""whole"", of it";title\nx;A\n', ["A"]),
        ("\n \n\ntitle;start\nA;\n", ["A"]),
        ("sep=;\ntitle;abstract\nA;1,2\n", ["A"]),
        ("sep=\t\ntitle\tabstract\nA\t1,2\n", ["A"]),
        ('"sep=|"\ntitle|abstract\nA, B|1,2\n', ["A, B"]),
        ('title,abstract\n"A","several\nlines; and, signs"\nB,x\n', ["A", "B"]),
        ('title, abstract\nA, "one, two"\n', ["A"]),
    ],
)  # fmt: skip
def test_the_separator_is_the_one_outside_quotation_marks(text, found):
    assert titles(text.encode()) == found


def test_lines_are_counted_from_the_first_of_the_file():
    schedule = open_schedule("a.csv", b"sep=;\n\ntitle;start\nA;soon\n")
    assert [place for place, _reason in schedule.refused] == ["line 4"]


@pytest.mark.parametrize("read", [open_schedule, open_sheet])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title,start\nA,\n"B,\nC,\nD,\n', "Line 3"),
        ('title,start\n"A,\n"B","x"\n', "Line 2"),
        ('title,start\n"A "quoted" title",x\n', "Line 2"),
    ],
)
def test_a_quotation_mark_that_nothing_closes_swallows_no_rows(read, text, line):
    with pytest.raises(Refused) as refusal:
        read("a.csv", text.encode())
    assert f"{line}: " in str(refusal.value)
    assert "quotation mark" in str(refusal.value)


def test_a_row_with_too_many_cells_is_refused_and_one_with_too_few_is_named():
    schedule = open_schedule("a.csv", b"title,start,room\nA,,Aula\nB, or C,,Aula\nD\n")
    [(place, reason)] = schedule.refused
    assert place == "line 3"
    assert "more cells (4) than there are headings (3); “Aula” is too many" in reason
    assert [place for place, words in schedule.notes if "fewer cells (1)" in words] == ["line 4"]


def test_the_same_in_a_sheet_whose_columns_are_mapped():
    sheet = open_sheet("a.csv", b"name,country\nA,KR\nB, or C,KR\nD\n")
    assert list(sheet.refused) == ["line 3"]
    assert [place for place, _words in sheet.notes] == ["line 4"]
    [row] = [{"place": p, "reason": "why", "cells": cells} for p, cells in sheet.rows if p in sheet.refused]
    assert "or C, KR" in refused_file(sheet.headings, [row]).decode()


def test_a_cell_of_a_workbook_under_no_heading_is_named():
    schedule = open_schedule("a.xlsx", as_xlsx(["title"], ["A", "by hand"]))
    assert [words for _place, words in schedule.notes] == ["“by hand” stands under no heading and was left out."]


KOREAN = [
    ["제목", "시작", "종료", "연사"],
    ["열린 정부 · 개회", "2021-12-15 10:00", "2021-12-15 11:00", "박수정; 남궁하늘"],
]


def test_korean_in_cp949_is_read_and_said(summit):
    content = as_csv(*KOREAN, encoding="cp949")
    report = import_schedule(summit, open_schedule("a.csv", content))
    assert str(summit.sessions.get().title["ko"]) == "열린 정부 · 개회"
    assert sorted(s.name for s in summit.speakers.all()) == ["남궁하늘", "박수정"]
    assert [place for place, words in report.notes if "CP949" in words] == ["a.csv, all of it"]
    assert open_sheet("a.csv", content).rows[0][1][0] == "열린 정부 · 개회"
    assert [words for _place, words in open_sheet("a.csv", content).notes if "CP949" in words]


def test_xml_and_calendars_in_cp949_are_read_too():
    xml = '<?xml version="1.0" encoding="EUC-KR"?><schedule><event><title>열린 정부</title></event></schedule>'
    assert titles(xml.encode("cp949"), "a.xml") == ["열린 정부"]
    calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:열린 정부\nEND:VEVENT\nEND:VCALENDAR\n"
    assert titles(calendar.encode("cp949"), "a.ics") == ["열린 정부"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Ouvert à tous", "latin-1"), ("Müller, Köln, Grüße", "cp1252"), ("日本語のテスト、会議", "shift_jis"), ("中文内容测试我们的会议", "gbk")],
)  # fmt: skip
def test_other_encodings_are_not_taken_for_korean(text, encoding):
    content = text.encode(encoding)
    assert as_utf8(content) == (content, "utf-8")


def test_opendocument_is_read_like_any_sheet(summit):
    rows = [["title", "date", "start", "end", "duration", "do not record", "speakers"],
            ["Opening", date(2021, 12, 15), time(10), time(11, 30), None, True, "Anna Kim\nBernd Lee"],
            ["Talk", None, datetime(2021, 12, 16, 9), None, 45, False, None]]  # fmt: skip
    for name in ("a.ods", "renamed.bin"):
        report = import_schedule(summit, open_schedule(name, as_ods(*rows)))
        assert report.refused == []
    opening, talk = summit.sessions.order_by("starts_at")
    assert (opening.starts_at, opening.ends_at, opening.do_not_record) == (make.at(15, 10), make.at(15, 11, 30), True)
    assert (talk.starts_at, talk.ends_at, talk.do_not_record) == (make.at(16, 9), make.at(16, 9, 45), False)
    assert [s.name for s in opening.speakers.order_by("name")] == ["Anna Kim", "Bernd Lee"]
    sheet = open_sheet("a.ods", as_ods(*rows))
    assert sheet.headings == rows[0]
    assert sheet.rows[0] == (
        "row 2",
        ["Opening", "2021-12-15", "10:00:00", "11:30:00", "", "true", "Anna Kim\nBernd Lee"],
    )


def test_repeated_rows_and_cells_of_opendocument_stand_where_they_stood():
    content = opendocument(
        ods_row("title", ods_cell(None, times=2), "room")
        + ods_row(ods_cell(None), times=3)
        + ods_row("A", ods_cell(None, times=2), "Aula", times=2)
        + ods_row(ods_cell("B", times=1), ods_cell(None, times=16_000))
    )
    schedule = open_schedule("a.ods", content)
    assert [(item.place, item.title[""], item.room and item.room.name[""]) for item in schedule.items] == [
        ("row 5", "A", "Aula"), ("row 6", "A", "Aula"), ("row 7", "B", None),
    ]  # fmt: skip


def test_comments_and_signs_of_opendocument_are_no_words_of_a_cell():
    comment = "<office:annotation><text:p>a comment</text:p></office:annotation>"
    spaced = '<text:p>A<text:s text:c="2"/>B<text:line-break/>C</text:p>'
    cell = f'<table:table-cell office:value-type="string">\n  {comment}{spaced}\n</table:table-cell>'
    assert titles(opendocument(ods_row("title") + ods_row(cell)), "a.ods") == ["A B C"]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "Err:502"])
@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_ods])
def test_a_formula_that_failed_is_no_title(write, error):
    name = {as_csv: "a.csv", as_xlsx: "a.xlsx", as_ods: "a.ods"}[write]
    schedule = open_schedule(name, write(["Session title", "notes"], [error, "x"], ["Fine", error]))
    [(_place, reason)] = schedule.refused
    assert reason.startswith(f"“Session title” holds {error}: a formula that failed.")
    assert len(schedule.items) == 1


def test_yes_and_no_are_understood_and_anything_else_is_refused():
    rows = [["title", "cancelled"], ["A", "yes"], ["B", "아니요"], ["C", ""], ["D", "perhaps"]]
    schedule = open_schedule("a.csv", as_csv(*rows))
    assert [item.cancelled for item in schedule.items] == [True, False, None]
    assert schedule.refused == [("line 5", "“cancelled”: “perhaps” is neither yes nor no.")]


def test_of_two_columns_for_the_title_the_one_called_so_is_read():
    for head in (["name", "title"], ["title", "Name"]):
        schedule = open_schedule("a.csv", as_csv(head, [f"of {head[0]}", f"of {head[1]}"]))
        assert [item.title[""] for item in schedule.items] == ["of title"]
        assert "stands for the same" in schedule.notes[0][1]
    with pytest.raises(Refused, match="stands there twice"):
        open_schedule("a.csv", as_csv(["title", "Title "], ["A", "B"]))
