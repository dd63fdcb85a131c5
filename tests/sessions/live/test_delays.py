"""Delays: what is expected is shown beside the published time, which stays."""

from datetime import date

import pytest

from sessions.live import delays
from sessions.models import Delay, Session
from summit.models import HistoryEntry, LiveRevision, Summit
from tests.factories import at, make_room, make_session

DAY = date(2021, 12, 15)


@pytest.fixture
def room(summit):
    return make_room(summit)


@pytest.fixture
def session(summit, room):
    return make_session(summit, room=room)  # 10:00 to 11:30


def test_a_session_in_a_late_room_is_expected_later_and_its_time_stays(session, room, organiser):
    delays.set_minutes(room, DAY, 15, by=organiser)
    found = delays.expected(session, at(15, 9))
    assert (found.starts_at, found.ends_at, found.minutes) == (at(15, 10, 15), at(15, 11, 45), 15)
    assert Session.objects.get().starts_at == at(15, 10)
    line = HistoryEntry.objects.get(action="room.delay")
    assert (line.by, line.changes) == (organiser, {"minutes": [0, 15]})


def test_it_counts_until_the_session_is_over_as_expected(session, room):
    delays.set_minutes(room, DAY, 15, by=None)
    assert delays.expected(session, at(15, 11, 44)) and delays.expected(session, at(15, 11, 45)) is None


def test_it_counts_for_its_room_and_its_day_alone(summit, session, room):
    delays.set_minutes(room, DAY, 15, by=None)
    elsewhere = make_session(summit, "OTHER1", room=make_room(summit, "room-2"))
    nowhere = make_session(summit, "OTHER2")
    tomorrow = make_session(summit, "OTHER3", room=room, starts_at=at(16, 10))
    assert [delays.expected(each, at(15, 9)) for each in (elsewhere, nowhere, tomorrow)] == [None] * 3
    # The same delay on the day before it, and after.
    assert delays.expected(session, at(14, 9)) is None and delays.expected(tomorrow, at(16, 9)) is None


def test_a_cancelled_session_is_not_expected(session, room):
    delays.set_minutes(room, DAY, 15, by=None)
    session.cancelled_at = at(15, 8)
    assert delays.expected(session, at(15, 9)) is None


def test_it_is_changed_and_cleared(session, room):
    delays.set_minutes(room, DAY, 15, by=None)
    delays.set_minutes(room, DAY, 15, by=None)
    delays.set_minutes(room, DAY, 30, by=None)
    assert Delay.objects.get().minutes == 30
    delays.clear(room, DAY, by=None)
    delays.clear(room, DAY, by=None)
    assert not Delay.objects.exists() and delays.expected(session, at(15, 9)) is None
    lines = HistoryEntry.objects.filter(action="room.delay").order_by("pk")
    assert [line.changes["minutes"] for line in lines] == [[0, 15], [15, 30], [30, 0]]


@pytest.mark.parametrize("minutes", [-1, 241, 100_000])
def test_what_is_no_delay_is_refused(room, minutes):
    with pytest.raises(delays.NotADelay):
        delays.set_minutes(room, DAY, minutes, by=None)


@pytest.mark.parametrize("day", [date(2021, 12, 14), date(2021, 12, 18)])
def test_no_room_is_late_on_a_day_without_the_summit(room, day):
    with pytest.raises(delays.NotADayOfTheSummit):
        delays.set_minutes(room, day, 15, by=None)


def test_pages_and_what_is_live_are_drawn_anew(summit, room):
    before = Summit.objects.get().agenda_revision
    delays.set_minutes(room, DAY, 15, by=None)
    assert Summit.objects.get().agenda_revision == before + 1
    assert LiveRevision.objects.get(pk=summit.pk).number >= 2


def test_on_other_days_nothing_is_asked(summit, room, django_assert_num_queries):
    delays.set_minutes(room, DAY, 15, by=None)
    with django_assert_num_queries(0):
        assert delays.of_today(summit, at(14, 9)) == {}
    with django_assert_num_queries(1):
        assert delays.of_today(summit, at(15, 9)) == {room.pk: 15}
    # After midnight it is still the day before.
    assert delays.of_today(summit, at(16, 3)) == {room.pk: 15} and delays.of_today(summit, at(16, 5)) == {}
