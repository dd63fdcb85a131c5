"""Wrong passwords, typed at the pages where people sign in, from networks as they come."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from summit.accounts import password_guessing
from summit.accounts.password_guessing import FROM_EVERYWHERE, NETWORK, PAIR, Wait, begin
from summit.models import Message
from tests.factories import make_user

LOGIN, ASK = "/en/account/login/", "/en/account/login/code/"
PASSWORD, OWNER = "a long enough pass phrase", "owner@team.example"
HERS, STRANGERS = "198.51.100.7", "203.0.113.{}"


@pytest.fixture
def owner(db):
    return make_user(OWNER, password=PASSWORD, language="en")


def attempt(address: str, password: str = "wrong", email: str = OWNER, language: str = "en"):
    client = Client(REMOTE_ADDR=address)
    return client.post(LOGIN.replace("/en/", f"/{language}/"), {"login": email, "password": password})


def comes_in(answer) -> bool:
    return answer.status_code == 302


def wrong(email: str, address: str, times: int) -> int:
    """So many wrong passwords; how many of them were looked at."""
    heard = 0
    for _time in range(times):
        try:
            begin(email, address).was_wrong()
        except Wait:
            continue
        heard += 1
    return heard


def test_a_stranger_elsewhere_keeps_nobody_out(owner):
    for _time in range(50):
        assert not comes_in(attempt(STRANGERS.format(9)))
    assert not comes_in(attempt(STRANGERS.format(9), PASSWORD))
    assert comes_in(attempt(HERS, PASSWORD))


def test_many_strangers_keep_nobody_out(owner):
    for number in range(300):
        wrong(OWNER, f"203.{number % 250}.{number}.1", 1)
    assert comes_in(attempt(HERS, PASSWORD))


def test_whoever_guesses_from_many_networks_has_one_try_in_each(owner):
    assert wrong(OWNER, HERS, PAIR.free + 10) == PAIR.free
    for number in range(FROM_EVERYWHERE):
        wrong(OWNER, f"10.0.{number}.1", 1)
    assert wrong(OWNER, "10.1.0.1", 5) == 1
    assert wrong("other@team.example", "10.1.0.1", 4) == 4


def test_the_same_network_waits_longer_and_longer(owner):
    start, waits = timezone.now(), []
    with time_machine.travel(start, tick=False) as clock:
        for _time in range(8):
            wrong(OWNER, HERS, PAIR.free)
            with pytest.raises(Wait) as refused:
                begin(OWNER, HERS)
            waits.append(refused.value.details["retry_after"])
            clock.shift(timedelta(seconds=waits[-1] + 1))
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


def test_after_the_pause_the_right_password_opens(owner):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(PAIR.free + 3):
            attempt(HERS)
        refused = attempt(HERS, PASSWORD).content.decode()
        assert "Wait 15 seconds." in refused and "A mailed code or a passkey signs you in at once." in refused
        clock.shift(timedelta(seconds=16))
        assert comes_in(attempt(HERS, PASSWORD))
        # And what was wrong before it no longer makes anybody wait.
        assert comes_in(attempt(HERS, PASSWORD))


def test_neighbours_in_a_network_are_counted_together(owner):
    for number in range(PAIR.free + 1):
        attempt(STRANGERS.format(number))
    assert not comes_in(attempt(STRANGERS.format(200), PASSWORD))
    for number in range(PAIR.free + 1):
        attempt(f"2001:db8:1:{number}::1")
    assert not comes_in(attempt("2001:db8:1:ffff::1", PASSWORD))
    assert comes_in(attempt("2001:db8:2::1", PASSWORD))


def test_one_network_that_tries_many_addresses_waits(owner):
    for number in range(NETWORK.free + 1):
        wrong(f"somebody{number}@people.example", HERS, 1)
    with pytest.raises(Wait):
        begin("another@people.example", HERS)
    begin("another@people.example", STRANGERS.format(1))


def test_an_own_account_ends_no_pause_of_the_network(owner):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(NETWORK.free):
            wrong(f"somebody{number}@people.example", HERS, 1)
        clock.shift(timedelta(seconds=NETWORK.first + 1))
        begin("own@people.example", HERS).was_right()
        with pytest.raises(Wait):
            begin(OWNER, HERS)


def test_of_many_tries_at_once_one_passes(owner):
    wrong(OWNER, HERS, PAIR.free - 1)
    where = password_guessing._key("pair", OWNER, "198.51.100.0/24")
    assert [PAIR.take(where, PAIR.free) == 0 for _time in range(5)] == [True, False, False, False, False]


def test_right_passwords_cost_nothing(owner):
    for _time in range(PAIR.free * 3):
        assert comes_in(attempt(HERS, PASSWORD))


def test_the_password_asked_for_again_is_counted_as_well(owner, as_user):
    client = as_user(owner)
    for _time in range(PAIR.free + 2):
        client.post("/en/account/reauthenticate/", {"password": "wrong"}, REMOTE_ADDR=HERS)
    said = client.post("/en/account/reauthenticate/", {"password": PASSWORD}, REMOTE_ADDR=HERS)
    assert "Too many wrong passwords" in said.content.decode()


def test_a_mailed_code_is_a_way_in_at_any_time(owner, work):
    """Also where a stranger asks for codes in her name until they get no more."""
    for _time in range(PAIR.free + 3):
        attempt(HERS)
    asked = [Client(REMOTE_ADDR=STRANGERS.format(1)).post(ASK, {"email": OWNER}).status_code for _time in range(10)]
    assert asked == [302] * 3 + [200] * 7
    work()
    mail.outbox.clear()
    client = Client(REMOTE_ADDR=HERS)
    assert client.post(ASK, {"email": OWNER}).status_code == 302
    work()
    [code] = re.findall(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", mail.outbox[-1].body, re.MULTILINE)
    assert comes_in(client.post(f"{ASK}confirm/", {"code": code}))
    assert client.get("/me.json").json()["signed_in"]


def test_a_new_password_opens_at_once(owner, work):
    for _time in range(PAIR.free + 3):
        attempt(HERS)
    client = Client(REMOTE_ADDR=HERS)
    client.post("/en/account/password/reset/", {"email": OWNER})
    work()
    [link] = re.findall(r"http://testserver(/en/account/password/reset/key/\S+)", mail.outbox[-1].body)
    form = client.get(link, follow=True).redirect_chain[-1][0]
    new = "another long enough phrase"
    client.post(form, {"password1": new, "password2": new})
    assert comes_in(attempt(HERS, new))


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Many wrong passwords for your account on testserver"),
        ("ko", "testserver 계정에 잘못된 비밀번호가 여러 번 입력되었습니다"),
    ],
)
def test_the_person_is_told_once_an_hour(owner, work, language, subject):
    owner.language = language
    owner.save()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(25):
            attempt(STRANGERS.format(9))
        work()
        [message] = mail.outbox
        [(html, _kind)] = message.alternatives
        assert (message.to, message.subject) == ([OWNER], subject)
        for body in (message.body, html):
            assert "203.0.113.0/24" in body and f"{timezone.now():%Y-%m-%d %H:%M}" in body
            assert f"http://testserver/{language}/account/password/reset/" in body
        cache.clear()  # a cache that forgets sends no second one
        for _time in range(25):
            attempt(STRANGERS.format(9))
        work()
        assert len(mail.outbox) == 1
        clock.shift(timedelta(hours=1, seconds=1))
        for _time in range(25):
            attempt(STRANGERS.format(9))
        work()
        assert len(mail.outbox) == 2


def test_nobody_is_told_of_an_address_without_an_account_and_the_answer_is_the_same(owner, work):
    for email in ("nobody@people.example", OWNER):
        answers = [attempt(HERS, email=email).content.decode() for _time in range(15)]
        assert "Too many wrong passwords" in answers[-1]
        assert "not correct" in answers[0]
    work()
    assert [message.to for message in mail.outbox] == [[OWNER]]
    assert Message.objects.count() == 1


@pytest.mark.parametrize("email", ["", "  ", "x" * 300, "\x00", "홍길동", "Owner@TEAM.example "])
def test_whatever_is_typed_as_an_address_is_counted(owner, email):
    assert wrong(email, HERS, PAIR.free + 5) == PAIR.free


@given(st.text(max_size=30), st.text(max_size=30))
@examples(database=None, deadline=None, max_examples=50)
def test_no_two_addresses_share_a_count(one, other):
    assert (password_guessing._key("pair", one, "n") == password_guessing._key("pair", other, "n")) == (one == other)
