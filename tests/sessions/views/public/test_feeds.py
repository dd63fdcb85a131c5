"""Addresses of feeds: headers, the single session, a speaker's own, the colours."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from sessions.models import Session
from speakers.editing import profiles
from summit.editing.opening import close_to_public
from summit.middleware import shelf
from summit.models import Role
from tests.factories import (
    at,
    make_category,
    make_organisation,
    make_registration,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)
from tests.sessions.answers import calendar, events, fetch, is_well_formed, unfolded

THEME = "/en/ogp2021/organiser/theme.css"


def test_a_calendar_is_served_as_one(summit):
    make_session(summit)
    response = fetch("/ogp2021/schedule.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Disposition"] == 'inline; filename="schedule.ics"'
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = Client().get("/ogp2021/schedule.ics", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("accepted", ["ko", "en"])
def test_the_readers_browser_has_no_say_in_a_feed(summit, accepted):
    make_session(summit)
    content = fetch("/ogp2021/schedule.ics", **{"Accept-Language": accepted}).content
    assert "X-WR-CALNAME:2021 OGP 글로벌서밋" in unfolded(content)
    assert "URL:http://testserver/ko/ogp2021/sessions/CIV001/" in unfolded(content)


def test_one_session_is_a_calendar_of_its_own(summit):
    make_session(summit)
    make_session(summit, "CIV002")
    path = "/ogp2021/sessions/CIV001.ics?lang=en"
    response = fetch(path)
    is_well_formed(response.content)
    assert list(events(path)) == ["CIV001"]
    assert str(calendar(path)["x-wr-calname"]) == "Open government session CIV001"
    assert response["Content-Disposition"] == 'inline; filename="CIV001.ics"'


def test_a_session_in_the_summits_and_its_own_calendar_is_the_same_entry(summit):
    make_session(summit)
    whole, alone = events("/ogp2021/schedule.ics"), events("/ogp2021/sessions/CIV001.ics")
    assert whole["CIV001"].to_ical() == alone["CIV001"].to_ical()


@pytest.mark.parametrize(
    "path",
    [
        "/ogp2021/sessions/HID001.ics",
        "/ogp2021/sessions/NOTHIN.ics",
        "/ogp2099/schedule.ics",
        "/ogp2021/my-sessions/.ics",
        "/ogp2021/my-sessions/unknown.ics",
    ],
)
def test_what_is_not_public_has_no_calendar(summit, path):
    make_session(summit, "HID001", published_at=None)
    make_speaker(summit)
    assert Client().get(path).status_code == 404


@pytest.fixture
def speaker(summit):
    person = make_speaker(summit, "박수정", name_romanised="Park Sujeong")
    make_session(summit, people=[person])
    make_session(summit, "CIV002", people=[person], starts_at=at(16, 10))
    make_session(summit, "CIV003", starts_at=at(16, 14))
    make_session(summit, "HID001", people=[person], published_at=None)
    return person


def own(speaker) -> str:
    return f"/ogp2021/my-sessions/{profiles.share_calendar(speaker, by=make_user(f'{speaker.code}@x.example'))}.ics"


def test_a_speakers_own_calendar_holds_their_public_sessions(speaker):
    path = own(speaker)
    assert list(events(path)) == ["CIV001", "CIV002"]
    is_well_formed(fetch(path).content)
    assert str(calendar(f"{path}?lang=en")["name"]) == "OGP Summit · Park Sujeong"


def test_a_speakers_own_calendar_is_private(speaker):
    response = fetch(own(speaker))
    assert response["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert "Access-Control-Allow-Origin" not in response


def test_a_revoked_address_is_gone_at_once_and_a_new_one_is_another(speaker):
    user = make_user()
    first = own(speaker)
    second = f"/ogp2021/my-sessions/{profiles.share_calendar(speaker, by=user)}.ics"
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    profiles.revoke_calendar(speaker, by=user)
    assert Client().get(second).status_code == 404


def test_an_address_works_in_its_own_summit_only(speaker):
    make_summit("ogp2023")
    assert Client().get(own(speaker).replace("ogp2021", "ogp2023")).status_code == 404


def test_what_a_speaker_declined_is_not_in_their_own_calendar(speaker):
    speaker.appearances.filter(session__code="CIV001").update(state="declined")
    assert list(events(own(speaker))) == ["CIV002"]


def test_a_speakers_calendar_costs_few_queries_when_warm(speaker, django_assert_max_num_queries):
    path = own(speaker)
    fetch(path)
    with django_assert_max_num_queries(3):
        fetch(path)


def test_a_calendar_asked_by_the_code_of_a_merged_profile_is_that_of_who_took_over(summit):
    keep = make_speaker(summit, code="KEEP01", formerly="GONE01")
    make_session(summit, people=[keep])
    make_session(summit, "CIV002")
    former, present = (fetch(f"/ogp2021/schedule.ics?speaker={code}") for code in ("GONE01", "KEEP01"))
    assert list(events("/ogp2021/schedule.ics?speaker=GONE01")) == ["CIV001"]
    assert former.content == present.content
    assert Client().get("/ogp2021/schedule.ics?speaker=NOBODY").status_code == 404


def test_the_theme_has_the_colours_of_tracks_and_categories_for_light_and_dark(summit):
    make_track(summit, "digital", colour="#12705b")
    make_category(summit, "press", colour="#aa3300")
    response = Client().get("/ogp2021/theme.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    text = response.content.decode()
    light, dark = text.split("@media screen and (prefers-color-scheme:dark)")
    for part in (light, dark):
        for name in ("track-digital", "category-press"):
            assert re.search(rf"\.{name}\{{--track:#[0-9a-f]{{6}};--tint:#[0-9a-f]{{6}}\}}", part)
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("role", Role.values)
def test_the_team_of_a_closed_summit_has_the_colours_at_an_address_of_its_own(summit, as_user, role):
    make_track(summit, "digital", colour="#12705b")
    shown = Client().get("/ogp2021/theme.css").content
    close_to_public(summit, by=None)
    shelf.clear()
    assert Client().get("/ogp2021/theme.css").status_code == 404
    client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
    assert client.get("/ogp2021/theme.css").status_code == 404
    response = client.get(THEME)
    assert (response.status_code, response["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert response.content == shown
    assert "no-store" in response["Cache-Control"]


def test_hosts_speakers_and_registrants_of_a_closed_summit_have_the_colours_of_what_is_theirs(summit, as_user):
    theirs, other = make_track(summit, "digital"), make_track(summit, "secret-line")
    session = make_session(summit, track=theirs)
    make_session(summit, "SEC001", track=other)
    host, speaker, guest = (make_user(f"{who}@people.example") for who in ("host", "speaker", "guest"))
    organisation = make_organisation(summit)
    organisation.members.create(user=host, accepted_at=timezone.now())
    session.hostings.create(organisation=organisation)
    session.appearances.create(speaker=make_speaker(summit, user=speaker), role="speaker")
    make_registration(summit, email=guest.email)
    close_to_public(summit, by=None)
    page = as_user(host).get("/ko/ogp2021/hosting/").content.decode()
    address = "/ko/ogp2021/my-sessions/theme.css"
    assert f'href="{address}"' in page
    for who, named in ((host, "track-digital"), (speaker, "track-digital"), (guest, "category-delegate")):
        shown = as_user(who).get(address).content.decode()
        assert f".{named}{{--track:" in shown and "secret-line" not in shown
    assert as_user(make_user("stranger@people.example")).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_strangers_learn_nothing_of_a_closed_summit_from_its_colours(summit, as_user):
    make_track(summit, "secret-line")
    close_to_public(summit, by=None)
    assert as_user(make_user("stranger@people.example")).get(THEME).status_code == 404
    assert b"secret-line" not in Client().get(THEME).content


def test_a_code_with_small_letters_is_no_session(summit):
    make_session(summit)
    assert Client().get("/ogp2021/sessions/civ001.ics").status_code == 404
    assert Session.objects.filter(code="CIV001").exists()
