"""Files on their way in: 1,400 sessions with six people each as a schedule, a sheet and our own format, and 5,000
registrations. Each in a process of its own: processor time, peak memory, and how long the database is held.
At last the whole product: a file comes in through its worker, and somebody signs in all the while.
"""

import csv
import http.cookiejar
import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench import world
from tests.bench.unit import Figure, Units

__test__ = False
SESSIONS, PEOPLE, REGISTRATIONS = 1_400, 6, 5_000
SCHEDULE, TABLE, ENTERED = 15_000.0, 15_000.0, 30_000.0  # units
MEMORY = 200  # MB that an import adds
HELD = 3_000.0  # units for which the database is held
WAIT = 20.0  # seconds after which whoever signs in meanwhile would be told to come back later
PAUSE = 2.1  # seconds between two sign-ins: allauth takes thirty a minute from one address
PASSWORD = "correct-horse-battery"
WHAT = ("schedule", "again", "sheet", "own", "registrations")


def frab(sessions: int) -> bytes:
    """A frab schedule in which nobody appears twice."""
    from tests import factories as make

    events = []
    for n in range(sessions):
        start = make.at(15 + n % 3, 9) + timedelta(minutes=30 * (n // 36 % 16))
        people = [{"id": n * PEOPLE + p, "public_name": f"Speaker Number {n} {p}", "biography": "Works on open data."}
                  for p in range(PEOPLE)]  # fmt: skip
        events.append({"id": n, "title": f"Session {n}: citizens and government open a discussion", "date": start.isoformat(),
                       "duration": "00:45", "room": f"Room {n // 3 % 12}", "track": f"Track {n % 3}", "type": "workshop",
                       "abstract": "Citizens and government discuss together. " * 6, "language": "en", "persons": people,
                       "links": [{"url": f"https://slides.example/{n}", "title": "Slides"}]})  # fmt: skip
    rooms: dict[str, list] = {}
    for event in events:
        rooms.setdefault(event["room"], []).append(event)
    conference = {"title": "Bench", "acronym": "bench", "time_zone_name": "Asia/Seoul",
                  "days": [{"index": 1, "date": "2021-12-15", "rooms": rooms}]}  # fmt: skip
    return json.dumps({"schedule": {"version": "1", "conference": conference}}).encode()


def sheet_of_sessions(sessions: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["code", "title.en", "abstract.en", "track", "kind", "starts_at", "ends_at", "room", "hosts", "people"]
    )
    for n in range(sessions):
        writer.writerow([f"A{n:05}", f"Session {n}", "Citizens and government discuss. " * 6, f"track-{n % 3 + 1}", "workshop",
                         f"2021-12-15T{9 + n % 8:02}:00", f"2021-12-15T{9 + n % 8:02}:45", f"room-{n % 12 + 1}",
                         f"host-{n % 15 + 1}", "; ".join(f"p{(n * 7 + p) % 120 + 1:05}" for p in range(PEOPLE))])  # fmt: skip
    return out.getvalue().encode()


def own_format(sessions: int) -> bytes:
    rows = [
        {"code": f"B{n:05}", "title": {"en": f"Session {n}"}, "abstract": {"en": "Citizens discuss. " * 6}, "track": f"track-{n % 3 + 1}",
         "starts_at": f"2021-12-15T{9 + n % 8:02}:00", "ends_at": f"2021-12-15T{9 + n % 8:02}:45", "room": f"room-{n % 12 + 1}",
         "hosts": [f"host-{n % 15 + 1}"], "people": [{"speaker": f"p{(n * 7 + p) % 120 + 1:05}"} for p in range(PEOPLE)],
         "materials": [{"url": f"https://slides.example/{n}", "kind": "slides"}]}
        for n in range(sessions)
    ]  # fmt: skip
    return json.dumps({"format": "sessions", "version": 1, "sessions": rows}).encode()


def sheet_of_people(people: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["email", "name", "organisation", "country", "category", "attendance", "language"])
    for n in range(people):
        writer.writerow([f"person{n}@people.example", f"사람 {n}", "행정개혁시민연합", "KR", "delegate",
                         ("in_person", "online")[n % 2], ("ko", "en")[n % 2]])  # fmt: skip
    return out.getvalue().encode()


def bring(what: str, number: int) -> None:
    """Import one file as the worker does, and print what it took: for :func:`measured`."""
    import django

    django.setup()
    from django.db import connection

    from registration.models import Registration
    from sessions.imports import loaders
    from sessions.imports.schedules import import_schedule, open_schedule
    from sessions.imports.tables.importing import import_table
    from sessions.imports.tables.sheet import open_sheet
    from sessions.models import Appearance, Session
    from summit.imports.table_format import run
    from summit.models import Summit

    summit = Summit.objects.get(code="files" if what in {"sheet", "own", "registrations"} else "empty")
    content = {"schedule": frab, "again": frab, "sheet": sheet_of_sessions, "own": own_format, "registrations": sheet_of_people}[what](number)  # fmt: skip
    told: list[int] = []
    units = Units(spent)
    before = peak()
    held = Held()
    with connection.execute_wrapper(held):
        started = spent()
        if what in {"schedule", "again"}:
            schedule = open_schedule("schedule.json", content)
            report = import_schedule(summit, schedule, progress=lambda done, _all: told.append(done))
        elif what == "own":
            report = run([("sessions.json", content)], loaders.loaders_for(summit))
        else:
            sheet = open_sheet("sheet.csv", content)
            table = "sessions" if what == "sheet" else "registrations"
            report = import_table(
                summit, table, sheet, sheet.headings, dry_run=False, progress=lambda done, _all: told.append(done)
            )
        took = spent() - started
    assert not report.refused, report.refused[:3]
    counts = [each.objects.count() for each in (Session, Appearance, Registration)]
    units.again()
    figures = {"unit": units.least, "seconds": took, "memory": peak() - before, "held": held.longest,
               "new": report.new, "counts": counts, "told": len(told)}  # fmt: skip
    print(json.dumps(figures))


def peak() -> int:
    """The most memory this process has held, in MB. Not ru_maxrss: that begins with the parent's."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) // 1024


def spent() -> float:
    """Seconds of processor time of this process: what other work on the machine does not change."""
    return time.process_time()


class Held:
    """For how long the database was held: processor seconds from the beginning of a transaction to its last statement."""

    def __init__(self) -> None:
        self.longest, self._began = 0.0, None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        try:
            return execute(sql, params, many, context)
        finally:
            if sql.startswith("BEGIN"):
                self._began = spent()
            elif self._began is not None and context["connection"].in_atomic_block:
                self.longest = max(self.longest, spent() - self._began)
            else:
                self._began = None


def measured(what: str, number: int) -> dict:
    command = [sys.executable, "-m", "tests.bench.imports", what, str(number)]
    found = subprocess.run(command, check=True, env=os.environ, stdout=subprocess.PIPE, text=True)
    return json.loads(found.stdout.strip().splitlines()[-1])


def verdict(what: str, number: int, budget: float, came_in: Callable[[dict], bool]) -> bool:
    found = measured(what, number)
    took, held = (Figure(found[name], found["unit"]) for name in ("seconds", "held"))
    holds = found["memory"] < MEMORY and held.units < HELD and came_in(found)
    figure = f"{found['memory']} MB more (below {MEMORY}), {held} of {HELD:,g} hold the database"
    return world.within(f"import of {number} ({what})", took, budget, figure, also=holds)


def site(sessions: int) -> bool:
    """The product's server and worker on SQLite: a file comes in through the queue, while somebody signs in and reads."""
    from allauth.account.models import EmailAddress
    from django.db import connection

    from sessions.imports import jobs
    from summit.models import Summit
    from tests import factories as make

    summit, operator = Summit.objects.get(code="site"), make.make_user("operator@team.example", name="Operator")
    operator.set_password(PASSWORD)
    operator.save()
    EmailAddress.objects.update_or_create(
        user=operator, defaults={"email": operator.email, "verified": True, "primary": True}
    )
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], env=os.environ)
    people = Visits()
    try:
        with world.server() as address:
            people.start(address)
            time.sleep(15)
            began = time.perf_counter()
            job = jobs.start(summit, "schedule.json", frab(sessions), by=operator)
            ended(job)
            ended(jobs.confirm(job, by=operator))
            came_in = summit.sessions.count()
            people.stop()
        alive = worker.poll() is None
    finally:
        worker.terminate()
        worker.wait(30)
        connection.close()
    holds = came_in == sessions and alive and not people.failed and people.longest() < WAIT
    figure = f"{len(people.answers)} answers, {people.failed or 'none'} of them an error, the longest after {people.longest():.1f} s"
    figure += f" (below {WAIT:.0f}; {people.longest(before=began):.1f} s before the file came), signing in"
    figure += f" {people.longest('login'):.1f} s; worker {'alive' if alive else 'gone'}"
    return world.verdict(f"signing in while {sessions} sessions come in", holds, figure)


