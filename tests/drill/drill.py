"""``make drill``: two nodes, two workers, PostgreSQL, Redis, an S3 server, a mail server and a proxy as real processes with
people at work on them; each is killed, stopped or slowed in turn, and then it is proven that nothing is lost or doubled.

``ARGS=short`` breaks the four things that break most often, in about two minutes. ``ARGS="upgrade REVISION"`` goes from
that release to this one while people are at work.
"""

import importlib.util
import os
import secrets
import shutil
import string
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.world import free_port
from tests.drill import proof
from tests.drill.mishaps import MISHAPS, Mishap
from tests.drill.people import Crowd, Visitor
from tests.drill.proof import Proven
from tests.drill.stack import ROOT, Database, Piece, Stack, scratch, until

__test__ = False
CODE, SESSIONS, PEOPLE, GUESTS = "drill", 120, 1_500, 400
WARM, CALM = 15.0, 20.0  # seconds before the first mishap, and after each
DRAINED = 240.0  # seconds until all mail has left: a mail that could not be sent waits a minute, then five
MEMORY = 1.10  # times what a process held when it was warm
stack = Stack(scratch())


def common(folder: Path) -> dict[str, str]:
    """Start what the nodes share; the environment in which they find it."""
    stack.add(database := Database(folder))
    ports = {name: free_port() for name in ("cache", "mail", "files", "proxy")}
    stack.add(
        Piece(
            "cache", ["redis-server", "--port", str(ports["cache"]), "--save", "", "--appendonly", "no"], folder=folder
        )
    )
    stack.add(Piece("mail", [sys.executable, "-m", "tests.drill.catcher", str(ports["mail"]), str(folder / "caught")]))
    (folder / "caught").touch()
    return object_storage(ports["files"]) | {
        "DATABASE_URL": database.url, "REDIS_URL": f"redis://127.0.0.1:{ports['cache']}/0",
        "MAIL_URL": f"smtp://127.0.0.1:{ports['mail']}", "SITE_URL": f"http://127.0.0.1:{ports['proxy']}",
        "SECRET_KEY": secrets.token_urlsafe(50), "TICKET_SIGNING_KEY": secrets.token_urlsafe(50), "DEBUG": "0",
        "RATE_LIMITS": "0", "STAFF_TWO_FACTORS": "0", "DJANGO_SETTINGS_MODULE": "summit.settings", "LOG_LEVEL": "ERROR",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip


def object_storage(port: int) -> dict[str, str]:
    """A server of S3, where its packages are here (the group ``s3``); without one each node keeps files on its own disk."""
    if any(importlib.util.find_spec(name) is None for name in ("boto3", "moto", "storages", "flask_cors")):
        print("      without an object storage: the packages of the group s3 are not here", flush=True)
        return {}
    import boto3

    keys = {"S3_ACCESS_KEY": "drill", "S3_SECRET_KEY": secrets.token_urlsafe(20)}
    address = f"http://127.0.0.1:{port}"
    stack.add(Piece("files", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]))
    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id=keys["S3_ACCESS_KEY"],
                          aws_secret_access_key=keys["S3_SECRET_KEY"])  # fmt: skip

    def made() -> bool:
        try:
            return all(client.create_bucket(Bucket=name) for name in ("open", "closed"))
        except Exception:  # not there yet
            return False

    until(made, 60, "The object storage")
    return {
        **keys,
        "S3_ENDPOINT": address,
        "S3_REGION": "us-east-1",
        "S3_PUBLIC_BUCKET": "open",
        "S3_PRIVATE_BUCKET": "closed",
    }


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

    until(answers, 30, "The database")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def programme(crowd: Crowd) -> Any:
    """A summit with people who have come, some who will, a desk, and an organiser."""
    from registration.models import Booking
    from sessions.planning import publishing
    from tests import factories as make
    from tests.bench import world

    summit = world.big_summit(CODE, SESSIONS)
    world.register(summit, PEOPLE)
    make.make_desk(summit, "main")
    make.make_places(summit, 100_000)
    here = summit.registrations.filter(state="confirmed", attendance="in_person")
    summit.places.filter(attendance="in_person").update(taken=here.count())
    publishing.publish(summit)
    guests = list(here.order_by("pk")[:GUESTS])
    crowd.guests = [str(guest.guid) for guest in guests]
    seated = list(summit.sessions.order_by("pk")[:20])
    Booking.objects.bulk_create(
        Booking(registration=guest, session=seated[n % len(seated)], state=Booking.State.BOOKED)
        for n, guest in enumerate(guests)
    )
    crowd.category = str(summit.categories.order_by("pk")[0].pk)
    crowd.desk_cookie = f"sessionid={world.organiser_of(summit).cookies['sessionid'].value}"
    return summit


def nodes(folder: Path, environment: dict[str, str], release: Path = ROOT) -> list[int]:
    """Both nodes of a release, each with a disk of its own; the ports they answer on."""
    ports = [free_port(), free_port()]
    for number, port in enumerate(ports, 1):
        disk = folder / f"node-{number}"
        disk.mkdir()
        shutil.copytree(folder / "here" / "static", disk / "static")
        own = {**environment, "VAR_DIR": str(disk), "HOST": "127.0.0.1", "PORT": str(port)}
        for name in ("web", "worker"):
            stack.add(Piece(f"node {number} {name}", started_by(release, name), own, release))
    return ports


