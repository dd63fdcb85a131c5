"""Files of its own for a test, and real connections for races."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections

from registration.models import BadgeJob


@pytest.fixture
def own_media(monkeypatch, tmp_path):
    """Badges that a test draws go with it."""
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(BadgeJob._meta.get_field("file"), "storage", storage)
    return tmp_path


@pytest.fixture
def on_disk(tmp_path, monkeypatch):
    """Call it to have every new connection open a copy of the rows made so far, in an SQLite file, as in production."""

    def copy() -> None:
        path = tmp_path / "race.sqlite3"
        with connection.cursor() as cursor:
            target = sqlite3.connect(path)
            cursor.connection.backup(target)
            target.close()
        monkeypatch.setitem(connections.settings["default"], "NAME", str(path))

    return copy


@pytest.fixture
def race():
    """``race([job, …])`` starts all jobs at once, each on a connection of its own; what each returned or raised."""

    def run(jobs):
        start = Barrier(len(jobs))

        def one(job):
            try:
                connection.ensure_connection()
                start.wait(timeout=60)
                return job()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(one, jobs))

    return run
