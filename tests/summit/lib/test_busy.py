"""What is waited for, and what never gets better."""

import sqlite3

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError

from summit.lib.busy import is_busy, patiently


def of_sqlite(code):
    error, cause = OperationalError("…"), sqlite3.OperationalError("…")
    cause.sqlite_errorcode = code
    error.__cause__ = cause
    return error


def of_postgresql(kind):
    error = OperationalError("…")
    error.__cause__ = kind("…")
    return error


BUSY = [of_sqlite(sqlite3.SQLITE_BUSY), of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), of_sqlite(sqlite3.SQLITE_LOCKED),
        of_postgresql(psycopg.OperationalError), of_postgresql(psycopg.errors.AdminShutdown),
        of_postgresql(psycopg.errors.DeadlockDetected), of_postgresql(psycopg.errors.TooManyConnections),
        InterfaceError("the connection is closed")]  # fmt: skip
LASTING = [of_sqlite(sqlite3.SQLITE_ERROR), of_sqlite(sqlite3.SQLITE_FULL), of_sqlite(sqlite3.SQLITE_READONLY),
           of_postgresql(psycopg.errors.DiskFull), IntegrityError("…"), ValueError("database is locked"), None]  # fmt: skip


@pytest.mark.parametrize("error", BUSY, ids=repr)
def test_a_lock_and_a_lost_connection_pass(error):
    assert is_busy(error)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_lasts_is_no_reason_to_wait(error):
    assert not is_busy(error)


def test_a_busy_database_is_asked_again_and_a_broken_one_once():
    answers = [of_sqlite(sqlite3.SQLITE_BUSY), of_sqlite(sqlite3.SQLITE_BUSY), "done"]

    def verb():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert patiently(verb, waits=(0, 0)) == "done"
    answers[:] = [of_sqlite(sqlite3.SQLITE_BUSY)] * 3
    with pytest.raises(OperationalError):
        patiently(verb, waits=(0, 0))
    assert answers == []
    answers[:] = [of_sqlite(sqlite3.SQLITE_FULL), "done"]
    with pytest.raises(OperationalError):
        patiently(verb, waits=(0, 0))
    assert answers == ["done"]
