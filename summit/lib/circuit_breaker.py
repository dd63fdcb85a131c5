"""A server that does not answer is left alone for a while, so that it is not waited for at every call."""

import logging
import threading
import time

RESTS_FOR = 5.0  # seconds without a call to a server that has failed; then one call tries it
# So many answers in a row that took longer than half of what is waited for are as good as none.
SLOW_ANSWERS = 3

logger = logging.getLogger(__name__)


class CircuitBreaker:
    """Whether a server is called at all. Safe among threads; ``patience`` is how many seconds an answer may take.

    ``name`` begins the lines in the log that say that it is away and that it is there again.
    """

    def __init__(self, name: str, patience: float, rests_for: float = RESTS_FOR) -> None:
        self.name, self.patience, self.rests_for = name, patience, rests_for
        self._lock = threading.Lock()
        self._rests_until = 0.0  # 0: closed, calls pass
        self._slow = 0

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self._rests_until

    def admits(self) -> bool:
        """Whether the caller may call; of those who come when the rest is over, the first alone."""
        if not self._rests_until:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._rests_until:
                return False
            if self._rests_until:
                self._rests_until = now + self.rests_for
            return True

    def failed(self, reason: object) -> None:
        with self._lock:
            if not self._rests_until:
                logger.warning("%s does not answer and is left alone for %g s: %s", self.name, self.rests_for, reason)
            self._rests_until, self._slow = time.monotonic() + self.rests_for, 0

    def answered(self, seconds: float) -> None:
        slow = seconds > self.patience / 2
        if not slow and not self._rests_until and not self._slow:
            return
        with self._lock:
            self._slow = self._slow + 1 if slow else 0
            if not slow and self._rests_until:
                logger.warning("%s answers again", self.name)
                self._rests_until = 0.0
        if self._slow >= SLOW_ANSWERS:
            self.failed(f"{self._slow} answers took longer than {self.patience / 2:g} seconds")
