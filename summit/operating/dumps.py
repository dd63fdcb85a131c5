"""A whole database as a stream of bytes, and back: by SQLite's backup API, by ``pg_dump`` and ``psql``.

A dump shows one moment, though people write meanwhile; what is counted beside it is that moment, too. It comes back whole
or not at all.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from summit.operating.manifest import BadBackup, Manifest

BLOCK = 1024 * 1024
# Pages of SQLite that are copied between two words of progress.
PAGES = 4096
COUNT = 'SELECT count(*) FROM "{}"'


@dataclass(slots=True)
class Dump:
    """``chunks`` is read once; the facts are of the same moment. ``migrations`` is ``{app: [name]}``."""

    engine_version: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    chunks: Iterable[bytes]


class NotMigrated(BadBackup):
    """Everything is back, in the shape the older release gave it."""


# What is done to the restored database before anybody sees it: statements that hold its mail.
Prepare = list[str]


def by_app(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app, name in sorted(rows):
        found.setdefault(app, []).append(name)
    return found


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(BLOCK), b"")


@contextmanager
def _scratch(name: str) -> Iterator[Path]:
    """A place for a database that is gone afterwards, on the disk where the installation's own state lies."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=settings.VAR) as folder:
        yield Path(folder) / "database.sqlite3"


@contextmanager
def _said() -> Iterator[None]:
    """What SQLite refuses is a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise BadBackup(f"SQLite says: {error}.") from error


class SQLite:
    vendor = "sqlite"
    part = "database.sqlite3"

    def __init__(self) -> None:
        self.path = Path(connection.settings_dict["NAME"])

    @contextmanager
    def dump(self) -> Iterator[Dump]:
        with _scratch("backup") as copy:
            copy.touch(mode=0o600)
            with _said(), closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(copy)) as target:
                # A transaction that is open keeps the moment; writers go on beside it (WAL).
                source.execute("BEGIN")
                source.execute("SELECT 1 FROM sqlite_master").fetchone()
                source.backup(target, pages=PAGES)
                source.rollback()
                # One file, without a log beside it.
                target.execute("PRAGMA journal_mode=DELETE")
                names = [name for (name,) in target.execute(TABLES)]
                rows = {name: target.execute(COUNT.format(name)).fetchone()[0] for name in names}
                applied = by_app(target.execute("SELECT app, name FROM django_migrations"))
            yield Dump(sqlite3.sqlite_version, applied, rows, _blocks(copy))

    def load(self, chunks: Iterable[bytes], manifest: Manifest, prepare: Prepare, between: Callable[[], None]) -> None:
        """Read, judge and migrate it on the side, call ``between``, and put it in place in one step."""
        with _scratch("restore") as copy:
            copy.touch(mode=0o600)
            with copy.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            self._judge(copy, manifest, prepare)
            with self._instead(copy):
                call_command("migrate", verbosity=0, interactive=False)
            between()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with (
                _said(),
                closing(sqlite3.connect(copy)) as source,
                closing(sqlite3.connect(self.path, timeout=20)) as target,
            ):
                source.backup(target)

    def _judge(self, copy: Path, manifest: Manifest, prepare: Prepare) -> None:
        with _said(), closing(sqlite3.connect(copy)) as found:
            told = found.execute("PRAGMA quick_check").fetchone()[0]
            if told != "ok":
                raise BadBackup(f"The database in the backup is damaged: {told}")
            rows = {name: found.execute(COUNT.format(name)).fetchone()[0] for name in manifest.rows}
            for statement in prepare:
                found.execute(statement)
            found.commit()
        other = [name for name, count in manifest.rows.items() if rows[name] != count]
        if other:
            raise BadBackup(f"The database in the backup has other rows than its manifest says: {', '.join(other)}")

    @contextmanager
    def _instead(self, copy: Path) -> Iterator[None]:
        """Django's connection goes to this file meanwhile."""
        usual = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = str(copy)
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|' ORDER BY name"
# Of libpq: what its programs read instead of arguments that everybody on the machine could see.
VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
OPTIONS = {
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "service": "PGSERVICE", "passfile": "PGPASSFILE", "options": "PGOPTIONS",
}  # fmt: skip


def environment() -> dict[str, str]:
    """How PostgreSQL's programs reach the database of the settings."""
    known: dict[str, Any] = connection.settings_dict
    given = {variable: known.get(name) for name, variable in VARIABLES.items()}
    given |= {variable: known["OPTIONS"].get(name) for name, variable in OPTIONS.items()}
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


def _major(program: str) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", told)
    return int(found[1]) if found else 0


def client(name: str, at_least: int) -> str:
    """The path of a program of PostgreSQL's, from PATH or beside a server here, the newest. Raises :class:`BadBackup`."""
    beside = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    found = sorted(
        {path: _major(path) for path in (shutil.which(name), *beside) if path}.items(), key=lambda each: each[1]
    )
    if not found:
        raise BadBackup(f"{name} is not here. Install it: apt-get install postgresql-client-{at_least}")
    path, major = found[-1]
    if major < at_least:
        raise BadBackup(
            f"{name} is of PostgreSQL {major}, the server of {at_least}. Install postgresql-client-{at_least}."
        )
    return path


