"""Mailed codes: how long they are good, and what the database knows of them."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from summit.accounts import mailed_codes
from summit.models import HistoryEntry
from tests.factories import make_user

ASK, TYPE = "/en/account/login/code/", "/en/account/login/code/confirm/"


def asked(work, email="hong@people.example"):
    client = Client()
    client.post(ASK, {"email": email})
    work()
    return client, re.findall(r"^([A-Z]{4}-[A-Z]{4})$", mail.outbox[-1].body, re.MULTILINE)[0]


def opens(client, code):
    client.post(TYPE, {"code": code})
    return client.get("/me.json").json()["signed_in"]


@pytest.fixture
def user(db):
    return make_user("hong@people.example", language="en")


def test_a_code_ends_after_ten_minutes_and_the_mail_says_so(user, work):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late, code = asked(work)
        assert "good for ten minutes" in mail.outbox[-1].body
        clock.shift(timedelta(minutes=10, seconds=1))
        assert not opens(late, code)
        early, code = asked(work)
        clock.shift(timedelta(minutes=9, seconds=59))
        assert opens(early, code)


def test_no_session_holds_the_code_or_what_it_could_be_found_by_without_the_key(user, work, settings):
    _client, code = asked(work)
    kept = json.dumps([row.get_decoded() for row in Session.objects.all()])
    assert code not in kept and code.replace("-", "") not in kept
    [mark] = re.findall(r"mark:[\w-]+", kept)
    assert mailed_codes.code_of(mark) == code
    assert mailed_codes.code_of(mark, "another key") != code


def test_a_code_outlives_a_change_of_the_key(user, work, settings):
    client, code = asked(work)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one, as long as keys are made here 0123456789"
    assert opens(client, code.lower().replace("-", " "))


def test_codes_are_drawn_evenly():
    codes = {mailed_codes.code_of(mailed_codes.new_mark()) for _time in range(2000)}
    assert len(codes) == 2000
    assert {letter for code in codes for letter in code} == {*mailed_codes.LETTERS, "-"}


def test_the_code_of_an_address_is_kept_no_other_way(user, as_user, work):
    client = as_user(user)
    client.post("/en/account/email/", {"action_add": "", "email": "new@people.example"})
    work()
    [code] = [
        found for message in mail.outbox for found in re.findall(r"^([A-Z]{4}-[A-Z]{4})$", message.body, re.MULTILINE)
    ]
    assert code not in json.dumps([row.get_decoded() for row in Session.objects.all()])
    client.post("/en/account/confirm-email/", {"code": "BBBB-BBBB"})
    client.post("/en/account/confirm-email/", {"code": code})
    assert user.emailaddress_set.filter(email="new@people.example", verified=True).exists()


def test_a_wrong_one_is_a_line_where_there_is_an_account(user, work):
    known, _code = asked(work)
    stranger = Client()
    stranger.post(ASK, {"email": "nobody@people.example"})
    work()
    for client in (known, stranger):
        client.post(TYPE, {"code": "BBBB-BBBB"})
    assert HistoryEntry.objects.count() == 0
    assert work() == 2
    [line] = HistoryEntry.objects.all()
    assert (line.action, line.subject_key, line.by) == ("user.wrong_mailed_code", str(user.pk), None)
