"""How large a text is set and where it wraps. Pure arithmetic: widths come from whoever draws the text."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from registration.badges.design import (
    BREATH,
    COUNTRY,
    DETAILS,
    NARROW_WIDTH,
    PEOPLE_HEIGHT,
    PRIMARY,
    REFERENCE,
    SECONDARY,
    SHARED,
    TALL,
    Slot,
    strip_of,
)
from registration.badges.face import ZWJ, Background, Face, is_tall

# The width of a text in em, set in regular or (True) bold.
Measure = Callable[[str, bool], float]

# Sizes are rounded down to quarters of a point: WeasyPrint keeps something for every size it has ever seen.
STEP = 0.25
# One more line must make the text a tenth larger to be worth it.
WORTH_A_LINE = 1.1
# A line may break after a space, and after the marks that join compounds.
WORD = re.compile(r"[^\s/·&-]*[/·&-]+|[^\s/·&-]+")


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it will stand in its slot; ``size`` in points, ``leading`` (line height) in em."""

    slot: Slot
    size: float
    lines: tuple[str, ...]
    leading: float

    @property
    def step(self) -> float:
        """From one baseline to the next, in points."""
        return self.size * self.leading

    @property
    def height(self) -> float:
        return self.step * len(self.lines)


@dataclass(frozen=True, slots=True)
class Piece:
    """What never breaks. ``space`` (em) stands before it except at the start of a line; ``hyphen`` (em) is the width of
    the hyphen it shows at the end of a line, 0 for none."""

    text: str
    width: float
    space: float
    hyphen: float = 0.0


def set_shared(background: Background, measure: Measure) -> dict[str, Setting]:
    """The texts that many badges share, by slot name."""
    return {slot.name: fit(getattr(background, slot.name), slot, measure) for slot in SHARED}


def set_personal(face: Face, measure: Measure) -> dict[str, Setting]:
    """One person's texts, by slot name; the names take the height that the details leave."""
    slots = (PRIMARY, SECONDARY, *DETAILS)
    primary, secondary, *details = (replace(slot, width=NARROW_WIDTH) for slot in slots) if face.photo else slots
    settings = {slot.name: fit(getattr(face, slot.name), slot, measure) for slot in (*details, COUNTRY, REFERENCE)}
    room = PEOPLE_HEIGHT - strip_of(face) - BREATH - stack_height(settings, DETAILS)
    second = fit(face.secondary, secondary, measure)
    taken = second.height + SECONDARY.gap if second.lines else 0.0
    first = fit(face.primary, primary, measure, height=min(PRIMARY.height, room - taken))
    return {PRIMARY.name: first, SECONDARY.name: second, **settings}


def stack_height(settings: Mapping[str, Setting], slots: tuple[Slot, ...]) -> float:
    """Height of the slots below one another in points; an empty slot takes none, nor does the gap above the first."""
    filled = [settings[slot.name] for slot in slots if settings[slot.name].lines]
    return sum(setting.height for setting in filled) + sum(setting.slot.gap for setting in filled[1:])


def fit(text: str, slot: Slot, measure: Measure, *, height: float | None = None) -> Setting:
    """``text`` as large as ``slot`` allows within its width and ``height`` (points; the slot's own when not given)."""
    if not text:
        return Setting(slot, slot.size, (), slot.leading)
    box = Box(slot, slot.height if height is None else height, slot.leading * (TALL if is_tall(text) else 1), measure)
    whole = box.setting((text,))
    if whole.size >= slot.comfortable or slot.lines == 1:
        return whole
    setting = set_editing_rules(words(text, slot, measure), box)
    if setting.size < slot.smallest:
        cut = set_editing_rules(words(text, slot, measure, limit=slot.width / slot.smallest), box)
        setting = max(cut, setting, key=lambda option: option.size)
    return setting


