import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from summit.editing import inline_edits
from summit.models import HistoryEntry, Room, Venue
from tests.factories import at, make_room, make_session, make_user, make_venue
from tests.summit.views.workspace.test_places import picture

PAGE = "/en/ogp2021/organiser/rooms/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def filled(room=None, **values):
    data = {"name_ko": "홀", "name_en": "Hall", "capacity": "90", "booths": "1", "description_ko": "", "description_en": "",
            "stream_url": "", "order": "1", "access": ["step_free"], "spans-TOTAL_FORMS": 2, "spans-INITIAL_FORMS": 0}  # fmt: skip
    known = (
        {
            "venue": room.venue_id,
            "form_versions": json.dumps(inline_edits.value_versions(room, inline_edits.VERSIONED_OF_ROOMS)),
        }
        if room
        else {}
    )
    return {**data, **known, **values}


def test_a_room_is_edited_with_its_hours(summit, office):
    room = make_room(summit, "hall")
    hours = {"spans-0-starts_at": "2021-12-15T08:00", "spans-0-ends_at": "2021-12-15T20:00"}
    assert office.post(f"{PAGE}hall/", filled(room, **hours)).status_code == 302
    held = Room.objects.get()
    assert (held.name["en"], held.capacity, held.booths, held.access) == ("Hall", 90, 1, ["step_free"])
    assert list(held.hours.values_list("starts_at", "ends_at")) == [(at(15, 8), at(15, 20))]
    entries = HistoryEntry.objects.count()
    office.post(f"{PAGE}hall/", filled(held, **hours))
    assert HistoryEntry.objects.count() == entries


def test_a_floor_plan_is_put_and_taken_away(summit, office, django_capture_on_commit_callbacks):
    room = make_room(summit, "hall")
    said = {"step_free_way_en": "Lift B.", "floor_plan_alt_en": "Left of the lift."}
    assert office.post(f"{PAGE}hall/", filled(room, picture=picture(), **said)).status_code == 302
    held = Room.objects.get()
    assert (held.step_free_way["en"], held.floor_plan_alt["en"]) == ("Lift B.", "Left of the lift.")
    kept = held.floor_plan.name
    assert held.floor_plan.storage.exists(kept) and kept in office.get(f"{PAGE}hall/").content.decode()
    assert HistoryEntry.objects.filter(action="room.edit", changes__has_key="floor_plan").exists()
    with django_capture_on_commit_callbacks(execute=True):
        office.post(f"{PAGE}hall/", filled(held, no_picture="on", **said))
    assert not Room.objects.get().floor_plan and not held.floor_plan.storage.exists(kept)


def test_what_is_no_picture_comes_back(summit, office):
    room = make_room(summit, "hall")
    wrong = SimpleUploadedFile("plan.png", b"no picture")
    answer = office.post(f"{PAGE}hall/", filled(room, picture=wrong, capacity="77"))
    assert answer.status_code == 422 and "This is no picture we can read." in answer.content.decode()
    assert 'value="77"' in answer.content.decode() and Room.objects.get().capacity != 77


def test_a_stale_form_overwrites_nothing_until_it_was_seen(summit, office, organiser):
    room = make_room(summit, "hall")
    sent = filled(room, capacity="50")
    inline_edits.edit_room(room, {"capacity": 70}, by=organiser)
    response = office.post(f"{PAGE}hall/", sent)
    assert response.status_code == 409
    assert 'value="50"' in response.content.decode()
    assert Room.objects.get().capacity == 70
    office.post(f"{PAGE}hall/", filled(Room.objects.get(), capacity="50"))
    assert Room.objects.get().capacity == 50


def test_hours_and_the_building_somebody_else_has_set_stay(summit, office):
    room = make_room(summit, "hall")
    sent = filled(room, capacity="50")
    room.hours.create(starts_at=at(15, 8), ends_at=at(15, 20))
    response = office.post(f"{PAGE}hall/", sent)
    assert response.status_code == 409 and room.hours.count() == 1
    sent = filled(room, **{"spans-0-starts_at": "2021-12-15T08:00", "spans-0-ends_at": "2021-12-15T20:00"})
    other = make_venue(summit, "annex")
    Room.objects.update(venue=other)
    assert office.post(f"{PAGE}hall/", sent).status_code == 409
    assert Room.objects.get().venue == other


@pytest.mark.parametrize(
    "wrong", [{"name_ko": "", "name_en": ""}, {"capacity": "-1"}, {"capacity": "100001"}, {"access": ["lift"]},
              {"stream_url": "javascript:x"}, {"venue": "999999"}, {"form_versions": "{", "capacity": "x"}], ids=str,
)  # fmt: skip
def test_bad_input_is_refused(summit, office, wrong):
    room = make_room(summit, "hall")
    assert office.post(f"{PAGE}hall/", filled(room, **wrong)).status_code == 422
    assert Room.objects.get().capacity is None


def test_a_room_with_sessions_is_not_deleted_and_they_are_named(summit, office):
    room = make_room(summit, "hall")
    session = make_session(summit, room=room)
    response = office.post(f"{PAGE}hall/deletion/", follow=True)
    page = response.content.decode()
    assert "Sessions are planned in this room" in page and str(session) in page
    session.room = None
    session.save()
    office.post(f"{PAGE}hall/deletion/")
    assert Room.objects.count() == 0


def test_a_room_is_added_to_a_building_there_is_or_a_new_one(summit, office):
    assert office.post(f"{PAGE}new/", filled()).status_code == 422
    office.post(f"{PAGE}new/", filled(venue_name="COEX"))
    assert Room.objects.get().code == "hall"
    office.post(f"{PAGE}new/", filled(venue=Venue.objects.get().pk, name_en="Hall"))
    assert Venue.objects.count() == 1
    assert Room.objects.exclude(code="hall").get().code.startswith("room-")


def test_a_viewer_looks_only(summit, as_user):
    make_venue(summit)
    room = make_room(summit, "hall")
    client = as_user(make_user(summit=summit, role="viewer"))
    assert client.get(f"{PAGE}hall/").status_code == 200
    assert client.post(f"{PAGE}hall/", filled(room)).status_code == 403
    assert client.post(f"{PAGE}hall/deletion/").status_code == 404
    assert client.get(f"{PAGE}new/").status_code == 404
