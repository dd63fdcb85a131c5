"""The heartbeat of a process that does long work: a row that a thread of its own renews.

The thread has its own connection, so a task of ten minutes is never taken for a dead one. All times are the database's:
the clocks of two machines may differ.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import cache

from django.db import Error, connection
from django.db.models.functions import Now

from summit.models.leases import LEASE, Duty, WorkerBeat

logger = logging.getLogger(__name__)

BEAT_EVERY = 5.0  # seconds
# A pause longer than this between two beats: the database was away or held, and others could not beat either.
IRREGULAR = LEASE.total_seconds() / 2
KEEP_ROWS = timedelta(days=1)

_acting: ContextVar[str] = ContextVar("acting", default="")


@cache
def _process(pid: int) -> str:
    return f"{socket.gethostname()[:30]}-{pid}-{secrets.token_hex(8)}"


def identity() -> str:
    """In whose name this thread claims: a worker's, else this process's."""
    return _acting.get() or _process(os.getpid())


class Heart:
    """Beats for ``worker_id`` from :meth:`start` to :meth:`stop`."""

    def __init__(self, worker_id: str) -> None:
        self.worker_id = worker_id
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._last = self._steady_since = float("-inf")

    @property
    def is_steady(self) -> bool:
        """Whether it has beaten without a pause for as long as a lease lasts.

        Only then may this process judge others: after the database was away, everybody seems not to have been seen.
        """
        now = time.monotonic()
        return now - self._last < IRREGULAR and now - self._steady_since >= LEASE.total_seconds()

    def start(self) -> None:
        WorkerBeat.objects.filter(seen_at__lt=Now() - KEEP_ROWS).delete()
        WorkerBeat.objects.create(worker_id=self.worker_id, host=socket.gethostname()[:255], pid=os.getpid())
        self._last = self._steady_since = time.monotonic()
        self._run_beside()

    def _run_beside(self) -> None:
        self._thread = threading.Thread(target=self._go_on, name="heartbeat", daemon=True)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._over.wait(BEAT_EVERY):
            try:
                self.beat()
            except Error as error:
                logger.warning("No heartbeat could be written: %s", error)
                connection.close()
        connection.close()

    def beat(self) -> None:
        """Say that this process is alive, and so go on holding what it holds."""
        if not WorkerBeat.objects.filter(pk=self.worker_id).update(seen_at=Now()):
            # Taken away by hand, or by a database that was restored.
            WorkerBeat.objects.create(worker_id=self.worker_id, host=socket.gethostname()[:255], pid=os.getpid())
        Duty.objects.filter(held_by=self.worker_id, until__gt=Now()).update(until=Now() + LEASE)
        now = time.monotonic()
        if now - self._last > IRREGULAR:
            self._steady_since = now
        self._last = now

    def stop(self) -> None:
        """What it held is free from now on."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(BEAT_EVERY)
        try:
            WorkerBeat.objects.filter(pk=self.worker_id).update(ended_at=Now())
        except Error:
            logger.warning("The end of a worker could not be written; it counts as gone after %s", LEASE)


_hearts: dict[str, Heart] = {}


@contextmanager
def beating(worker_id: str = "") -> Iterator[Heart]:
    """Beat, and act in this name, until the block ends; a process that beats already goes on as it is."""
    if (known := _hearts.get(_acting.get())) is not None:
        yield known
        return
    heart = Heart(worker_id or _process(os.getpid())[:40] + secrets.token_hex(4))
    heart.start()
    _hearts[heart.worker_id] = heart
    acting = _acting.set(heart.worker_id)
    try:
        yield heart
    finally:
        _acting.reset(acting)
        del _hearts[heart.worker_id]
        heart.stop()
