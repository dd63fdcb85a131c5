"""One id from the proxy to the log line of a task."""

import io
import json
import logging

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.tasks import task
from django.test import Client, RequestFactory
from django_tasks_db.models import DBTaskResult

from summit.lib import log_formats, request_ids
from summit.lib.request_ids import Identified
from summit.lib.task_backend import request_of
from tests.factories import make_summit, make_user


@pytest.fixture(autouse=True)
def _connection_of_the_test():
    """A request hangs up connections that look odd; this one is in the test's transaction (Django's client does likewise)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def answered(application, path: str = "/", **headers: str) -> tuple[str, dict[str, str], str]:
    """(status, headers, body) as a web server gets them."""
    told = {}

    def start(status, found, *more):
        told.update(status=status, headers=dict(found))

    body = b"".join(application(RequestFactory().get(path, **headers).environ, start))
    return told["status"], told["headers"], body.decode()


def test_every_answer_has_one_of_its_own(db):
    application = Identified(WSGIHandler())
    make_summit()
    pages = [answered(application, "/en/ogp2021/") for _turn in range(3)]
    assert {status for status, *_rest in pages} == {"200 OK"}
    numbers = [headers["X-Request-ID"] for _status, headers, _body in pages]
    # The second and the third are the same kept answer.
    assert len(set(numbers)) == 3 and all(len(number) == 32 for number in numbers)


@pytest.mark.parametrize(
    ("trusted", "given", "taken"),
    [
        (1, "1f0c-from-the-proxy", True),
        (0, "1f0c-from-the-proxy", False),
        (1, "short", False),
        (1, "x" * 101, False),
        (1, "line\nbreak-in-it", False),
    ],
)
def test_that_of_a_trusted_proxy_is_taken(db, settings, trusted, given, taken):
    settings.TRUSTED_PROXIES = trusted
    _status, headers, _body = answered(Identified(WSGIHandler()), "/healthz", HTTP_X_REQUEST_ID=given)
    assert (headers["X-Request-ID"] == given) is taken


def test_it_stands_on_error_pages(db):
    status, headers, body = answered(Identified(WSGIHandler()), "/en/?lang=%00")
    assert status.startswith("400")
    assert f"<code>{headers['X-Request-ID']}</code>" in body


def test_what_is_streamed_has_it_while_it_is_sent():
    closed = []

    class Answer:
        streaming = True

        def __iter__(self):
            yield request_ids.current().encode()

        def close(self):
            closed.append(True)

    told = []
    application = Identified(lambda environ, start: start("200 OK", []) or Answer())
    answer = application({}, lambda status, headers: told.extend(headers))
    assert request_ids.current() == ""
    [number] = answer
    answer.close()
    assert (told, closed) == ([("X-Request-ID", number.decode())], [True])
    assert request_ids.current() == ""


@task
def tells() -> str:
    logging.getLogger("summit.told").warning("working")
    tells_on.enqueue()
    return request_ids.current()


@task
def tells_on() -> str:
    return request_ids.current()


def test_it_goes_through_to_tasks_and_to_what_they_queue(db, work):
    with request_ids.serving("number-of-a-request"):
        tells.enqueue()
    tells_on.enqueue()
    work()
    kept = {
        task.task_path.rpartition(".")[2] + task.return_value: request_of(task) for task in DBTaskResult.objects.all()
    }
    assert kept == {
        "tellsnumber-of-a-request": "number-of-a-request",
        "tells_onnumber-of-a-request": "number-of-a-request",
        "tells_on": "",
    }


def logged(formatter: logging.Formatter, number: str) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger("summit.tested")  # noqa: LOG001  the settings of tests switch off those that have a name
    logger.addHandler(handler)
    with request_ids.serving(number):
        try:
            raise ValueError("of /en/ogp2021/registrations/abcdefghijklmnop/")
        except ValueError:
            logger.exception("Refused %s", "/en/ogp2021/registrations/abcdefghijklmnop/")
    return stream.getvalue()


def test_lines_for_machines_are_one_object_each_without_keys():
    [line] = logged(log_formats.Json(), "number-1").splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["request_id"]) == ("ERROR", "summit.tested", "number-1")
    assert told["message"] == "Refused /en/ogp2021/registrations/…/"
    assert "ValueError: of /en/ogp2021/registrations/…/" in told["exception"]
    assert "request_id" not in json.loads(logged(log_formats.Json(), ""))


def test_lines_for_people_name_it_too():
    assert "ERROR summit.tested [number-1]: Refused" in logged(log_formats.Line(), "number-1")
    assert "ERROR summit.tested: Refused" in logged(log_formats.Line(), "")


def test_a_refusal_names_the_account_it_concerned_and_nothing_else_of_the_person(db, as_user):
    make_summit()
    user = make_user("hong@people.example", name="홍길동")
    stream, handlers = io.StringIO(), []
    for formatter in (log_formats.Json(), log_formats.Line()):
        handlers.append(logging.StreamHandler(stream))
        handlers[-1].setFormatter(formatter)
    logger = logging.getLogger("django.request")
    was = logger.disabled, logger.level
    logger.disabled = False
    logger.setLevel("WARNING")
    for handler in handlers:
        logger.addHandler(handler)
    try:
        for client in (as_user(user), Client()):
            client.get("/en/ogp2021/organiser/team/")
            client.get("/en/ogp2021/pages/nowhere/")
    finally:
        logger.disabled, level = was
        logger.setLevel(level)
        for handler in handlers:
            logger.removeHandler(handler)
    told = stream.getvalue().splitlines()
    refused = [line for line in told if "/organiser/team/" in line]
    assert json.loads(refused[0])["account"] == str(user.pk)
    assert f" account {user.pk}: Not Found: /en/ogp2021/organiser/team/" in refused[1]
    assert len([line for line in told if "account" in line and "/account/" not in line]) == 4
    assert "hong" not in stream.getvalue() and "홍길동" not in stream.getvalue()
