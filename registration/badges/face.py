"""What is written on one badge, made safe for print."""

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from summit.lib.normal_forms import normal
from summit.lib.text import BLANK

# The characters of QR's alphanumeric mode; anything else would need bigger codes with smaller modules.
TOKEN = re.compile(r"[0-9A-Z $%*+\-./:]{1,150}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

ZWNJ, ZWJ, EMOJI_STYLE = "\u200c", "\u200d", "\ufe0f"
UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# No living language stacks more; "Zalgo" text would run over its neighbours.
MOST_MARKS = 4


class Background(NamedTuple):
    """The part of a badge that many share; badges with equal backgrounds use one laid-out page."""

    summit: str
    dates: str
    category: str
    attendance: str
    colour: str
    language: str
    band: str = ""
    band_colour: str = "#14181f"
    zones: str = ""
    no_photographs: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """One badge.

    ``colour`` and ``band_colour`` are ``#rrggbb``; ``no_photographs`` are the words that forbid photographs of its bearer, "" for none;
    ``photo`` is a JPEG, three wide to four high; ``token`` is what the QR says: 1 to 150 characters of QR's alphanumeric set (digits,
    capitals, space and ``$%*+-./:``); ``language`` is a language tag. Every text is cleaned on the way in (see
    ``printable``), and a missing ``primary`` name is replaced by the ``secondary``. Raises ``ValueError`` for a colour,
    token or language that cannot be used.
    """

    primary: str
    secondary: str
    organisation: str
    job_title: str
    country: str
    category: str
    colour: str
    attendance: str
    token: str
    reference: str
    summit: str
    dates: str
    language: str
    band: str = ""
    band_colour: str = "#14181f"
    zones: str = ""
    photo: bytes = b""
    no_photographs: str = ""

    def __post_init__(self) -> None:
        for name, pattern in (("colour", COLOUR), ("band_colour", COLOUR), ("token", TOKEN), ("language", LANGUAGE)):
            if not pattern.fullmatch(getattr(self, name)):
                raise ValueError(f"A badge cannot use this {name}: {getattr(self, name)!r}")
        for field in dataclasses.fields(self):
            if field.name not in {"colour", "band_colour", "token", "language", "photo"}:
                object.__setattr__(self, field.name, printable(getattr(self, field.name)))
        if not self.primary:
            object.__setattr__(self, "primary", self.secondary)
        if self.primary == self.secondary:
            object.__setattr__(self, "secondary", "")

    @property
    def background(self) -> Background:
        return Background(self.summit, self.dates, self.category, self.attendance, self.colour, self.language,
                          self.band, self.band_colour, self.zones, self.no_photographs)  # fmt: skip


def printable(text: str) -> str:
    """``text`` in composed form on one line, without anything that prints nothing or moves its neighbours.

    Control characters, zero-width characters and bidi overrides go. Two joiners stay where they are spelling rather
    than trickery: ZWNJ between Arabic letters (Persian needs it) and ZWJ between two emoji.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept: list[str] = []
    source = normal("NFC", " ".join(text.split()))
    for index, character in enumerate(source):
        after = source[index + 1 : index + 2]
        if keeps(character, "".join(kept[-MOST_MARKS:]), after):
            kept.append(character)
    return " ".join("".join(kept).split())


def keeps(character: str, before: str, after: str) -> bool:
    """Whether ``character`` may be printed between ``before`` (up to four characters) and ``after`` (one or none)."""
    category = unicodedata.category(character)
    if character == ZWNJ:
        return is_arabic(before[-1:]) and is_arabic(after)
    if character == ZWJ:
        return is_pictograph(before.rstrip(EMOJI_STYLE)[-1:]) and is_pictograph(after)
    if character == EMOJI_STYLE:
        return is_pictograph(before[-1:])
    if category == "Mn" and unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return False
    if category.startswith("M"):
        return len(before) < MOST_MARKS or not all(unicodedata.category(mark).startswith("M") for mark in before)
    return category not in UNPRINTABLE and character not in BLANK


def is_arabic(character: str) -> bool:
    return bool(character) and unicodedata.bidirectional(character) == "AL"


def is_pictograph(character: str) -> bool:
    """Symbols that emoji are made of, skin tones included."""
    return bool(character) and unicodedata.category(character) in {"So", "Sk"} and ord(character) >= 0x2190


def is_tall(text: str) -> bool:
    """Whether any letter belongs to a script that needs more height: Hebrew to Syriac, and India to Cambodia."""
    return any("\u0590" <= character <= "\u109f" or "\u1780" <= character <= "\u17ff" for character in text)


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 (black) to 1 (white), as WCAG defines it."""
    parts = []
    for start in (1, 3, 5):
        value = int(colour[start : start + 2], 16) / 255
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on ``colour``; the better of the two always reaches 4.58 : 1."""
    return max(("#ffffff", "#000000"), key=lambda ink: contrast(ink, colour))
