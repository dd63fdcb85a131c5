"""Where the pages of a summit lead to while it is closed to the public."""

import re

import pytest
from django.test import Client

from summit.editing.opening import close_to_public
from summit.models import Role
from tests.factories import make_desk, make_session, make_track, make_user

FIRST = {Role.DESK: "/en/ogp2021/desk/"}
OVERVIEW = "/en/ogp2021/organiser/"


def brand(page: str) -> str:
    return re.search(r'<a class="brand" href="([^"]+)"', page)[1]


@pytest.mark.parametrize("role", Role.values)
def test_the_workspace_of_a_closed_summit_leads_to_no_public_page(summit, as_user, role):
    make_desk(summit)
    client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
    first = FIRST.get(role, OVERVIEW)
    site = '<a href="/en/ogp2021/">View site</a>'
    assert site in client.get(first).content.decode()
    close_to_public(summit, by=None)
    page = client.get(first).content.decode()
    assert site not in page
    assert brand(client.get("/en/my/").content.decode()) == "/"
    assert "/en/ogp2021/organiser/theme.css" in page
    assert "/en/ogp2021/agenda/" not in page


def test_an_attendee_of_a_closed_summit_comes_to_the_own_page(summit, registration):
    close_to_public(summit, by=None)
    page = Client().get(registration.get_absolute_url()).content.decode()
    assert brand(page) == "/ko/my/"
    assert "theme.css" not in page


@pytest.mark.parametrize("name", ["", "sessions/CIV001/", "tracks/", "tracks/civic-space/", "publication/", "links/"])
def test_no_page_of_the_workspace_leads_to_one_that_is_not_there(summit, as_user, organiser, name):
    session = make_session(summit, track=make_track(summit))
    session.materials.create(kind="recording", url="https://youtu.be/dQw4w9WgXcQ")
    close_to_public(summit, by=None)
    client = as_user(organiser)
    page = client.get(OVERVIEW + name).content.decode()
    links = set(re.findall(r'href="(/(?:en/)?ogp2021/[^"#?]*)', page)) - {"/en/ogp2021/organiser/theme.css"}
    assert len(links) > 5
    assert [link for link in sorted(links) if client.get(link).status_code == 404] == []
