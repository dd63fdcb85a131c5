"""Reading a sheet whose columns nobody knows yet, and writing back the rows that could not come in."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules.file_guards import check_size
from sessions.imports.schedules.table_files import ROWS_OF, blank, check_width, kind_of
from sessions.imports.tables.column_mapping import REASON
from summit.imports.table_format import Refused
from summit.lib.encodings import CP949, as_utf8
from summit.lib.formulas import as_written, neutral


@dataclass(slots=True)
class Sheet:
    """``rows`` are (place, cells): "line 3" and as many cells as there are headings, or more where a row is refused.

    ``refused`` says by place why a row cannot be read, ``notes`` are (place, words) somebody should know.
    """

    headings: list[str]
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def samples(self, number: int) -> list[tuple[str, list[str]]]:
        """The first rows that can be read."""
        return [row for row in self.rows if row[0] not in self.refused][:number]


def open_sheet(name: str, content: bytes) -> Sheet:
    """A table from CSV, XLSX or OpenDocument, blank rows left out. Raises ``Refused`` with what to do."""
    check_size(content)
    content, encoding = as_utf8(content)
    kind = kind_of(name, content)
    if not kind:
        raise Refused(_("Upload a table as CSV, XLSX or OpenDocument (.ods)."))
    rows = [(place, [_plain(cell) for cell in cells]) for place, cells in ROWS_OF[kind](content) if not blank(cells)]
    if len(rows) < 2:
        raise Refused(_("The table needs a first row that names the columns, and at least one more."))
    headings = [heading.strip("\ufeff") for heading in rows[0][1]]
    while headings and not headings[-1]:
        headings.pop()
    sheet = Sheet(headings)
    if encoding == CP949:
        sheet.notes.append(
            (_("all of it"), _("The file is no UTF-8 and was read as Korean (CP949). Look at the names."))
        )
    for place, cells in rows[1:]:
        _add(sheet, place, cells, is_text=kind == "csv")
    return sheet


def _add(sheet: Sheet, place: str, cells: list[str], *, is_text: bool) -> None:
    width = len(sheet.headings)
    try:
        if words := check_width(cells, width, is_text=is_text):
            sheet.notes.append((place, words))
    except Refused as refused:
        sheet.refused[place] = str(refused)
        sheet.rows.append((place, cells))
        return
    sheet.rows.append((place, [*cells, *[""] * width][:width]))


def _plain(cell: Any) -> str:
    """A cell as its words; moments as ISO 8601, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return as_written(str(cell).strip())


def refused_file(headings: list[str], refused: list[dict[str, Any]]) -> bytes:
    """The refused rows as they came, each with its reason in a last column, to be mended and sent again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    kept = [n for n, heading in enumerate(headings) if heading.casefold() not in REASON]
    writer.writerow([*(neutral(headings[n]) for n in kept), _("Reason")])
    for row in refused:
        cells = row["cells"]
        # What stood under no heading stays in the last cell, for somebody to put right.
        cells = [*cells[: len(headings) - 1], ", ".join(filter(None, cells[len(headings) - 1 :]))]
        writer.writerow([*(neutral(cells[n]) for n in kept), row["reason"]])
    return ("\ufeff" + out.getvalue()).encode()
