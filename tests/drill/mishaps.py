"""What can break, one after the other; each ends by itself, and what it broke must be whole again within seconds."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.drill.stack import Database, Piece, Stack

__test__ = False
AWAY = 8.0  # seconds something is gone


@dataclass(frozen=True)
class Mishap:
    """``happens`` returns when it is over. ``kills``: whether a mail may be sent once more because of it."""

    name: str
    happens: Callable[[Stack], None]
    kills: bool = False
    in_short: bool = False
    needs: str = "database"  # the piece that must be there


def kill_a_web_worker(stack: Stack) -> None:
    """One of the two processes that answer; the other goes on."""
    found = stack.pieces["node 1 web"].children()
    if found:
        os.kill(random.choice(found), signal.SIGKILL)


def kill(name: str) -> Callable[[Stack], None]:
    return lambda stack: stack.pieces[name].kill()


def away(*names: str) -> Callable[[Stack], None]:
    """Killed, and not started again for a while."""

    def happens(stack: Stack) -> None:
        pieces = [stack.pieces[name] for name in names]
        for piece in pieces:
            piece.down = True
            piece.kill()
        time.sleep(AWAY)
        for piece in pieces:
            piece.down = False

    return happens


def hangs(name: str) -> Callable[[Stack], None]:
    """It takes connections and answers nothing."""

    def happens(stack: Stack) -> None:
        piece: Piece = stack.pieces[name]
        piece.signal(signal.SIGSTOP)
        time.sleep(AWAY)
        piece.signal(signal.SIGCONT)

    return happens


def restart_the_database(stack: Stack) -> None:
    database = stack.pieces["database"]
    assert isinstance(database, Database)
    database.restart(AWAY)


MISHAPS = [
    Mishap("a web process is killed", kill_a_web_worker, in_short=True),
    Mishap("a web server is killed", kill("node 1 web")),
    Mishap("a worker is killed while it sends", kill("node 1 worker"), kills=True, in_short=True),
    Mishap("PostgreSQL is restarted", restart_the_database, kills=True, in_short=True),
    Mishap("PostgreSQL is killed", kill("database"), kills=True),
    Mishap("Redis hangs", hangs("cache"), in_short=True),
    Mishap("Redis is gone and comes back empty", away("cache")),
    Mishap("the mail server is gone", away("mail")),
    Mishap("the mail server hangs", hangs("mail"), kills=True),
    Mishap("the object storage hangs", hangs("files"), needs="files"),
    Mishap("a node is gone", away("node 2 web", "node 2 worker"), kills=True),
    Mishap("both workers are killed at once", lambda stack: [kill(f"node {n} worker")(stack) for n in (1, 2)] and None, kills=True),
]  # fmt: skip
