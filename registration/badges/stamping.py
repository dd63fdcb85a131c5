"""Puts the PDF together: shared backgrounds, personal text and codes stamped onto them, odd badges laid out whole."""

import io
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Page, Pdf, Stream, String

from registration.badges import design, photograph
from registration.badges.face import Background, Face
from registration.badges.fitting import Measure, Setting, set_personal, set_shared, stack_height
from registration.badges.layout import CARD_HEIGHT, Layout
from registration.badges.lettering import CannotWrite, Letterings
from registration.badges.pages import Card, Ruler, Sheet, kept_sheet, lay_out
from registration.badges.qr import qr_operators
from registration.badges.tagging import BADGE, MARKS, Tags

type Progress = Callable[[int], None]

# Pages in one WeasyPrint document, whose memory grows with them; and badges between two reports of progress.
CHUNK = 50
# None for one-line texts, two where words wrap; more only where exact widths led to other lines.
MOST_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Laid:
    """A page WeasyPrint has laid out, ready to be drawn: its name among the resources, and where its places are."""

    name: str
    places: Mapping[str, tuple[float, float]]


class Batch:
    """The making of one file, by one thread; what files share guards itself."""

    def __init__(self, faces: Sequence[Face], layout: Layout, progress: Progress | None) -> None:
        self.faces, self.layout, self.progress = faces, layout, progress
        self.out = Pdf.new()
        self.letters = Letterings()
        # Copied pages are read from their sources when the file is written.
        self.sources: list[Pdf] = []
        self.forms: dict[str, Object] = {}
        self.done = self.told = 0

    def pdf(self) -> bytes:
        settings = [self.set_plainly(face) for face in self.faces]
        odd = [index for index, setting in enumerate(settings) if setting is None]
        whole = self.lay_out_whole(odd)
        plain = dict.fromkeys(
            face.background for face, setting in zip(self.faces, settings, strict=True) if setting is not None
        )
        backgrounds = self.lay_out_backgrounds(plain)
        cards: list[tuple[Face, Laid, bytes]] = []
        for index, (face, setting) in enumerate(zip(self.faces, settings, strict=True)):
            laid = backgrounds[face.background] if setting is not None else whole[index]
            text = self.text(setting, laid) if setting is not None else b""
            cards.append((face, laid, text))
            if setting is not None:
                self.count(1)
        self.add_pages(cards)
        return self.finish()

    def set_plainly(self, face: Face) -> dict[str, Setting] | None:
        """The personal texts as they can be stamped, or None where one of them needs a layout engine."""
        try:
            return set_personal(face, self.letters.measure)
        except CannotWrite:
            return None

    def lay_out_whole(self, indices: Sequence[int]) -> dict[int, Laid]:
        """The faces at ``indices`` as pages complete but for their codes."""
        laid: dict[int, Laid] = {}
        for chunk in itertools.batched(indices, CHUNK, strict=False):
            sheet = lay_out(whole_cards([self.faces[index] for index in chunk]))
            laid |= zip(chunk, self.adopt(sheet), strict=True)
            self.count(len(chunk))
        return laid

    def lay_out_backgrounds(self, backgrounds: Iterable[Background]) -> dict[Background, Laid]:
        laid: dict[Background, Laid] = {}
        # Sorted, so that the same categories in another order are found again.
        for chunk in itertools.batched(sorted(backgrounds), CHUNK, strict=False):
            laid |= zip(chunk, self.adopt(kept_sheet(chunk, background_cards)), strict=True)
        return laid

    def adopt(self, sheet: Sheet) -> list[Laid]:
        """The pages of ``sheet`` as drawable objects of our file."""
        source = Pdf.open(io.BytesIO(sheet.pdf))
        self.sources.append(source)
        laid = []
        for page, places in zip(source.pages, sheet.places, strict=True):
            name = f"/P{len(self.forms)}"
            self.forms[name] = self.out.copy_foreign(page.as_form_xobject())
            laid.append(Laid(name, places))
        return laid

    def text(self, settings: Mapping[str, Setting], laid: Laid) -> bytes:
        """Operators for everything personal, in the order it is read."""
        parts = []
        left, top = laid.places["names"]
        parts += self.stack(settings, design.NAMES, left, CARD_HEIGHT - top)
        left, bottom = laid.places["details"]
        height = stack_height(settings, design.DETAILS)
        parts += self.stack(settings, design.DETAILS, left, CARD_HEIGHT - bottom + height)
        for slot in (design.COUNTRY, design.REFERENCE):
            left, top = laid.places[slot.name]
            parts += self.stack(settings, (slot,), left, CARD_HEIGHT - top)
        return "\n".join([*parts, ""]).encode()

    def stack(
        self, settings: Mapping[str, Setting], slots: Sequence[design.Slot], left: float, top: float
    ) -> list[str]:
        """Operators for the filled ``slots`` below one another; ``top`` in points above the lower edge."""
        parts: list[str] = []
        for slot in slots:
            setting = settings[slot.name]
            if setting.lines:
                top -= slot.gap if parts else 0.0
                parts.append(self.letters.operators(setting, left, top))
                top -= setting.height
        return parts

    def count(self, number: int) -> None:
        self.done += number
        if self.progress and self.done - self.told >= CHUNK and self.done < len(self.faces):
            self.told = self.done
            self.progress(self.done)

    def add_pages(self, cards: Sequence[tuple[Face, Laid, bytes]]) -> None:
        fonts, tags = self.letters.embed(self.out), Tags(self.out, self.faces[0].language)
        resources: dict[tuple[str, ...], Object] = {}
        cells, box = self.layout.cells, Array([0, 0, *(round(side, 3) for side in self.layout.page)])
        for group in itertools.batched(cards, len(cells), strict=False):
            names = tuple(sorted({laid.name for _face, laid, _text in group}))
            photos = {
                f"/I{n}": photograph.image(self.out, face.photo)
                for n, (face, _laid, _text) in enumerate(group)
                if face.photo
            }
            if names not in resources:
                forms = Dictionary({name: self.forms[name] for name in names})
                resources[names] = self.out.make_indirect(Dictionary(XObject=forms, Font=fonts))
            content = b"".join(
                BADGE
                % (
                    *cell,
                    2 * place,
                    laid.name.encode(),
                    text,
                    2 * place + 1,
                    code(face, laid),
                    photograph.operators(face, f"/I{place}") if face.photo else b"",
                )
                for place, (cell, (face, laid, text)) in enumerate(zip(cells, group, strict=False))
            )
            stream = self.out.make_indirect(Stream(self.out, content + MARKS % self.layout.marks))
            drawn = with_photos(resources[names], photos) if photos else resources[names]
            page = Dictionary(Type=Name.Page, MediaBox=box, Resources=drawn, Contents=stream)
            self.out.pages.append(Page(page))
            tags.add_page(self.out.pages[-1], [face for face, _laid, _text in group])
        tags.finish()

    def finish(self) -> bytes:
        first = self.faces[0]
        title = f"{first.primary} – {first.summit}" if len(self.faces) == 1 else first.summit
        self.out.Root["/Lang"] = String(first.language)
        self.out.Root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
        self.out.docinfo["/Title"] = String(title)
        target = io.BytesIO()
        # The same badges give the same file.
        self.out.save(target, object_stream_mode=ObjectStreamMode.generate, deterministic_id=True)
        if self.progress:
            self.progress(len(self.faces))
        return target.getvalue()


