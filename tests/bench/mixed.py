"""20,000 requests of every kind at 64 connections: nothing fails, and the processes hold what they held when warm."""

import random
import shutil
import threading
import time

from tests.bench import world
from tests.drill.people import Crowd, Seen, Visitor

__test__ = False
REQUESTS, CONNECTIONS, SESSIONS = 20_000, 64, 200
WARM = 6_000  # requests until everything has been read and compiled once, and no arena of memory is new
PATIENCE = 120  # seconds; an answer that is late on a busy machine is not an error, a connection that breaks is
GROWN = 1.10  # times what each process held when it was warm
STEPS = 5  # in which the requests are asked, so that memory is seen to grow or to stand
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
        person = Visitor(crowd.origin, crowd.ledger, "registrant", patience=PATIENCE)
        person.fill(
            f"{home}register/", **crowd.person(f"{name}@people.example"), nonce=f"{chance.getrandbits(64):016x}"
        )


def crowded(crowd: Crowd, requests: int, round_: str) -> list[Seen]:
    """What ``CONNECTIONS`` visitors saw who asked so many questions together."""
    crowd.ledger.seen.clear()

    def visit(turn: int) -> None:
        visitor, chance, number = (
            Visitor(crowd.origin, crowd.ledger, "visitor", patience=PATIENCE),
            random.Random(f"{round_} {turn}"),
            0,
        )
        while len(crowd.ledger.seen) < requests:
            number += 1
            one(visitor, crowd, chance, f"{round_}.{turn}.{number}")

    threads = [threading.Thread(target=visit, args=(turn,)) for turn in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return crowd.ledger.seen[:]


def told_of(steps: list[dict[int, float]]) -> str:
    """What each process of the first step held in all of them."""
    return "; ".join(" → ".join(f"{step.get(process, 0):.0f}" for step in steps) for process in steps[0])


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
            warm, used, started = address.held("RssAnon"), address.processor_time(), time.monotonic()
            seen, steps = [], [warm]
            for step in range(STEPS):
                seen += crowded(crowd, REQUESTS // STEPS, f"mixed{step}")
                steps.append(address.held("RssAnon"))
            rate, used = len(seen) / (time.monotonic() - started), address.processor_time() - used
        failed = [each for each in seen if not each.good]
        slow = sorted(each.seconds for each in seen)[len(seen) * 99 // 100]
        registered = summit.registrations.filter(email__startswith="mixed").count()
        told = f"{len(failed)} of {len(seen):,} failed; {rate:,.0f}/s, p99 {slow:.2f} s, {registered} registered; {used / len(seen) * 1000:.1f} ms of processor time each"
        grown = max(steps[-1].get(process, float("inf")) / held for process, held in warm.items())
        results = [
            world.verdict(f"{REQUESTS:,} requests at {CONNECTIONS} connections", not failed and registered > 0, told),
            world.verdict("memory of each process", grown <= GROWN, f"{grown:.2f} times (at most {GROWN}); {told_of(steps)} MB"),
        ]  # fmt: skip
        if failed:
            print("      ", {(each.path, each.status, round(each.seconds)) for each in failed[:20]})
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
