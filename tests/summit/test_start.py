"""Where `make run` listens, and what it tells."""

import socket

import pytest
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
