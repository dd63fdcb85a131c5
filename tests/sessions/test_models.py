from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from sessions.models import Appearance, Session, SessionHost, with_details
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_summit, make_track


@pytest.mark.parametrize(
    ("starts", "ends"), [(at(15, 10), at(15, 10)), (at(15, 10), at(15, 9)), (at(15, 10), None), (None, at(15, 10))]
)
def test_the_database_keeps_no_session_that_ends_before_it_begins(summit, starts, ends):
    session = make_session(summit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=ends)


@pytest.mark.parametrize(("starts", "ends"), [(at(15, 10), at(15, 9)), (at(15, 10), None), (at(15, 10), at(16, 11))])
def test_a_form_says_what_is_wrong_with_the_times(summit, starts, ends):
    session = make_session(summit)
    session.starts_at, session.ends_at = starts, ends
    with pytest.raises(ValidationError):
        session.full_clean()


def test_a_session_as_the_factory_makes_it_is_valid(summit):
    make_session(summit, room=make_room(summit), track=make_track(summit)).full_clean()


def test_codes_are_unique_in_their_summit_only(summit):
    make_session(summit)
    make_session(make_summit("ogp2023"))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_session(summit)


def test_nobody_appears_or_hosts_twice_in_the_same_way(summit):
    speaker, host = make_speaker(summit), make_organisation(summit)
    session = make_session(summit, people=[speaker], hosts=[host])
    Appearance.objects.create(session=session, speaker=speaker, role="moderator")
    for again in (
        lambda: Appearance.objects.create(session=session, speaker=speaker),
        lambda: SessionHost.objects.create(session=session, organisation=host),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()


def test_a_day_holds_what_begins_before_four_in_the_morning(summit):
    for code, moment in (
        ("EARLY1", at(15, 3, 59)),
        ("MORN01", at(15, 4)),
        ("NIGHT1", at(16, 3, 59)),
        ("NEXT01", at(16, 4)),
    ):
        make_session(summit, code, starts_at=moment, ends_at=moment + timedelta(minutes=30))
    found = Session.objects.on_day(date(2021, 12, 15), summit).in_order()
    assert [session.code for session in found] == ["MORN01", "NIGHT1"]
    assert {session.day() for session in found} == {date(2021, 12, 15)}


def test_details_cost_four_queries(summit, django_assert_num_queries):
    for number in range(3):
        make_session(
            summit,
            f"SES00{number}",
            room=make_room(summit, f"room-{number}"),
            hosts=[make_organisation(summit, f"h-{number}")],
            people=[make_speaker(summit)],
        )
    with django_assert_num_queries(4):
        for session in with_details(Session.objects):
            assert session.room.venue.name
            assert [hosting.organisation.name for hosting in session.hostings.all()]
            assert [appearance.speaker.name for appearance in session.appearances.all()]
            assert not session.recordings


def test_a_track_that_goes_leaves_its_sessions(summit):
    track = make_track(summit)
    session = make_session(summit, track=track)
    track.delete()
    session.refresh_from_db()
    assert session.track is None
