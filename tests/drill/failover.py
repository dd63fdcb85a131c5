"""How long work rests whose worker was killed: from the kill until another has taken up what it held."""

import threading
import time
from typing import Any

from tests.drill.proof import Proven
from tests.drill.stack import Stack, until

__test__ = False
TAKEN_UP_WITHIN = 60.0  # seconds


class Failover:
    """Watches tasks whose worker was killed, beside whatever else happens."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.waiting: dict[
            Any, tuple[list[str], float]
        ] = {}  # task: (names of those who took it, when the last was killed)
        self.rested: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def worker_of(self, task: Any) -> str:
        """The name of the piece that has taken this task; waits until one has."""
        found: list[str] = []

        def taken() -> bool:
            found[:] = [name for name, piece in self.stack.pieces.items() if task in self.held_by(name)]
            return bool(found)

        until(taken, 120, "A worker for the task")
        return found[0]

    def held_by(self, name: str) -> dict[Any, list[str]]:
        """What runs in the process of a piece: tasks by key, with the names of all who took them."""
        from django_tasks_db.models import DBTaskResult

        from summit.models.leases import WorkerBeat

        process = self.stack.pieces[name].process
        mine = set(WorkerBeat.objects.filter(pid=process.pid if process else 0).values_list("pk", flat=True))
        running = DBTaskResult.objects.running().values_list("pk", "worker_ids")
        return {pk: names for pk, names in running if names and names[-1] in mine}

    def kill(self, name: str) -> None:
        held = self.held_by(name)
        self.stack.pieces[name].kill()
        self.waiting |= {task: (names, time.monotonic()) for task, names in held.items()}

    def _watch(self) -> None:
        from django.db import DatabaseError, connection
        from django_tasks_db.models import DBTaskResult

        while not self._over.wait(0.2):
            try:
                rows = DBTaskResult.objects.filter(pk__in=list(self.waiting)).values_list("pk", "worker_ids", "status")
                for pk, names, status in rows:
                    if len(names) > len(self.waiting[pk][0]) or status == "SUCCESSFUL":
                        self.rested.append(time.monotonic() - self.waiting.pop(pk)[1])
            except DatabaseError:
                connection.close()

    def wait(self) -> None:
        """Until all has been taken up, or should have been."""
        latest = time.monotonic() + TAKEN_UP_WITHIN
        while self.waiting and time.monotonic() < latest:
            time.sleep(0.2)

    def proven(self) -> Proven:
        self.wait()
        self._over.set()
        self._thread.join()
        longest = max(self.rested, default=0.0)
        told = f"{len(self.rested)} tasks of killed workers taken up by others, the last after {longest:.0f} s; {len(self.waiting)} not"
        holds = bool(self.rested) and not self.waiting and longest < TAKEN_UP_WITHIN
        return Proven(f"failover of a worker under {TAKEN_UP_WITHIN:.0f} s", holds, told)
