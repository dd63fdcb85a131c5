"""Reading a sheet whose columns nobody knows yet, and writing back the rows that could not come in."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sessions.imports.schedules import sheets
from sessions.imports.schedules.file_guards import check_size
from sessions.imports.tables.column_mapping import REASON
from summit.imports.table_format import Refused
from summit.lib.formulas import as_written, neutral


@dataclass(slots=True)
class Sheet:
    headings: list[str]
    rows: list[tuple[str, list[str]]] = field(default_factory=list)  # place ("line 3") and cells


def open_sheet(name: str, content: bytes) -> Sheet:
    """A table from CSV or XLSX, blank rows left out. Raises ``Refused`` with what to do."""
    check_size(content)
    workbook = content[:4] == b"PK\x03\x04"
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused(_("This is a workbook of the old kind (.xls). Save it as .xlsx and try again."))
    if not workbook and Path(name).suffix.lower() not in {".csv", ".tsv", ".txt", ""}:
        raise Refused(_("Upload a table as CSV or XLSX."))
    read = sheets.rows_of_xlsx if workbook else sheets.rows_of_csv
    rows = [(place, [_plain(cell) for cell in cells]) for place, cells in read(content) if not sheets.blank(cells)]
    if len(rows) < 2:
        raise Refused(_("The table needs a first row that names the columns, and at least one more."))
    headings = [heading.strip("\ufeff") for heading in rows[0][1]]
    while headings and not headings[-1]:
        headings.pop()
    return Sheet(headings, [(place, [*cells, *[""] * len(headings)][: len(headings)]) for place, cells in rows[1:]])


def _plain(cell: Any) -> str:
    """A cell as its words; moments as ISO 8601, whole numbers without a point."""
    if cell is None:
        return ""
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
        writer.writerow([*(neutral(cells[n]) for n in kept), row["reason"]])
    return ("\ufeff" + out.getvalue()).encode()
