from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from registration.door import tickets
from registration.models import Quota, Registration
from registration.places import bookings
from registration.registering import decisions, lifecycle, refusals
from summit.lib import qr
from summit.models import HistoryEntry, Message, Summit
from summit.ratelimit import TooMany
from tests.factories import make_category, make_places, make_registration, make_session, make_summit, make_venue
from tests.registration.badges.reading import decoded, pictures, texts
from tests.registration.reading import calendar_of, everything, field_errors, form_values, said, taken, words

PAGES = ["", "details/", "cancellation/", "badge.pdf", "ticket.pdf"]
ACTIONS = ["attendance/", "details/", "cancellation/", "messages/", "calendar/"]


@pytest.fixture
def registration(summit):
    make_places(summit, 5)
    make_places(summit, 5, "online")
    return make_registration(summit, email="hong@people.example", language="en")


def own(registration, page: str = "", language: str = "en") -> str:
    return f"/{language}/{registration.summit.code}/registrations/{registration.token}/{page}"


def fresh(registration) -> Registration:
    return Registration.objects.select_related("summit").get(pk=registration.pk)


@pytest.mark.parametrize(("language", "country"), [("ko", "대한민국"), ("en", "South Korea")])
def test_the_own_page_shows_the_registration_in_both_languages(client, registration, language, country):
    page = client.get(own(registration, language=language))
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.content.decode()
    for text in (registration.reference, "홍길동", "Hong Gildong", "hong@people.example", country):
        assert text in words(page)


@pytest.mark.parametrize("part", PAGES)
def test_a_page_whose_address_is_a_key_leaves_no_trace(client, registration, part):
    response = client.get(own(registration, part))
    assert response.status_code == 200
    assert response["Referrer-Policy"] == "strict-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert {"no-store", "private"} <= {part.strip() for part in response["Cache-Control"].split(",")}
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("part", PAGES)
def test_a_wrong_link_and_that_of_another_summit_are_the_same_404(client, registration, part):
    other = make_registration(make_summit("ogp2023"))
    wrong = client.get(f"/en/ogp2021/registrations/{'x' * 32}/{part}")
    foreign = client.get(f"/en/ogp2021/registrations/{other.token}/{part}")
    assert (wrong.status_code, foreign.status_code) == (404, 404)
    assert words(wrong).replace("x" * 32, "") == words(foreign).replace(other.token, "")


@pytest.mark.parametrize("part", ACTIONS)
def test_nothing_is_done_through_a_wrong_link(client, registration, part):
    other = make_registration(make_summit("ogp2023"))
    before = everything()
    statuses = [client.post(f"/en/ogp2021/registrations/{token}/{part}").status_code for token in ("x", other.token)]
    assert statuses == [404, 404]
    assert everything() == before


@pytest.mark.parametrize("key", ["guid", "reference", "pk"])
def test_other_names_of_a_registration_open_nothing(client, registration, key):
    assert client.get(f"/en/ogp2021/registrations/{getattr(registration, key)}/").status_code == 404


@pytest.mark.parametrize("part", ["messages/", "calendar/"])
def test_what_changes_something_cannot_be_a_link(client, registration, part):
    before = everything()
    assert client.get(own(registration, part)).status_code == 405
    assert everything() == before


def test_the_code_on_the_page_is_the_ticket(client, registration):
    """The picture is drawn by the browser; here its squares are read out of the path."""
    page = words(client.get(own(registration)))
    path = qr.svg(tickets.token_for(registration)).split(' d="')[1].split('"')[0]
    assert f' d="{path}"' in page


def test_who_comes_in_person_sees_the_venue_and_who_is_online_the_agenda(client, summit):
    make_venue(summit)
    here, online = make_registration(summit), make_registration(summit, attendance="online")
    assert "COEX, Seoul" in words(client.get(own(here)))
    page = words(client.get(own(online)))
    assert "COEX, Seoul" not in page
    assert '<a href="/en/ogp2021/agenda/">Agenda</a>' in page


def test_attendance_is_changed_and_confirmed_anew(client, registration, work):
    make_venue(registration.summit)
    response = client.post(own(registration, "attendance/"), {"attendance": "online"})
    assert (response.status_code, response["Location"]) == (302, own(registration))
    assert fresh(registration).attendance == "online"
    assert taken(registration.summit) == {"in_person": 0, "online": 1}
    work()
    event, _part = calendar_of(mail.outbox[-1])
    assert event["LOCATION"] == "Online"
    assert "You take part online." in words(client.get(own(registration)))


