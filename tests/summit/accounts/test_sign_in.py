"""Signing in, through the pages and the mail a person gets."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from summit.accounts.sign_in import account_for
from summit.models import Message, User
from tests.factories import make_user

ASK, TYPE = "/{}/account/login/code/", "/{}/account/login/code/confirm/"


def code_in(message) -> str:
    [code] = re.findall(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", message.body, re.MULTILINE)
    return code


def translation_of(text: str, language: str) -> str:
    with translation.override(language):
        return gettext(text)


def signed_in(client) -> bool:
    return client.get("/me.json").json()["signed_in"]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_mailed_code_signs_in_and_proves_the_address(db, work, language):
    user = account_for("hong@people.example", name="홍길동", language=language)
    assert not EmailAddress.objects.get(user=user).verified
    client = Client()
    asked = client.post(ASK.format(language), {"email": "Hong@People.example"})
    assert asked.status_code == 302
    assert asked["Location"] == TYPE.format(language)
    assert client.get(asked["Location"]).status_code == 200
    assert mail.outbox == []
    assert work() == 1
    [message] = mail.outbox
    assert message.to == ["hong@people.example"]
    assert "\n" not in message.subject
    assert not signed_in(client)
    done = client.post(TYPE.format(language), {"code": code_in(message)})
    assert done.status_code == 302
    assert done["Location"] == f"/{language}/my/"
    assert signed_in(client)
    assert client.get("/me.json").json()["name"] == "홍길동"
    assert EmailAddress.objects.get(user=user).verified


def test_the_mail_says_where_it_comes_from(db, work):
    make_user("hong@people.example")
    Client().post(ASK.format("en"), {"email": "hong@people.example"})
    work()
    body = mail.outbox[0].body
    assert "Hello from testserver!" in body
    assert Message.objects.get().language == "en"
    assert Message.objects.get().kind == "account"


def test_a_wrong_code_signs_nobody_in(db, work):
    make_user("hong@people.example")
    client = Client()
    client.post(ASK.format("en"), {"email": "hong@people.example"})
    work()
    answer = client.post(TYPE.format("en"), {"code": "AAA-AAA"})
    assert answer.status_code == 200
    assert not signed_in(client)


def test_three_wrong_codes_spoil_the_right_one(db, work):
    make_user("hong@people.example")
    client = Client()
    client.post(ASK.format("en"), {"email": "hong@people.example"})
    work()
    for _time in range(4):
        client.post(TYPE.format("en"), {"code": "AAA-AAA"})
    client.post(TYPE.format("en"), {"code": code_in(mail.outbox[0])})
    assert not signed_in(client)


def without_tokens(response) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"|[a-z]+@people\.example', "", response.content.decode())


def test_an_unknown_address_gets_the_same_pages_and_no_mail(db, work):
    make_user("known@people.example")
    pages = {}
    for email in ("known@people.example", "stranger@people.example"):
        client = Client()
        asked = client.post(ASK.format("ko"), {"email": email})
        pages[email] = (asked.status_code, asked["Location"], without_tokens(client.get(asked["Location"])),
                        without_tokens(client.post(asked["Location"], {"code": "AAA-AAA"})))  # fmt: skip
    assert pages["known@people.example"] == pages["stranger@people.example"]
    work()
    assert [message.to for message in mail.outbox] == [["known@people.example"]]


def test_a_wrong_password_says_the_same_as_an_unknown_address(db):
    make_user("known@people.example", password="a long enough pass phrase")
    answers = {
        without_tokens(Client().post("/en/account/login/", {"login": email, "password": "wrong"}))
        for email in ("known@people.example", "stranger@people.example")
    }
    assert len(answers) == 1


def test_a_password_reset_says_the_same_to_strangers(db, work):
    make_user("known@people.example", password="a long enough pass phrase")
    answers = set()
    for email in ("known@people.example", "stranger@people.example"):
        response = Client().post("/en/account/password/reset/", {"email": email})
        answers.add((response.status_code, response["Location"]))
    assert len(answers) == 1
    work()
    assert [message.to for message in mail.outbox] == [["known@people.example"]]


def test_nobody_signs_up(db, work):
    client = Client()
    page = client.get("/en/account/signup/")
    assert '<input type="email"' not in page.content.decode()
    client.post("/en/account/signup/", {"email": "new@people.example"})
    assert not User.objects.exists()
    assert not signed_in(client)


def test_staff_sign_in_with_a_password(db):
    make_user("desk@team.example", password="a long enough pass phrase", name="Desk")
    client = Client()
    page = client.get("/en/account/login/").content.decode()
    assert 'name="password"' in page
    assert ASK.format("en") in page
    answer = client.post("/en/account/login/", {"login": "desk@team.example", "password": "a long enough pass phrase"})
    assert answer.status_code == 302
    assert signed_in(client)
    client.post("/en/account/logout/")
    assert not signed_in(client)


def test_a_person_without_a_password_cannot_sign_in_with_one(db):
    make_user("hong@people.example")
    client = Client()
    client.post("/en/account/login/", {"login": "hong@people.example", "password": ""})
    assert not signed_in(client)


def test_a_second_factor_is_asked_for_before_anybody_is_in(db):
    user = make_user("desk@team.example", password="a long enough pass phrase")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client = Client()
    answer = client.post("/en/account/login/", {"login": "desk@team.example", "password": "a long enough pass phrase"})
    assert answer["Location"].startswith("/en/account/2fa/authenticate/")
    assert not signed_in(client)
    assert client.get(answer["Location"]).status_code == 200
    client.post(answer["Location"], {"code": "000000"})
    assert not signed_in(client)
    counter = next(yield_hotp_counters_from_time())
    client.post(answer["Location"], {"code": format_hotp_value(hotp_value(secret, counter))})
    assert signed_in(client)


def test_guessing_passwords_is_slowed_down(db):
    make_user("desk@team.example", password="a long enough pass phrase")
    client = Client()
    for _time in range(10):
        last = client.post("/en/account/login/", {"login": "desk@team.example", "password": "wrong"})
    assert "too many" in last.content.decode().lower()
    client.post("/en/account/login/", {"login": "desk@team.example", "password": "a long enough pass phrase"})
    assert not signed_in(client)


def test_asking_for_codes_is_slowed_down_for_strangers_alike(db, work):
    make_user("known@people.example")
    for email in ("known@people.example", "stranger@people.example"):
        statuses = [Client().post(ASK.format("en"), {"email": email}).status_code for _time in range(5)]
        assert statuses == [302, 302, 302, 200, 200]
    assert work() == 3


@pytest.mark.parametrize("language", ["ko", "en"])
def test_trying_many_addresses_ends_in_a_page_of_ours(db, language):
    for number in range(31):
        credentials = {"login": f"a{number}@people.example", "password": "wrong"}
        last = Client().post(f"/{language}/account/login/", credentials)
    assert last.status_code == 429
    assert f'lang="{language}"' in last.content.decode()
    assert translation_of("Too many tries", language) in last.content.decode()


def test_an_address_gets_one_account_however_it_is_spelt(db):
    first = account_for("Hong@People.example", name="홍길동")
    assert first.email == "hong@people.example"
    assert not first.has_usable_password()
    assert account_for(" hong@people.EXAMPLE".strip()) == first
    assert EmailAddress.objects.count() == 1


def test_signing_in_leads_back_to_where_one_was(db):
    make_user("desk@team.example", password="a long enough pass phrase")
    credentials = {"login": "desk@team.example", "password": "a long enough pass phrase"}
    back = Client().post("/en/account/login/?next=/en/ogp2021/desk/", {**credentials, "next": "/en/ogp2021/desk/"})
    assert back["Location"] == "/en/ogp2021/desk/"
    away = Client().post("/en/account/login/", {**credentials, "next": "https://evil.example/"})
    assert away["Location"] == "/en/my/"
