"""A crowd after a change: how often the page is drawn, by two processes, with and without Redis."""

import shutil
import statistics
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from tests.bench import world
from tests.bench.unit import Figure, Units

__test__ = False
SESSIONS, READERS, ROUNDS = 1_400, 32, 3
# Draws that a crowd may cost: by processor time, in which also the answers to all are.
DRAWS = {"with Redis": 1.3, "without Redis": 2.6}


def read(url: str) -> float:
    """Seconds until the page was there, compressed."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    started = time.monotonic()
    urllib.request.urlopen(request, timeout=60).read()
    return time.monotonic() - started


def crowd(url: str, number: int) -> list[float]:
    """Seconds that each of so many readers waits who come together."""
    gate = threading.Barrier(number)

    def come(_number: int) -> float:
        gate.wait()
        return read(url)

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(come, range(number)))


def after_a_change(summit, url: str, served: world.Served, readers: int) -> tuple[float, list[float]]:
    """(processor seconds of the server, seconds each waited) when ``readers`` come after a change; the best of some."""
    rounds = []
    for _round in range(ROUNDS):
        crowd(url, 8)
        summit.raise_revision()
        time.sleep(1)  # both processes will look
        before = served.processor_time()
        waited = crowd(url, readers)
        time.sleep(0.3)
        rounds.append((served.processor_time() - before, waited))
    return min(rounds)


def measure(summit, name: str, **more: str) -> bool:
    units = Units(time.process_time)
    with world.server(**more) as served:
        url = f"{served}/ko/{summit.code}/agenda/"
        one, _waited = after_a_change(summit, url, served, 1)
        many, waited = after_a_change(summit, url, served, READERS)
    units.again()
    figure = (
        f"{many / one:.2f} draws (at most {DRAWS[name]}), {Figure(many, units.least)}, one {Figure(one, units.least)}; "
    )
    figure += f"the median waits {statistics.median(waited) * 1000:.0f} ms, the last {waited[-1] * 1000:.0f}"
    return world.verdict(f"{READERS} readers after a change, two processes {name}", many / one <= DRAWS[name], figure)


def main() -> int:
    folder = world.prepare()
    try:
        summit = world.big_summit("vast1400", SESSIONS, rooms=92, people=1_000)
        results = [measure(summit, "without Redis", REDIS_URL="")]
        with world.redis() as address:
            results.append(measure(summit, "with Redis", REDIS_URL=address))
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
