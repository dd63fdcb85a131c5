"""Keys in addresses reach no log, whoever writes it: every address of the URLconf that holds one is looked at."""

import io
import logging
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import translation
from django.utils.log import AdminEmailHandler

from summit import settings as ours
from summit.lib import logs
from summit.lib.error_reports import NothingTyped, Report
from summit.lib.logs import masked
from tests.registration.badges.reading import TOKEN as TICKET
from tests.test_matrix import patterns

# Of the shape of `codes.token`, and the same in every process: it stands in the names of tests.
KEY = "Ab3_-xYz" * 4
ROOT = Path(__file__).parents[3]
# Parameters of addresses that open something for whoever knows them.
SECRET = {"token", "key"}
# Keys of lists' rows (slugs and numbers behind a right) are called so, too.
NO_SECRET = re.compile(r"<slug:key>")


def secret_addresses() -> dict[str, str]:
    """Every address with a key in it, filled in: by its name."""
    found = {}
    with translation.override("en"):
        for app, entry in patterns(get_resolver()):
            route = str(entry.pattern)
            # Django's own pages ask for numbers and names.
            names = set(entry.pattern.converters) | set(re.findall(r"\(\?P<(\w+)>", route))
            if names & SECRET and not NO_SECRET.search(route):
                filled = re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.)+\)", lambda one: KEY if one[1] in SECRET else "1", route)
                filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda one: KEY if one[1] in SECRET else "CIV001", filled)
                found[f"{app}:{entry.name}"] = "/en/ogp2021/" + filled.strip("^$")
    return found


ADDRESSES = secret_addresses()


def test_the_addresses_with_a_key_are_found():
    assert len(ADDRESSES) > 15
    assert all(KEY in path for path in ADDRESSES.values())
    assert {":account_reset_password_from_key", "registration:own", "registration-feeds:own"} <= set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_key_of_any_address_is_written(name):
    path = ADDRESSES[name]
    for text in (
        path,
        f"Not Found: {path}",
        f"https://summit.example{path}?lang=ko#calendar",
        f'"GET {path} HTTP/1.1" 404',
        f"/en/account/login/?next={quote(path, safe='')}",
        f"{{'path': '{path[1:]}'}}",
    ):
        assert KEY not in masked(text)
        assert "…" in masked(text)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("/ko/ogp2021/sessions/AAA001/", "/ko/ogp2021/sessions/AAA001/"),
        ("/ko/my/summits/new/", "/ko/my/summits/new/"),
        ("/ko/ogp2021/my-sessions/answers/5/", "/ko/ogp2021/my-sessions/answers/5/"),
        ("/ko/ogp2021/search/?q=홍길동&day=2", "/ko/ogp2021/search/?q=…&day=2"),
        ("/x/?lang=ko&token=abc", "/x/?lang=ko&token=…"),
        ("/x/?next=%2Fko%2Fsearch%3Fq%3Dname", "/x/?next=%2Fko%2Fsearch%3Fq%3D…"),
        ("left with code=1", "left with code=1"),
        (f"/ogp2021/my/{KEY}.ics?lang=ko", "/ogp2021/my/…?lang=ko"),
        (f"/registrations/{KEY}/badge.pdf", "/registrations/…/badge.pdf"),
    ],
)
def test_what_is_no_key_stays_readable(said, written):
    assert masked(said) == written


