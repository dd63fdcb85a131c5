"""Where `make run` listens, and what it tells."""

import os
import socket
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from summit.management.commands.start import Command


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


def test_every_process_knows_the_address_of_the_web_server(db, monkeypatch, settings):
    """honcho gives the worker a port of its own; links in its mails must not lead there."""
    given = {}
    for name in ("PORT", "HOST", "SITE_URL", "STAFF_TWO_FACTORS", "PATH"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("HOST", "127.0.0.1")
    settings.SITE_URL = f"http://localhost:{port}"
    monkeypatch.setattr("summit.management.commands.start.static_files_are_stale", lambda: False)
    monkeypatch.setattr("os.execv", lambda program, args: given.update(os.environ))
    call_command("start", "--empty", stdout=StringIO())
    assert given["SITE_URL"] == f"http://localhost:{port}"
