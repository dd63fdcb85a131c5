"""The first sheet of an OpenDocument workbook (ODF 1.3, part 3), read as a stream: rows are handed on as they end.

A cell or a row may stand for thousands of the same; what is blank among them costs nothing, and what is not counts
towards the limits of every sheet. Comments and tracked changes are left out.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _

from sessions.imports.schedules.file_guards import CELL, CELLS, COLUMNS, PIECE, ROWS, check_workbook
from summit.imports.table_format import Refused

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
PREFIXES = {
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
}
CELL_TAGS = {"table:table-cell", "table:covered-table-cell"}
LEFT_OUT = {"office:annotation", "table:tracked-changes", "table:shapes"}
DEPTH = 64


def is_opendocument(content: bytes) -> bool:
    """Whether the zip begins with the part that names an OpenDocument spreadsheet."""
    return content[30:38] == b"mimetype" and content[38 : 38 + len(MIMETYPE)] == MIMETYPE


def rows_of_ods(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Each row that holds anything as (number, cells); cells are texts, numbers, days, moments or hours.

    Raises ``Refused`` where the file is damaged, locked, or larger than any sheet.
    """
    check_workbook(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if b"encryption-data" in book.read("META-INF/manifest.xml"):
                raise Refused(_("The workbook is locked with a password. Save it without one."))
            with book.open("content.xml") as stream:
                yield from _rows(stream)
    except (KeyError, expat.ExpatError, zipfile.BadZipFile, zlib.error, OSError, EOFError) as error:
        raise Refused(_("The workbook is damaged. Open it in a spreadsheet and save it again.")) from error


def _rows(stream: Any) -> Iterator[tuple[int, list[Any]]]:
    sheet = _Sheet()
    while not sheet.ended and (piece := stream.read(PIECE)):
        sheet.parser.Parse(piece, False)
        yield from sheet.taken()
    if not sheet.ended:
        sheet.parser.Parse(b"", True)
    yield from sheet.taken()
    if not sheet.begun:
        raise Refused(_("The workbook has no sheet."))


class _Sheet:
    """Rows from expat's events, from the first ``table:table`` to its end."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.begun = self.ended = False
        self.ready: list[tuple[int, list[Any]]] = []
        self.row = self.repeated = self.blanks = self.filled = self.depth = self.skipped = self.size = 0
        self.cells: list[Any] = []
        self.attributes: dict[str, str] = {}
        self.text: list[str] | None = None
        self.paragraphs = 0

    def taken(self) -> list[tuple[int, list[Any]]]:
        ready, self.ready = self.ready, []
        return ready

    def doctype(self, *_facts: Any) -> None:
        raise Refused(
            _("The workbook holds a DOCTYPE or a part that is not UTF-8. Open it in a spreadsheet and save it again.")
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag, self.depth = _short(name), self.depth + 1
        if self.depth > DEPTH:
            raise Refused(_("The workbook is damaged. Open it in a spreadsheet and save it again."))
        if self.skipped or tag in LEFT_OUT:
            self.skipped += 1
        elif self.ended:
            return
        elif tag == "table:table":
            self.begun = True
        elif tag == "table:table-row":
            self.cells, self.blanks = [], 0
            self.repeated = _times(attributes, "number-rows-repeated")
        elif tag in CELL_TAGS:
            self.attributes = {_short(key): value for key, value in attributes.items()}
            self.text, self.size, self.paragraphs = [], 0, 0
        elif self.text is not None:
            self._sign(tag, attributes)

    def _sign(self, tag: str, attributes: dict[str, str]) -> None:
        """Paragraphs and signs that are elements instead of characters."""
        if tag == "text:p":
            self.paragraphs += 1
            self.characters("\n" if self.text else "")
        elif tag == "text:s":
            self.characters(" " * min(_times(attributes, "c"), CELL))
        elif tag in {"text:tab", "text:line-break"}:
            self.characters("\t" if tag == "text:tab" else "\n")

    def characters(self, text: str) -> None:
        if self.text is not None and self.paragraphs and not self.skipped:
            self.text.append(text)
            self.size += len(text)
            if self.size > CELL + 1_000:
                raise Refused(
                    _("%(place)s: a cell has more than %(length)d characters. Shorten it.")
                    % {"place": _("row %(number)d") % {"number": self.row + 1}, "length": CELL}
                )

    def end(self, name: str) -> None:
        tag, self.depth = _short(name), self.depth - 1
        if self.skipped:
            self.skipped -= 1
        elif self.ended:
            return
        elif tag in CELL_TAGS:
            self._keep(
                _value(self.attributes, "".join(self.text or ())),
                _times(self.attributes, "table:number-columns-repeated"),
            )
            self.text = None
        elif tag == "text:p":
            self.paragraphs -= 1
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "table:table":
            self.ended = True

    def _keep(self, value: Any, times: int) -> None:
        """A cell so many times; blank ones only count once something stands behind them."""
        if value in (None, ""):
            self.blanks += times
            return
        for cell, often in ((None, self.blanks), (value, times)):
            self.cells += [cell] * min(often, COLUMNS + 1 - len(self.cells))
        self.blanks = 0

    def _end_row(self) -> None:
        if self.cells:
            if self.repeated > ROWS or self.row + self.repeated > ROWS + 2:
                raise Refused(
                    _("The sheet has more than %(rows)d rows. Delete the empty ones, or split it.") % {"rows": ROWS}
                )
            self.filled += self.repeated * len(self.cells)
            if self.filled > CELLS:
                raise Refused(_("The sheet has too many cells. Keep only the columns of the template."))
            self.ready += [(self.row + n, list(self.cells)) for n in range(1, self.repeated + 1)]
        self.row += self.repeated


def _short(name: str) -> str:
    """``table:table-row`` for the name expat gives with its whole namespace; others keep theirs."""
    space, _blank, local = name.rpartition(" ")
    return f"{PREFIXES[space]}:{local}" if space in PREFIXES else name


def _times(attributes: dict[str, str], name: str) -> int:
    said = next((value for key, value in attributes.items() if key == name or key.endswith(f" {name}")), "1")
    return max(1, int(said)) if said.isdecimal() and len(said) < 9 else 1


def _value(attributes: dict[str, str], text: str) -> Any:
    """What a cell holds by its type; a formula that failed shows its error as text."""
    kind = attributes.get("office:value-type", "")
    try:
        if kind == "date":
            stated = attributes["office:date-value"]
            return datetime.fromisoformat(stated) if "T" in stated else date.fromisoformat(stated)
        if kind == "time":
            return _hour(parse_duration(attributes["office:time-value"]), text)
        if kind in {"float", "percentage", "currency"} and not text.startswith(("#", "Err:")):
            number = float(attributes["office:value"])
            return int(number) if number.is_integer() else number
        if kind == "boolean":
            return attributes["office:boolean-value"] == "true"
    except (KeyError, ValueError, OverflowError):
        return text
    return text


def _hour(length: timedelta | None, text: str) -> Any:
    if length is None or not timedelta() <= length < timedelta(days=1):
        return length if length is not None else text
    return time(length.seconds // 3600, length.seconds // 60 % 60, length.seconds % 60)
