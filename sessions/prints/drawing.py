"""From HTML to tagged PDF (PDF/UA-1) with WeasyPrint, without reaching for anything outside."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from pydyf import PDF, Stream
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration

from sessions.prints import hangul, tagging
from sessions.prints.fonts import FAMILY, OwnResourcesOnly
from summit.typefaces import SYSTEM_FAMILIES, font_files

FOLDER = "sessions/prints"
VARIANT = "pdf/ua-1"
# One document at a time in a process: drawing is all computing, and two would only take twice the memory. Each has a
# font configuration of its own, so that it does not matter when and in which thread Python frees the last one.
_lock = threading.Lock()

tagging.install()


class Press:
    """Draws documents that share fonts, style sheet and the origin of the addresses in their QR codes.

    ``with`` one, as nobody else draws meanwhile.
    """

    def __init__(self, sheet: str, style: Mapping[str, Any], *, origin: str) -> None:
        self.sheet, self.style, self.origin = sheet, style, origin

    def __enter__(self) -> Self:
        _lock.acquire()
        try:
            self.fetcher = OwnResourcesOnly(self.origin)
            self.fonts = FontConfiguration()
            names = {"fonts": font_files(FAMILY), "system_families": SYSTEM_FAMILIES, **self.style}
            self.css = [
                CSS(string=render_to_string(f"{FOLDER}/{file}.css", names), **self._own())
                for file in ("paper", self.sheet)
            ]
        except BaseException:
            _lock.release()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        _lock.release()

    def pages(self, html: str) -> int:
        """How many pages ``html`` would take."""
        with hangul.kept_whole():
            return len(self._html(html).render(font_config=self.fonts, stylesheets=self.css).pages)

    def pdf(self, html: str) -> bytes:
        with hangul.kept_whole():
            content: bytes = self._html(html).write_pdf(
                finisher=name_marks, font_config=self.fonts, stylesheets=self.css, pdf_variant=VARIANT
            )
        return content

    def _html(self, html: str) -> HTML:
        # Links of abstracts may be paths of this site.
        return HTML(string=html, base_url=settings.SITE_URL + "/", url_fetcher=self.fetcher)

    def _own(self) -> dict[str, Any]:
        return {"font_config": self.fonts, "url_fetcher": self.fetcher}


def name_marks(_document: Document, pdf: PDF) -> None:
    """Gives glyphs that stand for nothing of their own (the dots of Arabic letters) a text that does not show.

    WeasyPrint leaves it empty, and readers then copy the glyph's number as if it were a letter (ISO 14289-1, 7.21.7).
    """
    for item in pdf.objects:
        if isinstance(item, Stream) and b"endbfchar" in item.stream:
            item.stream = [
                line.replace(b"> <>", b"> <200b>") if isinstance(line, bytes) else line for line in item.stream
            ]


def html(template: str, context: Mapping[str, Any], languages: Sequence[str]) -> str:
    """A document in the first of ``languages``."""
    with translation.override(languages[0]):
        return render_to_string(f"{FOLDER}/{template}.html", dict(context))
