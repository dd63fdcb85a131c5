"""Flat tables as CSV and as one Excel workbook (ECMA-376), a sheet for each.

CSV is UTF-8 with a byte order mark, without which Excel takes it for the machine's old code page; lines end in CRLF
(RFC 4180), and a text that looks like a formula is neutralised.

Rows may be read while they are written: neither form holds more than some hundred of them.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import IO

from summit.lib import workbook
from summit.lib.formulas import neutral

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
AT_ONCE = 500  # rows of CSV between two writes
Cell = str | int | bool | datetime | list[str] | None


@dataclass(frozen=True, slots=True)
class Column:
    """``kind`` and ``form`` are type and format of Table Schema 2 (datapackage.org/standard/table-schema)."""

    name: str
    kind: str
    about: str
    form: str = ""
    required: bool = False


class Rows:
    """Rows that are read as somebody takes them, once; ``number`` of them are expected."""

    def __init__(self, rows: Iterable[list[Cell]], number: int) -> None:
        self._rows, self._number = iter(rows), number

    def __iter__(self) -> Iterator[list[Cell]]:
        return self._rows

    def __len__(self) -> int:
        return self._number


@dataclass(frozen=True, slots=True)
class Table:
    """``key`` names the columns that tell rows apart; ``refers`` maps a column to (table, column) it names a row of."""

    name: str
    title: str
    key: tuple[str, ...]
    columns: list[Column]
    rows: "list[list[Cell]] | Rows"
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


def csv_pieces(table: Table) -> Iterator[bytes]:
    """The same bytes for the same rows, some hundred rows at a time. Only texts are neutralised: a number begins with
    its sign."""
    yield BOM.encode()
    yield _csv([[neutral(column.name) for column in table.columns]])
    for rows in batched(table.rows, AT_ONCE, strict=False):
        yield _csv(
            [neutral(text) if isinstance(cell, (str, list)) else text for cell, text in _cells(row)] for row in rows
        )


def _csv(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def as_csv(table: Table) -> bytes:
    return b"".join(csv_pieces(table))


def _cells(row: list[Cell]) -> list[tuple[Cell, str]]:
    return [(cell, written(cell).replace("\x00", "")) for cell in row]


def write_workbook(out: IO[bytes], tables: list[Table], *, title: str, changed_at: datetime) -> None:
    """A workbook with a sheet for each table, written a row at a time."""
    sheets = [(table.name, [column.name for column in table.columns], table.rows) for table in tables]
    workbook.write(out, sheets, title=title, changed_at=changed_at)


def as_workbook(tables: list[Table], *, title: str, changed_at: datetime) -> bytes:
    out = io.BytesIO()
    write_workbook(out, tables, title=title, changed_at=changed_at)
    return out.getvalue()
