"""Codes of apps, mails and lists, at the pages that ask for one: how long and how often each is good."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from summit.models import User
from tests.factories import make_user

BEGIN = datetime(2026, 5, 4, 9, 0, 0, tzinfo=UTC)
PASSWORD = "a long enough pass phrase"


@pytest.fixture
def secret(db):
    secret = generate_totp_secret()
    TOTP.activate(make_user("desk@team.example", password=PASSWORD), secret)
    return secret


def next_code(secret):
    """The code of the step after this one, which is taken already."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[-1]))


def sign_in(code):
    client = Client()
    asked = client.post("/en/account/login/", {"login": "desk@team.example", "password": PASSWORD})
    client.post(asked["Location"], {"code": code})
    return client, client.get("/me.json").json()["signed_in"]


def test_a_code_that_nobody_typed_ends_with_its_time(secret):
    with time_machine.travel(BEGIN, tick=False) as clock:
        code = next_code(secret)
        clock.shift(timedelta(seconds=90))
        assert not sign_in(code)[1]
        clock.shift(timedelta(seconds=-31))
        assert sign_in(code)[1]


def test_a_recovery_code_signs_in_once(secret):
    code = RecoveryCodes.activate(User.objects.get()).get_unused_codes()[0]
    assert [sign_in(code)[1] for _time in range(2)] == [True, False]


def test_a_mailed_code_is_good_once_and_in_the_browser_that_asked(db, work):
    make_user("hong@people.example")
    asked, other = Client(), Client()
    asked.post("/en/account/login/code/", {"email": "hong@people.example"})
    work()
    [code] = re.findall(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[0].body, re.MULTILINE)
    for client, opens in ((other, False), (asked, True)):
        client.post("/en/account/login/code/confirm/", {"code": code})
        assert client.get("/me.json").json()["signed_in"] is opens
    asked.post("/en/account/logout/")
    asked.post("/en/account/login/code/confirm/", {"code": code})
    assert not asked.get("/me.json").json()["signed_in"]
