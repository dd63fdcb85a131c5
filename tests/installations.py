"""An installation of its own, with real processes: for tests of what happens when one of them dies or goes away."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

import psutil
from django.conf import settings

from tests.bench.world import free_port
from tests.waiting import wait_for

__test__ = False


class Installation:
    """A folder and a database; ``workers`` and web servers of it are processes, ended with :meth:`close`."""

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        self.folder = folder
        self.environment = {
            **os.environ, "VAR_DIR": str(folder), "MEDIA_ROOT": str(folder / "media"), "DATABASE_URL": database_url, "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "tests.process_settings", "SITE_URL": "http://localhost", "RATE_LIMITS": "0",
            "STAFF_TWO_FACTORS": "0", "REDIS_URL": "", **environment,
        }  # fmt: skip
        self._logs = 0
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str) -> str:
        """``manage.py``, until it has ended; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=self.environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def ask(self, code: str) -> str:
        """The last line that a few lines of Python print, with models and factories at hand."""
        before = "from summit.models import *\nfrom registration.models import *\nfrom sessions.models import *\nfrom tests import factories as make\n"
        return (self.run("shell", "--no-imports", "-v0", "-c", before + code).strip().splitlines() or [""])[-1]

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        self._logs += 1
        log = (self.folder / f"{self._logs}.log").open("wb")
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=self.environment, stdout=log, stderr=log)
        log.close()
        vars(process)["log"] = self.folder / f"{self._logs}.log"
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "manage.py", "worker")

    def web(self) -> str:
        """The address of a web server that answers."""
        port = free_port()
        program = Path(sys.executable).with_name("granian")
        self.start(str(program), "--interface", "wsgi", "summit.wsgi:application", "--host", "127.0.0.1", "--port", str(port),
                   "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning")  # fmt: skip
        address = f"http://localhost:{port}"
        assert wait_for(lambda: answer_of(address, "/healthz")[0]), log_of(self.processes[-1])
        return address

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def log_of(process: subprocess.Popen[bytes]) -> str:
    return Path(vars(process)["log"]).read_text(encoding="utf-8", errors="replace")


def answer_of(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """(status, headers by their names in small letters, body); status 0 where nobody answers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(address + path, headers=named), timeout=60) as answer:
            return answer.status, _lower(answer.headers), answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, _lower(error.headers), error.read().decode("utf-8", "replace")
    except OSError as error:
        return 0, {}, str(error)


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class OwnPostgresql:
    """A PostgreSQL server in a folder of its own, which may be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.programs = self._programs()
        self.folder, self.port = folder, free_port()
        # PostgreSQL refuses to run as root.
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        folder.mkdir(parents=True)
        if self._as_user:
            shutil.chown(folder, "postgres")
        self._do("initdb", "-U", "postgres", "-A", "trust", "--no-sync")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    @staticmethod
    def _programs() -> Path | None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        program = str(found[-1]) if found else shutil.which("initdb")
        return Path(program).parent if program else None

    @classmethod
    def is_there(cls) -> bool:
        return cls._programs() is not None

    def _do(self, program: str, *arguments: str) -> None:
        assert self.programs is not None
        command = [*self._as_user, str(self.programs / program), "-D", str(self.folder), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        options = f"-p {self.port} -c unix_socket_directories='' -c fsync=off -c listen_addresses=127.0.0.1 -c jit=off"
        self._do("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        if (self.folder / "postmaster.pid").exists():
            self._do("pg_ctl", "-w", "-m", mode, "stop")


class Catcher:
    """A mail server (aiosmtpd) that keeps what it accepted, and may do something at a step of a message."""

    STEPS = ("mail", "rcpt", "data", "accepted")

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.accepted: list[tuple[str, str]] = []
        self.at_step: Callable[[str, int], None] = lambda step, port: None

    async def _step(self, step: str, session) -> None:
        self.at_step(step, session.peer[1])

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self._step("mail", session)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._step("rcpt", session)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await self._step("data", session)
        headers = BytesHeaderParser().parsebytes(envelope.content)
        self.accepted += [(address, headers["Message-ID"]) for address in envelope.rcpt_tos]
        time.sleep(random.uniform(0, 2 * self.pause))
        await self._step("accepted", session)
        return "250 OK"

    @property
    def doubles(self) -> dict[str, int]:
        return {to: count for to, count in Counter(to for to, _id in self.accepted).items() if count > 1}

    @contextmanager
    def listening(self) -> Iterator[str]:
        """The address as in ``MAIL_URL``."""
        from aiosmtpd.controller import Controller

        controller = Controller(self, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
        controller.start()
        try:
            yield f"smtp://127.0.0.1:{controller.port}"
        finally:
            controller.stop()


def whose(port: int, processes: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes] | None:
    """The process with a connection from this port."""
    for process in processes:
        if process.poll() is None:
            connections = psutil.Process(process.pid).net_connections("tcp")
            if any(one.laddr and one.laddr.port == port for one in connections):
                return process
    return None


@contextmanager
def migrated_database(folder: Path) -> Iterator[str]:
    """The address of a database of its own, with all tables, of the kind the suite runs on; models meet it meanwhile."""
    from django.db import connection

    from tests.databases import Databases

    databases = Databases()
    template = databases.migrated()
    if databases.is_sqlite:
        path = folder / "summit.sqlite3"
        shutil.copy(template, path)
        with databases.use(str(path)):
            yield f"sqlite:///{path}"
        return
    name, server = f"summit_processes_{os.getpid()}", connection.settings_dict
    databases.create(name, template)
    password = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
    try:
        with databases.use(name):
            yield f"postgres://{server['USER']}{password}@{server['HOST']}:{server['PORT'] or 5432}/{name}"
    finally:
        databases.drop(name)
