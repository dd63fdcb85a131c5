"""The door of a session: who goes through, when, where it leads, and what is kept of it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from registration.models import Presence, Registration
from registration.personal import joining
from registration.personal.joining import Gate
from registration.registering import lifecycle
from sessions.live import delays, streams
from sessions.models import Session
from tests.factories import make_registration, make_room, make_session, make_speaker

ADDRESS = "https://meet.example.org/j/123?pwd=secret"
PHONE = "+82 2 1234 5678, code 4711"


@pytest.fixture
def session(summit):
    made = make_session(summit)
    streams.add(made, {"kind": "meeting", "address": ADDRESS, "backup_address": "https://other.example.org/x"}, by=None)
    streams.add(made, {"kind": "telephone", "dial_in": PHONE, "language": "en"}, by=None)
    return made


@pytest.fixture
def guest(summit):
    return make_registration(summit, attendance="online", language="en")


def page(session):
    return reverse("registration:join", args=[session.summit.code, session.code]).replace("/ko/", "/en/")


def during(session):
    return time_machine.travel(session.starts_at + timedelta(minutes=5), tick=False)


def known(client, registration):
    """Whoever has opened the link of their mail in this browser."""
    client.get(registration.get_absolute_url())
    return client


@pytest.mark.parametrize(
    ("minutes", "gate"),
    [(-16, Gate.EARLY), (-15, Gate.OPEN), (0, Gate.OPEN), (119, Gate.OPEN), (120, Gate.OVER)],
)
def test_it_opens_a_quarter_before_and_closes_half_an_hour_after(session, guest, minutes, gate):
    now = session.starts_at + timedelta(minutes=minutes)
    assert joining.door(session, guest, now).gate == gate


@pytest.mark.parametrize("state", ["unproven", "pending", "waitlisted", "rejected", "cancelled"])
def test_nobody_goes_through_who_is_not_confirmed(session, guest, state):
    Registration.objects.filter(pk=guest.pk).update(state=state)
    found = Registration.objects.get(pk=guest.pk)
    assert joining.door(session, found, session.starts_at) == joining.Door(Gate.NOT_CONFIRMED)
    with pytest.raises(joining.DoorClosed):
        joining.go(session, found, session.streams.first().pk, session.starts_at)


def test_whoever_comes_in_person_joins_as_well_and_a_session_without_streams_or_time_has_no_door(summit, session):
    there = make_registration(summit, attendance="in_person")
    assert joining.door(session, there, session.starts_at).is_open
    bare = make_session(summit, "BARE01")
    assert joining.door(bare, there).gate == joining.door(bare, None).gate == Gate.NO_STREAM
    Session.objects.filter(pk=session.pk).update(starts_at=None, ends_at=None)
    assert joining.door(Session.objects.get(pk=session.pk), there).gate == Gate.NO_TIME


def test_strangers_are_told_who_may_and_no_address(client, session):
    with during(session):
        shown = client.get(page(session))
    text = shown.content.decode()
    assert "Who are you?" in text and "example.org/j" not in text and "1234 5678" not in text
    assert "no-store" in shown["Cache-Control"]


def test_before_it_opens_it_says_when_and_looks_again_without_a_script(client, session, guest):
    with time_machine.travel(session.starts_at - timedelta(hours=2), tick=False):
        shown = known(client, guest).get(page(session))
    text = shown.content.decode()
    assert "Not open yet" in text and "in 1\xa0hour, 45\xa0minutes" in text and shown["Refresh"] == "60"
    assert "example.org/j" not in text and "1234 5678" not in text


def test_the_address_is_learnt_by_going_and_by_nothing_else(client, session, guest):
    meeting, phone = session.streams.order_by("pk")
    with during(session):
        text = known(client, guest).get(page(session)).content.decode()
        assert "You can join now" in text and PHONE in text and "example.org/j" not in text
        gone = client.get(f"{page(session)}{meeting.pk}/")
        assert (gone.status_code, gone["Location"], gone["Referrer-Policy"]) == (302, ADDRESS, "no-referrer")
        assert "no-store" in gone["Cache-Control"]
        streams.fall_back(meeting, True, by=None)
        assert client.get(f"{page(session)}{meeting.pk}/")["Location"] == "https://other.example.org/x"
        assert client.get(f"{page(session)}{phone.pk}/").status_code == 404
        [seen] = Presence.objects.all()
        assert (seen.registration, seen.session, seen.entered_at) == (guest, session, timezone.now())


def test_a_link_that_is_not_ones_own_or_not_open_says_so_and_leads_nowhere(client, summit, session, guest):
    other = make_session(summit, "OTHER1")
    elsewhere = streams.add(other, {"kind": "meeting", "address": "https://elsewhere.example.org/"}, by=None)
    known(client, guest)
    with during(session):
        refused = client.get(f"{page(session)}{elsewhere.pk}/")
        assert refused.status_code == 409 and "This way of joining is not there any more" in refused.content.decode()
    with time_machine.travel(session.ends_at + timedelta(hours=1), tick=False):
        refused = client.get(f"{page(session)}{session.streams.first().pk}/")
        assert refused.status_code == 409 and "This link does not open now" in refused.content.decode()
    assert not Presence.objects.exists()


def test_a_link_that_was_replaced_lets_nobody_in(client, session, guest):
    known(client, guest)
    Registration.objects.filter(pk=guest.pk).update(token="a-new-one")
    with during(session):
        assert "Who are you?" in client.get(page(session)).content.decode()
    lifecycle.cancel(Registration.objects.get(pk=guest.pk))
    known(client, Registration.objects.get(pk=guest.pk))
    with during(session):
        assert "You can join now" not in client.get(page(session)).content.decode()


class TestStage:
    @pytest.fixture
    def stage(self, session):
        values = {"kind": "meeting", "address": "https://stage.example.org/", "for_stage": True,
                  "rehearses_at": session.starts_at - timedelta(days=1)}  # fmt: skip
        return streams.add(session, values, by=None)

    @pytest.fixture
    def speaker(self, summit, session, guest):
        made = make_speaker(summit, user=guest.user)
        session.appearances.create(speaker=made, order=1)
        return guest

    def test_only_who_appears_sees_it_and_comes_for_the_rehearsal(self, client, summit, session, stage, speaker):
        audience = make_registration(summit, attendance="online")
        with during(session):
            assert joining.door(session, audience).stage == []
            with pytest.raises(joining.DoorClosed):
                joining.go(session, audience, stage.pk)
            assert joining.go(session, speaker, stage.pk) == stage
        Presence.objects.all().delete()
        with time_machine.travel(stage.rehearses_at, tick=False):
            text = known(client, speaker).get(page(session)).content.decode()
            assert "For you on stage" in text and f"join/{stage.pk}/" in text and "Not open yet" in text
            assert client.get(f"{page(session)}{stage.pk}/")["Location"] == "https://stage.example.org/"
            with pytest.raises(joining.DoorClosed):
                joining.go(session, speaker, session.streams.order_by("pk")[0].pk)
        assert not Presence.objects.exists(), "a rehearsal is no attendance"
        with time_machine.travel(stage.rehearses_at + timedelta(hours=3), tick=False):
            assert "Rehearsal:" in client.get(page(session)).content.decode()
            assert client.get(f"{page(session)}{stage.pk}/").status_code == 409


def test_what_is_public_says_that_it_can_be_joined_and_no_more(client, session, guest):
    public = client.get(session.get_absolute_url().replace("/ko/", "/en/")).content.decode()
    assert page(session) in public and "example.org/j" not in public and "1234 5678" not in public
    code = session.summit.code
    for path in (f"/{code}/schedule.json", f"/{code}/schedule.xml", f"/{code}/calendar.ics", f"/en/{code}/agenda/"):
        answer = client.get(path, follow=True)
        assert "meet.example.org" not in answer.content.decode(errors="ignore"), path


def test_of_what_was_joined_the_person_is_told_all(client, session, guest):
    with during(session):
        joining.go(session, guest, session.streams.order_by("pk")[0].pk)
    path = reverse("registration:everything", args=[guest.summit.code, guest.token]).replace("/ko/", "/en/")
    told = client.get(path).content.decode()
    assert "Sessions joined online" in told


def test_where_the_room_runs_late_the_door_stays_open_as_much_longer(summit, session, guest):
    Session.objects.filter(pk=session.pk).update(room=make_room(summit))
    late = Session.objects.select_related("summit", "room").get(pk=session.pk)
    closed = late.ends_at + timedelta(minutes=40)
    assert joining.door(late, guest, closed).gate == Gate.OVER
    delays.set_minutes(late.room, late.day(), 15, by=None)
    assert joining.door(late, guest, closed).is_open
