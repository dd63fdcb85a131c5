"""Calendars: a feed of 1,000 sessions warm, and the queries of a personal feed."""

import shutil
import statistics
import time

from tests.bench import world

__test__ = False
WARM = 10.0  # ms
# Seconds of processor time for a feed of which nothing is kept.
COLD = 1.5
QUERIES = 3


def main() -> int:
    folder = world.prepare()
    try:
        from django.core.cache import cache
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from registration.registering import calendar_links
        from sessions.models import Session
        from sessions.reading import ical
        from tests import factories as make

        large, small = world.big_summit("large1000", 1000), world.big_summit("small20", 20)
        rows = Session.objects.filter(summit=large)

        def draw() -> float:
            started = time.perf_counter()
            ical.feed(large, rows, name="all", language="ko", feed_id="schedule")
            return (time.perf_counter() - started) * 1000

        draw()
        cache.clear()
        cold, _taken = world.spent(draw)
        warm = statistics.median(draw() for _run in range(15))
        registration = make.make_registration(small)
        token = calendar_links.share_calendar(registration)
        client, path = Client(SERVER_NAME="localhost"), f"/{small.code}/my/{token}.ics"
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            content = client.get(path).content
        events = content.count(b"BEGIN:VEVENT")
        results = [
            world.verdict("feed of 1,000 sessions warm", warm < WARM, f"{warm:.1f} ms (below {WARM:.0f})"),
            world.verdict(
                "the same of which nothing is kept", cold < COLD, f"{cold:.2f} s of processor time (below {COLD})"
            ),
            world.verdict(
                "personal feed of 20 sessions",
                len(queries) <= QUERIES and events == 20,
                f"{len(queries)} queries, {events} entries",
            ),
        ]
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
