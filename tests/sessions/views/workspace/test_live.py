"""The workspace's page of announcements and delays."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sessions.live import announcements, delays
from sessions.models import Announcement, Delay
from summit.lib import times
from summit.models import HistoryEntry, Membership
from tests.factories import make_room, make_session, make_summit, make_track, make_user

SAID = {
    "action": "announce", "text_ko": "점심은 3층입니다.", "text_en": "Lunch is on the third floor.",
    "severity": "info", "audience": "everybody", "lasts": "60",
}  # fmt: skip


def page(summit):
    return reverse("sessions:organiser-live", args=[summit.code]).replace("/ko/", "/en/")


@pytest.fixture
def running(db):
    """A summit that takes place today."""
    today = timezone.now().astimezone(make_summit("probe").tz).date()
    return make_summit("running", starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1))


@pytest.fixture
def office(as_user, running):
    return as_user(make_user("office@team.example", summit=running, role="organiser"))


def session_of(summit, code="NOW111", **values):
    now = timezone.now()
    return make_session(summit, code, starts_at=now, ends_at=now + timedelta(hours=1), **values)


def test_one_is_written_in_both_languages_and_withdrawn(office, running):
    assert office.post(page(running), SAID).status_code == 302
    [made] = Announcement.objects.all()
    assert (made.text["ko"], made.text["en"]) == ("점심은 3층입니다.", "Lunch is on the third floor.")
    assert made.is_shown() and timedelta(minutes=59) < made.ends_at - timezone.now() <= timedelta(hours=1)
    shown = office.get(page(running)).content.decode()
    assert "Lunch is on the third floor." in shown and "Shown now and to come" in shown
    assert office.post(page(running), {"action": "withdraw", "announcement": made.pk}).status_code == 302
    after = office.get(page(running)).content.decode()
    assert "Shown now and to come" not in after and "Taken down" in after
    actions = list(HistoryEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-2:] == ["announcement.announce", "announcement.withdraw"]


def test_the_page_speaks_korean(office, running):
    shown = office.get(page(running).replace("/en/", "/ko/")).content.decode()
    assert "공지" in shown and "오늘의 지연" in shown


def test_it_lasts_until_the_end_of_the_day_or_to_a_moment_of_the_summits_clock(office, running):
    office.post(page(running), {**SAID, "lasts": "today"})
    assert Announcement.objects.get().ends_at == times.day_bounds(delays.today(running), running.tz)[1]
    moment = (timezone.now() + timedelta(days=2)).astimezone(running.tz).replace(second=0, microsecond=0)
    sent = {**SAID, "text_en": "Another", "lasts": "moment", "ends_at": f"{moment:%Y-%m-%dT%H:%M}"}
    office.post(page(running), sent)
    assert Announcement.objects.latest("pk").ends_at == moment


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text_ko": "", "text_en": ""}, "Write the announcement in at least one language."),
        ({"lasts": "moment"}, "Say until when it is shown."),
        ({"lasts": "moment", "ends_at": "2020-01-01T10:00"}, "Choose an end that is still to come"),
        ({"severity": "grave"}, "grave"),
    ],
)
def test_what_cannot_be_announced_comes_back_as_it_was_typed(office, running, sent, words):
    answer = office.post(page(running), {**SAID, **sent, "starts_at": ""})
    shown = answer.content.decode()
    assert answer.status_code == 422 and words in shown and 'value="60"' in shown
    assert not Announcement.objects.exists()


def test_a_preview_saves_nothing(office, running):
    shown = office.post(page(running), {**SAID, "action": "preview"}).content.decode()
    assert "Preview, nothing is announced yet" in shown and shown.count("Lunch is on the third floor.") == 2
    assert not Announcement.objects.exists()


def test_an_urgent_one_is_asked_for_once_more(office, running):
    urgent = {**SAID, "severity": "urgent"}
    asked = office.post(page(running), urgent)
    assert asked.status_code == 200 and "Announce this as urgent?" in asked.content.decode()
    assert not Announcement.objects.exists()
    assert office.post(page(running), {**urgent, "action": "urgent"}).status_code == 302
    assert Announcement.objects.get().severity == "urgent"


def test_its_end_is_changed(office, running):
    made = announcements.announce(running, {"en": "Fire drill"}, ends_at=timezone.now() + timedelta(hours=1), by=None)
    moment = (timezone.now() + timedelta(hours=3)).astimezone(running.tz).replace(second=0, microsecond=0)
    sent = {"action": "end", "announcement": made.pk, "ends_at": f"{moment:%Y-%m-%dT%H:%M}"}
    assert office.post(page(running), sent).status_code == 302
    made.refresh_from_db()
    assert made.ends_at == moment
    assert office.post(page(running), {**sent, "ends_at": "yesterday"}).status_code == 422
    assert office.post(page(running), {**sent, "announcement": "99999"}).status_code == 404


def test_a_room_is_late_and_on_time_again(office, running):
    room = make_room(running)
    late = {"action": "delay", "room": room.code, "minutes": "15"}
    assert office.post(page(running), late).status_code == 302
    assert Delay.objects.get().minutes == 15
    assert 'value="15"' in office.get(page(running)).content.decode()
    assert office.post(page(running), {**late, "minutes": "900"}).status_code == 422
    assert office.post(page(running), {**late, "room": "no-such-room"}).status_code == 404
    office.post(page(running), {**late, "minutes": ""})
    assert not Delay.objects.exists()


def test_on_other_days_no_room_is_late(as_user, summit, organiser):
    room, client = make_room(summit), as_user(organiser)
    assert "Delays are said on the days of the summit." in client.get(page(summit)).content.decode()
    answer = client.post(page(summit), {"action": "delay", "room": room.code, "minutes": "5"})
    assert answer.status_code == delays.NotADayOfTheSummit.status and not Delay.objects.exists()


def test_leads_of_a_track_speak_of_their_own_sessions_alone(as_user, running):
    track, room = make_track(running), make_room(running)
    lead = make_user("lead@team.example", summit=running, role="track_lead")
    track.leads.add(Membership.objects.get(user=lead))
    mine, other = session_of(running, track=track, room=room), session_of(running, "OTHER1")
    client = as_user(lead)
    shown = client.get(page(running)).content.decode()
    assert mine.code in shown and other.code not in shown and "Delays today" not in shown
    assert client.post(page(running), SAID).status_code == 422
    assert client.post(page(running), {**SAID, "session": other.code}).status_code == 422
    assert client.post(page(running), {**SAID, "session": mine.code}).status_code == 302
    assert Announcement.objects.get().session == mine
    whole = announcements.announce(running, {"en": "All"}, ends_at=timezone.now() + timedelta(hours=1), by=None)
    assert client.post(page(running), {"action": "withdraw", "announcement": whole.pk}).status_code == 404
    late = {"action": "delay", "room": room.code, "minutes": "15"}
    assert client.post(page(running), late).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "desk", "translator", "registrations"])
def test_nobody_else_comes_here(as_user, running, role):
    client = as_user(make_user(f"{role}@team.example", summit=running, role=role))
    assert client.get(page(running)).status_code == 404 and client.post(page(running), SAID).status_code == 404
    assert not Announcement.objects.exists()


def test_the_page_costs_the_same_however_much_there_is(office, running):
    asked = []
    for number in range(3):
        room = make_room(running, f"room-{number}")
        delays.set_minutes(room, delays.today(running), 5, by=None)
        end = timezone.now() + timedelta(hours=1)
        about = session_of(running, f"ABOUT{number}")
        announcements.announce(running, {"en": f"Text {number}"}, ends_at=end, session=about, by=None)
        office.get(page(running))
        with CaptureQueriesContext(connection) as queries:
            office.get(page(running))
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2]
