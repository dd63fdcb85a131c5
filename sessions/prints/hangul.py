"""Korean words stay whole at the end of a line (CSS Text 3, ``word-break: keep-all``), which WeasyPrint 70 cannot say.

Pango breaks between any two syllables, as Unicode's UAX #14 has it without tailoring, but takes an attribute that
forbids breaks in a stretch of text. Until WeasyPrint knows the property, its one place where text is given to Pango is
wrapped while our own documents are drawn.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from weasyprint.text.ffi import ffi, pango
from weasyprint.text.line_break import Layout

# What stands between spaces and the marks one may break after. Longer runs are no words, and must break somewhere.
LONGEST = 24
WORD = re.compile(r"[^\s/·|–—-]{2,}")
HANGUL = re.compile("[\uac00-\ud7a3]")

ffi.cdef("PangoAttribute * pango_attr_allow_breaks_new (gboolean allow_breaks);")

_set_text = Layout.set_text


def _set_words(layout: Any, text: str, justify: bool = False) -> None:
    _set_text(layout, text, justify)
    if not HANGUL.search(layout.text):
        return
    attributes = pango.pango_layout_get_attributes(layout.layout)
    if attributes == ffi.NULL:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    # A layout is given text again and again; what was said of the last one must go.
    _allow(attributes, True, 0, len(layout.text.encode()))
    for start, end in words(layout.text):
        _allow(attributes, False, start, end)
    pango.pango_layout_set_attributes(layout.layout, attributes)


def words(text: str) -> Iterator[tuple[int, int]]:
    """Where words with Hangul lie in ``text``, in bytes of UTF-8."""
    seen = position = 0
    for found in WORD.finditer(text):
        if len(found[0]) <= LONGEST and HANGUL.search(found[0]):
            position += len(text[seen : found.start()].encode())
            end = position + len(found[0].encode())
            yield position, end
            seen, position = found.end(), end


def _allow(attributes: Any, allowed: bool, start: int, end: int) -> None:
    attribute = pango.pango_attr_allow_breaks_new(allowed)
    attribute.start_index, attribute.end_index = start, end
    # The list owns the attribute from here on.
    pango.pango_attr_list_change(attributes, attribute)


@contextmanager
def kept_whole() -> Iterator[None]:
    """Documents drawn meanwhile keep Korean words together. Not for several threads."""
    Layout.set_text = _set_words
    try:
        yield
    finally:
        Layout.set_text = _set_text
