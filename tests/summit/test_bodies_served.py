"""The web server as the Procfile starts it, before clients that mean no good: without a proxy in front."""

import os
import re
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.bench.world import free_port
from tests.processes import answers, children, environment, running
from tests.waiting import wait_for

HEAD = "POST /en/account/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\nContent-Type: {kind}\r\n\r\n"
FORM, FILE = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.fixture(scope="module")
def served(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("site")
    (folder / "tmp").mkdir()
    port = free_port()
    with django_db_blocker.unblock():
        env = environment(folder, HOST="127.0.0.1", PORT=str(port), WEB_WORKERS="2", WEB_THREADS="4",
                          WEB_HEADER_TIMEOUT="1", TMPDIR=str(folder / "tmp"), SITE_URL=f"http://127.0.0.1:{port}")  # fmt: skip
    log = folder / "log.txt"
    with running([sys.executable, "-m", "summit.operating.supervisor", "web"], env, log) as process:
        found = Site(process, port, folder)
        assert wait_for(lambda: answers(f"{found.url}/en/account/login/") == 200), log.read_text()
        yield found


@pytest.fixture
def site(served):
    yield served
    while served.opened:
        served.opened.pop().close()


class Site:
    def __init__(self, process, port, folder):
        self.process, self.port, self.folder, self.url = process, port, folder, f"http://127.0.0.1:{port}"
        self.opened = []

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), 60)
        self.opened.append(client)
        return client

    def begin(self, length, kind=FORM, body=b""):
        client = self.connect()
        client.sendall(HEAD.format(length=length, kind=kind).encode() + body)
        return client


def answer_of(client):
    """Its status, once all of it is here and the server has closed the connection."""
    whole = b""
    while piece := client.recv(65_536):
        whole += piece
    return int(re.match(rb"HTTP/1.1 (\d+)", whole)[1])


def open_files(site):
    """Of all its processes, and what lies in its folder: files that take room on the disk. What is gone takes none."""
    found = []
    folders = [Path(f"/proc/{each.pid}/fd") for each in children(site.process.pid)]
    for folder in (*folders, site.folder / "tmp"):
        with suppress(FileNotFoundError, ProcessLookupError):
            for link in folder.iterdir():
                with suppress(FileNotFoundError, ProcessLookupError):
                    # Of a deleted file it is no path.
                    if folder == site.folder / "tmp" or str(site.folder / "tmp") in os.readlink(link):  # noqa: PTH115
                        found.append(link.stat().st_size)
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a process has open is read from /proc")
def test_three_hundred_megabytes_of_a_stranger_never_reach_the_disk(site):
    sizes, done = [0], threading.Event()

    def watch():
        while not done.is_set():
            sizes.append(sum(open_files(site)))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    client, sent = site.begin(300_000_000, FILE), 0
    try:
        while sent < 300_000_000:
            client.sendall(b"x" * 1_000_000)
            sent += 1_000_000
    except OSError:
        pass  # the server has closed the connection long ago
    finally:
        done.set()
        watcher.join()
    assert max(sizes) == 0
    assert sent < 300_000_000
    # Whoever waits for the answer first, as "Expect: 100-continue" does, hears it, and the connection is closed.
    assert answer_of(site.begin(300_000_000, FILE)) == 413


def test_unfinished_bodies_stop_nobody(site):
    """Sixteen for the eight threads of both processes; all the while pages are read and forms are sent."""
    slow = [site.begin(3000, body=b"login=") for _number in range(16)]
    took = []
    for _turn in range(12):
        began = time.monotonic()
        assert answers(f"{site.url}/en/account/login/", timeout=60) == 200
        took.append(time.monotonic() - began)
    # Read whole, and found without its token.
    assert site.begin(7, body=b"login=x").recv(12) == b"HTTP/1.1 403"
    statuses = sorted(answer_of(client) for client in slow)
    # Some wait until their time is over, the others hear at once that too many do.
    assert set(statuses) == {408, 503}
    assert statuses.count(503) >= 8
    # Pages never waited for those who were patient.
    assert min(took) < 10


def test_threads_that_waited_for_bodies_are_gone(site):
    slow = [site.begin(3000) for _number in range(8)]
    for client in slow:
        answer_of(client)
    counts = wait_for(lambda: all(each.num_threads() < 60 for each in children(site.process.pid)))
    names = {each.pid: each.num_threads() for each in children(site.process.pid)}
    assert counts, names


def test_headers_that_do_not_come_are_not_waited_for(site):
    client = site.connect()
    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    assert b"200" not in client.recv(1000)


def test_more_connections_stay_open_than_a_venue_has_screens(site):
    """By default granian takes 512 a process, and nobody else is answered until one of them goes."""
    for _number in range(1_100):
        site.connect().sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert all(client.recv(12) == b"HTTP/1.1 200" for client in site.opened)
    assert answers(f"{site.url}/healthz", timeout=60) == 200
