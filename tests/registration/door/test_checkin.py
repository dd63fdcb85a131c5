from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from registration.door import checkin
from registration.models import CheckIn, Desk, Registration
from registration.registering import lifecycle, refusals
from summit.models import HistoryEntry
from tests.factories import make_desk, make_registration
from tests.registration.reading import everything


@pytest.fixture
def desk(summit):
    return make_desk(summit)


def test_an_arrival_is_recorded_with_desk_person_and_time(registration, desk, desk_staff):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        arrival = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    arrival = CheckIn.objects.get(pk=arrival.pk)
    assert (arrival.registration, arrival.desk, arrival.by, arrival.at) == (registration, desk, desk_staff, now)
    assert (arrival.undone_at, arrival.undone_by) == (None, None)
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.subject_key) == ("check_in", desk_staff, str(registration.pk))
    assert entry.changes == {"desk": ["", str(desk)]}


def test_check_in_twice_with_one_nonce_is_one_arrival(registration, desk, desk_staff):
    first = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    before = everything()
    assert checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1") == first
    assert everything() == before


def test_one_nonce_serves_two_people_apart(summit, desk, desk_staff):
    arrivals = [checkin.check_in(make_registration(summit), desk=desk, by=desk_staff, nonce="scan-1") for _ in range(2)]
    assert len({arrival.registration_id for arrival in arrivals}) == 2


def test_a_second_scan_says_since_when_the_person_is_inside(summit, registration, desk, desk_staff):
    first = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    other, before = make_desk(summit, "side"), everything()
    with pytest.raises(checkin.AlreadyCheckedIn) as caught:
        checkin.check_in(registration, desk=other, by=desk_staff, nonce="scan-2")
    assert (caught.value.code, caught.value.status) == ("already_checked_in", 409)
    assert caught.value.arrival == first
    assert caught.value.details == {"at": first.at, "desk": str(desk)}
    assert everything() == before


def test_a_closed_desk_lets_nobody_in(registration, desk, desk_staff):
    Desk.objects.update(is_open=False)
    desk.refresh_from_db()
    before = everything()
    with pytest.raises(checkin.DeskClosed):
        checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    assert everything() == before


def test_what_a_desk_sent_before_it_closed_is_answered_again(registration, desk, desk_staff):
    first = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    desk.is_open = False
    assert checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1") == first


@pytest.mark.parametrize("state", ["pending", "waitlisted", "rejected", "cancelled"])
def test_only_the_confirmed_come_in(registration, desk, desk_staff, state):
    Registration.objects.update(state=state)
    registration.refresh_from_db()
    before = everything()
    with pytest.raises(checkin.NotConfirmed) as refused:
        checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    # The desk is told what to say: a cancelled registration is not one that waits.
    assert isinstance(refused.value, checkin.WasCancelled) == (state == "cancelled")
    assert refused.value.code == "not_confirmed"
    assert everything() == before


def test_who_attends_online_must_change_first(summit, desk, desk_staff):
    online, before = make_registration(summit, attendance="online"), everything()
    with pytest.raises(checkin.AttendsOnline):
        checkin.check_in(online, desk=desk, by=desk_staff, nonce="scan-1")
    assert everything() == before
    changed = lifecycle.change_attendance(online, "in_person")
    assert checkin.check_in(changed, desk=desk, by=desk_staff, nonce="scan-1").registration == online


def test_an_arrival_taken_back_stays_as_history(registration, desk, desk_staff, organiser):
    arrival = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    now = timezone.now() + timedelta(minutes=1)
    with time_machine.travel(now, tick=False):
        undone = checkin.undo_check_in(arrival, by=organiser)
    assert (undone.undone_at, undone.undone_by, undone.by) == (now, organiser, desk_staff)
    assert CheckIn.objects.count() == 1
    assert not CheckIn.objects.standing().exists()
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.by, entry.subject_key) == ("undo_check_in", organiser, str(registration.pk))


def test_an_arrival_is_taken_back_once(registration, desk, desk_staff, organiser):
    arrival = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    checkin.undo_check_in(arrival, by=organiser)
    before, undone_at = everything(), CheckIn.objects.get().undone_at
    with pytest.raises(checkin.AlreadyUndone):
        checkin.undo_check_in(arrival, by=desk_staff)
    assert everything() == before
    assert (CheckIn.objects.get().undone_at, CheckIn.objects.get().undone_by) == (undone_at, organiser)


def test_after_an_undo_the_person_can_come_in_again(registration, desk, desk_staff):
    first = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    checkin.undo_check_in(first, by=desk_staff)
    second = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-2")
    assert second != first
    assert list(CheckIn.objects.standing()) == [second]


def test_the_database_itself_lets_nobody_in_twice(registration, desk, desk_staff):
    checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.create(registration=registration, desk=desk, by=desk_staff, nonce="scan-2")


def test_arrivals_are_seen_in_lists_and_filters(summit, desk, desk_staff):
    inside, undone, outside = (make_registration(summit) for _ in range(3))
    arrival = checkin.check_in(inside, desk=desk, by=desk_staff, nonce="scan-1")
    checkin.undo_check_in(checkin.check_in(undone, desk=desk, by=desk_staff, nonce="scan-2"), by=desk_staff)
    rows = {row.pk: row.arrived_at for row in CheckIn.objects.arrivals_of(Registration.objects)}
    assert rows == {inside.pk: arrival.at, undone.pk: None, outside.pk: None}
    assert set(Registration.objects.arrived(True)) == {inside}
    assert set(Registration.objects.arrived(False)) == {undone, outside}


def test_who_came_back_after_an_undo_is_listed_once(registration, desk, desk_staff):
    checkin.undo_check_in(checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1"), by=desk_staff)
    checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-2")
    assert list(Registration.objects.arrived(True)) == [registration]
    assert list(Registration.objects.arrived(False)) == []


def test_who_is_inside_does_not_give_the_place_away_from_outside(registration, desk, desk_staff):
    arrival = checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    before = everything()
    for leave in (lambda: lifecycle.cancel(registration), lambda: lifecycle.change_attendance(registration, "online")):
        with pytest.raises(refusals.AlreadyArrived):
            leave()
    assert everything() == before
    checkin.undo_check_in(arrival, by=desk_staff)
    assert lifecycle.change_attendance(registration, "online").attendance == "online"


def test_an_organiser_may_cancel_who_is_inside(registration, desk, desk_staff, organiser):
    checkin.check_in(registration, desk=desk, by=desk_staff, nonce="scan-1")
    assert lifecycle.cancel(registration, by=organiser, as_organiser=True).state == "cancelled"
