"""Whatever ends is started again: with real processes, killed for real."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from summit.operating import supervisor
from tests.bench.world import free_port
from tests.processes import alive, answers, children, environment, running, serving
from tests.waiting import wait_for

PROCFILE = (Path(settings.BASE_DIR) / "Procfile").read_text(encoding="utf-8")


def test_lines_of_a_procfile_are_read_as_foreman_reads_them():
    text = "# a comment\nweb: exec server --port ${PORT:-8000}\n\nnot a line\nback-ground_2:   sleep 1\n"
    assert supervisor.commands(text) == {"web": "exec server --port ${PORT:-8000}", "back-ground_2": "sleep 1"}
    assert set(supervisor.commands(PROCFILE)) == {"web", "worker", "probes"}


def test_every_line_becomes_its_program():
    """A shell in between would be told to end, and its program would go on."""
    assert all(command.startswith("exec ") for command in supervisor.commands(PROCFILE).values())


def test_a_name_that_is_no_line_is_refused_with_those_there_are():
    found = subprocess.run([sys.executable, "-m", "summit.operating.supervisor", "wbe"], cwd=settings.BASE_DIR,
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert found.returncode == 2
    assert "no line wbe. It has: web, worker, probes" in found.stderr


def test_who_ends_at_once_is_waited_for_longer_and_longer(capfd):
    """By a clock of the test's own: when it is started again, and what is told."""
    watched, now, starts = supervisor.Watched("worker", "exit 3"), 0.0, []
    while len(starts) < 9:
        if watched.process is None and now >= watched.due:
            watched.start(now)
            starts.append(now)
            watched.process.wait()
        watched.look(now)
        now += 0.5
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    told = capfd.readouterr().err
    assert "worker ended with exit code 3. It is started again in 1 s." in told
    assert "worker ended with exit code 3, 8 times in a row; what it said before this line tells why. It is started again in 30 s." in told  # fmt: skip


def test_who_stood_for_a_minute_is_started_again_at_once():
    watched = supervisor.Watched("worker", "sleep 600")
    watched.failures = 7
    watched.start(100.0)
    watched.process.kill()
    watched.process.wait()
    watched.look(100.0 + supervisor.STOOD)
    assert (watched.failures, watched.due) == (1, 100.0 + supervisor.STOOD + 1)


def test_what_a_process_leaves_behind_is_gone_before_it_comes_again(tmp_path):
    """A web server that was killed must not hold its port through its children."""
    note = tmp_path / "child"
    watched = supervisor.Watched("web", f"sleep 600 & echo $! > {note}; trap '' TERM; wait; sleep 600")
    watched.start(time.monotonic())
    assert wait_for(lambda: note.exists() and note.read_text().strip(), 20)
    child = psutil.Process(int(note.read_text()))
    watched.process.kill()
    watched.process.wait()
    watched.look(time.monotonic())
    assert watched.process is None
    assert wait_for(lambda: not alive(child), 20)


def test_a_process_that_does_not_listen_is_killed_after_its_time(monkeypatch, capfd):
    monkeypatch.setattr(supervisor, "GRACE", 1)
    whole = supervisor.Supervisor({"deaf": "trap '' TERM; while true; do sleep 1; done", "quick": "exec sleep 600"})
    for each in whole.watched:
        each.start(time.monotonic())
    time.sleep(0.5)
    whole.stop()
    assert [each.process.returncode for each in whole.watched] == [-signal.SIGKILL, -signal.SIGTERM]
    assert "stopped" in capfd.readouterr().err


@contextmanager
def started(folder, blocker):
    """``manage.py start --empty`` as an operator has it: web server with two workers, worker, probes."""
    port, probes = free_port(), free_port()
    with blocker.unblock():
        env = environment(folder, HOST="127.0.0.1", PORT=str(port), PROBE_PORT=str(probes), WEB_WORKERS="2",
                          SITE_URL=f"http://127.0.0.1:{port}")  # fmt: skip
    # Nothing is gathered where static files are served as they lie.
    (folder / "static").mkdir()
    (folder / "static" / "staticfiles.json").write_text("{}")
    log = folder / "log.txt"
    with running([sys.executable, "manage.py", "start", "--empty"], env, log) as process:
        found = Installation(process, port, probes, log)
        assert wait_for(lambda: answers(found.site) == 200), log.read_text()
        yield found


@pytest.fixture(scope="module")
def kept(tmp_path_factory, django_db_setup, django_db_blocker):
    with started(tmp_path_factory.mktemp("installation"), django_db_blocker) as found:
        yield found


@pytest.fixture
def installation(kept):
    """All of it runs, whatever the test before has killed. One test alone kills a process of the web server's: a second
    crash within six seconds of the first would end granian as a whole."""
    assert wait_for(lambda: len(kept.serving()) == 2 and kept.named("manage.py worker")), kept.log.read_text()
    return kept


