"""What a password may be, at the page where one is chosen."""

import re

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.test import Client

from summit import settings as ours
from tests.factories import make_user

OLD = "a long enough pass phrase"


def change(client, new, old=OLD):
    return client.post("/en/account/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def signs_in(password):
    client = Client()
    client.post("/en/account/login/", {"login": "hong@people.example", "password": password})
    return client.get("/me.json").json()["signed_in"]


@pytest.fixture
def client(db, as_user):
    return as_user(make_user("hong@people.example", password=OLD))


@pytest.mark.parametrize(
    "new",
    [
        "onlysmallletters",
        "  two  spaces  stay  ",
        "열두글자가되는비밀번호입니다",
        "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧",
        "a sentence of ours " * 6 + "and its end. !",
    ],
)
def test_any_characters_are_taken_whole_and_none_is_demanded(client, new):
    assert change(client, new).status_code == 302
    assert not signs_in(new[:-1])
    assert signs_in(new)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("eleven char", "too short"),
        ("b" * 129, "This password is too long. It may have 128 characters."),
        ("international", "too common"),
        ("hong@people.example", "too similar"),
        ("1q2w3e4r5t6y", "known from a leak"),
        ("LeaveMeAlone", "known from a leak"),
        ("abcabcabcabd", "Easy to guess"),
        ("qwertyuiop[]", "Easy to guess"),
    ],
)
def test_what_is_too_short_too_long_common_or_like_the_person_is_refused(client, new, said):
    answer = change(client, new)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert signs_in(OLD)


@pytest.mark.parametrize(
    ("new", "said"),
    [("plum river 61", "Good enough. One more word"), ("plum river under the bridge", "Hard to guess.")],
)
def test_without_scripts_the_next_page_says_how_strong_the_new_one_is(client, new, said):
    assert said in client.get(change(client, new)["Location"]).content.decode()


def test_who_signs_in_with_a_leaked_one_is_told(db):
    make_user("hong@people.example", password="leavemealone")
    make_user("park@people.example", password=OLD)
    for name, password, told in (("hong", "leavemealone", True), ("park", OLD, False)):
        client = Client()
        sent = {"login": f"{name}@people.example", "password": password}
        page = client.post("/en/account/login/", sent, follow=True).content.decode()
        assert ("known from a leak" in page) is told


@pytest.mark.parametrize(("language", "shown"), [("en", "Show password"), ("ko", "비밀번호 보기")])
def test_the_page_has_a_button_that_shows_and_a_place_that_tells_for_scripts_alone(client, language, shown):
    page = client.get(f"/{language}/account/password/change/").content.decode()
    buttons = re.findall(r'<button[^>]*data-show-password="(\w+)"[^>]*?(hidden)?\s*>\s*([^<]*?)\s*</button>', page)
    assert buttons == [(f"id_{name}", "hidden", shown) for name in ("oldpassword", "password1", "password2")]
    assert re.findall(r'data-strength-of="(\w+)"', page) == ["id_password1"]


def test_who_does_not_know_the_old_one_sets_no_new_one(client):
    assert "current password" in change(client, "another long enough one", old="a guess").content.decode()
    assert signs_in(OLD)


def test_passwords_are_kept_salted_and_slowly_hashed(settings):
    """OWASP, Password Storage Cheat Sheet: at least 600,000 rounds of PBKDF2-HMAC-SHA256."""
    assert not hasattr(ours, "PASSWORD_HASHERS")  # Django's own, which each of its releases makes slower
    assert PBKDF2PasswordHasher.iterations >= 600_000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    one, other = make_password(OLD), make_password(OLD)
    assert one != other
    assert one.split("$")[0] == "pbkdf2_sha256"
    assert len(one.split("$")[2]) >= 20