@pytest.mark.parametrize("wanted", ["", "both", "IN_PERSON", "x" * 1000])
def test_an_attendance_that_does_not_exist_changes_nothing(client, registration, wanted):
    before = everything()
    assert client.post(own(registration, "attendance/"), {"attendance": wanted}).status_code == 302
    assert everything() == before


def test_a_change_without_a_place_left_is_told(client, summit, registration):
    Quota.objects.filter(attendance="online").update(capacity=0)
    before = everything()
    page = client.post(own(registration, "attendance/"), {"attendance": "online"}, follow=True)
    assert str(refusals.NoOnlinePlaceLeft.message) in words(page)
    assert everything() == before


@pytest.mark.parametrize(
    ("now", "said"), [("online", "All places in person are taken."), ("in_person", "All places online are taken.")]
)
def test_the_other_way_is_not_offered_where_no_place_is_left(client, summit, now, said):
    wanted = "in_person" if now == "online" else "online"
    make_places(summit, 0, wanted)
    made = make_registration(summit, attendance=now)
    page = words(client.get(own(made, "attendance/")))
    assert said in page and "Back to my registration" in page
    assert "Yes," not in page and "What this means" not in page
    # Who holds no place takes none: they wait for one, or for the decision, in the other way.
    Registration.objects.filter(pk=made.pk).update(state="pending")
    assert "Yes," in words(client.get(own(made, "attendance/")))


def test_a_full_quota_of_ones_own_category_closes_the_other_way_as_well(client, summit, registration):
    narrow = Quota.objects.create(summit=summit, capacity=0, attendance="online", is_basic=False)
    narrow.categories.set([registration.category])
    assert "All places online are taken." in words(client.get(own(registration, "attendance/")))


@pytest.mark.parametrize("state", ["unproven", "pending", "waitlisted"])
def test_there_is_no_paper_that_confirms_what_nobody_has_decided(client, summit, state):
    made = make_registration(summit)
    assert "confirmation.pdf" in client.get(own(made)).content.decode()
    Registration.objects.filter(pk=made.pk).update(state=state)
    assert "confirmation.pdf" not in client.get(own(made)).content.decode()
    answer = client.get(own(made, "confirmation.pdf"), follow=True)
    assert "once the registration is confirmed" in words(answer)


def test_coming_in_the_other_way_says_what_it_means_before_it_is_done(client, summit, registration):
    session = make_session(summit, seats=3)
    bookings.book(registration, session)
    page = words(client.get(own(registration, "attendance/")))
    assert "Your place in the hall becomes free" in page and "no longer open the door" in page
    assert str(session.title) in page and "Yes, take part online" in page
    registration.refresh_from_db()
    assert registration.attendance == "in_person"
    client.post(own(registration, "attendance/"), {"attendance": "online"})
    registration.refresh_from_db()
    assert registration.attendance == "online" and not registration.bookings.seated().exists()


def test_of_a_category_that_comes_in_one_way_the_other_is_not_offered(client, summit):
    there = make_category(summit, "there", attendance="in_person")
    made = make_registration(summit, category=there)
    assert "Take part online instead" not in words(client.get(own(made)))
    answer = client.get(own(made, "attendance/"), follow=True)
    assert "cannot be attended in this way" in words(answer)


class TestWhoWaits:
    @pytest.fixture
    def made(self, summit):
        press = make_category(summit, "press", admission="approval", reviewed_again=["name"])
        return make_registration(summit, category=press, language="en")

    def test_is_promised_nothing_yet(self, client, made):
        page = words(client.get(own(made)))
        assert "Your registration has come in" in page and "no place is kept" in page
        assert (
            "ticket.pdf" not in page
            and "badge.pdf" not in page
            and "<svg" not in page.partition("<main")[2].partition("</main>")[0]
        )
        for paper in ("ticket.pdf", "badge.pdf"):
            answer = client.get(own(made, paper))
            assert (answer.status_code, answer.headers["Location"]) == (302, own(made))

    def test_withdraws_and_reads_that_nobody_decides_any_more(self, client, made):
        assert "nobody decides on it any more" in words(client.get(own(made, "cancellation/")))
        client.post(own(made, "cancellation/"))
        made.refresh_from_db()
        assert made.state == "cancelled"

    def test_reads_why_it_was_rejected(self, client, made, organiser):
        decisions.reject(made, reason=decisions.Reason(words="No <card> was shown."), by=organiser)
        page = words(client.get(own(made)))
        assert "This registration was not accepted" in page and "No <card> was shown." in page

    def test_once_approved_is_warned_before_a_change_that_is_looked_at_again(self, client, made, organiser):
        assert "look at your registration again: Name as written" not in words(client.get(own(made, "details/")))
        decisions.approve(made, by=organiser)
        shown = client.get(own(made, "details/"))
        assert "look at your registration again: Name as written" in words(shown)
        client.post(own(made, "details/"), form_values(shown) | {"name": "성춘향"})
        page = words(client.get(own(made)))
        assert "Your place is kept; your ticket is not valid" in page