def ended(job: Any) -> None:
    while type(job).objects.get(pk=job.pk).is_running:
        time.sleep(0.5)


class Visits:
    """Somebody who signs in, reads and signs in again until it is over; ``answers`` are status, seconds, path and moment."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, float, str, float]] = []
        self._over = threading.Event()

    def longest(self, part: str = "", before: float = float("inf")) -> float:
        return max((took for _status, took, path, at in self.answers if part in path and at < before), default=0.0)

    @property
    def failed(self) -> list[int]:
        return [status for status, *_rest in self.answers if status >= 400]

    def start(self, address: str) -> None:
        self._thread = threading.Thread(target=self._visit, args=(address,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(60)

    def _visit(self, address: str) -> None:
        while not self._over.is_set():
            cookies = http.cookiejar.CookieJar()
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
            self._ask(opener, f"{address}/en/account/login/")
            token = next((cookie.value for cookie in cookies if cookie.name == "csrftoken"), "")
            form = {"csrfmiddlewaretoken": token, "login": "operator@team.example", "password": PASSWORD}
            self._ask(opener, f"{address}/en/account/login/", form)
            assert any(cookie.name == "sessionid" for cookie in cookies) or self.failed, self.answers[-1]
            for page in ("/en/site/", "/en/site/agenda/", "/en/account/"):
                self._ask(opener, f"{address}{page}")
            self._over.wait(PAUSE)

    def _ask(self, opener: urllib.request.OpenerDirector, url: str, form: dict[str, str] | None = None) -> None:
        started = time.perf_counter()
        try:
            with opener.open(url, urllib.parse.urlencode(form).encode() if form else None, timeout=60) as answer:
                status = answer.status
                answer.read()
        except urllib.error.HTTPError as error:
            status = error.code
        self.answers.append((status, time.perf_counter() - started, url, time.perf_counter()))


def main(sessions: int = SESSIONS, registrations: int = REGISTRATIONS, *, only_site: bool = False) -> int:
    # The same person signs in again and again; a second factor is not what is measured.
    os.environ.update(RATE_LIMITS="0", STAFF_TWO_FACTORS="0")
    folder: Path = world.prepare()
    try:
        from tests import factories as make

        make.make_category(world.big_summit("files", 0), "delegate")
        make.make_summit("empty")
        make.make_summit("site")
        results = (
            []
            if only_site
            else [
                verdict("schedule", sessions, SCHEDULE, lambda found: found["new"]["appearances"] == sessions * PEOPLE),
                verdict("again", sessions, SCHEDULE, lambda found: not found["new"]),
                verdict("sheet", sessions, TABLE, lambda found: found["new"] == {"sessions": sessions}),
                verdict("own", sessions, TABLE, lambda found: found["new"]["sessions"] == sessions),
                verdict("registrations", registrations, ENTERED, lambda found: found["counts"][2] == registrations),
            ]
        )
        results.append(site(sessions))
        return not all(results)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WHAT:
        bring(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main(*map(int, filter(str.isdigit, sys.argv[1:])), only_site="site" in sys.argv))
