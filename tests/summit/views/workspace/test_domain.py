"""A summit's own domain as it is entered in the settings; what is answered there is in ``tests/summit/test_own_hosts.py``."""

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


@pytest.fixture
def owned(summit):
    Summit.objects.update(domain="summit.example")
    revisions.forget()
    return summit


def test_a_domain_is_entered_after_a_look_at_what_follows(summit, office):
    page = office.post(PAGE, {**typed(office, "Summit.Example"), "action": "preview"}).content.decode()
    assert "http://summit.example/ko/agenda/ is the agenda" in page
    assert "http://testserver/ko/ogp2021/agenda/ goes on working." in page and "stop working" not in page
    assert Summit.objects.get().domain == ""
    assert office.post(PAGE, typed(office, "Summit.Example")).status_code == 302
    assert Summit.objects.get().domain == "summit.example"
    assert "Own domain" in office.get(PAGE).content.decode()
    for following in ("other.example", ""):
        page = office.post(PAGE, {**typed(office, following), "action": "preview"}).content.decode()
        assert "Addresses at summit.example stop working" in page
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


def test_taken_away_it_is_answered_no_more(owned, client):
    assert client.get("/ko/agenda/", HTTP_HOST="summit.example").status_code == 200
    Summit.objects.update(domain="")
    revisions.forget()
    assert client.get("/ko/speakers/", HTTP_HOST="summit.example").status_code == 400


def test_a_summit_whose_code_is_the_name_of_a_page_can_have_none(db, as_user):
    make_summit("speakers")
    page = "/en/speakers/organiser/settings/domain/"
    client = as_user(make_user(summit=Summit.objects.get(), role="owner"))
    versions = re.search(r'name="form_versions" value="([^"]*)"', client.get(page).content.decode())[1]
    response = client.post(page, {"form_versions": unescape(versions), "domain": "summit.example"})
    assert response.status_code == 422 and "is also the name of a page" in response.content.decode()


def test_the_page_is_for_those_who_arrange_the_summit(summit, as_user):
    client = as_user(make_user(summit=summit, role="viewer"))
    assert client.get(PAGE).status_code == 404 and client.post(PAGE, {}).status_code == 404
