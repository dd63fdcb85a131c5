"""A scratch installation for benchmarks: its own folder, database, static files and server."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from tests.bench.unit import Figure, Units

__test__ = False


def prepare() -> Path:
    """Point this process at an empty scratch installation, migrated and with static files; returns its folder."""
    folder = Path(tempfile.mkdtemp(prefix="summit-bench-"))
    os.environ.update(
        VAR_DIR=str(folder),
        DEBUG="0",
        SITE_URL="http://localhost",
        DJANGO_SETTINGS_MODULE="summit.settings",
        LOG_LEVEL="ERROR",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return folder


# As in the programme of 2021: seven people a session, a hundred and thirty characters of Korean, three hundred of English.
TOGETHER, KOREAN, ENGLISH = 6, 22, 40
SYLLABLES = "가각간감강개거건검겨경계고공관광교구국군권규금기길나남내녹농능다단당대도동드디라래레력령로론료류리림마만명모목무문미민바반발방법변별병보복본부분비사산상생서석선설성세소속송수스시식신실심아안애양어업여역연영예오옥완외요용우운원위유율은의이인일입자작장재저전정제조종주중지직진차참창책천청체초추출충치코크태터토통투특파판편평포표품프하학한합해행향허혁현협형호화환활회획효"
STEMS = "act aid audit budget build care child cit civic clim clean co com con count court dat debt dem dig dis edu elect en equ eth fair farm fin for free fund gov grant green heal help home hope house in inn just key land law lead learn local mayor media meet min mode nation net off open order pact part pay peace plan pol port pub reach reform rights road rule rural safe school science serv share social state sus tax team tech trans trust town union vote water women work youth".split()
ENDS = "able age al ance ation ed ence er ful ible ic ing ion ism ist ity ive ly ment ness or ship tion ure ward ways".split()


@lru_cache(maxsize=2000)
def words_of(number: int) -> tuple[list[str], list[str]]:
    """Words of the number's own, Korean and English: as many different ones as people who write would use."""
    chance = random.Random(number)
    korean = ["".join(chance.choices(SYLLABLES, k=chance.choice((2, 2, 3, 3, 4)))) for _word in range(KOREAN)]
    return korean, [chance.choice(STEMS) + chance.choice(ENDS) for _word in range(ENGLISH)]


def name_of(number: int) -> tuple[str, str]:
    """The name of a person and its romanisation; ten thousand are all different."""
    chance = random.Random(f"person {number}")
    korean = "".join(chance.choices(SYLLABLES, k=3))
    return korean, f"{chance.choice(STEMS).title()}{chance.choice(ENDS)} {chance.choice(STEMS).title()}-{number}"


def big_summit(code: str, sessions: int, *, rooms: int = 12, people: int = 120):
    """A published summit with that many sessions over three days: six people and a host each, and words of its own."""
    from sessions.models import Appearance, Session, SessionHost
    from speakers.models import Speaker
    from tests import factories as make

    summit = make.make_summit(code)
    venue = make.make_venue(summit)
    places = [
        make.make_room(summit, f"room-{n}", venue=venue, order=n, name={"ko": f"회의실 {n}", "en": f"Room {n}"})
        for n in range(1, rooms + 1)
    ]
    tracks = [make.make_track(summit, f"track-{n}", order=n) for n in range(1, 4)]
    hosts = [make.make_organisation(summit, f"host-{n}") for n in range(1, 16)]
    names = [
        Speaker(summit=summit, code=f"p{n:05}", name=f"{name_of(n)[0]} {n}", name_romanised=name_of(n)[1])
        for n in range(1, people + 1)
    ]
    speakers = Speaker.objects.bulk_create(names)
    made = Session.objects.bulk_create((_session(summit, n, places, tracks) for n in range(sessions)), batch_size=500)
    SessionHost.objects.bulk_create(
        SessionHost(session=s, organisation=hosts[n % 15], order=1) for n, s in enumerate(made)
    )
    bills = [_bill(number) for number in range(people)]
    Appearance.objects.bulk_create(
        (
            Appearance(session=s, speaker=speakers[number], order=order, **bills[number])
            for n, s in enumerate(made)
            for order, number in enumerate(_together(n, people), 1)
        ),
        batch_size=1000,
    )
    return summit


def _together(n: int, people: int) -> list[int]:
    """Which people are in a session: distinct ones, neighbours of few others, everybody about equally often."""
    return list(dict.fromkeys((n * step + step) % people for step in (1, 7, 11, 13, 17, 19)))


