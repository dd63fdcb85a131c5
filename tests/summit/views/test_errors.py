"""Every error is a page in the reader's language with a way on."""

import json
import sqlite3

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext

from summit import urls
from summit.errors import Refusal
from summit.ratelimit import TooMany
from summit.views import errors


def broken(request):
    raise RuntimeError("secret detail")


def refusing(request):
    raise Refusal("The room is <full>.")


def too_fast(request):
    raise TooMany(retry_after=60)


def locked_database():
    """What Django raises where another writes for longer than one waits."""
    error, cause = OperationalError("database is locked"), sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error.__cause__ = cause
    return error


def locked(request):
    raise locked_database()


def odd(request):
    refusal = Refusal()
    refusal.status = 418
    raise refusal


urlpatterns = [
    path("<str:language>/broken/", lambda request, language: broken(request)),
    path("<str:language>/refusing/", lambda request, language: refusing(request)),
    path("<str:language>/too-fast/", lambda request, language: too_fast(request)),
    path("<str:language>/locked/", lambda request, language: locked(request)),
    path("<str:language>/odd/", lambda request, language: odd(request)),
    path("<str:language>/forbidden/", lambda request, language: errors.forbidden(request)),
    path("<str:language>/bad/", lambda request, language: errors.bad_request(request)),
    path("<str:language>/fine/", lambda request, language: HttpResponse("fine")),
    *urls.urlpatterns,
]
handler400 = "summit.views.errors.bad_request"
handler403 = "summit.views.errors.forbidden"
handler404 = "summit.views.errors.not_found"
handler500 = "summit.views.errors.server_error"

FAILURES = [
    (400, "bad"),
    (403, "forbidden"),
    (404, "no-where"),
    (409, "refusing"),
    (429, "too-fast"),
    (500, "broken"),
    (503, "locked"),
]


@pytest.fixture
def client(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("status", "where"), FAILURES)
def test_every_error_is_a_page_with_a_way_on(client, db, django_assert_num_queries, language, status, where):
    # An error of ours asks for nothing: the database may be what is broken.
    with django_assert_num_queries(0 if status >= 500 else 1):
        response = client.get(f"/{language}/{where}/")
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    content = response.content.decode()
    assert f'<html lang="{language}">' in content
    with translation.override(language):
        assert f"<h1>{gettext(str(ENGLISH[status]))}</h1>" in content
        assert f'<a class="button" href="/">{gettext("To the opening page")}</a>' in content
    assert '<meta name="robots" content="noindex">' in content
    assert "secret detail" not in content


ENGLISH = {
    400: "We could not read that request",
    403: "You may not open this page",
    404: "There is no such page",
    409: "This was not possible",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "Too much is going on just now",
}


def test_titles_are_translated():
    with translation.override("ko"):
        assert all(gettext(title) != title for title in ENGLISH.values())


def test_a_refusal_says_what_it_says_and_nothing_can_hide_in_it(client, db):
    response = client.get("/en/refusing/")
    assert "The room is &lt;full&gt;." in response.content.decode()


def test_too_many_tries_say_when_to_come_back(client, db):
    assert client.get("/ko/too-fast/")["Retry-After"] == "60"


def test_a_status_without_words_is_a_conflict(client, db):
    assert client.get("/ko/odd/").status_code == 409


@pytest.mark.parametrize(
    ("path", "accept", "language"),
    [("/no-where/", "ko", "ko"), ("/no-where/", "en", "en"), ("/en/no-where/", "ko", "en")],
)
def test_outside_a_language_the_readers_own_is_taken(client, db, path, accept, language):
    content = client.get(path, headers={"Accept-Language": accept}).content.decode()
    assert f'<html lang="{language}">' in content


def test_programs_get_json(client, db):
    for response in (
        client.get("/api/v1/no-where/"),
        client.get("/ko/no-where/", headers={"Accept": "application/json"}),
    ):
        assert response.status_code == 404
        body = json.loads(response.content)
        assert set(body["error"]) >= {"code", "message"}


def test_a_busy_database_says_when_to_come_back(client, db):
    response = client.get("/ko/locked/")
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "10", "no-store")
    response = client.get("/en/locked/", headers={"Accept": "application/json"})
    assert (response.status_code, json.loads(response.content)["error"]["code"]) == (503, "busy")


def test_a_database_that_is_busy_outside_of_any_view_is_no_500(db):
    """Sessions are saved by a middleware, after the view."""
    try:
        raise locked_database()
    except OperationalError:
        response = errors.server_error(RequestFactory().get("/en/x/"))
    assert (response.status_code, response["Retry-After"]) == (503, "10")


def test_a_form_without_its_token_is_answered_in_words(summit):
    response = Client(enforce_csrf_checks=True).post("/ko/account/login/", {})
    assert response.status_code == 403
    assert '<html lang="ko">' in response.content.decode()


def test_when_even_the_page_breaks_there_is_an_answer(settings, monkeypatch):
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [], "APP_DIRS": False}]
    response = errors.server_error(RequestFactory().get("/ko/x/"))
    assert response.status_code == 500
    assert "문제가 발생했습니다" in response.content.decode()


def test_a_signed_in_person_sees_the_same_error_page(client, as_user, organiser):
    assert as_user(organiser).get("/en/nowhere/").status_code == 404
