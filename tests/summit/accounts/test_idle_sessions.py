"""Browsers that somebody of the team has left alone."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from summit.accounts.user_sessions import KEPT_EVERY
from summit.models import UserSession
from tests.factories import make_desk, make_registration, make_user

WORK, DESK = "/en/ogp2021/organiser/tracks/", "/en/ogp2021/desk/main/"
MINUTES = 120


@pytest.fixture
def clock(settings):
    settings.STAFF_IDLE_MINUTES = MINUTES
    with time_machine.travel(timezone.now(), tick=False) as found:
        yield found


def leave(clock, minutes: float = MINUTES + KEPT_EVERY / 60 + 1) -> None:
    clock.shift(timedelta(minutes=minutes))


def test_a_browser_nobody_uses_is_signed_out_and_leads_back(summit, organiser, as_user, clock):
    client = as_user(organiser)
    leave(clock)
    answer = client.get(f"{WORK}?q=a")
    assert answer["Location"] == f"/en/account/login/?next={WORK}%3Fq%3Da"
    assert "nobody had used this browser for a while" in client.get(answer["Location"]).content.decode()
    assert not client.get("/me.json").json()["signed_in"]
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    "path", ["/en/my/", "/me.json", "/api/v1/workspace/summits/ogp2021/sessions/", "/admin/", "/en/account/email/"]
)
def test_no_other_page_wakes_it_up(summit, as_user, clock, path):
    client = as_user(make_user("op@team.example", summit=summit, role="owner", is_staff=True, is_superuser=True))
    leave(clock)
    client.get(path)
    assert "/account/login/" in client.get(WORK)["Location"]


def test_a_desk_in_use_is_not_idle(summit, desk_staff, as_user, clock):
    make_desk(summit)
    client = as_user(desk_staff)
    for _time in range(8):
        leave(clock, MINUTES / 2)
        registration = make_registration(summit)
        assert client.post(f"{DESK}find/", {"q": registration.reference}).status_code != 302
        assert client.get(DESK).status_code == 200


def test_short_pauses_end_nothing(summit, organiser, as_user, clock):
    client = as_user(organiser)
    leave(clock, MINUTES)
    assert client.get(WORK).status_code == 200


def test_people_without_a_role_stay_signed_in(registration, as_user, clock):
    client = as_user(make_user("guest@people.example"))
    leave(clock, 60 * 24 * 7)
    assert client.get("/me.json").json()["signed_in"]


def test_an_invitation_is_no_role_yet(summit, as_user, clock):
    user = make_user("invited@people.example")
    summit.memberships.create(user=user, role="owner", accepted_at=None)
    client = as_user(user)
    leave(clock)
    assert client.get("/me.json").json()["signed_in"]


def test_it_can_be_switched_off(summit, organiser, as_user, clock, settings):
    settings.STAFF_IDLE_MINUTES = 0
    client = as_user(organiser)
    leave(clock, 60 * 24 * 7)
    assert client.get(WORK).status_code == 200


def test_what_is_sent_afterwards_is_not_saved_and_says_so(summit, organiser, as_user, clock):
    client, form = as_user(organiser), "/en/ogp2021/organiser/tracks/new/"
    leave(clock)
    answer = client.post(form, {"name_en": "X"}, headers={"Referer": f"http://testserver{form}"})
    assert answer["Location"] == f"/en/account/login/?next={form}"
    assert "Sign in, then send the form again." in client.get(answer["Location"]).content.decode()
    assert not summit.tracks.exists()
    part = Client().post(form, headers={"HX-Request": "true", "Referer": f"http://testserver{WORK}"})
    assert part["HX-Redirect"] == f"/en/account/login/?next={WORK}"


def test_where_it_is_set_attendees_are_signed_out_as_well(settings, registration, as_user, clock):
    settings.ATTENDEE_IDLE_MINUTES = 30
    client = as_user(make_user("guest@people.example"))
    assert client.get("/me.json").json()["signed_in"]
    leave(clock, 30)
    assert client.get("/me.json").json()["signed_in"]
    leave(clock, 30 + KEPT_EVERY / 60 + 1)
    assert not client.get("/me.json").json()["signed_in"]


def test_staff_keep_their_own_time_beside_that_of_attendees(settings, summit, organiser, as_user, clock):
    settings.ATTENDEE_IDLE_MINUTES = 30
    client = as_user(organiser)
    leave(clock, 60)
    assert client.get(WORK).status_code == 200


def test_everybody_signs_in_again_after_so_many_hours_however_much_they_do(settings, summit, clock):
    settings.SESSION_HOURS, settings.STAFF_TWO_FACTORS = 12, False
    make_user("lead@team.example", password="a long enough pass phrase", summit=summit, role="organiser")
    client = Client()
    client.post("/en/account/login/", {"login": "lead@team.example", "password": "a long enough pass phrase"})
    for _hour in range(12):
        assert client.get(WORK).status_code == 200
        leave(clock, 60)
    leave(clock, 1)
    answer = client.get(WORK)
    assert "/account/login/" in answer["Location"]
    assert "long ago that you signed in" in client.get(answer["Location"]).content.decode()
