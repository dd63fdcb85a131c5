"""What WeasyPrint 70 leaves out of a tagged PDF: the language of passages, and a table of contents as such.

PDF/UA-1 (ISO 14289-1) 7.2 wants every change of language declared; ISO 32000-1 14.8.4.3 names the structure types
``TOC`` and ``TOCI``. WeasyPrint builds its structure elements box by box in one function and offers no hook, so that
function is wrapped: an element from HTML with ``lang`` gets ``Lang``, one with ``data-tag`` the structure type it names,
a picture that is drawn in place (SVG) its ``aria-label`` as ``Alt``, and anonymous boxes lose the tag they would repeat.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pydyf
from weasyprint.pdf import tags

STRUCTURE_TYPES = {"TOC", "TOCI"}
REPEATED = {"h1", "h2", "h3", "h4", "p", "div", "a"}

_build: Callable[..., Iterator[Any]] = tags._build_box_tree  # noqa: SLF001  see the module's docstring

# The HTML elements whose boxes are being built, outermost first; drawing is one at a time.
_open: list[Any] = []


def _build_with_language(box: Any, *rest: Any) -> Iterator[Any]:
    source: Any = getattr(box, "element", None)
    # What a pseudo-element (a::after) says is a sign or a number.
    own = source is not None and source.tag == box.element_tag and source.tag not in {"html", "body"}
    # Text beside a block lies in an anonymous box; WeasyPrint tags that as a second heading inside the heading.
    anonymous = own and bool(_open) and _open[-1] is source and box.element_tag in REPEATED
    _open.append(source)
    try:
        for element in _build(box, *rest):
            if anonymous:
                element["S"] = "/NonStruct"
            elif own:
                describe(element, source)
            yield element
    finally:
        _open.pop()


def describe(element: Any, source: Any) -> None:
    if language := source.get("lang"):
        element["Lang"] = pydyf.String(language)
    if element["S"] == "/Figure" and (words := source.get("aria-label")):
        element["Alt"] = pydyf.String(words)
    if (wanted := source.get("data-tag")) in STRUCTURE_TYPES:
        element["S"] = f"/{wanted}"


def install() -> None:
    """Once per process; a second call changes nothing."""
    tags._build_box_tree = _build_with_language  # noqa: SLF001
