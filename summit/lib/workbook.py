"""Excel workbooks (ECMA-376) written as they are read: a row at a time, in memory that does not grow with them.

Every text is stored as a text in its cell, never as a formula, and one that looks like a formula also says so to whoever
edits it (``quotePrefix``). Excel knows no zones: a moment is written as the wall time it carries. The bytes are the same
for the same tables and ``changed_at``.
"""

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape

from summit.lib.formulas import FORMULA
from summit.lib.text import BLANK, clean_text

LONGEST = 32_767  # characters in one cell, by Excel's own limits
LOOKED_AT = 1_000  # rows that decide how wide a column is
NARROWEST, WIDEST = 8, 60  # widths in characters
MOMENT = "yyyy-mm-dd hh:mm"
FIRST_YEAR_OF_ZIP = 1980
# Day 0 of Excel's calendar, which takes 1900 for a leap year.
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  wall time
HEAD, WORDS, QUOTED, WHEN, QUOTED_HEAD = 1, 2, 3, 4, 5  # places in STYLES
AT_ONCE = 1 << 16  # characters of XML between two writes

PLAIN_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TOP = '<alignment vertical="top" wrapText="1"/>'
STYLES = (
    f'{PLAIN_XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="{MOMENT}"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><color rgb="FFFFFFFF"/><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill/></fill><fill><patternFill '
    'patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF0B2F73"/></patternFill></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>'
    f'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">{TOP}</xf>'
    f'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1" quotePrefix="1">{TOP}</xf>'
    f'<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">{TOP}</xf>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" quotePrefix="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write(
    out: IO[bytes], sheets: Sequence[tuple[str, list[str], Iterable[list[Any]]]], *, title: str, changed_at: datetime
) -> None:
    """``sheets`` are (name, head, rows): a row is a list of texts, numbers, truths, moments and None. ``out`` can seek."""
    moment = max(changed_at.astimezone(UTC), datetime(FIRST_YEAR_OF_ZIP, 1, 1, tzinfo=UTC)).replace(microsecond=0)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        # [Content_Types].xml must be found first by readers that stream.
        for name, content in _parts([sheet[0] for sheet in sheets], clean_text(title), moment):
            package.writestr(_entry(name, moment), content)
        for number, (_name, head, rows) in enumerate(sheets, 1):
            # A sheet of more than two gigabytes needs the larger headers, which must be known before.
            with package.open(_entry(f"xl/worksheets/sheet{number}.xml", moment), "w", force_zip64=True) as part:
                for piece in _pieces(_sheet(head, iter(rows))):
                    part.write(piece)


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _parts(names: list[str], title: str, moment: datetime) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(names) + 1)
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    kinds += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers]
    types = "".join(f'<Override PartName="{part}" ContentType="{SHEET_TYPE}.{kind}+xml"/>' for part, kind in kinds)
    yield "[Content_Types].xml", (
        f'{PLAIN_XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/docProps/core.xml" '
        f'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>{types}</Types>'
    )  # fmt: skip
    yield "_rels/.rels", _relations([
        (f"{OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
        (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    ])  # fmt: skip
    stamp = moment.isoformat().replace("+00:00", "Z")
    yield "docProps/core.xml", (
        f'{PLAIN_XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>Summit</dc:creator><dc:title>{escape(title)}</dc:title>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )  # fmt: skip
    sheets = [(f"{OFFICE}/relationships/worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*sheets, (f"{OFFICE}/relationships/styles", "styles.xml")])
    yield "xl/styles.xml", STYLES
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (f'{PLAIN_XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}/relationships"><sheets>{listed}</sheets></workbook>'),
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{PLAIN_XML}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def _pieces(texts: Iterator[str]) -> Iterator[bytes]:
    held, length = [], 0
    for text in texts:
        held.append(text)
        length += len(text)
        if length > AT_ONCE:
            yield "".join(held).encode()
            held, length = [], 0
    yield "".join(held).encode()


def _sheet(head: list[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    letters = [_letter(number) for number in range(1, len(head) + 1)]
    first = list(islice(rows, LOOKED_AT))
    wide = [max([_width(name), *(_width(row[n]) for row in first)]) for n, name in enumerate(head)]
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{min(max(width + 2, NARROWEST), WIDEST)}" customWidth="1"/>'
        for n, width in enumerate(wide, 1)
    )
    yield (
        f'{PLAIN_XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" '
        'topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )
    number = 1
    yield f'<row r="1">{"".join(_head(f"{letter}1", name) for letter, name in zip(letters, head, strict=True))}</row>'
    for number, row in enumerate(chain(first, rows), 2):
        cells = [_cell(f"{letter}{number}", value) for letter, value in zip(letters, row, strict=True)]
        yield f'<row r="{number}">{"".join(cells)}</row>'
    yield f'</sheetData><autoFilter ref="A1:{letters[-1]}{number}"/></worksheet>'


def _letter(number: int) -> str:
    """1 is A, 27 is AA."""
    said = ""
    while number:
        number, rest = divmod(number - 1, 26)
        said = chr(65 + rest) + said
    return said


def _width(value: Any) -> int:
    """How wide a cell wants to be; a letter of Hangul or Hanja takes the room of two."""
    if isinstance(value, datetime):
        return len(MOMENT)
    first = _said(value)[:WIDEST].partition("\n")[0]
    return len(first) + sum(character >= "\u1100" for character in first)


def _said(value: Any) -> str:
    return "" if value is None else ";".join(value) if isinstance(value, list) else str(value)


def _head(place: str, name: str) -> str:
    text, quoted = _words(name)
    return _text(place, QUOTED_HEAD if quoted else HEAD, text)


def _text(place: str, style: int, text: str) -> str:
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _cell(place: str, value: Any) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, datetime):
        days = (value.replace(tzinfo=None) - EPOCH).total_seconds() / 86_400
        return f'<c r="{place}" s="{WHEN}"><v>{days!r}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" s="{WORDS}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}" s="{WORDS}"><v>{value}</v></c>'
    text, quoted = _words(_said(value))
    return _text(place, QUOTED if quoted else WORDS, text)


@lru_cache(maxsize=4096)
def _words(words: str) -> tuple[str, bool]:
    """(text as XML, whether it looks like a formula)."""
    text = (words.rstrip() if _is_clean(words) else clean_text(words))[:LONGEST]
    return escape(text), FORMULA.match(text) is not None


# What most cells hold: a letter or digit, then what is seen, in one form. Cleaning looks at each character.
CARE = re.compile(f"[{''.join(BLANK)}]")


def _is_clean(words: str) -> bool:
    return (
        words.isprintable()
        and words[:1].isalnum()
        and unicodedata.is_normalized("NFC", words)
        and not CARE.search(words)
    )