@dataclass(frozen=True, slots=True)
class Box:
    """What limits one text: its slot, the height it may take (points), its line height (em), and its widths."""

    slot: Slot
    height: float
    leading: float
    measure: Measure

    def setting(self, lines: tuple[str, ...]) -> Setting:
        """``lines`` at the largest size at which they stay inside."""
        widest = max(self.measure(line, self.slot.bold) for line in lines)
        size = min(self.slot.size, self.slot.width / max(widest, 0.01), self.height / (len(lines) * self.leading))
        return Setting(self.slot, max(STEP, size // STEP * STEP), lines, self.leading)


def set_editing_rules(pieces: list[Piece], box: Box) -> Setting:
    """The best number of lines for ``pieces``, each line about as long as the next."""
    best = box.setting(balance(pieces, 1))
    for count in range(2, box.slot.lines + 1):
        if best.size >= box.slot.comfortable:
            break
        option = box.setting(balance(pieces, count))
        if option.size > best.size * WORTH_A_LINE:
            best = option
        if len(option.lines) < count:
            break
    return best


def balance(pieces: list[Piece], count: int) -> tuple[str, ...]:
    """At most ``count`` lines, the widest as narrow as the breaks allow: bisection over greedy wrapping."""
    low = max(piece.width + piece.hyphen for piece in pieces)
    high = sum(piece.width + piece.space for piece in pieces) + low
    best = wrap(pieces, high)
    for _ in range(14):
        middle = (low + high) / 2
        lines = wrap(pieces, middle)
        if len(lines) <= count:
            best, high = lines, middle
        else:
            low = middle
    return best


def wrap(pieces: list[Piece], width: float) -> tuple[str, ...]:
    """Greedy wrapping at ``width`` em; a piece that is wider stands alone."""
    lines: list[str] = []
    text, used, hyphen = "", 0.0, 0.0
    for piece in pieces:
        if text and used + piece.space + piece.width + piece.hyphen > width:
            lines.append(text + "-" if hyphen else text)
            text, used = "", 0.0
        text += (" " if text and piece.space else "") + piece.text
        used += (piece.space if used else 0.0) + piece.width
        hyphen = piece.hyphen
    return (*lines, text)


def words(text: str, slot: Slot, measure: Measure, *, limit: float | None = None) -> list[Piece]:
    """``text`` in unbreakable pieces; words wider than ``limit`` em are cut into characters."""
    space, pieces = measure(" ", slot.bold), []
    for match in WORD.finditer(text):
        before = space if match.start() and text[match.start() - 1] == " " else 0.0
        width = measure(match[0], slot.bold)
        if limit is None or width <= limit:
            pieces.append(Piece(match[0], width, before))
        else:
            pieces += cut(match[0], slot, measure, before)
    return pieces


def cut(word: str, slot: Slot, measure: Measure, space: float) -> list[Piece]:
    """``word`` in single characters; alphabets show a hyphen where they are broken, Hangul and Hanja do not."""
    hyphen, parts, pieces = measure("-", slot.bold), clusters(word), []
    for index, part in enumerate(parts):
        after = parts[index + 1][0] if index + 1 < len(parts) else ""
        shown = hyphen if takes_hyphen(part[0]) and after and takes_hyphen(after) else 0.0
        pieces.append(Piece(part, measure(part, slot.bold), space if index == 0 else 0.0, shown))
    return pieces


def takes_hyphen(character: str) -> bool:
    return unicodedata.category(character) in {"Lu", "Ll"}


def clusters(text: str) -> list[str]:
    """What a reader takes for characters: a base with its marks, a joined emoji, a flag's two halves."""
    parts: list[str] = []
    for character in text:
        joined = parts and (
            unicodedata.category(character).startswith("M")
            or character == ZWJ
            or parts[-1].endswith(ZWJ)
            or 0x1F3FB <= ord(character) <= 0x1F3FF
            or (is_flag_half(character) and is_flag_half(parts[-1]))
        )
        if joined:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def is_flag_half(text: str) -> bool:
    return len(text) == 1 and 0x1F1E6 <= ord(text) <= 0x1F1FF
