import pytest
from icalendar import Calendar

from registration.models import Registration
from registration.registering import calendar_links, lifecycle
from tests.factories import at, make_registration, make_room, make_session, make_speaker, make_summit, make_track


@pytest.fixture
def registration(summit):
    made = make_registration(summit, language="en")
    calendar_links.share_calendar(made)
    return made


def feed(registration, query: str = "") -> str:
    return f"/{registration.summit.code}/my/{registration.calendar_token}.ics{query}"


def read(response) -> tuple[Calendar, list]:
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    return calendar, calendar.walk("VEVENT")


def test_the_calendar_holds_the_public_agenda(client, registration):
    summit = registration.summit
    room = make_room(summit)
    shown = make_session(summit, "CIV001", room=room, track=make_track(summit))
    make_session(summit, "CIV002", published_at=None)
    make_session(summit, "CIV003", starts_at=None)
    make_session(make_summit("ogp2023"), "CIV004")
    calendar, (event,) = read(client.get(feed(registration)))
    assert calendar["X-WR-CALNAME"] == "OGP Summit · 홍길동"
    assert event["UID"] == f"session-{shown.guid}@testserver"
    assert event["SUMMARY"] == "Open government session CIV001"
    assert event["DTSTART"].dt == at(15, 10)
    assert event["DTSTART"].params["TZID"] == "Asia/Seoul"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Seoul"]


def test_it_comes_as_a_calendar_that_nobody_else_keeps(client, registration):
    response = client.get(feed(registration))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Access-Control-Allow-Origin" not in response
    assert response.cookies == {}


@pytest.mark.parametrize(
    ("attendance", "location"),
    [
        ("in_person", "Grand Ballroom 101, COEX, Seoul"),
        ("online", "Online"),
    ],
)
def test_where_a_session_is_depends_on_how_one_comes(client, summit, attendance, location):
    made = make_registration(summit, attendance=attendance, language="en")
    calendar_links.share_calendar(made)
    make_session(summit, "CIV001", room=make_room(summit))
    _calendar, (event,) = read(client.get(feed(made)))
    assert event["LOCATION"] == location


def test_a_session_online_is_online_for_everybody(client, registration):
    make_session(registration.summit, "CIV001", room=make_room(registration.summit), mode="online")
    _calendar, (event,) = read(client.get(feed(registration)))
    assert (event["LOCATION"], event["URL"]) == ("Online", "http://testserver/en/ogp2021/sessions/CIV001/")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Open government session CIV001"),
        ("?lang=ko", "열린정부 세션 CIV001"),
        ("?lang=en", "Open government session CIV001"),
    ],
)
def test_it_speaks_the_language_of_the_person_or_the_one_asked_for(client, registration, query, title):
    make_session(registration.summit, "CIV001")
    _calendar, (event,) = read(client.get(feed(registration, query)))
    assert event["SUMMARY"] == title


def test_a_language_nobody_offers_is_the_first_of_the_summit(client, registration):
    make_session(registration.summit, "CIV001")
    _calendar, (event,) = read(client.get(feed(registration, "?lang=xx")))
    assert event["SUMMARY"] == "열린정부 세션 CIV001"


def test_the_language_of_a_mail_program_changes_nothing(client, registration):
    make_session(registration.summit, "CIV001")
    plain = client.get(feed(registration)).content
    assert client.get(feed(registration), headers={"Accept-Language": "ko"}).content == plain


@pytest.mark.parametrize("token", ["x", "", " ", "x" * 500])
def test_an_unknown_address_is_a_404(client, summit, registration, token):
    Registration.objects.update(calendar_token="")
    assert client.get(f"/ogp2021/my/{token}.ics").status_code == 404


def test_a_revoked_renewed_or_cancelled_calendar_is_gone(client, registration):
    addresses = [feed(registration)]
    calendar_links.share_calendar(registration)
    assert [client.get(address).status_code for address in addresses] == [410]
    addresses.append(feed(registration))
    calendar_links.revoke_calendar(registration)
    calendar_links.share_calendar(registration)
    addresses.append(feed(registration))
    lifecycle.cancel(registration)
    assert [client.get(address).status_code for address in addresses] == [410, 410, 410]


def test_a_calendar_of_another_summit_is_a_404_here(client, registration):
    make_summit("ogp2023")
    assert client.get(f"/ogp2023/my/{registration.calendar_token}.ics").status_code == 404


def test_the_link_to_the_own_page_is_no_calendar(client, registration):
    assert client.get(f"/ogp2021/my/{registration.token}.ics").status_code == 404


def test_what_has_not_changed_costs_one_query(client, registration, django_assert_num_queries):
    make_session(registration.summit, "CIV001")
    etag = client.get(feed(registration))["ETag"]
    with django_assert_num_queries(1):
        response = client.get(feed(registration), headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert response["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert response["X-Robots-Tag"] == "noindex"


def test_the_same_calendar_is_the_same_bytes(client, registration):
    make_session(registration.summit, "CIV001")
    first, second = client.get(feed(registration)), client.get(feed(registration))
    assert (first.content, first["ETag"]) == (second.content, second["ETag"])


def change_attendance(registration):
    lifecycle.change_attendance(registration, "online")


def correct_name(registration):
    lifecycle.correct(registration, {"name": "성춘향"})


def edit_agenda(registration):
    registration.summit.raise_revision()


@pytest.mark.parametrize("change", [change_attendance, correct_name, edit_agenda])
def test_a_change_is_a_new_calendar(client, registration, change):
    make_session(registration.summit, "CIV001", room=make_room(registration.summit))
    before = client.get(feed(registration))["ETag"]
    change(registration)
    response = client.get(feed(registration), headers={"If-None-Match": before})
    assert response.status_code == 200
    assert response["ETag"] != before


def test_languages_have_tags_of_their_own(client, registration):
    tags = {client.get(feed(registration, query))["ETag"] for query in ("?lang=ko", "?lang=en")}
    assert len(tags) == 2


def test_twenty_sessions_take_three_queries_once_they_are_kept(client, registration, django_assert_max_num_queries):
    summit = registration.summit
    track, room = make_track(summit), make_room(summit)
    for number in range(20):
        make_session(summit, f"CIV{number:03}", track=track, room=room, people=[make_speaker(summit)])
    client.get(feed(registration))
    with django_assert_max_num_queries(3):
        _calendar, events = read(client.get(feed(registration)))
    assert len(events) == 20


@pytest.mark.parametrize("count", [1, 3])
def test_drawing_it_anew_takes_a_fixed_number_of_queries(client, registration, count, django_assert_num_queries):
    for number in range(count):
        make_session(registration.summit, f"CIV{number:03}", people=[make_speaker(registration.summit)])
    with django_assert_num_queries(7):
        client.get(feed(registration))
