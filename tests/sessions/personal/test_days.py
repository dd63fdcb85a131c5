from sessions.personal.days import Entry, Gap, plan
from tests.factories import at, make_room, make_session


def bookmarked(*codes):
    return dict.fromkeys(codes, "bookmarked")


def shape(day):
    return [item.session.code if isinstance(item, Entry) else item.hours for item in day.items]


def test_days_hold_sessions_and_the_gaps_between_them(summit):
    make_session(summit, "AAA001")
    make_session(summit, "BBB001", starts_at=at(15, 14))
    make_session(summit, "OTH001", starts_at=at(15, 12), ends_at=at(15, 13))
    make_session(summit, "CCC001", starts_at=at(16, 10))
    found = plan(summit, bookmarked("AAA001", "BBB001", "CCC001"))
    assert [shape(day) for day in found.days] == [["AAA001", "11:30–14:00", "BBB001"], ["CCC001"]]
    gap = found.days[0].items[1]
    assert isinstance(gap, Gap)
    assert (gap.minutes, gap.others) == (150, 1)


def test_a_short_way_to_another_room_is_no_gap(summit):
    make_session(summit, "AAA001")
    make_session(summit, "BBB001", starts_at=at(15, 11, 45))
    assert shape(plan(summit, bookmarked("AAA001", "BBB001")).days[0]) == ["AAA001", "BBB001"]


def test_a_long_session_beside_a_short_one_leaves_no_gap_in_it(summit):
    make_session(summit, "AAA001", ends_at=at(15, 16))
    make_session(summit, "BBB001", starts_at=at(15, 10, 30), ends_at=at(15, 11))
    make_session(summit, "CCC001", starts_at=at(15, 17))
    assert shape(plan(summit, bookmarked("AAA001", "BBB001", "CCC001")).days[0]) == [
        "AAA001", "BBB001", "16:00–17:00", "CCC001"
    ]  # fmt: skip


def test_a_session_after_midnight_belongs_to_the_day_before(summit):
    make_session(summit, "AAA001", starts_at=at(16, 0, 30))
    (day,) = plan(summit, bookmarked("AAA001")).days
    assert day.date.day == 15


def test_one_that_is_repeated_at_a_free_time_is_offered(summit):
    title = {"ko": "개막", "en": "Opening"}
    make_session(summit, "AAA001", title=title)
    make_session(summit, "BBB001", starts_at=at(15, 11))
    make_session(summit, "AAA002", title=title, starts_at=at(15, 14))
    make_session(summit, "AAA003", title=title, starts_at=at(15, 12))  # clashes as well
    found = {e.session.code: e for e in plan(summit, bookmarked("AAA001", "BBB001")).entries}
    assert [(a.kind, a.session.code) for a in found["AAA001"].alternatives] == [("repeated", "AAA002")]


def test_beside_one_that_is_full_those_with_seats_are_offered(summit):
    make_session(summit, "AAA001", seats=1, seats_taken=1)
    make_session(summit, "BBB001", starts_at=at(15, 11))
    make_session(summit, "FRE001", seats=5, room=make_room(summit), starts_at=at(15, 9, 30), ends_at=at(15, 10, 30))
    found = {e.session.code: e for e in plan(summit, {"AAA001": "waitlisted", "BBB001": "bookmarked"}).entries}
    assert [(a.kind, a.session.code) for a in found["AAA001"].alternatives] == [("parallel", "FRE001")]
    online = plan(summit, {"AAA001": "bookmarked", "BBB001": "bookmarked"}, in_room=False).entries
    assert not any(entry.alternatives for entry in online)  # who takes part online needs no seat


def test_what_is_cancelled_clashes_with_nothing_and_stays_in_view(summit):
    make_session(summit, "AAA001", cancelled_at=at(1, 9))
    make_session(summit, "BBB001", starts_at=at(15, 11))
    found = plan(summit, bookmarked("AAA001", "BBB001"))
    assert found.clashing == 0
    assert shape(found.days[0]) == ["AAA001", "BBB001"]


def test_marks_without_a_time_or_a_public_session(summit):
    make_session(summit, "AAA001", starts_at=None)
    make_session(summit, "HID001", published_at=None)
    found = plan(summit, bookmarked("AAA001", "HID001", "ZZZ999"))
    assert (found.days, [e.session.code for e in found.undated]) == ([], ["AAA001"])
