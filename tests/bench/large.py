"""An agenda of 1,400 sessions, 1,000 people and 92 rooms: pages, search, export, import."""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench import agenda, unit, world

__test__ = False
SESSIONS, PEOPLE, ROOMS = 1_400, 1_000, 92
COLD = 250.0  # units
SEARCH, SEARCH_SERVED = 80.0, 90.0  # units, the 95th of a hundred
EXPORT = 1500.0  # units
IMPORT, MEMORY = 30_000.0, 400  # units, MB
# Told, never judged against.
PRETALX = {"agenda": 44, "schedule.xml": 0.5}
WORDS = ["시민", "정부", "ㅇㄹㅈㅂ", "open", "논의", "연사 77", "Session 12", "자리에", "citizens", "ㅅㅁ"]


def cold_page(summit) -> bool:
    took, queries, size = agenda.cold(summit)
    return world.within(
        f"cold page of {SESSIONS} sessions", took, COLD, f"{queries} queries, {size // 1000} kB compressed"
    )


def questions(
    summit, ask: Callable[[str, dict[str, str]], Any], turns: range, by: Callable[[], float] | None = None
) -> unit.Spread:
    """Different questions, which nobody has asked before, to a warm index, each answered with a whole page."""
    path = f"/ko/{summit.code}/agenda/search/"
    for _process in range(6):
        ask(path, {"q": "warm"})

    def question(turn: int) -> Callable[[], Any]:
        words, track = f"{WORDS[turn % len(WORDS)]} {turn % 100}", f"track-{(turn + turn // 100) % 3 + 1}"
        return lambda: ask(path, {"q": words, "track": track})

    return unit.spread((question(turn) for turn in turns), by)


def search(summit) -> bool:
    from django.db import connection
    from django.test import Client

    def spread(number: int) -> unit.Spread:
        # Each round from an address of its own, below its limit, with questions of its own.
        client = Client(SERVER_NAME="localhost", REMOTE_ADDR=f"192.0.2.{number}")
        return questions(summit, client.get, range(number * 100, number * 100 + 100))

    # Other work on the machine only ever adds: the better of two rounds is the truer.
    best = min((spread(number) for number in (1, 2)), key=lambda each: each.p95.units)
    return world.within(f"search p95 on {connection.vendor}", best.p95, SEARCH, f"median {best.median}")


def search_of_processes(summit, address: str) -> bool:
    """The same questions to a server of two processes, each with an index of its own."""

    def ask(path: str, query: dict[str, str]) -> bytes:
        return world.fetch(address, f"{path}?{urlencode(query)}")

    found = questions(summit, ask, range(300, 400), time.perf_counter)
    return world.within("search p95 from the server", found.p95, SEARCH_SERVED, f"median {found.median}")


def export(summit) -> bool:
    from django.test import Client

    from summit.middleware import shelf

    client, path = Client(SERVER_NAME="localhost"), f"/{summit.code}/schedule.xml"
    shelf.clear()
    first, answer = unit.once(lambda: client.get(path))
    again = unit.least(lambda: client.get(path))
    extra = f"kept {again}, {len(answer.content) // 1000} kB"
    return world.within("XML export", first, EXPORT, extra, also=again.units < first.units / 10)


def import_schedule(folder: Path, summit) -> bool:
    """The export of one summit into an empty one, in a process of its own."""
    from django.test import Client

    from sessions.models import Session
    from tests import factories as make

    file = folder / "schedule.xml"
    file.write_bytes(Client(SERVER_NAME="localhost").get(f"/{summit.code}/schedule.xml").content)
    empty = make.make_summit("empty1400")
    command = [sys.executable, "manage.py", "import_schedule", str(file), "--summit", empty.code, "-v0"]
    took, _done = unit.once(lambda: subprocess.run(command, check=True, env=os.environ), children)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    number = Session.objects.filter(summit=empty).count()
    extra = f"{memory} MB (below {MEMORY}), {number} sessions"
    return world.within("import", took, IMPORT, extra, also=memory < MEMORY and number == SESSIONS)


def children() -> float:
    """Seconds of processor time of this process and of those it has waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + spent.ru_utime + spent.ru_stime


def main(what: str = "all") -> int:
    folder = world.prepare()
    try:
        summit = world.big_summit("vast1400", SESSIONS, rooms=ROOMS, people=PEOPLE)
        results = [search(summit)]
        if what == "all":
            results += [cold_page(summit), export(summit), import_schedule(folder, summit)]
        os.environ["RATE_LIMITS"] = "0"  # all questions come from one address
        with world.server() as address, world.server("tests.bench.constant:application") as constant:
            results.append(search_of_processes(summit, address))
            if what == "all":
                results.append(agenda.warm(address, constant, summit.code))
                print(f"      pretalx 2026.2 drew its agenda of 1,000 sessions {PRETALX['agenda']} times a second,")
                print(f"      its schedule.xml {PRETALX['schedule.xml']} times, on a machine like that of the budgets")
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
