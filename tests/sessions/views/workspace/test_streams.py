"""The pages on which the team says where a session, or a room, is joined from elsewhere."""

import pytest
from django.urls import reverse

from sessions.models import Stream
from summit.models import Membership
from tests.factories import at, make_room, make_session, make_summit, make_track, make_user

MEETING = {"kind": "meeting", "address": "https://meet.example.org/j/1", "backup_address": "https://other.example.org/"}


@pytest.fixture
def session(summit):
    return make_session(summit, room=make_room(summit), track=make_track(summit))


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def page(session):
    return reverse("sessions:organiser-session-streams", args=[session.summit.code, session.code]).replace(
        "/ko/", "/en/"
    )


def of_room(session):
    return reverse("sessions:organiser-room-streams", args=[session.summit.code, session.room.code]).replace(
        "/ko/", "/en/"
    )


def test_one_is_added_led_elsewhere_and_removed(office, session):
    assert office.post(page(session), MEETING).status_code == 302
    [made] = session.streams.all()
    shown = office.get(page(session)).content.decode()
    assert MEETING["address"] in shown and "Lead everybody to the other address" in shown
    office.post(page(session), {"stream": made.pk, "action": "fall_back"})
    assert Stream.objects.get().on_backup and "Back to the first address" in office.get(page(session)).content.decode()
    office.post(page(session), {"stream": made.pk, "action": "first"})
    assert not Stream.objects.get().on_backup
    office.post(page(session), {"stream": made.pk, "action": "remove"})
    assert not Stream.objects.exists()
    assert office.post(page(session), {"stream": made.pk, "action": "remove"}).status_code == 404


def test_of_a_room_from_and_until_are_in_the_time_of_the_summit(office, session):
    sent = {**MEETING, "starts_at": "2021-12-15T09:00", "ends_at": "2021-12-15T12:00"}
    assert office.post(of_room(session), sent).status_code == 302
    made = Stream.objects.get()
    assert (made.room, made.starts_at, made.ends_at) == (session.room, at(15, 9), at(15, 12))
    shown = office.get(page(session)).content.decode()
    assert "It is joined by the 1 stream of its room." in shown
    own = office.get(
        reverse("sessions:organiser-session", args=[session.summit.code, session.code]).replace("/ko/", "/en/")
    ).content.decode()
    assert "It can be joined online." in own


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"kind": "meeting"}, "Say where it is joined."), ({"kind": "telephone"}, "Say which number is dialled."),
     ({"kind": "meeting", "address": "javascript:alert(1)"}, "alert(1)")],
)  # fmt: skip
def test_what_leads_nowhere_comes_back_with_what_to_do(office, session, sent, words):
    answer = office.post(page(session), sent)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Stream.objects.exists()


def test_leads_of_a_track_look_after_their_own_and_nobody_else_does(as_user, session, summit):
    lead = make_user("lead@team.example", summit=summit, role="track_lead")
    session.track.leads.add(Membership.objects.get(user=lead))
    client = as_user(lead)
    assert client.post(page(session), MEETING).status_code == 302
    assert client.get(page(make_session(summit, "OTHER1"))).status_code == 404
    assert client.get(of_room(session)).status_code == 404
    for role in ("viewer", "desk", "translator", "registrations"):
        other = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
        assert other.get(page(session)).status_code == 404


def test_a_stream_of_another_summit_is_left_alone(office, session):
    elsewhere = make_session(make_summit("other2022"), "ELSE01")
    theirs = Stream.objects.create(summit=elsewhere.summit, session=elsewhere, **MEETING)
    assert office.post(page(session), {"stream": theirs.pk, "action": "remove"}).status_code == 404
    assert Stream.objects.filter(pk=theirs.pk).exists()
