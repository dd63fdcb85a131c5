"""The best clash-free choice, checked against trying every subset."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.models import Session, with_details
from sessions.personal.days import overlap
from sessions.personal.suggesting import WEIGHTS, suggest
from tests.factories import at, make_organisation, make_session, make_track


@dataclass(frozen=True)
class Plain:
    """What suggesting reads of a session, without a database."""

    pk: int
    code: str
    starts_at: datetime
    ends_at: datetime
    track: None = None
    is_cancelled: bool = False
    hostings: object = field(default_factory=lambda: SimpleNamespace(all=list), compare=False)


def made(number, start, length):
    starts = at(15, 8) + timedelta(minutes=15 * start)
    return Plain(number, f"SES{number:03}", starts, starts + timedelta(minutes=15 * length))


spans = st.lists(
    st.tuples(st.integers(0, 24), st.integers(1, 8), st.sampled_from(sorted(WEIGHTS))), min_size=1, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(spans)
def test_no_other_choice_weighs_more(rows):
    sessions, marks = [], {}
    for number, (start, length, mark) in enumerate(rows, 1):
        session = made(number, start, length)
        sessions.append(session)
        marks[session.code] = mark

    def weight(choice):
        return sum(WEIGHTS[marks[session.code]] for session in choice)

    best = max(
        weight(choice)
        for size in range(len(sessions) + 1)
        for choice in combinations(sessions, size)
        if not any(overlap(a, b) for a, b in combinations(choice, 2))
    )
    found = suggest(sessions, marks)
    assert weight(found.chosen) == best
    assert not any(overlap(a, b) for a, b in combinations(found.chosen, 2))
    assert {s.code for s in found.chosen} | {left.session.code for left in found.left_out} == set(marks)
    assert all(left.because_of for left in found.left_out)


@pytest.fixture
def agenda(summit):
    track, host = make_track(summit), make_organisation(summit)
    make_session(summit, "AAA001", track=track)
    make_session(summit, "BBB001", starts_at=at(15, 11), hosts=[host])
    make_session(summit, "CCC001", starts_at=at(15, 14))
    make_session(summit, "DDD001", starts_at=None, track=track)
    make_session(summit, "EEE001", starts_at=at(15, 16), track=track, cancelled_at=at(1, 9))
    return list(with_details(Session.objects.in_order()))


def codes(sessions):
    return [session.code for session in sessions]


def test_a_booked_seat_outweighs_marks_and_interests(agenda):
    found = suggest(agenda, {"AAA001": "bookmarked", "BBB001": "booked"}, tracks=["civic-space"])
    assert codes(found.chosen) == ["BBB001"]
    assert [(left.session.code, codes(left.because_of)) for left in found.left_out] == [("AAA001", ["BBB001"])]


def test_interests_fill_the_day_and_are_told_apart(agenda):
    found = suggest(agenda, {"CCC001": "bookmarked"}, hosts=["moi"])
    assert codes(found.chosen) == ["BBB001", "CCC001"]
    assert codes(found.added) == ["BBB001"]


def test_what_is_cancelled_or_has_no_time_is_not_suggested(agenda):
    found = suggest(agenda, {"DDD001": "bookmarked", "EEE001": "bookmarked"}, tracks=["civic-space"])
    assert codes(found.chosen) == ["AAA001"]
    assert found.left_out == []


def test_nothing_marked_and_no_interest_suggests_nothing(agenda):
    assert suggest(agenda, {}).chosen == []
