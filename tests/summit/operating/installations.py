"""Whole installations, each with a database and folders of its own, whose commands run as they do for an operator."""

import io
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import override_settings

from tests.bench.world import free_port
from tests.databases import Databases
from tests.processes import running, serving
from tests.waiting import wait_for

MANAGE = Path(settings.BASE_DIR, "manage.py")
SECRETS = {"SECRET_KEY": "s" * 60, "TICKET_SIGNING_KEY": "t" * 60}


class Installation:
    """``folder`` is all it has on the disk; its database is of the suite's engine, with all tables, or without any."""

    def __init__(self, folder: Path, name: str, *, migrated: bool) -> None:
        self.databases, self.folder = Databases(), folder
        folder.mkdir()
        self.database = str(folder / "summit.sqlite3") if self.databases.is_sqlite else name
        self.databases.drop(self.database)
        self.databases.create(self.database, self.databases.migrated() if migrated else "")

    @property
    def url(self) -> str:
        if self.databases.is_sqlite:
            return f"sqlite:///{self.database}"
        known = connections.settings["default"]
        password = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
        return f"postgres://{known['USER']}{password}@{known['HOST']}:{known['PORT'] or 5432}/{self.database}"

    def environment(self, **more: str) -> dict[str, str]:
        told = {"VAR_DIR": str(self.folder), "DATABASE_URL": self.url, "SITE_URL": "http://testserver"}
        usual = {
            name: value for name, value in os.environ.items() if not name.startswith(("BACKUP_", "REDIS_", "MEDIA_"))
        }
        return {**usual, **SECRETS, **told, "DJANGO_SETTINGS_MODULE": "summit.settings", **more}

    def begin(self, *arguments: str | Path, **more: str) -> "subprocess.Popen[str]":
        command = [sys.executable, MANAGE, *arguments]
        return subprocess.Popen(
            command, env=self.environment(**more), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str | Path, **more: str) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of ``manage.py``."""
        process = self.begin(*arguments, **more)
        out, told = process.communicate(timeout=240)
        return process.returncode, out, told

    def call(self, *arguments: str | Path, **more: str) -> tuple[int, str, str]:
        """The same in this process, without a start that takes seconds."""
        out, told = io.StringIO(), io.StringIO()
        mine = {"VAR": self.folder, "MEDIA_ROOT": self.folder / "media", "PRIVATE_ROOT": self.folder / "private"}
        with self.used(), override_settings(**{"BACKUP_KEY": "", **SECRETS, **mine, **more}):
            try:
                call_command(*map(str, arguments), stdout=out, stderr=told)
            except CommandError as error:
                return error.returncode, out.getvalue(), f"{told.getvalue()}{error}"
        return 0, out.getvalue(), told.getvalue()

    def write(self, name: str, content: bytes) -> None:
        """A file below ``media/`` or ``private/``."""
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for part in ("media", "private")
            for path in sorted((self.folder / part).rglob("*"))
            if path.is_file()
        }

    @contextmanager
    def used(self) -> Iterator[None]:
        """What a test asks of the database, it asks of this one."""
        with self.databases.use(self.database):
            yield

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        found = {}
        with self.used():
            connection = connections["default"]
            with connection.cursor() as cursor:
                for name in sorted(connection.introspection.table_names(cursor)):
                    cursor.execute(f'SELECT * FROM "{name}"')
                    found[name] = sorted(
                        (tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()),
                        key=repr,
                    )
        return found

    def drop(self) -> None:
        self.databases.drop(self.database)


@contextmanager
def served(made, **more):
    """The product's server with two workers; yields ``ask(path, **headers)``, which returns (status, text)."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "summit.wsgi:application", "--host",
               "127.0.0.1", "--port", str(port), "--workers", "2", "--no-ws", "--log-level", "error"]  # fmt: skip

    def ask(path: str, **headers: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=60
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    with running(command, made.environment(DEBUG="1", **more), made.folder / "web.log"):
        assert wait_for(lambda: len(serving(port)) == 2), (made.folder / "web.log").read_text()
        yield ask
