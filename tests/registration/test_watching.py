"""The watch page: who sees it, what plays on it, by which policy, and how the minutes are counted."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from registration.models import OpenVisit, Presence
from registration.personal import joining, presences, watching
from registration.personal.watching import Form
from sessions.live import captions, streams
from sessions.models import Session, Stream
from summit.models import Summit
from tests.factories import make_registration, make_room, make_session

HLS = "https://stream.example.org/live/main.m3u8"


@pytest.fixture
def session(summit):
    made = make_session(summit, room=make_room(summit))
    streams.add(made, {"kind": "broadcast", "address": HLS, "backup_address": "https://b.example.org/x.m3u8"}, by=None)
    streams.add(made, {"kind": "broadcast", "address": "https://stream.example.org/ko.m3u8", "language": "ko"}, by=None)
    streams.add(made, {"kind": "audio", "address": "https://stream.example.org/en.mp3", "language": "en"}, by=None)
    streams.add(made, {"kind": "sign_language", "address": "https://stream.example.org/sign.m3u8"}, by=None)
    streams.add(made, {"kind": "meeting", "address": "https://meet.example.org/1"}, by=None)
    return made


@pytest.fixture
def guest(summit):
    return make_registration(summit, attendance="online", language="en")


def page(session, query="", name="registration:watch"):
    return reverse(name, args=[session.summit.code, session.code]).replace("/ko/", "/en/") + query


def during(session, minutes=5):
    return time_machine.travel(session.starts_at + timedelta(minutes=minutes), tick=False)


def known(client, registration):
    client.get(registration.get_absolute_url())
    return client


@pytest.mark.parametrize(
    ("asked", "language", "address"),
    [("", "en", "main.m3u8"), ("", "ko", "ko.m3u8"), ("sound", "en", "en.mp3"), ("nonsense", "en", "main.m3u8")],
)
def test_the_channel_of_the_readers_language_plays_and_else_what_is_spoken(session, guest, asked, language, address):
    door = joining.door(session, guest, session.starts_at)
    found = watching.watching(door, form=asked, channel=None, language=language)
    assert found.chosen.leads_to.endswith(address)
    assert [stream.kind for stream in found.elsewhere] == ["meeting"]
    assert (found.signed is None) == (asked == "sound")


def test_a_channel_that_is_asked_for_plays_and_one_of_another_session_does_not(summit, session, guest):
    door = joining.door(session, guest, session.starts_at)
    korean = Stream.objects.get(language="ko")
    assert watching.watching(door, form="", channel=korean.pk, language="en").chosen == korean
    other = streams.add(
        make_session(summit, "OTHER1"), {"kind": "broadcast", "address": "https://x.example/y.m3u8"}, by=None
    )
    assert watching.watching(door, form="", channel=other.pk, language="en").chosen.leads_to == HLS


def test_it_plays_what_the_page_may_fetch_and_nothing_else_of_foreign_hosts(client, session, guest):
    with during(session):
        shown = known(client, guest).get(page(session))
    policy = dict(part.split(" ", 1) for part in shown["Content-Security-Policy"].split("; "))
    assert policy["connect-src"] == "'self' https://b.example.org https://stream.example.org"
    assert policy["worker-src"] == "'self'" and policy["script-src"] == "'self'"
    text = shown.content.decode()
    assert f'<source src="{HLS}" type="application/vnd.apple.mpegurl">' in text
    assert 'data-backup="https://b.example.org/x.m3u8"' in text and "no-store" in shown["Cache-Control"]


def test_joining_a_broadcast_leads_to_the_watch_page_and_a_meeting_to_its_site(client, session, guest):
    with during(session):
        known(client, guest)
        for stream in session.streams.exclude(kind="meeting"):
            led = client.get(reverse("registration:join-stream", args=[session.summit.code, session.code, stream.pk]))
            assert led["Location"].endswith(f"/watch/?channel={stream.pk}")
        meeting = session.streams.get(kind="meeting")
        led = client.get(reverse("registration:join-stream", args=[session.summit.code, session.code, meeting.pk]))
        assert led["Location"] == "https://meet.example.org/1"


@pytest.mark.parametrize("minutes", [-16, 95])
def test_before_and_after_it_leads_to_the_door(client, session, guest, minutes):
    Session.objects.filter(pk=session.pk).update(ends_at=session.starts_at + timedelta(minutes=60))
    with during(session, minutes):
        led = known(client, guest).get(page(session))
    assert led.status_code == 302 and led["Location"].endswith("/join/")
    assert not Presence.objects.exists()


def test_strangers_watch_an_open_session_and_are_counted_as_a_number_alone(client, session):
    with during(session):
        assert client.get(page(session)).status_code == 302
        Session.objects.filter(pk=session.pk).update(open_online=True)
        shown = client.get(page(session))
        assert shown.status_code == 200 and "data-token" not in shown.content.decode()
        client.get(page(session))
    assert OpenVisit.objects.get(pk=session.pk).joined == 2 and not Presence.objects.exists()
    Session.objects.filter(pk=session.pk).update(open_online=False)
    Summit.objects.update(open_online=True)
    with during(session):
        assert client.get(page(session)).status_code == 200


def test_where_people_are_protected_nobody_comes_in_without_a_registration(client, session):
    Session.objects.filter(pk=session.pk).update(open_online=True, at_risk=True)
    with during(session):
        assert client.get(page(session)).status_code == 302


def test_a_minute_is_counted_once_however_many_pages_are_open(client, session, guest):
    with during(session, 0):
        text = known(client, guest).get(page(session)).content.decode()
    token = re.search(r'data-token="([^"]+)"', text)[1]
    for minutes in (1, 1, 2, 2.2, 3):
        with during(session, minutes):
            answer = client.post(page(session, name="registration:watch-beat"), {"token": token})
            assert answer.status_code == 204
            presences.beats.write()
    found = Presence.objects.get()
    assert (found.minutes, found.seen_at) == (3, session.starts_at + timedelta(minutes=3))
    assert session.presences.online(session.starts_at + timedelta(minutes=5)).count() == 1
    assert session.presences.online(session.starts_at + timedelta(minutes=7)).count() == 0


@pytest.mark.parametrize("token", ["", "1", "1:abc:def", "9" * 5000])
def test_a_beat_with_no_token_of_ours_counts_for_nobody(client, session, token):
    assert client.post(page(session, name="registration:watch-beat"), {"token": token}).status_code == 404


def test_beats_of_many_cost_one_statement(session, summit, django_assert_num_queries):
    there = [presences.enter(make_registration(summit, attendance="online"), session) for _ in range(5)]
    presences.beats.write()  # nothing is due now
    with django_assert_num_queries(0):
        for presence in there:
            presences.beats.hear(presences.token(presence))
    with django_assert_num_queries(1):
        presences.beats.write()
    assert list(Presence.objects.values_list("minutes", flat=True)) == [1] * 5


def test_a_link_that_was_passed_on_is_seen_by_its_browsers(session, guest):
    for number in range(30):
        found = presences.enter(guest, session, f"browser {number % 25}")
        assert session.presences.by_many_browsers().exists() == (number >= 4)
    assert len(found.browsers.split()) == presences.BROWSERS_KEPT
    assert "browser" not in found.browsers


def test_text_alone_has_no_player_and_all_that_is_said(client, session, guest):
    writer = captions.invite(session, "en", "", by=None)
    with during(session):
        captions.write(writer, [captions.Line("Welcome <b>all</b>", speaker="Chair")])
        text = known(client, guest).get(page(session, "?as=text")).content.decode()
        assert "<video" not in text and "<audio" not in text
        assert "<b>Chair:</b> Welcome &lt;b&gt;all&lt;/b&gt;" in text
        assert "<audio" in client.get(page(session, "?as=sound")).content.decode()
    assert Form("text") == watching.Form.TEXT


def test_a_session_goes_on_with_the_next_of_its_room(client, summit, session, guest):
    following = make_session(
        summit, "NEXT01", room=session.room, starts_at=session.ends_at, ends_at=session.ends_at + timedelta(hours=1)
    )
    make_session(summit, "ELSE01", starts_at=session.ends_at, ends_at=session.ends_at + timedelta(hours=1))
    with time_machine.travel(session.ends_at + timedelta(minutes=1), tick=False):
        text = known(client, guest).get(page(session)).content.decode()
    assert f'href="{page(following)}"' in text and "ELSE01" not in text


def test_where_the_streams_change_open_pages_look_again_and_learn_no_address(client, session):
    address = reverse("sessions:session-live", args=[session.summit.code, session.code])
    before = client.get(address).json()["pieces"]["ways"]
    streams.fall_back(session.streams.exclude(backup_address="").get(), True, by=None)
    after = client.get(address)
    assert after.json()["pieces"]["ways"] != before and "example.org" not in after.content.decode()


def test_whoever_watches_asks_and_votes_on_the_same_page(client, session, guest):
    with during(session):
        text = known(client, guest).get(page(session)).content.decode()
        assert "data-taking-part" in text and 'name="ask"' in text
        Session.objects.filter(pk=session.pk).update(takes_questions=False)
        assert "data-taking-part" not in client.get(page(session)).content.decode()