def with_photos(resources: Object, photos: Mapping[str, Object]) -> Object:
    """What a page draws from, with the photos of its own."""
    return Dictionary(XObject=Dictionary({**dict(resources.XObject.items()), **photos}), Font=resources.Font)


def code(face: Face, laid: Laid) -> bytes:
    left, top = laid.places["qr"]
    return qr_operators(face.token, left, CARD_HEIGHT - top - design.QR_SIDE, design.QR_SIDE)


def whole_cards(faces: Sequence[Face]) -> list[Card]:
    """Complete badges, whatever they are written in."""
    slots = (*design.SHARED, *design.PERSONAL)
    return set_exactly(
        ((getattr(face, slot.name), slot.bold) for face in faces for slot in slots),
        lambda measure: [
            Card(face.background, set_shared(face.background, measure) | set_personal(face, measure)) for face in faces
        ],
    )


def background_cards(backgrounds: Sequence[Background]) -> list[Card]:
    """What badges with these backgrounds share, without anything personal."""
    return set_exactly(
        ((getattr(background, slot.name), slot.bold) for background in backgrounds for slot in design.SHARED),
        lambda measure: [Card(background, set_shared(background, measure)) for background in backgrounds],
    )


def set_exactly(texts: Iterable[tuple[str, bool]], set_editing_rules: Callable[[Measure], list[Card]]) -> list[Card]:
    """What ``set_editing_rules`` makes of ``texts`` (each with whether it is bold) when it is given their widths.

    Where our fonts cannot tell, WeasyPrint is asked; the lines it shall measure are known only once they have been
    arranged, so this goes round until no line is a guess.
    """
    letters = Letterings()
    odd = {(text, bold) for text, bold in texts if text and not letters.find(text, bold=bold)}
    if not odd:
        return set_editing_rules(letters.measure)
    ruler = Ruler(odd)

    def measure(text: str, bold: bool) -> float:
        found = letters.find(text, bold=bold)
        return found[1].width if found else ruler.measure(text, bold)

    cards = set_editing_rules(measure)
    for _ in range(MOST_ROUNDS):
        if not ruler.learn():
            break
        cards = set_editing_rules(measure)
    return cards
