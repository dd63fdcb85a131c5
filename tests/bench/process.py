"""A web process: how long it takes until it answers, what it holds then, after a day's work, and after ten."""

import shutil
import time
import urllib.request

from tests.bench import unit, world

__test__ = False
START = 12_000.0  # units of processor time of the server and both its processes
# MB of the larger process: fresh, having drawn all pages, and what nine more rounds may add.
FRESH, WORKED, GROWN = 160.0, 330.0, 25.0
SESSIONS, REGISTRATIONS = 1_400, 10_000


def started(address: world.Served, units: unit.Units) -> bool:
    """From the command to the first page of each process."""
    for _process in range(8):
        urllib.request.urlopen(f"{address}/robots.txt").read()
    units.again(10)
    took = unit.Figure(address.processor_time(), units.least)
    return world.within("a server of two processes starts", took, START)


def work(address: world.Served, code: str, cookie: str, turn: int) -> None:
    """What visitors and organisers ask of a process; none of it is answered from what was kept."""
    pages = ["agenda/", "agenda/rooms/", "speakers/", "changes.atom", "register/", f"agenda/search/?q=open+{turn}"]
    mine = ["", "agenda/", "sessions/", "registrations/", "people/", "publication/", "settings/working/"]
    for language in ("ko", "en"):
        for page in pages:
            path = f"/{code}/{page}" if page.endswith(".atom") else f"/{language}/{code}/{page}"
            world.fetch(address, f"{path}{'&' if '?' in path else '?'}noise={turn}")
        for page in mine:
            world.fetch(address, f"/{language}/{code}/organiser/{page}", cookie)


def main() -> int:
    folder = world.prepare()
    try:
        summit = world.big_summit("vast1400", SESSIONS, rooms=92, people=1_000)
        world.register(summit, REGISTRATIONS)
        cookie = f"sessionid={world.organiser_of(summit).cookies['sessionid'].value}"
        units = unit.Units(time.process_time)
        with world.server() as address:
            results = [started(address, units)]
            fresh = address.memory()
            held = []
            for turn in range(12):
                work(address, summit.code, cookie, turn)
                held.append(address.memory())
        worked, grown = held[2], held[-1] - held[2]
        results += [
            world.verdict("a fresh process", fresh < FRESH, f"{fresh:.0f} MB (below {FRESH:.0f})"),
            world.verdict("having drawn all pages", worked < WORKED, f"{worked:.0f} MB (below {WORKED:.0f})"),
            world.verdict("nine rounds more", grown < GROWN, f"{grown:+.0f} MB (below {GROWN:.0f})"),
        ]
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
