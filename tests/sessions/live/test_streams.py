"""Streams: of one session or of a room for a while, changed while the summit runs, told to nobody who may not join."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sessions.live import streams
from sessions.models import Stream
from summit.models import HistoryEntry, Summit
from tests.factories import at, make_room, make_session

MEETING = {"kind": "meeting", "address": "https://meet.example.org/j/123?pwd=secret"}


@pytest.fixture
def room(summit):
    return make_room(summit)


@pytest.fixture
def session(summit, room):
    return make_session(summit, room=room)


def addresses(session):
    return [stream.address for stream in streams.of_session(session)]


def test_a_session_without_streams_of_its_own_is_joined_by_those_of_its_room(session, room):
    assert addresses(session) == [] and not streams.is_joinable(session)
    streams.add(room, {**MEETING, "address": "https://room.example.org/"}, by=None)
    assert addresses(session) == ["https://room.example.org/"] and streams.is_joinable(session)
    streams.add(session, MEETING, by=None)
    assert addresses(session) == [MEETING["address"]]


def test_a_link_for_the_stage_alone_leaves_the_public_that_of_the_room(session, room):
    streams.add(room, {**MEETING, "address": "https://room.example.org/"}, by=None)
    streams.add(session, {**MEETING, "for_stage": True}, by=None)
    assert addresses(session) == [MEETING["address"], "https://room.example.org/"]
    Stream.objects.filter(room=room).delete()
    assert not streams.is_joinable(session)


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [(None, None, True), (at(15, 9), at(15, 12), True), (at(15, 11), None, True), (None, at(15, 10), False),
     (at(15, 11, 30), None, False), (at(16, 9), at(16, 18), False)],
)  # fmt: skip
def test_a_stream_of_a_room_counts_for_what_takes_place_meanwhile(session, room, starts, ends, counts):
    streams.add(room, {**MEETING, "starts_at": starts, "ends_at": ends}, by=None)
    assert streams.is_joinable(session) is counts


def test_whoever_is_in_person_alone_or_cancelled_is_not_joined(session, room):
    streams.add(room, MEETING, by=None)
    session.mode = "in_person"
    assert not streams.is_joinable(session)
    session.mode, session.cancelled_at = "online", at(15, 9)
    assert not streams.is_joinable(session)


def test_the_history_tells_the_host_and_never_the_address(session, organiser):
    before = Summit.objects.get().agenda_revision
    made = streams.add(
        session, {**MEETING, "language": "en", "backup_address": "https://other.example.org/x"}, by=organiser
    )
    streams.fall_back(made, True, by=organiser)
    streams.remove(made, by=organiser)
    streams.remove(made, by=organiser)
    lines = [entry.changes for entry in HistoryEntry.objects.filter(action="session.edit").order_by("pk")]
    assert lines == [{"streams": ["", "meeting · meet.example.org · en"]}, {"on_backup": [False, True]},
                     {"streams": ["meeting · meet.example.org · en", ""]}]  # fmt: skip
    assert Summit.objects.get().agenda_revision == before + 3


def test_whoever_joins_is_led_to_the_other_address_and_back(session):
    made = streams.add(session, {**MEETING, "backup_address": "https://other.example.org/x"}, by=None)
    assert streams.fall_back(made, True, by=None).leads_to == "https://other.example.org/x"
    assert streams.fall_back(made, False, by=None).leads_to == MEETING["address"]
    alone = streams.add(session, MEETING, by=None)
    with pytest.raises(streams.NothingToFallBackOn):
        streams.fall_back(alone, True, by=None)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "meeting"}, {"kind": "telephone"}, {**MEETING, "address": "javascript:alert(1)"},
     {**MEETING, "starts_at": at(15, 12), "ends_at": at(15, 11)}],
)  # fmt: skip
def test_what_leads_nowhere_is_refused(session, wrong):
    with pytest.raises(ValidationError):
        streams.add(session, wrong, by=None)
    assert not Stream.objects.exists() and not HistoryEntry.objects.exists()


def test_the_database_refuses_what_belongs_to_both_or_to_nothing(session, room):
    for of in ({}, {"room": room, "session": session}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Stream.objects.create(summit=session.summit, **MEETING, **of)


def test_there_is_an_end_to_them(session, monkeypatch):
    monkeypatch.setattr(streams, "MOST", 2)
    for _n in range(2):
        streams.add(session, MEETING, by=None)
    with pytest.raises(streams.TooManyStreams):
        streams.add(session, MEETING, by=None)


def test_of_many_sessions_in_a_room_those_meanwhile_are_joined_by_one_query_each(
    summit, room, django_assert_num_queries
):
    rows = []
    for number in range(6):
        starts = at(15, 9) + timedelta(hours=number)
        rows.append(make_session(summit, f"S{number:05}", room=room, starts_at=starts))
    streams.add(room, {**MEETING, "ends_at": at(15, 11)}, by=None)
    with django_assert_num_queries(6):
        assert {row.code for row in rows if streams.is_joinable(row)} == {"S00000", "S00001"}
