"""What the processes of the nodes hold, looked at every other second, and whether it goes on growing once they are warm."""

import re
import statistics
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.drill.proof import Proven
from tests.drill.stack import Stack

__test__ = False
# What is its own: files that are mapped, and pages that a fork has left shared, come and go without it.
PRIVATE = re.compile(r"^Private_(?:Clean|Dirty):\s+(\d+) kB$", re.MULTILINE)
EVERY = 2.0  # seconds
MEANT = 10.0  # seconds whose median is one figure
LIVED = 60.0  # seconds after it was warm that say something about a process
MEMORY = 1.10  # times what a process held when it was warm


@dataclass
class Process:
    name: str
    seen: list[tuple[float, float]] = field(default_factory=list)  # (seconds by the monotonic clock, MB)

    def about(self, begin: float, end: float) -> float:
        return statistics.median(held for at, held in self.seen if begin <= at <= end)

    def grown(self, warm_after: float) -> tuple[float, float] | None:
        """MB when it was warm and at its end; None for one that did not live long enough."""
        warm, last = self.seen[0][0] + warm_after, self.seen[-1][0]
        if last < warm + LIVED:
            return None
        return self.about(warm, warm + MEANT), self.about(last - MEANT, last)


class Memory:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.processes: dict[int, Process] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            for name, piece in list(self.stack.pieces.items()):
                if name.startswith("node") and piece.process is not None:
                    for pid in [piece.process.pid] if name.endswith("worker") else piece.children():
                        self._look(pid, name)

    def _look(self, pid: int, name: str) -> None:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            return
        held = sum(map(int, PRIVATE.findall(text))) / 1024
        if held:  # a process that is ending has nothing any more
            self.processes.setdefault(pid, Process(name)).seen.append((time.monotonic(), held))

    def proven(self, warm_after: float) -> Proven:
        """Of every process that lived for a minute after ``warm_after`` seconds of its own."""
        self._over.set()
        self._thread.join()
        found = [(each.name, grown) for each in self.processes.values() if (grown := each.grown(warm_after))]
        told = ", ".join(f"{name} {warm:.0f} → {end:.0f}" for name, (warm, end) in found)
        holds = bool(found) and all(end <= warm * MEMORY for _name, (warm, end) in found)
        return Proven(
            f"memory grows by at most {MEMORY - 1:.0%} once warm",
            holds,
            f"MB: {told or 'no process lived long enough'}",
        )
