"""What a password may be, at the page where one is chosen."""

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
        "b" * 127 + "!",
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
    ],
)
def test_what_is_too_short_too_long_common_or_like_the_person_is_refused(client, new, said):
    answer = change(client, new)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert signs_in(OLD)


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
