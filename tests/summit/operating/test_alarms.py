"""Whom operators hear from when something is wrong, and how often."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.tasks import task
from django.test import Client, RequestFactory
from django.utils import timezone

from registration.door import tickets
from summit import refusals
from summit.lib import request_ids
from summit.mailing import holding, outbox
from summit.models import Alarm, MailHold, Message, RefusalTally
from summit.operating import alarms, findings
from summit.operating.alarms import Watch
from tests.factories import make_desk


@pytest.fixture(autouse=True)
def _told(settings, tmp_path):
    settings.ALARM_TO = ["operator@site.example"]
    settings.VAR = tmp_path
    refusals._counts.clear()


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


def refuse(times: int, address: str = "203.0.113.9") -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    for _time in range(times):
        refusals.note(refusals.SIGN_IN, request)


def test_many_refused_sign_ins_are_told_with_their_networks(db, mailoutbox, settings):
    settings.ALARM_SIGN_INS = 10
    refuse(6)
    refuse(3, "198.51.100.1")
    assert (refusals.hand_over(), alarms.look()) == (9, [])
    refuse(1, "198.51.100.77")
    assert refusals.hand_over() == 1
    assert alarms.look() == ["many refused sign-ins"]
    assert "10 refused in ten minutes, most from 203.0.113.0/24 (6), 198.51.100.0/24 (4)" in mailoutbox[0].body
    with later(minutes=70):
        assert alarms.look() == []
    with later(days=1, minutes=2):
        refusals.hand_over()
        assert not RefusalTally.objects.exists()


def test_where_it_is_set_to_0_or_nobody_is_to_be_told_nothing_is(db, settings):
    settings.ALARM_SIGN_INS = 0
    refuse(500)
    refusals.hand_over()
    assert alarms.look() == []
    settings.ALARM_TO = []
    refuse(5)
    assert refusals.hand_over() == 0


def test_from_many_networks_memory_stays_bounded(db, monkeypatch):
    monkeypatch.setattr(refusals, "MOST", 3)
    for number in range(6):
        refuse(1, f"203.0.{number}.1")
    refusals.hand_over()
    rows = dict(RefusalTally.objects.values_list("network", "count"))
    assert rows == {"203.0.0.0/24": 1, "203.0.1.0/24": 1, "203.0.2.0/24": 1, "elsewhere": 3}


def test_passwords_tickets_and_requests_over_a_limit_are_counted(summit, desk_staff, as_user, settings):
    settings.RATE_LIMITS = True
    client = Client(REMOTE_ADDR="203.0.113.9")
    for _time in range(7):  # five are free, the sixth opens a pause
        client.post("/en/account/login/", {"login": "a@people.example", "password": "wrong"})
    make_desk(summit)
    as_user(desk_staff).post("/en/ogp2021/desk/main/", {"shown": f"{tickets.PREFIX}FORGED"})
    as_user(desk_staff).post("/en/ogp2021/desk/main/", {"shown": f"{tickets.PREFIX}FORGED"})
    with time_machine.travel(timezone.now(), tick=False):
        for _time in range(11):
            answer = client.post("/en/ogp2021/register/lost-link/", {"email": "a@people.example"})
    refusals.hand_over()
    rows = {(row.kind, row.network): row.count for row in RefusalTally.objects.all()}
    assert rows[refusals.SIGN_IN, "203.0.113.0/24"] == 7
    assert rows[refusals.TICKET, "127.0.0.0/24"] == 2
    assert answer.status_code == 429 and rows[refusals.REQUEST, "203.0.113.0/24"] >= 1


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
