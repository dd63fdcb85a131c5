"""Flat tables as CSV and as one Excel workbook (ECMA-376), a sheet for each.

CSV is UTF-8 with a byte order mark, without which Excel takes it for the machine's old code page; lines end in CRLF
(RFC 4180), and a text that looks like a formula is neutralised.

Excel knows no zones: a moment is written as the wall time it carries. Every text is stored as a text, never as a
formula, and one that looks like a formula also says so to whoever edits it (``quotePrefix``). The bytes are the same
for the same tables: the writer's own clock is put back to ``changed_at``.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from summit.lib.formulas import FORMULA, neutral
from summit.lib.text import clean_text

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
LONGEST = 32_767  # characters in one cell, by Excel's own limits
MOMENT = "yyyy-mm-dd hh:mm"
NARROWEST, WIDEST = 8, 60  # widths in characters
MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
HEAD = Font(bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="0B2F73")
TOP = Alignment(vertical="top", wrap_text=True)
FIRST_YEAR_OF_ZIP = 1980
Cell = str | int | bool | datetime | list[str] | None


@dataclass(frozen=True, slots=True)
class Column:
    """``kind`` and ``form`` are type and format of Table Schema 2 (datapackage.org/standard/table-schema)."""

    name: str
    kind: str
    about: str
    form: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``key`` names the columns that tell rows apart; ``refers`` maps a column to (table, column) it names a row of."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: list[Column]
    rows: list[list[Cell]]
    refers: tuple[tuple[str, str, str], ...] = ()


def written(cell: Cell) -> str:
    """A value as the text that means it in CSV and in our import format."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, list):
        return ";".join(cell)
    return str(cell)


def as_csv(table: Table) -> bytes:
    """The same bytes for the same rows. Only texts are neutralised: a number begins with its sign."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(column.name) for column in table.columns])
    for row in table.rows:
        writer.writerow([neutral(text) if isinstance(cell, (str, list)) else text for cell, text in _cells(row)])
    return (BOM + out.getvalue()).encode()


def _cells(row: list[Cell]) -> list[tuple[Cell, str]]:
    return [(cell, written(cell).replace("\x00", "")) for cell in row]


def as_workbook(tables: list[Table], *, title: str, changed_at: datetime) -> bytes:
    book = Workbook(write_only=True)
    book.properties.title = clean_text(title)
    book.properties.creator = "Summit"
    for table in tables:
        _sheet(book, table)
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue(), changed_at)


def _sheet(book: Any, table: Table) -> None:
    sheet = book.create_sheet(table.name)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    for number, column in enumerate(table.columns):
        longest = max([_width(column.name), *(_width(row[number]) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(number + 1)].width = min(max(longest + 2, NARROWEST), WIDEST)
    sheet.append([_head(sheet, column.name) for column in table.columns])
    for row in table.rows:
        sheet.append([_cell(sheet, cell) for cell in row])


def _width(cell: Cell) -> int:
    """How wide a cell wants to be; a letter of Hangul or Hanja takes the room of two."""
    if isinstance(cell, datetime):
        return len(MOMENT)
    first = written(cell)[:WIDEST].partition("\n")[0]
    return len(first) + sum(character >= "\u1100" for character in first)


def _head(sheet: Any, name: str) -> Any:
    cell = _words(sheet, name)
    cell.font, cell.fill = HEAD, HEAD_FILL
    return cell


def _words(sheet: Any, words: str) -> Any:
    text = clean_text(words)[:LONGEST]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = FORMULA.match(text) is not None
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if value is None or value in ("", []):
        return None
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.replace(tzinfo=None))
        cell.number_format = MOMENT
    elif isinstance(value, (bool, int)):
        cell = WriteOnlyCell(sheet, value=value)
    else:
        cell = _words(sheet, written(value))
    cell.alignment = TOP
    return cell


def _settled(content: bytes, changed_at: datetime) -> bytes:
    """The workbook with its parts in order and every clock at ``changed_at``."""
    moment = max(changed_at.astimezone(UTC), datetime(FIRST_YEAR_OF_ZIP, 1, 1, tzinfo=UTC)).replace(microsecond=0)
    stamp = moment.isoformat().replace("+00:00", "Z").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as settled:
        # [Content_Types].xml must be found first by readers that stream.
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = made.read(name)
            if name == "docProps/core.xml":
                part = MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<3>", part)
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            settled.writestr(entry, part)
    return out.getvalue()
