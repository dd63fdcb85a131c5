"""Runs lines of the Procfile and starts again whatever ends: ``python -m summit.operating.supervisor [NAME …]``.

Without names it runs all of them. It reads neither settings nor database: it stands when everything else falls.
SIGTERM, SIGINT (Ctrl-C) and SIGHUP end everything: each process has :data:`GRACE` seconds to finish what it is doing, a
second signal ends it at once.
"""

import contextlib
import ctypes
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# The format of Foreman and Heroku: a name, a colon, a command for the shell.
LINE = re.compile(r"^(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)$")
# Seconds until a process is started again, by how often in a row it has ended soon after its start.
WAITS = (1, 2, 4, 8, 16, 30)
# Whoever ran for so many seconds stood: the next end counts as the first.
STOOD = 60
# Seconds a process has to end by itself when all of them are to end; longer than the web server gives its workers.
GRACE = 40
# Seconds that children of a process which has ended may go on.
ORPHANS = 5
LOOK_EVERY = 0.2
# Each connection is a file: the limit is raised as far as the system lets us, up to here.
OPEN_FILES = 65_536
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def commands(procfile: str) -> dict[str, str]:
    """The lines of a Procfile: name -> command. What is no such line is passed over, as Foreman does."""
    found = (LINE.match(line) for line in procfile.splitlines())
    return {line["name"]: line["command"] for line in found if line}


def tell(text: str) -> None:
    print(f"summit: {text}", file=sys.stderr, flush=True)


def ended_by(code: int) -> str:
    """In words how a process has ended, by its return code (negative: the number of the signal)."""
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"


def _end_with_parent() -> None:
    """In the child: should the supervisor itself be killed, the kernel tells its children to end (Linux alone)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Watched:
    """One line of the Procfile, in a session of its own so that its children can be told together."""

    def __init__(self, name: str, command: str) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen[bytes] | None = None
        self.failures, self.started, self.due = 0, 0.0, 0.0

    def look(self, now: float) -> None:
        """Start it where it is due, note where it has ended."""
        if self.process is None:
            if now >= self.due:
                self.start(now)
        elif (code := self.process.poll()) is not None:
            self.ended(code, now)

    def start(self, now: float) -> None:
        self.started = now
        self.process = subprocess.Popen(  # noqa: S602  commands of our own Procfile are written for a shell
            self.command,
            shell=True,
            cwd=BASE_DIR,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509
        )
        tell(f"{self.name} started (process {self.process.pid})")

    def ended(self, code: int, now: float) -> None:
        """Clear what its children still hold (a port), and say when it is started again."""
        self.clear()
        self.process = None
        self.failures = 1 if now - self.started >= STOOD else self.failures + 1
        wait = WAITS[min(self.failures, len(WAITS)) - 1]
        self.due = now + wait
        often = (
            f", {self.failures} times in a row; what it said before this line tells why" if self.failures > 1 else ""
        )
        tell(f"{self.name} ended {ended_by(code)}{often}. It is started again in {wait} s.")

    def send(self, number: int) -> bool:
        """Whether anybody of its session was there to be told."""
        if self.process is None:
            return False
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS refuses where only the dead are left
            return False
        return True

    def clear(self) -> None:
        end = time.monotonic() + ORPHANS
        told = self.send(signal.SIGTERM)
        while told and self.send(0):
            if time.monotonic() > end:
                self.send(signal.SIGKILL)
                return
            time.sleep(LOOK_EVERY / 4)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """All of them, until a signal says to stop."""

    def __init__(self, lines: dict[str, str]) -> None:
        self.watched = [Watched(name, command) for name, command in lines.items()]
        self.signals = 0

    def note(self, *_signal: Any) -> None:
        self.signals += 1

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.note)
        while not self.signals:
            for each in self.watched:
                each.look(time.monotonic())
            time.sleep(LOOK_EVERY)
        self.stop()

    def stop(self) -> None:
        """Everybody is told once and waited for; who does not listen, or all after a second signal, are killed."""
        tell("stopping")
        self._each(lambda each: each.send(signal.SIGTERM))
        end = time.monotonic() + GRACE
        while any(each.runs for each in self.watched) and time.monotonic() < end and self.signals < 2:
            time.sleep(LOOK_EVERY / 4)
        # Also children that their parent has left behind.
        self._each(lambda each: each.send(signal.SIGKILL))
        for each in self.watched:
            if each.process is not None:
                each.process.wait()
        tell("stopped")

    def _each(self, do: Callable[[Watched], object]) -> None:
        for each in self.watched:
            do(each)


def raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main(names: Iterable[str]) -> int:
    """Run the lines of these names; the exit code."""
    lines = commands((BASE_DIR / "Procfile").read_text(encoding="utf-8"))
    wanted = list(names) or list(lines)
    if unknown := [name for name in wanted if name not in lines]:
        tell(f"the Procfile has no line {', '.join(unknown)}. It has: {', '.join(lines)}")
        return 2
    # The programs of this very environment come first.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    raise_open_files()
    Supervisor({name: lines[name] for name in wanted}).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
