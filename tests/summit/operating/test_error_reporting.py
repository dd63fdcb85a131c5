"""An error of a real process arrives at a real receiver of Sentry's protocol, without anything of a person."""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connections

from summit.operating import error_reporting
from tests import factories
from tests.summit.operating.installations import served

UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}


@pytest.fixture
def receiver():
    """(DSN, the events that have arrived)."""
    events = []

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = UNPACK[self.headers.get("Content-Encoding", "")](body)
            events.extend(json.loads(line) for line in body.splitlines() if b'"exception"' in line)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_line) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://public@127.0.0.1:{server.server_port}/1", events
    server.shutdown()
    server.server_close()


def test_an_error_arrives_with_its_number_and_without_people(install, receiver):
    dsn, events = receiver
    made = install()
    with made.used():
        factories.make_summit()
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP TABLE registration_registration CASCADE" if made.databases.usual.vendor == "postgresql"
                           else "DROP TABLE registration_registration")  # fmt: skip
    token = "abcdefghijklmnopqrstuvwxyz"
    with served(made, SENTRY_DSN=dsn, TRUSTED_PROXIES="1") as ask:
        headers = {
            "X-Request-ID": "number-of-a-request",
            "Cookie": "sessionid=a-secret",
            "X-Forwarded-For": "203.0.113.7",
        }
        status, _page = ask(f"/en/ogp2021/registrations/{token}/?email=gildong@people.example", **headers)
        assert status == 500
        deadline = time.monotonic() + 60
        while not events and time.monotonic() < deadline:
            time.sleep(0.1)
    told = json.dumps(events)
    assert events[0]["exception"]["values"][-1]["type"].endswith("Error")
    assert events[0]["tags"]["request_id"] == "number-of-a-request"
    for private in (token, "gildong", "a-secret", "203.0.113.7", "s" * 60):
        assert private not in told


def test_without_an_address_nothing_is_loaded(settings):
    assert (settings.SENTRY_DSN, error_reporting.begin()) == ("", None)


def test_a_service_without_its_library_is_an_error(settings, monkeypatch):
    settings.SENTRY_DSN = "https://key@errors.example/1"
    call_command("check", tags=["summit"])
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(SystemCheckError, match=r"summit\.E032"):
        call_command("check", tags=["summit"])
