"""Periodic duties: each is done by one process at a time, whatever machine it runs on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from summit.leases.heartbeat import beating
from summit.models.leases import LEASE, Duty

NEVER_TOO_SOON = timedelta(0)


@contextmanager
def held(name: str, *, every: timedelta = NEVER_TOO_SOON) -> Iterator[bool]:
    """Hold a duty for as long as the block runs; False where another process holds it, or did it less than ``every``
    ago. The heartbeat keeps it; of a process that is gone it is free within the time of a lease.

    With ``every`` the first turn comes that long after the duty is first asked for. A block that raises has not done it.
    """
    with beating() as heart:
        # A duty nobody has heard of counts as done now where it has a rhythm.
        first = {"done_at": Now()} if every else {}
        Duty.objects.get_or_create(name=name, defaults=first)
        free = Duty.objects.filter(name=name, until__lte=Now())
        if every:
            free = free.filter(Q(done_at=None) | Q(done_at__lte=Now() - every))
        if not free.update(held_by=heart.worker_id, until=Now() + LEASE):
            yield False
            return
        mine = Duty.objects.filter(name=name, held_by=heart.worker_id)
        try:
            yield True
        except BaseException:
            mine.update(until=Now())
            raise
        mine.update(until=Now(), done_at=Now())


__all__ = ["held"]
