"""What probes are told: each check with the real thing in order, and out of order."""

import io
import json
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from summit.mailing import outbox
from summit.models import Message, WorkerBeat
from summit.operating import findings, probes


class Here:
    """A check asked in the test's own transaction, and not in a thread with a connection of its own."""

    def __init__(self, runner):
        self.runner = runner

    def submit(self, run):
        done = probes.Future()
        done.set_result(run())
        return done


@pytest.fixture
def ask(db, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(probes, "_written", -probes.WRITTEN_FOR)
    monkeypatch.setattr(probes, "close_old_connections", lambda: None)
    for runner in probes.RUNNERS:
        monkeypatch.setattr(runner, "pool", Here(runner))
        monkeypatch.setattr(runner, "asked", None)
    return requested


def requested(path, query="", method="GET", **more):
    heard = {}
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(),
               "HTTP_HOST": "10.0.0.7:9000", "wsgi.url_scheme": "http", **more}  # fmt: skip
    body = b"".join(probes.application(environ, lambda status, headers: heard.update(status=status, **dict(headers))))
    assert heard["Content-Type"] == "application/json" and heard["Cache-Control"] == "no-store"
    return int(heard["status"][:3]), json.loads(body or "null")


def test_all_is_well(ask):
    status, told = ask("/readyz", "strict")
    assert (status, told["status"]) == (200, "ready"), told
    assert told["checks"] == {name: {"ok": True} for name in probes.CHECKS}
    assert set(told["checks"]) == {"database", "migrations", "storage", "cache", "queue", "worker"}


def test_alive_touches_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert requested("/healthz") == (200, {"status": "alive"})


def test_other_addresses_and_methods_are_refused(db):
    assert requested("/")[0] == 404
    assert requested("/readyz", method="POST")[0] == 405
    assert requested("/healthz", method="HEAD") == (200, None)


def test_a_migration_that_is_missing_is_named(ask):
    MigrationRecorder(connection).Migration.objects.filter(app="registration").delete()
    status, told = ask("/readyz")
    assert (status, told["status"]) == (503, "unavailable")
    assert told["checks"]["migrations"]["problem"].startswith("not applied: registration.0")
    assert told["checks"]["database"] == {"ok": True}


def test_a_storage_that_cannot_be_written_to_is_told(ask, settings, tmp_path):
    (tmp_path / "file").write_text("no folder")
    settings.PRIVATE_ROOT = tmp_path / "file"
    status, told = ask("/readyz")
    assert (status, told["checks"]["storage"]) == (503, {"ok": False, "problem": "private files cannot be kept"})
    # Where files lie is nobody's business.
    assert str(tmp_path) not in json.dumps(told)


def test_nothing_is_left_in_the_storage(ask, settings, tmp_path):
    settings.MEDIA_ROOT = settings.PRIVATE_ROOT = tmp_path
    assert ask("/readyz")[0] == 200
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_cache_that_forgets_degrades(ask, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda *_args: None, raising=False)
    status, told = ask("/readyz")
    assert (status, told["status"], told["checks"]["cache"]["ok"]) == (200, "degraded", False)
    assert ask("/readyz", "strict")[0] == 503


@pytest.mark.parametrize(("minutes", "late"), [(1, False), (11, True)])
def test_a_task_that_waits_for_too_long_is_told(ask, summit, minutes, late):
    outbox.queue(Message(kind="test", to="a@people.example", subject="s", text="t", summit=summit))
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=minutes))
    status, told = ask("/readyz")
    assert (status, told["status"]) == (200, "degraded" if late else "ready")
    if late:
        assert told["checks"]["queue"]["problem"].startswith("1 waiting since 20")


def test_a_worker_that_beats_no_more_degrades(ask):
    """One that is started anew takes its time, and one that was ended is not missed where nothing waits."""
    WorkerBeat.objects.create(worker_id="w1", host="here", pid=1)
    assert ask("/readyz", "strict")[0] == 200
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    assert ask("/readyz", "strict")[0] == 200
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    status, told = ask("/readyz")
    assert (status, told["status"]) == (200, "degraded")
    assert told["checks"]["worker"]["problem"].startswith("none at work since 20")
    WorkerBeat.objects.update(ended_at=timezone.now())
    assert ask("/readyz", "strict")[0] == 200