def test_details_are_shown_and_corrected(client, registration):
    shown = client.get(own(registration, "details/"))
    assert (shown.status_code, {name: said for name, said in form_values(shown).items() if name not in {"form_versions", "stood"}}) == (
        200,
        {"name": "홍길동", "name_romanised": "Hong Gildong", "title": "", "family_name": "홍", "badge_script": "native", "organisation": "한빛시민연대",
         "job_title": "사무국장", "country": "KR", "language": "en", "time_zone": "", "access_needs": "", "dietary_needs": ""},
    )  # fmt: skip
    sent = form_values(shown) | {"name": "성춘향", "country": "EE", "access_needs": "휠체어", "sensitive": "on"}
    response = client.post(own(registration, "details/"), sent)
    assert (response.status_code, response["Location"]) == (302, own(registration))
    found = fresh(registration)
    assert (found.name, found.country, found.access_needs, found.organisation) == (
        "성춘향",
        "EE",
        "휠체어",
        "한빛시민연대",
    )
    assert HistoryEntry.objects.latest("pk").changes == {
        "name": ["홍길동", "성춘향"], "country": ["KR", "EE"], "access_needs": ["…", "…"], "family_name": ["홍", "성"]
    }  # fmt: skip


def test_a_wrong_correction_is_told_and_loses_nothing(client, registration):
    sent = form_values(client.get(own(registration, "details/"))) | {"name": "", "organisation": "남원시청"}
    response = client.post(own(registration, "details/"), sent)
    assert response.status_code == 422
    assert field_errors(response) == ["Fill in “Name as written”."]
    assert form_values(response) == sent
    assert fresh(registration).organisation == "한빛시민연대"


def test_nobody_smuggles_another_field_into_a_correction(client, registration):
    sent = form_values(client.get(own(registration, "details/")))
    client.post(
        own(registration, "details/"),
        sent | {"email": "x@x.example", "state": "pending", "token": "x", "category": "1"},
    )
    found = fresh(registration)
    assert (found.email, found.state, found.token) == ("hong@people.example", "confirmed", registration.token)


def test_cancelling_asks_once_more_and_then_cancels(client, registration, work):
    before = everything()
    asked = client.get(own(registration, "cancellation/"))
    assert asked.status_code == 200
    assert registration.reference in words(asked)
    assert everything() == before
    response = client.post(own(registration, "cancellation/"))
    assert (response.status_code, response["Location"]) == (302, own(registration))
    assert fresh(registration).state == "cancelled"
    assert taken(registration.summit) == {"in_person": 0, "online": 0}
    work()
    assert calendar_of(mail.outbox[-1])[0]["STATUS"] == "CANCELLED"


def test_a_cancelled_registration_shows_that_it_is_and_offers_nothing_but_a_new_one(client, registration):
    lifecycle.cancel(registration)
    page = client.get(own(registration))
    assert page.status_code == 200
    assert "This registration has been cancelled" in words(page)
    assert '<form method="post"' not in words(page)
    assert 'href="/en/ogp2021/register/"' in words(page)
    assert registration.reference not in words(page)


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("attendance/", {"attendance": "online"}),
        ("cancellation/", {}),
        ("messages/", {}),
        ("calendar/", {"action": "share"}),
    ],
)
def test_nothing_can_be_done_with_a_cancelled_registration(client, registration, part, data):
    lifecycle.cancel(registration)
    before = everything()
    response = client.post(own(registration, part), data)
    assert (response.status_code, response["Location"]) == (302, own(registration))
    assert response["Referrer-Policy"] == "strict-origin"
    assert str(refusals.NotActive.message) in words(client.get(own(registration)))
    assert everything() == before


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("part", ["attendance/", "cancellation/"])
def test_after_the_cut_off_changes_are_refused_with_a_reason(client, registration, part, language):
    Summit.objects.update(changes_until=timezone.now() - timedelta(minutes=1))
    before = everything()
    client.post(own(registration, part, language), {"attendance": "online"})
    shown = words(client.get(own(registration, language=language)))
    assert said(refusals.ChangesClosed.message, language) in shown
    assert everything() == before
    for action in ("attendance/", "cancellation/", "details/"):
        assert own(registration, action, language) not in shown


