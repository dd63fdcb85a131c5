"""The measures that the template and the stamping must agree on. All lengths in points unless a name says otherwise.

How it looks (positions, colours of areas, the chip) is in ``templates/registration/badge/``; here is only what is
needed to decide how large a text may be and where it wraps.
"""

from dataclasses import dataclass
from typing import Protocol

from registration.badges.layout import CARD_HEIGHT, CARD_WIDTH, MM

INK, SOFT_INK = "#14181f", "#454d5a"

MARGIN = 9 * MM
TEXT_WIDTH = CARD_WIDTH - 2 * MARGIN
BAND_HEIGHT = 27 * MM
FOOT_HEIGHT = 2.5 * MM
QR_SIDE = 34 * MM
# The code needs four modules of white around it, up to 3.3 mm.
QUIET = 3.3 * MM
SIDE_WIDTH = TEXT_WIDTH - QR_SIDE - 5 * MM
# The last line of the card: attendance on the left, the reference under the code.
LAST_LINE = 13.75
BOTTOM = FOOT_HEIGHT + 5.5 * MM
REFERENCE_TOP = CARD_HEIGHT - BOTTOM - LAST_LINE
QR_TOP = REFERENCE_TOP - QUIET - QR_SIDE
RULE_TOP = QR_TOP - QUIET
DETAILS_BOTTOM = RULE_TOP - 3 * MM
NAMES_TOP = BAND_HEIGHT + 6 * MM
# A strip on the badge of whoever is not to be photographed; the names begin so much lower.
MARK_HEIGHT = 10 * MM
MARK_SIDE = 7 * MM
# Names and details share this height; details are set first, names get the rest.
PEOPLE_HEIGHT = DETAILS_BOTTOM - NAMES_TOP
BREATH = 3.5 * MM
# Below the band, for those who have one: what they are, and the zones they may enter.
STRIP_HEIGHT = 12 * MM
# Beside the names, for those who have one.
PHOTO_WIDTH, PHOTO_HEIGHT = 27 * MM, 36 * MM
NARROW_WIDTH = TEXT_WIDTH - PHOTO_WIDTH - 4 * MM
# Scripts that reach further above and below the line than Latin and Hangul do.
TALL = 1.35


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one text.

    It is set as large as ``size`` on as few lines as reach ``comfortable``, else on the number of lines that makes it
    largest. Only where even that is below ``smallest`` are words cut. ``leading`` is the line height in em, ``gap`` the
    space to the slot above it.
    """

    name: str
    size: float
    comfortable: float
    smallest: float
    lines: int
    height: float
    bold: bool = False
    width: float = TEXT_WIDTH
    leading: float = 1.25
    gap: float = 0.0
    ink: str = INK
    centred: bool = False


SUMMIT = Slot("summit", 16, 13, 8, lines=3, height=13 * MM, bold=True, leading=1.2)
DATES = Slot("dates", 10.5, 9, 7, lines=2, height=6 * MM, gap=2)
BAND = Slot("band", 15, 12, 7, lines=2, height=9 * MM, bold=True, width=50 * MM, leading=1.2)
ZONES = Slot("zones", 20, 14, 8, lines=1, height=8 * MM, bold=True, width=30 * MM, leading=1.1, ink="#000000")
MARK = Slot(
    "no_photographs",
    17,
    12,
    8,
    lines=1,
    height=MARK_HEIGHT,
    bold=True,
    width=TEXT_WIDTH - MARK_SIDE - 3 * MM,
    leading=1.2,
    ink="#ffffff",
)
CATEGORY = Slot("category", 15, 12, 8, lines=3, height=14 * MM, bold=True, width=SIDE_WIDTH - 6 * MM, leading=1.2)
ATTENDANCE = Slot("attendance", 11, 9, 7, lines=2, height=8 * MM, width=SIDE_WIDTH, gap=QUIET, ink=SOFT_INK)

PRIMARY = Slot("primary", 60, 36, 17, lines=8, height=40 * MM, bold=True, leading=1.16)
SECONDARY = Slot("secondary", 22, 15, 10, lines=6, height=15 * MM, leading=1.25, gap=4, ink=SOFT_INK)
JOB_TITLE = Slot("job_title", 12, 10.5, 8, lines=3, height=11 * MM, ink=SOFT_INK)
ORGANISATION = Slot("organisation", 15, 12.5, 9, lines=3, height=18 * MM, bold=True, leading=1.25, gap=1.5)
COUNTRY = Slot("country", 12, 10, 7.5, lines=3, height=12 * MM, width=SIDE_WIDTH)
REFERENCE = Slot("reference", 11, 8, 5, lines=1, height=LAST_LINE, width=QR_SIDE, bold=True, centred=True)

# Same for many badges: laid out by WeasyPrint, once for each distinct combination.
SHARED = (SUMMIT, DATES, BAND, ZONES, MARK, CATEGORY, ATTENDANCE)
# One person's: stamped. Those of a group stand below one another.
NAMES = (PRIMARY, SECONDARY)
DETAILS = (JOB_TITLE, ORGANISATION)
PERSONAL = (*NAMES, *DETAILS, COUNTRY, REFERENCE)


class Striped(Protocol):
    @property
    def band(self) -> str: ...
    @property
    def zones(self) -> str: ...
    @property
    def no_photographs(self) -> str: ...


def strip_of(one: Striped) -> float:
    """How much lower the names of a badge begin, in points."""
    return (STRIP_HEIGHT if one.band or one.zones else 0.0) + (MARK_HEIGHT if one.no_photographs else 0.0)
