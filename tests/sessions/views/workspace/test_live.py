"""The page on which the team announces, and says how late rooms are."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from sessions.live import announcements
from sessions.models import Announcement, Delay
from summit.models import Membership
from tests.factories import at, make_room, make_session, make_summit, make_track, make_user

NOW = at(15, 9, 30)
SENT = {"text_ko": "점심", "text_en": "Lunch is served.", "whom": "everybody", "severity": "info", "lasts": "60",
        "action": "announce"}  # fmt: skip


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def session(summit):
    return make_session(summit, room=make_room(summit), track=make_track(summit))


def page(summit, language="en"):
    return reverse("sessions:organiser-live", args=[summit.code]).replace("/ko/", f"/{language}/")


@pytest.mark.parametrize(
    ("lasts", "ends"),
    [({"lasts": "15"}, at(15, 9, 45)), ({"lasts": "60"}, at(15, 10, 30)), ({"lasts": "today"}, at(16, 4)),
     ({"lasts": "moment", "ends_at": "2021-12-16T12:00"}, at(16, 12)),
     ({"lasts": "60", "starts_at": "2021-12-15T12:00"}, at(15, 13))],
)  # fmt: skip
def test_it_stands_as_long_as_was_chosen_in_the_time_of_the_summit(office, summit, organiser, lasts, ends):
    assert office.post(page(summit), {**SENT, **lasts}).status_code == 302
    made = Announcement.objects.get()
    assert (made.ends_at, dict(made.text), made.created_by) == (
        ends,
        {"ko": "점심", "en": "Lunch is served."},
        organiser,
    )


def test_one_of_a_session_is_for_whoever_follows_it(office, summit, session):
    office.post(page(summit), {**SENT, "whom": "session", "session": session.code})
    made = Announcement.objects.get()
    assert (made.session, made.audience) == (session, "everybody")


def test_a_preview_announces_nothing_and_keeps_what_was_typed(office, summit):
    answer = office.post(page(summit), {**SENT, "action": "preview"})
    shown = answer.content.decode()
    assert answer.status_code == 200 and "Preview, nothing is announced yet" in shown
    assert 'value="Lunch is served."' in shown and not Announcement.objects.exists()


def test_what_is_urgent_is_announced_after_a_second_yes(office, summit):
    sent = {**SENT, "severity": "urgent"}
    answer = office.post(page(summit), sent)
    assert answer.status_code == 200 and "Announce it as urgent" in answer.content.decode()
    assert not Announcement.objects.exists()
    assert office.post(page(summit), {**sent, "action": "confirm"}).status_code == 302
    assert Announcement.objects.get().severity == "urgent"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"text_ko": "", "text_en": " "}, "Write this in at least one language."), ({"whom": "session"}, "Choose the session."),
     ({"lasts": "moment"}, "Say until when."), ({"severity": "loud"}, "loud"),
     ({"lasts": "moment", "ends_at": "2021-12-15T09:00"}, "Choose an end that is still to come"),
     ({"lasts": "moment", "ends_at": "2021-12-30T09:00"}, "at most 7 days from now")],
)  # fmt: skip
def test_what_cannot_stand_comes_back_with_what_to_do(office, summit, wrong, words):
    answer = office.post(page(summit), {**SENT, "text_en": "Keep me", **wrong})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert "text_en" in wrong or 'value="Keep me"' in answer.content.decode()
    assert not Announcement.objects.exists()


def test_one_that_stands_ends_otherwise_or_at_once(office, summit):
    office.post(page(summit), SENT)
    made = Announcement.objects.get()
    office.post(page(summit), {"action": "end", "announcement": made.pk, "ends_at": "2021-12-15T11:00"})
    assert Announcement.objects.get().ends_at == at(15, 11)
    answer = office.post(page(summit), {"action": "end", "announcement": made.pk, "ends_at": "2021-12-15T08:00"})
    assert answer.status_code == 422 and "Choose an end that is still to come" in answer.content.decode()
    office.post(page(summit), {"action": "withdraw", "announcement": made.pk})
    assert Announcement.objects.get().withdrawn_at == NOW
    assert "Withdrawn" in office.get(page(summit)).content.decode()


def test_of_another_summit_nothing_is_changed(office, summit):
    theirs = announcements.announce(make_summit("other"), {"en": "x"}, ends_at=at(15, 11), by=None)
    assert office.post(page(summit), {"action": "withdraw", "announcement": theirs.pk}).status_code == 404
    assert office.post(page(summit), {"action": "withdraw", "announcement": "x"}).status_code == 404
    assert office.post(page(summit), {"action": "shout"}).status_code == 404


def test_a_delay_is_set_and_cleared_in_one_field(office, summit, session):
    sent = {"action": "delay", "room": session.room.pk, "minutes": "15"}
    answer = office.post(page(summit), sent, follow=True)
    assert "is 15 minutes late." in answer.content.decode()
    made = Delay.objects.get()
    assert (made.room, made.day, made.minutes) == (session.room, date(2021, 12, 15), 15)
    assert office.post(page(summit), {**sent, "minutes": "999"}).status_code == 422
    assert office.post(page(summit), {**sent, "minutes": "soon"}).status_code == 422
    assert Delay.objects.get().minutes == 15
    office.post(page(summit), {**sent, "minutes": ""})
    assert not Delay.objects.exists()


def test_on_other_days_the_page_says_so_and_no_delay_is_set(office, summit, session):
    with time_machine.travel(at(10, 9), tick=False):
        assert "Delays are set on the days of the summit." in office.get(page(summit)).content.decode()
        sent = {"action": "delay", "room": session.room.pk, "minutes": "15"}
        assert office.post(page(summit), sent).status_code == 409
    assert not Delay.objects.exists()


def test_leads_of_a_track_announce_for_their_own_sessions_alone(as_user, summit, session):
    lead = make_user("lead@team.example", summit=summit, role="track_lead")
    session.track.leads.add(Membership.objects.get(user=lead))
    other = make_session(summit, "OTHER1", room=make_room(summit, "room-2"))
    client = as_user(lead)
    assert client.post(page(summit), SENT).status_code == 422
    assert client.post(page(summit), {**SENT, "whom": "session", "session": other.code}).status_code == 422
    assert client.post(page(summit), {**SENT, "whom": "session", "session": session.code}).status_code == 302
    for_all = announcements.announce(summit, {"en": "For all"}, ends_at=at(15, 11), by=None)
    assert client.post(page(summit), {"action": "withdraw", "announcement": for_all.pk}).status_code == 404
    assert "For all" not in client.get(page(summit)).content.decode()
    delay = {"action": "delay", "minutes": "15"}
    assert client.post(page(summit), {**delay, "room": other.room.pk}).status_code == 404
    assert client.post(page(summit), {**delay, "room": session.room.pk}).status_code == 302


@pytest.mark.parametrize("role", ["viewer", "desk", "translator", "registrations", "reviewer"])
def test_nobody_else_announces(as_user, summit, role):
    client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
    assert client.get(page(summit)).status_code == 404
    assert client.post(page(summit), SENT).status_code == 404


def test_the_page_is_in_korean_as_well(office, summit):
    shown = office.get(page(summit, "ko")).content.decode()
    assert "공지 쓰기" in shown and "오늘의 지연" in shown
