"""The cache of public pages, seen from outside: what a client gets, and what it costs."""

import gzip
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone, translation

from sessions.models import Session
from sessions.planning import publishing
from summit import kept_answers
from summit.editing import opening
from summit.kept_answers import Shelf
from summit.middleware import PublicPageCache, shelf
from summit.models import Summit
from tests.factories import (
    make_organisation,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)

PUBLIC = [
    "/ko/ogp2021/",
    "/ko/ogp2021/agenda/",
    "/en/ogp2021/agenda/?tz=Europe/Tallinn",
    "/ko/ogp2021/agenda/tracks/",
    "/ko/ogp2021/tracks/civic-space/",
    "/en/ogp2021/sessions/CIV001/",
    "/ko/ogp2021/speakers/",
    "/en/ogp2021/speakers/p00001/",
    "/ko/ogp2021/hosts/",
    "/ko/ogp2021/hosts/moi/",
    "/ko/ogp2021/pages/",
    "/en/ogp2021/pages/privacy/",
    "/ogp2021/schedule.ics",
    "/ogp2021/sessions/CIV001.ics",
    "/ogp2021/theme.css",
]


@pytest.fixture
def later(monkeypatch):
    """``later(1)``: the clock that ages answers goes on by a second."""
    real, ahead = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + ahead[0])

    def go(seconds):
        ahead[0] += seconds

    return go


@pytest.fixture
def full(summit):
    """A summit in which every public address answers."""
    session = make_session(
        summit,
        track=make_track(summit),
        room=make_room(summit),
        hosts=[make_organisation(summit)],
        people=[make_speaker(summit, code="p00001")],
    )
    session.materials.create(kind="recording", url="https://youtu.be/dQw4w9WgXcQ")
    return summit


