"""What each thing people do costs in processor time, and what that makes of 500, 5,000 and 50,000 of them.

Prints the tables of docs/scaling.md. As in production: PostgreSQL and Redis, the lines of the Procfile, a mail server
that takes everything. Counted is the processor time (user and system) of the whole tree of each of them, also of children
that have ended; not that of those who ask, nor of the mail server. Each is done in several turns, and the least counts:
other work on the machine only ever adds.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import world
from tests.bench.estimates import Cost, Figures

__test__ = False
TURNS = 2
SESSIONS, PEOPLE = 200, 5_000
READ, SEARCHED, FILLED, REGISTERED, SCANNED, LETTERS, BADGES = 2_000, 60, 60, 60, 60, 200, 1_000
CODE = "sizing200"


class Tree:
    """A process and all below it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def below(self) -> list[int]:
        found, todo = [], [self.pid]
        while todo:
            found.append(pid := todo.pop())
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                todo += map(int, task.read_text().split())
        return found

    def seconds(self) -> float:
        """Of processor time, with that of children which have ended."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.below()]
        return sum(sum(map(int, each[11:15])) for each in fields) / os.sysconf("SC_CLK_TCK")


@dataclass
class Trees:
    """What is counted: the site's own processes, and those of the database and Redis together."""

    web: Tree
    data: list[Tree]

    def now(self) -> tuple[float, float]:
        return self.web.seconds(), sum(tree.seconds() for tree in self.data)


def least(costs: list[Cost]) -> Cost:
    return min(costs, key=lambda cost: cost.ours + cost.data)


def measured(trees: Trees, count: int, work: Callable[[int], None]) -> Cost:
    """Milliseconds of one of ``count`` things, each done by ``work(turn)`` in turn."""
    found = []
    for turn in range(TURNS):
        ours, data = trees.now()
        work(turn)
        ours_after, data_after = trees.now()
        found.append(Cost.of(ours_after - ours, data_after - data, count))
    return least(found)


def asked(count: int, ask: Callable[[Any, int], None], people: Any) -> None:
    """``count`` questions of four people who ask at once, as many as one process answers."""

    def go(lane: int) -> None:
        visitor = people.visitor()
        for number in range(lane, count, 4):
            ask(visitor, number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(go, range(4)))


class People:
    """Those who ask; an answer that is no good ends the measurement."""

    def __init__(self, address: str, summit: Any) -> None:
        from registration.models import Registration
        from tests.drill.people import Crowd

        self.crowd = Crowd(address, summit.code)
        self.crowd.category = str(summit.categories.order_by("pk")[0].pk)
        self.cookie = f"sessionid={world.organiser_of(summit).cookies['sessionid'].value}"
        rows = Registration.objects.filter(summit=summit, state="confirmed", attendance="in_person").order_by("pk")
        self.guests = list(map(str, rows.values_list("guid", flat=True)[: (TURNS + 1) * SCANNED]))
        self.home = f"/ko/{summit.code}/"

    def visitor(self, cookie: str = "") -> Any:
        from tests.drill.people import Visitor

        return Visitor(self.crowd.origin, self.crowd.ledger, "visitor", cookie)

    @staticmethod
    def good(answer: tuple[int, str]) -> None:
        if not 200 <= answer[0] < 400:
            sys.exit(f"An answer was no good: {answer[0]} {answer[1][:300]}")

    def read(self, _turn: int) -> None:
        pages = ["", "agenda/", "speakers/", "sessions/S00001/"]
        asked(READ, lambda visitor, number: self.good(visitor.ask(self.home + pages[number % 4])), self)

    def search(self, turn: int) -> None:
        words = random.Random(turn)
        path = f"{self.home}agenda/search/?q="
        asked(SEARCHED, lambda visitor, _number: self.good(visitor.ask(f"{path}open+{words.random()}")), self)

    def open_form(self, _turn: int) -> None:
        asked(FILLED, lambda _visitor, _number: self.good(self.visitor().ask(f"{self.home}register/")), self)

    def register(self, turn: int, count: int = REGISTERED) -> None:
        def ask(_visitor: Any, number: int) -> None:
            person = self.crowd.person(f"sizing{turn}.{number}@people.example")
            for _attempt in range(5):  # a machine without time to spare says 503, and people try again
                answer = self.visitor().fill(f"{self.home}register/", **person, nonce=f"{turn % 10**8:08}{number:08}")
                if answer[0] != 503:
                    break
            self.good(answer)

        asked(count, ask, self)

    def check_in(self, turn: int) -> None:
        from tests.drill.people import FIELD

        path = f"/en/{self.crowd.code}/desk/main/"
        desk = self.visitor(self.cookie)
        status, text = desk.ask(path)
        self.good((status, text))
        token = dict(FIELD.findall(text))["csrfmiddlewaretoken"]
        for guid in self.guests[turn * SCANNED : (turn + 1) * SCANNED]:
            sent = {"csrfmiddlewaretoken": token, "guid": guid, "nonce": f"scan-{guid}"}
            self.good(desk.ask(f"{path}check-ins/", sent))


def batch(data: list[Tree]) -> tuple[float, float, float]:
    """(processor seconds of a worker that does what is queued and ends, of the database and Redis, MB it held at most)."""
    before = sum(tree.seconds() for tree in data)
    process = subprocess.Popen([sys.executable, "manage.py", "worker", "--batch"], stderr=subprocess.DEVNULL)
    held, ended = 0.0, 0
    while not ended:
        with suppress(OSError, IndexError):  # it has just ended
            told = Path(f"/proc/{process.pid}/status").read_text().partition("VmHWM:")[2]
            held = float(told.split()[0]) / 1024
        time.sleep(0.05)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"The worker ended with {process.returncode}.")
    return used.ru_utime + used.ru_stime, sum(tree.seconds() for tree in data) - before, held


