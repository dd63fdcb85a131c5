"""Single flight: of many who want the same answer at the same moment one draws it, in all processes together.

In one process the others wait for whoever draws. Across processes a claim in Redis, which expires because its holder may
die, tells that somebody draws, and the answer is handed over there. Without Redis, and while it is away, each process
draws once.
"""

import hashlib
import threading
import time
from collections.abc import Hashable
from typing import Any

from django.conf import settings
from django.core.cache import cache

# Seconds: a claim of a process that died, and how long anybody waits for another's answer.
CLAIMED_FOR = 15
# A claim that could not be given back because Redis was away holds nobody in other processes up for longer.
WAIT_FOR_PROCESSES = 5
LOOK_EVERY = 0.05


class Flight:
    """One answer on its way. ``answer`` is None until it has landed, and where there is nothing to hand over."""

    def __init__(self) -> None:
        self._landed = threading.Event()
        self.answer: Any = None

    def land(self, answer: Any) -> None:
        self.answer = answer
        self._landed.set()

    def wait(self, seconds: float) -> Any:
        """The answer, or None where there is none or it takes longer than that."""
        self._landed.wait(max(seconds, 0))
        return self.answer


class Flights:
    """What is on its way in this process, by key. Safe among threads."""

    def __init__(self) -> None:
        self._flying: dict[Hashable, Flight] = {}
        self._lock = threading.Lock()

    def join(self, key: Hashable) -> tuple[Flight, bool]:
        """The flight for this key, and whether it is the caller's own: then they must :meth:`land` it, whatever happens."""
        with self._lock:
            flight = self._flying.get(key)
            if flight is not None:
                return flight, False
            flight = self._flying[key] = Flight()
            return flight, True

    def land(self, key: Hashable, answer: Any) -> None:
        with self._lock:
            flight = self._flying.pop(key)
        flight.land(answer)


def shared() -> bool:
    """Whether there is anything between the processes: a cache in one process's memory is nothing to others."""
    return bool(settings.REDIS_URL) and not getattr(cache, "is_away", False)


def _name(kind: str, key: Hashable) -> str:
    return f"{kind}:{hashlib.sha256(repr(key).encode()).hexdigest()}"


def claim(key: Hashable) -> bool:
    """Whether the caller, in all processes together, is who draws. Where Redis is away everybody is."""
    return cache.add(_name("drawing", key), 1, CLAIMED_FOR)


def release(key: Hashable) -> None:
    cache.delete(_name("drawing", key))


def hand_over(key: Hashable, answer: Any, seconds: float) -> None:
    """Let other processes have what was drawn here (anything that pickles) for so long."""
    cache.set(_name("drawn", key), answer, int(seconds))


def handed_over(key: Hashable) -> Any:
    return cache.get(_name("drawn", key))


def pause() -> None:
    """Until it is worth looking again whether another process is ready."""
    time.sleep(LOOK_EVERY)
