"""What a person is told by mail of things done with their account that they may not have done."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.utils import timezone

from summit.models import HistoryEntry, Message, User
from tests.factories import make_user
from tests.second_factors import code_of, enrol

PASSWORD = "a long enough pass phrase"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"


@pytest.fixture
def user(db):
    return make_user("lead@team.example", password=PASSWORD, language="ko")


def sign_in(user, address="198.51.100.7", browser=FIREFOX):
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR=address)
    answer = client.post("/en/account/login/", {"login": user.email, "password": PASSWORD})
    return client, answer


def told(work):
    work()
    return [(message.to, message.subject) for message in mail.outbox]


def test_a_sign_in_from_a_new_place_is_told_once_in_the_persons_language(user, work):
    sign_in(user)
    assert told(work) == []
    sign_in(user, address="198.51.100.200")  # the same network
    assert told(work) == []
    for _time in range(2):
        sign_in(user, address="203.0.113.9")
    assert told(work) == [(["lead@team.example"], "새로운 곳에서 testserver에 로그인했습니다")]
    sign_in(user, browser=SAFARI)
    assert len(told(work)) == 2
    body = mail.outbox[0].body
    assert "203.0.113.0/24" in body and "Firefox · Windows" in body and "/ko/account/password/reset/" in body
    assert "203.0.113.9" not in body


def test_whoever_signs_in_for_the_first_time_hears_of_nothing_new(user, work):
    make_user("other@team.example", password=PASSWORD)
    sign_in(User.objects.get(email="other@team.example"), address="203.0.113.9")
    sign_in(user)
    assert told(work) == []


def show(user, code):
    client, asked = sign_in(user)
    client.post(asked["Location"], {"code": code})
    return client


def test_a_code_used_twice_is_a_line_and_told_at_most_once_an_hour(user, work):
    secret = enrol(user)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_of(secret)
        assert show(user, code).get("/me.json").json()["signed_in"]
        for _time in range(2):
            assert not show(user, code).get("/me.json").json()["signed_in"]
        assert told(work) == [(["lead@team.example"], "testserver 로그인 코드가 두 번 사용되었습니다")]
        used = HistoryEntry.objects.filter(action="user.used_code")
        assert used.count() == 2 and not HistoryEntry.objects.filter(action="user.wrong_code").exists()
        clock.shift(timedelta(minutes=61))
        code = code_of(secret)
        for _time in range(2):
            show(user, code)
        assert len(told(work)) == 2
    assert Message.objects.filter(kind="used_code").count() == 2


def test_a_recovery_code_used_twice_is_told_as_well(user, work):
    enrol(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    assert [show(user, code).get("/me.json").json()["signed_in"] for _time in range(2)] == [True, False]
    assert len(told(work)) == 1


def test_a_wrong_code_is_told_to_nobody(user, work):
    enrol(user)
    show(user, "000000")
    assert told(work) == []