def started_by(release: Path, name: str) -> list[str]:
    """The command of a line of its Procfile."""
    lines = dict(line.split(": ", 1) for line in (release / "Procfile").read_text().splitlines() if ": " in line)
    return ["sh", "-c", f"exec {lines[name].removeprefix('exec ')}"]


def proxy(folder: Path, ports: list[int], environment: dict[str, str]) -> None:
    from summit import machine

    if not (nginx := machine.nginx()):
        sys.exit("The drill needs nginx: sudo apt-get install nginx")
    text = string.Template((Path(__file__).parent / "nginx.conf").read_text())
    port = environment["SITE_URL"].rpartition(":")[2]
    (folder / "nginx.conf").write_text(text.substitute(FOLDER=folder, FIRST=ports[0], SECOND=ports[1], PORT=port))
    stack.add(Piece("proxy", [nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder)], folder=folder))


def busy_days(crowd: Crowd, summit: Any) -> tuple[list[Any], Any, int]:
    """A batch of badges is asked for, and a version is published that moves sessions: (jobs, version, people to tell)."""
    from registration.badges import printing
    from registration.mailing import announcing
    from sessions.models import Placement
    from sessions.planning import publishing
    from summit.models import User

    by = User.objects.filter(memberships__summit=summit, memberships__role="organiser").first()
    rows = summit.registrations.filter(state="confirmed").order_by("pk").values_list("pk", flat=True)
    job = printing.start_job(summit, list(rows[:600]), layout="A6", by=by)
    moved = list(summit.sessions.order_by("pk")[:20])
    Placement.objects.bulk_create(
        Placement(session=s, room=s.room, starts_at=s.starts_at + timedelta(minutes=15), ends_at=s.ends_at + timedelta(minutes=15))
        for s in moved
    )  # fmt: skip
    affected = announcing.affected(summit, publishing.preview(summit)).mailed
    return [job], announcing.publish(summit, by=by), affected


def forget_the_connection() -> None:
    """The one from before the database was away is of no use."""
    from django.db import connection

    connection.close()


def drained(summit: Any) -> bool:
    """Wait until everything that was queued is done, or for as long as that may take."""
    from django_tasks_db.models import DBTaskResult

    from summit.models import Message

    deadline = time.monotonic() + DRAINED
    while time.monotonic() < deadline:
        waiting = Message.objects.filter(summit=summit).exclude(state__in=["sent", "failed"]).exists()
        if not waiting and not DBTaskResult.objects.filter(status="RUNNING").exists():
            return True
        time.sleep(1)
    return False


def held() -> dict[int, float]:
    """MB of each process of the nodes."""
    found = {}
    for name, piece in stack.pieces.items():
        for pid in [piece.process.pid] if name.endswith("worker") and piece.process else piece.children():
            status = Path(f"/proc/{pid}/status")
            if name.startswith("node") and status.exists():
                [size] = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS")]
                found[pid] = int(size) / 1024
    return found


def broken(crowd: Crowd, wanted: list[Mishap]) -> list[Proven]:
    rows = []
    for mishap in wanted:
        print(f"      {mishap.name} …", flush=True)
        mishap.happens(stack)
        over = time.monotonic()
        time.sleep(CALM)
        failed, last = proof.whole_again(over, time.monotonic(), list(crowd.ledger.seen))
        told = f"{failed} answers failed afterwards, the last after {last:.1f} s"
        rows.append(Proven(mishap.name, last < proof.WHOLE_AGAIN, told))
    return rows


def main(*arguments: str) -> int:
    wanted = [mishap for mishap in MISHAPS if mishap.in_short] if "short" in arguments else MISHAPS
    folder = stack.folder
    try:
        environment = common(folder)
        installation(folder, environment)
        crowd = Crowd(environment["SITE_URL"], CODE)
        summit = programme(crowd)
        proxy(folder, nodes(folder, environment), environment)
        stack.keep_alive()
        wanted = [mishap for mishap in wanted if mishap.needs in stack.pieces]
        visitor = Visitor(crowd.origin, crowd.ledger, "first")
        until(lambda: visitor.ask(f"/ko/{CODE}/")[0] == 200, 120, "The site")
        crowd.ledger.seen.clear()
        crowd.send(3, crowd.read)
        crowd.send(2, crowd.register)
        crowd.send(1, crowd.stand_at_the_desk)
        time.sleep(WARM)
        warm = held()
        jobs, version, people = busy_days(crowd, summit)
        rows = broken(crowd, wanted)
        crowd.go_home()
        forget_the_connection()
        drained(summit)
        kills = sum(mishap.kills for mishap in wanted)
        rows += [
            proof.registrations(crowd.ledger, summit),
            proof.check_ins(crowd.ledger, summit),
            proof.mails(folder / "caught", crowd.ledger, summit, kills),
            proof.badges(jobs),
            proof.notices(version, people),
            flat(warm, held()),
        ]
        return told(rows)
    finally:
        stack.end()
        if "keep" not in arguments:
            shutil.rmtree(folder, ignore_errors=True)


def flat(warm: dict[int, float], now: dict[int, float]) -> Proven:
    grown = {pid: now[pid] / size for pid, size in warm.items() if pid in now}
    most = max(grown.values(), default=0.0)
    return Proven(
        "memory of processes that lived through it", most <= MEMORY, f"{len(grown)} processes, at most {most:.2f} times"
    )


def told(rows: list[Proven]) -> int:
    width = max(len(row.name) for row in rows)
    for row in rows:
        print(f"{'PASS' if row.holds else 'FAIL'}  {row.name:{width}}  {row.told}", flush=True)
    return not all(row.holds for row in rows)
