"""What a worker that is gone held is somebody else's within a minute; a slow one is never robbed."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.badges import printing
from registration.models import BadgeJob
from sessions.imports import jobs
from sessions.models import ImportJob
from summit.leases import heartbeat, takeover
from summit.leases.heartbeat import Heart, beating
from summit.mailing import outbox
from summit.management.commands import recover
from summit.management.commands.worker import PatientWorker
from summit.models import Message, WorkerBeat
from summit.models.leases import LEASE


def seen(worker_id, *, ago):
    now = timezone.now()
    WorkerBeat.objects.update_or_create(pk=worker_id, defaults={"host": "a", "pid": 1, "seen_at": now - ago})


SILENT, JUST_NOW = LEASE + timedelta(seconds=5), timedelta(seconds=1)


@pytest.fixture
def message(db):
    return outbox.queue(Message(kind="note", to="hong@people.example", subject="s", text="t"))


def held_by(worker_id, message):
    """A message in the hands of a worker, and the task that put it there."""
    assert Message.objects.filter(pk=message.pk).claim(worker_id) == 1
    DBTaskResult.objects.get().claim(worker_id)


def test_what_a_silent_worker_held_is_done_by_another(message, work, mailoutbox):
    held_by("gone", message)
    seen("gone", ago=SILENT)
    assert takeover.take_over() == 2
    work()
    message.refresh_from_db()
    assert (message.state, message.claimed_by, len(mailoutbox)) == ("sent", "", 1)


@pytest.mark.parametrize("worker", ["slow", "ended"])
def test_a_worker_that_is_slow_is_not_robbed_and_one_that_ended_is(message, worker):
    held_by(worker, message)
    DBTaskResult.objects.update(started_at=timezone.now() - timedelta(minutes=10))
    seen(worker, ago=JUST_NOW)
    if worker == "ended":
        WorkerBeat.objects.update(ended_at=timezone.now())
    assert takeover.take_over() == (2 if worker == "ended" else 0)


def test_a_worker_nobody_has_heard_of_is_given_ten_minutes(message):
    """One of an earlier release, which has no heartbeat, while both run side by side."""
    held_by("of an earlier release", message)
    assert takeover.take_over() == 0
    past = timezone.now() - timedelta(minutes=11)
    DBTaskResult.objects.update(started_at=past)
    Message.objects.update(claimed_at=past)
    assert takeover.take_over() == 2


def test_a_task_that_costs_every_worker_its_life_fails_with_a_reason(registration, organiser, work):
    job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
    Message.objects.all().delete()
    DBTaskResult.objects.exclude(task_path__endswith=".draw_badges").delete()
    for number in range(takeover.ATTEMPTS):
        assert DBTaskResult.objects.get().status == "READY"
        held = DBTaskResult.objects.get()
        held.claim(f"worker {number}")
        BadgeJob.objects.filter(pk=job.pk).claim(f"worker {number}")
        seen(f"worker {number}", ago=SILENT)
        takeover.take_over()
    task = DBTaskResult.objects.get()
    assert (task.status, task.exception_class_path) == ("FAILED", "summit.leases.takeover.Abandoned")
    recover.Command().handle(requeue_only=True, verbosity=0)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", takeover.Abandoned.__doc__)
    assert not DBTaskResult.objects.filter(status="READY").exists()


def test_jobs_of_a_silent_worker_wait_again(summit, organiser, work):
    job = jobs.start(summit, "agenda.csv", b"title,start\nA session,2021-12-15T10:00\n", by=organiser)
    ImportJob.objects.filter(pk=job.pk).claim("gone")
    DBTaskResult.objects.get().claim("gone")
    seen("gone", ago=SILENT)
    takeover.take_over()
    work()
    job.refresh_from_db()
    assert job.state == "done"


@pytest.mark.parametrize("requeue", [printing.requeue, jobs.requeue])
def test_a_job_without_a_task_gets_one_and_one_whose_columns_are_not_mapped_does_not(summit, organiser, requeue):
    BadgeJob.objects.create(summit=summit, layout="A6", by=organiser)
    ImportJob.objects.create(summit=summit, name="a.csv", by=organiser)
    ImportJob.objects.create(summit=summit, name="b.csv", table="sessions", by=organiser)
    assert (requeue(), requeue()) == (1, 0)


def test_every_kind_of_long_work_is_claimed():
    work = {"BadgeJob", "ExportJob", "ImportJob", "Message", "PushMessage"}
    assert {model.__name__ for model in takeover.claimed_models()} == work
    assert all(model.CLAIMED in model.State.values and model.WAITING in model.State.values for model in takeover.claimed_models())  # fmt: skip


def test_who_was_taken_for_gone_has_nothing_to_say_any_more(message, monkeypatch, mailoutbox):
    """A machine that slept: its worker goes on where it was, and others have gone on before."""
    send = outbox.Line.send

    def robbed_meanwhile(line, mail):
        send(line, mail)
        Message.objects.update(claimed_by="another")

    monkeypatch.setattr(outbox.Line, "send", robbed_meanwhile)
    outbox.deliver(message)
    assert (message.state, message.claimed_by) == ("sending", "another")


def test_nobody_judges_others_before_beating_for_a_while(message, monkeypatch):
    held_by("away", message)
    seen("away", ago=SILENT)
    worker = PatientWorker(queue_names=["default"], interval=0, batch=False, backend_name="default", startup_delay=False,
                           max_tasks=None, worker_id="new", excluded_queue_names=[])  # fmt: skip
    with beating("new") as worker.heart:
        worker._take_over()
        assert Message.objects.get().state == "sending"
        now = time.monotonic
        monkeypatch.setattr(heartbeat.time, "monotonic", lambda: now() + 40)
        # The database was away for all of that time.
        worker.heart.beat()
        worker._take_over()
        assert Message.objects.get().state == "sending"
        monkeypatch.setattr(heartbeat.time, "monotonic", lambda: now() + 80)
        worker.heart._last = now() + 79
        worker._take_over()
        assert Message.objects.get().state == "queued"


def test_an_end_that_could_not_be_written_is_told_by_the_silence(db):
    heart = Heart("here")
    heart.start()
    assert WorkerBeat.objects.alive().count() == 1
    heart.stop()
    assert WorkerBeat.objects.alive().count() == 0
