"""How much of a body is taken, decided before any of it is read; and that reading it has an end."""

import io
import threading
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import translation

from registration.models import Registration
from sessions.models import ImportJob
from summit import bodies
from summit.lib.body_limits import SMALL, TEXTS, largest_body
from summit.models import Page
from tests.factories import make_user
from tests.test_matrix import patterns

HUGE = 300_000_000
# Every address that takes files, and how many MB of them.
WITH_FILES = {
    "new-summit": 10,
    "settings-look": 20,
    "venue": 10,
    "venue-new": 10,
    "organiser-import-agenda": 20,
    "organiser-import-table": 20,
    "my-session-files": 20,
    "my-portrait": 10,
    "organiser-portrait": 10,
    "organiser-room": 10,
    "organiser-session-captions": 2,
    "register": 10,
    "details": 10,
    "registration-details": 10,
    "invited": 10,
    "draft": 10,
    "say-to-come": 10,
    "own-photo": 5,
    "delegation-photo": 5,
    "registration-photo": 5,
}
# Those that take long texts of whoever is signed in without asking for a right.
WITH_TEXTS = {
    "hosting-session",
    "hosting-people",
    "hosting-links",
    "hosting-link",
    "my-session-link",
    "my-profile",
    "feedback",
    "session-feedback",
    "my-session-outcomes",
    "hosting-outcomes",
}
# What stands for anything in an address, by the kind of its part.
BY_EXPRESSION = {
    "app_list": {"app_label": "summit"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "a"},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
}
NAMED = {"IntConverter": 1, "UUIDConverter": UUID(int=1), "SummitCode": "ogp2021", "PathConverter": "a/b"}


class Untouchable(io.RawIOBase):
    """A body of which nobody may read a byte."""

    def read(self, size=-1):
        raise AssertionError("the body was read")

    readline = read


class Silent(io.RawIOBase):
    """A client that sends three bytes and then nothing, until the connection is broken."""

    def __init__(self):
        self.gone, self.sent = threading.Event(), False

    def read(self, size=-1):
        if not self.sent:
            self.sent = True
            return b"abc"
        self.gone.wait(60)
        return b""

    readline = read


def sent(client, path, length, body=None, **more):
    """The answer to a POST that says it is so long."""
    return client.generic("POST", path, **{"CONTENT_LENGTH": str(length), "wsgi.input": body or Untouchable(), **more})


def all_addresses():
    with translation.override("en"):
        return [(app, entry) for app, entry in patterns(get_resolver()) if entry.name]


def test_who_takes_more_is_said_in_one_list():
    taken = {
        (app, entry.name): largest_body(entry.callback, {}, signed_in=lambda: True) for app, entry in all_addresses()
    }
    files = {name: round((most - TEXTS) / 1_048_576) for (_app, name), most in taken.items() if most > TEXTS}
    assert files == WITH_FILES
    for app, entry in all_addresses():
        works = hasattr(entry.callback, "rights") or hasattr(entry.callback, "operators") or app == "admin"
        if taken[app, entry.name] > SMALL and entry.name not in {*WITH_FILES, *WITH_TEXTS}:
            assert works, entry.name


def somewhere(app, entry):
    """The address with anything where it names something: what it names need not be there."""
    values = {name: NAMED.get(type(converter).__name__, "abc") for name, converter in entry.pattern.converters.items()}
    values |= BY_EXPRESSION.get(entry.name, {})
    with translation.override("en"):
        try:
            return reverse(f"{app}:{entry.name}" if app else entry.name, kwargs=values)
        except NoReverseMatch:  # below the code of a summit
            return reverse(f"{app}:{entry.name}" if app else entry.name, kwargs={"summit": "ogp2021", **values})


def test_strangers_send_little_to_every_address(summit):
    """Also to those where others send files: nothing of it is read."""
    client, asked = Client(), all_addresses()
    answers = {(app, entry.name): sent(client, somewhere(app, entry), SMALL + 1).status_code for app, entry in asked}
    assert len(answers) > 250
    # Which answer anything, and read nothing either.
    assert {name: status for name, status in answers.items() if status != 413} == {
        ("", "healthz"): 200,
        ("", "own-hosts"): 404,
    }


@pytest.mark.parametrize("path", ["/", "/me.json", "/en/account/login/", "/admin/login/", "/en/ogp2021/register/",
                                  "/en/no/such/page/", "/api/v1/summits/"])  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_huge_body_is_refused_unread(db, path, method):
    answer = Client().generic(method, path, **{"CONTENT_LENGTH": str(HUGE), "wsgi.input": Untouchable()})
    assert answer.status_code == 413
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("language", "words"), [("en", "That was too much at once"), ("ko", "한 번에 보내기에는")])
def test_the_refusal_says_what_to_do_in_both_languages(summit, language, words):
    page = sent(Client(), f"/{language}/ogp2021/register/", HUGE).content.decode()
    assert words in page
    assert ("Shorten the text" in page) if language == "en" else ("줄인" in page)