def queries(client, path, **extra):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.get(path, **extra)
    return response, len(seen)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_the_same_for_everybody(full, as_user, organiser, path):
    guest = Client().get(path)
    assert guest.status_code == 200
    assert guest["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in guest["Vary"]
    assert "Accept-Encoding" in guest["Vary"]
    assert not guest.cookies
    assert b"csrfmiddlewaretoken" not in guest.content
    shelf.clear()
    known = as_user(organiser)
    response = known.get(path)
    assert response.content == guest.content
    assert response["ETag"] == guest["ETag"]
    assert "Cookie" not in response["Vary"]
    assert b"Organiser" not in response.content.replace(b"organiser", b"")


@pytest.mark.parametrize("path", PUBLIC)
def test_the_second_request_asks_the_database_once_at_most(full, path):
    client = Client()
    first = client.get(path)
    second, asked = queries(client, path)
    assert asked <= 1
    assert second.content == first.content
    third, asked = queries(client, path)
    assert asked == 0
    assert dict(third.items()) == dict(first.items())


def test_the_second_request_never_reaches_the_rest_of_the_chain(full):
    calls = []

    def chain(request):
        calls.append(request.path)
        response = HttpResponse("drawn")
        response.public_of = ("ogp2021", full.agenda_revision)
        return response

    cache = PublicPageCache(chain)
    for _time in range(3):
        assert cache(RequestFactory().get("/ko/ogp2021/x/")).content == b"drawn"
    assert calls == ["/ko/ogp2021/x/"]


@pytest.mark.parametrize(
    "path", ["/en/ogp2021/agenda/", "/en/ogp2021/sessions/CIV001/", "/ogp2021/schedule.ics?lang=en"]
)
def test_an_edit_shows_within_a_second(full, path, later):
    client = Client()
    assert b"Open government" in client.get(path).content
    client.get(path)
    Session.objects.update(title={"ko": "새 제목", "en": "A new title"})
    full.raise_revision()
    later(1)
    content = client.get(path).content
    assert b"A new title" in content
    assert b"Open government" not in content


def test_what_was_withdrawn_is_gone_within_a_second_and_back_after_publishing(full, later):
    client = Client()
    path = "/en/ogp2021/sessions/CIV001/"
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200
    publishing.withdraw(full)
    later(1)
    assert client.get(path).status_code == 404
    publishing.publish(full)
    assert client.get(path).status_code == 200


def test_a_summit_no_longer_public_is_gone_within_a_second(full, later):
    client = Client()
    assert client.get("/ko/ogp2021/").status_code == 200
    full.is_public = False
    full.save(update_fields=["is_public"])
    full.raise_revision()
    later(1)
    assert client.get("/ko/ogp2021/").status_code == 404


@pytest.mark.parametrize("path", [*PUBLIC, "/ogp2021/schedule.json", "/api/v1/summits/ogp2021/sessions/"])
def test_closing_takes_kept_pages_away_within_a_second_and_opening_brings_them_back(full, path, later):
    client = Client()
    kept = client.get(path)
    assert (kept.status_code, client.get(path).status_code) == (200, 200)
    opening.close_to_public(full, by=None)
    later(1)
    assert client.get(path).status_code == 404
    # Who has it is told that it is gone, not that it is unchanged.
    assert client.get(path, headers={"If-None-Match": kept["ETag"]}).status_code == 404
    opening.open_to_public(full, by=None)
    later(1)
    assert client.get(path).status_code == 200


def test_what_hangs_on_the_clock_is_drawn_anew_after_half_a_minute(full, later):
    client, door = Client(), b'class="button big" href="/ko/ogp2021/register/"'
    first = timezone.now().date() + timedelta(days=30)
    Summit.objects.update(starts_on=first, ends_on=first, registration_opens_at=timezone.now() + timedelta(days=1))
    assert door not in client.get("/ko/ogp2021/").content
    # The hour comes without anybody editing anything.
    Summit.objects.update(registration_opens_at=timezone.now())
    later(20)
    assert door not in client.get("/ko/ogp2021/").content
    later(11)
    assert door in client.get("/ko/ogp2021/").content


def test_another_summits_edit_leaves_the_page_where_it_is(full, later):
    other = make_summit("ogp2023")
    client = Client()
    client.get("/ko/ogp2021/agenda/")
    other.raise_revision()
    later(1)
    _response, asked = queries(client, "/ko/ogp2021/agenda/")
    assert asked == 1


@pytest.mark.parametrize("packed", [False, True])
def test_who_has_it_already_gets_304_and_nothing_else(full, packed):
    encoding = {"Accept-Encoding": "br, gzip"} if packed else {}
    client = Client(headers=encoding)
    first = client.get("/ko/ogp2021/agenda/")
    assert ("Content-Encoding" in first) is packed
    again = client.get("/ko/ogp2021/agenda/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    for name in ("Vary", "Cache-Control"):
        assert again[name] == first[name]
    assert "Last-Modified" not in first  # a page also changes with the clock
    assert "Content-Encoding" not in again
    assert client.get("/ko/ogp2021/agenda/", headers={"If-None-Match": '"other"'}).status_code == 200
    assert (
        client.get("/ko/ogp2021/agenda/", headers={"If-None-Match": f'"other", W/{first["ETag"]}'}).status_code == 304
    )
    assert client.get("/ko/ogp2021/agenda/", headers={"If-None-Match": "*"}).status_code == 304


def test_the_etag_changes_with_the_content(full):
    client = Client()
    first = client.get("/ogp2021/schedule.ics")
    Session.objects.update(title={"ko": "새 제목"})
    full.raise_revision()
    shelf.clear()
    again = client.get("/ogp2021/schedule.ics", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_packed_and_plain_are_the_same_text(full):
    client = Client()
    plain = client.get("/ko/ogp2021/agenda/")
    packed = client.get("/ko/ogp2021/agenda/", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Content-Length"] == str(len(packed.content))
    assert plain["Content-Length"] == str(len(plain.content))
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert packed["ETag"] != plain["ETag"]


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip; q=0.0, br"])
def test_who_cannot_unpack_gets_it_plain(full, accepted):
    response = Client(headers={"Accept-Encoding": accepted}).get("/ko/ogp2021/agenda/")
    assert "Content-Encoding" not in response
    assert response.content.lstrip().lower().startswith(b"<!doctype html>")


def test_head_has_the_headers_of_get_and_no_body(full):
    client = Client()
    cold = client.head("/ko/ogp2021/agenda/")
    got = client.get("/ko/ogp2021/agenda/")
    warm = client.head("/ko/ogp2021/agenda/")
    for response in (cold, warm):
        assert response.status_code == 200
        assert response.content == b""
        assert response["ETag"] == got["ETag"]
        assert response["Content-Length"] == got["Content-Length"]


def test_query_strings_are_pages_of_their_own(full):
    client = Client()
    plain = client.get("/en/ogp2021/agenda/")
    zoned = client.get("/en/ogp2021/agenda/?tz=Europe/Tallinn")
    assert b"EET" in zoned.content
    assert b"EET" not in plain.content
    assert client.get("/en/ogp2021/agenda/").content == plain.content
    assert b"Agenda" in client.get("/en/ogp2021/agenda/").content
    assert "의제".encode() not in client.get("/en/ogp2021/agenda/").content


def test_what_is_not_there_is_not_kept(full):
    client = Client()
    assert client.get("/ko/ogp2021/sessions/NEW001/").status_code == 404
    make_session(full, "NEW001")
    assert client.get("/ko/ogp2021/sessions/NEW001/").status_code == 200


def test_what_is_posted_passes(full):
    assert Client().get("/ko/ogp2021/agenda/").status_code == 200
    posted = Client().post("/ko/ogp2021/agenda/")
    assert "ETag" not in posted
    answer = Client().post("/ko/ogp2021/register/", {"email": "nobody"})
    assert answer.status_code in {200, 422}
    assert answer.headers.get("Cache-Control") != "public, max-age=0, must-revalidate"


@pytest.mark.parametrize(
    "path",
    ["/me.json", "/healthz", "/ko/ogp2021/register/", "/ko/account/login/", "/ko/my/", "/ko/ogp2021/organiser/", "/"],
)
def test_private_and_live_answers_are_never_kept(full, path):
    client = Client()
    client.get(path)
    response = client.get(path)
    assert response.headers.get("Cache-Control") != "public, max-age=0, must-revalidate"


def test_a_page_over_http_is_not_a_way_round_https(full, settings):
    settings.SECURE_SSL_REDIRECT = True
    client = Client()
    assert client.get("/ko/ogp2021/agenda/", secure=True).status_code == 200
    plain = client.get("/ko/ogp2021/agenda/")
    assert plain.status_code == 301
    assert plain["Location"] == "https://testserver/ko/ogp2021/agenda/"


def kept(size):
    plain = b"x" * size
    cache = PublicPageCache(lambda request: HttpResponse())
    one = cache.keep(("http", "/warm", ""), HttpResponse(plain), "ogp2021", 1)
    shelf.clear()
    return one


def test_the_shelf_never_grows_past_its_bound(monkeypatch):
    one = kept(10_000)
    monkeypatch.setattr(kept_answers, "KEEP_AT_MOST", one.size * 3)
    small = Shelf()
    for number in range(10):
        small.put(("http", f"/{number}", ""), one)
    assert list(small._kept) == [("http", "/7", ""), ("http", "/8", ""), ("http", "/9", "")]
    assert small._size == one.size * 3
    small.put(("http", "/9", ""), one)
    assert small._size == one.size * 3
    small.clear()
    assert small._size == 0


@pytest.mark.parametrize(
    "path",
    ["/ko/ogp2021/agenda/?track=%00", "/ko/ogp2021/agenda/?%00=1", "/ko/%00/", "/ogp2021/schedule.ics?speaker=a%00"],
)
def test_a_nul_character_is_a_bad_request(full, path):
    response = Client().get(path)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")


def test_hundreds_of_parameters_are_a_bad_request(full):
    response = Client(raise_request_exception=False).get(
        "/ko/ogp2021/agenda/?" + "&".join(f"a{n}=1" for n in range(600))
    )
    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/ko/ogp2021/", "/ko/account/login/", "/ko/nowhere/"])
def test_pages_carry_a_strict_policy_and_secure_headers(full, path):
    response = Client().get(path)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy and "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert Client().get(path)["Content-Security-Policy"] == policy


def pages_of_accounts():
    with translation.override("en"):
        names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
        return sorted(reverse(name) for name in names if name.startswith(("account_", "mfa_")) and no_parts(name))


def no_parts(name):
    return not any(parts for possible in get_resolver().reverse_dict.getlist(name) for _path, parts in possible[0])


def test_no_browser_and_no_proxy_keeps_what_was_drawn_for_a_session(full, as_user):
    paths = [*pages_of_accounts(), "/en/my/", "/en/nowhere/", "/en/ogp2021/nowhere/"]
    assert "/en/account/email/" in paths and "/en/account/2fa/" in paths
    user = make_user("hong@people.example", password="a long enough pass phrase")
    for path in paths:
        if path != reverse_in_english("account_logout"):
            assert "no-store" in as_user(user).get(path).get("Cache-Control", ""), path
    assert as_user(user).get("/en/ogp2021/agenda/")["Cache-Control"] == "public, max-age=0, must-revalidate"


def reverse_in_english(name):
    with translation.override("en"):
        return reverse(name)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"])
def test_a_method_that_no_page_has_is_refused(full, method):
    for path in ("/en/ogp2021/register/", "/en/account/login/", "/me.json"):
        response = Client().generic(method, path)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert Client().generic(method, "/api/v1/summits/").json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/me.json", "/healthz", "/robots.txt", "/sitemap.xml", "/own-hosts/?domain=x.example", "/en/ogp2021/", "/en/nowhere/",
        "/ogp2021/schedule.ics", "/ogp2021/schedule.xml", "/ogp2021/schedule.xcal", "/ogp2021/changes.atom", "/ogp2021/sessions.csv",
        "/ogp2021/worker.js", "/ogp2021/theme.css", "/api/v1/", "/api/v1/summits/", "/static/summit/js/site.js",
    ],
)  # fmt: skip
def test_every_answer_says_its_type_and_texts_their_characters(full, path):
    response = Client().get(path)
    response.close()
    kind = response["Content-Type"]
    assert response["X-Content-Type-Options"] == "nosniff"
    if kind.startswith(("text/", "application/xml")) or "+xml" in kind:
        assert kind.replace('"', "").endswith("; charset=utf-8")
