"""Rows of a table, whatever file it lies in: CSV, XLSX (ECMA-376) or OpenDocument.

Each is (place, cells), the place in the words of the file: ``line 3`` of a text, ``row 3`` of a sheet.
"""

import io
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules.file_guards import CELL, COLUMNS, ROWS, check_workbook, decoded
from sessions.imports.schedules.opendocument import is_opendocument, rows_of_ods
from summit.imports.table_format import Refused
from summit.lib import csv_rows

Cells = list[Any]
Placed = Iterator[tuple[str, Cells]]
ZIP, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TEXTS = {".csv", ".tsv", ".txt", ""}
# What spreadsheets show where a formula failed (Excel; LibreOffice also writes Err:502).
FAILED = re.compile(
    r"#(?:REF|VALUE|NAME|NUM|DIV/0|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|GETTING_DATA)[!?]?|#N/A|#NULL!|Err:\d{3}"
)


def kind_of(name: str, content: bytes) -> str:
    """``csv``, ``xlsx`` or ``ods``, by the first bytes and then by the name; "" where it is no table.

    Raises ``Refused`` for a workbook of the old kind.
    """
    if content[:4] == ZIP:
        return "ods" if is_opendocument(content) or Path(name).suffix.lower() == ".ods" else "xlsx"
    if content[:4] == OLD_WORKBOOK:
        raise Refused(_("This is a workbook of the old kind (.xls). Save it as .xlsx and try again."))
    return "csv" if Path(name).suffix.lower() in TEXTS else ""


def rows_of_csv(content: bytes) -> Placed:
    """Each row with the line it begins on. Raises ``Refused`` with the line where it cannot be told from the next."""
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    separator = csv_rows.separator_of(text)
    try:
        for counted, (line, row) in enumerate(csv_rows.rows(_lines(text, separator), separator)):
            place = _("line %(number)d") % {"number": line}
            _check_row(row, counted, place)
            yield place, row
    except csv_rows.BrokenRow as error:
        raise Refused(str(error)) from error


def _lines(text: str, separator: str) -> Iterator[str]:
    """The physical lines; one of millions of cells is refused before it becomes a list."""
    start, number = 0, 1
    while start < len(text):
        past = text.find("\n", start) + 1 or len(text)
        if past - start > COLUMNS * 1_000 and text.count(separator, start, past) > COLUMNS * 100:
            raise Refused(
                _("Line %(line)d has far too many cells. Keep only the columns of the template.") % {"line": number}
            )
        yield text[start:past]
        start, number = past, number + 1


def rows_of_xlsx(content: bytes) -> Placed:
    """Each row of the first sheet. Raises ``Refused``."""
    check_workbook(content)
    import openpyxl  # slow to load, and only for this

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what the workbook holds besides cells
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = next((s for s in book.worksheets if hasattr(s, "iter_rows")), None)
            if sheet is None:
                raise Refused(_("The workbook has no sheet."))
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True, max_row=ROWS + 2, max_col=COLUMNS + 1)
            for number, row in enumerate(rows, 1):
                place = _("row %(number)d") % {"number": number}
                _check_row(list(row), number - 1, place)
                yield place, list(row)
        except Refused:
            raise
        except Exception as error:  # the library throws whatever it stumbles over
            raise Refused(_("The workbook is damaged. Open it in a spreadsheet and save it again.")) from error


def rows_of_opendocument(content: bytes) -> Placed:
    """Each row of the first sheet that holds anything. Raises ``Refused``."""
    for number, row in rows_of_ods(content):
        place = _("row %(number)d") % {"number": number}
        _check_row(row, number - 1, place)
        yield place, row


ROWS_OF = {"csv": rows_of_csv, "xlsx": rows_of_xlsx, "ods": rows_of_opendocument}


def blank(cells: Cells) -> bool:
    return not any(cell not in (None, "") and str(cell).strip() for cell in cells)


def check_formulas(cells: dict[str, Any]) -> None:
    """``cells`` by the name of their column. Raises ``Refused`` for a formula that failed where the file was saved."""
    for name, cell in cells.items():
        if isinstance(cell, str) and FAILED.fullmatch(cell.strip()):
            raise Refused(
                _("“%(column)s” holds %(value)s: a formula that failed. Mend it in the spreadsheet, or write the words."),
                column=name, value=cell.strip(),
            )  # fmt: skip


def over(cells: Cells, headings: int) -> str:
    """The first cell that stands under no heading; "" where none does."""
    return next((str(cell).strip()[:60] for cell in cells[headings:] if cell is not None and str(cell).strip()), "")


def check_width(cells: Cells, headings: int, *, is_text: bool) -> str:
    """What somebody should know of a row that has more or fewer cells than there are headings; "" where all is well.

    Raises ``Refused`` for a row of a text with too many: its cells have moved, and nobody knows from where on.
    """
    if (cell := over(cells, headings)) and is_text:
        raise Refused(
            _("It has more cells (%(cells)d) than there are headings (%(headings)d); “%(over)s” is too many. Put a text that has the separator in it into quotation marks.")
            % {"cells": len(cells), "headings": headings, "over": cell}
        )  # fmt: skip
    if cell:
        return _("“%(over)s” stands under no heading and was left out.") % {"over": cell}
    if is_text and len(cells) < headings:
        return _("It has fewer cells (%(cells)d) than there are headings (%(headings)d); the missing ones were taken to be empty.") % {
            "cells": len(cells), "headings": headings}  # fmt: skip
    return ""


def _check_row(cells: Cells, counted: int, place: str) -> None:
    if counted > ROWS:
        raise Refused(_("The sheet has more than %(rows)d rows. Delete the empty ones, or split it.") % {"rows": ROWS})
    if len(cells) > COLUMNS and any(cell not in (None, "") for cell in cells[COLUMNS:]):
        raise Refused(
            _("%(place)s: more than %(columns)d columns. Keep only those of the template.")
            % {"place": place, "columns": COLUMNS}
        )
    if any(isinstance(cell, str) and len(cell) > CELL for cell in cells):
        raise Refused(
            _("%(place)s: a cell has more than %(length)d characters. Shorten it.") % {"place": place, "length": CELL}
        )
