"""What is right with an installation and what is not, as an operator reads it: one line each, with a remedy.

A check is a function without arguments that returns its :class:`Finding`\\ s; what it raises becomes one that fails. Words are
for operators, who read English.
"""

import errno
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from smtplib import SMTPException
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core import checks as system_checks
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.mail import EmailMessage, mailers
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Case, F, Max, Min, When
from django.db.models.functions import Greatest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from summit import machine
from summit.mailing import holding
from summit.models import Message, WorkerBeat
from summit.operating import backup_targets, manifest, stored_files


class State(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    state: State
    told: str
    remedy: str = ""


Check = Callable[[], list[Finding]]
# How long mail may wait (work: QUEUE_LATE_AFTER), and how old the newest backup may be.
LATE, BACKUP_LATE = timedelta(minutes=10), timedelta(hours=26)
# How long no worker may have been seen: one that is started anew takes some seconds.
SILENT = timedelta(minutes=2)
# Parts of a disk that are free, days until a certificate ends, seconds between two clocks, parts of all connections.
LITTLE_SPACE, NO_SPACE = 0.1, 0.02
DAYS_LEFT = 14
SLOW_CLOCK, WRONG_CLOCK = 2, 30
MANY_CONNECTIONS = 0.8
# How many migrations are named.
NAMED = 3


def graded(what: str, told: str, remedy: str, *, warn: bool, fail: bool = False) -> list[Finding]:
    """One finding; the remedy is told where there is something to do."""
    state = State.FAIL if fail else State.WARN if warn else State.OK
    return [Finding(what, state, told, remedy if warn or fail else "")]


SUBDOMAINS = "SECURE_HSTS_SUBDOMAINS=1, where every service below the domain speaks https; otherwise leave it."
# Of Django's own checks those that know no remedy.
HINTS = {"security.W005": SUBDOMAINS, "security.W021": SUBDOMAINS}


def all_settings() -> list[Finding]:
    """Django's and our own system checks, with those for production where the site has https."""
    found = [
        each
        for each in system_checks.run_checks(include_deployment_checks=settings.HTTPS, databases=["default"])
        if not each.is_silenced()
    ]
    if not found:
        return [Finding("settings", State.OK, f"{settings.SITE_URL}, release {manifest.release()}")]
    return [
        Finding(
            "settings",
            State.FAIL if each.is_serious() else State.WARN,
            f"{each.msg} ({each.id})",
            each.hint or HINTS.get(each.id or "", "See .env.example, and: manage.py check --deploy"),
        )
        for each in found
    ]


def database() -> list[Finding]:
    return _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _ask(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def _postgresql() -> list[Finding]:
    version, encoding = _ask("SHOW server_version"), _ask("SHOW server_encoding")
    size = int(_ask("SELECT pg_database_size(current_database())"))
    used, most = int(_ask("SELECT count(*) FROM pg_stat_activity")), int(_ask("SHOW max_connections"))
    return [
        *graded("database", f"PostgreSQL {version}, {encoding}, {size / 1e6:.1f} MB", "Make a database with ENCODING 'UTF8'.",
                warn=False, fail=encoding != "UTF8"),
        *graded("connections", f"{used} of {most}", "Raise max_connections, or start fewer processes.",
                warn=used > MANY_CONNECTIONS * most),
    ]  # fmt: skip


def _sqlite() -> list[Finding]:
    size, told = Path(connection.settings_dict["NAME"]), _ask("SELECT sqlite_version()")
    bytes_ = size.stat().st_size if size.exists() else 0
    whole = _ask("PRAGMA quick_check")
    return graded("database", f"SQLite {told}, {_ask('PRAGMA encoding')}, {bytes_ / 1e6:.1f} MB, {whole}",
                  "Restore the newest backup." if whole != "ok" else "Set DATABASE_URL to PostgreSQL for more than one machine.",
                  warn=False, fail=whole != "ok")  # fmt: skip


@lru_cache(maxsize=1)
def known_migrations() -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """(all, the last of each app) of this release, as (app, name); they do not change while a process runs."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations), frozenset(loader.graph.leaf_nodes())


def migrations() -> list[Finding]:
    """Later ones do no harm: the next release may serve beside this one."""
    known, last = known_migrations()
    applied = set(MigrationRecorder(connection).applied_migrations())
    if last - applied:
        missing = sorted(".".join(each) for each in known - applied)
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        return [Finding("migrations", State.FAIL, f"not applied: {', '.join(missing[:NAMED])}{more}", "Run: manage.py migrate")]  # fmt: skip
    later = sorted(".".join(each) for each in applied - known)
    return graded("migrations", f"later ones, such as {later[0]}" if later else f"all {len(applied)} applied",
                  "The database is of a newer release; install that.", warn=bool(later))  # fmt: skip


def storage() -> list[Finding]:
    return [_kept(f"{name} files", each) for name, each in stored_files.storages().items()]


def _kept(what: str, each: Storage) -> Finding:
    """Whether a small file is written, read and deleted; what that raises is the finding."""
    try:
        name = each.save(f"doctor-{uuid4()}.txt", ContentFile(b"is here"))
        try:
            with each.open(name) as file:
                whole = file.read() == b"is here"
        finally:
            each.delete(name)
    except Exception as error:  # each kind of storage has its own
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        remedy = f"Free space {_where(each)}, or enlarge it." if full else f"May this user write {_where(each)}?"
        return Finding(what, State.FAIL, in_one_line(error), remedy)
    [found] = graded(what, "written, read and deleted" if whole else "what was written is not there",
                     f"Look {_where(each)}, and at its settings.", warn=False, fail=not whole)  # fmt: skip
    return found


def _where(each: Storage) -> str:
    if bucket := getattr(each, "bucket_name", ""):
        return f"in the bucket {bucket} (S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY)"
    return f"below {getattr(each, 'base_location', 'its folder')}"


def cached() -> list[Finding]:
    """Redis; while it is away a process answers itself by its own memory, which proves nothing."""
    key, value = f"doctor:{uuid4()}", uuid4().hex
    cache.set(key, value, 60)
    whole, away = cache.get(key) == value, getattr(cache, "is_away", False)
    cache.delete(key)
    good = "answers" if settings.REDIS_URL else "each process has its own"
    bad = (
        "Redis does not answer: each process counts and remembers for itself"
        if away
        else "does not keep what is written"
    )
    return graded("cache", bad if away or not whole else good, "Is Redis running at REDIS_URL, and quicker than REDIS_TIMEOUT?",
                  warn=False, fail=away or not whole)  # fmt: skip


def mail_server() -> list[Finding]:
    """Whether the mail server answers; nothing is sent."""
    mailer = settings.MAILERS["default"]
    if mailer["BACKEND"].endswith("EmlBackend"):
        return [Finding("mail", State.WARN, f"goes into the folder {mailer['OPTIONS']['folder']}, to nobody",
                        "Set MAIL_URL=smtp://user:password@host:587?tls=1.")]  # fmt: skip
    line = mailers.create_connection("default")
    try:
        line.open()
    except (OSError, SMTPException) as error:
        place = f"{mailer['OPTIONS']['host']}:{mailer['OPTIONS']['port']}"
        return [Finding("mail", State.FAIL, f"{place} does not let us in: {in_one_line(error)}",
                        f"Are host, port, user and tls of MAIL_URL right, and does a firewall let this machine to {place}?")]  # fmt: skip
    line.close()
    return [Finding("mail", State.OK, "the server answers; nothing was sent (--mail-to ADDRESS sends one)")]


def mail_to(address: str) -> Check:
    """Really sends one, past the outbox."""

    def sent() -> list[Finding]:
        EmailMessage(
            f"Mail from {settings.SITE_URL}", "It has arrived: mail leaves this installation.\n", to=[address]
        ).send()
        return [Finding("mail", State.OK, f"the server took one for {address}; look whether it arrives")]

    return sent


def outbox() -> list[Finding]:
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    if hold := holding.held():
        return [Finding("outbox", State.WARN, f"held since {hold.since:%Y-%m-%d %H:%M} UTC, {waiting.count()} waiting",
                        f"Release it: {settings.SITE_URL}/en/my/mail/")]  # fmt: skip
    # Those that were tried wait for their next attempt.
    oldest = waiting.filter(attempts=0).aggregate(oldest=Min("created_at"))["oldest"]
    late = oldest is not None and timezone.now() - oldest > LATE
    failed = Message.objects.filter(
        state=Message.State.FAILED, created_at__gt=timezone.now() - timedelta(days=1)
    ).count()
    told = f"{waiting.count()} waiting{_since(oldest)}, {failed} failed since yesterday"
    return graded(
        "outbox", told, "Is the worker running? Errors stand in the admin's outbox.", warn=failed > 0, fail=late
    )


def queue() -> list[Finding]:
    now = timezone.now()
    # What has no moment of its own may run since it was queued.
    due = Case(When(run_after__gt=now, then=F("enqueued_at")), default=Greatest("run_after", "enqueued_at"))
    ready = DBTaskResult.objects.ready()
    since = ready.aggregate(oldest=Min(due))["oldest"]
    failed = DBTaskResult.objects.failed().filter(finished_at__gt=now - timedelta(days=1)).count()
    return graded("queue", f"{ready.count()} waiting{_since(since)}, {failed} failed since yesterday",
                  "Start the worker: manage.py worker, or one more. Failed tasks stand in the admin.",
                  warn=failed > 0, fail=since is not None and now - since > timedelta(seconds=settings.QUEUE_LATE_AFTER))  # fmt: skip


def worker() -> list[Finding]:
    """Whether whoever was at work and has not said goodbye still is; where nobody is, what waits tells it (:func:`queue`)."""
    alive = WorkerBeat.objects.alive().count()
    last = WorkerBeat.objects.filter(ended_at=None).aggregate(last=Max("seen_at"))["last"]
    silent = not alive and last is not None and timezone.now() - last > SILENT
    return graded("worker", f"none at work{_since(last)}" if silent else f"{alive} at work",
                  "Start the worker: manage.py worker.", warn=False, fail=silent)  # fmt: skip


def _since(moment: datetime | None) -> str:
    return f" since {moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def clock() -> list[Finding]:
    """This machine's clock against the database's: claims and sign-ins compare moments of several machines."""
    if connection.vendor != "postgresql":
        return [Finding("clock", State.OK, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, the database has no other")]
    before = time.time()
    theirs = float(_ask("SELECT extract(epoch FROM clock_timestamp())"))
    apart = abs(theirs - (before + time.time()) / 2)
    return graded("clock", f"{apart:.1f} s from the database's", "Set both machines by NTP.",
                  warn=apart > SLOW_CLOCK, fail=apart > WRONG_CLOCK)  # fmt: skip


def fonts() -> list[Finding]:
    must, should = machine.missing_packages()
    told = f"{' '.join([*must, *should])} missing" if must or should else "libraries and fonts are here"
    return graded("fonts", told, f"apt-get install {' '.join([*must, *should])}", warn=bool(should), fail=bool(must))


def space() -> list[Finding]:
    """Each disk once, by the first folder of ours that lies on it."""
    found, seen = [], set()
    for folder in (
        Path(settings.VAR),
        Path(settings.MEDIA_ROOT),
        Path(settings.PRIVATE_ROOT),
        backup_targets.root_here(),
    ):
        there = next((each for each in (folder, *folder.parents) if each.exists()), None) if folder else None
        if there is None or (device := there.stat().st_dev) in seen:
            continue
        seen.add(device)
        disk = shutil.disk_usage(there)
        free = disk.free / disk.total
        found += graded("space", f"{disk.free / 1e9:.1f} GB free below {folder} ({free:.0%})", f"Free space below {folder} (`manage.py tidy`, old backups, logs), or enlarge the disk.",
                        warn=free < LITTLE_SPACE, fail=free < NO_SPACE)  # fmt: skip
    return found


def backups() -> list[Finding]:
    """How old the newest whole backup below ``BACKUP_ROOT`` is."""
    if not settings.BACKUP_ROOT:
        return [
            Finding("backups", State.WARN, "nobody knows where they are", "Set BACKUP_ROOT, and run `backup` daily.")
        ]
    newest = backup_targets.newest()
    if newest is None:
        return [Finding("backups", State.FAIL, f"none below {settings.BACKUP_ROOT}", "Run `manage.py backup` daily.")]
    age = datetime.now(UTC) - newest
    return graded("backups", f"the newest is {age.total_seconds() / 3600:.0f} hours old",
                  "Look why the daily `manage.py backup` did not end.", warn=age > BACKUP_LATE)  # fmt: skip


def static_files() -> list[Finding]:
    there = settings.DEBUG or Path(settings.STATIC_ROOT, "staticfiles.json").exists()
    return graded("static files", "gathered" if there else "not gathered", "Run: manage.py collectstatic --noinput",
                  warn=False, fail=not there)  # fmt: skip


def certificate() -> list[Finding]:
    """When the certificate of the site ends, as a visitor's browser sees it."""
    if not settings.HTTPS:
        return [Finding("certificate", State.OK, "the site has no https")]
    port = urlsplit(settings.SITE_URL).port or 443
    context = ssl.create_default_context()
    with (
        socket.create_connection((settings.SITE_HOST, port), timeout=5) as line,
        context.wrap_socket(line, server_hostname=settings.SITE_HOST) as secure,
    ):
        known = secure.getpeercert() or {}
    days = (ssl.cert_time_to_seconds(str(known["notAfter"])) - time.time()) / 86_400
    return graded(
        "certificate", f"ends in {days:.0f} days", "Look why it was not renewed.", warn=days < DAYS_LEFT, fail=days < 2
    )


CHECKS: dict[str, Check] = {
    "settings": all_settings,
    "database": database,
    "migrations": migrations,
    "clock": clock,
    "storage": storage,
    "cache": cached,
    "mail": mail_server,
    "outbox": outbox,
    "queue": queue,
    "worker": worker,
    "fonts": fonts,
    "space": space,
    "backups": backups,
    "static files": static_files,
    "certificate": certificate,
}
UNREAD = "Where the database answers: manage.py migrate (`start --empty` does it for a new installation)."
REMEDIES = {
    "database": "Is the server running, and DATABASE_URL right?",
    **dict.fromkeys(("migrations", "clock", "outbox", "queue", "worker"), UNREAD),
    "cache": "Is Redis running at REDIS_URL?",
    "storage": "Are S3_PUBLIC_BUCKET, S3_PRIVATE_BUCKET and what they need set?",
    "mail": "Is MAIL_URL right?",
    "certificate": "Does the name of SITE_URL lead here, and does the proxy answer there with a certificate of that name?",
}


def judged(what: str, check: Check) -> list[Finding]:
    """What a check finds; what it raises is a finding, too."""
    try:
        return check()
    except Exception as error:  # whatever it is, the other checks go on
        return [Finding(what, State.FAIL, in_one_line(error), REMEDIES.get(what, "Look at what it says."))]


def in_one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]


def all_findings(checks: Iterable[tuple[str, Check]]) -> list[Finding]:
    return [finding for what, check in checks for finding in judged(what, check)]
