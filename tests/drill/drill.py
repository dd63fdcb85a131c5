"""``make drill``: two nodes, two workers, PostgreSQL, Redis, an S3 server, a mail server and a proxy as real processes with
people at work on them; each is killed, stopped or slowed in turn, and then it is proven that nothing is lost or doubled.

``ARGS=short`` breaks the four things that break most often, in about a minute. ``ARGS="upgrade REVISION"`` goes from
that release to this one while people are at work.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests import nginx
from tests.bench.world import free_port
from tests.drill import proof
from tests.drill.failover import Failover
from tests.drill.memory import Memory
from tests.drill.mishaps import MISHAPS, Mishap, Scene
from tests.drill.people import Crowd, Visitor
from tests.drill.proof import Proven
from tests.drill.stack import ROOT, Database, Piece, Stack, until

__test__ = False
CODE = "drill"
STEADY = 3.0  # seconds without a failure: pages answer again
DRAINED = 240.0  # seconds until all mail has left: a mail that could not be sent waits a minute, then five


@dataclass(frozen=True)
class Form:
    """How large a drill is. ``warm``: seconds before the first mishap; 0 leaves the memory out."""

    sessions: int
    people: int
    guests: int
    badges: int
    warm: float
    calm: float  # seconds after each mishap


FULL = Form(sessions=120, people=1_500, guests=600, badges=300, warm=60.0, calm=20.0)
SHORT = Form(sessions=30, people=200, guests=100, badges=60, warm=0.0, calm=4.0)
stack = Stack()


def programs() -> None:
    from summit import machine

    if shutil.which("redis-server") is None and not machine.install(["redis-server"]):
        sys.exit("The drill needs Redis: sudo apt-get install redis-server")
    if not machine.nginx():
        sys.exit("The drill needs nginx: sudo apt-get install nginx-light")


def common(folder: Path, *, short: bool = False) -> dict[str, str]:
    """Start what the nodes share; the environment in which they find it. A ``short`` drill has no object storage."""
    programs()
    stack.add(database := Database(folder))
    ports = {name: free_port() for name in ("cache", "mail", "files", "proxy")}
    stack.add(
        Piece(
            "cache", ["redis-server", "--port", str(ports["cache"]), "--save", "", "--appendonly", "no"], folder=folder
        )
    )
    stack.add(Piece("mail", [sys.executable, "-m", "tests.drill.catcher", str(ports["mail"]), str(folder / "caught")]))
    (folder / "caught").touch()
    return ({} if short else object_storage(ports["files"])) | {
        "DATABASE_URL": database.url, "REDIS_URL": f"redis://127.0.0.1:{ports['cache']}/0",
        "MAIL_URL": f"smtp://127.0.0.1:{ports['mail']}", "SITE_URL": f"https://127.0.0.1:{ports['proxy']}", "BEHIND_PROXY": "1", "TRUSTED_PROXIES": "1",
        "SECRET_KEY": secrets.token_urlsafe(50), "TICKET_SIGNING_KEY": secrets.token_urlsafe(50), "DEBUG": "0",
        "RATE_LIMITS": "0", "STAFF_TWO_FACTORS": "0", "DJANGO_SETTINGS_MODULE": "tests.drill.settings" if short else "summit.settings", "LOG_LEVEL": "ERROR",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip


def object_storage(port: int) -> dict[str, str]:
    """A server of S3 behind a relay, and the environment of nodes whose files lie in it."""
    from tests import s3_server

    # What it holds is in its memory: what is killed is the relay.
    server = free_port()
    stack.add(Piece("server of S3", s3_server.command(server)))
    stack.add(Piece("files", [sys.executable, "-m", "tests.drill.relay", str(port), str(server)]))
    address = f"http://127.0.0.1:{port}"
    client = s3_server.client(address)
    buckets = {"S3_PUBLIC_BUCKET": "open", "S3_PRIVATE_BUCKET": "closed"}

    def made() -> bool:
        try:
            return all(client.create_bucket(Bucket=name) for name in buckets.values())
        except Exception:  # not there yet
            return False

    until(made, 120, "The object storage")
    return {**s3_server.KEYS, **buckets, "S3_ENDPOINT": address, "S3_REGION": "us-east-1"}


def installation(folder: Path, environment: dict[str, str]) -> None:
    """Migrated, with static files, as this process sees it."""
    os.environ.update(environment, VAR_DIR=str(folder / "here"))
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    django.setup()

    def answers() -> bool:
        try:
            connection.ensure_connection()
        except DatabaseError:
            return False
        return True

    until(answers, 60, "The database")
    call_command("migrate", verbosity=0)


def gather(release: Path, environment: dict[str, str], disk: Path) -> None:
    """The static files of a release, on the disk of a node; those of another release stay beside them."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=release, env={**os.environ, **environment, "VAR_DIR": str(disk)}, check=True)


