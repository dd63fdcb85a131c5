"""The font files papers are set in, and the only files WeasyPrint may open for them."""

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from fontTools.ttLib import woff2
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Where a character is in none of our files (Hanja, other scripts), these families are asked, if they are installed.
SYSTEM_FAMILIES = (
    "NanumGothic",
    "NanumBarunGothic",
    "Noto Sans CJK KR",
    "Droid Sans Fallback",
    "Noto Sans",
    "DejaVu Sans",
    "sans-serif",
)
OTHERS = (
    ("Arabic", "noto-sans-arabic/files/noto-sans-arabic-arabic"),
    ("Emoji", "noto-emoji/files/noto-emoji-emoji"),
)


@dataclass(frozen=True, slots=True)
class FontFile:
    """One @font-face: family and weight as the style sheet names them, and a TTF."""

    family: str
    weight: int
    path: Path

    @property
    def url(self) -> str:
        return self.path.as_uri()


def main_font(family: str, *, bold: bool) -> FontFile:
    """Pretendard: Hangul, Latin (Vietnamese too), Greek, Cyrillic, kana. Nearly every name needs nothing else."""
    folder = Path(settings.NODE_MODULES) / "pretendard/dist/public/static/alternative"
    return FontFile(family, 700 if bold else 400, existing(folder / f"Pretendard-{'Bold' if bold else 'Regular'}.ttf"))


@cache
def font_files(family: str) -> tuple[FontFile, ...]:
    """Every font file of ours, as ``family``, ``family Arabic`` and ``family Emoji``. Raises ``ImproperlyConfigured``
    where they are not installed."""
    fontsource = Path(settings.NODE_MODULES) / "@fontsource"
    files = [main_font(family, bold=False), main_font(family, bold=True)]
    for script, stem in OTHERS:
        files += [
            FontFile(f"{family} {script}", weight, unpacked(existing(fontsource / f"{stem}-{weight}-normal.woff2")))
            for weight in (400, 700)
        ]
    return tuple(files)


def existing(path: Path) -> Path:
    if not path.is_file():
        raise ImproperlyConfigured(f"The font {path.name} is missing. Install the fonts with: npm ci")
    return path


def unpacked(source: Path) -> Path:
    """The TTF inside a woff2 file, made once per installation: WeasyPrint would unpack it again in every process."""
    folder = Path(settings.VAR) / "fonts"
    # The size tells an upgraded package from the one that was unpacked before.
    target = folder / f"{source.stem}-{source.stat().st_size}.ttf"
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        content = BytesIO()
        woff2.decompress(BytesIO(source.read_bytes()), content)
        handle, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content.getvalue())
        # Made for this user alone; the web server and the worker may be different ones.
        Path(draft).chmod(0o644)
        # Another process may do the same at the same time; either result is whole.
        Path(draft).replace(target)
    return target


class OwnFontsOnly(URLFetcher):
    """Refuses every address but those of our font files: a paper must not make the server read or call anything."""

    def __init__(self, family: str, *, protocols: frozenset[str] = frozenset()) -> None:
        super().__init__(allowed_protocols={"file", *protocols}, allow_redirects=False)
        self.allowed = {font.url: font.path for font in font_files(family)}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self.allowed:
            raise ValueError("Papers use no resources but their own fonts")
        return URLFetcherResponse(url, self.allowed[url].read_bytes(), {"Content-Type": "font/ttf"})