QUIET = "SET client_min_messages = warning"
# Those of triggers; what came with an extension stays.
DROP_ROUTINES = """DO $drop$ DECLARE routine regprocedure; BEGIN
FOR routine IN SELECT oid FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
LOOP EXECUTE 'DROP ROUTINE ' || routine || ' CASCADE'; END LOOP; END $drop$"""


@contextmanager
def _running(command: list[str], **pipes: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of PostgreSQL's on the database of the settings, which does not outlive the block."""
    process = subprocess.Popen(command, env=environment(), **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                if pipe:
                    pipe.close()


def _said_in(told: Any) -> str:
    """What the programs wrote into their file of errors."""
    told.seek(0)
    return str(told.read().decode(errors="replace").strip())


class PostgreSQL:
    vendor = "postgresql"
    part = "database.dump"

    def __init__(self) -> None:
        self.version = self._ask("SHOW server_version")[0][0]
        self.major = int(re.match(r"\d+", self.version)[0])  # type: ignore[index]  # a server has a version

    @staticmethod
    def _ask(sql: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    @contextmanager
    def dump(self) -> Iterator[Dump]:
        program = client("pg_dump", self.major)
        with transaction.atomic():
            self._execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            [[moment]] = self._ask("SELECT pg_export_snapshot()")
            with connection.cursor() as cursor:
                names = sorted(connection.introspection.table_names(cursor))
            rows = {name: self._ask(COUNT.format(name))[0][0] for name in names}
            applied = by_app(self._ask("SELECT app, name FROM django_migrations"))
            command = [
                program,
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
                f"--snapshot={moment}",
            ]
            yield Dump(self.version, applied, rows, self._output(command))

    @staticmethod
    def _execute(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    @staticmethod
    def _output(command: list[str]) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as told, _running(command, stdout=subprocess.PIPE, stderr=told) as process:
            yield from iter(lambda: process.stdout.read(BLOCK), b"")  # type: ignore[union-attr]  # it is a pipe
            if process.wait() != 0:
                raise BadBackup(f"pg_dump failed: {_said_in(told)}")

    def load(self, chunks: Iterable[bytes], manifest: Manifest, prepare: Prepare, between: Callable[[], None]) -> None:
        """Call ``between``, write it in one transaction that also judges it, and migrate it."""
        backwards, forwards = client("pg_restore", self.major), client("psql", self.major)
        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
        connection.close()
        between()
        command = [
            forwards,
            "--quiet",
            "--no-psqlrc",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ]
        with tempfile.TemporaryFile() as told, _running(command, stdin=subprocess.PIPE, stderr=told) as writes:
            try:
                self._say(writes, [QUIET, *(f'DROP TABLE IF EXISTS "{name}" CASCADE' for name in names), DROP_ROUTINES])
                self._pass_on(backwards, chunks, writes, told)
                self._say(writes, ["RESET search_path", *self._judging(manifest), *prepare])
                writes.stdin.close()  # type: ignore[union-attr]  # its end commits
                whole = writes.wait() == 0
            except BrokenPipeError:
                whole = False
            if not whole:
                # Without its end, nothing of it stays.
                writes.kill()
                writes.wait()
                raise BadBackup(f"The database could not be restored: {_said_in(told)}")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except Exception as error:  # whatever a migration throws, the rest is there
            raise NotMigrated(f"All is restored, but a migration failed ({error}). Run: manage.py migrate") from error

    @staticmethod
    def _pass_on(program: str, chunks: Iterable[bytes], writes: "subprocess.Popen[bytes]", told: Any) -> None:
        command = [program, "--no-owner", "--no-privileges", "--file=-"]
        with _running(command, stdin=subprocess.PIPE, stdout=writes.stdin, stderr=told) as reads:
            with suppress(BrokenPipeError):  # it has ended, and said why
                for chunk in chunks:
                    reads.stdin.write(chunk)  # type: ignore[union-attr]  # it is a pipe
                reads.stdin.close()  # type: ignore[union-attr]
            if reads.wait() != 0:
                raise BrokenPipeError

    @staticmethod
    def _say(writes: "subprocess.Popen[bytes]", statements: list[str]) -> None:
        writes.stdin.write("".join(f"{each};\n" for each in statements).encode())  # type: ignore[union-attr]
        writes.stdin.flush()  # type: ignore[union-attr]

    @staticmethod
    def _judging(manifest: Manifest) -> list[str]:
        """Statements that fail where a table has other rows than the manifest says."""
        return [
            # The manifest holds numbers, and names of letters alone.
            f"""DO $judge$ BEGIN IF (SELECT count(*) FROM "{name}") <> {count} THEN
            RAISE EXCEPTION 'table {name} has other rows than the manifest says'; END IF; END $judge$"""  # noqa: S608
            for name, count in manifest.rows.items()
        ]


def engine() -> SQLite | PostgreSQL:
    """The one of the settings. Raises :class:`BadBackup` for another."""
    if connection.vendor == "sqlite":
        return SQLite()
    if connection.vendor == "postgresql":
        return PostgreSQL()
    raise BadBackup(f"Databases of the kind {connection.vendor} are not backed up by this command.")
