"""The agenda page: warm against a constant application on the same server, cold in processor time, never stale."""

import gzip
import shutil
import time
import urllib.request

from tests.bench import unit, world

__test__ = False
COLD = 30.0  # units for a cold page of 200 sessions
# Units of the server's processor time for a kept page, and for each megabyte that is sent besides; and the times that an
# application may be taken which does nothing but answer as many bytes.
WARM, MEGABYTE, TIMES = 0.3, 0.5, 8.0
SIZE = 20_000  # bytes, compressed
STALE = 1.0  # seconds


def cold(summit) -> tuple[unit.Figure, int, int]:
    """(processor time, queries, bytes compressed) of a page drawn from nothing."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from summit.middleware import shelf

    client, path = Client(SERVER_NAME="localhost"), f"/ko/{summit.code}/agenda/"

    def draw():
        shelf.clear()
        return client.get(path)

    draw()
    took = unit.least(draw, 15)
    with CaptureQueriesContext(connection) as queries:
        content = draw().content
    return took, len(queries), len(gzip.compress(content, 6))


def warm(address: world.Served, constant: world.Served, code: str) -> bool:
    """A kept page, and a constant answer of as many bytes, in turn and in processor time of the server."""
    page = f"/ko/{code}/agenda/"
    with urllib.request.urlopen(urllib.request.Request(address + page, headers={"Accept-Encoding": "gzip"})) as answer:
        etag, packed = answer.headers["ETag"], len(answer.read())
    plain = len(urllib.request.urlopen(address + page).read())
    asked = {
        "page, gzip": (packed, ["Accept-Encoding: gzip"]),
        "page, plain": (plain, []),
        "304": (0, ["Accept-Encoding: gzip", f"If-None-Match: {etag}"]),
    }
    results = []
    for name, (size, headers) in asked.items():
        ours, rate = world.loaded(address, page, *headers)
        least, _rate = world.loaded(constant, f"/{size}")
        times = ours.units / least.units
        extra = f"{times:.1f} times a constant answer of {size:,} bytes (below {TIMES:g}); {rate:,.0f}/s"
        results.append(
            world.within(f"{code}: warm {name}", ours, WARM + MEGABYTE * size / 1e6, extra, also=times < TIMES)
        )
    return all(results)


def stale(address: str, summit) -> bool:
    """From an edit until no worker shows the old page any more."""
    from sessions.models import Track

    worst = 0.0
    for turn in range(3):
        for _warm in range(20):
            urllib.request.urlopen(f"{address}/en/{summit.code}/agenda/").read()
        name = f"Renamed {turn}"
        Track.objects.filter(summit=summit, slug="track-1").update(name={"ko": name, "en": name})
        summit.raise_revision()
        started, fresh_since = time.monotonic(), None
        while time.monotonic() - started < 4:
            fresh = name.encode() in urllib.request.urlopen(f"{address}/en/{summit.code}/agenda/").read()
            fresh_since = (fresh_since or time.monotonic() - started) if fresh else None
        worst = max(worst, fresh_since if fresh_since is not None else 99)
    return world.verdict("never stale by more than a second", worst <= STALE, f"{worst:.2f} s at worst")


def main() -> int:
    folder = world.prepare()
    try:
        small, large = world.big_summit("small17", 17), world.big_summit("large200", 200)
        took, queries, size = cold(large)
        few = cold(small)[1]
        results = [
            world.within("cold page of 200 sessions", took, COLD),
            world.verdict("queries do not grow", queries == few, f"{few} for 17 sessions, {queries} for 200"),
            world.verdict("200 sessions compressed", size < SIZE, f"{size} bytes (below {SIZE})"),
        ]
        with world.server() as address, world.server("tests.bench.constant:application") as constant:
            results += [warm(address, constant, small.code), warm(address, constant, large.code)]
            results.append(stale(address, large))
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
