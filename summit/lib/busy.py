"""A database that cannot answer now and will in a moment: told apart from one that never will, and waited for."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from itertools import chain, repeat

from django.db import InterfaceError, OperationalError, connections

logger = logging.getLogger(__name__)

# Seconds before the second to the last attempt.
WAITS = (0.5, 1, 2, 5, 10)
# Before the attempts after those, of who goes on for as long as it takes.
LONGEST = 30
# What a database says that is busy or away. An InterfaceError is no DatabaseError: catch both of these.
BUSY = (OperationalError, InterfaceError)
# Another holds the file, or the table.
LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# SQLSTATE: the connection is gone (08), the server goes down or comes up (57P), it has no connection left (53300), two
# transactions waited for each other or could not both stand (40), a lock did not come free in time (55P03).
PASSING = ("08", "57P", "53300", "40", "55P03")
# Of those, where it is the server that is not there.
GONE = ("08", "57P", "53300")


def is_busy(error: BaseException | None) -> bool:
    """Whether the same may go well in a moment: the database is locked, or the connection to it was lost."""
    return _is(error, PASSING)


def is_away(error: BaseException | None) -> bool:
    """Whether nobody answered at all: the server is down, comes up, or takes no more connections."""
    return not isinstance(getattr(error, "__cause__", None), sqlite3.Error) and _is(error, GONE)


def _is(error: BaseException | None, states: tuple[str, ...]) -> bool:
    if not isinstance(error, BUSY):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lower byte is the kind; the upper ones say where.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in LOCKED
    state = getattr(cause, "sqlstate", None)
    # What psycopg says of a connection that is lost, or was never made, has no code of the server's.
    return state is None or str(state).startswith(states)


def patiently[T](verb: Callable[[], T], *, waits: Iterable[float] = WAITS) -> T:
    """Do it, and where the database is busy once more after each wait. Never call it inside a transaction.

    Raises what the database said at the last attempt.
    """
    for wait in waits:
        try:
            return verb()
        except BUSY as error:
            if not is_busy(error):
                raise
            rest(error, wait)
    return verb()


def until_it_answers[T](verb: Callable[[], T]) -> T:
    """As :func:`patiently`, for as long as it takes: what must be written, because it has happened already."""
    return patiently(verb, waits=chain(WAITS, repeat(LONGEST)))


def wait_after(failures: int) -> float:
    """Seconds to wait after so many attempts in a row that failed, counted from 0."""
    return WAITS[failures] if failures < len(WAITS) else LONGEST


def rest(error: BaseException, seconds: float) -> None:
    """Wait before the next attempt, and hang up: a connection that was lost is made anew."""
    logger.warning("The database is busy (%s); going on in %g s", error, seconds)
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
    time.sleep(seconds)
