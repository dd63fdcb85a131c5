"""Probes for load balancers, containers and monitors, on a port of their own (the Procfile's line ``probes``).

``/healthz`` says that this process answers, and touches nothing. ``/readyz`` says in JSON how what the installation needs
is: 200 where a node can serve, 503 where it cannot. What it serves without (:data:`TOLD`) makes it ``degraded`` and
leaves the 200: a load balancer would take away every node for one queue; ``/readyz?strict`` answers 503 then, too. Both
speak plain http under any host name, and know neither sessions nor people. A WSGI application of its own, so that what
keeps the site busy does not keep its probes waiting.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
    django.setup()

from django.conf import settings
from django.db import close_old_connections, connection

from summit.operating import findings
from summit.operating.findings import State

logger = logging.getLogger(__name__)
# A check's problem in words for operators; "" where there is none.
Check = Callable[[], str]
# Seconds a check may take.
PATIENCE = 5.0
# Seconds for which a storage that was written to counts as writable: one far away takes money for each file.
WRITTEN_FOR = 30.0


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def short(finding: findings.Check) -> Check:
    """The same check as `manage.py doctor` has it, in the words of what fails alone."""
    return lambda: "; ".join(each.told for each in finding() if each.state == State.FAIL)


def storage() -> str:
    """A small file is written to where uploads and private files lie, read and deleted; now and then.

    Why it is not stands in the log alone: what a storage says names its place.
    """
    global _written  # noqa: PLW0603
    if time.monotonic() - _written < WRITTEN_FOR:
        return ""
    failing = [each for each in findings.storage() if each.state == State.FAIL]
    for each in failing:
        logger.warning("Probe storage: %s: %s", each.what, each.told)
    _written = -WRITTEN_FOR if failing else time.monotonic()
    return "; ".join(f"{each.what} cannot be kept" for each in failing)


_written = -WRITTEN_FOR
# The whole check of `doctor` reads all of a database of SQLite: it is asked here whether it answers.
CHECKS: dict[str, Check] = {
    "database": database,
    "migrations": short(findings.migrations),
    "storage": storage,
    "cache": short(findings.cached),
    "queue": short(findings.queue),
    "worker": short(findings.worker),
}
# The site serves without these.
TOLD = {"cache", "queue", "worker"}


def serves_without() -> set[str]:
    """An object storage is away for all nodes at once, and most pages need no file."""
    return TOLD | ({"storage"} if settings.S3_PUBLIC_BUCKET else set())


class Runner:
    """One check in a thread of its own, so that one that hangs keeps nobody waiting, and is not asked twice at a time."""

    def __init__(self, name: str, check: Check) -> None:
        self.name, self.check = name, check
        self.pool = ThreadPoolExecutor(1, thread_name_prefix=f"probe-{name}")
        self.asked: Future[str] | None = None

    def _run(self) -> str:
        close_old_connections()
        try:
            return self.check()
        except Exception as error:  # whatever it is, the others are told all the same
            logger.warning("Probe %s: %s", self.name, error)
            connection.close()
            # The words of an error may name hosts and users: they go to the log alone.
            return type(error).__name__

    def ask(self) -> None:
        if self.asked is None or self.asked.done():
            self.asked = self.pool.submit(self._run)

    def answer(self, until: float) -> dict[str, Any]:
        try:
            problem = self.asked.result(max(0.0, until - time.monotonic())) if self.asked else "not asked"
        except TimeoutError:
            problem = f"no answer within {PATIENCE:.0f} s"
        return {"ok": not problem, **({"problem": problem} if problem else {})}


RUNNERS = [Runner(name, check) for name, check in CHECKS.items()]


def readiness() -> dict[str, Any]:
    """``status`` (``ready``, ``degraded``, ``unavailable``) and what each check found."""
    until = time.monotonic() + PATIENCE
    for runner in RUNNERS:
        runner.ask()
    found = {runner.name: runner.answer(until) for runner in RUNNERS}
    wrong = {name for name, told in found.items() if not told["ok"]}
    return {"status": "unavailable" if wrong - serves_without() else "degraded" if wrong else "ready", "checks": found}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path, status, told = environ.get("PATH_INFO", ""), "200 OK", {"status": "alive"}
    if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
        status, told = "405 Method Not Allowed", {"status": "only GET"}
    elif path == "/readyz":
        told = readiness()
        fails = {"unavailable"} | ({"degraded"} if environ.get("QUERY_STRING") == "strict" else set())
        status = "503 Service Unavailable" if told["status"] in fails else status
    elif path != "/healthz":
        status, told = "404 Not Found", {"status": "there are /healthz and /readyz"}
    body = json.dumps(told, indent=1).encode() + b"\n"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    start_response(status, headers)
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]
