"""A job that has failed says so on its page, with a button that has it done anew."""

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from registration.badges import printing
from registration.models import BadgeJob
from sessions.imports import jobs
from sessions.models import ImportJob
from summit.models import ExportJob


def badges(registration, by):
    job = printing.start_job(registration.summit, [registration.pk], layout="A6", by=by)
    return job, reverse("registration:badge-job", args=[registration.summit.code, job.guid])


def an_import(registration, by):
    job = jobs.start(registration.summit, "agenda.csv", b"title,start\nA session,2021-12-15T10:00\n", by=by)
    return job, reverse("sessions:organiser-import", args=[registration.summit.code, job.guid])


def export(registration, by):
    job = ExportJob.objects.create(
        summit=registration.summit, by=by, list_name="registrations", format="csv", language="en"
    )
    return job, reverse("registration:registrations-export", args=[registration.summit.code, job.guid])


@pytest.mark.parametrize("made", [badges, an_import, export])
def test_a_job_that_failed_is_done_anew_by_a_button(registration, organiser, as_user, work, made):
    job, page = made(registration, organiser)
    DBTaskResult.objects.all().delete()
    rows, client = type(job).objects.filter(pk=job.pk), as_user(organiser)
    assert "data-once" not in client.get(page).content.decode()
    rows.update(state="failed")
    assert "data-once" in client.get(page).content.decode()
    for _twice in range(2):
        assert client.post(page).status_code == 302
    assert work() == 1
    assert rows.get().state == "done"
    assert client.post(page).status_code == 302
    assert DBTaskResult.objects.filter(status="READY").count() == (made is an_import)  # what was checked is imported


def test_what_is_not_failed_is_left_alone(registration, organiser):
    job, _page = badges(registration, organiser)
    assert not printing.try_again(job)
    assert (BadgeJob.objects.get().state, ImportJob.objects.count()) == ("queued", 0)
