"""Excel workbooks (ECMA-376) written as they are read, by XlsxWriter: a row at a time, in memory that does not grow.

Every text is stored as a text in its cell, never as a formula, and one that looks like a formula also says so to whoever
edits it (``quotePrefix``). Excel knows no zones: a moment is written as the wall time it carries. The bytes are the same
for the same tables and ``changed_at``.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from summit.lib.formulas import FORMULA
from summit.lib.text import BLANK, clean_text

LONGEST = 32_767  # characters in one cell, by Excel's own limits
LOOKED_AT = 1_000  # rows that decide how wide a column is
NARROWEST, WIDEST = 8, 60  # widths in characters
MOMENT = "yyyy-mm-dd hh:mm"
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
HEAD = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B2F73"}
CELL = {"text_wrap": True, "valign": "top"}


def write(
    out: IO[bytes], sheets: Sequence[tuple[str, list[str], Iterable[list[Any]]]], *, title: str, changed_at: datetime
) -> None:
    """``sheets`` are (name, head, rows): a row is a list of texts, numbers, truths, moments and None. ``out`` can seek."""
    book = Workbook(out, OPTIONS)
    # A sheet of more than two gigabytes needs the larger headers.
    book.use_zip64()
    moment = changed_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    book.set_properties({"title": clean_text(title), "author": "Summit", "created": moment})
    styles = Styles(book)
    for name, head, rows in sheets:
        _sheet(book.add_worksheet(name), head, iter(rows), styles)
    book.close()


class Styles:
    """How cells look, each style made once; ``quoted`` is of texts that look like formulas."""

    def __init__(self, book: Workbook) -> None:
        self.head, self.quoted_head = self._both(book, HEAD)
        self.words, self.quoted = self._both(book, CELL)
        self.moment = book.add_format({**CELL, "num_format": MOMENT})

    def _both(self, book: Workbook, look: dict[str, Any]) -> tuple[Format, Format]:
        return book.add_format(look), book.add_format({**look, "quote_prefix": True})


def _sheet(sheet: Worksheet, head: list[str], rows: Iterator[list[Any]], styles: Styles) -> None:
    first = list(islice(rows, LOOKED_AT))
    for place, name in enumerate(head):
        wide = max([_width(name), *(_width(row[place]) for row in first)])
        sheet.set_column(place, place, min(max(wide + 2, NARROWEST), WIDEST))
        text, quoted = _words(name)
        sheet.write_string(0, place, text, styles.quoted_head if quoted else styles.head)
    sheet.freeze_panes(1, 1)
    number = 0
    for number, row in enumerate(chain(first, rows), 1):
        for place, value in enumerate(row):
            _cell(sheet, number, place, value, styles)
    sheet.autofilter(0, 0, number, len(head) - 1)


def _cell(sheet: Worksheet, number: int, place: int, value: Any, styles: Styles) -> None:
    if value is None or value in ("", []):
        return
    if isinstance(value, datetime):
        sheet.write_datetime(number, place, value.replace(tzinfo=None), styles.moment)
    elif isinstance(value, bool):
        sheet.write_boolean(number, place, value, styles.words)
    elif isinstance(value, int):
        sheet.write_number(number, place, value, styles.words)
    else:
        text, quoted = _words(_said(value))
        sheet.write_string(number, place, text, styles.quoted if quoted else styles.words)


def _width(value: Any) -> int:
    """How wide a cell wants to be; a letter of Hangul or Hanja takes the room of two."""
    if isinstance(value, datetime):
        return len(MOMENT)
    first = _said(value)[:WIDEST].partition("\n")[0]
    return len(first) + sum(character >= "\u1100" for character in first)


def _said(value: Any) -> str:
    return "" if value is None else ";".join(value) if isinstance(value, list) else str(value)


@lru_cache(maxsize=4096)
def _words(words: str) -> tuple[str, bool]:
    """(text, whether it looks like a formula)."""
    text = (words.rstrip() if _is_clean(words) else clean_text(words))[:LONGEST]
    return text, FORMULA.match(text) is not None


# What most cells hold: a letter or digit, then what is seen, in one form. Cleaning looks at each character.
CARE = re.compile(f"[{''.join(BLANK)}]")


def _is_clean(words: str) -> bool:
    return (
        words.isprintable()
        and words[:1].isalnum()
        and unicodedata.is_normalized("NFC", words)
        and not CARE.search(words)
    )