def test_how_long_work_may_wait_is_one_setting_for_probes_and_doctor(ask, summit, settings):
    settings.QUEUE_LATE_AFTER = 120
    for _letter in range(3):
        outbox.queue(Message(kind="test", to="a@people.example", subject="s", text="t", summit=summit))
    for waits, late in ((60, False), (150, True)):
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(seconds=waits))
        [finding] = findings.queue()
        assert (finding.state == "FAIL", finding.told[:10]) == (late, "3 waiting ")
        assert ask("/readyz")[1]["checks"]["queue"] == (
            {"ok": False, "problem": finding.told} if late else {"ok": True}
        )


def test_probes_find_what_doctor_finds_and_warn_of_nothing(ask, settings, tmp_path):
    """Both of what is in order, of what is missing, and of what doctor only warns of: a newer release's migration."""
    names = {"migrations": findings.migrations, "cache": findings.cached, "worker": findings.worker}

    def failing() -> dict[str, str]:
        return {name: each.told for name, check in names.items() for each in check() if each.state == "FAIL"}

    def told() -> dict[str, str]:
        checks = ask("/readyz")[1]["checks"]
        return {name: checks[name]["problem"] for name in names if not checks[name]["ok"]}

    recorder = MigrationRecorder(connection)
    recorder.record_applied("summit", "9999_later")
    assert findings.migrations()[0].state == "WARN"
    assert told() == failing() == {}
    applied = sorted(name for app, name in recorder.applied_migrations() if app == "speakers")
    recorder.Migration.objects.filter(app="speakers").delete()
    WorkerBeat.objects.create(worker_id="w1", host="here", pid=1, seen_at=timezone.now() - timedelta(minutes=3))
    more = f" and {len(applied) - 3} more" if len(applied) > 3 else ""
    assert told() == failing()
    assert set(told()) == {"migrations", "worker"}
    assert told()["migrations"] == f"not applied: {', '.join(f'speakers.{name}' for name in applied[:3])}{more}"


def test_the_questions_of_probes_are_few(ask, django_assert_max_num_queries):
    """Load balancers ask every few seconds."""
    ask("/readyz")
    with django_assert_max_num_queries(9):
        ask("/readyz")


def test_a_task_for_later_is_not_late(ask, summit):
    outbox.queue(Message(kind="test", to="a@people.example", subject="s", text="t", summit=summit))
    now = timezone.now()
    DBTaskResult.objects.update(enqueued_at=now - timedelta(days=9), run_after=now + timedelta(hours=1))
    assert ask("/readyz")[1]["status"] == "ready"
    DBTaskResult.objects.update(run_after=now - timedelta(minutes=1))
    assert ask("/readyz")[1]["status"] == "ready"


def test_a_check_that_hangs_keeps_nobody_waiting_and_is_not_asked_twice(monkeypatch):
    gone, asked = threading.Event(), []
    monkeypatch.setattr(probes, "PATIENCE", 0.3)

    def hangs():
        asked.append(1)
        gone.wait(60)
        return ""

    monkeypatch.setattr(probes, "RUNNERS", [probes.Runner("database", hangs), probes.Runner("cache", lambda: "")])
    for _turn in range(2):
        told = probes.readiness()
        assert told["status"] == "unavailable"
        assert not told["checks"]["database"]["ok"] and told["checks"]["cache"] == {"ok": True}
    assert asked == [1]
    gone.set()


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "no-such.example", "summit"])
def test_the_site_says_that_it_lives_to_any_host_on_plain_http(settings, host, django_assert_num_queries, summit):
    summit.domain = "own.example"
    summit.save()
    settings.SECURE_SSL_REDIRECT = True
    client = Client(headers={"host": host})
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]
    # So may a proxy that asks whether to order a certificate.
    assert [client.get(f"/own-hosts/?domain={name}").status_code for name in ("own.example", "other.example")] == [
        200,
        404,
    ]
    # Of other addresses both hold.
    assert client.get("/me.json").status_code in {301, 400}
