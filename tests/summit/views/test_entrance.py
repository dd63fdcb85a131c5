import re

import pytest
from django.test import Client

from tests.factories import (
    make_organisation,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_address_cut_down_to_its_language_leads_to_the_summit_in_that_language(summit, client, language):
    response = client.get(f"/{language}/", headers={"Accept-Language": "fr"})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/ogp2021/")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ko", "ko"),
        ("en-GB,en;q=0.9", "en"),
        ("ko-KR,ko;q=0.9,en;q=0.5", "ko"),
        ("fr", "ko"),
        ("fr,en;q=0.5", "en"),
        ("", "ko"),
        ("*", "ko"),
    ],
)
def test_the_front_door_leads_to_the_current_summit_in_the_readers_language(summit, accepted, language):
    response = Client(headers={"Accept-Language": accepted}).get("/")
    assert response.status_code == 302
    assert response["Location"] == f"/{language}/ogp2021/"
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize(("accepted", "language"), [("ko", "ko"), ("en-GB", "en"), ("fr", "ko")])
def test_the_front_door_of_an_empty_installation_leads_to_its_first_start(db, accepted, language):
    response = Client(headers={"Accept-Language": accepted}).get("/", follow=True)
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, f"/{language}/set-up/")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("accepted", "language", "says"),
    [("en", "en", "Nothing is public here yet"), ("ko", "ko", "아직 공개된 것이 없습니다")],
)
def test_where_nothing_is_public_the_front_door_says_so_in_the_readers_language(db, accepted, language, says):
    make_summit(is_public=False)
    response = Client(headers={"Accept-Language": accepted}).get("/", follow=True)
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, f"/{language}/")
    text = response.content.decode()
    assert says in text and f"/{language}/account/login/" in text
    # Nothing of what is being prepared is named.
    assert "OGP" not in text and "ogp2021" not in text
    assert "no-store" in response["Cache-Control"]


def test_an_operator_alone_opens_no_front_door_to_the_first_start(db):
    make_user(is_superuser=True)
    assert Client().get("/", follow=True).redirect_chain[-1][0] == "/ko/"


def test_a_guest_hears_nothing_about_anybody(summit):
    response = Client().get("/me.json")
    assert response.json() == {"signed_in": False}
    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("language", "account"), [("ko", "/ko/my/"), ("en", "/en/my/"), ("xx", "/ko/my/"), ("", "/ko/my/")]
)
def test_a_user_hears_their_name_and_where_their_page_is(as_user, db, language, account):
    response = as_user(make_user(name="홍길동")).get(f"/me.json?lang={language}")
    body = response.json()
    assert (body["signed_in"], body["name"], body["account"]) == (True, "홍길동", account)
    assert "no-store" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_health_is_the_processes_own(django_assert_num_queries, db):
    """Whether the database answers is told by ``/readyz`` (``tests/summit/operating/test_probes.py``)."""
    with django_assert_num_queries(0):
        response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_robots_may_read_everything_public(db):
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert "User-agent: *" in lines
    assert "Disallow: /admin/" in lines and "Disallow: /ko/account/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_every_address_of_the_site_map_opens_and_names_its_languages(summit):
    make_session(
        summit,
        track=make_track(summit),
        hosts=[make_organisation(summit)],
        people=[make_speaker(summit, code="p00001")],
    )
    make_session(summit, "HID001", published_at=None)
    hidden = make_summit("ogp2099", is_public=False)
    make_session(hidden, "HID002")
    response = Client().get("/sitemap.xml")
    assert response["Content-Type"].startswith("application/xml")
    text = response.content.decode()
    assert "HID001" not in text and "ogp2099" not in text
    entries = re.findall(r"<url>(.*?)</url>", text, re.DOTALL)
    addresses = [re.search(r"<loc>(.*?)</loc>", entry)[1] for entry in entries]
    assert len(addresses) == len(set(addresses))
    for kind in ("/ko/ogp2021/sessions/CIV001/", "/en/ogp2021/sessions/CIV001/", "/ko/ogp2021/tracks/civic-space/", "/en/ogp2021/speakers/p00001/",
                 "/ko/ogp2021/hosts/moi/", "/ko/ogp2021/pages/privacy/", "/en/ogp2021/agenda/", "/en/ogp2021/register/"):  # fmt: skip
        assert f"http://testserver{kind}" in addresses
    for entry in entries:
        links = dict(re.findall(r'<xhtml:link rel="alternate" hreflang="([\w-]+)" href="(.*?)"', entry))
        assert set(links) == {"ko", "en", "x-default"}
        assert re.search(r"<loc>(.*?)</loc>", entry)[1] in links.values()
    client = Client()
    for address in addresses:
        assert client.get(address.removeprefix("http://testserver")).status_code == 200, address
    # What is nobody's language leads on to somebody's.
    default = links["x-default"].removeprefix("http://testserver")
    assert client.get(default, follow=True).status_code == 200


def test_the_site_map_asks_the_same_number_of_questions_for_more_sessions(summit, django_assert_max_num_queries):
    for number in range(5):
        make_session(summit, f"CIV00{number}", people=[make_speaker(summit)])
    with django_assert_max_num_queries(20):
        Client().get("/sitemap.xml")


def test_there_is_no_style_guide_for_the_public(db):
    assert Client().get("/styleguide/", follow=True).status_code == 404
