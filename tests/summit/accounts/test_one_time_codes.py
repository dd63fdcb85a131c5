"""A code of an authenticator app is good once, whatever the process that is asked remembers."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from summit.accounts import one_time_codes
from tests.factories import make_user

PHRASE = "a long enough pass phrase"
STEP = 30  # seconds
NOW = 1_900_000_020


@pytest.fixture
def secret(db):
    secret = generate_totp_secret()
    TOTP.activate(make_user("desk@team.example", password=PHRASE), secret)
    return secret


def code(secret: str, at: int) -> str:
    return format_hotp_value(hotp_value(secret, at // STEP))


def signs_in(said: str) -> bool:
    """At a process that remembers nothing: another machine, or this one after a restart."""
    cache.clear()
    client = Client()
    where = client.post("/en/account/login/", {"login": "desk@team.example", "password": PHRASE})["Location"]
    client.post(where, {"code": said})
    return "_auth_user_id" in client.session


def test_a_code_signs_in_once_on_all_machines_together(secret):
    with time_machine.travel(NOW, tick=False):
        assert signs_in(code(secret, NOW))
        assert not signs_in(code(secret, NOW))


def test_a_used_code_stays_used_for_as_long_as_its_time_is_taken(secret):
    early = code(secret, NOW + STEP)
    with time_machine.travel(NOW, tick=False):
        assert signs_in(early)
    for later in (STEP, 2 * STEP):
        with time_machine.travel(NOW + later, tick=False):
            assert not signs_in(early)


def test_an_earlier_code_is_used_up_with_a_later_one_and_the_next_is_good(secret):
    with time_machine.travel(NOW, tick=False):
        assert signs_in(code(secret, NOW))
        assert not signs_in(code(secret, NOW - STEP))
        assert signs_in(code(secret, NOW + STEP))


def test_proving_it_is_still_oneself_takes_a_code_of_its_own(secret):
    with time_machine.travel(NOW, tick=False):
        client = Client()
        where = client.post("/en/account/login/", {"login": "desk@team.example", "password": PHRASE})["Location"]
        client.post(where, {"code": code(secret, NOW)})
        path = "/en/account/2fa/reauthenticate/"
        cache.clear()
        assert client.post(path, {"code": code(secret, NOW)}).status_code == 200
        assert client.post(path, {"code": code(secret, NOW + STEP)}).status_code == 302


def test_a_code_whose_time_ended_a_moment_ago_is_none(secret):
    authenticator = Authenticator.objects.get()
    with time_machine.travel(NOW, tick=False):
        assert not one_time_codes.take(authenticator, code(secret, NOW - 3 * STEP))
        assert one_time_codes.take(authenticator, code(secret, NOW))
    # The secret is what it was.
    authenticator.refresh_from_db()
    assert authenticator.data.keys() == {"secret", "last_step"}
