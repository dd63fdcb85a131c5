"""Where `make run` listens, and what it tells."""

import os
import socket
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from summit.management.commands.start import Command
from summit.models import Summit, User
from tests.factories import make_summit, make_user


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "8000 "])
def test_a_port_that_is_none_is_refused_with_what_to_write(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CommandError, match="write a number from 1 to 65535"):
        Command().place()


def test_a_port_in_use_is_refused_with_another(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(CommandError, match=f"PORT={port + 1}"):
            Command().place()
    assert Command().place() == ("127.0.0.1", port)


def test_a_host_that_is_not_this_machine_is_refused(monkeypatch):
    monkeypatch.setenv("HOST", "192.0.2.1")
    with pytest.raises(CommandError, match=r"Cannot listen on 192\.0\.2\.1:"):
        Command().place()


@pytest.fixture
def started(db, monkeypatch, settings):
    """``started("--empty")`` is the environment in which the supervisor would begin."""
    given = {}
    for name in ("PORT", "HOST", "SITE_URL", "STAFF_TWO_FACTORS", "PROBE_PORT"):
        monkeypatch.setenv(name, "")
    monkeypatch.delenv("PROBE_PORT")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("HOST", "127.0.0.1")
    settings.SITE_URL = f"http://localhost:{port}"
    monkeypatch.setattr("summit.management.commands.start.static_files_are_stale", lambda: False)
    monkeypatch.setattr("os.execv", lambda program, args: given.update(os.environ, program=" ".join(args[1:])))
    monkeypatch.setattr("os.chdir", lambda folder: None)

    def start(*options):
        call_command("start", *options, stdout=StringIO())
        return given

    return start


def test_every_process_knows_the_address_of_the_web_server(started, settings):
    """Links in the worker's mails lead to it; probes lie beside it."""
    given = started("--empty")
    assert given["SITE_URL"] == settings.SITE_URL
    assert abs(int(given["PROBE_PORT"]) - int(given["PORT"])) == 1000
    assert given["program"] == "-m summit.operating.supervisor"


def test_the_demonstration_is_tried_out_without_a_second_factor(started):
    assert started()["STAFF_TWO_FACTORS"] == "0"


def test_an_installation_that_says_so_keeps_the_second_factor(started, monkeypatch):
    monkeypatch.setenv("STAFF_TWO_FACTORS", "1")
    assert started()["STAFF_TWO_FACTORS"] == "1"


@pytest.mark.parametrize("who", ["operator", "organiser", "organiser of another summit", "account without a summit"])
def test_where_anybody_else_works_no_start_switches_the_second_factor_off(started, who):
    if who != "account without a summit":
        call_command("seed", verbosity=0, stdout=StringIO())
    if who == "operator":
        User.objects.create_superuser("operator@people.example", "correct-horse-battery")
    elif who == "organiser":
        make_user("organiser@people.example", summit=Summit.objects.get(), role="organiser")
    elif who == "organiser of another summit":
        make_user("organiser@people.example", summit=make_summit("ogp2023"), role="organiser")
    else:
        make_user("operator@people.example")
    assert started()["STAFF_TWO_FACTORS"] == ""
    assert User.objects.filter(email__endswith="@ogp2021.example").exists() is (who != "account without a summit")
