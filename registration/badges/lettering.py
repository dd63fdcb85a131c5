"""Text written with HarfBuzz: shaping, the operators that draw it, and the embedded subsets of the fonts."""

import itertools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import uharfbuzz as hb
from fontTools.pens.basePen import BasePen
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from registration.badges.fitting import Setting
from registration.badges.fonts import ARABIC, MAIN, harfbuzz_face

type Glyphs = list[tuple[hb.GlyphInfo, hb.GlyphPosition]]


class Mark(NamedTuple):
    """A dot or accent that stands at another glyph; its place in em from the start of the text."""

    glyph: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """A shaped text: its characters in the PDF with the shift before each (em), its marks, and its width (em)."""

    characters: tuple[tuple[int, float], ...]
    marks: tuple[Mark, ...]
    width: float


class CannotWrite(ValueError):
    """None of the fonts can write this text alone, or it runs in two directions."""


class Lettering:
    """Collects what is written with one font. Made for one document and one thread; only the font file is shared."""

    def __init__(self, family: str, *, bold: bool, right_to_left: bool = False) -> None:
        self.tag = f"{'A' if right_to_left else 'M'}{'B' if bold else 'R'}"
        self.bold, self.right_to_left = bold, right_to_left
        self.face = harfbuzz_face(family, bold=bold)
        self.font = hb.Font(self.face)
        self.em: float = self.face.upem
        extents = self.font.get_font_extents("ltr")
        self.ascent, self.descent = extents.ascender / self.em, -extents.descender / self.em
        # A glyph gets one character code for each text it stands for, so that copied text is always what was written.
        self.codes: dict[tuple[int, str], int] = {}
        self.shaped: dict[str, Shaped | None] = {}

    def shape(self, text: str) -> Shaped | None:
        """``text`` as glyphs from left to right, or None where this font alone cannot write it."""
        if text not in self.shaped:
            self.shaped[text] = self._shape(text)
        return self.shaped[text]

    def _shape(self, text: str) -> Shaped | None:
        if self.right_to_left and not runs_only_leftwards(text):
            return None
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        if (buffer.direction == "rtl") != self.right_to_left:
            return None
        hb.shape(self.font, buffer)
        characters: list[tuple[int, str, float]] = []
        marks: list[Mark] = []
        # Where the next glyph belongs, and where a reader of the PDF would put it by the widths alone; font units.
        pen = reader = 0
        for group, written in clusters_of(buffer, text):
            # A cluster is one letter with its marks; what is built otherwise needs a real layout engine.
            if sum(is_base(at, group) for _, at in group) != 1 or not all(info.codepoint for info, _ in group):
                return None
            for info, at in group:
                x = pen + at.x_offset
                if is_base(at, group):
                    characters.append((info.codepoint, written, (x - reader) / self.em))
                    reader = x + self.font.get_glyph_h_advance(info.codepoint)
                else:
                    marks.append(Mark(info.codepoint, x / self.em, at.y_offset / self.em))
                pen += at.x_advance
        return Shaped(
            tuple(
                (self.codes.setdefault((glyph, written), len(self.codes) + 1), shift)
                for glyph, written, shift in characters
            ),
            tuple(marks),
            pen / self.em,
        )

    def text(self, shaped: Shaped, size: float, x: float, baseline: float) -> str:
        """Operators for a text object, without the operators around it."""
        return f"/{self.tag} {size:g} Tf 1 0 0 1 {x:.2f} {baseline:.2f} Tm [{strings(shaped)}] TJ"

    def marks(self, shaped: Shaped, size: float, x: float, baseline: float) -> str:
        """Operators for the marks, as outlines: as text they would be copied apart from their letters."""
        parts = []
        for mark in shaped.marks:
            outline, scale = Outline(), size / self.em
            self.font.draw_glyph_with_pen(mark.glyph, outline)
            left, bottom = x + mark.x * size, baseline + mark.y * size
            parts.append(f"q {scale:.6f} 0 0 {scale:.6f} {left:.3f} {bottom:.3f} cm {outline.operators()} f Q")
        return " ".join(parts)

    def embed(self, pdf: Pdf) -> Object:
        """The font with only the glyphs used so far, as a PDF font object with its way back to Unicode."""
        subset = hb.SubsetInput()
        subset.glyph_set.update({glyph for glyph, _ in self.codes})
        subset.flags = hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NO_HINTING
        subset.drop_table_tag_set.update(int.from_bytes(table, "big") for table in (b"GSUB", b"GPOS", b"GDEF"))
        plan = hb.SubsetPlan(self.face, subset)
        data = plan.execute().blob.data
        glyphs = [0, *(plan.old_to_new_glyph_mapping[glyph] for glyph, _ in self.codes)]
        name = Name(f"/SUMMIT+Badge-{self.tag}")
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=self._descriptor(pdf, name, data),
            W=Array([1, Array([self._advance(glyph) for glyph, _ in self.codes])]),
            DW=1000,
            CIDToGIDMap=pdf.make_indirect(Stream(pdf, b"".join(glyph.to_bytes(2, "big") for glyph in glyphs))),
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=[pdf.make_indirect(descendant)],
                ToUnicode=pdf.make_indirect(Stream(pdf, self._to_unicode())),
            )
        )

    def _advance(self, glyph: int) -> float:
        advance: int = self.font.get_glyph_h_advance(glyph)
        return round(advance * 1000 / self.em, 2)

    def _descriptor(self, pdf: Pdf, name: Name, data: bytes) -> Object:
        file = Stream(pdf, data)
        file["/Length1"] = len(data)
        ascent, descent = round(self.ascent * 1000), round(self.descent * 1000)
        return pdf.make_indirect(
            Dictionary(
                Type=Name.FontDescriptor,
                FontName=name,
                Flags=4,
                FontBBox=[-500, -descent, 2000, ascent],
                ItalicAngle=0,
                Ascent=ascent,
                Descent=-descent,
                CapHeight=707,
                StemV=140 if self.bold else 80,
                FontFile2=pdf.make_indirect(file),
            )
        )

    def _to_unicode(self) -> bytes:
        pairs = [(code, text) for (_, text), code in self.codes.items()]
        lines = [
            (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Badge def /CMapType 2 def "
                "1 begincodespacerange <0000> <FFFF> endcodespacerange"
            )
        ]
        # The format allows a hundred pairs at a time.
        for block in itertools.batched(pairs, 100, strict=False):
            lines.append(f"{len(block)} beginbfchar")
            lines += [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in block]
            lines.append("endbfchar")
        lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
        return "\n".join(lines).encode()


