"""A duty is one process's at a time, also of two that begin at the same moment."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from sessions.models import Deadline, Task
from sessions.planning import reminding
from summit.leases import duties, heartbeat
from summit.models import Duty, Message
from tests.factories import make_organisation, make_session, make_summit
from tests.installations import Installation, migrated_database
from tests.registration.places.test_races import on_postgresql, on_sqlite


def test_a_duty_that_is_held_is_not_done_by_another(db):
    with duties.held("sweep") as mine:
        assert mine
        Duty.objects.filter(name="sweep").update(held_by="another")
        with duties.held("sweep") as also:
            assert not also
    assert Duty.objects.get(name="sweep").until > timezone.now()


def test_a_duty_of_somebody_who_is_gone_is_free(db):
    Duty.objects.create(name="sweep", held_by="gone", until=timezone.now() - timedelta(seconds=1))
    with duties.held("sweep") as mine:
        assert mine


def test_a_duty_with_a_rhythm_is_done_once_in_it(db):
    def turn():
        with duties.held("sweep", every=timedelta(days=1)) as mine:
            return mine

    assert [turn(), turn()] == [False, False]  # the first comes a day after somebody asks
    Duty.objects.update(done_at=timezone.now() - timedelta(days=1, minutes=1))
    assert [turn(), turn()] == [True, False]


def test_a_duty_that_broke_has_not_been_done(db):
    def turn():
        with duties.held("sweep") as mine:
            raise RuntimeError(mine)

    with pytest.raises(RuntimeError, match="True"):
        turn()
    assert Duty.objects.get().done_at is None
    with duties.held("sweep") as mine:
        assert mine


def test_the_heartbeat_keeps_what_is_held(db):
    with duties.held("sweep"):
        Duty.objects.update(until=timezone.now() + timedelta(seconds=3))
        [heart] = heartbeat._hearts.values()
        heart.beat()
        assert Duty.objects.get().until > timezone.now() + timedelta(seconds=20)


def test_housekeeping_that_another_does_is_left_to_it(db, capsys):
    Duty.objects.create(name="tidy", held_by="another", until=timezone.now() + timedelta(minutes=1))
    call_command("tidy")
    assert capsys.readouterr().out == "Another process does this at the moment.\n"


def owing(summit):
    host = make_organisation(summit, "host", contact_email="host@people.example")
    make_session(summit, hosts=[host])
    Deadline.objects.create(summit=summit, task=Task.TECHNICAL, due_at=timezone.now() + timedelta(days=2))


def remind_twice(race, copy=None):
    if copy:
        copy()
    ends = race([reminding.remind_due, reminding.remind_due])
    assert sorted(ends) == [0, 1], ends
    assert race([lambda: Message.objects.filter(kind="reminder").count()]) == [1]


@on_postgresql
def test_two_who_remind_at_once_remind_once(summit, race):
    owing(summit)
    remind_twice(race)


@on_sqlite
def test_two_who_remind_at_once_remind_once_in_a_file(summit, race, on_disk):
    owing(summit)
    remind_twice(race, on_disk)


def test_two_processes_that_keep_house_at_once_remind_once(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), migrated_database(tmp_path) as url:
        installation = Installation(tmp_path, url)
        owing(make_summit())
        command = [sys.executable, "manage.py", "tidy"]
        both = [
            subprocess.Popen(command, cwd=settings.BASE_DIR, env=installation.environment, stdout=subprocess.PIPE)
            for _process in range(2)
        ]
        said = [process.communicate(timeout=240)[0].decode() for process in both]
        assert [process.returncode for process in both] == [0, 0]
        assert Message.objects.filter(kind="reminder").count() == 1
    assert sum("reminders: 1" in each for each in said) == 1, said
