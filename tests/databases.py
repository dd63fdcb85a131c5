"""Databases to begin from: migrated once and kept, seeded once a run; workers and journeys get copies.

Migrating takes ten seconds of a processor, copying none. What is kept between runs is found by the content of
everything that makes it, so a changed migration never meets a database made before it; ``migrate`` runs on every copy
all the same and finds nothing to do.
"""

import fcntl
import hashlib
import inspect
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from summit import storage
from summit.lib import codes, columns, finding, translated, weblinks
from summit.models import User
from summit.operating import dumps

FOLDER = settings.VAR.parent / "databases"
KEPT_FOR = 7  # days without being used
# Tables that migrating fills, with the same for every database.
FROM_MIGRATING = {"django_content_type", "auth_permission"}
# Of everybody in the team of the seeded summit.
PASSWORD = "correct-horse-battery"
# What migrations of ours import: kinds of columns, and where files go.
IMPORTED = (codes, columns, finding, storage, translated, weblinks)


def key() -> str:
    """Changes with whatever a migrated database depends on."""
    digest = hashlib.sha256(f"{version('django')} {sqlite3.sqlite_version}".encode())
    folders = [Path(app.path, "migrations") for app in sorted(apps.get_app_configs(), key=lambda app: app.label)]
    for path in (
        *(path for folder in folders for path in sorted(folder.glob("*.py"))),
        *(Path(inspect.getfile(module)) for module in IMPORTED),
    ):
        digest.update(f"\n{path.parent.parent.name} {path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time; the others wait, and find what it made."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def migrated_file() -> Path:
    """An empty SQLite database with all tables, whatever the suite runs on; for installations that are files."""
    kept = Databases()
    if kept.is_sqlite:
        return Path(kept.migrated())
    path, unfinished = FOLDER / f"summit_migrated_{key()}.sqlite3", FOLDER / "summit_unfinished.sqlite3"
    with alone("migrated"):
        if not path.exists():
            unfinished.unlink(missing_ok=True)
            env = {
                **os.environ,
                "DATABASE_URL": f"sqlite:///{unfinished}",
                "DJANGO_SETTINGS_MODULE": "tests.process_settings",
            }
            command = [sys.executable, "manage.py", "migrate", "-v0", "--run-syncdb"]
            subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=True)
            with closing(sqlite3.connect(unfinished)) as made:
                made.execute("PRAGMA journal_mode=DELETE")
            unfinished.replace(path)
        os.utime(path)
    return path


