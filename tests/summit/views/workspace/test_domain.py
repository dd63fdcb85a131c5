"""A summit's own domain: entered in the settings, leading on from there."""

import re
from html import unescape

import pytest

from summit.models import Summit
from summit.public_pages import revisions
from tests.factories import make_summit, make_user

PAGE = "/en/ogp2021/organiser/settings/domain/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def typed(client, domain):
    page = client.get(PAGE).content.decode()
    return {"form_versions": unescape(re.search(r'name="form_versions" value="([^"]*)"', page)[1]), "domain": domain}


def at_home(client, path, **headers):
    revisions.forget()
    response = client.get(path, HTTP_HOST="summit.example", **headers)
    return response.status_code, response.get("Location"), response


@pytest.fixture
def owned(summit):
    Summit.objects.update(domain="summit.example")
    revisions.forget()
    return summit


def test_a_domain_is_entered_after_a_look_at_what_follows(summit, office):
    page = office.post(PAGE, {**typed(office, "Summit.Example"), "action": "preview"}).content.decode()
    assert "https://summit.example/ko/agenda/ leads to http://testserver/ko/ogp2021/agenda/" in page
    assert Summit.objects.get().domain == ""
    assert office.post(PAGE, typed(office, "Summit.Example")).status_code == 302
    assert Summit.objects.get().domain == "summit.example"
    assert "Own domain" in office.get(PAGE).content.decode()
    office.post(PAGE, typed(office, ""))
    assert Summit.objects.get().domain == ""


@pytest.mark.parametrize(
    "wrong", ["testserver", "localhost", "https://summit.example/", "10.0.0.1", "a b.example", "x" * 254, "🎈"]
)
def test_what_cannot_be_a_domain_is_refused(office, wrong):
    assert office.post(PAGE, typed(office, wrong)).status_code == 422
    assert Summit.objects.get().domain == ""


def test_two_summits_do_not_have_the_same_domain_and_any_number_none(owned, office):
    other = make_summit("ogp2023", domain="other.example")
    make_summit("ogp2025")
    response = office.post(PAGE, typed(office, "other.example"))
    assert response.status_code == 409 and "Another summit" in response.content.decode()
    assert Summit.objects.get(code="ogp2021").domain == "summit.example" and other.domain == "other.example"


def test_two_owners_do_not_overwrite_each_others_domain(owned, office):
    early = typed(office, "mine.example")
    office.post(PAGE, typed(office, "theirs.example"))
    assert office.post(PAGE, early).status_code == 409
    assert Summit.objects.get().domain == "theirs.example"


@pytest.mark.parametrize(("asked", "leads_to"), [
    ("/ko/", "/ko/ogp2021/"), ("/ko/agenda/?day=2021-12-15", "/ko/ogp2021/agenda/?day=2021-12-15"), ("/en/ogp2021/agenda/", "/en/ogp2021/agenda/"),
    ("/schedule.ics?lang=en", "/ogp2021/schedule.ics?lang=en"), ("/ogp2021/schedule.ics", "/ogp2021/schedule.ics"), ("/agenda/", "/ko/ogp2021/agenda/"),
    ("/media/pictures/a.webp", "/media/pictures/a.webp"), ("/ko//evil.example/", "/ko/ogp2021//evil.example/"), ("/ko/admin/", "/ko/ogp2021/admin/"),
])  # fmt: skip
def test_its_addresses_lead_to_the_summit_at_the_installation(owned, client, asked, leads_to):
    status, location, response = at_home(client, asked)
    assert (status, location) == (302, f"http://testserver{leads_to}")
    assert not response.cookies


def test_the_start_is_in_the_readers_language_where_the_summit_has_it(owned, client):
    assert at_home(client, "/", HTTP_ACCEPT_LANGUAGE="en")[1] == "http://testserver/en/ogp2021/"
    assert at_home(client, "/", HTTP_ACCEPT_LANGUAGE="fr")[1] == "http://testserver/ko/ogp2021/"
    Summit.objects.update(languages=["ko"])
    assert at_home(client, "/", HTTP_ACCEPT_LANGUAGE="en")[1] == "http://testserver/ko/ogp2021/"


def test_nothing_is_sent_to_it_and_a_host_nobody_entered_is_refused(owned, client):
    assert client.post("/ko/register/", {}, HTTP_HOST="summit.example").status_code == 405
    for host in ("unknown.example", "summit.example.evil.example", "evil-summit.example"):
        assert client.get("/ko/ogp2021/agenda/", HTTP_HOST=host).status_code == 400, host


def test_taken_away_it_leads_nowhere(owned, client):
    assert at_home(client, "/ko/")[0] == 302
    Summit.objects.update(domain="")
    assert at_home(client, "/en/account/login/")[0] == 400


def test_the_page_is_for_those_who_arrange_the_summit(summit, as_user):
    client = as_user(make_user(summit=summit, role="viewer"))
    assert client.get(PAGE).status_code == 404 and client.post(PAGE, {}).status_code == 404
