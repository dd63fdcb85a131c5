"""For real: a worker is killed in the middle of a badge job, and another one that was there draws all of it."""

import signal

from django_tasks_db.models import DBTaskResult

from registration.badges import printing
from registration.models import BadgeJob, BadgePrint
from summit.models import Message, WorkerBeat
from tests.factories import make_registration, make_summit, make_user
from tests.installations import Installation, log_of, migrated_database
from tests.waiting import wait_for

PEOPLE = 150


def start():
    summit = make_summit()
    people = [make_registration(summit, email=f"p{n}@people.example").pk for n in range(PEOPLE)]
    Message.objects.all().delete()
    DBTaskResult.objects.all().delete()
    return printing.start_job(summit, people, layout="A6", by=make_user("organiser@team.example", summit=summit))


def test_badges_of_a_worker_that_was_killed_are_drawn_by_another(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), migrated_database(tmp_path) as url:
        job, installation = start(), Installation(tmp_path, url)
        state = lambda: BadgeJob.objects.get(pk=job.pk)  # noqa: E731  # asked again and again
        try:
            workers = {process.pid: process for process in (installation.worker(), installation.worker())}
            assert wait_for(lambda: state().state == "running" and state().done)
            held = workers.pop(WorkerBeat.objects.get(pk=state().claimed_by).pid)
            held.send_signal(signal.SIGKILL)
            held.wait()
            assert 0 < state().done < PEOPLE
            [other] = workers.values()
            assert wait_for(lambda: state().state == "done", 240), log_of(other)
        finally:
            installation.close()
        assert (state().done, BadgePrint.objects.count()) == (PEOPLE, PEOPLE)
        assert len(list(tmp_path.glob("private/badges/*.pdf"))) == 1
        # The first was killed, the second did it.
        assert len(DBTaskResult.objects.get(task_path__endswith=".draw_badges").worker_ids) == 2
