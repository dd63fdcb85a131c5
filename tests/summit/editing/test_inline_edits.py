"""Small edits of rooms: rules, refusals, and noticing that somebody else was faster."""

import pytest

from summit.editing import inline_edits
from summit.editing.revising import Overtaken
from summit.lib.translated import Status
from summit.models import HistoryEntry, Room, Summit
from tests.factories import make_room, make_session


@pytest.fixture
def room(summit):
    return make_room(summit, capacity=80)


def test_an_edit_leaves_a_line_and_fresh_pages_and_none_where_nothing_differs(summit, room, organiser):
    inline_edits.edit_room(room, {"capacity": 120, "nonsense": 1}, by=organiser)
    entry = HistoryEntry.objects.get()
    assert (entry.action, entry.by, entry.changes) == ("room.edit", organiser, {"capacity": [80, 120]})
    assert Summit.objects.get().agenda_revision == summit.agenda_revision + 1
    inline_edits.edit_room(room, {"capacity": 120}, by=organiser)
    assert HistoryEntry.objects.count() == 1


def test_a_translation_is_outdated_once_its_source_changes(room, organiser):
    inline_edits.edit_room(room, {"name": {"ko": "방", "en": "Room"}}, by=organiser)
    inline_edits.edit_room(room, {"name": {"ko": "큰 방"}}, by=organiser)
    assert Room.objects.get().name.status("en") == Status.OUTDATED


def test_only_the_value_that_is_written_must_be_unchanged(room, organiser):
    mark = inline_edits.value_version(room.capacity)
    inline_edits.edit_room(room, {"booths": 2}, by=organiser)
    inline_edits.edit_room(room, {"capacity": 90}, form_versions={"capacity": mark}, by=organiser)
    with pytest.raises(Overtaken) as refused:
        inline_edits.edit_room(room, {"capacity": 100}, form_versions={"capacity": mark}, by=organiser)
    assert refused.value.details["now"].capacity == 90
    assert next(entry.changes for entry in refused.value.details["entries"]) == {"capacity": [80, 90]}
    assert Room.objects.get().capacity == 90


def test_marks_tell_values_apart(room):
    values = [None, 0, 1, "", "0", "None", {"ko": "a"}, {"en": "a"}, ["a"], []]
    assert len({inline_edits.value_version(value) for value in values}) == len(values)
    assert inline_edits.value_version({"ko": "가", "en": "b"}) == inline_edits.value_version({"en": "b", "ko": "가"})


def test_a_room_goes_only_where_nothing_takes_place_or_is_planned_in_it(summit, room, organiser):
    session = make_session(summit, room=room)
    with pytest.raises(inline_edits.RoomInUse) as refused:
        inline_edits.delete_room(room, by=organiser)
    assert refused.value.details["sessions"] == [str(session)]
    session.room = None
    session.save(update_fields=["room"])
    inline_edits.delete_room(room, by=organiser)
    assert not Room.objects.exists()
    assert HistoryEntry.objects.get().action == "room.delete"
