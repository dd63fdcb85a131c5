"""Whom operators hear from when something is wrong, and how often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.tasks import task
from django.utils import timezone

from summit.lib import request_ids
from summit.mailing import holding, outbox
from summit.models import Alarm, MailHold, Message
from summit.operating import alarms, findings
from summit.operating.alarms import Watch


@pytest.fixture(autouse=True)
def _told(settings, tmp_path):
    settings.ALARM_TO = ["operator@site.example"]
    settings.VAR = tmp_path


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


@task
def breaks() -> None:
    raise ValueError("the printer is on fire")


def write(summit) -> None:
    outbox.queue(Message(kind="x", to="a@people.example", subject="s", text="t", summit=summit))


def test_all_is_well_and_nobody_hears_of_it(db, mailoutbox):
    assert (alarms.look(), mailoutbox) == ([], [])


def test_work_and_mail_that_nobody_does_are_told_once_an_hour(summit, mailoutbox):
    write(summit)
    assert alarms.look() == []
    with later(minutes=11):
        assert alarms.look() == ["worker silent", "mail waits"]
        assert alarms.look() == []
    with later(minutes=60):
        assert alarms.look() == []
    with later(minutes=72):
        assert alarms.look() == ["worker silent", "mail waits"]
    mail = mailoutbox[0]
    assert (mail.to, mail.subject) == (["operator@site.example"], "[testserver] worker silent")
    assert "FAIL  queue: 1 waiting since" in mail.body and "-> Start the worker" in mail.body
    # It does not go the way of what may be stuck.
    assert Message.objects.count() == 1


def test_mail_that_is_held_is_no_trouble(summit, mailoutbox):
    write(summit)
    holding.hold(MailHold.Reason.RESTORED)
    with later(minutes=11):
        assert alarms.look() == ["worker silent"]


def test_a_task_that_failed_is_told_with_its_reason_and_its_request(db, work, mailoutbox):
    with request_ids.serving("number-of-a-request"):
        breaks.enqueue()
    work()
    assert alarms.look() == ["task failed"]
    assert "test_alarms.breaks: ValueError: the printer is on fire (request number-of-a-request)" in mailoutbox[0].body
    with later(minutes=61):
        assert alarms.look() == []


def test_a_disk_is_told_for_each_machine(db, mailoutbox, monkeypatch):
    monkeypatch.setattr(findings, "LITTLE_SPACE", 1.1)
    assert alarms.look() == ["disk full"]
    assert alarms.look() == []
    monkeypatch.setattr("socket.gethostname", lambda: "another-machine")
    assert alarms.look() == ["disk full"]
    assert "On another-machine, for http://testserver." in mailoutbox[1].body


def test_what_could_not_be_mailed_is_tried_again(db, mailoutbox, settings, monkeypatch):
    monkeypatch.setattr(findings, "LITTLE_SPACE", 1.1)
    working = settings.MAILERS
    server = {"host": "127.0.0.1", "port": 1, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": server}}
    assert alarms.look() == []
    settings.MAILERS = working
    assert alarms.look() == ["disk full"]


def test_of_many_who_look_at_the_same_moment_one_tells(install):
    made = install()

    def claim(_number: int) -> bool:
        try:
            return alarms.claim("it", timedelta(hours=1)) is not None
        finally:
            connections["default"].close()

    with made.used(), ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(claim, range(6))) == 1
        Alarm.objects.update(at=timezone.now() - timedelta(hours=2))
        assert sum(pool.map(claim, range(6))) == 1


def test_of_the_processes_of_a_machine_one_looks_in_a_minute(install, mailoutbox, monkeypatch):
    monkeypatch.setattr(findings, "LITTLE_SPACE", 1.1)
    with install().used():
        assert [Watch().round(), Watch().round()] == [["disk full"], []]


def test_a_database_that_is_away_is_told_though_nothing_can_be_written_there(install, mailoutbox):
    made = install()
    made.database += "/nowhere"
    with made.used():
        watch = Watch()
        assert [watch.round() for _turn in range(5)] == [[], [], ["database away"], [], []]
        another = Watch()
        assert [another.round() for _turn in range(4)] == [[], [], [], []]
        with later(minutes=61):
            assert watch.round() == ["database away"]
    assert [mail.subject for mail in mailoutbox] == ["[testserver] database away"] * 2
    made.database = made.database.removesuffix("/nowhere")


def test_a_round_that_breaks_is_no_end_of_rounds(monkeypatch):
    rounds, waits = [], iter([None, None, None])

    def broken(self) -> list[str]:
        rounds.append(True)
        raise RuntimeError("broken")

    monkeypatch.setattr(Watch, "round", broken)
    with pytest.raises(StopIteration):
        Watch().go_on(lambda _seconds: next(waits))
    assert len(rounds) == 3


def test_nobody_looks_where_nobody_is_to_be_told(settings):
    settings.ALARM_TO = []
    alarms.watch()
    assert "alarms" not in {thread.name for thread in threading.enumerate()}
