"""Templates are written for people, an element a line; what is sent needs neither their lines nor their indentation.

Done once for every template that is loaded. Blanks are taken away where a browser shows none: beside the tags of
elements that begin a line of their own, and inside of tags. Every other break stays one, as between words.
"""

import re

from django.template import Origin
from django.template.loaders import filesystem

_BLOCKS = frozenset(
    "address article aside base blockquote body br caption col colgroup datalist dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li link main meta nav ol optgroup option p script"
    " section style summary table tbody td tfoot th thead title tr ul".split()
)
_CODE = r"\{%.*?%\}|\{\{.*?\}\}|\{\#.*?\#\}"
_PIECES = re.compile(
    rf"""
    (?P<kept> \{{%\s*(?P<block>comment|blocktranslate|blocktrans|verbatim)\b.*?\{{%\s*end(?P=block)\s*%\}}
            | <(?P<element>pre|textarea|script|style)\b.*?</(?P=element)> )
  | (?P<code> {_CODE} )
  | (?P<tag> </?(?P<name>[a-z][\w-]*) (?: {_CODE} | "(?: {_CODE} | [^"] )*" | '(?: {_CODE} | [^'] )*' | [^>"'] )* > )
  | (?P<blank> \s+ )
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# What stands in quotes or in a template's own tags is left as it is.
_IN_TAG = re.compile(rf"""({_CODE}|"(?:{_CODE}|[^"])*"|'(?:{_CODE}|[^'])*')|\s*\n\s*(>)?""", re.DOTALL)


def without_indentation(source: str) -> str:
    """The template as short as it can be with every visible blank where it was."""
    pieces: list[str] = []
    # What stands between a tag of a block and the next piece; a break after it is dropped.
    after_block, held = False, ""
    end = 0
    for piece in _PIECES.finditer(source):
        if piece.start() > end:
            # Words.
            pieces += [held, source[end : piece.start()]]
            after_block, held = False, ""
        end = piece.end()
        text = piece[0]
        if piece["blank"]:
            broken = "" if after_block else "\n"
            held = broken if "\n" in text else text
            continue
        is_block = (piece["name"] or piece["element"] or "").lower() in _BLOCKS
        if not (is_block and "\n" in held):
            pieces.append(held)
        held = ""
        pieces.append(_IN_TAG.sub(_shortened, text) if piece["tag"] else text)
        after_block = is_block
    return "".join([*pieces, held, source[end:]])


def _shortened(found: re.Match[str]) -> str:
    return found[1] or found[2] or " "


class Loader(filesystem.Loader):
    """The templates of the project; where they are worked on, as they are written: errors are shown with their line."""

    def get_contents(self, origin: Origin) -> str:
        source = super().get_contents(origin)
        is_page = str(origin.name).endswith(".html")
        return without_indentation(source) if is_page and not self.engine.debug else source
