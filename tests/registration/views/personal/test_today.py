"""Where somebody goes next today."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from sessions.live import delays
from sessions.models import Bookmark
from tests.factories import at, make_registration, make_room, make_session

NOW = at(15, 9, 30)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hall(summit):
    return make_room(summit, "hall", name={"ko": "대회의실", "en": "Great Hall"}, step_free_way={"en": "Lift B."})


@pytest.fixture
def somebody(summit):
    return make_registration(summit)


def marked(somebody, code, hour, **values):
    title = {"ko": f"세션 {code}", "en": f"Session {code}"}
    made = make_session(somebody.summit, code, title=title, starts_at=at(15, hour), ends_at=at(15, hour + 1), **values)
    Bookmark.objects.create(user=somebody.user, session=made)
    return made


def page(client, summit, language="en"):
    with translation.override(language):
        address = reverse("registration:my-agenda-today", args=[summit.code])
    return client.get(address).content.decode()


def test_the_next_session_stands_first_with_its_room_and_the_way_without_steps(as_user, summit, somebody, hall):
    marked(somebody, "LATER1", 14, room=hall)
    marked(somebody, "FIRST1", 10, room=hall)
    shown = page(as_user(somebody.user), summit)
    assert shown.index("Session FIRST1") < shown.index("Later today") < shown.index("Session LATER1")
    assert "Great Hall" in shown and "Lift B." in shown
    assert "어디로 가야 합니까" in page(as_user(somebody.user), summit, "ko")


def test_one_that_is_on_comes_after_the_next_one(as_user, summit, somebody, hall):
    marked(somebody, "ISON11", 9, room=hall)
    marked(somebody, "NEXT11", 10, room=hall)
    shown = page(as_user(somebody.user), summit)
    assert shown.index("Session NEXT11") < shown.index("On now")


def test_a_late_room_says_when_it_is_expected(as_user, summit, somebody, hall):
    marked(somebody, "FIRST1", 10, room=hall)
    delays.set_minutes(hall, NOW.date(), 15, by=None)
    assert "10:15" in page(as_user(somebody.user), summit)


def test_a_session_that_is_over_or_cancelled_or_of_another_day_is_not_there(as_user, summit, somebody, hall):
    marked(somebody, "OVER11", 7, room=hall)
    marked(somebody, "GONE11", 11, room=hall, cancelled_at=NOW)
    shown = page(as_user(somebody.user), summit)
    assert "Session OVER11" not in shown and "Session GONE11" not in shown and "Nothing more of yours today" in shown
    with time_machine.travel(at(16, 9), tick=False):
        assert "Nothing more of yours today" in page(as_user(somebody.user), summit)


def test_strangers_see_what_they_marked_in_this_browser(summit, hall):
    make_session(summit, "COOKI1", title={"en": "Session COOKI1"}, room=hall, starts_at=at(15, 10), ends_at=at(15, 11))
    client = Client()
    client.cookies[f"bookmarks_{summit.code}"] = "COOKI1"
    assert "Session COOKI1" in page(client, summit)


def test_who_is_online_is_led_to_no_room(as_user, summit, hall):
    online = make_registration(summit, email="online@people.example", attendance="online")
    marked(online, "FIRST1", 10, room=hall, mode="hybrid")
    shown = page(as_user(online.user), summit)
    assert "Session FIRST1" in shown and "Lift B." not in shown


def test_more_sessions_take_no_more_queries(as_user, summit, somebody, hall):
    client, asked = as_user(somebody.user), []
    for number in range(3):
        marked(somebody, f"NUMB{number}1", 10 + number, room=hall)
        page(client, summit)
        with CaptureQueriesContext(connection) as queries:
            page(client, summit)
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2]
