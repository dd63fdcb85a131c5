"""What people and operators read of sign-ins, failures and changes of factors."""

import json
import re

import pytest
from django.core import mail
from django.test import Client

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
