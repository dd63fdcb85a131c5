"""Registration opens: 64 people at once, each with a form of twelve answers and two limits, from the form to the mail, among
nobody and among 100,000.

As in production: PostgreSQL and Redis, two web processes, a worker, a mail server that takes everything. Told is the
processor time of all of them for one registration, by its pieces, and how long somebody waits.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.bench import world
from tests.bench.registrations import PERSON, twelve_answers
from tests.bench.sizing import Tree, Trees, batch, installation
from tests.bench.unit import Figure, Units

__test__ = False
CLIENTS, PEOPLE, SIZES = 64, 640, (0, 100_000)
# Units of processor time of a whole registration over all processes; what may be more among many; seconds of 99 of a hundred.
WHOLE, LEVEL, WAITED = 40.0, 1.1, 1.5
PIECES = ("the form", "the form sent", "the page after", "account and mail")


class Rush:
    """``PEOPLE`` with a browser of their own each."""

    def __init__(self, address: str, summit: Any, answers: dict[str, str], turn: int) -> None:
        from tests.drill.people import Ledger, Visitor

        self.page, self.ledger, self.turn = f"/ko/{summit.code}/register/", Ledger(), turn
        self.people = [Visitor(address, self.ledger, "registrant") for _person in range(PEOPLE)]
        self.values = {**PERSON, **answers, "category": str(summit.categories.order_by("pk")[0].pk)}
        self.forms: dict[int, dict[str, str]] = {}

    def all(self, do: Callable[[int], None]) -> None:
        def lane(first: int) -> None:
            for number in range(first, PEOPLE, CLIENTS):
                do(number)

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lane, range(CLIENTS)))

    def open(self, number: int) -> None:
        from tests.drill.people import FIELD

        status, text = self.people[number].ask(self.page)
        assert status == 200, status
        self.forms[number] = dict(FIELD.findall(text))

    def send(self, number: int) -> None:
        email = f"rush{self.turn}.{number}@people.example"
        status, text = self.people[number].ask(self.page, {**self.forms[number], **self.values, "email": email})
        assert status == 302, (status, text[:300])

    def read_on(self, number: int) -> None:
        status, _text = self.people[number].ask(f"{self.page}sent/")
        assert status == 200, status

    def waited(self) -> float:
        """Seconds that 99 of a hundred waited at most for the answer to their form."""
        times = sorted(seen.seconds for seen in self.ledger.seen if seen.method == "POST")
        return times[len(times) * 99 // 100]


def measured(rush: Rush, trees: Trees, idle: tuple[float, float]) -> tuple[list[tuple[float, float]], float]:
    """(seconds of the site and of database and Redis for each piece of one registration; registrations a second)."""
    pieces, began = [], time.monotonic()
    for do in (rush.open, rush.send, rush.read_on):
        before = trees.now()
        rush.all(do)
        after = trees.now()
        pieces.append((after[0] - before[0], after[1] - before[1]))
    rate = PEOPLE / (time.monotonic() - began)
    ours, theirs, _held = batch(trees.data)
    pieces.append((max(ours - idle[0], 0), max(theirs - idle[1], 0)))
    return [(site / PEOPLE, data / PEOPLE) for site, data in pieces], rate


def among(size: int, data: list[Tree]) -> tuple[Figure, bool]:
    from django.db import connection

    summit = world.registered(f"rush{size}", size)
    answers = twelve_answers(summit)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    units, idle, found = Units(time.process_time), batch(data)[:2], []
    with world.server() as served:
        trees = Trees(Tree(served.process.pid), data)
        for turn in range(3):
            rush = Rush(served, summit, answers, turn)
            pieces, rate = measured(rush, trees, idle)
            units.again()
            if turn:  # the first reads and compiles
                found.append((sum(map(sum, pieces)), pieces, rate, rush.waited()))
    whole, pieces, rate, waited = min(found)
    for name, (site, base) in zip(PIECES, pieces, strict=True):
        print(f"      {name}: {Figure(site, units.least)}, database and Redis {Figure(base, units.least)}")
    figure = Figure(whole, units.least)
    good = world.within(f"a registration among {size:,}", figure, WHOLE, f"{rate:.0f} a second without the worker")
    told = f"{waited:.2f} s (at most {WAITED})"
    return figure, world.verdict(f"99 of 100 of {CLIENTS} at once wait", waited < WAITED, told) and good


def main(*sizes: str) -> int:
    os.environ["WEB_WORKERS"] = "2"
    with installation() as (_folder, data):
        results = [among(int(size), data) for size in sizes or SIZES]
    times = results[-1][0].units / results[0][0].units
    level = world.verdict("among many as among none", times <= LEVEL, f"{times:.2f} times (at most {LEVEL})")
    return not all([level, *(good for _figure, good in results)])


if __name__ == "__main__":
    sys.exit(main())
