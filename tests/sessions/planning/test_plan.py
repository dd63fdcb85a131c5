"""The plan as it is read: where each session shall be, what clashes, and how that is said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from sessions.models import Appearance, Session
from sessions.planning import plan, scheduling
from sessions.planning.conflicts import Rule
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_summit, make_track


def moved(session, starts, ends, room=None, **more):
    return scheduling.place(session, starts_at=starts, ends_at=ends, room=room, **more)


def said(found):
    return [(c.rule, c.sessions, c.subject) for c in found]


def fetched(code):
    return Session.objects.select_related("placement").get(code=code)


def test_a_session_is_planned_as_it_is_public_until_somebody_plans_it(summit):
    room = make_room(summit)
    session = make_session(summit, room=room)
    assert plan.planned(fetched("CIV001")) == plan.Planned(session.starts_at, session.ends_at, room, False)
    moved(session, at(16, 14), at(16, 15), cancelled=True)
    assert plan.planned(fetched("CIV001")) == plan.Planned(at(16, 14), at(16, 15), None, True)


def test_an_item_has_all_that_the_rules_ask_for(summit):
    kim, lee, gone = (make_speaker(summit, name) for name in ("김", "이", "박"))
    session = make_session(
        summit, room=make_room(summit), track=make_track(summit), hosts=[make_organisation(summit)],
        people=[kim, lee, gone], seats=40, interpretation=["en", "fr"],
    )  # fmt: skip
    session.appearances.filter(speaker=gone).update(state=Appearance.State.DECLINED)
    make_session(summit, "BRK001", kind="break", starts_at=None, mode="online", interpretation=["en"])
    make_session(make_summit("ogp2023"), "ELSE01")
    first, second = sorted(plan.items(summit), key=lambda item: item.code, reverse=True)
    assert (first.code, first.room, first.track, first.hosts) == ("CIV001", "grand-101", "civic-space", {"moi"})
    assert (first.people, first.seats, first.booths, first.is_break) == ({kim.code, lee.code}, 40, 2, False)
    assert (second.starts_at, second.is_break, second.booths, second.room) == (None, True, 0, "")


def test_the_plan_counts_not_what_is_public(summit):
    room = make_room(summit)
    one = make_session(summit, "CIV001", room=room)
    make_session(summit, "CIV002", room=room)
    assert said(plan.clashes(summit)) == [(Rule.ROOM_TAKEN, ("CIV001", "CIV002"), "grand-101")]
    moved(one, at(15, 14), at(15, 15), room)
    assert plan.clashes(summit) == []
    moved(one, at(15, 11), at(15, 12), room, cancelled=True)
    assert plan.clashes(summit) == []


@pytest.mark.parametrize("minutes", [0, 20])
def test_a_few_sessions_have_the_conflicts_they_have_in_the_whole_plan(summit, minutes):
    summit.shortest_break = minutes
    summit.save(update_fields=["shortest_break"])
    kim, rooms = make_speaker(summit, "김"), [make_room(summit, f"room-{n}") for n in range(3)]
    for number in range(12):
        room = rooms[number % 3] if number % 5 else None
        starts = at(15, 9) + timedelta(minutes=25 * number)
        make_session(summit, f"S{number:05}", starts_at=starts, room=room, people=[kim] if number % 2 else [])
    moved(Session.objects.get(code="S00003"), at(15, 9, 30), at(15, 10), rooms[1])
    moved(Session.objects.get(code="S00004"), None, None)
    make_session(summit, "BRK001", kind="break", starts_at=at(15, 12))
    everything = plan.clashes(summit)
    assert len(everything) > 10
    for only in [{"S00003"}, {"S00004"}, {"S00000", "S00011"}, {"BRK001"}, {"gone"}, set()]:
        assert plan.clashes(summit, only=only) == [c for c in everything if only.intersection(c.sessions)]


def test_what_a_plan_would_cause_is_what_it_causes(summit):
    summit.shortest_break = 15
    summit.save(update_fields=["shortest_break"])
    kim, room, small = make_speaker(summit, "김"), make_room(summit), make_room(summit, "small", capacity=5)
    one = make_session(summit, "CIV001", people=[kim], room=room, seats=10, starts_at=at(17, 9), interpretation=["en"])
    make_session(summit, "CIV002", people=[kim], room=room)
    for where, hour in [(room, 10), (small, 11), (None, 9), (small, 8)]:
        wanted = {"starts_at": at(15, hour), "ends_at": at(15, hour + 1), "room": where, "cancelled": False}
        before = plan.clashes_if(one, **wanted)
        scheduling.place(one, **wanted)
        assert before == plan.clashes(summit, only={"CIV001"})
    assert plan.clashes_if(one, starts_at=None, ends_at=None, room=None, cancelled=False) == []
    assert plan.clashes_if(one, starts_at=at(15, 10), ends_at=at(15, 11), room=room, cancelled=True) == []


def test_rooms_and_people_bring_their_hours(summit):
    kim, room = make_speaker(summit, "김"), make_room(summit, capacity=10, booths=1)
    for opens, closes in [(9, 12), (13, 18)]:
        room.hours.create(starts_at=at(15, opens), ends_at=at(15, closes))
        kim.availabilities.create(starts_at=at(15, opens), ends_at=at(15, closes))
    world = plan.world(summit)
    hours = ((at(15, 9), at(15, 12)), (at(15, 13), at(15, 18)))
    assert world.rooms["grand-101"].hours == world.free[kim.code] == hours
    assert (world.rooms["grand-101"].capacity, world.rooms["grand-101"].booths) == (10, 1)
    assert world.shortest_break == timedelta(minutes=summit.shortest_break)


def test_a_conflict_is_told_in_the_readers_language_with_the_names_of_things(summit, organiser):
    kim = make_speaker(summit, "김연사", name_romanised="Kim Yeonsa")
    for code in ("CIV001", "CIV002"):
        make_session(summit, code, people=[kim], room=make_room(summit, f"room-{code[-1]}"), track=None)
    [found] = plan.clashes(summit)
    scheduling.accept_conflict(summit, found.key, "Kim says it works.", by=organiser)
    with translation.override("en"):
        [told] = plan.described(summit, [found])
        assert "Kim" in told.text and told.text.endswith("is in two sessions at the same time.")
        assert told.when == "Wed, 15 Dec 10:00"
        assert told.sessions[0] == ("CIV001", "Open government session CIV001")
    assert told.accepted.reason == "Kim says it works."
    assert plan.open_clashes(summit) == []
    with translation.override("ko"):
        [told] = plan.described(summit, [found])
        assert told.when == "12월 15일(수) 10:00" and told.sessions[0][1] == "열린정부 세션 CIV001"


def test_every_rule_has_a_sentence():
    assert all("%(subject)s" in str(plan._sentence(rule)) for rule in Rule)


def full(summit, count):
    kim, moi, track = (
        make_speaker(summit, f"김{count}"),
        make_organisation(summit, f"moi-{count}"),
        make_track(summit, f"t{count}"),
    )
    room = make_room(summit, f"full-{count}")
    for number in range(count):
        session = make_session(summit, f"F{count}{number:04}", people=[kim], hosts=[moi], track=track, room=room)
        moved(session, at(15, 10, number), at(15, 11), room)


def test_the_number_of_queries_does_not_grow_with_the_plan(summit):
    numbers = []
    for count in (1, 3):
        full(summit, count + 1)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = plan.clashes(summit)
            plan.clashes(summit, only={found[0].sessions[0]})
            plan.described(summit, found)
            plan.open_clashes(summit)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] == 7 + 8 + 6 + 8