def programme(crowd: Crowd, form: Form = FULL) -> Any:
    """A summit with people who have come, some who will, a desk, and an organiser."""
    from django.conf import settings

    from registration.models import Booking
    from sessions.planning import publishing
    from tests import factories as make
    from tests.bench import world

    summit = world.big_summit(CODE, form.sessions)
    world.register(summit, form.people)
    make.make_desk(summit, "main")
    make.make_places(summit, 100_000)
    here = summit.registrations.filter(state="confirmed", attendance="in_person")
    summit.quotas.filter(attendance="in_person").update(taken=here.count())
    publishing.publish(summit)
    guests = list(here.order_by("pk")[: form.guests])
    crowd.guests = [str(guest.guid) for guest in guests]
    seated = list(summit.sessions.order_by("pk")[:20])
    Booking.objects.bulk_create(
        Booking(registration=guest, session=seated[n % len(seated)], state=Booking.State.BOOKED)
        for n, guest in enumerate(guests)
    )
    crowd.category = str(summit.categories.order_by("pk")[0].pk)
    name = settings.SESSION_COOKIE_NAME
    crowd.desk_cookie = f"{name}={world.organiser_of(summit).cookies[name].value}"
    return summit


def nodes(folder: Path, environment: dict[str, str], release: Path = ROOT, *, gathered: bool = True) -> list[int]:
    """Both nodes of a release, each with a disk of its own; the ports they answer on."""
    ports, first = [free_port(), free_port()], folder / "node-1"
    for number, port in enumerate(ports, 1):
        disk = folder / f"node-{number}"
        disk.mkdir()
        if gathered and number == 1:
            gather(release, environment, disk)
        elif gathered:
            shutil.copytree(first / "static", disk / "static")
        own = {**environment, "VAR_DIR": str(disk), "HOST": "127.0.0.1", "PORT": str(port)}
        for name in ("web", "worker"):
            stack.add(Piece(f"node {number} {name}", started_by(release, name), own, release))
    return ports


def started_by(release: Path, name: str) -> list[str]:
    """The command of a line of its Procfile."""
    lines = dict(line.split(": ", 1) for line in (release / "Procfile").read_text().splitlines() if ": " in line)
    return ["sh", "-c", f"exec {lines[name].removeprefix('exec ')}"]


def proxy(folder: Path, ports: list[int], environment: dict[str, str]) -> None:
    """nginx as it is deployed, with TLS."""
    place = folder / "proxy"
    place.mkdir()
    nginx.certificate(place)
    stack.add(Piece("proxy", configure_proxy(place, ports, environment["SITE_URL"]), folder=folder))


@lru_cache
def plain_port(place: Path) -> int:
    """On which it leads to https."""
    return free_port()


def configure_proxy(place: Path, ports: list[int], site: str = "") -> list[str]:
    """It leads to these nodes, one or two; the command that runs it."""
    port = int((site or os.environ["SITE_URL"]).rpartition(":")[2])
    nodes = [f"127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[-1]}"]
    from summit import machine

    return nginx.configured(machine.nginx(), place, nginx.values(port, plain_port(place), nodes, place))


def draw_badges(summit: Any, number: int) -> Any:
    """Ask for a batch of badges: the job."""
    from registration.badges import printing
    from summit.models import User

    by = User.objects.filter(memberships__summit=summit, memberships__role="organiser").first()
    rows = summit.registrations.filter(state="confirmed").order_by("pk").values_list("pk", flat=True)
    return printing.start_job(summit, list(rows[:number]), layout="A6", by=by)


def task_of(job: Any) -> Any:
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects.filter(args_kwargs__args__0=str(job.pk)).latest("enqueued_at").pk


def publish(summit: Any) -> tuple[Any, int]:
    """A version is published that moves sessions: (version, people to tell)."""
    from registration.mailing import announcing
    from sessions.models import Placement
    from sessions.planning import publishing
    from summit.models import User

    by = User.objects.filter(memberships__summit=summit, memberships__role="organiser").first()
    moved = list(summit.sessions.order_by("pk")[:20])
    Placement.objects.bulk_create(
        Placement(session=s, room=s.room, starts_at=s.starts_at + timedelta(minutes=15), ends_at=s.ends_at + timedelta(minutes=15))
        for s in moved
    )  # fmt: skip
    affected = announcing.affected(summit, publishing.preview(summit)).mailed
    return announcing.publish(summit, by=by), affected


def forget_the_connection() -> None:
    from django.db import connection

    connection.close()


