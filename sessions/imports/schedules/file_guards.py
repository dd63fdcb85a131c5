"""Limits that stop a hostile file before it costs time or memory. Each raises ``Refused`` with what to do.

No XML with a DOCTYPE is accepted, so there are no entities to expand or fetch (OWASP, XML External Entity
Prevention). A zip is measured by its own directory first, and again while it is unpacked.
"""

import codecs
import io
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from summit.imports.table_format import LARGEST, Refused
from summit.lib.encodings import KOREAN

SESSIONS = 20_000
ROWS, COLUMNS, CELL = 20_000, 100, 32_767
HEAVIEST = 48 * 1024 * 1024  # bytes of memory a decoded text may take
PIECE = 1 << 16
ELEMENTS, DEPTH, TEXT = 400_000, 32, 200_000
KEPT_ELEMENTS, ELEMENTS_OF_ONE = 20_000, 5_000
UNPACKED, ENTRIES, DIRECTORY, SMALL_PART = 64 * 1024 * 1024, 1_000, 256 * 1024, 4 * 1024 * 1024
CELLS, STRINGS = 600_000, 200_000
GAP = 512 * 1024  # bytes without any "<": no tag and no text is that long


def check_size(content: bytes) -> None:
    if not content.strip():
        raise Refused(_("The file is empty."))
    if len(content) > LARGEST:
        raise Refused(_("The file is larger than 20 MB."))


def check_encoding(content: bytes) -> int:
    """Refuses what is not UTF-8, with the line; returns how much memory the text takes once it is decoded."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:400]:
        raise Refused(_("The file is UTF-16 or no text at all. Save it as UTF-8 and try again."))
    decoder = codecs.getincrementaldecoder("utf-8")()
    letters, widest = 0, 1
    for start in range(0, len(content), PIECE):
        piece = content[start : start + PIECE]
        try:
            text = decoder.decode(piece, final=start + PIECE >= len(content))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, start) + piece.count(b"\n", 0, error.start) + 1
            raise Refused(
                _("Line %(line)d is not UTF-8 text. Save the file as UTF-8 and try again.") % {"line": line}
            ) from error
        letters += len(text)
        if text:
            widest = max(widest, sys.getsizeof(text) // len(text))
    return letters * widest


def decoded(content: bytes) -> str:
    """The file as text."""
    check_size(content)
    if check_encoding(content) > HEAVIEST:
        raise Refused(_("The text of the file is too large. Split the file and import the parts."))
    return content.decode("utf-8-sig")


def check_json(content: bytes) -> None:
    """Millions of tiny values take a hundred times their size once they are read."""
    if content.count(b"{") + content.count(b"[") > 200_000 or content.count(b":") > 400_000:
        raise Refused(_("The file holds more values than any agenda has. Split it and import the parts."))
    if content.count(b",") > 800_000:
        raise Refused(_("The file holds more values than any agenda has. Split it and import the parts."))


class Element:
    """What is kept of an XML element, with the line it begins on."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str] | None, line: int) -> None:
        self.tag, self.attributes, self.line = tag, attributes, line
        self.text = ""
        self.children: list[Element] | None = None

    def get(self, name: str) -> str:
        return (self.attributes or {}).get(name, "").strip()

    def all(self, tag: str) -> list["Element"]:
        return [child for child in self.children or () if child.tag == tag]

    def one(self, tag: str) -> "Element | None":
        return next((child for child in self.children or () if child.tag == tag), None)

    def words(self, tag: str) -> str:
        """The text of that child; "" where there is none."""
        child = self.one(tag)
        return child.text.strip() if child else ""


Taker = Callable[[Element, list[Element]], None]


class _Reader:
    """Builds elements from expat's events; hands over and forgets each one called ``each`` as it ends."""

    def __init__(self, each: str, take: Taker) -> None:
        self.each, self.take = each, take
        self.open: list[Element] = []
        self.seen = self.kept = self.inside = 0
        self.root: Element | None = None
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.buffer_size = PIECE
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def doctype(self, *_facts: Any) -> None:
        raise Refused(_("The file has a DOCTYPE, which no schedule needs. Remove it and try again."))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.seen += 1
        self.inside += 1
        self.kept += 1
        if self.seen > ELEMENTS or self.kept > KEPT_ELEMENTS:
            raise Refused(
                _("Line %(line)d: the file has more elements than any agenda. Split it.") % {"line": self.line}
            )
        if len(self.open) >= DEPTH:
            raise Refused(
                _("Line %(line)d: elements lie too deep in each other. Export the file again.") % {"line": self.line}
            )
        if tag == self.each:
            self.inside = 0
        if self.inside > ELEMENTS_OF_ONE and any(element.tag == self.each for element in self.open):
            raise Refused(_("Line %(line)d: one session has too many elements. Shorten it.") % {"line": self.line})
        element = Element(tag, attributes or None, self.line)
        if self.open:
            parent = self.open[-1]
            if parent.children is None:
                parent.children = []
            parent.children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def characters(self, text: str) -> None:
        element = self.open[-1]
        element.text += text
        if len(element.text) > TEXT:
            raise Refused(
                _("Line %(line)d: a text has more than 200,000 characters. Shorten it.") % {"line": self.line}
            )

    def end(self, tag: str) -> None:
        element = self.open.pop()
        if tag == self.each:
            self.take(element, self.open)
            self.kept -= self.inside + 1
            if self.open and self.open[-1].children:
                self.open[-1].children.pop()

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber


