"""What `doctor` says: of an installation that is well, and of each thing that is not."""

import errno
import json
import os
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from summit.cache import ForgivingRedisCache
from summit.mailing import holding, outbox
from summit.models import MailHold, Message, WorkerBeat
from summit.operating import findings
from summit.operating.findings import State
from tests.redis_server import running
from tests.waiting import wait_for


def states(found) -> list[str]:
    return [finding.state.value for finding in found]


def one(check) -> findings.Finding:
    [found] = findings.judged("it", check)
    # Whoever is told that something is wrong is told what to do.
    assert bool(found.remedy) == (found.state != State.OK)
    return found


def test_doctor_tells_all_of_it_and_ends_with_its_verdict(install):
    made = install()
    code, out, _told = made.run("doctor", "--json")
    found = json.loads(out)
    state = {finding["what"]: finding["state"] for finding in found}
    # Static files are not gathered here, and nothing else is wrong.
    assert code == 1
    assert [what for what, each in state.items() if each == "FAIL"] == ["static files"]
    assert {"database", "migrations", "clock", "public files", "private files", "outbox", "queue", "space"} <= {
        what for what, each in state.items() if each == "OK"
    }
    assert all(bool(finding["remedy"]) == (finding["state"] != "OK") for finding in found)
    (made.folder / "static").mkdir()
    (made.folder / "static" / "staticfiles.json").write_text("{}")
    code, out, _told = made.run("doctor", "--mail-to", "operator@site.example")
    assert (code, "FAIL" in out) == (0, False), out
    [letter] = (made.folder / "mail").glob("*.eml")
    assert b"To: operator@site.example" in letter.read_bytes()


def test_a_database_that_is_away_is_told_beside_all_the_rest(install):
    code, out, told = install().run("doctor", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert (code, "Traceback" in told) == (1, False)
    assert "FAIL  database      OperationalError" in out
    assert "-> Is the server running, and DATABASE_URL right?" in out
    assert "OK    public files" in out


@pytest.mark.django_db
def test_migrations_that_are_missing_or_later():
    assert one(findings.migrations).state == State.OK
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('summit', '9999_later', %s)", [timezone.now()]
        )
    assert (one(findings.migrations).state, one(findings.migrations).told) == (
        "WARN",
        "later ones, such as summit.9999_later",
    )
    with connection.cursor() as cursor:
        [newest] = [name for app, name in MigrationLoader(None).graph.leaf_nodes() if app == "summit"]
        cursor.execute("DELETE FROM django_migrations WHERE app = 'summit' AND name = %s", [newest])
    assert one(findings.migrations) == findings.Finding(
        "migrations", State.FAIL, f"not applied: summit.{newest}", "Run: manage.py migrate"
    )


def write(summit, **values) -> Message:
    return outbox.queue(Message(kind="x", to="a@people.example", subject="s", text="t", summit=summit, **values))


def test_workers_that_are_all_gone_have_failed(summit):
    assert one(findings.worker).told == "0 at work"
    WorkerBeat.objects.create(worker_id="w1", host="here", pid=1)
    WorkerBeat.objects.create(worker_id="w2", host="there", pid=2, seen_at=timezone.now() - timedelta(hours=1))
    assert (one(findings.worker).state, one(findings.worker).told) == ("OK", "1 at work")
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    assert (one(findings.worker).state, "none at work since 20" in one(findings.worker).told) == ("FAIL", True)


def test_mail_that_waits_too_long_has_failed_or_is_held(summit):
    assert one(findings.outbox).state == State.OK
    late = timezone.now() - timedelta(minutes=11)
    waits = write(summit, created_at=late, attempts=1)
    assert one(findings.outbox).state == State.OK
    write(summit, created_at=late)
    assert (one(findings.outbox).state, "2 waiting since" in one(findings.outbox).told) == ("FAIL", True)
    Message.objects.exclude(pk=waits.pk).update(state="failed")
    assert (one(findings.outbox).state, "1 failed since yesterday" in one(findings.outbox).told) == ("WARN", True)
    holding.hold(MailHold.Reason.RESTORED)
    assert (one(findings.outbox).state, "/en/my/mail/" in one(findings.outbox).remedy) == ("WARN", True)


@task
def fails() -> None:
    raise ValueError("no")


def test_work_that_waits_too_long_or_has_failed(db, work):
    fails.enqueue()
    assert one(findings.queue).state == State.OK
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert (one(findings.queue).state, "1 waiting since" in one(findings.queue).told) == ("FAIL", True)
    DBTaskResult.objects.update(run_after=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(minutes=65), tick=False):
        assert one(findings.queue).state == State.OK  # its moment has been for five minutes
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(days=1))
    work()
    assert (one(findings.queue).state, one(findings.queue).told) == ("WARN", "0 waiting, 1 failed since yesterday")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no clock of its own")
def test_clocks_that_are_apart():
    assert one(findings.clock).state == State.OK
    now = datetime.now(UTC)
    for apart, state in ((10, "WARN"), (60, "FAIL")):
        with time_machine.travel(now + timedelta(seconds=apart)):
            assert one(findings.clock).state == state


