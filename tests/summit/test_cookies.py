"""The cookies as they leave the server: by the product's own settings for https."""

import os
import runpy
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from django.test import Client

from summit.models import Summit
from summit.public_pages import revisions
from tests.factories import make_category, make_user

SETTINGS = Path(__file__).parent.parent.parent / "summit" / "settings.py"
NAMES = [name for kind in ("SESSION", "CSRF") for name in (f"{kind}_COOKIE_NAME", f"{kind}_COOKIE_SECURE")]
PASSWORD = "a long enough pass phrase"


def product(site: str, monkeypatch, folder: Path) -> dict[str, object]:
    """What the settings file says for an installation at this address."""
    for name, value in {
        "SITE_URL": site,
        "VAR_DIR": folder,
        "SECRET_KEY": "x" * 50,
        "TICKET_SIGNING_KEY": "y" * 50,
    }.items():
        monkeypatch.setitem(os.environ, name, str(value))
    return runpy.run_path(str(SETTINGS))


@pytest.fixture
def secure(settings, monkeypatch, tmp_path):
    found = product("https://testserver", monkeypatch, tmp_path)
    for name in NAMES:
        setattr(settings, name, found[name])


def sent(response) -> dict[str, str]:
    """The Set-Cookie headers, by name."""
    return {name: morsel.OutputString() for name, morsel in response.cookies.items()}


def is_of_this_host(header: str) -> bool:
    """What a browser asks of a cookie with the prefix, or else throws away (RFC 6265bis 4.1.3.2)."""
    attributes = {part.strip().lower() for part in header.split(";")[1:]}
    return {"secure", "path=/"} <= attributes and not any(part.startswith("domain") for part in attributes)


def test_cookies_over_https_are_of_this_host_alone(secure, db):
    user = make_user("desk@team.example", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    form = sent(client.get("/en/account/login/", secure=True))
    assert set(form) >= {"__Host-csrftoken"} and is_of_this_host(form["__Host-csrftoken"])
    values = {
        "login": user.email,
        "password": PASSWORD,
        "csrfmiddlewaretoken": client.cookies["__Host-csrftoken"].value,
    }
    done = client.post(
        "/en/account/login/", values, secure=True, headers={"Referer": "https://testserver/en/account/login/"}
    )
    assert done.status_code == 302
    cookies = sent(done)
    assert is_of_this_host(cookies["__Host-sessionid"]) and "HttpOnly" in cookies["__Host-sessionid"]
    assert "SameSite=Lax" in cookies["__Host-sessionid"]
    assert client.get("/me.json", secure=True).json()["signed_in"]
    assert not {"sessionid", "csrftoken"} & set(client.cookies)


def test_a_summits_own_host_has_its_own(secure, summit):
    Summit.objects.update(domain="summit.example")
    revisions.forget()
    make_category(summit)
    cookies = sent(Client(HTTP_HOST="summit.example").get("/en/register/", secure=True))
    assert is_of_this_host(cookies["__Host-csrftoken"])


def test_without_https_names_are_plain(monkeypatch, tmp_path):
    found = product("http://localhost:8000", monkeypatch, tmp_path)
    assert [found[name] for name in NAMES] == ["sessionid", False, "csrftoken", False]


def two_releases(settings) -> tuple[Client, Client]:
    """Browsers at this release while an earlier one runs beside it, and at the earlier one: it knows plain names."""
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0], "summit.former_cookies.FormerCookies", *settings.MIDDLEWARE[1:]]
    return Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)


@contextmanager
def at_the_earlier(settings):
    ours = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "sessionid", "csrftoken"
    yield
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = ours


FORM = "/en/account/login/"
FROM = {"Referer": f"https://testserver{FORM}"}


@pytest.mark.parametrize("form_is_ours", [True, False])
def test_a_form_of_one_release_is_taken_by_the_other_during_an_update(secure, settings, db, form_is_ours):
    user = make_user("desk@team.example", password=PASSWORD)
    client, earlier = two_releases(settings)
    with nullcontext() if form_is_ours else at_the_earlier(settings):
        (client if form_is_ours else earlier).get(FORM, secure=True)
    client.cookies = earlier.cookies = client.cookies if form_is_ours else earlier.cookies
    values = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    with at_the_earlier(settings) if form_is_ours else nullcontext():
        done = (earlier if form_is_ours else client).post(FORM, values, secure=True, headers=FROM)
    assert done.status_code == 302
    assert client.get("/me.json", secure=True).json()["signed_in"]
    with at_the_earlier(settings):
        assert earlier.get("/me.json", secure=True).json()["signed_in"]


def test_what_is_given_during_an_update_has_both_names_and_stays_afterwards(secure, settings, db):
    user = make_user("desk@team.example", password=PASSWORD)
    client, _earlier = two_releases(settings)
    client.get(FORM, secure=True)
    values = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    cookies = sent(client.post(FORM, values, secure=True, headers=FROM))
    assert {"__Host-sessionid", "sessionid", "__Host-csrftoken", "csrftoken"} <= set(cookies)
    assert is_of_this_host(cookies["__Host-sessionid"])
    assert {"secure", "httponly", "samesite=lax"} <= {part.strip().lower() for part in cookies["sessionid"].split(";")}
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("FormerCookies")]
    after = Client()
    after.cookies["__Host-sessionid"] = client.cookies["__Host-sessionid"].value
    assert after.get("/me.json", secure=True).json()["signed_in"]


def test_who_signed_in_at_the_earlier_release_stays_signed_in_after_the_update(secure, settings, db, as_user):
    browser = as_user(make_user("desk@team.example"))
    key = browser.cookies.pop("__Host-sessionid").value
    browser.cookies["sessionid"] = key
    beside, _earlier = two_releases(settings)
    beside.cookies = browser.cookies
    given = sent(beside.get("/en/account/", secure=True))
    assert is_of_this_host(given["__Host-sessionid"]) and "HttpOnly" in given["__Host-sessionid"]
    del beside.cookies["sessionid"]
    assert beside.get("/me.json", secure=True).json()["signed_in"]


def test_what_is_kept_for_everybody_hands_no_cookie_over(secure, settings, summit):
    beside, _earlier = two_releases(settings)
    beside.cookies["sessionid"] = "of somebody"
    answer = beside.get(f"/en/{summit.code}/", secure=True)
    assert answer.status_code == 200 and not answer.cookies


def test_without_the_setting_nobody_is_known_by_a_cookie_of_a_former_name(secure, db, as_user):
    key = as_user(make_user("desk@team.example")).cookies["__Host-sessionid"].value
    stranger = Client()
    stranger.cookies["sessionid"] = key
    assert not stranger.get("/me.json", secure=True).json()["signed_in"]