def worked(data: list[Tree], count: int, queue: Callable[[int, int], None]) -> tuple[Cost, float]:
    """(milliseconds of one more of ``count`` things that ``queue(turn, count)`` has a worker do; MB at most).

    What a worker does for one of them is taken off: its start, and what the first of a kind reads and compiles.
    """
    found, alone, held = [], [], 0.0
    for turn in range(TURNS):
        queue(-turn - 1, 1)
        alone.append(batch(data))
        queue(turn, count)
        found.append(batch(data))
        held = max(held, found[-1][2])
    most, one = min(found), min(alone)
    return Cost.of(max(most[0] - one[0], 0), most[1] - one[1], count - 1), held


@contextmanager
def installation() -> Iterator[tuple[Path, list[Tree]]]:
    """A database server, a Redis and a mail server of its own; this process is pointed at them."""
    from tests.installations import Catcher, OwnPostgresql

    if not OwnPostgresql.is_there():
        sys.exit("This benchmark needs the programs of a PostgreSQL server: sudo apt-get install postgresql")
    place = Path(tempfile.mkdtemp(prefix="summit-sizing-"))
    place.chmod(0o755)
    database = OwnPostgresql(place / "database")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        database.start()
        stack.callback(database.stop)
        redis = stack.enter_context(world.redis())
        mail = stack.enter_context(Catcher().listening())
        os.environ.update(
            DATABASE_URL=database.url, REDIS_URL=redis, MAIL_URL=mail, RATE_LIMITS="0", STAFF_TWO_FACTORS="0"
        )
        folder = world.prepare()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        number = int((database.folder / "postmaster.pid").read_text().split()[0])
        yield folder, [Tree(number), Tree(world.pid_at(redis))]


def programme() -> Any:
    from django.db import connection

    from tests import factories as make

    summit = world.big_summit(CODE, SESSIONS)
    world.register(summit, PEOPLE)
    make.make_desk(summit, "main")
    make.make_places(summit, 100_000)
    make.make_user("badges@team.example", summit=summit, role="organiser")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return summit


def badges(summit: Any, _turn: int, count: int) -> None:
    from registration.badges import printing
    from summit.models import User

    rows = list(summit.registrations.filter(state="confirmed").order_by("pk").values_list("pk", flat=True)[:count])
    printing.start_job(summit, rows, layout="A6", by=User.objects.get(email="badges@team.example"))


def letters(summit: Any, turn: int, count: int) -> None:
    """Mails that are written already, as to everybody."""
    from summit.mailing import outbox
    from summit.models import Message

    text = "열린정부 서밋에서 알려 드립니다.\n" * 20
    outbox.queue_many(
        (Message(kind="notice", to=f"letter{turn}.{n}@people.example", language="ko", subject="알림", text=text,
                 html=f"<p>{text}</p>", summit=summit), [])
        for n in range(count)
    )  # fmt: skip


def asked_of_the_web(summit: Any, data: list[Tree], costs: dict[str, Cost], memory: dict[str, float]) -> float:
    """Fills in what is asked of the web server, and what it holds; returns the seconds its start took."""
    with world.server() as served:
        time.sleep(1)
        begun = served.processor_time()
        memory["A process of the web server, started"] = max(served.held().values())
        people, trees = People(served, summit), Trees(Tree(served.process.pid), data)
        for _warm in range(3):
            people.read(99)
            people.search(98)
            people.open_form(99)
        people.check_in(TURNS)
        costs["A public page that is kept"] = measured(trees, READ, people.read)
        costs["A search, drawn anew"] = measured(trees, SEARCHED, people.search)
        costs["The registration form"] = measured(trees, FILLED, people.open_form)
        costs["A check-in at a desk"] = measured(trees, SCANNED, people.check_in)
        people.register(98, 4)
        batch(data)
        costs["A registration, form and answer"] = measured(trees, REGISTERED, lambda turn: people.register(10 + turn))
        batch(data)
        costs["Its mail, drawn and sent"] = worked(data, REGISTERED, people.register)[0]
        memory["The same after the questions above"] = max(served.held().values())
    return begun


def measure(summit: Any, data: list[Tree]) -> Figures:
    costs: dict[str, Cost] = {}
    memory: dict[str, float] = {}
    starts = [batch(data) for _turn in range(TURNS)]
    begun = asked_of_the_web(summit, data, costs, memory)
    costs["A mail to many, sent"] = worked(data, LETTERS, lambda turn, count: letters(summit, turn, count))[0]
    costs["A badge of many"], drawing = worked(data, BADGES, lambda turn, count: badges(summit, turn, count))
    memory["A worker, started"] = min(most for _ours, _theirs, most in starts)
    memory["The same having drawn badges"] = drawing
    return Figures(costs, memory, {"A web server of two processes starts": begun, "A worker starts": min(starts)[0]})


def main() -> int:
    with installation() as (_folder, data):
        figures = measure(programme(), data)
    print(figures.tables())
    start = figures.starts["A worker starts"]
    return not world.verdict("a worker starts", start < 2, f"{start:.2f} s of processor time (below 2)")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
