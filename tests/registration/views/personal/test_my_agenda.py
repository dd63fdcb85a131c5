"""My agenda: for strangers by cookie, by the registration's link, and with an account."""

import re

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar

from registration.models import Booking
from registration.places import bookings
from registration.registering import calendar_links
from sessions.models import Bookmark, PersonalAgenda, Session
from sessions.personal import bookmarking
from summit.models import Message
from tests.factories import (
    at,
    make_category,
    make_registration,
    make_room,
    make_session,
    make_summit,
    make_track,
    make_user,
)
from tests.registration.badges.reading import texts
from tests.registration.reading import words

BASE = "/en/ogp2021/my-agenda/"
COOKIE = "bookmarks_ogp2021"


@pytest.fixture
def sessions(summit):
    track = make_track(summit)
    return [
        make_session(summit, "AAA001", track=track),
        make_session(summit, "BBB001", starts_at=at(15, 11)),
        make_session(summit, "CCC001", starts_at=at(15, 14)),
        make_session(summit, "DDD001", starts_at=at(16, 10), seats=1, room=make_room(summit)),
    ]


def spoken(response):
    """What is read of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", words(response)).split())


def do(client, code, action, **more):
    return client.post(f"{BASE}sessions/{code}/", {"action": action}, **more)


@pytest.fixture
def attendee(summit):
    """Somebody whose registration link was opened in this browser."""
    made = make_registration(summit, language="en")
    client = Client()
    client.get(f"/en/ogp2021/registrations/{made.token}/")
    client.registration = made
    return client


def test_a_stranger_keeps_marks_in_the_browser(client, sessions):
    do(client, "AAA001", "bookmark")
    do(client, "CCC001", "bookmark")
    do(client, "AAA001", "bookmark")
    assert client.cookies[COOKIE].value == "AAA001.CCC001"
    assert not client.cookies[COOKIE]["httponly"]  # the same list is read by scripts
    page = words(client.get(BASE))
    assert "AAA001" in page and "CCC001" in page and "BBB001" not in page
    do(client, "AAA001", "unbookmark")
    assert client.cookies[COOKIE].value == "CCC001"
    do(client, "CCC001", "unbookmark")
    assert client.cookies[COOKIE].value == ""
    assert not Bookmark.objects.exists()


@pytest.mark.parametrize("cookie", ["x" * 5000, "../..", "AAA001'--", "AAA001.AAA001.ZZZ999", "\u200bAAA001"])
def test_a_cookie_of_nonsense_is_read_as_far_as_it_makes_sense(client, sessions, cookie):
    client.cookies[COOKIE] = cookie.encode().decode("latin-1")
    assert client.get(BASE).status_code == 200


def test_marks_of_the_browser_are_merged_on_signing_in_and_then_only_in_the_account(client, sessions, summit):
    user = make_user()
    bookmarking.add(user, sessions[0])
    for code in ("AAA001", "CCC001"):
        do(client, code, "bookmark")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(BASE)
    assert "AAA001" in words(page) and "CCC001" in words(page)
    assert bookmarking.codes_of(user, summit) == ["AAA001", "CCC001"]
    assert page.cookies[COOKIE].value == ""
    client.logout()
    assert "CCC001" not in words(Client().get(BASE))


def test_two_people_see_only_their_own_marks(sessions, as_user):
    one, two = as_user(make_user("one@x.example")), as_user(make_user("two@x.example"))
    do(one, "AAA001", "bookmark")
    assert "AAA001" in words(one.get(BASE))
    assert "AAA001" not in words(two.get(BASE))


def test_the_corner_answers_with_marks_and_a_token_for_who_is_known(sessions, as_user, client):
    known = as_user(make_user())
    do(known, "AAA001", "bookmark")
    answer = known.get("/me.json?summit=ogp2021").json()
    assert (answer["own"], answer["bookmarks"]) == (True, {"AAA001": "bookmarked"})
    assert len(answer["csrf"]) == 64
    assert client.get("/me.json?summit=ogp2021").json() == {"signed_in": False, "own": False, "bookmarks": {}}
    assert client.get("/me.json?summit=nowhere").json() == {"signed_in": False}


def test_a_script_changes_a_mark_with_its_token_only(sessions, summit):
    user = make_user()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    path = f"{BASE}sessions/AAA001/"
    assert strict.post(path, {"action": "bookmark"}, headers={"Accept": "application/json"}).status_code == 403
    first = strict.get("/me.json?summit=ogp2021")
    token = first.json()["csrf"]
    assert first.cookies["csrftoken"].value
    # Asked once more, it leaves the cookie alone: a late answer must not undo what another page has set meanwhile.
    assert "csrftoken" not in strict.get("/me.json?summit=ogp2021").cookies
    # One that is no token is made anew: what is given with it would not work.
    strict.cookies["csrftoken"] = "broken"
    mended = strict.get("/me.json?summit=ogp2021")
    assert mended.cookies["csrftoken"].value != "broken"
    token = mended.json()["csrf"]
    sent = strict.post(path, {"action": "bookmark"}, headers={"Accept": "application/json", "X-CSRFToken": token})
    assert sent.json() == {"bookmarks": {"AAA001": "bookmarked"}, "message": "Added to your agenda."}
    assert bookmarking.codes_of(user, summit) == ["AAA001"]


def test_clashes_gaps_and_alternatives_are_named(client, sessions):
    sessions[0].materials.create(kind="recording", url="https://video.example/a", confirmed=True)
    for code in ("AAA001", "BBB001", "CCC001"):
        do(client, code, "bookmark")
    page = spoken(client.get(BASE))
    assert "2 sessions clash with each other." in page
    assert "At the same time: Open government session BBB001" in page
    assert "There is a recording: watch it later" in page
    assert "12:30–14:00 Free" in page


def test_an_attendee_books_a_seat_and_the_next_one_waits(attendee, sessions, summit):
    assert "Places free" in words(attendee.get(f"{BASE}sessions/DDD001/"))
    booked = do(attendee, "DDD001", "book", follow=True)
    assert "Your seat is booked." in words(booked)
    other = Client()
    second = make_registration(summit)
    other.get(f"/en/ogp2021/registrations/{second.token}/")
    assert "You are on the waitlist." in words(do(other, "DDD001", "book", follow=True))
    assert "You are the next in line." in words(other.get(f"{BASE}sessions/DDD001/"))
    do(attendee, "DDD001", "release")
    assert "Take the seat" in words(other.get(f"{BASE}sessions/DDD001/"))
    do(other, "DDD001", "accept")
    assert [b.state for b in Booking.objects.order_by("pk")] == ["released", "booked"]


def test_who_would_be_refused_a_seat_is_offered_none_and_told_why(attendee, sessions, summit):
    do(attendee, "DDD001", "book")
    other, guest = Client(), make_registration(summit, category=make_category(summit, "guests", may_book=False))
    other.get(f"/en/ogp2021/registrations/{guest.token}/")
    page = words(other.get(f"{BASE}sessions/DDD001/"))
    assert str(bookings.NotForCategory.message) in page and "Join the waitlist" not in page
    assert do(other, "DDD001", "book").status_code == 409


def test_the_link_in_the_mail_of_an_offer_leads_to_the_seat(attendee, sessions, summit, work):
    do(attendee, "DDD001", "book")
    waiting = make_registration(summit, language="en")
    bookings.book(waiting, sessions[3])
    do(attendee, "DDD001", "release")
    work()
    offer = next(m for m in mail.outbox if "a seat is free for you" in m.subject)
    # The subject names the summit, and the zone is told in words.
    assert offer.subject.startswith(f"{summit.brand.in_language('en')}: ")
    assert "Korean Standard Time" in offer.body and "Asia/Seoul" not in offer.body
    path = re.search(r"http://testserver(/\S+/sessions/DDD001/)", offer.body)[1]
    assert "Take the seat" in words(Client().get(path, follow=True))


@pytest.mark.parametrize("action", ["book", "release", "accept"])
def test_a_stranger_gets_no_seat_and_is_told_how(client, sessions, action):
    answer = do(client, "DDD001", action)
    assert answer.status_code == 409
    assert "Register to attend in person first" in words(answer)
    assert not Booking.objects.exists()


def test_who_takes_part_online_is_told_that_no_seat_is_needed(summit, sessions):
    made = make_registration(summit, attendance="online")
    online = Client()
    online.get(f"/en/ogp2021/registrations/{made.token}/")
    assert "You take part online and need no seat." in words(online.get(f"{BASE}sessions/DDD001/"))
    assert do(online, "DDD001", "book").status_code == 409


@pytest.mark.parametrize("action", ["", "steal", "BOOK"])
def test_an_action_that_is_none_is_not_found(attendee, sessions, action):
    assert do(attendee, "DDD001", action).status_code == 404


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_nobody_is_sent_to_a_foreign_page(client, sessions, next_):
    answer = client.post(f"{BASE}sessions/AAA001/", {"action": "bookmark", "next": next_})
    assert answer["Location"] == f"{BASE}sessions/AAA001/"


def test_the_button_leads_back_to_where_it_stood(client, sessions):
    answer = client.post(f"{BASE}sessions/AAA001/", {"action": "bookmark", "next": "/en/ogp2021/agenda/"})
    assert answer["Location"] == "/en/ogp2021/agenda/"


def test_an_agenda_is_shared_by_a_link_that_shows_sessions_only(sessions, summit, as_user, client):
    made = make_registration(summit, email="hong@people.example")
    owner = as_user(made.user)
    do(owner, "AAA001", "bookmark")
    do(owner, "DDD001", "book")
    owner.post(f"{BASE}sharing/", {"action": "share"})
    token = PersonalAgenda.objects.get().share_token
    page = client.get(f"/en/ogp2021/shared-agendas/{token}/")
    assert "AAA001" in words(page) and "DDD001" not in words(page)
    assert made.name not in words(page) and "hong@" not in words(page)
    feed = Calendar.from_ical(client.get(f"/ogp2021/shared/{token}.ics").content)
    assert [str(e["SUMMARY"]) for e in feed.walk("VEVENT")] == ["열린정부 세션 AAA001"]
    owner.post(f"{BASE}sharing/", {"action": "share"})
    assert client.get(f"/en/ogp2021/shared-agendas/{token}/").status_code == 404
    token = PersonalAgenda.objects.get().share_token
    owner.post(f"{BASE}sharing/", {"action": "revoke"})
    assert client.get(f"/en/ogp2021/shared-agendas/{token}/").status_code == 404
    assert client.get(f"/ogp2021/shared/{token}.ics").status_code == 404


def test_a_stranger_cannot_share(client, sessions):
    assert client.post(f"{BASE}sharing/", {"action": "share"}).status_code == 409


def test_an_empty_token_opens_nothing(client, sessions, as_user):
    user = make_user()
    PersonalAgenda.objects.create(user=user, summit=sessions[0].summit)
    assert client.get("/en/ogp2021/shared-agendas//").status_code == 404


def test_the_private_calendar_follows_marks_seats_moves_and_cancellations(attendee, sessions, client):
    made = attendee.registration
    token = calendar_links.share_calendar(made)

    def entries(**headers):
        answer = client.get(f"/ogp2021/my/{token}.ics", headers=headers)
        return answer, {
            str(e["SUMMARY"])[-6:]: e for e in Calendar.from_ical(answer.content).walk("VEVENT")
        } if answer.content else {}

    first, everything_ = entries()
    assert set(everything_) == {"AAA001", "BBB001", "CCC001", "DDD001"}  # nothing is marked yet
    do(attendee, "AAA001", "bookmark")
    do(attendee, "DDD001", "book")
    second, mine = entries(**{"If-None-Match": first["ETag"]})
    assert second.status_code == 200 and set(mine) == {"AAA001", "DDD001"}
    assert [str(c) for c in mine["AAA001"].categories] == ["Civic space", "Bookmarked"]
    assert (mine["AAA001"]["TRANSP"], mine["DDD001"]["TRANSP"]) == ("TRANSPARENT", "OPAQUE")
    assert "Seat booked" in [str(c) for c in mine["DDD001"].categories]
    assert entries(**{"If-None-Match": second["ETag"]})[0].status_code == 304
    Session.objects.filter(code="AAA001").update(cancelled_at=at(14, 9), sequence=1)
    made.summit.raise_revision()
    third, mine = entries(**{"If-None-Match": second["ETag"]})
    assert (mine["AAA001"]["STATUS"], mine["AAA001"]["SEQUENCE"]) == ("CANCELLED", 1)
    do(attendee, "AAA001", "unbookmark")
    assert set(entries(**{"If-None-Match": third["ETag"]})[1]) == {"DDD001"}


def test_reminders_are_in_the_calendar_of_who_asked_for_them(attendee, sessions, client):
    made = attendee.registration
    token = calendar_links.share_calendar(made)
    Session.objects.filter(code="BBB001").update(cancelled_at=at(14, 9))
    own = f"/en/ogp2021/registrations/{made.token}/calendar/"
    assert b"VALARM" not in client.get(f"/ogp2021/my/{token}.ics").content
    attendee.post(own, {"action": "alarm", "minutes": "15"})
    calendar = Calendar.from_ical(client.get(f"/ogp2021/my/{token}.ics").content)
    alarms = {
        str(e["SUMMARY"])[-6:]: [a["TRIGGER"].dt.total_seconds() for a in e.walk("VALARM")]
        for e in calendar.walk("VEVENT")
    }
    assert alarms == {"AAA001": [-900], "BBB001": [], "CCC001": [-900], "DDD001": [-900]}
    assert attendee.post(own, {"action": "alarm", "minutes": "7"}, follow=True).status_code == 200
    attendee.post(own, {"action": "alarm", "minutes": ""})
    assert b"VALARM" not in client.get(f"/ogp2021/my/{token}.ics").content


def test_a_day_is_suggested_without_clashes_and_says_why_something_is_left_out(client, sessions):
    for code in ("AAA001", "BBB001", "CCC001"):
        do(client, code, "bookmark")
    page = spoken(client.get(f"{BASE}suggestion/?track=civic-space"))
    assert "What does not fit Open government session BBB001 Clashes with: Open government session AAA001" in page
    assert "You marked it" in page
    nothing = words(Client().get(f"{BASE}suggestion/"))
    assert "Mark sessions, or choose the tracks and hosts that interest you." in nothing
    assert Client().get(f"{BASE}suggestion/?track=nowhere&host=%00").status_code == 400


def test_my_agenda_is_a_pdf(client, sessions):
    do(client, "AAA001", "bookmark")
    answer = client.get("/ko/ogp2021/my-agenda.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_the_pdf_tells_a_seat_from_a_bookmark(attendee, sessions):
    bookings.book(attendee.registration, sessions[3])
    do(attendee, "AAA001", "bookmark")
    text = " ".join(texts(attendee.get("/en/ogp2021/my-agenda.pdf").content))
    assert text.count("Seat booked") == 1


def test_the_page_of_a_session_says_whether_it_is_on_ones_agenda(client, sessions):
    page = f"{BASE}sessions/AAA001/"
    assert "This session is not on your agenda." in spoken(client.get(page))
    do(client, "AAA001", "bookmark")
    assert "This session is on your agenda." in spoken(client.get(page))
    assert "Remove from my agenda" in spoken(client.get(page))


def test_a_session_with_a_seat_is_on_ones_agenda(attendee, sessions):
    bookings.book(attendee.registration, sessions[3])
    said = spoken(attendee.get(f"{BASE}sessions/{sessions[3].code}/"))
    assert "This session is on your agenda because of your seat." in said
    assert "not on your agenda" not in said


@pytest.mark.parametrize("path", ["", "sessions/AAA001/", "suggestion/"])
def test_personal_pages_are_kept_by_nobody(client, sessions, path):
    answer = client.get(BASE + path)
    assert "no-store" in answer["Cache-Control"]


def test_sessions_that_are_not_public_cannot_be_marked(client, sessions):
    make_session(sessions[0].summit, "HID001", published_at=None)
    make_session(make_summit("ogp2023"), "OTH001")
    for code in ("HID001", "OTH001", "ZZZ999"):
        assert do(client, code, "bookmark").status_code == 404


def test_my_agenda_takes_as_many_queries_for_three_sessions_as_for_one(as_user, summit, django_assert_num_queries):
    user = as_user(make_user())
    for number in range(3):
        make_session(summit, f"SES{number:03}", starts_at=at(15, 9 + number))
    do(user, "SES000", "bookmark")
    user.get(BASE)
    with django_assert_num_queries(15):
        user.get(BASE)
    do(user, "SES001", "bookmark")
    do(user, "SES002", "bookmark")
    with django_assert_num_queries(15):
        user.get(BASE)


def test_no_mail_is_written_for_a_seat_that_was_free(attendee, sessions):
    before = Message.objects.count()
    do(attendee, "DDD001", "book")
    assert Message.objects.count() == before


def test_a_shared_calendar_that_has_not_changed_costs_one_query(
    sessions, summit, as_user, client, django_assert_num_queries
):
    owner = make_user()
    page = as_user(owner)
    do(page, "AAA001", "bookmark")
    path = f"/ogp2021/shared/{bookmarking.share(owner, summit).share_token}.ics"
    etag = client.get(path)["ETag"]
    with django_assert_num_queries(1):
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    do(page, "CCC001", "bookmark")
    changed = client.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and b"CCC001" in changed.content
    do(page, "CCC001", "unbookmark")
    assert client.get(path, headers={"If-None-Match": changed["ETag"]}).status_code == 200