def test_masking_takes_time_in_proportion_to_the_text():
    """What is written may be as long as an address a stranger sends."""
    for piece in ("/my/", "/registrations/x", "?q=", "%2F", "a", "/key/" + "x" * 11):
        sizes = [piece * (size // len(piece)) for size in (100_000, 200_000)]
        spent = []
        for text in sizes:
            best = []
            for _ in range(3):
                began = time.process_time()
                masked(text)
                best.append(time.process_time() - began)
            spent.append(min(best))
        assert spent[1] < 4 * spent[0] + 0.05, piece


@pytest.fixture
def masking():
    """Records as the product makes them, and what a handler of anybody's writes of them."""
    before, stream = logging.getLogRecordFactory(), io.StringIO()
    logging.setLogRecordFactory(logs.record)
    logger, handler = logging.getLogger("some.library"), logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = logger.disabled = False
    yield logger, stream
    logging.setLogRecordFactory(before)
    logger.removeHandler(handler)


PATH = f"/en/ogp2021/registrations/{KEY}/"


class Thing:
    def __repr__(self) -> str:
        return f"<Thing {PATH}>"


@pytest.mark.parametrize(
    "write",
    [
        lambda logger: logger.warning("at " + PATH),  # noqa: G003
        lambda logger: logger.warning("%s: %s", "Not Found", PATH),
        lambda logger: logger.warning("%(path)s %(status)d %(took).3f", {"path": PATH, "status": 404, "took": 1.5}),
        lambda logger: logger.warning("%s and %r %d", Thing(), [PATH], 3),
        lambda logger: logger.warning(ValueError(PATH)),
        lambda logger: logger.warning("x", stack_info=True, extra={"more": PATH}),
        lambda logger: logger.warning("\n".join(["one", f"two?token={KEY}"])),
    ],
)
def test_however_it_is_written(masking, write):
    logger, stream = masking
    write(logger)
    assert stream.getvalue()
    assert KEY not in stream.getvalue()


def test_tracebacks_are_masked(masking):
    logger, stream = masking
    try:
        try:
            raise ValueError(PATH)
        except ValueError as error:
            raise RuntimeError(f"while reading {PATH}") from error
    except RuntimeError:
        logger.exception("failed at %s", PATH)
    assert stream.getvalue().count("…") == 3
    assert KEY not in stream.getvalue()
    assert "RuntimeError: while reading /en/ogp2021/registrations/…/" in stream.getvalue()


def test_the_settings_mask_records_and_reports():
    assert ours.LOGGING_CONFIG == "summit.lib.logs.configure"
    assert (settings.DEFAULT_EXCEPTION_REPORTER, settings.DEFAULT_EXCEPTION_REPORTER_FILTER) == (
        "summit.lib.error_reports.Report", "summit.lib.error_reports.NothingTyped"
    )  # fmt: skip
    assert logging.getLogRecordFactory() is logs.record


def test_a_mail_about_an_error_holds_neither_keys_nor_what_was_typed(settings, rf: RequestFactory):
    settings.ADMINS = ["operator@team.example"]
    query = {"q": "홍길동", "token": KEY, "lang": "ko"}
    request = rf.post(f"{PATH}?" + "&".join(f"{k}={quote(v)}" for k, v in query.items()),
                      {"name": "홍길동", "access_needs": "비건", "shown": TICKET}, HTTP_REFERER=f"http://testserver{PATH}")  # fmt: skip
    request.FILES  # noqa: B018 - reads the form
    try:
        raise ValueError(f"no {PATH}")
    except ValueError:
        record = logs.record("django.request", logging.ERROR, __file__, 1, "%s: %s", ("Internal Server Error", PATH),
                             sys.exc_info())  # fmt: skip
    record.request, record.status_code = request, 500
    AdminEmailHandler().emit(record)
    (letter,) = mail.outbox
    text = letter.subject + letter.body
    assert "access_needs" in text
    assert "lang" in text
    assert [word for word in (KEY, "홍길동", quote("홍길동"), "비건", TICKET) if word in text] == []


def test_a_report_without_a_request_is_written(rf):
    try:
        raise ValueError(PATH)
    except ValueError:
        text = Report(None, *sys.exc_info()).get_traceback_text()
    assert "ValueError" in text
    assert KEY not in text
    assert NothingTyped().get_post_parameters(None) == {}


def test_djangos_own_lines_are_masked(db, caplog):
    """What Django writes of a request that found nothing."""
    logger = logging.getLogger("django.request")
    logger.disabled = False
    with caplog.at_level(logging.WARNING, logger="django.request"):
        logger.addHandler(caplog.handler)
        Client().get(f"/en/nowhere/registrations/{KEY}/")
        logger.removeHandler(caplog.handler)
    assert "/en/nowhere/registrations/…/" in caplog.text
    assert KEY not in caplog.text


def test_the_web_server_writes_no_key(tmp_path):
    """A real granian with its access log on; that it has no database makes it write tracebacks as well."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3", "SITE_URL": f"http://localhost:{port}",
                   "DJANGO_SETTINGS_MODULE": "summit.settings", "LOG_LEVEL": "INFO"}  # fmt: skip
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "summit.wsgi:application", "--host",
               "127.0.0.1", "--port", str(port), "--workers", "1", "--no-ws", "--access-log"]  # fmt: skip
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        asked, until = 0, time.monotonic() + 60
        while asked < 2 and time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/en/ogp2021/registrations/{KEY}/?q=x", timeout=20)
            except urllib.error.HTTPError:
                asked += 1
            except OSError:
                time.sleep(0.2)
        assert asked == 2
        until = time.monotonic() + 30
        while "HTTP/1.1" not in (said := (tmp_path / "log").read_text()) and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert '"GET /en/ogp2021/registrations/…/ HTTP/1.1"' in said
    assert "Traceback" in said
    assert KEY not in said