def test_disks_that_are_full(monkeypatch, tmp_path, settings):
    settings.VAR = settings.MEDIA_ROOT = settings.PRIVATE_ROOT = tmp_path
    monkeypatch.setattr(findings, "NO_SPACE", 0)
    monkeypatch.setattr(findings, "LITTLE_SPACE", 0)
    assert one(findings.space).state == State.OK
    monkeypatch.setattr(findings, "LITTLE_SPACE", 1.1)
    assert one(findings.space).state == State.WARN
    monkeypatch.setattr(findings, "NO_SPACE", 1.1)
    assert one(findings.space).state == State.FAIL


def test_storages_that_do_not_take_files(tmp_path, settings):
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    assert states(findings.storage()) == ["OK", "OK"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file"
    # The other one is told all the same.
    assert states(findings.storage()) == ["FAIL", "OK"]
    [public, _private] = findings.storage()
    assert (public.what, public.remedy) == ("public files", f"May this user write below {tmp_path / 'file'}?")


def test_a_disk_that_is_full_is_told_from_one_that_is_closed(monkeypatch, tmp_path, settings):
    def full(*_arguments: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(FileSystemStorage, "_save", full)
    assert findings.storage()[0].remedy == f"Free space below {tmp_path}, or enlarge it."


def test_a_redis_that_is_away_or_hangs_is_told(monkeypatch, settings):
    """The process answers itself meanwhile; that is no sign of life."""
    with running() as server:
        settings.REDIS_URL = server.url
        monkeypatch.setattr(findings, "cache", ForgivingRedisCache(server.url, {"OPTIONS": {"patience": 0.5}}))
        assert (one(findings.cached).state, one(findings.cached).told) == ("OK", "answers")
        server.hang()
        assert (one(findings.cached).state, one(findings.cached).told) == (
            "FAIL",
            "Redis does not answer: each process counts and remembers for itself",
        )
        server.go_on()
        assert wait_for(lambda: one(findings.cached).state == "OK")
        server.stop()
        assert one(findings.cached).state == "FAIL"


@pytest.mark.django_db
def test_a_database_without_tables_is_told_with_what_makes_them(monkeypatch):
    def unread() -> list[findings.Finding]:
        raise OperationalError("no such table: summit_mailhold")

    for name in ("outbox", "queue", "worker"):
        [found] = findings.judged(name, unread)
        assert found.remedy.startswith("Where the database answers: manage.py migrate")


def test_what_django_knows_no_remedy_for_has_one_of_ours(settings):
    settings.HTTPS, settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True, 60, False
    [found] = [each for each in findings.all_settings() if "security.W005" in each.told]
    assert found.remedy.startswith("SECURE_HSTS_SUBDOMAINS=1, where every service")


def test_backups_that_are_missing_or_old(tmp_path, settings):
    settings.BACKUP_ROOT = ""
    assert one(findings.backups).state == State.WARN
    settings.BACKUP_ROOT = tmp_path
    (tmp_path / "interrupted").mkdir()
    assert one(findings.backups).state == State.FAIL
    (tmp_path / "whole").mkdir()
    manifest = tmp_path / "whole" / "manifest.json"
    manifest.write_text("{}")
    assert (one(findings.backups).state, one(findings.backups).told) == ("OK", "the newest is 0 hours old")
    old = datetime.now(UTC).timestamp() - 30 * 3600
    os.utime(manifest, (old, old))
    assert (one(findings.backups).state, one(findings.backups).told) == ("WARN", "the newest is 30 hours old")


def test_a_mail_server_that_is_away(settings):
    server = {"host": "127.0.0.1", "port": 1, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": server}}
    found = one(findings.mail_server)
    assert found.state == "FAIL"
    assert found.told.startswith("127.0.0.1:1 does not let us in: ConnectionRefusedError")
    assert "does a firewall let this machine to 127.0.0.1:1?" in found.remedy


@contextmanager
def site(folder, monkeypatch, *, days: float):
    """A real server for localhost whose certificate, which this process trusts, ends in so many days; yields its port."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "site.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "site.pem", folder / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "site.pem"))
    with socket.create_server(("localhost", 0)) as server:

        def answer() -> None:
            line, _address = server.accept()
            with line:
                try:
                    context.wrap_socket(line, server_side=True).close()
                except OSError:  # whoever does not trust it hangs up
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join(20)


@pytest.mark.parametrize(("days", "state"), [(60, "OK"), (10, "WARN"), (1.5, "FAIL"), (-1, "FAIL")])
def test_a_certificate_that_ends(tmp_path, monkeypatch, settings, days, state):
    with site(tmp_path, monkeypatch, days=days) as port:
        settings.HTTPS, settings.SITE_HOST, settings.SITE_URL = True, "localhost", f"https://localhost:{port}"
        assert one(findings.certificate).state == state


def test_a_check_that_breaks_is_a_finding():
    def breaks() -> list[findings.Finding]:
        raise RuntimeError("first line\nsecond")

    assert findings.judged("it", breaks) == [
        findings.Finding("it", State.FAIL, "RuntimeError: first line", "Look at what it says.")
    ]
