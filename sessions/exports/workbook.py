"""The tables as one Excel workbook (ECMA-376), a sheet for each.

Excel knows no zones: a moment is the summit's wall time, and the column ``time_zone`` names the zone. Every text is
stored as a text, never as a formula, and one that looks like a formula also says so to whoever edits it
(``quotePrefix``). The bytes are the same for the same tables: the writer's own clock is put back to ``changed_at``.
"""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from sessions.exports.tables import Cell, Table, written
from summit.lib.formulas import FORMULA
from summit.lib.text import clean_text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # characters in one cell, by Excel's own limits
MOMENT = "yyyy-mm-dd hh:mm"
NARROWEST, WIDEST = 8, 60  # widths in characters
MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
HEAD = Font(bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="0B2F73")
TOP = Alignment(vertical="top", wrap_text=True)
FIRST_YEAR_OF_ZIP = 1980


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
        longest = max([len(column.name), *(_width(row[number]) for row in table.rows)])
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
    cell = WriteOnlyCell(sheet, value=name)
    cell.font, cell.fill = HEAD, HEAD_FILL
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
        text = clean_text(written(value))[:LONGEST]
        cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        cell.quotePrefix = FORMULA.match(text) is not None
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
