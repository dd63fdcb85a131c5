"""The worker outlives a database that is busy, and what it was doing is done."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from sessions.imports import jobs
from sessions.models import ImportJob, Session
from summit.mailing import outbox
from summit.management.commands.worker import ATTEMPTS
from summit.models import Message
from tests.databases import Databases
from tests.processes import environment
from tests.summit.views.test_errors import locked_database
from tests.waiting import wait_for

TABLE = DBTaskResult._meta.db_table
FILE = b"title,start\nA session,2021-12-15T10:00\n"


def due_now():
    DBTaskResult.objects.update(run_after=timezone.now())


def test_a_task_that_a_busy_database_stops_is_done_later(summit, organiser, work, monkeypatch):
    jobs.start(summit, "agenda.csv", FILE, by=organiser)
    failing = [locked_database(), locked_database()]

    def busy_twice(*args, **options):
        if failing:
            raise failing.pop()
        return import_schedule(*args, **options)

    import_schedule = jobs.import_schedule
    monkeypatch.setattr(jobs, "import_schedule", busy_twice)
    for _turn in range(2):
        work()
        assert (DBTaskResult.objects.get().status, ImportJob.objects.get().state) == ("READY", "queued")
        due_now()
    work()
    assert (DBTaskResult.objects.get().status, ImportJob.objects.get().state) == ("SUCCESSFUL", "done")
    assert not Session.objects.exists()  # it was looked at only


def test_a_task_is_not_taken_up_for_ever(summit, organiser, work, monkeypatch):
    def locked(*_args, **_options):
        raise locked_database()

    jobs.start(summit, "agenda.csv", FILE, by=organiser)
    monkeypatch.setattr(jobs, "import_schedule", locked)
    for _turn in range(ATTEMPTS + 3):
        work()
        due_now()
    task = DBTaskResult.objects.get()
    assert (task.status, len(task.worker_ids)) == ("FAILED", ATTEMPTS)


def test_an_error_of_its_own_is_no_reason_to_try_again(summit, organiser, work, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("no")

    jobs.start(summit, "agenda.csv", FILE, by=organiser)
    monkeypatch.setattr(jobs, "import_schedule", broken)
    work()
    assert (DBTaskResult.objects.get().status, ImportJob.objects.get().state) == ("FAILED", "failed")


def test_a_mail_that_left_is_not_sent_again_because_the_database_is_busy(summit, work, monkeypatch, mailoutbox):
    outbox.queue(Message(kind="test", to="a@people.example", subject="s", text="t", summit=summit))
    keep, failing = outbox._keep, [locked_database()]

    def busy_once(message, **values):
        if failing:
            raise failing.pop()
        return keep(message, **values)

    monkeypatch.setattr(outbox, "_keep", busy_once)
    work()
    work()
    assert (Message.objects.get().state, len(mailoutbox)) == ("sent", 1)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer at a time is SQLite's")
def test_a_worker_outlives_a_lock_held_for_longer_than_it_waits(tmp_path, django_db_blocker):
    """For real: another process holds the database from before the worker's start until long after its patience."""
    with django_db_blocker.unblock():
        shutil.copy(Databases().migrated(), tmp_path / "summit.sqlite3")
    holder = sqlite3.connect(tmp_path / "summit.sqlite3", isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    row = {"id": "0" * 32, "status": "READY", "enqueued_at": "2021-12-01", "priority": 0, "queue_name": "default", "traceback": "",
           "args_kwargs": '{"args": ["00000000-0000-0000-0000-000000000000"], "kwargs": {}}', "backend_name": "default",
           "task_path": "summit.mailing.outbox.deliver_mail", "run_after": "2021-12-01", "exception_class_path": "",
           "worker_ids": "[]"}  # fmt: skip
    into = f"{TABLE} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"
    holder.execute(f"INSERT INTO {into}", row)
    holder.execute("BEGIN IMMEDIATE")
    surroundings = {**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "summit.settings", "DEBUG": "1",
                   "DATABASE_URL": f"sqlite:///{tmp_path}/summit.sqlite3?timeout=1"}  # fmt: skip
    errors = (tmp_path / "errors.txt").open("w+", encoding="utf-8")
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, env=surroundings, stderr=errors
    )
    try:
        told = wait_for(
            lambda: (tmp_path / "errors.txt").read_text(encoding="utf-8").count("The database is busy") >= 2
        )
        assert (told, worker.poll()) == (True, None)
        holder.execute("ROLLBACK")
        assert wait_for(lambda: holder.execute(f"SELECT status FROM {TABLE}").fetchone() == ("SUCCESSFUL",))
        assert worker.poll() is None
    finally:
        holder.close()
        worker.terminate()
        worker.wait(20)
        errors.close()


def test_a_worker_starts_without_the_pages_of_the_site(tmp_path, db):
    """They take more than half of a start, and of its memory; the first task that names an address reads them."""
    code = (
        "import sys; from django.core.management import execute_from_command_line as run; run(['manage.py', 'worker', '--batch'])\n"
        "print([name for name in ('summit.urls', 'api.urls', 'registration.views') if name in sys.modules])"
    )
    started = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment(tmp_path), capture_output=True, text=True, check=True
    )  # fmt: skip
    assert started.stdout.strip().splitlines()[-1] == "[]"
    badly = environment(tmp_path, BACKUP_KEY="short")
    refused = subprocess.run(
        [sys.executable, "manage.py", "worker", "--batch"], cwd=settings.BASE_DIR, env=badly, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (refused.returncode, "BACKUP_KEY can be guessed" in refused.stderr) == (1, True)
