"""A template drawn once for everything that looks alike, then filled in with what differs.

Two hundred cards of an agenda are a handful of shapes: evaluating the template for each of them costs ten times as much
as everything else on the page.
"""

import re
import secrets
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# New in every process: nobody can write it into a text.
_MARK = secrets.token_hex(8)
_BLANK = re.compile(f"{_MARK}-([a-z_]+)-")


def blank(name: str) -> str:
    """What stands in a template's context for a text that is filled in later. Filters see only this mark."""
    return f"{_MARK}-{name}-"


class Stencil:
    """``Stencil("card.html", title=blank("title"), level=3).fill(title="A & B")`` is the template with that title."""

    __slots__ = ("_names", "_pieces")

    def __init__(self, template: str, **context: Any) -> None:
        # Texts before, between and after the blanks, and the blanks' names, in turn.
        self._pieces = _BLANK.split(render_to_string(template, context).strip())
        self._names = list(enumerate(self._pieces))[1::2]

    def fill(self, **texts: str) -> SafeString:
        """The drawn template with its blanks filled, each text escaped unless it is marked safe.

        Raises ``KeyError`` where a blank has no text.
        """
        pieces = self._pieces.copy()
        safe: dict[str, str] = {}
        for place, name in self._names:
            if name not in safe:
                text = texts[name]
                # What conditional_escape does, without its care for lazy texts.
                safe[name] = text if hasattr(text, "__html__") else escape(text)
            pieces[place] = safe[name]
        return mark_safe("".join(pieces))  # noqa: S308  the template and escape have done their work
