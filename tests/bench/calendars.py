"""Calendars: a feed of 1,000 sessions warm, in this process and from a server with two, and the queries of a personal
feed."""

import shutil
import time

from tests.bench import unit, world

__test__ = False
WARM, SERVED = 10.0, 20.0  # units
# Of a feed of which nothing is kept.
COLD = 1_500.0
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

        def draw():
            return ical.feed(large, rows, name="all", language="ko", feed_id="schedule")

        draw()
        cache.clear()
        cold, _taken = unit.once(draw)
        warm = unit.least(draw, 15)
        registration = make.make_registration(small)
        token = calendar_links.share_calendar(registration)
        client, path = Client(SERVER_NAME="localhost"), f"/{small.code}/my/{token}.ics"
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            content = client.get(path).content
        events = content.count(b"BEGIN:VEVENT")
        results = [
            world.within("feed of 1,000 sessions warm", warm, WARM),
            world.within("the same of which nothing is kept", cold, COLD),
            world.verdict(
                "personal feed of 20 sessions",
                len(queries) <= QUERIES and events == 20,
                f"{len(queries)} queries, {events} entries",
            ),
        ]
        with world.server() as address:
            one = f"/{small.code}/my/{token}.ics"
            for _process in range(6):
                world.fetch(address, one)
            took = unit.least(lambda: world.fetch(address, one), 10, time.perf_counter)
            results.append(world.within("personal feed from the server", took, SERVED))
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
