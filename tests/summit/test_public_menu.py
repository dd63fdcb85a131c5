"""The menu marks where the reader is, and error pages keep the summit around them."""

import re

import pytest
from django.test import Client

from tests.factories import make_organisation, make_page, make_room, make_session, make_speaker, make_track

ENTRIES = ["Agenda", "Now", "My agenda", "Speakers", "Hosts", "About", "Register"]


@pytest.fixture
def full(summit):
    make_session(summit, track=make_track(summit), room=make_room(summit), hosts=[make_organisation(summit)],
                 people=[make_speaker(summit, code="p00001")])  # fmt: skip
    make_page(summit, slug="visa", in_menu=True, title={"en": "Visa", "ko": "비자"})
    return summit


def menu(path: str) -> list[tuple[str, str]]:
    """Each entry of the menu with its ``aria-current``."""
    page = Client().get(path).content.decode()
    nav = re.search(r'<nav aria-label="Main">(.*?)</nav>', page, re.DOTALL)[1]
    links = re.findall(r"<a\b([^>]*)>\s*(.*?)\s*</a>", nav, re.DOTALL)
    return [(label, "".join(re.findall(r'aria-current="(\w+)"', attributes))) for attributes, label in links]


@pytest.mark.parametrize(
    ("path", "label", "how"),
    [
        ("agenda/", "Agenda", "page"),
        ("agenda/tracks/", "Agenda", "true"),
        ("agenda/search/", "Agenda", "true"),
        ("sessions/CIV001/", "Agenda", "true"),
        ("tracks/civic-space/", "Agenda", "true"),
        ("agenda/now/", "Now", "page"),
        ("my-agenda/", "My agenda", "page"),
        ("speakers/", "Speakers", "page"),
        ("speakers/p00001/", "Speakers", "true"),
        ("hosts/moi/", "Hosts", "true"),
        ("pages/", "About", "page"),
        ("pages/privacy/", "About", "true"),
        ("pages/visa/", "Visa", "page"),
        ("register/", "Register", "page"),
        ("register/lost-link/", "Register", "true"),
    ],
)
def test_the_entry_of_a_page_stays_marked_on_the_pages_below_it(full, path, label, how):
    found = menu(f"/en/ogp2021/{path}")
    assert [name for name, _current in found] == [*ENTRIES[:-1], "Visa", "Register"]
    assert [(name, current) for name, current in found if current] == [(label, how)]


@pytest.mark.parametrize("path", ["", "data/"])
def test_a_page_below_no_entry_marks_none(full, path):
    assert {current for _name, current in menu(f"/en/ogp2021/{path}")} == {""}


def test_a_mistyped_address_keeps_the_summit_around_the_page(full):
    response = Client().get("/en/ogp2021/sesions/CIV001/")
    page = response.content.decode()
    assert response.status_code == 404
    assert [name for name, _current in menu("/en/ogp2021/sesions/CIV001/")] == [*ENTRIES[:-1], "Visa", "Register"]
    assert '<a class="button" href="/en/ogp2021/">' in page
    assert 'action="/en/ogp2021/agenda/search/"' in page


@pytest.mark.parametrize("public", [True, False])
def test_only_a_public_summit_is_around_it(full, public):
    full.is_public = public
    full.save()
    page = Client().get("/ko/ogp2021/nowhere/").content.decode()
    assert (str(full.name["ko"]) in page or full.brand["ko"] in page) == public


def test_a_database_that_is_away_leaves_the_plain_page(full, monkeypatch):
    from django.db import OperationalError

    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("summit.models.Summit.objects.public", away)
    response = Client(raise_request_exception=False).get("/en/nowhere/at/all/")
    assert response.status_code == 404
    assert '<a class="button" href="/">' in response.content.decode()
