"""Workbooks written a row at a time, read back by openpyxl."""

import io
import unicodedata
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from summit.lib import workbook
from summit.lib.text import clean_text

CHANGED = datetime(2021, 12, 1, 9, tzinfo=UTC)


def book(rows, head=("a", "b")):
    out = io.BytesIO()
    workbook.write(out, [("people", list(head), rows)], title="Title & <more>", changed_at=CHANGED)
    return out.getvalue()


def read(rows, head=("a", "b")):
    return load_workbook(io.BytesIO(book(rows, head)))["people"]


def test_every_kind_of_value_is_read_back_as_it_is():
    moment = datetime(2021, 12, 15, 10, 30, tzinfo=ZoneInfo("Asia/Seoul"))
    sheet = read([["텍스트 & <b>", 7], [True, moment], [None, ["a", "b"]], [-3, ""]])
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["텍스트 & <b>", 7],
        [True, datetime(2021, 12, 15, 10, 30)],
        [None, "a;b"],
        [-3, None],
    ]
    assert sheet["B3"].is_date and sheet["B3"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == "A1:B5"
    assert sheet["A1"].font.bold and sheet["A2"].alignment.wrap_text


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@a", "'=a", "＝SUM(A1)", "\t=1"])
def test_what_looks_like_a_formula_is_a_text_and_says_so(text):
    sheet = read([[text, ""]], head=(text, "b"))
    assert sheet["A2"].value == clean_text(text)
    assert sheet["A2"].data_type != "f" and sheet["A1"].data_type != "f"
    assert sheet["A1"].quotePrefix and sheet["A2"].quotePrefix


def test_an_empty_table_is_a_head():
    sheet = read([])
    assert [cell.value for cell in sheet[1]] == ["a", "b"]
    assert sheet.max_row == 1 and sheet.auto_filter.ref == "A1:B1"


def test_rows_are_taken_one_after_another_and_not_held():
    held = []

    def rows():
        for number in range(5000):
            held.append(number)
            yield [f"row {number}", number]

    out = io.BytesIO()
    workbook.write(out, [("people", ["a", "b"], rows())], title="", changed_at=CHANGED)
    sheet = load_workbook(out, read_only=True)["people"]
    assert [cell.value for cell in list(sheet.iter_rows())[-1]] == ["row 4999", 4999]


def test_the_bytes_are_the_same_for_the_same_rows():
    assert book([["a", 1]]) == book(iter([["a", 1]]))
    with zipfile.ZipFile(io.BytesIO(book([]))) as package:
        assert package.namelist()[0] == "[Content_Types].xml"
        assert package.testzip() is None


def test_wide_tables_have_letters_for_all_columns():
    head = [f"c{n}" for n in range(1, 60)]
    sheet = read([list(range(59))], head)
    assert sheet["BG1"].value == "c59" and sheet["BG2"].value == 58 and sheet["AA2"].value == 26


@given(st.text(max_size=30))
def test_the_quick_way_to_a_clean_text_is_the_same(text):
    written, _quoted = workbook._words(text)
    assert written == clean_text(text)[:32_767]
    assert unicodedata.is_normalized("NFC", written)