def _bill(number: int) -> dict[str, dict[str, str]]:
    """What stands below a person's name in the agenda."""
    korean, english = words_of(-number - 1)
    return {
        "affiliation": {
            "ko": f"{korean[0]}{korean[1]}연구원",
            "en": f"Institute for {english[0]} {english[1]}".title(),
        },
        "job_title": {"ko": f"{korean[2]} 사무총장", "en": f"Secretary for {english[2]}".title()},
    }


def _session(summit, n: int, rooms: list, tracks: list):
    from django.utils import timezone

    from sessions.models import Session
    from tests import factories as make

    korean, english = words_of(n)
    start = make.at(15 + n % 3, 9) + timedelta(minutes=30 * (n // (3 * len(rooms)) % 16))
    return Session(
        summit=summit, code=f"S{n:05}", starts_at=start, ends_at=start + timedelta(minutes=45), room=rooms[n // 3 % len(rooms)],
        track=tracks[n % 3], interpretation=["en"], published_at=timezone.now(), access=["captions"] if n % 5 == 0 else [],
        title={"ko": f"열린정부 세션 {n}: 시민과 정부가 함께 여는 {' '.join(korean[:3])}", "en": f"Session {n}: citizens and government open {' '.join(english[:3])}"},
        abstract={"ko": f"시민과 정부가 함께 논의합니다. {' '.join(korean)}.", "en": f"Citizens and government discuss together. {' '.join(english)}."},
    )  # fmt: skip


def registered(code: str, count: int):
    """A summit with so many confirmed registrations, each of a name, an organisation and an address of its own."""
    from tests import factories as make

    summit = make.make_summit(code)
    register(summit, count)
    return summit


def register(summit, count: int) -> None:
    """``count`` people for a summit: nineteen of twenty confirmed, the others in every other state; a third online."""
    from registration.models import Registration, State
    from tests import factories as make

    categories = [make.make_category(summit, category) for category in ("delegate", "press", "speaker")]
    others = [State.PENDING, State.WAITLISTED, State.CANCELLED, State.REJECTED]
    names = (name_of(n) for n in range(count))
    Registration.objects.bulk_create(
        (
            Registration(
                summit=summit, category=categories[n % 3], name=korean, name_romanised=romanised,
                state=State.CONFIRMED if n % 20 else others[n // 20 % 4], country=("KR", "KE", "FR", "PE")[n % 4],
                attendance="online" if n % 3 == 2 else "in_person", language=("ko", "en")[n % 2],
                email=f"p{n}@people.example", organisation=f"{words_of(n % 900)[0][0]} 기관 {n % 900}",
            )
            for n, (korean, romanised) in enumerate(names)
        ),
        batch_size=1000,
    )  # fmt: skip


def make_accounts(summit) -> None:
    """An account with a proven address for everybody registered."""
    from allauth.account.models import EmailAddress

    from registration.models import Registration
    from summit.models import User

    known = {
        f"{summit.code}.{email}": (pk, name)
        for pk, email, name in summit.registrations.values_list("pk", "email", "name")
    }
    users = User.objects.bulk_create(
        (User(email=email, name=name, password="!") for email, (_pk, name) in known.items()), batch_size=1000
    )
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users), batch_size=1000
    )
    Registration.objects.bulk_update(
        (Registration(pk=known[user.email][0], user=user) for user in users), ["user"], batch_size=1000
    )


def organiser_of(summit):
    """A client signed in as an organiser of ``summit``, and as nobody else."""
    from django.conf import settings
    from django.test import Client

    from tests import factories as make

    # The second factor is asked for elsewhere; what is measured are the pages.
    settings.STAFF_TWO_FACTORS = False
    os.environ["STAFF_TWO_FACTORS"] = "0"
    client = Client(SERVER_NAME="localhost")
    user = make.make_user(f"organiser@{summit.code}.example", summit=summit, role="organiser")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def line_of(name: str, application: str = "summit.wsgi:application") -> list[str]:
    """The command of a line of the Procfile, with another ``application`` in place of the site where that is wanted."""
    from summit.operating import supervisor

    command = supervisor.commands((supervisor.BASE_DIR / "Procfile").read_text(encoding="utf-8"))[name]
    programs = Path(sys.executable).parent
    return ["sh", "-c", f"PATH={programs}:$PATH; {command.replace('summit.wsgi:application', application)}"]


class Served(str):
    """The address of a server, which knows how much processor time its processes have taken."""

    process: subprocess.Popen[bytes]

    def processor_time(self) -> float:
        """Seconds, of all its processes."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in (pid, *children)]
        return sum(int(user) + int(system) for user, system in (each[11:13] for each in fields)) / os.sysconf(
            "SC_CLK_TCK"
        )

    def memory(self) -> float:
        """MB that the largest of its processes holds."""
        return max(self.held().values())

    def held(self, kind: str = "VmRSS") -> dict[int, float]:
        """MB that each of its processes which answer holds, by the process's number; ``RssAnon`` leaves out pages of files
        (of SQLite as far as it is mapped), which the system takes back when it wants them."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found = {each: re.search(rf"{kind}:\s+(\d+)", Path(f"/proc/{each}/status").read_text()) for each in children}
        return {int(each): int(rss[1]) / 1024 for each, rss in found.items() if rss}


@contextmanager
def server(application: str = "summit.wsgi:application", **more: str) -> Iterator[Served]:
    """``application`` as the Procfile starts the site, with ``more`` in its environment; yields its address."""
    port = free_port()
    placed = {"HOST": "127.0.0.1", "PORT": str(port), **more}
    process = subprocess.Popen(line_of("web", application), env={**os.environ, **placed})
    address = Served(f"http://127.0.0.1:{port}")
    address.process = process
    try:
        for _attempt in range(600):
            try:
                urllib.request.urlopen(address, timeout=20).read()
                break
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def fetch(address: str, path: str, cookie: str = "") -> bytes:
    """What the server answers to whoever has this cookie."""
    with urllib.request.urlopen(urllib.request.Request(address + path, headers={"Cookie": cookie})) as answer:
        return answer.read()


@contextmanager
def as_in_production() -> Iterator[dict[str, str]]:
    """The environment of an installation with a PostgreSQL database and a Redis, both made for this and gone after it."""
    import psycopg

    found = subprocess.run(
        [sys.executable, "-m", "summit.machine", "postgresql"], check=False, capture_output=True, text=True
    )
    if found.returncode:
        sys.exit(found.stderr)
    server, name = found.stdout.strip().splitlines()[-1], f"summit_bench_{os.getpid()}"
    with redis() as address, psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {**os.environ, "DATABASE_URL": f"{server.rpartition('/')[0]}/{name}", "REDIS_URL": address}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def redis() -> Iterator[str]:
    from summit import machine

    if shutil.which("redis-server") is None and not machine.install(["redis-server"]):
        sys.exit("This benchmark needs Redis: sudo apt-get install redis-server")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def pid_at(redis_url: str) -> int:
    """The number of the process of a Redis."""
    import redis as client

    with client.from_url(redis_url) as server:
        return int(server.info("server")["process_id"])


def load(url: str, *headers: str, seconds: int = 4, connections: int = 32) -> float:
    """Requests per second that wrk gets from ``url``; every answer must be 2xx or 3xx."""
    from summit import machine

    if shutil.which("wrk") is None and not machine.install(["wrk"]):
        sys.exit("This benchmark needs wrk: sudo apt-get install wrk")
    extra = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *extra, url]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", report):
        sys.exit(f"{url}: {bad[1]} answers were errors")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])


def loaded(address: Served, path: str, *headers: str) -> tuple[Figure, float]:
    """(processor time of the server for one answer, answers per second) under a second of load, the better of two."""
    figures = []
    for _turn in range(2):
        before, units = address.processor_time(), Units(time.process_time)
        rate = load(address + path, *headers, seconds=1)
        units.again()
        # wrk stops after its second; the few answers under way by then do not matter.
        figures.append((Figure((address.processor_time() - before) / rate, units.least), rate))
    return min(figures, key=lambda each: each[0].units)


def within(name: str, figure: Figure, most: float, extra: str = "", *, also: bool = True) -> bool:
    """Whether ``figure`` takes less than ``most`` units, and ``also`` holds; ``extra`` is told beside it."""
    told = f"{figure} of {most:,g}{'; ' if extra else ''}{extra}"
    return verdict(name, figure.units < most and also, told)


def verdict(name: str, holds: bool, figure: str) -> bool:
    print(f"{'PASS' if holds else 'FAIL'}  {name}: {figure}", flush=True)
    return holds
