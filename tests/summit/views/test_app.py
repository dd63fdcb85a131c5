"""A summit as an app: manifest, service worker, the page for no network."""

import io
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

from summit.public_pages import build
from tests import factories as make


def settings_of(content: bytes) -> dict:
    return json.loads(re.match(r"const SETTINGS = (\{.*\});\n", content.decode()).group(1))


@pytest.mark.parametrize(("language", "name"), [("ko", "2021 OGP 글로벌서밋"), ("en", "2021 OGP Global Summit")])
def test_the_manifest_speaks_the_language_of_its_address(summit, client, language, name):
    answer = client.get(f"/{language}/ogp2021/app.webmanifest")
    assert answer["Content-Type"].startswith("application/manifest+json")
    body = json.loads(answer.content)
    assert (body["name"], body["lang"], body["start_url"]) == (name, language, f"/{language}/ogp2021/agenda/")
    assert body["display"] == "standalone"
    # One app in two languages, not two.
    assert body["id"] == "/ogp2021/"
    assert client.get(body["start_url"]).status_code == 200


def test_every_icon_of_the_manifest_is_a_small_picture_of_the_size_it_says(summit, client):
    icons = json.loads(client.get("/ko/ogp2021/app.webmanifest").content)["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        content = Path(finders.find(icon["src"].removeprefix("/static/"))).read_bytes()
        assert len(content) < 10_000
        assert "{}x{}".format(*Image.open(io.BytesIO(content)).size) == icon["sizes"]


def test_the_worker_may_serve_every_language_and_is_as_new_as_the_code(summit, client):
    answer = client.get("/ogp2021/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "max-age=0" in answer["Cache-Control"]
    settings = settings_of(answer.content)
    assert settings["build"] == build()
    assert list(settings["places"]) == ["/ko/ogp2021/", "/en/ogp2021/"]
    for place in settings["places"].values():
        assert client.get(place["agenda"]).status_code == client.get(place["offline"]).status_code == 200


def test_the_worker_of_a_summit_in_one_language_knows_no_other(db, client):
    make.make_summit("solo2021", languages=["en"])
    assert list(settings_of(client.get("/solo2021/worker.js").content)["places"]) == ["/en/solo2021/"]


def test_whoever_asks_gets_the_same_worker(summit, client):
    korean = client.get("/ogp2021/worker.js", headers={"Accept-Language": "ko"})
    english = client.get("/ogp2021/worker.js", headers={"Accept-Language": "en"})
    assert korean.content == english.content
    assert "Cookie" not in korean["Vary"]


@pytest.mark.parametrize("address", ["/ogp2021/worker.js", "/ko/ogp2021/app.webmanifest", "/ko/ogp2021/offline/"])
def test_a_summit_that_is_not_public_is_no_app(summit, client, address):
    summit.is_public = False
    summit.save()
    assert client.get(address).status_code == 404


def test_private_pages_say_of_themselves_that_nobody_may_keep_them(summit, registration, client):
    """The worker keeps only answers whose Cache-Control says public."""
    for address in (registration.get_absolute_url(), "/ko/ogp2021/register/", "/me.json"):
        assert "public" not in client.get(address).get("Cache-Control", ""), address


@pytest.mark.parametrize("page", ["/ko/ogp2021/agenda/", "/en/ogp2021/", "/ko/ogp2021/offline/"])
def test_every_page_of_a_summit_names_the_app_and_its_worker(summit, client, page):
    content = client.get(page).content.decode()
    assert 'rel="manifest"' in content
    assert 'data-worker="/ogp2021/worker.js"' in content
    assert 'data-scopes="/ko/ogp2021/ /en/ogp2021/"' in content


def test_a_ticket_offers_to_be_kept_and_a_cancelled_one_to_be_forgotten(summit, registration, client):
    assert 'data-keep="summit-ogp2021-own"' in client.get(registration.get_absolute_url()).content.decode()
    client.post(f"{registration.get_absolute_url()}cancellation/")
    assert "data-gone" in client.get(registration.get_absolute_url()).content.decode()
