"""What is put right when a worker starts, and what is thrown away every day."""

import os
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.badges import printing
from registration.models import BadgeJob, Choice
from registration.registering import drafts, lifecycle
from summit.models import Message
from tests.factories import make_question, make_registration, make_summit


def test_mail_without_a_task_is_queued_again_and_sent_once(registration, work):
    lifecycle.resend(registration)
    DBTaskResult.objects.all().delete()
    call_command("recover", verbosity=0)
    call_command("recover", verbosity=0)
    assert work() == 1
    assert Message.objects.get().state == Message.State.SENT


def test_mail_whose_task_waits_or_runs_is_left_alone(summit):
    make_registration(summit)
    make_registration(summit)
    DBTaskResult.objects.filter(pk=DBTaskResult.objects.first().pk).update(
        status="RUNNING", started_at=timezone.now() - timedelta(minutes=1)
    )
    call_command("recover", verbosity=0)
    assert DBTaskResult.objects.count() == 2


def test_mail_whose_worker_is_gone_is_sent(registration, work):
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - timedelta(minutes=11))
    call_command("recover", verbosity=0)
    work()
    assert Message.objects.get().state == Message.State.SENT


def test_badges_whose_worker_is_gone_are_drawn(registration, organiser, own_media, work, capsys):
    job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
    work()
    BadgeJob.objects.update(state=BadgeJob.State.RUNNING, created_at=timezone.now() - timedelta(minutes=11))
    call_command("recover")
    assert "1 badge jobs" in capsys.readouterr().out
    work()
    job.refresh_from_db()
    assert (job.state, job.done) == (BadgeJob.State.DONE, 1)


def test_drawn_badges_are_kept_for_a_week(registration, organiser, own_media, work, capsys):
    for days in (6, 8):
        job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
        work()
        BadgeJob.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=days))
    assert len(list((own_media / "badges").iterdir())) == 2
    call_command("tidy")
    assert "badge files: 1" in capsys.readouterr().out
    assert len(list((own_media / "badges").iterdir())) == 1
    assert [bool(job.file) for job in BadgeJob.objects.order_by("finished_at")] == [False, True]


def test_private_files_that_no_row_names_go_after_a_day(registration, organiser, settings, tmp_path, work, capsys):
    settings.PRIVATE_ROOT = tmp_path / "private"
    job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=organiser)
    work()
    job.refresh_from_db()
    kept = settings.PRIVATE_ROOT / job.file.name
    half, young = kept.with_name("badges-a.pdf.0123.draft"), kept.with_name("badges-b.pdf")
    long_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for path in (half, young, kept):
        path.write_bytes(b"%PDF")
        if path is not young:
            os.utime(path, (long_ago, long_ago))
    call_command("tidy")
    assert "files of nobody: 1" in capsys.readouterr().out
    assert sorted(kept.parent.iterdir()) == sorted([kept, young])


@pytest.mark.django_db(transaction=True)
def test_each_night_all_of_it_is_done_with_places_of_choices(transactional_db, capsys):
    """Outside of any transaction, as the worker does it: what holds rows needs one of its own."""
    summit = make_summit()
    dinner = make_question(summit, kind="one", choices=("Rice", "Noodles"))
    Choice.objects.filter(question=dinner).update(capacity=5, taken=2)
    call_command("tidy")
    told = capsys.readouterr().out
    assert "choices that counted wrongly: 2" in told and "old lines about signing in: 0" in told
    assert set(Choice.objects.values_list("taken", flat=True)) == {0}


def test_what_fails_is_told_and_keeps_nothing_else_from_being_done(summit, capsys, monkeypatch):
    def away():
        raise OSError("The disk is away.")

    monkeypatch.setattr(drafts, "forget_expired", away)
    with pytest.raises(CommandError, match=r"Not done: drafts whose days were over\."):
        call_command("tidy")
    assert "old lines about signing in: 0" in capsys.readouterr().out
