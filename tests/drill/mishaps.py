"""What can break, one after the other; each ends by itself, and what it broke must be whole again within seconds."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.drill.failover import Failover
from tests.drill.stack import Database, Stack

__test__ = False
AWAY = 8.0  # seconds something is gone


@dataclass(frozen=True)
class Scene:
    """Where it happens. ``draw`` asks for a batch of badges: its task by key."""

    stack: Stack
    failover: Failover
    draw: Callable[[], Any]


@dataclass(frozen=True)
class Mishap:
    """``happens`` returns when it is over. ``kills``: how many mails may be sent once more because of it. ``unseen``: whoever
    only reads must not notice. ``taken_up_before``: not before the work of killed workers goes on, because it keeps everybody
    from judging who is gone."""

    name: str
    happens: Callable[[Scene], None]
    kills: int = 0
    in_short: bool = False
    unseen: bool = False
    taken_up_before: bool = False
    needs: str = "database"  # the piece that must be there


def kill_a_web_worker(scene: Scene) -> None:
    """One of the two processes that answer; the other goes on."""
    found = scene.stack.pieces["node 1 web"].children()
    if found:
        os.kill(random.choice(found), signal.SIGKILL)


def kill(name: str) -> Callable[[Scene], None]:
    return lambda scene: scene.stack.pieces[name].kill()


def kill_who_draws(scene: Scene) -> None:
    """The worker that is at a batch of badges."""
    scene.failover.kill(scene.failover.worker_of(scene.draw()))


def kill_both_workers(scene: Scene) -> None:
    scene.failover.worker_of(scene.draw())
    for number in (1, 2):
        scene.failover.kill(f"node {number} worker")


def away(*names: str) -> Callable[[Scene], None]:
    """Killed, and not started again for a while."""

    def happens(scene: Scene) -> None:
        pieces = [scene.stack.pieces[name] for name in names]
        for piece in pieces:
            piece.down = True
            if piece.name.endswith("worker"):
                scene.failover.kill(piece.name)
            else:
                piece.kill()
        time.sleep(AWAY)
        for piece in pieces:
            piece.down = False

    return happens


def hangs(name: str) -> Callable[[Scene], None]:
    """It takes connections and answers nothing."""

    def happens(scene: Scene) -> None:
        piece = scene.stack.pieces[name]
        piece.signal(signal.SIGSTOP)
        time.sleep(AWAY)
        piece.signal(signal.SIGCONT)

    return happens


def restart_the_database(scene: Scene) -> None:
    database = scene.stack.pieces["database"]
    assert isinstance(database, Database)
    database.restart(AWAY)


MISHAPS = [
    # Work rests for half a minute, until its worker is missed: the others happen meanwhile.
    Mishap("a worker is killed while it draws", kill_who_draws, kills=1, in_short=True),
    Mishap("a web process is killed", kill_a_web_worker, in_short=True, unseen=True),
    Mishap("a web server is killed", kill("node 1 web"), unseen=True),
    Mishap("Redis hangs", hangs("cache"), in_short=True, unseen=True),
    Mishap("Redis is gone and comes back empty", away("cache"), unseen=True),
    Mishap("PostgreSQL is restarted", restart_the_database, kills=2, in_short=True, taken_up_before=True),
    Mishap("PostgreSQL is killed", kill("database"), kills=2),
    Mishap("the mail server is gone", away("mail"), unseen=True),
    Mishap("the mail server hangs", hangs("mail"), kills=2, unseen=True),
    Mishap("the object storage is gone", away("files"), needs="files", unseen=True),
    Mishap("the object storage hangs", hangs("files"), needs="files", unseen=True),
    Mishap("a node is gone", away("node 2 web", "node 2 worker"), kills=1, unseen=True),
    Mishap("both workers are killed at once", kill_both_workers, kills=2, unseen=True),
]
