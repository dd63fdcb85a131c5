from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from registration.models import Booking, Registration
from registration.places import bookings
from registration.registering import lifecycle
from sessions.models import Session
from summit.errors import Refusal
from summit.models import HistoryEntry, Message
from tests.factories import at, make_places, make_registration, make_session, make_summit
from tests.registration.reading import everything

BEFORE = at(1, 9)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


@pytest.fixture
def session(summit):
    return make_session(summit, seats=2)


def people(summit, number):
    return [make_registration(summit) for _ in range(number)]


def states(session):
    return list(session.bookings.order_by("queued_at", "pk").values_list("state", flat=True))


def taken(session):
    return Session.objects.get(pk=session.pk).seats_taken


def test_seats_are_booked_until_none_is_left_then_people_wait(summit, session):
    made = [bookings.book(one, session) for one in people(summit, 4)]
    assert [booking.state for booking in made] == ["booked", "booked", "waitlisted", "waitlisted"]
    assert taken(session) == 2
    assert Session.objects.get(pk=session.pk).fullness == "full"


def test_booking_twice_is_once(summit, session):
    (one,) = people(summit, 1)
    first = bookings.book(one, session)
    before = everything()
    assert bookings.book(one, session) == first
    assert everything() == before


def test_who_gives_a_seat_back_makes_the_first_in_line_an_offer(summit, session, work):
    first, _second, third, fourth = (bookings.book(one, session) for one in people(summit, 4))
    bookings.release(first)
    assert states(session) == ["released", "booked", "offered", "waitlisted"]
    assert taken(session) == 2  # the offered seat is kept free
    third.refresh_from_db()
    assert third.offer_ends_at == timezone.now() + timedelta(hours=12)
    work()
    sent = next(m for m in mail.outbox if "CIV001" in m.subject)
    assert sent.to == [third.registration.email]
    assert f"/registrations/{third.registration.token}/sessions/CIV001/" in sent.body
    assert bookings.accept(third).state == "booked"
    assert states(session) == ["released", "booked", "booked", "waitlisted"]
    assert fourth.registration.bookings.get().state == "waitlisted"


def test_an_offer_nobody_takes_goes_to_the_next_in_line(summit, session, work, clock):
    first, _second, third, fourth = (bookings.book(one, session) for one in people(summit, 4))
    bookings.release(first)
    clock.shift(timedelta(hours=11, minutes=59))
    work()
    assert states(session) == ["released", "booked", "offered", "waitlisted"]
    clock.shift(timedelta(minutes=2))
    work()
    assert states(session) == ["released", "booked", "expired", "offered"]
    assert taken(session) == 2
    before = everything()
    with pytest.raises(bookings.OfferExpired):
        bookings.accept(third)
    assert everything() == before
    fourth.refresh_from_db()
    assert bookings.accept(fourth).state == "booked"


def test_an_offer_is_not_taken_after_its_end_even_where_the_worker_is_late(summit, session, clock):
    first, _second, third = (bookings.book(one, session) for one in people(summit, 3))
    bookings.release(first)
    clock.shift(timedelta(hours=12, seconds=1))
    with pytest.raises(bookings.OfferExpired):
        bookings.accept(third)


def test_an_offer_shortly_before_the_session_ends_with_its_beginning(summit, session, clock):
    first, _second, third = (bookings.book(one, session) for one in people(summit, 3))
    clock.move_to(at(15, 9))
    bookings.release(first)
    third.refresh_from_db()
    assert third.offer_ends_at == at(15, 10)


def test_giving_an_offer_back_gives_it_to_the_next(summit, session):
    first, _second, third, _fourth = (bookings.book(one, session) for one in people(summit, 4))
    bookings.release(first)
    third.refresh_from_db()
    bookings.release(third)
    assert states(session) == ["released", "booked", "released", "offered"]


def test_leaving_the_waitlist_changes_nobody_elses_place(summit, session):
    _first, _second, third, _fourth = (bookings.book(one, session) for one in people(summit, 4))
    bookings.release(third)
    bookings.release(third)
    assert states(session) == ["booked", "booked", "released", "waitlisted"]
    assert not Message.objects.filter(kind="seat_offered").exists()


