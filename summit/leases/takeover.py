"""Taking over: what a worker that is gone had taken waits again, for whoever comes first."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from summit.models.leases import UNKNOWN_FOR, Claimed, WorkerBeat

# How often a task is taken up: by a worker that is gone since, or that a busy database has stopped.
ATTEMPTS = 6
NOW = timedelta(0)


class Abandoned(Exception):
    """Each worker that did this was gone before its end."""


def claimed_models() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, Claimed)]


@transaction.atomic
def take_over() -> int:
    """Give back whatever workers hold that are gone: rows first, then the tasks that work on them. Returns how much."""
    taken = sum(model.objects.abandoned().give_back() for model in claimed_models())
    return taken + sum(_put_back(task) for task in _abandoned_tasks())


@transaction.atomic
def give_back(worker_id: str) -> int:
    """Give back what one worker holds: called by itself, while it does nothing."""
    taken = _give_back_rows(worker_id)
    mine = [task for task in DBTaskResult.objects.running() if task.worker_ids[-1:] == [worker_id]]
    return taken + sum(_put_back(task) for task in mine)


@transaction.atomic
def put_back(task: DBTaskResult, worker_id: str, wait: timedelta) -> None:
    """Have a task taken up again after a while that its worker could not end."""
    _give_back_rows(worker_id)
    _put_back(task, wait)


def _give_back_rows(worker_id: str) -> int:
    return sum(model.objects.claimed(worker_id).give_back() for model in claimed_models())


def _abandoned_tasks() -> Iterator[DBTaskResult]:
    alive = set(WorkerBeat.objects.alive().values_list("pk", flat=True))
    known = set(WorkerBeat.objects.values_list("pk", flat=True))
    for task in DBTaskResult.objects.running():
        [holder] = task.worker_ids[-1:] or [""]
        old = task.started_at is None or task.started_at < timezone.now() - UNKNOWN_FOR
        if holder not in alive and (holder in known or old):
            yield task


def is_held(task: DBTaskResult) -> bool:
    """Whether the worker that took this task as it is here still has it."""
    return DBTaskResult.objects.running().filter(pk=task.pk, worker_ids=task.worker_ids).exists()


def _put_back(task: DBTaskResult, wait: timedelta = NOW) -> int:
    """It waits again; one that was taken up too often has failed. Somebody else may have put it back meanwhile."""
    now = timezone.now()
    values: dict[str, Any] = {"status": "READY", "started_at": None, "run_after": now + wait}
    if len(task.worker_ids) >= ATTEMPTS:
        reason = f"{Abandoned.__doc__} Workers: {', '.join(task.worker_ids)}"
        values = {"status": "FAILED", "finished_at": now, "traceback": reason,
                  "exception_class_path": f"{Abandoned.__module__}.{Abandoned.__qualname__}"}  # fmt: skip
    return DBTaskResult.objects.running().filter(pk=task.pk, worker_ids=task.worker_ids).update(**values)


@transaction.atomic
def try_again(job: Any, task: Any) -> bool:
    """Have a job done anew that has failed; twice is once."""
    failed = type(job).objects.filter(pk=job.pk, state=job.State.FAILED)
    if not failed.update(state=job.WAITING, claimed_by="", claimed_at=None, finished_at=None):
        return False
    task.enqueue(str(job.pk))
    return True


def requeue(rows: Any, task: Any) -> tuple[int, list[Any]]:
    """Queue ``task`` anew, with the job's guid, for each job among ``rows`` that waits and that no task will do.

    Returns how many, and those whose task has failed: they will not be done.
    """
    waiting = list(rows.filter(state=rows.model.WAITING))
    if not waiting:
        return 0, []
    # By the last part of its name: what an earlier release queued counts, too.
    tasks = DBTaskResult.objects.filter(task_path__endswith=f".{task.name}").exclude(status="SUCCESSFUL")
    states: dict[str, set[str]] = {}
    for guid, status in tasks.values_list("args_kwargs__args__0", "status"):
        states.setdefault(str(guid), set()).add(status)
    lost = [job for job in waiting if str(job.pk) not in states]
    for job in lost:
        task.enqueue(str(job.pk))
    return len(lost), [job for job in waiting if states.get(str(job.pk)) == {"FAILED"}]
