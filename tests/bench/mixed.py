"""20,000 requests of every kind at 64 connections: nothing fails, and the processes hold what they held when warm."""

import random
import shutil
import threading
import time

from tests.bench import world
from tests.drill.people import Crowd, Seen, Visitor

__test__ = False
REQUESTS, CONNECTIONS, SESSIONS = 20_000, 64, 200
WARM = 4_000  # requests until everything has been read and compiled once
GROWN = 1.10  # times what the larger process held when it was warm
READ = ["", "agenda/", "speakers/", "hosts/", "agenda/rooms/", "sessions/S00001/", "sessions/S00077/"]
DATA = ["schedule.json", "schedule.ics", "changes.atom"]


def one(visitor: Visitor, crowd: Crowd, chance: random.Random, name: str) -> None:
    """Seven of ten read what is kept; the others search, fetch data, look at the form, register."""
    language, drawn = chance.choice(("ko", "en")), chance.random()
    home = f"/{language}/{crowd.code}/"
    if drawn < 0.7:
        visitor.ask(home + chance.choice(READ))
    elif drawn < 0.82:
        visitor.ask(f"{home}agenda/search/?q=open+{chance.randrange(40)}")
    elif drawn < 0.88:
        visitor.ask(f"/{crowd.code}/{chance.choice(DATA)}")
    elif drawn < 0.96:
        visitor.ask(f"{home}register/")
    else:
        person = Visitor(crowd.origin, crowd.ledger, "registrant")
        person.fill(
            f"{home}register/", **crowd.person(f"{name}@people.example"), nonce=f"{chance.getrandbits(64):016x}"
        )


def crowded(crowd: Crowd, requests: int, round_: str) -> list[Seen]:
    """What ``CONNECTIONS`` visitors saw who asked so many questions together."""
    crowd.ledger.seen.clear()

    def visit(turn: int) -> None:
        visitor, chance, number = Visitor(crowd.origin, crowd.ledger, "visitor"), random.Random(f"{round_} {turn}"), 0
        while len(crowd.ledger.seen) < requests:
            number += 1
            one(visitor, crowd, chance, f"{round_}.{turn}.{number}")

    threads = [threading.Thread(target=visit, args=(turn,)) for turn in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return crowd.ledger.seen[:]


def main() -> int:
    import os

    folder = world.prepare()
    os.environ["RATE_LIMITS"] = "0"
    try:
        from tests import factories as make

        summit = world.big_summit("mixed200", SESSIONS)
        make.make_places(summit, 100_000)
        category = make.make_category(summit)
        with world.server() as address:
            crowd = Crowd(address, summit.code)
            crowd.category = str(category.pk)
            crowded(crowd, WARM, "warm")
            warm, started = address.memory(), time.monotonic()
            seen = crowded(crowd, REQUESTS, "mixed")
            rate, held = len(seen) / (time.monotonic() - started), address.memory()
        failed = [each for each in seen if not each.good]
        slow = sorted(each.seconds for each in seen)[len(seen) * 99 // 100]
        registered = summit.registrations.filter(email__startswith="mixed").count()
        told = f"{len(failed)} of {len(seen):,} failed; {rate:,.0f}/s, p99 {slow:.2f} s, {registered} registered"
        results = [
            world.verdict(f"{REQUESTS:,} requests at {CONNECTIONS} connections", not failed and registered > 0, told),
            world.verdict("memory of the larger process", held <= warm * GROWN, f"{warm:.0f} → {held:.0f} MB (at most {GROWN} times)"),
        ]  # fmt: skip
        if failed:
            print("      ", {(each.path, each.status) for each in failed[:20]})
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