@pytest.mark.parametrize("leave", ["cancel", "online"])
def test_who_cannot_come_gives_all_seats_back(summit, session, leave):
    make_places(summit, 10)
    other = make_session(summit, "CIV002", seats=1, starts_at=at(15, 14))
    one, two, three = people(summit, 3)
    for session_ in (session, other):
        for person in (one, two, three):
            bookings.book(person, session_)
    one.refresh_from_db()
    if leave == "cancel":
        lifecycle.cancel(one)
    else:
        lifecycle.change_attendance(one, "online")
    assert states(session) == ["released", "booked", "offered"]
    assert states(other) == ["released", "offered", "waitlisted"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"seats": None}, bookings.NoSeatNeeded),
        ({"mode": "online"}, bookings.NoSeatNeeded),
        ({"cancelled_at": BEFORE}, bookings.SessionNotOpen),
        ({"published_at": None}, bookings.SessionNotOpen),
    ],
)
def test_a_session_without_seats_to_book_is_refused(summit, session, changes, refusal):
    Session.objects.update(**changes)
    (one,) = people(summit, 1)
    before = everything()
    with pytest.raises(refusal):
        bookings.book(one, session)
    assert everything() == before


def test_who_comes_online_needs_no_seat(summit, session):
    one = make_registration(summit, attendance="online")
    with pytest.raises(bookings.NoSeatNeeded):
        bookings.book(one, session)


def test_a_session_that_has_begun_is_no_longer_booked_or_offered(summit, session, clock):
    first, _second, _third = (bookings.book(one, session) for one in people(summit, 3))
    clock.move_to(at(15, 10))
    with pytest.raises(bookings.SessionNotOpen):
        bookings.book(people(summit, 1)[0], session)
    bookings.release(first)
    assert states(session) == ["released", "booked", "waitlisted"]


def test_overlapping_seats_are_refused_where_the_summit_says_so(summit, session):
    other = make_session(summit, "CIV002", seats=5, starts_at=at(15, 11))
    after = make_session(summit, "CIV003", seats=5, starts_at=at(15, 11, 30))
    (one,) = people(summit, 1)
    bookings.book(one, session)
    with pytest.raises(bookings.Overlapping) as refusal:
        bookings.book(one, other)
    assert refusal.value.other == session
    assert bookings.book(one, after).state == "booked"  # one ends as the other begins
    summit.refuse_overlaps = False
    summit.save(update_fields=["refuse_overlaps"])
    assert bookings.book(one, other).state == "booked"


def test_an_offer_that_overlaps_by_now_is_refused_and_stays(summit, session):
    first, _second, third = (bookings.book(one, session) for one in people(summit, 3))
    other = make_session(summit, "CIV002", seats=5, starts_at=at(15, 11))
    bookings.book(third.registration, other)
    bookings.release(first)
    third.refresh_from_db()
    with pytest.raises(bookings.Overlapping):
        bookings.accept(third)
    assert states(session) == ["released", "booked", "offered"]


def test_more_seats_are_offered_to_who_waits_and_fewer_than_taken_are_refused(summit, session):
    for one in people(summit, 5):
        bookings.book(one, session)
    bookings.set_seats(session, 4)
    assert states(session) == ["booked", "booked", "offered", "offered", "waitlisted"]
    with pytest.raises(Refusal):
        bookings.set_seats(session, 3)
    assert Session.objects.get(pk=session.pk).seats == 4


def test_seats_that_came_another_way_are_offered_by_housekeeping(summit, session, work):
    waiting = [bookings.book(one, session) for one in people(summit, 4)][2]
    Session.objects.filter(pk=session.pk).update(seats=3)
    full = make_session(summit, "FUL001", seats=1, starts_at=at(16, 9))
    for one in people(summit, 2):
        bookings.book(one, full)
    mail.outbox.clear()
    assert bookings.offer_free() == 1
    work()
    assert states(session) == ["booked", "booked", "offered", "waitlisted"]
    assert states(full) == ["booked", "waitlisted"]
    assert taken(session) == 3
    assert waiting.registration.email in [address for one in mail.outbox for address in one.to]
    assert bookings.offer_free() == 0


def test_every_step_is_in_the_history(summit, session, organiser):
    (one,) = people(summit, 1)
    bookings.release(bookings.book(one, session), by=organiser)
    found = HistoryEntry.objects.filter(action__startswith="booking.").order_by("pk")
    assert [(e.action, e.by, e.changes["session"]) for e in found] == [
        ("booking.booked", None, ["", "CIV001"]),
        ("booking.released", organiser, ["", "CIV001"]),
    ]


def test_another_summits_session_is_refused(summit):
    elsewhere = make_session(make_summit("ogp2023"), seats=2)
    with pytest.raises(bookings.SessionNotOpen):
        bookings.book(make_registration(summit), elsewhere)


def test_the_database_itself_keeps_a_session_from_being_overbooked(summit, session):
    with pytest.raises(IntegrityError):
        Session.objects.filter(pk=session.pk).update(seats_taken=3)


def test_cancelled_registrations_hold_nothing(summit, session):
    (one,) = people(summit, 1)
    bookings.book(one, session)
    lifecycle.cancel(Registration.objects.get(pk=one.pk))
    assert not Booking.objects.standing().exists()
    assert taken(session) == 0
