"""The machines of a drill as real processes on free ports: two nodes with disks of their own, and what they share."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.bench.world import free_port

__test__ = False
ROOT = Path(__file__).parents[2]
RESTARTED_AFTER = 0.5  # seconds until whatever keeps processes alive (compose, systemd) starts one again


@dataclass
class Piece:
    """One process that is started again when it ends, unless it is to be down."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    process: subprocess.Popen[bytes] | None = None
    down: bool = False
    starts: int = 0

    def start(self, log: Path) -> None:
        self.log = log
        self.starts += 1
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env={**os.environ, **self.environment}, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip

    def keep(self) -> None:
        """Start it again where it has ended."""
        if not self.down and self.process is not None and self.process.poll() is not None:
            self.start(self.log)

    def signal(self, number: int) -> None:
        """To it and all that it has started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def end(self) -> None:
        self.down = True
        self.signal(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def children(self) -> list[int]:
        """Processes it has started, such as the workers of a web server."""
        if self.process is None:
            return []
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []


class Database(Piece):
    """A PostgreSQL cluster of its own, which keeps what it has confirmed also when it is killed."""

    def __init__(self, folder: Path) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        initdb = str(found[-1]) if found else shutil.which("initdb")
        if initdb is None:
            sys.exit("The drill needs PostgreSQL: sudo apt-get install postgresql")
        self.port, self.data = free_port(), folder / "postgresql"
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.data.mkdir()
        if self.user:
            shutil.chown(self.data, "postgres")
        made = [*self.user, initdb, "-D", str(self.data), "-U", "postgres", "-A", "trust"]
        subprocess.run(made, check=True, capture_output=True)
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        server = Path(initdb).with_name("postgres")
        options = ["-p", str(self.port), "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]
        super().__init__("database", [*self.user, str(server), "-D", str(self.data), *options], folder=folder)

    def restart(self, seconds: float) -> None:
        """Stop it as an administrator does, who does not wait for anybody; it is away for so long."""
        self.down = True
        self.signal(signal.SIGINT)
        if self.process is not None:
            self.process.wait(60)
        time.sleep(seconds)
        self.down = False


class Stack:
    """All pieces by name, kept alive by a thread until the drill ends."""

    def __init__(self) -> None:
        self.pieces: dict[str, Piece] = {}
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    @cached_property
    def folder(self) -> Path:
        return scratch()

    def add(self, piece: Piece) -> Piece:
        self.pieces[piece.name] = piece
        piece.start(self.folder / f"{piece.name.replace(' ', '-')}.log")
        return piece

    def keep_alive(self) -> None:
        self._keeper.start()

    def _keep(self) -> None:
        while not self._over.wait(RESTARTED_AFTER):
            for piece in self.pieces.values():
                piece.keep()

    def end(self) -> None:
        self._over.set()
        if self._keeper.is_alive():
            self._keeper.join()
        # Nobody needs what they hold; the database gives its memory back.
        database = self.pieces.pop("database", None)
        for piece in self.pieces.values():
            piece.kill()
        if isinstance(database, Database):
            database.restart(0)


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for it; the drill ends where it does not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.2)


def scratch() -> Path:
    """A folder that processes of other users may walk through."""
    folder = Path(tempfile.mkdtemp(prefix="summit-drill-"))
    folder.chmod(0o711)
    return folder
