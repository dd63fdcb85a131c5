"""The data of pretalx's widget, key for key."""

import json

import pytest

from sessions.exports import pretalx_widget
from tests import factories as make
from tests.factories import at


@pytest.fixture
def agenda(summit):
    room = make.make_room(summit, pk=9_000_005, description={"ko": "1층", "en": "Ground floor"})
    make.make_room(summit, "unused", pk=9_000_006)
    track = make.make_track(summit, pk=9_000_007, summary={"ko": "요약", "en": "Summary"})
    make.make_track(summit, "unused", pk=9_000_008)
    person = make.make_speaker(summit, "박수정", name_romanised="Park Sujeong", code="P1")
    make.make_session(summit, "CIV001", pk=9_000_101, room=room, track=track, people=[person], do_not_record=True)
    make.make_session(summit, "PAUSE1", pk=9_000_102, kind="break", room=room, starts_at=at(15, 12), ends_at=at(15, 13),
                      title={"ko": "점심", "en": "Lunch"})  # fmt: skip
    make.make_session(summit, "NOROOM", pk=9_000_103, starts_at=at(16, 9), title={"ko": "", "en": ""}, abstract={})
    make.make_session(summit, "GONE01", starts_at=at(16, 10), cancelled_at=at(1, 1))
    make.make_session(summit, "SECRET", published_at=None)
    make.make_session(summit, "NOTIME", starts_at=None)
    summit.agenda_revision = 7
    return summit


def document(summit, language="en"):
    return json.loads(pretalx_widget.widget_json(summit, language=language))


def test_the_shape_is_exactly_that_of_pretalx(agenda):
    assert document(agenda) == {
        "talks": [
            {
                "code": "CIV001",
                "id": 9_000_101,
                "title": "Open government session CIV001",
                "abstract": "Citizens and government discuss together.",
                "speakers": ["P1"],
                "track": 9_000_007,
                "start": "2021-12-15T10:00:00+09:00",
                "end": "2021-12-15T11:30:00+09:00",
                "room": 9_000_005,
                "duration": 90,
                "updated": "2021-11-01T09:00:00+09:00",
                "state": None,
                "content_locale": "ko",
                "do_not_record": True,
            },
            {
                "id": 9_000_102,
                "title": {"ko": "점심", "en": "Lunch"},
                "start": "2021-12-15T12:00:00+09:00",
                "end": "2021-12-15T13:00:00+09:00",
                "room": 9_000_005,
                "slot_type": "break",
            },
            {
                "code": "NOROOM",
                "id": 9_000_103,
                "title": "NOROOM",
                "abstract": "",
                "speakers": [],
                "track": None,
                "start": "2021-12-16T09:00:00+09:00",
                "end": "2021-12-16T10:30:00+09:00",
                "room": None,
                "duration": 90,
                "updated": "2021-11-01T09:00:00+09:00",
                "state": None,
                "content_locale": "ko",
                "do_not_record": False,
            },
        ],
        "version": "7",
        "schedule_id": agenda.pk,
        "timezone": "Asia/Seoul",
        "event_start": "2021-12-15",
        "event_end": "2021-12-17",
        "tracks": [{"id": 9_000_007, "name": {"ko": "시민영역", "en": "Civic space"}, "description": {"ko": "요약", "en": "Summary"}, "color": "#0b6b62"}],
        "rooms": [{"id": 9_000_005, "name": {"ko": "그랜드볼룸 101", "en": "Grand Ballroom 101"}, "description": {"ko": "1층", "en": "Ground floor"}}],
        "speakers": [
            {"code": "P1", "name": "Park Sujeong", "avatar": None, "avatar_thumbnail_default": None, "avatar_thumbnail_tiny": None}
        ],
    }  # fmt: skip


def test_names_and_titles_follow_the_language(agenda):
    read = document(agenda, "ko")
    assert read["talks"][0]["title"] == "열린정부 세션 CIV001"
    assert read["speakers"][0]["name"] == "박수정"


def test_the_same_agenda_is_the_same_bytes(agenda):
    assert pretalx_widget.widget_json(agenda, language="ko") == pretalx_widget.widget_json(agenda, language="ko")


def test_a_summit_without_sessions_is_an_empty_schedule(summit):
    read = document(summit)
    assert (read["talks"], read["tracks"], read["rooms"], read["speakers"]) == ([], [], [], [])


@pytest.mark.parametrize("sessions", [1, 3])
def test_it_takes_the_same_queries_for_one_and_for_three_sessions(summit, sessions, django_assert_num_queries):
    for number in range(sessions):
        make.make_session(summit, f"CIV00{number}", people=[make.make_speaker(summit)])
    with django_assert_num_queries(5):
        pretalx_widget.widget_json(summit, language="ko")
