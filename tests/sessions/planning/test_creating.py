"""A session that is made in its place."""

import pytest
from django.core.exceptions import ValidationError

from sessions.models import Placement, Session
from sessions.planning import creating
from summit.models import HistoryEntry
from tests.factories import at, make_room, make_track

LUNCH = {"ko": "점심", "en": "Lunch"}


def added(summit, organiser, starts_at, ends_at, room=None, **values):
    values = {"kind": "break", "title": LUNCH, **values}
    return creating.create_planned(summit, values, starts_at=starts_at, ends_at=ends_at, room=room, by=organiser)


def test_it_is_planned_and_not_public(summit, organiser):
    before = summit.agenda_revision
    session = added(summit, organiser, at(15, 12), at(15, 13))
    plan = Placement.objects.get(session=session)
    assert (plan.starts_at, plan.ends_at, plan.room, plan.by) == (at(15, 12), at(15, 13), None, organiser)
    assert (session.starts_at, session.is_published, session.language) == (None, False, "ko")
    entries = HistoryEntry.objects.order_by("pk").values_list("action", "by__email")
    assert list(entries) == [("session.create", organiser.email), ("session.place", organiser.email)]
    summit.refresh_from_db()
    assert summit.agenda_revision == before


def test_it_may_have_a_room_a_track_and_no_time(summit, organiser):
    room, track = make_room(summit), make_track(summit)
    session = added(summit, organiser, at(15, 12), at(15, 13), room, kind="workshop", track=track)
    assert (Placement.objects.get(session=session).room, session.track) == (room, track)
    assert not Placement.objects.filter(session=added(summit, organiser, None, None)).exists()


@pytest.mark.parametrize(("starts", "ends"), [(13, 12), (12, 12), (12, None), (None, 12)])
def test_where_the_time_is_not_possible_nothing_is_made(summit, organiser, starts, ends):
    with pytest.raises(ValidationError):
        added(summit, organiser, starts and at(15, starts), ends and at(15, ends))
    assert not Session.objects.exists() and not HistoryEntry.objects.exists()