class Outline(BasePen):
    """A glyph as path operators, in font units. The base class turns quadratic curves into cubic ones."""

    def __init__(self) -> None:
        super().__init__(None)
        self.parts: list[str] = []

    def operators(self) -> str:
        return " ".join(self.parts)

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.parts.append(f"{pt[0]:g} {pt[1]:g} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.parts.append(f"{pt[0]:g} {pt[1]:g} l")

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:
        points = " ".join(f"{x:.5g} {y:.5g}" for x, y in (pt1, pt2, pt3))
        self.parts.append(f"{points} c")

    def _closePath(self) -> None:
        self.parts.append("h")


class Letterings:
    """All fonts of one document that text is stamped with."""

    def __init__(self) -> None:
        self.fonts = tuple(
            Lettering(family, bold=bold, right_to_left=family == ARABIC)
            for family in (MAIN, ARABIC)
            for bold in (False, True)
        )

    def find(self, text: str, *, bold: bool) -> tuple[Lettering, Shaped] | None:
        """The first font that can write ``text``, and how; None where a layout engine is needed."""
        for font in self.fonts:
            if font.bold == bold and (shaped := font.shape(text)):
                return font, shaped
        return None

    def measure(self, text: str, bold: bool) -> float:
        """Width in em. Raises ``CannotWrite``."""
        if (found := self.find(text, bold=bold)) is None:
            raise CannotWrite(text)
        return found[1].width

    def operators(self, setting: Setting, x: float, top: float) -> str:
        """Operators for ``setting`` in a box whose upper left corner is ``x``, ``top`` (points, upwards).

        The baseline is where CSS puts it: the font's own height centred in the line.
        """
        red, green, blue = (int(setting.slot.ink[start : start + 2], 16) / 255 for start in (1, 3, 5))
        texts, marks = [f"BT {red:.3g} {green:.3g} {blue:.3g} rg"], []
        for number, line in enumerate(setting.lines):
            found = self.find(line, bold=setting.slot.bold)
            if found is None:
                raise ValueError("This line was not shaped before")
            font, shaped = found
            left = x + (setting.slot.width - shaped.width * setting.size) / 2 if setting.slot.centred else x
            height = (font.ascent + font.descent) * setting.size
            baseline = top - (number + 0.5) * setting.step + height / 2 - font.ascent * setting.size
            texts.append(font.text(shaped, setting.size, left, baseline))
            if shaped.marks:
                marks.append(font.marks(shaped, setting.size, left, baseline))
        return " ".join([*texts, "ET", *marks])

    def embed(self, pdf: Pdf) -> Dictionary:
        """The fonts in use, as a resource dictionary."""
        return Dictionary({f"/{font.tag}": font.embed(pdf) for font in self.fonts if font.codes})


def clusters_of(buffer: hb.Buffer, text: str) -> Iterator[tuple[Glyphs, str]]:
    """The shaped glyphs, grouped by the letters of ``text`` they stand for."""
    glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    starts = sorted({info.cluster for info, _ in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    for start, group in itertools.groupby(glyphs, key=lambda glyph: glyph[0].cluster):
        yield list(group), text[start : ends[start]]


def is_base(at: hb.GlyphPosition, group: Glyphs) -> bool:
    """Whether the glyph stands on the line and takes room there, or is all there is."""
    return at.y_offset == 0 and (at.x_advance > 0 or len(group) == 1)


def runs_only_leftwards(text: str) -> bool:
    """Whether no digit, bracket or Latin letter would have to run the other way."""
    return not any(
        unicodedata.bidirectional(character) in {"L", "EN", "AN"} or unicodedata.mirrored(character)
        for character in text
    )


def strings(shaped: Shaped) -> str:
    """The inside of a TJ array: character codes, and the kerning between them in thousandths of an em."""
    parts, run = [], ""
    for code, shift in shaped.characters:
        if shift:
            parts.append(f"<{run}>{-shift * 1000:.4g}" if run else f"{-shift * 1000:.4g}")
            run = ""
        run += f"{code:04X}"
    return "".join([*parts, f"<{run}>"])
