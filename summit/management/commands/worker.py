"""The worker: does what is queued, waits for a database that is busy or away, and takes over from workers that are gone."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from summit.leases import takeover
from summit.leases.heartbeat import Heart, beating
from summit.leases.takeover import ATTEMPTS
from summit.lib import request_ids
from summit.lib.busy import BUSY, is_busy, rest, until_it_answers, wait_after
from summit.lib.task_backend import request_of
from summit.operating import alarms, error_reporting

logger = logging.getLogger(__name__)

# Seconds between two looks for what workers held that are gone ...
TAKE_OVER_EVERY = 10
# ... for what was left half done, by whomever ...
RECOVER_EVERY = 600
# ... and whether the daily housekeeping is due.
TIDY_EVERY = 60


class Rounds:
    """Verbs that one process does every so many seconds."""

    def __init__(self, *verbs: tuple[float, Callable[[], object]]) -> None:
        self._verbs = verbs
        self._done = dict.fromkeys(range(len(verbs)), float("-inf"))

    def go(self) -> None:
        for number, (every, verb) in enumerate(self._verbs):
            if time.monotonic() - self._done[number] > every:
                self._done[number] = time.monotonic()
                verb()


class PatientWorker(db_worker.Worker):
    """As its parent, which ends at the first error of the database that is not a lock it expects.

    The parent takes the lock of writers to look for a task; this one looks first whether there is any.
    """

    heart: Heart
    rounds = Rounds()

    def run(self) -> None:
        """Do what is queued, for ever, or with ``batch`` until nothing is left."""
        forever, self.batch, self.startup_delay = not self.batch, True, False
        with ExitStack() as stack:
            self.heart = until_it_answers(lambda: stack.enter_context(beating(self.worker_id)))
            if forever:
                self.rounds = self._rounds()
            failures = 0
            while self.running:
                try:
                    self._turn(again=failures > 0)
                    failures = 0
                except BUSY as error:
                    if not is_busy(error):
                        raise
                    rest(error, wait_after(failures))
                    failures += 1
                    continue
                if not forever or (self.max_tasks is not None and self._run_tasks >= self.max_tasks):
                    return
                time.sleep(self.interval)

    def _turn(self, *, again: bool) -> None:
        db_worker.close_old_connections()
        if again:
            # What was begun when the database went away, and what nobody could write down then.
            takeover.give_back(self.worker_id)
        if DBTaskResult.objects.ready().filter(backend_name=self.backend_name).exists():
            super().run()
        self.rounds.go()

    def _rounds(self) -> Rounds:
        return Rounds(
            (RECOVER_EVERY, partial(_safely, partial(call_command, "recover", requeue_only=True, verbosity=0))),
            (TAKE_OVER_EVERY, partial(_safely, self._take_over)),
            (TIDY_EVERY, partial(_safely, partial(call_command, "tidy", if_due=True, verbosity=0))),
        )

    def _take_over(self) -> None:
        if self.heart.is_steady and (taken := takeover.take_over()):
            logger.warning("Took over from workers that are gone: %d", taken)
            call_command("recover", requeue_only=True, verbosity=0)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """Run it, and write down how it ended, however long the database is away."""
        task = db_task_result
        task.set_successful = partial(self._succeeded, task.set_successful, task)
        task.set_failed = partial(self._failed, task.set_failed, task)
        with request_ids.serving(request_of(task)):
            super().run_task(task)
        self.rounds.go()

    def _succeeded(self, succeeded: Any, task: DBTaskResult, value: Any) -> None:
        until_it_answers(lambda: takeover.is_held(task) and succeeded(value))

    def _failed(self, failed: Any, task: DBTaskResult, error: BaseException) -> None:
        # Each time it is taken up, the worker's name is added.
        attempts = len(task.worker_ids)
        if isinstance(error, SystemExit | KeyboardInterrupt):
            until_it_answers(partial(takeover.give_back, self.worker_id))
        elif is_busy(error) and attempts < ATTEMPTS:
            rest(error, 0)
            until_it_answers(partial(takeover.put_back, task, self.worker_id, timedelta(seconds=wait_after(attempts))))
        else:
            until_it_answers(lambda: takeover.is_held(task) and failed(error))


def _safely(verb: Callable[[], object]) -> None:
    """A fault in what is done beside the queue is told, and ends nobody."""
    try:
        verb()
    except Exception as error:
        if is_busy(error):
            raise
        logger.exception("What the worker does beside its tasks has failed")


class Command(BaseCommand):
    help = "Do what is queued: mails, imports, documents, notices. Waits for a database that is busy or away."
    # Those of models and addresses read every page of the site, which takes half of a start: `migrate` and `check` have them.
    requires_system_checks = ("summit",)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--batch", action="store_true", help="end when nothing is queued any more")
        parser.add_argument("--interval", type=float, default=0.5, help="seconds between two looks at the queue")

    def handle(self, *, batch: bool, interval: float, verbosity: int, **_options: Any) -> None:
        if not batch:
            alarms.watch()
            error_reporting.begin()
        worker = PatientWorker(queue_names=["default"], interval=interval, batch=batch, backend_name="default", startup_delay=False,
                               max_tasks=None, worker_id=get_random_string(32), excluded_queue_names=[])  # fmt: skip
        db_worker.Command().configure_logging(verbosity)
        worker.configure_signals()
        worker.run()
