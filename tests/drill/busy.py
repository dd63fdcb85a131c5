"""On SQLite: a long import, a publication and a batch of badges, while people register, sign in and read.

``python -m tests.drill.busy [rows] [people]`` makes an installation of its own; no answer may be an error, and no
process may end.
"""

import http.cookiejar
import os
import re
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from tests.installations import Installation
from tests.waiting import wait_for

__test__ = False
CODE, PASSWORD = "busy", "correct-horse-battery"
# A person looks at what came before clicking on.
PAUSE = 0.5
# Seconds; from one address nobody may sign in more often than thirty times a minute.
SIGN_IN_EVERY = 60
NONCE = re.compile(r'name="nonce" value="([^"]+)"')
DEADLINE = 900


class Person(threading.Thread):
    """Registers, signs in and reads, again and again."""

    def __init__(self, address: str, number: int, over: threading.Event, category: int) -> None:
        super().__init__(daemon=True)
        self.address, self.number, self.over, self.category = address, number, over, category
        self.answers: list[tuple[str, int, float]] = []
        self.registered: list[str] = []

    def run(self) -> None:
        turn, signed_in_at = 0, float("-inf")
        while not self.over.is_set():
            turn += 1
            self.cookies = http.cookiejar.CookieJar()
            self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
            self.register(f"visitor{self.number}-{turn}@people.example")
            if time.monotonic() > signed_in_at + SIGN_IN_EVERY:
                signed_in_at = time.monotonic()
                self.sign_in()
            for page in ("", "agenda/", "speakers/"):
                self.ask(f"/en/{CODE}/{page}")
            self.ask("/en/account/")

    @property
    def token(self) -> str:
        return next((one.value or "" for one in self.cookies if one.name == "csrftoken"), "")

    def register(self, email: str) -> None:
        page = self.ask(f"/en/{CODE}/register/")
        found = NONCE.search(page)
        form = {"nonce": found[1] if found else "", "attendance": "online", "category": str(self.category), "name": f"Visitor {email}",
                "badge_script": "native", "email": email, "organisation": "Citizens", "country": "KR", "language": "en",
                "privacy": "on"}  # fmt: skip
        self.ask(f"/en/{CODE}/register/", form)
        if self.answers[-1][1] == 200:
            self.registered.append(email)

    def sign_in(self) -> None:
        self.ask("/en/account/login/")
        self.ask("/en/account/login/", {"login": f"person{self.number}@team.example", "password": PASSWORD})

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        self.over.wait(PAUSE)
        data = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": self.token}).encode() if form else None
        began, body = time.monotonic(), b""
        try:
            with self.opener.open(self.address + path, data, timeout=120) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.answers.append((path, status, time.monotonic() - began))
        return body.decode("utf-8", "replace")


def made(people: int, badges: int) -> tuple:
    """A published summit whose plan has changed since, people with accounts, and registrations to print."""
    from allauth.account.models import EmailAddress

    from sessions.planning import publishing, scheduling
    from summit.models import Message
    from tests import factories as make
    from tests.bench import world

    summit = world.big_summit(CODE, 100)
    publishing.publish(summit)
    for session in summit.sessions.all()[:50]:
        scheduling.place(session, starts_at=make.at(16, 11), ends_at=make.at(16, 12), room=session.room)
    world.register(summit, badges)
    for number in range(people):
        user = make.make_user(f"person{number}@team.example")
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    Message.objects.all().delete()
    return summit, make.make_user("organiser@team.example", summit=summit, role="owner")


def work(summit, by, rows: int) -> dict[str, bool]:
    """What is long, all at once; what came of it."""
    from registration.badges import printing
    from registration.mailing import announcing
    from registration.models import BadgeJob, State
    from sessions.imports import jobs
    from sessions.models import ImportJob
    from tests.bench.imports import sheet_of_people

    chosen = summit.registrations.filter(state=State.CONFIRMED).values_list("pk", flat=True)
    badges = printing.start_job(summit, chosen, layout="A6", by=by)
    job = jobs.start_table(summit, "registrations", "people.csv", sheet_of_people(rows), by=by)
    heading = ["email", "name", "organisation", "country", "category", "attendance", "language"]
    jobs.map_columns(job, heading)

    def state(model, row) -> str:
        return model.objects.values_list("state", flat=True).get(pk=row.pk)

    wait_for(lambda: state(ImportJob, job) in {"done", "refused", "failed"}, DEADLINE)
    version = announcing.publish(summit, by=by)
    writes = jobs.confirm(job, by=by)
    wait_for(lambda: state(ImportJob, writes) in {"done", "refused", "failed"}, DEADLINE)
    wait_for(lambda: state(BadgeJob, badges) in {"done", "failed"}, DEADLINE)
    came_in = summit.registrations.filter(email__startswith="person").count()
    return {f"{rows} rows came in": came_in == rows, "version 2 is public": version.number == 2,
            "badges are drawn": state(BadgeJob, badges) == "done"}  # fmt: skip


def drill(installation: Installation, rows: int, people: int) -> bool:
    from registration.models import Registration

    summit, by = made(people, badges=max(60, rows // 20))
    address, worker = installation.web(), installation.worker()
    web, over = installation.processes[0], threading.Event()
    category = summit.categories.get(code="delegate").pk
    visitors = [Person(address, number, over, category) for number in range(people)]
    try:
        for visitor in visitors:
            visitor.start()
        holds = work(summit, by, rows)
        over.set()
        for visitor in visitors:
            visitor.join(180)
        holds["worker and web server are there"] = (worker.poll(), web.poll()) == (None, None)
    finally:
        over.set()
        installation.close()
    answers = [answer for visitor in visitors for answer in visitor.answers]
    bad = Counter((path, status) for path, status, _took in answers if status == 0 or status >= 400)
    told = [email for visitor in visitors for email in visitor.registered]
    holds[f"no answer is an error {dict(bad) or ''}"] = not bad
    known = Registration.objects.filter(email__in=told).count()
    holds[f"{len(told)} who registered are registered"] = bool(told) and known == len(told)
    well = all(holds.values())
    figures = f"{len(answers)} answers, the longest after {max(took for *_rest, took in answers):.1f} s"
    not_so = "; ".join(what for what, is_so in holds.items() if not is_so)
    print(f"{'PASS' if well else 'FAIL'}  {rows} rows, a publication and badges while {people} people come: {figures}"
          f"{'; not so: ' + not_so if not_so else ''}", flush=True)  # fmt: skip
    return well


def main(rows: int = 5000, people: int = 20) -> int:
    with tempfile.TemporaryDirectory(prefix="summit-drill-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/summit.sqlite3"
        installation = Installation(Path(folder), url, MAIL_URL=f"file://{folder}/mail")
        os.environ.update(installation.environment)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return not drill(installation, rows, people)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
