import pytest

from registration.places import bookings
from sessions.models import Session
from tests.factories import make_registration, make_session
from tests.registration.reading import words

PAGE = "/en/ogp2021/organiser/sessions/CIV001/seats/"


@pytest.fixture
def session(summit):
    return make_session(summit, seats=1)


def test_an_organiser_sees_who_has_a_seat_and_adds_more(summit, session, as_user, organiser):
    first, second = (bookings.book(make_registration(summit), session) for _ in range(2))
    office = as_user(organiser)
    page = words(office.get(PAGE))
    assert "1 of 1 seats are taken." in page
    assert page.index("Seat booked") < page.index("On the waitlist")
    assert office.post(PAGE, {"seats": "2"}).status_code == 302
    second.refresh_from_db()
    assert (first.state, second.state) == ("booked", "offered")


@pytest.mark.parametrize("seats", ["0", "-1", "many", "100001"])
def test_seats_that_cannot_be_are_refused(summit, session, as_user, organiser, seats):
    bookings.book(make_registration(summit), session)
    assert as_user(organiser).post(PAGE, {"seats": seats}).status_code == 422
    assert Session.objects.get().seats == 1


def test_no_booking_at_all_is_an_empty_field(summit, session, as_user, organiser):
    as_user(organiser).post(PAGE, {"seats": ""})
    assert Session.objects.get().seats is None


def test_only_organisers_set_seats(session, as_user, desk_staff, client):
    assert client.get(PAGE).status_code == 302
    assert as_user(desk_staff).get(PAGE).status_code == 404
