"""The page on how to get to the summit and about in it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from summit.models import Venue
from tests.factories import make_room

SAID = {
    "address": "1 Concert Road", "transport": "Line 3, exit 5", "hours": "8 to 20 every day", "entrances": "West: no steps",
    "wifi": "summit2021, no password", "help": "First aid on floor 1", "lost_property": "At the information desk",
}  # fmt: skip


def page(summit, language="en"):
    with translation.override(language):
        address = reverse("sessions:venue", args=[summit.code])
    return Client().get(address).content.decode()


@pytest.fixture
def hall(summit):
    room = make_room(summit, "hall", name={"ko": "대회의실", "en": "Great Hall"}, access=["step_free"],
                     step_free_way={"en": "Lift B to floor 2."}, floor_plan="pictures/plan-x.webp",
                     floor_plan_alt={"en": "The hall lies left of the lift."})  # fmt: skip
    Venue.objects.filter(pk=room.venue_id).update(
        map_picture="pictures/map-x.webp", map_alt={"en": "The venue is north of the station."},
        map_url="https://maps.example/1", **{name: {"en": words} for name, words in SAID.items()},
    )  # fmt: skip
    return room


@pytest.mark.usefixtures("hall")
def test_all_that_is_known_of_a_venue_stands_there(summit):
    shown = page(summit)
    for words in SAID.values():
        assert words in shown
    for label in ("Public transport", "Opening hours", "Entrances", "Wi-Fi", "Help on the spot", "Lost property"):
        assert label in shown
    assert 'alt="The venue is north of the station."' in shown and "https://maps.example/1" in shown


@pytest.mark.usefixtures("hall")
def test_the_way_to_a_room_stands_in_words_and_as_a_plan(summit):
    shown = page(summit)
    assert "Great Hall" in shown and "Step-free access" in shown and "Lift B to floor 2." in shown
    assert 'alt="The hall lies left of the lift."' in shown and 'id="room-hall"' in shown


@pytest.mark.usefixtures("hall")
def test_it_speaks_korean_and_leads_to_what_is_somebodys_own(summit):
    shown = page(summit, "ko")
    assert "오시는 길과 시설 안내" in shown and "대중교통" in shown
    assert "/ko/ogp2021/my-agenda/today/" in shown


def test_what_is_not_known_has_no_heading(summit):
    make_room(summit)
    shown = page(summit)
    assert "Wi-Fi" not in shown and "Without steps:" not in shown


def test_without_a_venue_it_says_so(summit):
    assert "No venue has been announced." in page(summit)


def test_more_rooms_take_no_more_queries(summit):
    asked = []
    page(summit)
    for number in range(3):
        make_room(summit, f"room-{number}")
        summit.raise_revision()
        with CaptureQueriesContext(connection) as queries:
            assert f"room-room-{number}" in page(summit)
        asked.append(len(queries))
    assert asked[1] == asked[2]
