import pytest

from sessions.models import Session
from sessions.planning import publishing, scheduling
from tests.factories import at, make_room, make_session, make_summit, make_venue

BASE = "/en/ogp2021/organiser/"


@pytest.fixture
def agenda(summit):
    make_venue(summit)
    room = make_room(summit)
    make_session(summit, "CIV001", room=room)
    make_session(summit, "CIV002", published_at=None)
    publishing.publish(summit)
    return summit


def planned(**values):
    return {"starts_at": "2021-12-16T09:00", "ends_at": "2021-12-16T10:30", "room": "", **values}


def test_an_organiser_plans_publishes_and_everybody_reads_what_changed(agenda, as_user, organiser, client):
    office = as_user(organiser)
    saved = office.post(f"{BASE}sessions/CIV001/placement/", planned(), follow=True).content.decode()
    assert "It becomes public with the next version." in saved
    seen = office.get(f"{BASE}publication/").content.decode()
    assert "A new version would tell of 1 change:" in seen
    assert "Wed, 15 Dec 10:00–11:30 · Grand Ballroom 101" in seen and "Thu, 16 Dec 09:00–10:30 · no room yet" in seen
    done = office.post(
        f"{BASE}publication/", {"action": "publish", "confirmed": "1", "note_en": "Moved once"}, follow=True
    )
    assert "Version 2 is public." in done.content.decode()
    page = client.get("/en/ogp2021/agenda/changes/").content.decode()
    assert "Version 2" in page and "Moved once" in page and "Thu, 16 Dec 09:00–10:30" in page
    assert "2021-12-16T09:00:00+09:00" in client.get("/en/ogp2021/sessions/CIV001/").content.decode()
    assert b"SEQUENCE:1" in client.get("/ogp2021/sessions/CIV001.ics").content


def test_the_form_shows_times_in_the_summits_zone(agenda, as_user, organiser):
    page = as_user(organiser).get(f"{BASE}sessions/CIV001/placement/").content.decode()
    assert 'value="2021-12-15T10:00"' in page


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"ends_at": "2021-12-16T08:00"}, "The session ends before it begins."),
        ({"ends_at": ""}, "Give both a beginning and an end, or neither."),
        ({"ends_at": "2021-12-18T09:00"}, "A session lasts at most 24 hours."),
        ({"starts_at": "soon"}, "Enter a valid date/time."),
        ({"room": "999999"}, "Select a valid choice."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_a_reason(agenda, as_user, organiser, values, reason):
    response = as_user(organiser).post(f"{BASE}sessions/CIV001/placement/", planned(**values))
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert "2021-12-16T09:00" in response.content.decode() or values.get("starts_at") == "soon"


def test_an_hour_that_the_clock_skips_is_refused(agenda, as_user, organiser):
    agenda.time_zone = "Europe/Tallinn"
    agenda.save(update_fields=["time_zone"])
    sent = planned(starts_at="2021-03-28T03:30", ends_at="2021-03-28T05:00")
    assert as_user(organiser).post(f"{BASE}sessions/CIV001/placement/", sent).status_code == 422


def test_a_session_of_another_summit_is_not_there(agenda, as_user, organiser):
    make_session(make_summit("ogp2023"), "OTH001")
    assert as_user(organiser).get(f"{BASE}sessions/OTH001/placement/").status_code == 404


@pytest.mark.parametrize("path", ["sessions/", "sessions/CIV001/placement/"])
def test_only_organisers_plan(agenda, as_user, desk_staff, client, path):
    assert client.get(BASE + path).status_code == 302
    assert as_user(desk_staff).get(BASE + path).status_code == 404


def test_changes_of_a_withdrawn_agenda_are_not_public(agenda, client):
    assert "Version 1" in client.get("/en/ogp2021/agenda/changes/").content.decode()
    publishing.withdraw(agenda)
    assert "Version 1" not in client.get("/en/ogp2021/agenda/changes/").content.decode()


@pytest.mark.parametrize("sessions", [1, 3])
def test_the_list_of_sessions_takes_as_many_queries_for_three_as_for_one(
    agenda, as_user, organiser, sessions, django_assert_num_queries
):
    Session.objects.all().delete()
    for number in range(sessions):
        made = make_session(agenda, f"NEW{number:03}")
        scheduling.place(made, starts_at=at(16, 9), ends_at=at(16, 10), room=None)
    office = as_user(organiser)
    office.get(f"{BASE}sessions/")
    with django_assert_num_queries(14):
        office.get(f"{BASE}sessions/")
