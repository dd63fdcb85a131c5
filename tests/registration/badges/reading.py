"""People for badges, and what a reader of the PDF gets to see of them."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import pypdfium2
import zxingcpp
from PIL import Image, ImageChops

from registration.badges import Face, Layout
from registration.badges.fitting import Setting
from registration.badges.stamping import Batch

TOKEN = "S1:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 4 + "ABCDEFG2"


def face(
    primary: str = "김민서",
    secondary: str = "Minseo Kim",
    organisation: str = "행정안전부 디지털정부국",
    job_title: str = "사무관",
    country: str = "대한민국",
    category: str = "대표단",
    colour: str = "#0b3d91",
    attendance: str = "현장 참석",
    token: str = TOKEN,
    reference: str = "K7QM-3FXD",
    summit: str = "2021 열린정부파트너십 글로벌 서밋",
    dates: str = "2021년 12월 15–17일 · 서울",
    language: str = "ko",
) -> Face:
    return Face(
        primary, secondary, organisation, job_title, country, category, colour, attendance, token, reference, summit,
        dates, language,
    )  # fmt: skip


class Whole(Batch):
    """Every badge laid out by WeasyPrint: what the stamped ones must look like."""

    def set_plainly(self, face: Face) -> dict[str, Setting] | None:
        return None


def whole(faces: Sequence[Face], layout: Layout = Layout.A6) -> bytes:
    return Whole(faces, layout, None).pdf()


def texts(pdf: bytes) -> list[str]:
    """The text of each page, composed and on one line, as somebody copying it would get it."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    return [unicodedata.normalize("NFKC", " ".join(text.split())) for text in pages]


class Glyph(NamedTuple):
    character: str
    left: float
    bottom: float
    right: float
    top: float


def glyphs(pdf: bytes, page: int = 0) -> list[Glyph]:
    """Every visible character with the box of its ink, in points from the lower left."""
    reader = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    characters = ((reader.get_text_range(index, 1), reader.get_charbox(index)) for index in range(reader.count_chars()))
    return [Glyph(character, *box) for character, box in characters if character.strip()]


def pictures(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    return [page.render(scale=dpi / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]


def decoded(picture: Image.Image) -> list[str]:
    return [
        code.text
        for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    ]


def darkest(picture: Image.Image) -> int:
    """The darkest grey in ``picture``, 0 (black) to 255 (white)."""
    return next(grey for grey, count in enumerate(picture.histogram()) if count)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of the ink that clearly differs: by more than 96 of 255 steps of grey."""
    assert one.size == other.size
    differing = sum(ImageChops.difference(one, other).histogram()[97:])
    return differing / max(1, sum(one.histogram()[:128]))
