"""The session of somebody who signs in: its key, its cookie, its end."""

from django.conf import settings
from django.test import Client

from tests.factories import make_user

PASSWORD = "a long enough pass phrase"
NAME = settings.SESSION_COOKIE_NAME


def signed_in(client):
    return client.get("/me.json").json()["signed_in"]


def sign_in(client):
    return client.post("/en/account/login/", {"login": "hong@people.example", "password": PASSWORD})


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(db):
    make_user("hong@people.example", password=PASSWORD)
    client = Client()
    planted = client.session
    planted["bookmarks"] = "of a stranger"
    planted.save()
    before = client.cookies[NAME].value
    assert before
    sign_in(client)
    key = client.cookies[NAME].value
    assert signed_in(client)
    assert key != before
    thief = Client()
    for old, opens in ((before, False), (key, True)):
        thief.cookies[NAME] = old
        assert signed_in(thief) is opens
    client.post("/en/account/logout/")
    thief.cookies[NAME] = key
    assert not signed_in(thief)


def test_the_key_is_long_in_a_cookie_that_scripts_and_other_sites_do_not_get_and_in_no_address(db):
    make_user("hong@people.example", password=PASSWORD)
    client = Client()
    answer = sign_in(client)
    cookie = client.cookies[NAME]
    assert len(set(cookie.value)) > 10 and len(cookie.value) >= 32
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie.value not in answer["Location"]
    assert cookie.value not in client.get("/en/my/").content.decode()