def drained(summit: Any) -> bool:
    """Wait until everything that was queued is done, or for as long as that may take."""
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult

    from summit.models import Message

    deadline = time.monotonic() + DRAINED
    while time.monotonic() < deadline:
        waiting = Message.objects.filter(summit=summit).exclude(state__in=["sent", "failed"]).exists()
        soon = timezone.now() + timedelta(seconds=DRAINED)
        # Also what a worker has put back when the database went away, for a little later.
        tasks = DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exclude(run_after__gt=soon)
        if not waiting and not tasks.exists():
            return True
        time.sleep(1)
    return False


def broken(crowd: Crowd, wanted: list[Mishap], scene: Scene, calm: float) -> list[Proven]:
    """Each in turn; the next one comes when pages answer again, at the earliest after ``calm`` seconds."""
    rows = []
    for mishap in wanted:
        print(f"      {mishap.name} …", flush=True)
        if mishap.taken_up_before:
            scene.failover.wait()
        begun, first = time.monotonic(), len(crowd.ledger.seen)
        # The one from before the database was away is of no use.
        forget_the_connection()
        mishap.happens(scene)
        over = time.monotonic()
        time.sleep(calm)
        while time.monotonic() < over + proof.WHOLE_AGAIN and any(
            not each.good and each.at > time.monotonic() - STEADY for each in crowd.ledger.seen[first:]
        ):
            time.sleep(0.2)
        rows.append(proof.whole_again(mishap.name, mishap.unseen, begun, over, crowd.ledger.seen[first:]))
        print(f"          {rows[-1].told}", flush=True)
    return rows


def warmed(summit: Any, form: Form) -> list[Any]:
    """Everything has been read and drawn once, by each worker: the batches of badges."""
    jobs = [draw_badges(summit, form.badges) for _worker in range(2)]
    began = time.monotonic()
    until(lambda: not type(jobs[0]).objects.filter(state__in=["queued", "running"]).exists(), 240, "The first badges")
    time.sleep(max(0.0, form.warm - (time.monotonic() - began)))
    return jobs


def main(*arguments: str) -> int:
    form = SHORT if "short" in arguments else FULL
    wanted = [mishap for mishap in MISHAPS if mishap.in_short or form is FULL]
    folder = stack.folder
    began = time.monotonic()
    try:
        environment = common(folder, short=form is SHORT)
        installation(folder, environment)
        crowd = Crowd(environment["SITE_URL"], CODE)
        summit = programme(crowd, form)
        proxy(folder, nodes(folder, environment, gathered=form is not SHORT), environment)
        stack.keep_alive()
        wanted = [mishap for mishap in wanted if mishap.needs in stack.pieces]
        at_work(crowd)
        memory = Memory(stack)
        print(f"      everything is there after {time.monotonic() - began:.0f} s", flush=True)
        jobs = warmed(summit, form) if form.warm else []
        version, people = publish(summit)

        def draw() -> Any:
            jobs.append(draw_badges(summit, form.badges))
            return task_of(jobs[-1])

        scene = Scene(stack, Failover(stack), draw)
        rows = broken(crowd, wanted, scene, form.calm)
        crowd.go_home()
        forget_the_connection()
        rows += [
            scene.failover.proven(),
            proof.failover_of_the_web(
                rows, {one.name for one in wanted if one.unseen and ("web" in one.name or "node" in one.name)}
            ),
        ]
        drained(summit)
        kills = sum(mishap.kills for mishap in wanted)
        rows += [
            proof.registrations(crowd.ledger, summit),
            proof.check_ins(crowd.ledger, summit),
            proof.mails(folder / "caught", crowd.ledger, summit, kills),
            proof.badges(jobs),
            proof.notices(version, people),
            *([memory.proven(form.warm)] if form.warm else []),
        ]
        print(f"      {len(crowd.ledger.seen):,} requests, {time.monotonic() - began:.0f} s in all", flush=True)
        return told(rows)
    finally:
        stack.end()
        if "keep" not in arguments:
            shutil.rmtree(folder, ignore_errors=True)


def at_work(crowd: Crowd) -> None:
    """Everybody comes once both nodes answer."""
    visitor = Visitor(crowd.origin, crowd.ledger, "first")
    until(lambda: all(visitor.ask(f"/ko/{CODE}/")[0] == 200 for _node in range(4)), 120, "The site")
    crowd.ledger.seen.clear()
    crowd.send(3, crowd.read)
    crowd.send(2, crowd.register)
    crowd.send(1, crowd.stand_at_the_desk)


def told(rows: list[Proven]) -> int:
    width = max(len(row.name) for row in rows)
    for row in rows:
        print(f"{'PASS' if row.holds else 'FAIL'}  {row.name:{width}}  {row.told}", flush=True)
    return not all(row.holds for row in rows)
