"""What people and operators read of sign-ins, failures and changes of factors."""

import json
import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from summit import history
from summit.accounts import security_events
from summit.models import HistoryEntry
from tests.factories import make_user
from tests.second_factors import code_of, enrol, show

PASSWORD, LIST = "a long enough pass phrase", "/en/my/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def user(db):
    return make_user("lead@team.example", password=PASSWORD, name="Lead", language="en")


@pytest.fixture
def client():
    return Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="198.51.100.7")


def lines() -> list[tuple[str, dict, str]]:
    return [(row.action, row.changes, row.place) for row in HistoryEntry.objects.order_by("pk")]


def sign_in(client, user, password=PASSWORD):
    return client.post("/en/account/login/", {"login": user.email, "password": password})


# A public key of P-256 (its own generator).
KEY = {
    1: 2, 3: -7, -1: 1,
    -2: bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
    -3: bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
}  # fmt: skip
DEVICE, PLACE = [None, "Firefox · Windows"], "page 198.51.100.0/24"


def test_a_sign_in_is_a_line_with_how_and_from_where(user, client):
    sign_in(client, user)
    assert lines() == [("user.sign_in", {"way": [None, ["password"]], "device": DEVICE}, PLACE)]
    line = HistoryEntry.objects.get()
    assert (line.by, line.summit, line.subject_key) == (user, None, str(user.pk))


def test_a_sign_in_with_both_factors_and_one_by_code(user, client, work):
    secret = enrol(user)
    sign_in(client, user)
    assert lines() == []
    client.post("/en/account/2fa/authenticate/", {"code": code_of(secret)})
    assert lines()[-1][1]["way"] == [None, ["password", "totp"]]
    other = make_user("other@people.example")
    client = Client()
    client.post("/en/account/login/code/", {"email": other.email})
    work()
    [code] = re.findall(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", mail.outbox[-1].body, re.MULTILINE)
    client.post("/en/account/login/code/confirm/", {"code": code})
    assert lines()[-1][1]["way"] == [None, ["code"]]


def test_a_wrong_password_is_a_line_where_there_is_an_account(user, client, work):
    sign_in(client, user, "wrong-and-secret")
    client.post("/en/account/login/", {"login": "nobody@people.example", "password": "wrong-and-secret"})
    assert lines() == []
    assert work() == 2
    assert lines() == [("user.sign_in_failed", {"device": DEVICE}, PLACE)]
    assert HistoryEntry.objects.get().by is None


def test_a_wrong_code_is_a_line(user, client):
    enrol(user)
    sign_in(client, user)
    client.post("/en/account/2fa/authenticate/", {"code": "000000"})
    assert lines() == [("user.wrong_code", {"device": DEVICE}, PLACE)]


@pytest.mark.django_db(transaction=True)
def test_changes_of_factors_and_passwords_are_lines(user, client):
    sign_in(client, user)
    again, activate, new = "/en/account/reauthenticate/", "/en/account/2fa/totp/activate/", "another long enough phrase"
    client.get(activate)
    client.post(again, {"password": PASSWORD, "next": activate})
    secret = re.search(r'value="([A-Z2-7]{32})"', client.get(activate).content.decode())[1]
    client.post(activate, {"code": code_of(secret)})
    client.post("/en/account/2fa/recovery-codes/generate/")
    client.post("/en/account/2fa/totp/deactivate/")
    client.post("/en/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [(action, changes.get("factor")) for action, changes, _place in lines()] == [
        ("user.sign_in", None),
        ("user.factor_added", [None, "totp"]),
        ("user.factor_added", [None, "recovery_codes"]),
        ("user.factor_removed", ["totp", None]),
        ("user.password", None),
    ]
    kept = json.dumps(list(HistoryEntry.objects.values("changes", "subject_name")))
    assert not any(word in kept for word in (PASSWORD, new, secret))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["Signed in: password", "Wrong password", "Signed out of other browsers", "Firefox · Windows", "198.51.100.0/24"]),
     ("ko", ["로그인함: 비밀번호", "잘못된 비밀번호", "다른 브라우저에서 로그아웃함", "Firefox · Windows", "198.51.100.0/24"])],
)  # fmt: skip
def test_people_read_what_happened_to_their_account_and_no_other(user, client, work, language, said):
    sign_in(Client(headers={"User-Agent": "curl/8"}), make_user("other@people.example", password=PASSWORD))
    sign_in(client, user, "wrong")
    work()
    sign_in(client, user)
    client.post(LIST, {"action": "others"})
    page = client.get(f"/{language}/my/sessions/").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace(" :", ":")
    assert [words for words in said if words not in text] == []
    assert "curl" not in page