def read_xml(content: bytes, *, each: str, take: Taker) -> Element:
    """The root element without its ``each`` elements: they go to ``take(element, ancestors)`` one by one."""
    check_size(content)
    declared = re.match(rb"""[\s\xef\xbb\xbf]*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]{1,40})""", content[:400])
    if check_encoding(content) > HEAVIEST:
        raise Refused(_("The text of the file is too large. Split the file and import the parts."))
    if declared and declared[1].lower().decode() not in {"utf-8", "utf8", "us-ascii", *KOREAN}:
        raise Refused(
            _("The first line says the file is %(encoding)s. Save it as UTF-8 and say so there.")
            % {"encoding": declared[1].decode()}
        )
    check_gaps(content)
    reader = _Reader(each, take)
    try:
        for start in range(0, len(content), PIECE):
            reader.parser.Parse(content[start : start + PIECE], False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused(
            _("Line %(line)d: this is not XML: a tag or a sign in it is broken. Export the file again.")
            % {"line": error.lineno}
        ) from error
    if reader.root is None:
        raise Refused(_("The file is empty."))
    return reader.root


def check_gaps(content: bytes) -> None:
    """A tag of megabytes would become millions of attributes."""
    for start in range(0, len(content) - GAP + 1, GAP):
        if content.find(b"<", start, start + GAP) < 0:
            raise Refused(_("The file has a text or a tag of more than 500,000 characters. Shorten it."))


def check_workbook(content: bytes) -> None:
    """Refuses a workbook (.xlsx, .ods) that unpacks to more than a sheet of our limits needs (ECMA-376 part 2 on a zip)."""
    check_size(content)
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22:
        raise Refused(_("The workbook is damaged. Open it in a spreadsheet and save it again."))
    entries, directory = struct.unpack("<HI", content[end + 10 : end + 16])
    if entries > ENTRIES or directory > DIRECTORY:
        raise Refused(_("The workbook has too many parts. Copy the sheet into a new one."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = book.infolist()
            if sum(part.file_size for part in parts) > UNPACKED or len(parts) > ENTRIES:
                raise Refused(
                    _("The workbook unpacks to more than 64 MB. Delete empty rows, pictures and other sheets.")
                )
            budget = UNPACKED
            for part in parts:
                if part.flag_bits & 1:
                    raise Refused(_("The workbook is locked with a password. Save it without one."))
                if _may_be_read(book, part):
                    budget -= _check_part(book, part, budget)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise Refused(_("The workbook is damaged. Open it in a spreadsheet and save it again.")) from error
    except (zlib.error, RuntimeError) as error:
        raise Refused(_("The workbook is damaged. Open it in a spreadsheet and save it again.")) from error


def _is_named_as_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels", ".vml"))


def _may_be_read(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a reader could take the part for a sheet, whatever it is called: it begins as XML does."""
    if _is_named_as_xml(part):
        return True
    with book.open(part) as stream:
        begins = stream.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    return begins.startswith(b"<")


def _check_part(book: zipfile.ZipFile, part: zipfile.ZipInfo, budget: int) -> int:
    """Unpack one part piece by piece and look only at what would be dear; returns its size in bytes."""
    tables = ("worksheets/", "sharedStrings", "content.xml")
    is_table = not _is_named_as_xml(part) or any(name in part.filename for name in tables)
    size = rows = cells = strings = quiet = 0
    tail = b""
    with book.open(part) as stream:
        while piece := stream.read(PIECE):
            size += len(piece)
            joined = tail + piece
            if size > (budget if is_table else min(budget, SMALL_PART)):
                raise Refused(
                    _("The workbook unpacks to more than 64 MB. Delete empty rows, pictures and other sheets.")
                )
            if b"\0" in piece or (b"<!" in joined and re.search(rb"<!(?:DOCTYPE|ENTITY)", joined)):
                raise Refused(
                    _(
                        "The workbook holds a DOCTYPE or a part that is not UTF-8. Open it in a spreadsheet and save it again."
                    )
                )
            # A piece's last bytes are looked at with the next one, and counted only there.
            rows, cells, strings = (
                count + joined.count(mark) - tail.count(mark)
                for count, mark in ((rows, b"<row"), (cells, b"<c "), (strings, b"<si"))
            )
            if rows > ROWS + 1:
                raise Refused(
                    _("The sheet has more than %(rows)d rows. Delete the empty ones, or split it.") % {"rows": ROWS}
                )
            if cells > CELLS or strings > STRINGS:
                raise Refused(_("The sheet has too many cells. Keep only the columns of the template."))
            quiet = 0 if b"<" in piece else quiet + len(piece)
            if quiet > GAP:
                raise Refused(_("The file has a text or a tag of more than 500,000 characters. Shorten it."))
            tail = joined[-16:]
    return size