def test_details_after_the_cut_off_are_refused_and_what_was_written_stays(client, registration):
    sent = form_values(client.get(own(registration, "details/"))) | {"organisation": "남원시청"}
    Summit.objects.update(changes_until=timezone.now() - timedelta(minutes=1))
    before = everything()
    late = client.post(own(registration, "details/"), sent)
    assert late.status_code == 409
    assert str(refusals.ChangesClosed.message) in words(late)
    assert form_values(late)["organisation"] == "남원시청"
    assert everything() == before
    assert client.get(own(registration, "details/"))["Location"] == own(registration)


def test_changing_to_what_it_is_says_so_and_mails_nothing(client, registration):
    before = everything()
    page = client.post(own(registration, "attendance/"), {"attendance": registration.attendance}, follow=True)
    assert "You come this way already. Nothing was changed." in words(page)
    assert everything() == before


def test_the_mail_is_sent_again_a_few_times_an_hour(client, registration, settings):
    settings.RATE_LIMITS = True
    answers = [client.post(own(registration, "messages/"), follow=True) for _ in range(5)]
    assert [a.redirect_chain for a in answers] == [[(own(registration), 302)]] * 5
    assert Message.objects.filter(kind="link").count() == 4
    assert "The mail was sent again to hong@people.example." in words(answers[3])
    assert str(TooMany.message) in words(answers[4])


def test_the_ticket_is_a_page_whose_code_opens_the_door(client, registration):
    make_venue(registration.summit)
    response = client.get(own(registration, "ticket.pdf"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f'inline; filename="ticket-{registration.reference}.pdf"'
    (page,) = texts(response.content)
    assert "홍길동 Hong Gildong" in page
    assert registration.reference in page
    ((token,),) = [decoded(picture) for picture in pictures(response.content)]
    assert tickets.registration_for(registration.summit, token) == registration


def test_the_badge_is_a_page_whose_code_opens_the_door(client, registration):
    response = client.get(own(registration, "badge.pdf"))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f'inline; filename="badge-{registration.reference}.pdf"'
    (page,) = texts(response.content)
    assert "홍길동" in page
    assert "Government delegate" in page
    ((token,),) = [decoded(picture) for picture in pictures(response.content)]
    claims = tickets.read(token)
    assert (claims.guid, claims.in_person) == (registration.guid, True)


def test_whoever_takes_part_online_is_offered_no_badge(client, summit):
    online = make_registration(summit, email="online@people.example", attendance="online")
    assert "badge.pdf" not in client.get(own(online)).content.decode()
    response = client.get(own(online, "badge.pdf"), follow=True)
    assert "Only those have a badge who are confirmed and come in person." in words(response)


def test_a_way_the_summit_does_not_offer_cannot_be_changed_to(client, registration):
    assert "Take part online instead" in words(client.get(own(registration)))
    registration.summit.mode = "in_person"
    registration.summit.save()
    assert "Take part online instead" not in words(client.get(own(registration)))


@pytest.mark.parametrize("part", ["badge.pdf", "ticket.pdf"])
def test_a_cancelled_registration_has_neither_badge_nor_ticket(client, registration, part):
    lifecycle.cancel(registration)
    response = client.get(own(registration, part))
    assert (response.status_code, response["Location"]) == (302, own(registration))
    assert "no-store" in response["Cache-Control"]


def test_a_calendar_address_is_made_renewed_and_revoked(client, registration):
    assert "/ogp2021/my/" not in words(client.get(own(registration)))
    feeds = []
    for _ in range(2):
        response = client.post(own(registration, "calendar/"), {"action": "share"})
        assert (response.status_code, response["Location"]) == (302, own(registration) + "#calendar")
        feeds.append(f"/ogp2021/my/{fresh(registration).calendar_token}.ics")
        assert f'value="http://testserver{feeds[-1]}"' in words(client.get(own(registration)))
    assert [client.get(feed).status_code for feed in feeds] == [410, 200]
    assert Calendar.from_ical(client.get(feeds[1]).content)["X-WR-CALNAME"] == "OGP Summit · 홍길동"
    client.post(own(registration, "calendar/"), {"action": "revoke"})
    assert client.get(feeds[1]).status_code == 410
    assert feeds[1] not in words(client.get(own(registration)))


def test_the_own_page_takes_a_fixed_number_of_queries(client, registration, django_assert_num_queries):
    client.get(own(registration))
    with django_assert_num_queries(9):  # one of them reads whose link was opened in this browser
        client.get(own(registration))
