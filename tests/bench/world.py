"""A scratch installation for benchmarks: its own folder, database, static files and server."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

__test__ = False


def prepare() -> Path:
    """Point this process at an empty scratch installation, migrated and with static files; returns its folder."""
    folder = Path(tempfile.mkdtemp(prefix="summit-bench-"))
    os.environ.update(
        VAR_DIR=str(folder), DEBUG="0", SITE_URL="http://localhost", DJANGO_SETTINGS_MODULE="summit.settings"
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def big_summit(code: str, sessions: int, *, rooms: int = 12, people: int = 120):
    """A published summit with that many sessions over three days, two people and a host each."""
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
        Speaker(summit=summit, code=f"p{n:05}", name=f"연사 {n}", name_romanised=f"Speaker Number {n}")
        for n in range(1, people + 1)
    ]
    speakers = Speaker.objects.bulk_create(names)
    made = Session.objects.bulk_create(_session(summit, n, places, tracks) for n in range(sessions))
    bill = {
        "affiliation": {"ko": "행정개혁시민연합", "en": "Citizens' Coalition"},
        "job_title": {"ko": "사무총장", "en": "Secretary General"},
    }
    SessionHost.objects.bulk_create(
        SessionHost(session=s, organisation=hosts[n % 15], order=1) for n, s in enumerate(made)
    )
    Appearance.objects.bulk_create(
        Appearance(session=s, speaker=speakers[number % people], order=order, **bill)
        for n, s in enumerate(made)
        for order, number in enumerate((n, n * 7 + 3), 1)
    )
    return summit


def _session(summit, n: int, rooms: list, tracks: list):
    from django.utils import timezone

    from sessions.models import Session
    from tests import factories as make

    start = make.at(15 + n % 3, 9) + timedelta(minutes=30 * (n // (3 * len(rooms)) % 16))
    return Session(
        summit=summit, code=f"S{n:05}", starts_at=start, ends_at=start + timedelta(minutes=45), room=rooms[n // 3 % len(rooms)],
        track=tracks[n % 3], interpretation=["en"], published_at=timezone.now(), access=["captions"] if n % 5 == 0 else [],
        title={"ko": f"열린정부 세션 {n}: 시민과 정부가 함께 여는 논의의 자리", "en": f"Session {n}: citizens and government open a discussion"},
        abstract={"ko": "시민과 정부가 함께 논의합니다. " * 6, "en": "Citizens and government discuss together. " * 6},
    )  # fmt: skip


@contextmanager
def server() -> Iterator[str]:
    """The product's server with two workers, as the Procfile starts it; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "summit.wsgi:application", "--host", "127.0.0.1",
               "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "error"]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ)
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(600):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


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


def verdict(name: str, holds: bool, figure: str) -> bool:
    print(f"{'PASS' if holds else 'FAIL'}  {name}: {figure}", flush=True)
    return holds
