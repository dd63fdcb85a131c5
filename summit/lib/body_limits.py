"""How many bytes of a request's body an address takes. ``summit/bodies.py`` holds everybody to it before reading any.

A view says so with :func:`takes_files`; the larger numbers count for requests of somebody who is signed in.
"""

from collections.abc import Callable, Mapping
from typing import Any

# Any form of a visitor: the longest, a registration with every answer, sends a tenth of it.
SMALL = 262_144
# Forms of those who work on a summit or speak at it: two languages of the longest text (30,000 Korean letters of nine
# characters each, as forms encode them). As much as Django reads of fields without files (DATA_UPLOAD_MAX_MEMORY_SIZE).
TEXTS = 1_048_576
# Beside a file its form sends the other fields, and the lines around each of them.
AROUND = 65_536


def nobody_else(_names: Mapping[str, Any]) -> bool:
    return False


def takes_files(largest: int, *, of_anybody: Callable[[Mapping[str, Any]], bool] = nobody_else) -> Callable[[Any], Any]:
    """Decorator: the view takes files of up to ``largest`` bytes together; ``of_anybody`` says, by what its address names,
    whether also of whoever is not signed in. The outermost one, or inside ones that keep attributes."""

    def declare(view: Any) -> Any:
        view.largest_body, view.of_anybody = TEXTS + largest + AROUND, of_anybody
        return view

    return declare


def takes_texts(view: Any) -> Any:
    """Decorator: the view takes long texts; those that ask for a right do so without it."""
    view.largest_body = TEXTS
    return view


def largest_body(view: Any, names: Mapping[str, Any], *, signed_in: Callable[[], bool]) -> int:
    """Bytes. ``names`` are those in the address; ``signed_in`` is asked only where the answer depends on it."""
    declared: int = getattr(view, "largest_body", 0)
    if not declared and (hasattr(view, "rights") or hasattr(view, "operators") or hasattr(view, "admin_site")):
        declared = TEXTS
    return declared if declared and (getattr(view, "of_anybody", nobody_else)(names) or signed_in()) else SMALL
