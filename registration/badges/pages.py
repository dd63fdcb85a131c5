"""WeasyPrint's part: pages laid out from the HTML design, and the widths of text only it can set.

WeasyPrint and the font configuration kept for it are not made for several threads, so one lock guards every use.
"""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from pydyf import PDF, Stream
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration

from registration.badges import design
from registration.badges.face import Background, contrast, ink_on
from registration.badges.fitting import Setting, clusters
from registration.badges.fonts import FAMILY
from registration.badges.layout import CARD_HEIGHT, CARD_WIDTH, MM
from summit.lib.text import is_right_to_left
from summit.typefaces import SYSTEM_FAMILIES, OwnFontsOnly, font_files

FOLDER = "registration/badge"
CSS_PIXEL = 0.75
# Enough for the categories of a few summits; a laid-out set takes some 40 kB.
KEPT_SHEETS = 16
# A colour closer to white than this needs an outline to be seen on paper.
PALE = 1.25
# The white line above the strip, and what the box of the zones adds to its text.
STRIP_LINE, ZONES_BOX = 1.2, 0.8 * MM + 1.2
# Of a character nothing is known about, in em.
GUESS = 0.6

_lock = threading.RLock()
_sheets: OrderedDict[tuple[Background, ...], "Sheet"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Card:
    """One page to lay out: its background, and whatever texts it shall carry by slot name."""

    background: Background
    settings: Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A PDF with one page for each card, and for each page where its places are: points from the upper left."""

    pdf: bytes
    places: tuple[Mapping[str, tuple[float, float]], ...]


def lay_out(cards: Sequence[Card]) -> Sheet:
    """``cards`` as pages, without their QR codes."""
    html = render_to_string(f"{FOLDER}/badge.html", {"cards": [_context(card) for card in cards]})
    with _weasyprint():
        return _sheet(html)


def kept_sheet(key: tuple[Background, ...], cards: Callable[[tuple[Background, ...]], Sequence[Card]]) -> Sheet:
    """The same for backgrounds alone: they come again with every badge, so they are kept in the process."""
    with _lock:
        sheet = _sheets.get(key) or lay_out(cards(key))
        _sheets[key] = sheet
        _sheets.move_to_end(key)
        while len(_sheets) > KEPT_SHEETS:
            _sheets.popitem(last=False)
    return sheet


class Ruler:
    """Widths of texts as WeasyPrint sets them, with whatever fonts it finds for them."""

    def __init__(self, texts: Iterable[tuple[str, bool]]) -> None:
        """Measures ``texts``, each with whether it is bold."""
        self.widths: dict[tuple[str, bool], float] = {}
        self.guessed = set(texts)
        self.learn()

    def measure(self, text: str, bold: bool) -> float:
        """Width in em; a guess from its parts where ``text`` was not measured yet, which ``learn`` makes good."""
        if (width := self.widths.get((text, bold))) is not None:
            return width
        self.guessed.add((text, bold))
        parts = text.split(" ")
        if len(parts) > 1:
            return sum(self.widths.get((part, bold), len(part) * GUESS) + GUESS for part in parts) - GUESS
        return sum(self.widths.get((part, bold), GUESS) for part in clusters(text))

    def learn(self) -> bool:
        """Measures everything that had to be guessed, in one go; tells whether there was anything."""
        wanted, self.guessed = sorted(self.guessed), set()
        rows = [{"id": f"w{number}", "text": text, "bold": bold} for number, (text, bold) in enumerate(wanted)]
        if rows:
            html = render_to_string(f"{FOLDER}/ruler.html", {"rows": rows})
            with _weasyprint():
                anchors = document_of(html).pages[0].anchors
            boxes = (anchors[row["id"]] for row in rows)
            # The ruler is set at 100 CSS pixels.
            self.widths |= {key: (box[2] - box[0]) / 100 for key, box in zip(wanted, boxes, strict=True)}
        return bool(rows)


@contextmanager
def _weasyprint() -> Iterator[None]:
    """Only one thread at a time, and its documents are gone before the next one may begin.

    Documents are cyclic, so that Python would free them whenever and in whatever thread it likes, and the fonts they
    hold with them, while another thread is using the same font map. Until the block ends nothing is collected; then the
    youngest generation holds the whole document and is quickly swept. No document may outlive the block.
    """
    with _lock:
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            gc.collect(0)
            if collecting:
                gc.enable()


def document_of(html: str) -> Document:
    """A WeasyPrint document in our fonts and style. Nothing outside can be reached from it."""
    fonts, style, fetcher = _equipment()
    return HTML(string=html, url_fetcher=fetcher).render(font_config=fonts, stylesheets=[style])


def _sheet(html: str) -> Sheet:
    document = document_of(html)
    return Sheet(document.write_pdf(finisher=_name_marks), tuple(_places(page.anchors) for page in document.pages))


@cache
def _equipment() -> tuple[FontConfiguration, CSS, OwnFontsOnly]:
    """What takes longest to prepare, kept for the life of the process."""
    fonts, fetcher = FontConfiguration(), OwnFontsOnly(FAMILY)
    lengths = {name.lower(): _points(value) for name, value in vars(design).items() if isinstance(value, float)}
    source = render_to_string(
        f"{FOLDER}/badge.css",
        {
            "fonts": font_files(FAMILY),
            "system_families": SYSTEM_FAMILIES,
            "lengths": lengths,
            "card": {"width": _points(CARD_WIDTH), "height": _points(CARD_HEIGHT)},
            "slots": [
                {"name": slot.name, "ink": slot.ink, "bold": slot.bold, "centred": slot.centred}
                | {"width": _points(slot.width), "gap": _points(slot.gap)}
                for slot in (*design.SHARED, *design.PERSONAL)
            ],
        },
    )
    return fonts, CSS(string=source, font_config=fonts, url_fetcher=fetcher), fetcher


def _name_marks(document: Document, pdf: PDF) -> None:
    """Gives glyphs that stand for nothing of their own (the dots of Arabic letters) a text that does not show.

    WeasyPrint leaves it empty, and readers then copy the glyph's number as if it were a letter.
    """
    for item in pdf.objects:
        if isinstance(item, Stream) and b"endbfchar" in item.stream:
            item.stream = [
                line.replace(b"> <>", b"> <200b>") if isinstance(line, bytes) else line for line in item.stream
            ]


def _context(card: Card) -> dict[str, Any]:
    background = card.background
    return {
        "colour": background.colour,
        "ink": ink_on(background.colour),
        "pale": contrast(background.colour, "#ffffff") < PALE,
        "strip": bool(background.band or background.zones),
        "band_colour": background.band_colour,
        "band_top": _middle(card.settings, "band"),
        "zones_top": _middle(card.settings, "zones", around=ZONES_BOX),
        "band_ink": ink_on(background.band_colour),
        "band_pale": contrast(background.band_colour, "#ffffff") < PALE,
        "language": background.language,
        "marked": bool(background.no_photographs),
        "texts": {
            name: {
                "size": _points(setting.size),
                "step": _points(setting.step),
                "right_to_left": is_right_to_left(setting.lines[0]),
                # The stylesheet keeps line breaks.
                "text": "\n".join(setting.lines),
            }
            for name, setting in card.settings.items()
            if setting.lines
        },
    }


def _middle(settings: Mapping[str, Setting], name: str, around: float = 0.0) -> str:
    """Where a text begins that stands in the middle of the strip, with a box so much higher ``around`` it."""
    height = settings[name].height + around if name in settings else 0.0
    return _points((design.STRIP_HEIGHT - STRIP_LINE - height) / 2)


def _points(length: float) -> str:
    """For CSS. A string, so that no locale puts a comma in it."""
    return f"{length:.4f}pt"


def _places(anchors: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """``names-3`` on the third page becomes ``names``."""
    return {name.partition("-")[0]: (box[0] * CSS_PIXEL, box[1] * CSS_PIXEL) for name, box in anchors.items()}
