"""The cookies as they leave the server: by the product's own settings for https."""

import os
import runpy
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
