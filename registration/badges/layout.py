"""Paper: where cards lie on a page and where it is cut. All lengths in points, origins at the lower left."""

from enum import Enum

MM = 72 / 25.4

CARD_WIDTH, CARD_HEIGHT = 105 * MM, 148 * MM
SHEET_WIDTH, SHEET_HEIGHT = 210 * MM, 297 * MM
# Four A6 cards are a millimetre shorter than an A4 sheet.
TRIM = (SHEET_HEIGHT - 2 * CARD_HEIGHT) / 2
TICK = 4 * MM


class Layout(Enum):
    """A6: one card a page. A4: four cards a sheet, edge to edge, with crop marks."""

    A6 = "a6"
    A4 = "a4"

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of a page."""
        return (CARD_WIDTH, CARD_HEIGHT) if self is Layout.A6 else (SHEET_WIDTH, SHEET_HEIGHT)

    @property
    def cells(self) -> tuple[tuple[float, float], ...]:
        """The lower left corner of each card, in reading order."""
        if self is Layout.A6:
            return ((0.0, 0.0),)
        upper, lower = TRIM + CARD_HEIGHT, TRIM
        return ((0.0, upper), (CARD_WIDTH, upper), (0.0, lower), (CARD_WIDTH, lower))

    @property
    def marks(self) -> bytes:
        """PDF operators that draw the crop marks over the cards."""
        return b"" if self is Layout.A6 else CROP_MARKS


def _crop_marks() -> bytes:
    """Ticks where the cuts meet the edges and a cross where they meet each other.

    The cards leave no margin for marks, so they lie on the cutting line itself; the white line under the black one
    keeps them visible on a dark band.
    """
    middle, centre, top = SHEET_HEIGHT / 2, SHEET_WIDTH / 2, SHEET_HEIGHT - TRIM
    lines = [
        (centre, SHEET_HEIGHT, centre, SHEET_HEIGHT - TICK),
        (centre, 0.0, centre, TICK),
        (centre, middle - TICK, centre, middle + TICK),
        (centre - TICK, middle, centre + TICK, middle),
    ]
    for height in (top, middle, TRIM):
        lines += [(0.0, height, TICK, height), (SHEET_WIDTH, height, SHEET_WIDTH - TICK, height)]
    path = " ".join(f"{x:.2f} {y:.2f} m {to_x:.2f} {to_y:.2f} l" for x, y, to_x, to_y in lines)
    return f"q 1 w 1 G {path} S 0.25 w 0 G {path} S Q\n".encode()


CROP_MARKS = _crop_marks()
