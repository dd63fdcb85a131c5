"""Where somebody is signed in: the list of it, and ending what stands there."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from summit.accounts import user_sessions
from summit.models import HistoryEntry, UserSession
from tests.factories import make_summit, make_user
from tests.second_factors import SHOW, enrol

PASSWORD, LIST = "a long enough pass phrase", "/en/my/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def user(db):
    return make_user("lead@team.example", password=PASSWORD, language="en")


def browser(user, agent: str = FIREFOX, address: str = "198.51.100.7") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    assert client.post("/en/account/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def signed_in(client: Client) -> bool:
    return client.get("/me.json").json()["signed_in"]


def shown(client: Client) -> list[str]:
    page = client.get(LIST).content.decode()
    return [
        " ".join(re.sub(r"<[^>]+>", " ", tile).split())
        for tile in re.findall(r"<article.*?</article>", page, re.DOTALL)
    ]


def test_the_list_says_device_network_when_and_which_is_this_one(user):
    with time_machine.travel("2026-11-30T01:00:00Z", tick=False):
        here, there = browser(user), browser(user, PHONE, "203.0.113.9")
    with time_machine.travel("2026-11-30T03:00:00Z", tick=False):
        assert shown(here) == [
            "Firefox · Windows This browser Network: 198.51.100.0/24 Signed in since: 2026-11-30 01:00 UTC Last used: 2026-11-30 01:00 UTC",
            "Chrome · iPhone Network: 203.0.113.0/24 Signed in since: 2026-11-30 01:00 UTC Last used: 2026-11-30 01:00 UTC Sign out : Chrome · iPhone 203.0.113.0/24",
        ]
        assert "Last used: 2026-11-30 03:00 UTC" in shown(here)[0]
        assert shown(there)[0].startswith("Chrome · iPhone This browser")


def test_the_list_reads_in_korean_as_well(user):
    page = browser(user, "curious/1.0").get("/ko/my/sessions/").content.decode()
    assert "로그인한 곳" in page and "알 수 없는 브라우저" in page


def test_one_browser_is_signed_out(user):
    here, there, third = browser(user), browser(user, PHONE), browser(user)
    row = UserSession.objects.get(device=PHONE)
    assert here.post(LIST, {"action": "one", "session": row.pk})["Location"] == LIST
    assert [signed_in(each) for each in (here, there, third)] == [True, False, True]
    assert len(shown(here)) == 2


def test_all_others_are_signed_out(user):
    here, there = browser(user), browser(user, PHONE)
    here.post(LIST, {"action": "others"})
    assert [signed_in(here), signed_in(there)] == [True, False]
    assert len(shown(here)) == 1


def test_everything_is_signed_out(user):
    here, there = browser(user), browser(user, PHONE)
    assert here.post(LIST, {"action": "everywhere"})["Location"] == "/en/account/login/"
    assert [signed_in(here), signed_in(there)] == [False, False]
    assert not UserSession.objects.exists()


def test_a_session_of_somebody_else_is_not_there(user):
    here, other = browser(user), make_user("other@people.example", password=PASSWORD)
    theirs = browser(other)
    row = UserSession.objects.get(user=other)
    assert here.post(LIST, {"action": "one", "session": row.pk}).status_code == 404
    assert signed_in(theirs)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "all"},
        {"action": "one"},
        *({"action": "one", "session": key} for key in ("x", "²", "-1", "9" * 40)),
    ],
)
def test_what_is_no_action_is_refused(user, sent):
    assert browser(user).post(LIST, sent).status_code == 400


def test_guests_sign_in_first_and_a_session_without_the_factor_ends_nothing(user, as_user):
    assert Client().get(LIST)["Location"] == f"/en/account/login/?next={LIST}"
    client, other = as_user(user), as_user(user)
    enrol(user)
    assert client.post(LIST, {"action": "others"})["Location"].startswith(SHOW)
    assert signed_in(other)


def test_what_has_ended_otherwise_is_not_listed(user):
    here, there = browser(user), browser(user, PHONE)
    there.post("/en/account/logout/")
    assert len(shown(here)) == 1
    assert UserSession.objects.count() == 1


def test_a_new_password_leaves_one(user):
    here, _there = browser(user), browser(user, PHONE)
    new = "another long enough phrase"
    here.post("/en/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert len(shown(here)) == UserSession.objects.count() == 1
    assert Session.objects.count() == 1


def test_a_session_under_a_new_key_is_the_same_row(user):
    here = browser(user)
    before = UserSession.objects.get()
    here.post(LIST, {"action": "others"})  # the key changes with the generation
    assert len(shown(here)) == 1
    after = UserSession.objects.get()
    assert after.pk == before.pk and after.session_key != before.session_key


def test_use_is_kept_once_in_a_while(user, django_assert_num_queries):
    here = browser(user)
    with django_assert_num_queries(2):  # session, user
        here.get("/me.json")
    with time_machine.travel(timezone.now() + timedelta(seconds=user_sessions.KEPT_EVERY + 1)):
        here.get("/me.json")
        assert timezone.now() - UserSession.objects.get().last_seen_at < timedelta(seconds=30)


def test_a_busy_database_costs_nobody_their_page(user, monkeypatch):
    here = browser(user)

    def busy(*_args):
        raise OperationalError("database is locked")

    monkeypatch.setattr(user_sessions, "_kept", busy)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert here.get("/en/my/").status_code == 200


def test_owners_and_operators_end_all_sessions_of_a_member(summit, user, as_user):
    member = summit.memberships.create(user=user, role="organiser")
    page = f"/en/ogp2021/organiser/team/{member.pk}/"
    organiser = as_user(make_user("organiser@team.example", summit=summit, role="organiser"))
    owner = as_user(make_user("owner@team.example", summit=summit, role="owner"))
    theirs = browser(user)
    assert "Sign out everywhere" not in organiser.get(page).content.decode()
    organiser.post(page, {"action": "sign-out"})
    assert signed_in(theirs)
    assert "Sign out everywhere" in owner.get(page).content.decode()
    assert owner.post(page, {"action": "sign-out"}).status_code == 302
    assert [signed_in(theirs), signed_in(owner)] == [False, True]
    line = HistoryEntry.objects.get(action="membership.sign_out")
    assert (line.by.email, line.subject_key) == ("owner@team.example", str(member.pk))
    elsewhere = make_user("else@team.example", summit=make_summit("ogp2023"), role="owner")
    assert as_user(elsewhere).post(page, {"action": "sign-out"}).status_code == 404


def test_rows_of_ended_sessions_go_after_a_while(user):
    browser(user)
    assert user_sessions.forget_ended() == 0
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert user_sessions.forget_ended() == 1
