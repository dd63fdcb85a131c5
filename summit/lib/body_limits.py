"""How many bytes of a request's body an address takes. ``summit/bodies.py`` holds everybody to it before reading any.

A view says so with :func:`takes_files`; the larger numbers count for requests of somebody who is signed in.
"""

from collections.abc import Callable
from typing import Any

# Any form of a visitor: the longest, a registration with every answer, sends a tenth of it.
SMALL = 262_144
# Forms of those who work on a summit or speak at it: two languages of the longest text (30,000 Korean letters of nine
# characters each, as forms encode them). As much as Django reads of fields without files (DATA_UPLOAD_MAX_MEMORY_SIZE).
TEXTS = 1_048_576
# Beside a file its form sends the other fields, and the lines around each of them.
AROUND = 65_536


def takes_files(largest: int) -> Callable[[Any], Any]:
    """Decorator: the view takes a file of up to ``largest`` bytes. The outermost one, or inside ones that keep attributes."""

    def declare(view: Any) -> Any:
        view.largest_body = TEXTS + largest + AROUND
        return view

    return declare


def takes_texts(view: Any) -> Any:
    """Decorator: the view takes long texts; those that ask for a right do so without it."""
    view.largest_body = TEXTS
    return view


def largest_body(view: Any, *, signed_in: Callable[[], bool]) -> int:
    """Bytes. ``signed_in`` is asked only where the answer depends on it."""
    declared: int = getattr(view, "largest_body", 0)
    if not declared and (hasattr(view, "rights") or hasattr(view, "operators") or hasattr(view, "admin_site")):
        declared = TEXTS
    return declared if declared and signed_in() else SMALL
