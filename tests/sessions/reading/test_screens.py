"""What a screen knows: what is on, what comes next, what was called off."""

from datetime import timedelta

import pytest
import time_machine

from sessions.planning import publishing, scheduling
from sessions.reading import screens
from tests import factories as make
from tests.factories import at


@pytest.fixture
def room(summit):
    return make.make_room(summit)


def states(lane):
    return {slot.code: slot.state for slot in lane.slots}


def test_a_room_shows_what_is_on_and_the_one_that_follows(summit, room):
    for code, hour in (("PAST01", 8), ("NOW001", 10), ("NEXT01", 13), ("LATER1", 15)):
        make.make_session(summit, code, room=room, starts_at=at(15, hour))
    (lane,) = screens.foyer(summit, at(15, 10, 15)).lanes
    assert states(lane) == {"NOW001": "now", "NEXT01": "next", "LATER1": "later"}
    assert not lane.is_idle


def test_a_session_is_on_from_its_first_moment_and_over_at_its_last(summit, room):
    session = make.make_session(summit, "NOW001", room=room)
    assert states(screens.door(summit, room, session.starts_at).lanes[0]) == {"NOW001": "now"}
    assert states(screens.door(summit, room, session.starts_at - timedelta(seconds=1)).lanes[0]) == {"NOW001": "next"}
    assert screens.door(summit, room, session.ends_at).is_over


def test_a_door_knows_two_sessions_that_follow_and_no_other_rooms(summit, room):
    for hour in (10, 13, 15, 17):
        make.make_session(summit, f"MINE{hour}", room=room, starts_at=at(15, hour))
    make.make_session(summit, "OTHER1", room=make.make_room(summit, "grand-102"))
    (lane,) = screens.door(summit, room, at(15, 10, 30)).lanes
    assert states(lane) == {"MINE10": "now", "MINE13": "next", "MINE15": "next", "MINE17": "later"}


def test_what_comes_on_another_day_says_which(summit, room):
    make.make_session(summit, "TODAY1", room=room, starts_at=at(15, 23))
    make.make_session(summit, "NIGHT1", room=room, starts_at=at(16, 1))
    make.make_session(summit, "MORROW", room=room, starts_at=at(16, 10))
    slots = {slot.code: slot for slot in screens.door(summit, room, at(15, 22)).lanes[0].slots}
    # After midnight is still the day before.
    assert (slots["TODAY1"].far, slots["NIGHT1"].far, slots["MORROW"].far) == (False, False, True)
    assert slots["MORROW"].day == {"ko": "12월 16일(목)", "en": "Thu, 16 Dec"}


def test_what_has_no_room_has_a_lane_of_its_own_at_the_end(summit, room):
    make.make_session(summit, "ONLINE", mode="online")
    make.make_session(summit, "INROOM", room=room)
    assert [lane.code for lane in screens.foyer(summit, at(15, 10)).lanes] == ["grand-101", ""]


def test_only_what_is_published_and_has_a_time_is_shown(summit, room):
    make.make_session(summit, "SECRET", room=room, published_at=None)
    make.make_session(summit, "NOTIME", room=room, starts_at=None)
    board = screens.foyer(summit, at(15, 10))
    assert board.lanes == []
    assert board.is_over


def test_a_cancellation_is_told_while_somebody_may_still_come_in_vain(summit, room):
    make.make_session(summit, "SOON01", room=room, starts_at=at(15, 13), cancelled_at=at(1, 9))
    make.make_session(summit, "FAR001", room=room, starts_at=at(17, 13), cancelled_at=at(1, 9))
    make.make_session(summit, "FRESH1", room=room, starts_at=at(17, 15), cancelled_at=at(15, 9))
    make.make_session(summit, "OVER01", room=room, starts_at=at(15, 8), cancelled_at=at(15, 7))
    make.make_session(summit, "LATER1", room=room, starts_at=at(15, 17), cancelled_at=at(15, 11))
    board = screens.foyer(summit, at(15, 10))
    assert [(change.kind, change.slot.code) for change in board.changes] == [
        ("cancelled", "FRESH1"),
        ("cancelled", "SOON01"),
    ]


def test_a_session_that_was_moved_lately_is_told_with_where_to_go(summit, room):
    session = make.make_session(summit, "MOVED1", room=room, starts_at=at(15, 13))
    make.make_session(summit, "STAYS1", room=room, starts_at=at(15, 15))
    with time_machine.travel(at(10, 9), tick=False):
        publishing.publish(summit)
    other = make.make_room(summit, "room-2", name={"ko": "2호", "en": "Room 2"})
    scheduling.place(session, starts_at=at(15, 14), ends_at=at(15, 15), room=other)
    with time_machine.travel(at(15, 9), tick=False):
        publishing.publish(summit)
    for moment, told in ((at(15, 10), ["MOVED1"]), (at(16, 9, 30), []), (at(15, 8), [])):
        assert [change.slot.code for change in screens.foyer(summit, moment).changes] == told
    (change,) = screens.foyer(summit, at(15, 10)).changes
    assert (change.kind, change.slot.hours, change.room["en"]) == ("moved", "14:00–15:00", "Room 2")


def test_a_screen_has_everything_in_both_languages(summit, room):
    host = make.make_organisation(summit)
    people = [make.make_speaker(summit, "박수정", name_romanised="Park Sujeong"), make.make_speaker(summit, "김하나")]
    make.make_session(summit, "NOW001", room=room, hosts=[host], people=people, interpretation=["en"])
    (slot,) = screens.door(summit, room, at(15, 10)).lanes[0].slots
    assert slot.hosts == {"ko": "행정안전부", "en": "Ministry of the Interior and Safety"}
    assert slot.people == {"ko": "박수정, 김하나", "en": "Park Sujeong, 김하나"}
    assert slot.interpretation["en"] == "Korean–English interpretation"
    assert slot.interpretation["ko"] != slot.interpretation["en"]


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_screen_takes_the_same_queries_for_one_and_for_three_sessions(
    summit, room, sessions, django_assert_num_queries
):
    for number in range(sessions):
        make.make_session(summit, f"CIV00{number}", room=room, people=[make.make_speaker(summit)],
                          hosts=[make.make_organisation(summit, f"body-{number}")])  # fmt: skip
    with django_assert_num_queries(7):
        screens.foyer(summit, at(15, 10))
    with django_assert_num_queries(6):
        screens.door(summit, room, at(15, 10))
