"""Mails to operators when something is wrong: at most one an hour for each kind of trouble, past the outbox.

Every process of the site and every worker looks once a minute from a thread of its own, so that the one that stands sees
what became of the others; of all of them on a machine one does the looking. Words are for operators, who read English.
"""

import fcntl
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from summit import refusals
from summit.lib.task_backend import request_of
from summit.models import Alarm
from summit.operating import findings
from summit.operating.findings import Check, Finding, State

logger = logging.getLogger(__name__)
EVERY = 60.0
TEN_MINUTES, HOUR, DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
# Rounds without a database before it is told: one that is started again is no trouble.
ROUNDS_WITHOUT = 3
# How many failed tasks a mail names.
NAMED = 10


@dataclass(frozen=True, slots=True)
class Watched:
    """``here``: it is of this machine, and told for each. From ``state`` on it is told, again after ``pause``."""

    check: Check
    state: State = State.FAIL
    pause: timedelta = HOUR
    here: bool = False


def failed_tasks() -> list[Finding]:
    """What failed in the last hour, with the last line of its traceback and the number of the request behind it."""
    rows = DBTaskResult.objects.failed().filter(finished_at__gt=timezone.now() - HOUR).order_by("-finished_at")
    count = rows.count()
    return [
        Finding("task", State.FAIL, _task(row), f"{count} failed in the last hour; see the admin, or the worker's log.")
        for row in rows[:NAMED]
    ]


def _task(row: DBTaskResult) -> str:
    last = (row.traceback.strip().splitlines() or [row.exception_class_path])[-1]
    number = request_of(row)
    return f"{row.task_path}: {last[:300]}{f' (request {number})' if number else ''}"


def often(kind: str, limit: int, remedy: str) -> list[Finding]:
    """Refusals of a kind in the last ten minutes, where they are as many as an operator wants to hear of; 0: never."""
    found = refusals.lately(kind, TEN_MINUTES) if limit else []
    total = sum(count for _network, count in found)
    if not limit or total < limit:
        return []
    networks = ", ".join(f"{network or 'no network'} ({count})" for network, count in found[:NAMED])
    return [Finding(kind, State.FAIL, f"{total} refused in ten minutes, most from {networks}", remedy)]


def sign_ins() -> list[Finding]:
    remedy = "Somebody may guess. Limits hold; block the networks at the proxy, and see the history in the admin."
    return often(refusals.SIGN_IN, settings.ALARM_SIGN_INS, remedy)


def tickets() -> list[Finding]:
    remedy = "Forged, foreign or replaced tickets at the door. Tell the desks; see their history in the workspace."
    return often(refusals.TICKET, settings.ALARM_TICKETS, remedy)


def requests() -> list[Finding]:
    remedy = "More was asked than anybody may (429). Limits hold; block the networks at the proxy where they go on."
    return often(refusals.REQUEST, settings.ALARM_REQUESTS, remedy)


def backups() -> list[Finding]:
    return findings.backups() if settings.BACKUP_ROOT else []


WATCHED: dict[str, Watched] = {
    "worker silent": Watched(findings.queue),
    "no worker": Watched(findings.worker),
    "mail waits": Watched(findings.outbox),
    "disk full": Watched(findings.space, state=State.WARN, here=True),
    "task failed": Watched(failed_tasks),
    "many refused sign-ins": Watched(sign_ins),
    "many refused tickets": Watched(tickets),
    "many refused requests": Watched(requests),
    "certificate": Watched(findings.certificate, state=State.WARN, pause=DAY),
    "backup missing": Watched(backups, state=State.WARN, pause=DAY),
}
SEVERITY = list(State)


def look() -> list[str]:
    """Look at everything once, and tell what is wrong and was not told lately; returns the kinds that were told."""
    told = []
    for kind, watched in WATCHED.items():
        found = [
            each
            for each in findings.judged(kind, watched.check)
            if SEVERITY.index(each.state) >= SEVERITY.index(watched.state)
        ]
        row = f"{kind}@{socket.gethostname()}" if watched.here else kind
        if found and (before := claim(row, watched.pause)):
            try:
                tell(kind, found)
            except Exception:  # the mail server may be what is wrong: the next round tries again
                logger.exception("The alarm %s could not be mailed", kind)
                Alarm.objects.filter(kind=row).update(at=before)
            else:
                told.append(kind)
    return told


def claim(kind: str, pause: timedelta) -> datetime | None:
    """Of all processes of all machines one may tell, and again after the pause. Returns what to put back where that fails:
    a moment long enough ago; None for the others."""
    now = timezone.now()
    if Alarm.objects.filter(kind=kind, at__lte=now - pause).update(at=now):
        return now - pause
    try:
        with transaction.atomic():
            _row, made = Alarm.objects.get_or_create(kind=kind, defaults={"at": now})
    except IntegrityError:
        return None
    return now - pause if made else None


def tell(kind: str, found: list[Finding]) -> None:
    lines = [f"{each.state:<4}  {each.what}: {each.told}\n      -> {each.remedy}" for each in found]
    text = "\n".join(
        [*lines, "", f"On {socket.gethostname()}, for {settings.SITE_URL}. All of it: manage.py doctor", ""]
    )
    EmailMessage(f"[{settings.SITE_HOST}] {kind}", text, to=settings.ALARM_TO).send()


class Watch:
    """Rounds of one process."""

    def __init__(self) -> None:
        self.without = 0

    def round(self) -> list[str]:
        """One look, unless another process of this machine has looked within the minute."""
        try:
            refusals.hand_over()
            if not claim(f"round@{socket.gethostname()}", timedelta(seconds=EVERY * 0.9)):
                return []
            self.without = 0
            return look()
        except DatabaseError as error:
            self.without += 1
            return self.tell_of_database(error) if self.without >= ROUNDS_WITHOUT else []
        finally:
            connections.close_all()

    def tell_of_database(self, error: DatabaseError) -> list[str]:
        """Without the table of alarms, a file remembers when this machine told it."""
        kind, found = (
            "database away",
            Finding("database", State.FAIL, str(error).strip(), findings.REMEDIES["database"]),
        )
        with Path(settings.VAR, "alarm-database").open("a+", encoding="utf-8") as said:
            try:
                fcntl.flock(said, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # another process tells it at this moment
                return []
            said.seek(0)
            if time.time() - float(said.read() or 0) < HOUR.total_seconds():
                return []
            tell(kind, [found])
            said.truncate(0)
            said.write(str(time.time()))
        return [kind]

    def go_on(self, wait: Callable[[float], object]) -> None:
        while True:
            wait(EVERY)
            try:
                self.round()
            except Exception:  # a round that breaks is no end of rounds
                logger.exception("Looking for alarms failed")


def watch() -> None:
    """Begin the rounds of this process, where there is somebody to tell."""
    if settings.ALARM_TO:
        threading.Thread(target=Watch().go_on, args=(time.sleep,), name="alarms", daemon=True).start()
