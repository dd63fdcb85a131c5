"""Our template as CSV and as XLSX."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
from django.utils import translation

from sessions.imports.schedules import import_schedule, open_schedule, sheets
from sessions.imports.schedules.file_guards import CELL, COLUMNS
from summit.imports.table_format import Refused
from tests import factories as make

ROW = {
    "code": "DIG001", "title.ko": "데이터로 여는 정부", "title.en": "Government opened by data", "abstract.ko": "요약입니다.",
    "starts_at": "2021-12-15T10:00", "ends_at": "2021-12-15T11:30", "room": "그랜드볼룸 101", "track": "디지털", "kind": "workshop",
    "mode": "hybrid", "language": "ko", "interpretation": "en; 프랑스어", "hosts": "행정안전부;Ministry A", "people": "박수정;김하나",
    "recording": "https://youtu.be/dQw4w9WgXcQ", "do_not_record": "예", "cancelled": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def as_csv(*rows, separator=",", bom=b"\xef\xbb\xbf"):
    names = list(rows[0])
    quoted = [separator.join('"' + str(cell).replace('"', '""') + '"' for cell in line)
              for line in (names, *([row.get(n, "") for n in names] for row in rows))]  # fmt: skip
    return bom + "\r\n".join(quoted).encode()


def as_xlsx(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "write"), [("a.csv", as_csv), ("a.xlsx", as_xlsx), ("a.csv", lambda r: as_csv(r, separator=";", bom=b"")), ("a.tsv", lambda r: as_csv(r, separator="\t"))]
)  # fmt: skip
def test_a_row_of_the_template_becomes_a_session(summit, name, write):
    make.make_organisation(summit)
    report = import_schedule(summit, open_schedule(name, write(ROW)))
    assert (report.refused, report.notes) == ([], [])
    session = summit.sessions.get()
    assert (session.code, session.kind, session.language, session.interpretation) == (
        "DIG001",
        "workshop",
        "ko",
        ["en", "fr"],
    )
    assert session.title == {"ko": "데이터로 여는 정부", "en": "Government opened by data"}
    assert (session.starts_at, session.ends_at) == (make.at(15, 10), make.at(15, 11, 30))
    assert (session.room.name, session.track.name) == ({"ko": "그랜드볼룸 101"}, {"ko": "디지털"})
    assert [str(h.organisation.code) for h in session.hostings.all()] == ["moi", "ministry-a"]
    assert [a.speaker.name for a in session.appearances.order_by("order")] == ["박수정", "김하나"]
    assert session.do_not_record
    assert not session.is_cancelled
    assert import_schedule(summit, open_schedule(name, write(ROW))).writes == 0


def test_real_dates_and_hours_in_a_workbook_are_wall_time(summit):
    row = {"title": "Night", "date": date(2021, 12, 15), "start": time(23), "end": time(1, 30)}
    other = {"title": "Whole", "date": None, "start": datetime(2021, 12, 16, 9), "end": datetime(2021, 12, 16, 10)}
    report = import_schedule(summit, open_schedule("a.xlsx", as_xlsx(row, other)))
    assert report.refused == []
    assert list(summit.sessions.order_by("starts_at").values_list("starts_at", "ends_at")) == [
        (make.at(15, 23), make.at(16, 1, 30)),
        (make.at(16, 9), make.at(16, 10)),
    ]


def test_the_template_is_read_and_holds_every_column():
    with pytest.raises(Refused, match="no session"):
        open_schedule("template.csv", sheets.template())
    assert {name.split(".")[0] for name in sheets.TEMPLATE} | {"date", "duration"} == set(sheets.COLUMN_NAMES)


def test_a_row_with_a_wrong_time_is_refused_with_its_row_and_the_rest_is_looked_at(summit):
    report = import_schedule(summit, open_schedule("a.xlsx", as_xlsx({"title": "A", "start": "soon"}, {"title": "", "start": ""}, {"title": "C", "start": "25:00"})))  # fmt: skip
    assert [place for place, _reason in report.refused] == ["a.xlsx, row 2", "a.xlsx, row 4"]


def test_formulas_and_their_quotes_stay_text(summit):
    import_schedule(summit, open_schedule("a.csv", as_csv({"title": "'=1+1", "abstract": "=HYPERLINK(1)"})))
    session = summit.sessions.get()
    assert str(session.title) == "=1+1"
    assert str(session.abstract) == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"title": "a" * (CELL + 1)}, "characters"),
        ({"title": "a", **{f"x{n}": "y" for n in range(COLUMNS)}}, "columns"),
    ],
)
def test_a_sheet_beyond_the_limits_is_refused(row, words):
    with pytest.raises(Refused, match=words):
        open_schedule("a.csv", as_csv(row))


def test_a_cell_far_out_to_the_right_costs_nothing():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"], book.active["A2"] = "title", "one"
    book.active["XFD2"] = "far"
    book.save(out)
    assert len(open_schedule("a.xlsx", out.getvalue()).items) == 1
