"""Real processes for tests: an environment that touches nothing of the developer's."""

import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings

from tests.databases import migrated_file

__test__ = False


def answers(url: str | urllib.request.Request, timeout: float = 10) -> int:
    """The status of the answer, 0 where there is none."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of an installation of its own in ``folder``: a migrated SQLite database, static files as they lie in the tree."""
    database = folder / "summit.sqlite3"
    made = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": "", "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "summit.settings", "SITE_URL": "http://localhost", "LOG_LEVEL": "WARNING",
            "MEDIA_ROOT": str(folder / "media"), "MAIL_URL": "", **more}  # fmt: skip
    if not database.exists():
        shutil.copy(migrated_file(), database)
    return made


@contextmanager
def running(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process and all it starts, gone afterwards however it ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=out, stderr=out)
    try:
        yield process
    finally:
        below = children(process.pid)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        for left in below:
            if left.is_running():
                left.kill()


def children(pid: int) -> list[psutil.Process]:
    """All processes below ``pid`` that live."""
    try:
        found = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return [each for each in found if alive(each)]


def serving(port: int) -> set[int | None]:
    """The numbers of the processes that listen on the port; each worker of granian has a socket of its own. Told to end
    before all of them do, granian stays until it is killed."""
    found = psutil.net_connections("tcp")
    return {each.pid for each in found if each.status == psutil.CONN_LISTEN and each.laddr.port == port}


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