def test_operators_read_all_of_it_in_the_admin(user, client, as_user):
    sign_in(client, user)
    operator = as_user(make_user("op@team.example", is_staff=True, is_superuser=True))
    assert "user.sign_in" in operator.get("/admin/summit/historyentry/").content.decode()


def test_the_newest_come_first_and_not_without_end(user, client):
    for number in range(40):
        history.record("user.sign_in", user, by=user, summit=None, changes={"device": (None, f"device {number}")})
    found = security_events.of(user)
    assert len(found) == 30 and found[0].device == "device 39"


def test_each_action_has_words():
    assert set(security_events.ACTIONS) <= set(history.ACTIONS)


def test_showing_a_factor_is_no_sign_in(user, as_user):
    show(as_user(user), enrol(user))
    assert lines() == []


def test_old_lines_go_but_the_newest_sign_in_of_each_account(user, client):
    other = make_user("other@people.example", password=PASSWORD)
    now = timezone.now()
    for days in (500, 400, 30):
        with time_machine.travel(now - timedelta(days=days), tick=False):
            sign_in(Client(), user)
            if days > 30:
                sign_in(Client(), other)
                history.record("user.wrong_code", user, by=user, summit=None)
            history.record("registration.cancel", user, by=user, summit=None)
    assert security_events.forget(older_than=now - timedelta(days=365)) == 5
    left = HistoryEntry.objects.order_by("pk").values_list("action", "subject_key")
    assert list(left.exclude(action="registration.cancel")) == [
        ("user.sign_in", str(other.pk)),
        ("user.sign_in", str(user.pk)),
    ]
    assert left.filter(action="registration.cancel").count() == 3


def test_housekeeping_does_it(user, client, settings):
    settings.SIGN_IN_HISTORY_DAYS = 10
    for days in (12, 11):
        with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
            sign_in(Client(), user)
    out = StringIO()
    call_command("tidy", stdout=out)
    assert "old lines about signing in: 1" in out.getvalue()
    assert HistoryEntry.objects.filter(action="user.sign_in").count() == 1


def websafe(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def client_data(kind: str) -> str:
    return websafe(json.dumps({"type": kind, "challenge": "AAAA", "origin": "http://testserver"}).encode())


def add_passkey(user, number: bytes) -> None:
    credential = AttestedCredentialData.create(bytes(16), number, ES256(KEY))
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    given = AuthenticatorData.create(b"r" * 32, flags, 0, credential)
    response = {
        "clientDataJSON": client_data("webauthn.create"),
        "attestationObject": websafe(AttestationObject.create("none", given, {})),
    }
    key = {"id": websafe(number), "rawId": websafe(number), "type": "public-key", "clientExtensionResults": {}}
    Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "key", "credential": {**key, "response": response}}
    )


def test_a_passkey_that_does_not_fit_is_a_line_of_whom_it_belongs_to(user, client):
    add_passkey(user, b"key of lead")
    address = "/en/account/2fa/webauthn/login/"
    for number in (b"key of lead", b"another key"):
        client.get(address, headers={"X-Requested-With": "XMLHttpRequest"})
        response = {
            "clientDataJSON": client_data("webauthn.get"),
            "authenticatorData": websafe(b"r" * 32 + b"\x05" + bytes(4)),
            "signature": "AAAA",
            "userHandle": websafe(user_pk_to_url_str(user).encode()),
        }
        key = {"id": websafe(number), "rawId": websafe(number), "type": "public-key", "clientExtensionResults": {}}
        client.post(address, {"credential": json.dumps({**key, "response": response})})
    assert not client.get("/me.json").json()["signed_in"]
    assert lines() == [("user.refused_passkey", {"device": DEVICE}, PLACE)]
