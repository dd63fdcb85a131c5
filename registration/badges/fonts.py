"""Our fonts as badges use them: laid out by WeasyPrint, and shaped by HarfBuzz."""

from functools import cache

import uharfbuzz as hb

from summit.typefaces import font_files, main_font

FAMILY = MAIN = "Badge"
ARABIC = "Badge Arabic"


@cache
def harfbuzz_face(family: str, *, bold: bool) -> hb.Face:
    """One of our fonts for shaping, mapped into memory once per process and never changed."""
    weight = 700 if bold else 400
    if family == MAIN:
        path = main_font(MAIN, bold=bold).path
    else:
        path = next(font.path for font in font_files(FAMILY) if (font.family, font.weight) == (family, weight))
    return hb.Face(hb.Blob.from_file_path(str(path)))
