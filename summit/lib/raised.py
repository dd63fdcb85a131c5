"""Which revisions were raised in the course of one request: whoever raised one must see what they did."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_raised: ContextVar[dict[str, int] | None] = ContextVar("raised", default=None)


@contextmanager
def noting() -> Iterator[dict[str, int]]:
    """Yields what fills with ``{code of a summit: its new revision}`` until the block ends."""
    found: dict[str, int] = {}
    token = _raised.set(found)
    try:
        yield found
    finally:
        _raised.reset(token)


def note(code: str, revision: int) -> None:
    """Called by whoever raises a revision; outside a request nobody listens."""
    found = _raised.get()
    if found is not None:
        found[code] = revision