def test_a_proxy_that_holds_all_of_it_is_let_finish(db, settings):
    """Else it finds its connection closed, and tells people that nobody answers."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    body = io.BytesIO(b"x" * 3_000_000)
    answer = sent(Client(), "/en/ogp2021/organiser/imports/tables/", 3_000_000, body, secure=True)
    assert (answer.status_code, body.tell()) == (413, 3_000_000)
    assert sent(Client(), "/en/ogp2021/organiser/imports/tables/", HUGE, secure=True).status_code == 413


def test_machines_hear_it_as_json(db):
    answer = sent(Client(), "/api/v1/summits/", HUGE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(("cookie", "status"), [("", 413), ("nobody", 413), ("of somebody", 422)])
def test_a_large_upload_needs_somebody_who_is_signed_in(summit, organiser, as_user, cookie, status):
    client = as_user(organiser) if cookie == "of somebody" else Client()
    if cookie == "nobody":
        client.cookies["sessionid"] = "a" * 32
    file = SimpleUploadedFile("agenda.csv", b"x" * 5_000_000)
    answer = client.post("/en/ogp2021/organiser/imports/tables/", {"table": "no such", "file": file})
    assert answer.status_code == status


def test_an_organiser_uploads_a_large_file(summit, organiser, as_user):
    rows = b"title,abstract\n" + (b"A session," + b"word " * 200 + b"\n") * 4_000
    answer = as_user(organiser).post(
        "/en/ogp2021/organiser/imports/tables/",
        {"table": "sessions", "file": SimpleUploadedFile("agenda.csv", rows)},
    )
    assert answer.status_code == 302
    with ImportJob.objects.get().file.open() as kept:
        assert kept.read() == rows


def test_even_they_have_a_limit_and_hear_which(summit, organiser, as_user):
    answer = sent(as_user(organiser), "/en/ogp2021/organiser/imports/tables/", 30_000_000)
    assert answer.status_code == 413
    assert "21 MB" in answer.content.decode()


def test_the_longest_page_in_two_languages_is_taken(summit, organiser, as_user):
    page = Page.objects.create(summit=summit, slug="long", section="ogp", title={"ko": "긴 글", "en": "Long"})
    client, text = as_user(organiser), "열" * 29_000
    path = f"/en/ogp2021/organiser/pages/{page.slug}/"
    form = client.get(path).context["form"]
    versions = form["form_versions"].value()
    body = urlencode({"title_ko": "긴 글", "title_en": "Long", "body_ko": text, "body_en": text, "section": "ogp",
                      "order": 1, "form_versions": versions})  # fmt: skip
    assert len(body) > SMALL
    answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    page.refresh_from_db()
    assert page.body["ko"] == text


@pytest.mark.parametrize("length", ["-1", "1e9", "ten", "１２", "9" * 5000])
def test_a_length_that_is_none_is_no_request(db, length):
    assert sent(Client(), "/en/account/login/", length).status_code == 400


def test_a_body_in_pieces_is_asked_for_its_length(db):
    answer = Client().generic("POST", "/en/account/login/", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": Untouchable()})  # fmt: skip
    assert answer.status_code == 411
    assert "Content-Length" in answer.content.decode()


def test_the_body_of_a_get_is_not_read(db):
    answer = Client().generic("GET", "/en/account/login/", CONTENT_LENGTH="100", **{"wsgi.input": Untouchable()})
    assert answer.status_code == 200


def test_what_does_not_come_is_not_waited_for(summit, monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE", 0.3)
    silent = Silent()
    answer = sent(Client(), "/en/ogp2021/register/", 3000, silent)
    silent.gone.set()
    assert answer.status_code == 408
    # The server breaks the connection, and with it the thread that reads from it.
    assert int(answer["Content-Length"]) == len(answer.content) + 1
    assert Registration.objects.count() == 0


def test_a_body_that_ends_early_is_not_used(summit):
    assert sent(Client(), "/en/ogp2021/register/", 3000, io.BytesIO(b"name=Some")).status_code == 408


def test_slow_senders_do_not_take_the_last_threads(summit, monkeypatch, settings):
    monkeypatch.setattr(bodies, "PATIENCE", 20)
    settings.WEB_THREADS = 4
    guard = bodies.Bodies(lambda _request: None)
    held = 0
    while guard.waiting.acquire(blocking=False):
        held += 1
    assert held == settings.WEB_THREADS - bodies.KEPT_FREE
    client = Client()
    assert client.get("/en/account/login/").status_code == 200  # loads the chain
    inner = find(client.handler._middleware_chain)
    for _slow in range(held):
        assert inner.waiting.acquire(blocking=False)
    silent = Silent()
    answer = sent(client, "/en/ogp2021/register/", 3000, silent)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    # What is here at once needs nobody to wait for it.
    assert client.post("/en/ogp2021/register/", {"name": "x"}).status_code == 422
    silent.gone.set()


def find(handler):
    """The guard of a client, in its chain of middleware."""
    while not isinstance(handler, bodies.Bodies):
        inner = getattr(handler, "__wrapped__", None)
        handler = inner if inner is not None else handler.get_response
    return handler


def test_members_of_other_summits_find_the_same_limits(summit, as_user):
    """The limit goes by who is signed in; whether they may use the page is told by the page."""
    user = make_user("somebody@people.example")
    answer = as_user(user).post(
        "/en/ogp2021/organiser/imports/tables/", {"file": SimpleUploadedFile("a.csv", b"x" * 2_000_000)}
    )
    assert answer.status_code == 404
