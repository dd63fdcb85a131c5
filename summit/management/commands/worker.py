"""The worker: does what is queued, waits for a database that is busy, and never ends because of one."""

import time
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from summit.lib import request_ids
from summit.lib.busy import WAITS, is_busy, patiently, rest
from summit.lib.task_backend import request_of
from summit.operating import alarms, error_reporting

# Seconds between two looks for what another worker, or this one before it was stopped, left half done.
RECOVER_EVERY = 600
# How often a task is taken up again that a busy database has stopped.
ATTEMPTS = 6


class PatientWorker(db_worker.Worker):
    """As its parent, which ends at the first error of the database that is not a lock it expects.

    The parent takes the lock of writers to look for a task; this one looks first whether there is any.
    """

    def run(self) -> None:
        """Do what is queued, for ever, or with ``batch`` until nothing is left."""
        forever, self.batch, self.startup_delay = not self.batch, True, False
        failures, looked_at = 0, time.monotonic()
        while self.running:
            try:
                db_worker.close_old_connections()
                if DBTaskResult.objects.ready().filter(backend_name=self.backend_name).exists():
                    super().run()
                if forever and time.monotonic() - looked_at > RECOVER_EVERY:
                    looked_at = time.monotonic()
                    call_command("recover", verbosity=0)
                failures = 0
            except DatabaseError as error:
                if not is_busy(error):
                    raise
                rest(error, WAITS[min(failures, len(WAITS) - 1)])
                failures += 1
                continue
            if not forever or (self.max_tasks is not None and self._run_tasks >= self.max_tasks):
                return
            time.sleep(self.interval)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """Run it; one that a busy database has stopped is taken up again a little later."""
        failed = db_task_result.set_failed
        db_task_result.set_failed = partial(self._put_back_or, failed, db_task_result)
        with request_ids.serving(request_of(db_task_result)):
            super().run_task(db_task_result)

    def _put_back_or(self, failed: Any, task: DBTaskResult, error: BaseException) -> None:
        # Each time it is taken up, the worker's name is added.
        attempts = len(task.worker_ids)
        if not is_busy(error) or attempts >= ATTEMPTS:
            patiently(partial(failed, error))
            return
        rest(error, 0)
        task.status, task.started_at = "READY", None
        task.run_after = timezone.now() + timedelta(seconds=WAITS[min(attempts, len(WAITS)) - 1])
        patiently(partial(task.save, update_fields=["status", "started_at", "run_after"]))


class Command(BaseCommand):
    help = "Do what is queued: mails, imports, documents, notices. Waits for a database that is busy."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--batch", action="store_true", help="end when nothing is queued any more")
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between two looks at the queue")

    def handle(self, *, batch: bool, interval: float, verbosity: int, **_options: Any) -> None:
        if not batch:
            alarms.watch()
            error_reporting.begin()
            patiently(partial(call_command, "recover", verbosity=verbosity))
        worker = PatientWorker(queue_names=["default"], interval=interval, batch=batch, backend_name="default", startup_delay=False,
                               max_tasks=None, worker_id=get_random_string(32), excluded_queue_names=[])  # fmt: skip
        db_worker.Command().configure_logging(verbosity)
        worker.configure_signals()
        worker.run()
