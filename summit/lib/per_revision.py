"""What is made once of each revision of a summit in each process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

KEPT = 8


class PerRevision[Made]:
    """The newest of a few things, made where they are asked for first. Safe among threads."""

    def __init__(self, most: int = KEPT) -> None:
        self._made: OrderedDict[Hashable, tuple[int, Made]] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def of(self, key: Hashable, revision: int, make: Callable[[], Made]) -> Made:
        """What ``make`` made of this revision, which takes the place of that of an earlier one."""
        with self._lock:
            number, made = self._made.get(key, (None, None))
            if number != revision or made is None:
                made = make()
                self._made[key] = (revision, made)
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._made.popitem(last=False)
            return made
