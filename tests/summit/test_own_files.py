"""What holds personal data is read by nobody else on the machine: a whole run, and everything it left behind."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from summit.lib import own_files
from summit.lib.mailbox import EmlBackend
from summit.sqlite.base import DatabaseWrapper
from tests import node
from tests.summit.lib.test_mailbox import letter

# What everybody may read: pictures of people and summits that are shown, fonts, static files.
PUBLIC = {"media", "fonts", "static"}


@pytest.fixture
def generous():
    """As most shells are: what is made is open to be read by everybody unless somebody says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def left_open(folder: Path) -> dict[str, str]:
    found = [path for path in folder.rglob("*") if path.relative_to(folder).parts[0] not in PUBLIC]
    # What lies in a closed folder is closed, and yet its own mode is looked at: folders are copied.
    return {
        str(path.relative_to(folder)): oct(mode(path))
        for path in found
        if mode(path) & 0o077 and not str(path.relative_to(folder)).startswith("locks/")
    }


def test_a_run_of_everything_leaves_nothing_open_to_others(tmp_path, generous):
    var, scratch = tmp_path / "var", tmp_path / "scratch"
    scratch.mkdir()
    here = {"VAR_DIR": str(var), "TMPDIR": str(scratch)}
    node.run("prepare", **here)
    told = node.run("take", **here)
    assert node.run("work", **here)["failed"] == []
    given = node.run("give", told, **here)
    assert given["badges"]["begins"] == "%PDF-1.5"
    written = {path.relative_to(var).parts[0] for path in var.rglob("*") if path.is_file()}
    assert written >= {"summit.sqlite3", "secret-key", "ticket-key", "demo-log-ins.txt", "mail", "private", "media"}
    kinds = {path.name for path in (var / "private").iterdir()}
    assert kinds == {"badges", "exports", "imports", "prints"}
    assert left_open(var) == {}
    assert [path for path in scratch.rglob("*") if path.is_file()] == []


def connected(path: Path):
    values = {"ENGINE": "summit.sqlite", "NAME": str(path), "OPTIONS": {}, "TIME_ZONE": None, "CONN_MAX_AGE": 0,
              "AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False, "ATOMIC_REQUESTS": False, "TEST": {}}  # fmt: skip
    database = DatabaseWrapper(values, "apart")
    return database.get_new_connection(database.get_connection_params())


def test_a_new_database_is_closed_from_the_beginning(tmp_path, generous):
    with closing(connected(tmp_path / "new.sqlite3")) as new:
        new.execute("PRAGMA journal_mode=WAL")
        new.execute("CREATE TABLE a (b)")
        assert [mode(each) for each in tmp_path.iterdir()] == [0o600] * 3


def test_a_database_that_everybody_could_read_is_closed_and_so_is_its_log(tmp_path, generous):
    path = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA journal_mode=WAL")
        old.execute("CREATE TABLE a (b)")
        old.commit()
        assert mode(path) == 0o644
        with closing(connected(path)) as database:
            database.execute("INSERT INTO a VALUES (1)")
            assert sorted(each.name for each in tmp_path.iterdir()) == [
                "old.sqlite3",
                "old.sqlite3-shm",
                "old.sqlite3-wal",
            ]
            assert {mode(each) for each in tmp_path.iterdir()} == {0o600}


def test_what_a_group_was_given_stays_the_groups(tmp_path):
    path = tmp_path / "backup.sqlite3"
    path.touch()
    path.chmod(0o640)
    own_files.close_to_others(path)
    assert mode(path) == 0o640


def test_a_database_in_a_folder_that_is_not_there_is_told_by_sqlite(tmp_path):
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        connected(tmp_path / "nowhere" / "a.sqlite3")


def test_the_folder_of_mail_is_closed_unless_it_is_somebody_elses(tmp_path, settings, generous):
    settings.VAR = tmp_path / "var"
    ours, others = settings.VAR / "mail", tmp_path / "shared"
    for folder in (ours, others):
        folder.mkdir(parents=True, mode=0o755)
        EmlBackend(folder=str(folder)).send_messages([letter(1)])
    assert (mode(ours), mode(others)) == (0o700, 0o755)
    assert {mode(path) for folder in (ours, others) for path in folder.iterdir()} == {0o600}


def test_a_file_that_was_open_is_closed_when_it_is_written_anew(tmp_path, generous):
    path = tmp_path / "log-ins.txt"
    path.write_text("old and long", encoding="utf-8")
    own_files.write(path, b"new")
    assert (mode(path), path.read_bytes()) == (0o600, b"new")
