"""The rules of a plan, each alone and at its edges, and all of them against every pair looked at one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.planning.conflicts import Conflict, Item, RoomFacts, Rule, World, find

MIDNIGHT = datetime(2021, 12, 15, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


def item(code: str, starts: float = 9, ends: float = 10, **facts) -> Item:
    return Item(code, MIDNIGHT + timedelta(hours=starts), MIDNIGHT + timedelta(hours=ends), **facts)


def people(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def rooms(*codes: str, **facts) -> World:
    return World(rooms={code: RoomFacts(**facts) for code in codes})


def said(items, world=None, **more) -> list[tuple]:
    return [(c.rule, c.sessions, c.subject) for c in find(items, world or World(), **more)]


def test_an_empty_plan_has_no_conflict():
    assert find([], World()) == []


def test_somebody_in_two_sessions_at_once_is_in_two_places():
    pair = [item("B", people=people("kim")), item("A", 9.5, 11, people=people("kim", "lee"))]
    assert said(pair) == [(Rule.PERSON_TWICE, ("A", "B"), "kim")]


def test_two_people_in_the_same_two_sessions_are_two_conflicts():
    pair = [item("A", people=people("kim", "lee")), item("B", people=people("kim", "lee"))]
    assert said(pair) == [(Rule.PERSON_TWICE, ("A", "B"), who) for who in ("kim", "lee")]


@pytest.mark.parametrize(
    ("rule", "facts", "subject"),
    [
        (Rule.PERSON_TWICE, {"people": people("kim")}, "kim"),
        (Rule.HOST_TWICE, {"hosts": people("moi")}, "moi"),
        (Rule.ROOM_TAKEN, {"room": "r1"}, "r1"),
        (Rule.TRACK_CLASH, {"track": "civic"}, "civic"),
    ],
)
def test_what_overlaps_clashes_and_what_touches_does_not(rule, facts, subject):
    first = item("A", 9, 10, **facts)
    assert said([first, item("B", 9.999, 11, **facts)]) == [(rule, ("A", "B"), subject)]
    assert said([first, item("B", 10, 11, **facts)]) == []
    assert said([first, item("B", 8, 9, **facts)]) == []
    # The same time, one within the other, and three at once: each pair once.
    assert said([first, item("B", 9, 10, **facts)]) == [(rule, ("A", "B"), subject)]
    assert said([item("A", 8, 12, **facts), item("B", 9, 10, **facts)]) == [(rule, ("A", "B"), subject)]
    three = [item(code, 9, 10, **facts) for code in "CAB"]
    assert said(three) == [(rule, pair, subject) for pair in (("A", "B"), ("A", "C"), ("B", "C"))]


def test_a_long_session_clashes_with_all_it_covers_not_only_with_its_neighbour():
    items = [item("A", 8, 18, room="r1"), item("B", 9, 10, room="r1"), item("C", 15, 16, room="r1")]
    assert said(items) == [(Rule.ROOM_TAKEN, ("A", "B"), "r1"), (Rule.ROOM_TAKEN, ("A", "C"), "r1")]


def test_without_a_time_or_cancelled_nothing_clashes():
    facts = {"people": people("kim"), "hosts": people("moi"), "room": "r1", "track": "t", "seats": 900, "booths": 9}
    world = replace(rooms("r1", capacity=10, booths=0), free={"kim": ((at(1), at(2)),)})
    assert find([item("A", **facts, cancelled=True), Item("B", None, None, **facts)], world) == []
    assert said([item("A", **facts), item("B", **facts, cancelled=True)], World()) == []


def test_half_a_time_is_none():
    assert find([Item("A", at(9), None, "r1"), Item("B", None, at(10), "r1"), item("C", room="r1")], World()) == []


def test_sessions_without_a_room_or_a_track_do_not_share_one():
    assert find([item("A"), item("B")], World()) == []


def test_a_break_in_all_rooms_takes_every_room():
    plan = [item("BREAK", 12, 13, is_break=True), item("A", 12.5, 14, room="r2"), item("B", 13, 14, room="r1")]
    assert said(plan, rooms("r1", "r2")) == [(Rule.ROOM_TAKEN, ("A", "BREAK"), "r2")]


def test_a_break_in_one_room_takes_only_that_one():
    plan = [item("BREAK", 12, 13, room="r1", is_break=True), item("A", 12, 13, room="r2"), item("B", 12, 13, room="r1")]
    assert said(plan, rooms("r1", "r2")) == [(Rule.ROOM_TAKEN, ("B", "BREAK"), "r1")]


def test_two_breaks_never_disturb_each_other():
    plan = [
        item("X", 12, 13, is_break=True),
        item("Y", 12, 13, is_break=True),
        item("Z", 12, 13, room="r1", is_break=True),
    ]
    assert find(plan, rooms("r1", "r2")) == []


def test_a_session_without_a_room_may_run_during_a_break():
    assert find([item("BREAK", 12, 13, is_break=True), item("ONLINE", 12, 13)], rooms("r1")) == []


@pytest.mark.parametrize(
    ("seats", "capacity", "clashes"), [(40, 40, False), (41, 40, True), (41, None, False), (0, 0, False)]
)
def test_a_room_must_hold_the_seats(seats, capacity, clashes):
    found = said([item("A", room="r1", seats=seats)], rooms("r1", capacity=capacity))
    assert found == ([(Rule.ROOM_SMALL, ("A",), "r1")] if clashes else [])


@pytest.mark.parametrize(
    ("booths", "there", "clashes"), [(2, 2, False), (2, 1, True), (1, 0, True), (3, None, False), (0, 0, False)]
)
def test_a_room_must_have_a_booth_for_each_language(booths, there, clashes):
    found = said([item("A", room="r1", booths=booths)], rooms("r1", booths=there))
    assert found == ([(Rule.BOOTH_MISSING, ("A",), "r1")] if clashes else [])


@pytest.mark.parametrize(
    ("spans", "fits"),
    [
        ((), True),
        (((at(9), at(10)),), True),
        (((at(8), at(12)),), True),
        (((at(9, 1), at(12)),), False),
        (((at(8), at(9, 59)),), False),
        # Spans that touch or overlap are one, in whatever order they are given.
        (((at(9, 30), at(12)), (at(8), at(9, 30))), True),
        (((at(8), at(9, 40)), (at(9, 20), at(10))), True),
        (((at(8), at(9, 29)), (at(9, 30), at(12))), False),
        (((at(10), at(12)),), False),
        (((at(8), at(9)),), False),
    ],
)
def test_rooms_and_people_have_their_hours(spans, fits):
    closed = said([item("A", room="r1")], rooms("r1", hours=spans))
    assert closed == ([] if fits else [(Rule.ROOM_CLOSED, ("A",), "r1")])
    away = said([item("A", people=people("kim", "lee"))], World(free={"kim": spans}))
    assert away == ([] if fits else [(Rule.PERSON_AWAY, ("A",), "kim")])


SHORTEST = World(shortest_break=timedelta(minutes=15))


@pytest.mark.parametrize(("minutes", "clashes"), [(0, True), (14, True), (15, False), (60, False)])
def test_a_room_needs_a_break_between_sessions(minutes, clashes):
    pair = [item("A", 9, 10, room="r1"), item("B", 10 + minutes / 60, 12, room="r1")]
    assert said(pair, SHORTEST) == ([(Rule.SHORT_BREAK, ("A", "B"), "r1")] if clashes else [])


def test_somebody_needs_a_break_only_to_go_to_another_room():
    one = item("A", 9, 10, room="r1", people=people("kim"))
    assert said([one, item("B", 10, 11, room="r2", people=people("kim"))], SHORTEST) == [
        (Rule.SHORT_BREAK, ("A", "B"), "kim")
    ]
    # In the same room it is the room's break that is too short.
    assert said([one, item("B", 10, 11, room="r1", people=people("kim"))], SHORTEST) == [
        (Rule.SHORT_BREAK, ("A", "B"), "r1")
    ]


def test_a_break_itself_needs_no_break_before_it_and_none_is_needed_where_none_is_asked():
    assert find([item("A", 9, 10, room="r1"), item("BREAK", 10, 11, room="r1", is_break=True)], SHORTEST) == []
    assert find([item("A", 9, 10, room="r1"), item("B", 10, 11, room="r1")], World()) == []


def test_a_session_that_ran_over_the_next_leaves_too_short_a_break_before_the_one_after_it():
    plan = [item("A", 9, 12, room="r1"), item("B", 10, 11, room="r1"), item("C", 12, 13, room="r1")]
    assert said(plan, SHORTEST) == [(Rule.ROOM_TAKEN, ("A", "B"), "r1"), (Rule.SHORT_BREAK, ("A", "C"), "r1")]


def test_what_cannot_be_comes_first_and_keys_do_not_depend_on_the_order():
    plan = [item("B", room="r1", track="t"), item("A", room="r1", track="t", people=people("kim"))]
    world = replace(rooms("r1", capacity=1), free={"kim": ((at(1), at(2)),)})
    found = find(plan, world)
    assert [c.impossible for c in found] == [True, True, False]
    assert [c.key for c in found] == ["person_away:kim:A", "room_taken:r1:A:B", "track_clash:t:A:B"]
    assert find(reversed(plan), world) == found


def test_with_only_just_the_conflicts_of_these_sessions_are_told():
    plan = [item(code, room="r1") for code in "ABC"]
    assert said(plan, only={"A"}) == [(Rule.ROOM_TAKEN, ("A", "B"), "r1"), (Rule.ROOM_TAKEN, ("A", "C"), "r1")]
    assert said(plan, only={"gone"}) == said(plan, only=set()) == []


# Every pair looked at one by one: slow, and plain enough to be believed.


def pairs(items: list[Item], world: World) -> set[Conflict]:
    timed = [one for one in items if one.starts_at and one.ends_at and not one.cancelled]
    found: set[Conflict] = set()
    for a, b in combinations(sorted(timed, key=lambda one: one.code), 2):
        found |= _overlapping(a, b, world) if a.starts_at < b.ends_at and b.starts_at < a.ends_at else set()
        found |= _in_a_row(a, b, world)
    return found | {conflict for one in timed for conflict in _alone(one, world)}


def _taken(one: Item, world: World) -> set[str]:
    return {one.room} if one.room else set(world.rooms) if one.is_break else set()


def _overlapping(a: Item, b: Item, world: World) -> set[Conflict]:
    if a.is_break and b.is_break:
        return set()
    shared = {
        Rule.PERSON_TWICE: a.people & b.people,
        Rule.HOST_TWICE: a.hosts & b.hosts,
        Rule.ROOM_TAKEN: _taken(a, world) & _taken(b, world),
        Rule.TRACK_CLASH: {a.track} & {b.track} - {""},
    }
    return {Conflict(rule, (a.code, b.code), subject) for rule, subjects in shared.items() for subject in subjects}


def _in_a_row(a: Item, b: Item, world: World) -> set[Conflict]:
    gaps = [b.starts_at - a.ends_at, a.starts_at - b.ends_at]
    if a.is_break or b.is_break or not any(timedelta(0) <= gap < world.shortest_break for gap in gaps):
        return set()
    subjects = {a.room} & {b.room} - {""} if a.room == b.room else a.people & b.people
    return {Conflict(Rule.SHORT_BREAK, (a.code, b.code), subject) for subject in subjects}


def _alone(one: Item, world: World) -> set[Conflict]:
    def inside(spans) -> bool:
        minutes = int((one.ends_at - one.starts_at).total_seconds() // 60)
        moments = (one.starts_at + timedelta(minutes=minute) for minute in range(minutes))
        return not spans or all(any(opens <= moment < closes for opens, closes in spans) for moment in moments)

    found = {Conflict(Rule.PERSON_AWAY, (one.code,), who) for who in one.people if not inside(world.free.get(who, ()))}
    room = world.rooms.get(one.room)
    if room:
        found |= {Conflict(Rule.ROOM_CLOSED, (one.code,), one.room)} if not inside(room.hours) else set()
        found |= {Conflict(Rule.ROOM_SMALL, (one.code,), one.room)} if one.seats > (room.capacity or 99) else set()
        found |= {Conflict(Rule.BOOTH_MISSING, (one.code,), one.room)} if one.booths > (room.booths or 9) else set()
    return found


quarters = st.integers(0, 40).map(lambda n: MIDNIGHT + timedelta(minutes=15 * n))
spans = st.tuples(quarters, st.integers(1, 12)).map(lambda t: (t[0], t[0] + timedelta(minutes=15 * t[1])))
some = lambda *codes: st.frozensets(st.sampled_from(codes), max_size=2)  # noqa: E731
worlds = st.builds(
    World,
    rooms=st.fixed_dictionaries(
        {
            code: st.builds(
                RoomFacts,
                capacity=st.sampled_from([None, 5]),
                booths=st.sampled_from([None, 1]),
                hours=st.lists(spans, max_size=2).map(tuple),
            )
            for code in ("r1", "r2")
        }
    ),
    free=st.dictionaries(st.sampled_from(["kim", "lee"]), st.lists(spans, max_size=3).map(tuple)),
    shortest_break=st.sampled_from([timedelta(0), timedelta(minutes=15), timedelta(minutes=30)]),
)
facts = st.tuples(
    spans | st.none(), st.sampled_from(["", "r1", "r2"]), st.sampled_from(["", "t"]), some("kim", "lee", "park"),
    some("moi"), st.integers(0, 9), st.integers(0, 2), st.booleans(), st.booleans(),
)  # fmt: skip


def made(number: int, drawn) -> Item:
    span, *rest = drawn
    return Item(f"S{number:02}", *(span or (None, None)), *rest)


plans = st.lists(facts, max_size=9).map(lambda drawn: [made(number, each) for number, each in enumerate(drawn)])


@given(plans, worlds)
def test_the_rules_find_what_looking_at_every_pair_finds(items, world):
    found = find(items, world)
    assert set(found) == pairs(items, world)
    assert len(set(found)) == len(found)


@given(plans, worlds, st.sets(st.sampled_from([f"S{n:02}" for n in range(9)])))
def test_only_some_of_the_sessions_are_some_of_all_conflicts(items, world, only):
    assert find(items, world, only=only) == [c for c in find(items, world) if only.intersection(c.sessions)]
