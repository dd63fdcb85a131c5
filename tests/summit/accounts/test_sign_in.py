"""Signing in, through the pages and the mail a person gets."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext

from speakers.editing.invitations import invite_speaker
from summit.accounts import sign_in_mails, team
from summit.accounts.sign_in import Adapter, account_for
from summit.models import Message, User
from tests.factories import make_speaker, make_summit, make_user

ASK, TYPE = "/{}/account/login/code/", "/{}/account/login/code/confirm/"


CODE = re.compile(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", re.MULTILINE)


def code_in(message) -> str:
    [code] = CODE.findall(message.body)
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
    assert work() == 2  # it is written, and it leaves
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


@pytest.mark.parametrize(
    ("language", "subject", "site"),
    [("en", "Sign-in code for testserver", "testserver"), ("ko", "testserver 로그인 코드", "testserver")],
)
def test_the_mail_says_which_site_it_is_from_and_what_to_do(db, work, language, subject, site):
    make_user("hong@people.example")
    Client().post(ASK.format(language), {"email": "hong@people.example"})
    work()
    [message] = mail.outbox
    [(html, _kind)] = message.alternatives
    assert message.subject == subject
    for body in (message.body, html):
        assert site in body and "hong@people.example" in body and code_in(message) in body
        assert translation_of("If it was not you, ignore this mail: without the code nobody gets in. Never give the code to anybody.", language) in body  # fmt: skip
        assert "Hello from" not in body
    assert f'lang="{language}"' in html
    assert (Message.objects.get().language, Message.objects.get().kind) == (language, "account")


def test_the_mail_names_the_summit_somebody_comes_from(summit, work):
    make_user("hong@people.example")
    wanted = {"email": "hong@people.example", "next": "/en/ogp2021/my-agenda/"}
    Client().post(ASK.format("en"), wanted)
    make_user("closed@people.example")
    make_summit("hidden2022", is_public=False, name={"en": "Hidden"}, short_name={})
    Client().post(ASK.format("en"), {"email": "closed@people.example", "next": "/en/hidden2022/organiser/"})
    work()
    assert [message.subject for message in mail.outbox] == [
        "Sign-in code for 2021 OGP Global Summit", "Sign-in code for testserver",
    ]  # fmt: skip
    assert "contact@ogp2021.example" in mail.outbox[0].body


def test_whoever_is_invited_to_a_closed_summit_reads_its_name(summit, organiser, work):
    summit.is_public = False
    summit.save()
    Client().post(ASK.format("en"), {"email": organiser.email, "next": "/en/ogp2021/organiser/"})
    work()
    assert "2021 OGP Global Summit" in mail.outbox[0].subject


def library_mails() -> set[str]:
    """The names of all mails allauth can send about accounts and second factors."""
    here = Path(allauth.__file__).parent / "templates"
    return {
        f"{app}/email/{path.name.removesuffix('_subject.txt')}"
        for app in ("account", "mfa")
        for path in (here / app / "email").glob("*_subject.txt")
    }


def test_every_mail_of_the_library_is_in_our_words():
    assert library_mails() <= set(sign_in_mails.MAILS)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", sorted(sign_in_mails.MAILS.keys() - {sign_in_mails.UNKNOWN}))
def test_every_mail_is_whole_in_both_languages(db, rf, name, language, work):
    request = rf.get(f"/{language}/account/")
    request.session = {}
    context = {"code": "ABC-DEF", "password_reset_url": "http://testserver/key", "timestamp": timezone.now(), "ip": "192.0.2.1", "user_agent": "Firefox"}  # fmt: skip
    with translation.override(language), request_context(request):
        Adapter(request).send_mail(name, "hong@people.example", context)
    work()
    [message] = mail.outbox
    for text in (message.subject, message.body, message.alternatives[0].content):
        assert "testserver" in text and "%(" not in text
    assert bool(re.search("[가-힣]", message.subject)) == (language == "ko")
    assert bool(re.search("[가-힣]", message.body)) == (language == "ko")


def codes_asked_until_in(client: Client, email: str, where: str, work) -> int:
    """How many codes somebody is mailed who opens ``where``, is sent to sign in, and asks for a code."""
    mail.outbox.clear()
    sent_to = client.get(where)
    assert "/account/login/" in sent_to["Location"]
    page = client.get(sent_to["Location"])
    ask = re.search(r'href="(/\w\w/account/login/code/[^"]*)"', page.content.decode())[1].replace("&amp;", "&")
    answer = client.post(ask, {"email": email, "next": where})
    while not signed_in(client):
        work()
        assert "/code" in answer["Location"] or "/confirm" in answer["Location"]
        answer = client.post(answer["Location"], {"code": code_in(mail.outbox[-1])})
    assert answer["Location"] == where
    return len([message for message in mail.outbox if CODE.search(message.body)])


def test_an_invited_member_needs_one_code_from_mail_to_workspace(summit, work):
    owner = make_user("owner@team.example", summit=summit, role="owner")
    row = team.invite(summit, "new@people.example", "organiser", by=owner)
    client, where = Client(), f"/ko/ogp2021/team-invitations/{row.token}/"
    assert codes_asked_until_in(client, "new@people.example", where, work) == 1
    assert client.post(where).status_code == 302
    assert client.get("/ko/ogp2021/organiser/").status_code == 200


def test_an_invited_owner_of_a_new_summit_needs_one_code(db, work):
    summit = make_summit("new2027", is_public=False)
    row = team.invite(summit, "owner@people.example", "owner", by=make_user("op@team.example", is_superuser=True))
    client, where = Client(), f"/ko/new2027/team-invitations/{row.token}/"
    assert codes_asked_until_in(client, "owner@people.example", where, work) == 1
    assert client.post(where).status_code == 302
    assert client.get("/ko/new2027/organiser/").status_code == 200


def test_whoever_takes_a_profile_over_needs_one_code_and_none_for_the_team_afterwards(summit, organiser, work):
    speaker = make_speaker(summit, email="speaker@people.example")
    row = invite_speaker(speaker, "speaker@people.example", by=organiser)
    client, where = Client(), f"/ko/ogp2021/profile-claims/{row.token}/"
    assert codes_asked_until_in(client, "speaker@people.example", where, work) == 1
    assert client.post(where).status_code == 302
    owner = make_user("owner@team.example", summit=summit, role="owner")
    member = team.invite(summit, "speaker@people.example", "owner", by=owner)
    client.post("/ko/account/logout/")
    again = f"/ko/ogp2021/team-invitations/{member.token}/"
    assert codes_asked_until_in(client, "speaker@people.example", again, work) == 1
    assert client.post(again).status_code == 302


def test_whoever_registered_needs_one_code(registration, work):
    assert codes_asked_until_in(Client(), registration.email, "/ko/my/", work) == 1


def test_an_account_from_the_command_line_needs_one_code(db, work):
    user = User.objects.create_superuser("op@team.example", "a long enough pass phrase")
    assert codes_asked_until_in(Client(), "Op@team.example", "/ko/my/", work) == 1
    assert EmailAddress.objects.get(user=user).verified


def test_a_password_proves_no_address(db, work):
    User.objects.create_superuser("op@team.example", "a long enough pass phrase")
    client = Client()
    client.post("/en/account/login/", {"login": "op@team.example", "password": "a long enough pass phrase"})
    assert not signed_in(client)
    assert work() == 1


def test_a_new_password_is_told_by_mail(db, work, as_user):
    user = make_user("desk@team.example", password="a long enough pass phrase")
    client = as_user(user)
    new = "another long enough phrase"
    client.post(
        "/en/account/password/change/", {"oldpassword": "a long enough pass phrase", "password1": new, "password2": new}
    )
    work()
    [message] = mail.outbox
    assert message.subject == "Your password on testserver was changed"
    assert "choose a new password at once" in message.body


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
    work()
    assert [message.to for message in mail.outbox] == [["known@people.example"]] * 3


@pytest.mark.parametrize("language", ["ko", "en"])
def test_trying_many_addresses_ends_in_a_page_of_ours(db, language):
    for number in range(121):
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


@pytest.mark.parametrize("language", ["ko", "en"])
def test_whoever_signs_out_stays_in_the_language_of_the_page(organiser, as_user, language):
    client = as_user(organiser)
    assert client.post(f"/{language}/account/logout/", HTTP_ACCEPT_LANGUAGE="fr")["Location"] == f"/{language}/"
