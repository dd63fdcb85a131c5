"""Other days, another zone: nothing moves without having been confirmed."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from sessions.models import Deadline, Placement, Session
from sessions.planning import publishing
from summit.models import HistoryEntry, Summit
from tests.factories import at, make_room, make_session, make_speaker, make_user

PAGE = "/en/ogp2021/organiser/settings/dates/"
ALL = ("sessions", "deadlines", "registration", "hours")


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def typed(client, **values):
    return {"form_versions": hidden(client.get(PAGE).content.decode()), "starts_on": "2021-12-15", "ends_on": "2021-12-17",
            "time_zone": "Asia/Seoul", **values}  # fmt: skip


def asked(client, *along, clock="clock", **values):
    """The page that asks, and what it would send with only these ticked."""
    first = client.post(PAGE, typed(client, **values))
    sent = {**typed(client, **values), **dict.fromkeys(along, "on"), "clock": clock}
    page = client.post(PAGE, {**sent, "seen": hidden(first.content.decode(), "seen"), "action": "preview"})
    return page.content.decode(), {**sent, "seen": hidden(page.content.decode(), "seen")}


@pytest.fixture
def full(summit):
    room = make_room(summit, "hall")
    room.hours.create(starts_at=at(15, 8), ends_at=at(15, 20))
    Deadline.objects.create(summit=summit, task="abstract", due_at=at(1, 18))
    return make_session(summit, room=room)


def test_changing_nothing_asks_nothing(summit, full, office):
    assert office.post(PAGE, typed(office)).status_code == 302
    assert HistoryEntry.objects.count() == 0


def test_other_days_are_asked_about_before_anything_is_saved(summit, full, office):
    response = office.post(PAGE, typed(office, starts_on="2021-12-20", ends_on="2021-12-22"))
    page = response.content.decode()
    assert response.status_code == 200 and "Nothing is saved yet" in page
    for words in (
        "Plan 1 session 5 days later",
        "Move 1 deadline 5 days later",
        "Move 1 opening time of rooms",
        "Open and close registration",
    ):
        assert words in page
    assert Summit.objects.get().starts_on == date(2021, 12, 15)
    assert Placement.objects.count() == 0


def test_what_was_confirmed_moves_and_sessions_become_public_with_the_next_version(summit, full, office, organiser):
    _page, sent = asked(office, *ALL, starts_on="2021-12-20", ends_on="2021-12-22")
    assert office.post(PAGE, sent).status_code == 302
    held = Summit.objects.get()
    assert (held.starts_on, held.ends_on) == (date(2021, 12, 20), date(2021, 12, 22))
    assert held.registration_opens_at == datetime(2021, 10, 6, tzinfo=UTC)
    assert Deadline.objects.get().due_at == at(6, 18)
    assert full.room.hours.get().starts_at == at(20, 8)
    assert Session.objects.get().starts_at == at(15, 10)
    assert (Placement.objects.get().starts_at, Placement.objects.get().room) == (at(20, 10), full.room)
    actions = set(HistoryEntry.objects.values_list("action", flat=True))
    assert actions == {"summit.settings", "session.place", "deadline.set", "room.edit"}
    publishing.publish(held, by=organiser)
    assert Session.objects.get().starts_at == at(20, 10)


def test_what_was_not_ticked_stays_and_is_counted(summit, full, office):
    page, sent = asked(office, starts_on="2021-12-20", ends_on="2021-12-22")
    assert "1 session then lies outside the days." in page
    assert office.post(PAGE, sent).status_code == 302
    assert Placement.objects.count() == 0
    assert (Deadline.objects.get().due_at, full.room.hours.get().starts_at) == (at(1, 18), at(15, 8))
    assert Summit.objects.get().registration_opens_at == datetime(2021, 10, 1, tzinfo=UTC)


def test_only_what_was_shown_is_saved(summit, full, office):
    _page, sent = asked(office, "sessions", starts_on="2021-12-20", ends_on="2021-12-22")
    response = office.post(PAGE, {**sent, "hours": "on"})
    assert response.status_code == 200 and "Nothing is saved yet" in response.content.decode()
    make_session(summit, "CIV002", starts_at=at(16, 10))
    assert office.post(PAGE, sent).status_code == 200
    assert Summit.objects.get().starts_on == date(2021, 12, 15)


def test_conflicts_that_come_new_are_named(summit, full, office):
    page, _sent = asked(office, "sessions", starts_on="2021-12-20", ends_on="2021-12-22")
    assert "New conflicts" in page and "is closed at that time." in page and str(full.title["en"]) in page
    page, _sent = asked(office, "sessions", "hours", starts_on="2021-12-20", ends_on="2021-12-22")
    assert "New conflicts" not in page


def test_a_longer_summit_moves_nothing(summit, full, office):
    page, sent = asked(office, *ALL, ends_on="2021-12-18")
    assert "What moves with the days" not in page
    office.post(PAGE, sent)
    assert Summit.objects.get().ends_on == date(2021, 12, 18)
    assert Placement.objects.count() == 0 and Deadline.objects.get().due_at == at(1, 18)


def test_a_new_zone_keeps_the_clock_times(summit, full, office):
    page, sent = asked(office, clock="clock", time_zone="Europe/Tallinn")
    assert "What is at 10:00 (Asia/Seoul) is at 10:00 (Europe/Tallinn)" in page
    assert office.post(PAGE, sent).status_code == 302
    seven = timedelta(hours=7)
    assert Placement.objects.get().starts_at == at(15, 10) + seven
    assert Deadline.objects.get().due_at == at(1, 18) + seven
    assert full.room.hours.get().ends_at == at(15, 20) + seven


def test_a_new_zone_keeps_the_moments(summit, full, office):
    page, sent = asked(office, clock="moments", time_zone="Europe/Tallinn")
    assert "is shown as Wed, 15 Dec 03:00 (Europe/Tallinn)" in page
    office.post(PAGE, sent)
    assert Summit.objects.get().time_zone == "Europe/Tallinn"
    assert Placement.objects.count() == 0 and Deadline.objects.get().due_at == at(1, 18)


def test_a_session_keeps_its_length_where_the_clock_is_put_back(summit, office):
    make_session(summit, starts_at=at(15, 1), ends_at=at(15, 4))
    # In Tallinn the last Sunday of October has the hour from three to four twice.
    _page, sent = asked(office, "sessions", starts_on="2022-10-30", ends_on="2022-10-31", time_zone="Europe/Tallinn")
    assert office.post(PAGE, sent).status_code == 302
    plan = Placement.objects.get()
    assert plan.ends_at - plan.starts_at == timedelta(hours=3)


def test_two_owners_do_not_overwrite_each_others_dates(summit, full, office):
    _page, sent = asked(office, starts_on="2021-12-20", ends_on="2021-12-22")
    Summit.objects.update(ends_on=date(2021, 12, 18))
    response = office.post(PAGE, sent)
    assert response.status_code == 409 and 'value="2021-12-20"' in response.content.decode()
    assert Summit.objects.get().starts_on == date(2021, 12, 15)


@pytest.mark.parametrize(
    "wrong", [{"starts_on": ""}, {"starts_on": "soon"}, {"starts_on": "1850-01-01"}, {"ends_on": "2021-12-01"}, {"ends_on": "2022-12-01"},
              {"time_zone": "../etc/passwd"}, {"time_zone": ""}], ids=str,
)  # fmt: skip
def test_days_and_zones_that_make_no_sense_are_refused(full, office, wrong):
    assert office.post(PAGE, typed(office, **wrong)).status_code == 422
    assert HistoryEntry.objects.count() == 0


def test_when_people_can_come_is_said_to_stay(summit, full, office):
    make_speaker(summit).availabilities.create(starts_at=at(15, 8), ends_at=at(15, 20))
    page, _sent = asked(office, starts_on="2021-12-20", ends_on="2021-12-22")
    assert "What 1 person said about when they can come stays as it is." in page


@pytest.mark.parametrize("number", [1, 3])
def test_asking_takes_as_many_queries_for_three_sessions_as_for_one(
    summit, office, number, django_assert_max_num_queries
):
    for n in range(number):
        make_session(summit, f"CIV00{n}", starts_at=at(15, 10 + 2 * n))
    sent = typed(office, starts_on="2021-12-20", ends_on="2021-12-22")
    office.post(PAGE, sent)
    with django_assert_max_num_queries(45):
        office.post(PAGE, sent)


def test_the_page_is_for_those_who_arrange_the_summit(summit, as_user):
    client = as_user(make_user(summit=summit, role="viewer"))
    assert client.get(PAGE).status_code == 404 and client.post(PAGE, {}).status_code == 404
