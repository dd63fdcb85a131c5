"""Who is at work, and what each has taken: heartbeats of workers, claims of rows, leases of periodic duties."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

# A worker that has not been seen for this long is gone, and what it held is free.
LEASE = timedelta(seconds=30)
# A claim of whom nothing is known (a worker of an earlier release, a command) is free after this.
UNKNOWN_FOR = timedelta(minutes=10)


class WorkerBeatQuerySet(models.QuerySet["WorkerBeat"]):
    def alive(self) -> Self:
        # By the database's clock, which is one for all machines.
        return self.filter(ended_at=None, seen_at__gt=Now() - LEASE)

    def gone(self) -> Self:
        return self.exclude(pk__in=self.model._default_manager.alive().values("pk"))


class WorkerBeat(models.Model):
    """A process that does long work; ``seen_at`` is written by a thread of its own every few seconds."""

    worker_id = models.CharField(primary_key=True, max_length=64)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now(), db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkerBeatQuerySet.as_manager()

    class Meta:
        verbose_name = "worker"

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Duty(models.Model):
    """Something that one process at a time does again and again, on whatever machine."""

    name = models.CharField(primary_key=True, max_length=40)
    held_by = models.CharField(max_length=64, db_default="")
    until = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "duty"
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return self.name


class ClaimedQuerySet(models.QuerySet[Any]):
    """Of rows with ``state``, ``claimed_by``, ``claimed_at`` and ``created_at``; the model names the state of a row that
    somebody has taken (``CLAIMED``), and of one that waits (``WAITING``)."""

    def claim(self, by: str) -> int:
        """Take those of these rows that wait; returns how many. Of two who claim one row at once, one gets it."""
        return self.filter(state=self.model.WAITING).update(
            state=self.model.CLAIMED, claimed_by=by, claimed_at=timezone.now()
        )

    def claimed(self, by: str) -> Self:
        return self.filter(state=self.model.CLAIMED, claimed_by=by)

    def abandoned(self) -> Self:
        """Taken by somebody who is gone."""
        known, gone = WorkerBeat.objects.values("pk"), WorkerBeat.objects.gone().values("pk")
        old = Q(since__lt=timezone.now() - UNKNOWN_FOR)
        rows = self.filter(state=self.model.CLAIMED).alias(since=Coalesce("claimed_at", "created_at"))
        return rows.filter(Q(claimed_by__in=gone) | (~Q(claimed_by__in=known) & old))

    def give_back(self) -> int:
        """They wait again; returns how many."""
        return self.filter(state=self.model.CLAIMED).update(state=self.model.WAITING, claimed_by="", claimed_at=None)


class Claimed(models.Model):
    """A row that one worker at a time takes."""

    claimed_by = models.CharField(max_length=64, blank=True, db_default="", editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
