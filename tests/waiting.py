"""Waiting in tests for what comes. Needs nothing of the product, so that whatever starts processes may use it."""

import time
from collections.abc import Callable

__test__ = False


def wait_for[T](what: Callable[[], T], seconds: float = 120) -> T:
    """The first answer of ``what`` that is true; the last one where none came in time, which is generous: what is judged
    is that it happens."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.1)
    return found
