"""Mails are sent while their workers are killed: none is lost, and at most one a kill comes twice.

``python -m tests.drill.mails [mails] [kills]`` takes the database of ``DATABASE_URL``, which must be empty and migrated;
without one it makes its own.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.installations import Catcher, Installation, whose
from tests.waiting import wait_for

__test__ = False
# Workers that send at the same time.
WORKERS = 2
# Until everything has left: leases end after half a minute.
DEADLINE = 300


class Killer:
    """Kills the worker that is just sending, at a step of its own each time, ``kills`` times spread over all mails."""

    def __init__(self, installation: Installation, catcher: Catcher, mails: int, kills: int) -> None:
        self.installation, self.catcher = installation, catcher
        chance = random.SystemRandom()
        steps = [*Catcher.STEPS, *chance.choices(Catcher.STEPS, k=kills)][:kills]
        chance.shuffle(steps)
        at = sorted(chance.sample(range(1, max(2, mails * 2 // 3)), kills))
        self.plan = list(zip(at, steps, strict=True))
        self.killed: list[str] = []

    def __call__(self, step: str, port: int) -> None:
        if not self.plan:
            return
        number, wanted = self.plan[0]
        if step != wanted or len(self.catcher.accepted) < number:
            return
        worker = whose(port, self.installation.processes)
        if worker is None:
            return
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.plan.pop(0)
        self.killed.append(f"{step} of mail {number}")
        self.installation.worker()


def queue(mails: int) -> None:
    from summit.mailing import outbox
    from summit.models import Message

    letters = [
        (Message(kind="drill", to=f"person{n}@people.example", subject=f"Mail {n}", text="Text\n"), [])
        for n in range(mails)
    ]
    for begin in range(0, mails, 100):
        outbox.queue_many(letters[begin : begin + 100])


def drill(installation: Installation, catcher: Catcher, mails: int, kills: int) -> bool:
    from summit.models import Message

    queue(mails)
    killer = Killer(installation, catcher, mails, kills)
    catcher.at_step = killer
    began = time.monotonic()
    try:
        for _worker in range(WORKERS):
            installation.worker()
        rows = Message.objects.exclude(state=Message.State.SENT)
        left = wait_for(lambda: not rows.exists(), DEADLINE)
        took = time.monotonic() - began
    finally:
        installation.close()
    by_address: dict[str, set[str]] = {}
    for to, message_id in catcher.accepted:
        by_address.setdefault(to, set()).add(message_id)
    lost = mails - len(by_address)
    differing = [to for to, ids in by_address.items() if len(ids) > 1]
    thrice = [to for to, count in catcher.doubles.items() if count > 1 + kills]
    holds = left and not lost and len(killer.killed) == kills and not differing and not thrice
    extra = len(catcher.accepted) - len(by_address)
    holds = holds and extra <= kills
    print(f"{'PASS' if holds else 'FAIL'}  {mails} mails, workers killed at {', '.join(killer.killed) or 'no step'}: {lost} lost, "
          f"{extra} came twice (at most {kills}), {len(differing)} of them with another Message-ID; {took:.0f} s", flush=True)  # fmt: skip
    return holds


def main(mails: int = 1000, kills: int = 3) -> int:
    catcher = Catcher(pause=0.01)
    with tempfile.TemporaryDirectory(prefix="summit-drill-") as folder, catcher.listening() as address:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/summit.sqlite3"
        installation = Installation(Path(folder), url, MAIL_URL=address)
        os.environ.update(installation.environment)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return not drill(installation, catcher, mails, kills)


def run(url: str, mails: int, kills: int) -> subprocess.CompletedProcess[str]:
    """As a process of its own, on a database that is migrated."""
    command = [sys.executable, "-m", "tests.drill.mails", str(mails), str(kills)]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.process_settings"}
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