def fill(url: str, migrate: Callable[[], object]) -> None:
    """Give the empty database of a PostgreSQL server of its own all tables: by ``migrate`` where nobody has done so since
    the migrations changed, else from what was dumped then."""
    version = subprocess.run(
        [dumps.client("pg_dump", 1), "--version"], capture_output=True, text=True, check=True
    ).stdout
    path = FOLDER / f"migrated_{key()}_{hashlib.sha256(version.encode()).hexdigest()[:6]}.sql"
    with alone("dump"):
        if not path.exists():
            migrate()
            unfinished = path.with_suffix(".unfinished")
            command = [dumps.client("pg_dump", 1), "--no-owner", "--no-privileges", "-f", unfinished, url]
            subprocess.run(command, check=True)
            unfinished.replace(path)
            return
        path.touch()
    for old in FOLDER.glob("migrated_*.sql"):
        if old.stat().st_mtime < time.time() - KEPT_FOR * 86400:
            old.unlink(missing_ok=True)
    command = [dumps.client("psql", 1), "-q", "-v", "ON_ERROR_STOP=1", "-1", "-f", path, url]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def flush_what_is_full(connection: Any) -> None:
    """After a test over several connections PostgreSQL would make the files of all tables anew, a second or more: rows are
    deleted instead, without asking what refers to them, for all of them go. Kinds of content and permissions stay: they
    would be made again, the same."""
    usual = connection.ops.sql_flush

    def flush(style: Any, tables: list[str], **options: Any) -> list[str]:
        tables = [table for table in tables if table not in FROM_MIGRATING]
        if connection.vendor == "sqlite" or not tables or options.get("reset_sequences"):
            return usual(style, tables, **options)
        asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                return usual(style, tables, **options)
            cursor.execute(asked)
            full = [name for (name,) in cursor.fetchall()]
        return ["SET LOCAL session_replication_role = replica", *(f'DELETE FROM "{table}"' for table in full)]

    connection.ops.sql_flush = flush


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Databases:
    """Makes, copies and drops databases beside the suite's, and lets code use one of them meanwhile."""

    def __init__(self) -> None:
        self.usual = connections["default"]
        self.usual_settings = connections.settings["default"]
        self.is_sqlite = self.usual.vendor == "sqlite"

    @contextmanager
    def use(self, name: str) -> Iterator[None]:
        """Every thread that connects meanwhile meets this database."""
        connections.settings["default"] = {**self.usual_settings, "NAME": name}
        del connections["default"]
        try:
            yield
        finally:
            connections["default"].close()
            connections.settings["default"] = self.usual_settings
            connections["default"] = self.usual

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """Of a server, which knows its databases."""
        with self.usual._nodb_cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def name(self, short: str) -> str:
        return str(FOLDER / f"{short}.sqlite3") if self.is_sqlite else short

    def exists(self, name: str) -> bool:
        if self.is_sqlite:
            return Path(name).exists()
        return bool(self.ask("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def create(self, name: str, template: str = "") -> None:
        if not self.is_sqlite:
            self.ask(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        elif template:
            shutil.copyfile(template, name)

    def drop(self, name: str) -> None:
        if not self.is_sqlite:
            self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return
        for path in Path(name).parent.glob(f"{Path(name).name}*"):
            path.unlink(missing_ok=True)  # the write-ahead log goes by itself as well

    def finish(self, name: str, final: str) -> None:
        """Only what is whole has its final name."""
        if self.is_sqlite:
            Path(name).replace(final)
        else:
            self.ask(f"ALTER DATABASE {name} RENAME TO {final}")

    def whole(self) -> None:
        """Everything written is in the one file that will be copied, also into memory."""
        if self.is_sqlite:
            with connections["default"].cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=DELETE")

    def migrated(self) -> str:
        """An empty database with all tables, kept between runs."""
        name, unfinished = self.name(f"summit_migrated_{key()}"), self.name("summit_unfinished")
        with alone("migrated"):
            if not self.exists(name):
                self.drop(unfinished)
                self.create(unfinished)
                with self.use(unfinished):
                    call_command("migrate", verbosity=0, run_syncdb=True)
                    self.whole()
                self.finish(unfinished, name)
            self._used(name)
        return name

    def _used(self, name: str) -> None:
        """Note the day, and drop what no run has used for a week."""
        today = int(time.time() // 86400)
        if self.is_sqlite:
            os.utime(name)
            days = {str(path): int(path.stat().st_mtime // 86400) for path in FOLDER.glob("summit_migrated_*.sqlite3")}
        else:
            self.ask(f"COMMENT ON DATABASE {name} IS '{today}'")
            told = "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE %s"
            days = {found: int(day or today) for found, day in self.ask(told, r"summit\_migrated\_%")}
        for other, day in days.items():
            if day < today - KEPT_FOR:
                self.drop(other)

    def _forget_broken_runs(self) -> None:
        """What runs left that were stopped before they tidied up."""
        for name in self._left_by_journeys():
            self.drop(name)
        for users in FOLDER.glob("seeded-*"):
            if users.stat().st_mtime < time.time() - 86400:
                self.drop(self.name(f"summit_{users.name.replace('-', '_')}"))
                shutil.rmtree(users)

    def _left_by_journeys(self) -> list[str]:
        """Copies for one journey each, of processes that are gone."""
        if self.is_sqlite:
            found = [str(path) for path in FOLDER.glob("summit_journey_*.sqlite3")]
        else:
            found = [
                name for (name,) in self.ask(r"SELECT datname FROM pg_database WHERE datname LIKE 'summit\_journey\_%'")
            ]
        return [name for name in found if not _runs(int(Path(name).stem.rpartition("_")[2]))]

    @contextmanager
    def seeded(self, run: str, worker: str) -> Iterator[str]:
        """The summit of 2021 in the stage people register in, for all workers of a run; the last one drops it."""
        name, users = self.name(f"summit_seeded_{run}"), FOLDER / f"seeded-{run}"
        with alone("seeded"):
            self._forget_broken_runs()
            users.mkdir(exist_ok=True)
            if not self.exists(name):
                unfinished = self.name("summit_unseeded")
                self.drop(unfinished)
                self.create(unfinished, self.migrated())
                # The log-ins of the installation somebody tries out must stay as they are.
                with self.use(unfinished), override_settings(VAR=users):
                    call_command("seed", stage="open", verbosity=0, stdout=io.StringIO())
                    # Whom it registers is mailed by the worker: before anybody begins.
                    call_command("worker", batch=True, interval=0, verbosity=0)
                    User.objects.filter(email__endswith="@ogp2021.example").update(password=make_password(PASSWORD))
                    self.whole()
                self.finish(unfinished, name)
            (users / f"{worker}.user").touch()
        try:
            yield name
        finally:
            with alone("seeded"):
                (users / f"{worker}.user").unlink()
                if not list(users.glob("*.user")):
                    self.drop(name)
                    shutil.rmtree(users)