class Installation:
    def __init__(self, process, port, probes, log):
        self.process, self.port, self.log = process, port, log
        self.site, self.probes = f"http://127.0.0.1:{port}/healthz", f"http://127.0.0.1:{probes}"

    def named(self, part):
        return [each for each in children(self.process.pid) if part in " ".join(each.cmdline())]

    def web(self):
        """(the main process, its workers); None while it is not there."""
        found = self.named("summit.wsgi:application")
        mains = {each.ppid() for each in found} & {each.pid for each in found}
        main = next((each for each in found if each.pid in mains), None)
        return main, [each for each in found if main and each.ppid() == main.pid]

    def web_workers(self):
        return self.web()[1]

    def serving(self):
        return serving(self.port)


def test_a_killed_process_of_the_web_server_comes_back_and_the_port_goes_on_answering(installation):
    before = installation.web_workers()
    assert {each.pid for each in before} == installation.serving()
    before[0].kill()
    refused = 0
    end = time.monotonic() + 3
    while time.monotonic() < end:
        refused += answers(installation.site) != 200
        time.sleep(0.05)
    # Connections that the killed one had taken are lost; the others are answered.
    assert refused <= 2
    assert wait_for(lambda: len({each.pid for each in installation.web_workers()} - {before[0].pid}) == 2)
    assert before[1].pid in {each.pid for each in installation.web_workers()}
    assert wait_for(lambda: answers(installation.site) == 200)


def test_a_killed_worker_is_started_again_and_the_web_server_goes_on(installation):
    [worker] = wait_for(lambda: installation.named("manage.py worker"))
    worker.kill()
    assert wait_for(lambda: (found := installation.named("manage.py worker")) and found[0].pid != worker.pid)
    assert answers(installation.site) == 200
    assert "worker ended by SIGKILL" in installation.log.read_text()


def test_a_killed_web_server_is_started_again_on_its_port(installation):
    main, _workers = installation.web()
    main.kill()
    assert wait_for(lambda: (now := installation.web()[0]) and now.pid != main.pid)
    assert wait_for(lambda: answers(installation.site) == 200), installation.log.read_text()
    assert wait_for(lambda: len(installation.web_workers()) == 2)


def test_probes_are_answered_on_their_own_port_whatever_the_host(installation):
    asked = urllib.request.Request(f"{installation.probes}/readyz?strict", headers={"Host": "10.1.2.3"})
    assert wait_for(lambda: answers(asked) == 200), installation.log.read_text()
    with urllib.request.urlopen(asked, timeout=30) as answer:
        told = json.load(answer)
    assert (told["status"], len(told["checks"])) == ("ready", 6)


def test_a_process_that_grows_too_large_is_replaced_while_others_answer(tmp_path, django_db_blocker):
    """With a limit that every process is above: each is replaced again and again, and nobody is refused."""
    port = free_port()
    with django_db_blocker.unblock():
        env = environment(tmp_path, HOST="127.0.0.1", PORT=str(port), WEB_WORKERS="2", WEB_MAX_MEMORY="10")
    with running([sys.executable, "-m", "summit.operating.supervisor", "web"], env, tmp_path / "log.txt") as process:
        found = Installation(process, port, 0, tmp_path / "log.txt")
        assert wait_for(lambda: answers(found.site) == 200)
        before = {each.pid for each in wait_for(lambda: len(found.web_workers()) == 2 and found.web_workers())}
        refused, end = 0, time.monotonic() + 120
        while before & {each.pid for each in found.web_workers()} and time.monotonic() < end:
            refused += answers(found.site) != 200
            time.sleep(0.1)
        assert not before & {each.pid for each in found.web_workers()}
        assert refused == 0
        assert "ended" not in found.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of the end of their parent")
def test_nobody_is_left_when_the_supervisor_itself_is_killed(tmp_path, django_db_blocker):
    """Its successor, which systemd starts, finds the port free."""
    port = free_port()
    with django_db_blocker.unblock():
        env = environment(tmp_path, HOST="127.0.0.1", PORT=str(port), WEB_WORKERS="2")
    with running(
        [sys.executable, "-m", "summit.operating.supervisor", "web", "worker"], env, tmp_path / "log.txt"
    ) as process:
        assert wait_for(lambda: len(serving(port)) == 2 and len(children(process.pid)) == 4)
        below = children(process.pid)
        process.kill()
        process.wait()
        assert wait_for(lambda: not [each for each in below if alive(each)], 60)


def test_a_signal_ends_all_of_them(tmp_path, django_db_blocker):
    with started(tmp_path, django_db_blocker) as installation:
        assert wait_for(lambda: len(installation.serving()) == 2 and len(children(installation.process.pid)) == 6)
        below = children(installation.process.pid)
        os.kill(installation.process.pid, signal.SIGTERM)
        assert installation.process.wait(60) == 0
        assert [each for each in below if alive(each)] == []
        assert installation.log.read_text().endswith("summit: stopped\n")
