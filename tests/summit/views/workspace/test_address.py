"""The address of a summit, and deleting it, in the settings."""

import re
from html import unescape

import pytest

from summit.models import HistoryEntry, Role, Summit
from tests.factories import make_registration, make_summit, make_user

PAGE = "/en/new2027/organiser/settings/"


@pytest.fixture
def private(db):
    return make_summit("new2027", is_public=False, agenda_published_at=None)


@pytest.fixture
def owner(private, as_user):
    return as_user(make_user("owner@new.example", summit=private, role=Role.OWNER))


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def filled(client, code, **more):
    return {"form_versions": hidden(client.get(f"{PAGE}address/").content.decode()), "code": code, **more}


def test_a_new_address_says_what_breaks_and_leads_on_from_there(private, owner):
    make_registration(private)
    private.memberships.create(user=make_user("invited@new.example"), role=Role.VIEWER, accepted_at=None)
    page = owner.post(f"{PAGE}address/", filled(owner, "forum2027", action="preview")).content.decode()
    assert "/forum2027/" in page and "with new2027 leads nowhere then" in page
    assert "1 invitation to the team" in page and "1 person is registered" in page
    answer = owner.post(f"{PAGE}address/", filled(owner, "forum2027"))
    assert answer["Location"] == "/en/forum2027/organiser/settings/address/"
    assert owner.get(answer["Location"]).status_code == 200
    assert owner.get(PAGE).status_code == 404
    assert HistoryEntry.objects.get(action="summit.settings").changes == {"code": ["new2027", "forum2027"]}


@pytest.mark.parametrize(("code", "status", "says"), [
    ("ogp2021", 409, "with this address already"), ("admin", 422, "an address of the installation"), ("No!", 422, "Four to 32 small letters"),
    ("", 422, "required"), ("x" * 33, 422, "32"),
])  # fmt: skip
def test_an_address_that_is_none_or_taken_is_refused(summit, owner, code, status, says):
    answer = owner.post(f"{PAGE}address/", filled(owner, code))
    assert answer.status_code == status and says in unescape(answer.content.decode())
    assert Summit.objects.filter(code="new2027").exists()


def test_an_address_people_have_stays(summit, organiser, as_user):
    client = as_user(organiser)
    page = client.get("/en/ogp2021/organiser/settings/address/").content.decode()
    assert "stands in print" in page and 'name="code"' not in page
    answer = client.post("/en/ogp2021/organiser/settings/address/", {"code": "other2021", "form_versions": ""})
    assert answer.status_code == 409 and Summit.objects.get().code == "ogp2021"


def test_an_owner_deletes_a_summit_nobody_has_seen(private, owner):
    page = owner.get(f"{PAGE}deletion/").content.decode()
    assert "1 member of the team" in page and "Write its address, new2027, to go on" in page
    seen = hidden(page, "seen")
    wrong = owner.post(f"{PAGE}deletion/", {"typed": "new2026", "seen": seen})
    assert wrong.status_code == 422 and "not the address of the summit" in wrong.content.decode()
    assert owner.post(f"{PAGE}deletion/", {"typed": "new2027", "seen": seen})["Location"] == "/en/my/"
    assert not Summit.objects.exists()
    assert HistoryEntry.objects.get().subject_name and HistoryEntry.objects.get().summit is None


def test_organisers_delete_nothing(private, as_user):
    client = as_user(make_user("organiser@new.example", summit=private, role=Role.ORGANISER))
    page = client.get(f"{PAGE}deletion/").content.decode()
    assert "Only an owner" in page and '<button class="button danger' not in page
    answer = client.post(f"{PAGE}deletion/", {"typed": "new2027", "seen": "0-0-0-0-0-1"})
    assert answer.status_code == 403 and Summit.objects.exists()


def test_a_summit_that_was_public_says_who_deletes_it(summit, as_user):
    client = as_user(make_user("owner@team.example", summit=summit, role=Role.OWNER))
    page = client.get("/en/ogp2021/organiser/settings/deletion/").content.decode()
    assert "Only an operator of the installation" in page and "close it to the public" in page
    assert client.post("/en/ogp2021/organiser/settings/deletion/", {"typed": "ogp2021"}).status_code == 409
