from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override

from registration.badges import printing
from registration.door import checkin
from registration.models import Registration
from registration.registering import lifecycle, refusals
from sessions.models import ImportJob
from summit.models import HistoryEntry, Message, Summit
from tests.factories import (
    make_category,
    make_desk,
    make_places,
    make_registration,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)
from tests.registration.reading import everything, form_values, taken, words

ORGANISER = "/en/ogp2021/organiser/"
LIST = ORGANISER + "registrations/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def one(registration, part: str = "") -> str:
    return f"{LIST}{registration.guid}/{part}"


# Each private address, the method that does its work, and what a guest, an attendee, a desk, an organiser of another
# summit, a speaker and an organiser of this one get. "sign in" is a redirect to the log-in page.
STAFF_ONLY = ("sign in", 404, 404, 404, 404)
AT_DESK = ("sign in", 404, 200, 404, 404, 200)
MATRIX = {
    "dashboard": ("get", "organiser/", (*STAFF_ONLY, 200)),
    "registrations": ("get", "organiser/registrations/", (*STAFF_ONLY, 200)),
    "registration": ("get", "organiser/registrations/{guid}/", (*STAFF_ONLY, 200)),
    "registration-attendance": ("post", "organiser/registrations/{guid}/attendance/", (*STAFF_ONLY, 302)),
    "registration-cancellation": ("post", "organiser/registrations/{guid}/cancellation/", (*STAFF_ONLY, 302)),
    "new-registration": ("get", "organiser/registrations/new/", (*STAFF_ONLY, 200)),
    "registrations-file": ("get", "organiser/lists/registrations.csv", (*STAFF_ONLY, 200)),
    "registrations-cell": ("get", "organiser/lists/registrations/{guid}/category/", (*STAFF_ONLY, 200)),
    "registrations-act": ("post", "organiser/lists/registrations/act/", (*STAFF_ONLY, 302)),
    "registrations-undo": ("post", "organiser/lists/registrations/undo/", (*STAFF_ONLY, 302)),
    "registration-reinstatement": ("post", "organiser/registrations/{guid}/reinstatement/", (*STAFF_ONLY, 302)),
    "registration-resend": ("post", "organiser/registrations/{guid}/messages/", (*STAFF_ONLY, 302)),
    "badge-jobs": ("get", "organiser/badges/", (*STAFF_ONLY, 200)),
    "badge-job": ("get", "organiser/badges/{job}/", (*STAFF_ONLY, 200)),
    "badge-file": ("get", "organiser/badges/{job}/file/", (*STAFF_ONLY, 200)),
    "desks": ("get", "desk/", AT_DESK),
    "desk": ("get", "desk/main/", AT_DESK),
    "check-ins": ("post", "desk/main/check-ins/", ("sign in", 404, 422, 404, 404, 422)),
    "check-in-undo": ("post", "desk/main/check-ins/{arrival}/cancellation/", ("sign in", 404, 200, 404, 404, 409)),
    "desk-attendance": ("post", "desk/main/attendance/", ("sign in", 404, 422, 404, 404, 422)),
    "desk-badge": ("post", "desk/main/badges/{guid}.pdf", AT_DESK),
    "organiser-tracks": ("get", "organiser/tracks/", (*STAFF_ONLY, 200)),
    "organiser-new-track": ("get", "organiser/tracks/new/", (*STAFF_ONLY, 200)),
    "organiser-track-order": ("post", "organiser/tracks/order/", (*STAFF_ONLY, 302)),
    "organiser-track": ("get", "organiser/tracks/civic-space/", (*STAFF_ONLY, 200)),
    "organiser-sessions": ("get", "organiser/sessions/", (*STAFF_ONLY, 200)),
    "organiser-sessions-file": ("get", "organiser/lists/sessions.csv", (*STAFF_ONLY, 200)),
    "organiser-sessions-act": ("post", "organiser/lists/sessions/act/", (*STAFF_ONLY, 302)),
    "organiser-sessions-undo": ("post", "organiser/lists/sessions/undo/", (*STAFF_ONLY, 302)),
    "organiser-sessions-cell": ("get", "organiser/lists/sessions/CIV001/title/", (*STAFF_ONLY, 200)),
    "organiser-tracks-file": ("get", "organiser/lists/tracks.xlsx", (*STAFF_ONLY, 200)),
    "organiser-tracks-cell": ("get", "organiser/lists/tracks/civic-space/name/", (*STAFF_ONLY, 200)),
    "organiser-placement": ("get", "organiser/sessions/CIV001/placement/", (*STAFF_ONLY, 200)),
    "session-seats": ("get", "organiser/sessions/CIV001/seats/", (*STAFF_ONLY, 200)),
    "my-agenda-sharing": ("post", "my-agenda/sharing/", (409, 302, 302, 302, 302, 302)),
    "organiser-imports": ("get", "organiser/imports/", (*STAFF_ONLY, 200)),
    "organiser-import-template": ("get", "organiser/imports/template.csv", (*STAFF_ONLY, 200)),
    "organiser-import": ("get", "organiser/imports/{upload}/", (*STAFF_ONLY, 200)),
    "organiser-links": ("get", "organiser/links/", (*STAFF_ONLY, 200)),
    "publication": ("get", "organiser/publication/", (*STAFF_ONLY, 200)),
    "copy": ("get", "organiser/copy/", (*STAFF_ONLY, 200)),
    "my-sessions": ("get", "my-sessions/", ("sign in", 404, 404, 404, 200, 404)),
    "my-sessions-calendar": ("post", "my-sessions/calendar/", ("sign in", 404, 404, 404, 302, 404)),
}


@pytest.fixture
def cast(as_user, summit, registration, desk_staff, organiser, own_media):
    """Everybody who may knock, and all that private addresses name."""
    speaker = make_speaker(summit, code="p1", user=make_user("speaker@people.example"))
    foreign = make_user("organiser@elsewhere.example", summit=make_summit("ogp2023"), role="organiser")
    make_track(summit)
    make_session(summit)
    arrival = checkin.check_in(registration, desk=make_desk(summit), by=desk_staff, nonce="scan-1")
    job = printing.start_job(summit, [registration.pk], layout="A6", by=organiser)
    printing.run_job(job)
    upload = ImportJob.objects.create(summit=summit, name="a.xml", state="done")
    people = [registration.user, desk_staff, foreign, speaker.user, organiser]
    names = {"guid": registration.guid, "job": job.guid, "arrival": arrival.pk, "upload": upload.guid}
    return [Client(), *map(as_user, people)], names


@pytest.mark.parametrize("name", MATRIX)
def test_every_private_address_opens_to_those_it_is_for(cast, name):
    clients, names = cast
    method, path, expected = MATRIX[name]
    address = f"/en/ogp2021/{path.format(**names)}"
    # As each form of the site sends it.
    data = {"speaker": "p1", "action": "share"} if method == "post" else {}
    got = []
    for client in clients:
        response = getattr(client, method)(address, data)
        signs_in = response.status_code == 302 and response["Location"].startswith("/en/account/login/?next=")
        got.append("sign in" if signs_in else response.status_code)
        if response.streaming:
            assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert tuple(got) == expected


@pytest.mark.parametrize("name", [name for name, (method, *_rest) in MATRIX.items() if method == "post"])
def test_what_changes_something_cannot_be_a_link(cast, name):
    clients, names = cast
    _method, path, _expected = MATRIX[name]
    before = everything()
    assert {client.get(f"/en/ogp2021/{path.format(**names)}").status_code for client in clients} == {405}
    assert everything() == before


def test_an_owner_may_what_an_organiser_may(as_user, summit):
    assert as_user(make_user(summit=summit, role="owner")).get(ORGANISER).status_code == 200


def test_a_summit_that_does_not_exist_looks_like_one_of_others(office):
    assert office.get("/en/nowhere/organiser/").status_code == 404


def test_organisers_need_two_factors_where_the_installation_says_so(office, registration, settings):
    settings.STAFF_TWO_FACTORS = True
    before = everything()
    assert office.get(ORGANISER)["Location"] == office.get(LIST)["Location"] == "/en/account/2fa/"
    refused = office.post(one(registration, "cancellation/"))
    assert (refused.status_code, refused["Location"]) == (302, "/en/account/2fa/")
    assert everything() == before


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_list_names_everybody(office, summit, language):
    here = make_registration(summit)
    gone = lifecycle.cancel(make_registration(summit, name="<b>심청</b>"))
    make_registration(make_summit("ogp2023"), name="다른 서밋")
    response = office.get(f"/{language}/ogp2021/organiser/registrations/")
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert list(response.context["page"]) == [gone, here]
    for made in (here, gone):
        assert f'href="/{language}/ogp2021/organiser/registrations/{made.guid}/"' in words(response)
        assert made.token not in words(response)
    assert "&lt;b&gt;심청&lt;/b&gt;" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_search_and_filters_are_in_the_address(office, summit):
    make_registration(summit)
    wanted = make_registration(summit, name="Marie Tamm", attendance="online")
    response = office.get(LIST, {"q": "tamm", "attendance": "online", "state": "confirmed", "arrived": "no"})
    assert list(response.context["page"]) == [wanted]
    assert 'value="tamm"' in words(response)


@pytest.mark.parametrize(
    "query",
    ["state=x&attendance=x&category=x&arrived=x", "page=x", "page=-1", "page=9999", "page=1e9", "q=" + "x" * 5000, "a=b&a=c",
     "state=confirmed%27--", "q=%25%25", "q=&state=&attendance=&category=&arrived="],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_still_a_page(office, registration, query):
    assert office.get(f"{LIST}?{query}").status_code == 200


def test_filters_that_make_no_sense_count_as_not_given(office, registration):
    response = office.get(f"{LIST}?state=x&attendance=x&category=x&arrived=x&page=x")
    assert list(response.context["page"]) == [registration]


def test_nobody_found_is_told(office, registration):
    response = office.get(f"{LIST}?q=nobody")
    assert list(response.context["page"]) == []
    assert "Nothing found" in words(response)


def test_a_long_list_comes_in_pages_that_keep_the_filters(office, summit):
    for _ in range(51):
        make_registration(summit)
    first, second = office.get(f"{LIST}?state=confirmed"), office.get(f"{LIST}?state=confirmed&page=2")
    assert [len(list(r.context["page"])) for r in (first, second)] == [50, 1]
    assert 'href="?state=confirmed&page=2" rel="next"' in words(first)
    assert 'href="?state=confirmed" rel="prev"' in words(second)
    assert set(first.context["page"]) & set(second.context["page"]) == set()
    assert "51 registrations" in words(first)


@pytest.mark.parametrize("count", [1, 3])
def test_three_registrations_take_as_many_queries_as_one(office, summit, count, django_assert_num_queries):
    for number in range(count):
        make_registration(summit, category=make_category(summit, f"category-{number}"))
    office.get(LIST)
    with django_assert_num_queries(23):
        office.get(LIST)


def test_the_numbers_are_those_of_the_summit(office, summit, desk_staff):
    make_places(summit, 9)
    here = make_registration(summit)
    make_registration(summit, attendance="online")
    lifecycle.cancel(make_registration(summit))
    lifecycle.resend(here)
    make_session(summit, "CIV001")
    make_session(summit, "CIV002", published_at=None)
    checkin.check_in(here, desk=make_desk(summit), by=desk_staff, nonce="scan-1")
    Message.objects.filter(kind="cancelled").update(state="failed")
    response = office.get(ORGANISER)
    numbers = response.context["numbers"]
    assert (numbers["total"], numbers["confirmed"], numbers["arrived"]) == (3, 2, 1)
    assert {name: response.context[name] for name in ("failed_mail", "waiting_mail")} == {
        "failed_mail": 1,
        "waiting_mail": 1,
    }
    states = {state: n for state, _words, n in response.context["programme"].sessions}
    assert states == {"public": 1, "waits": 0, "draft": 1, "cancelled": 0}
    assert "1 of 9 places taken" in words(response)
    assert "1 mail could not be sent." in words(response)
    assert "1 session not public yet" in words(response)


def test_the_numbers_of_an_empty_summit_are_a_page(office):
    response = office.get(ORGANISER)
    assert response.status_code == 200
    assert "Nobody yet" in words(response)


@pytest.mark.parametrize("count", [1, 3])
def test_the_numbers_take_as_many_queries_for_three_as_for_one(office, summit, count, django_assert_num_queries):
    for number in range(count):
        make_registration(summit, category=make_category(summit, f"category-{number}"))
        make_session(summit, f"CIV00{number}")
    office.get(ORGANISER)
    with django_assert_num_queries(41):
        office.get(ORGANISER)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_one_registration_shows_all_that_happened(office, summit, desk_staff, organiser, work, language):
    made = make_registration(summit, access_needs="휠체어", consents={"privacy": "2021-10-01"})
    work()
    lifecycle.correct(made, {"name": "성춘향", "access_needs": "수어"}, by=organiser)
    arrival = checkin.check_in(made, desk=make_desk(summit), by=desk_staff, nonce="scan-1")
    response = office.get(f"/{language}/ogp2021/organiser/registrations/{made.guid}/")
    assert response.status_code == 200
    lines = [(entry["label"], entry["by"]) for entry in response.context["history"]]
    with override(language):
        expected = [gettext("Checked in"), gettext("Details corrected"), gettext("Registered")]
    assert [(str(label), by) for label, by in lines] == list(zip(expected, (desk_staff, organiser, None), strict=True))
    assert [message.kind for message in response.context["mails"]] == ["confirmed"]
    assert response.context["registration"].arrived_at == arrival.at
    page = " ".join(words(response).split())
    for text in ("성춘향", made.reference, made.email, "수어", "2021-10-01", "홍길동 → 성춘향", "Desk", "Organiser"):
        assert text in page
    assert made.token not in page
    assert "no-store" in response["Cache-Control"]


def test_mail_that_could_not_leave_is_shown_with_its_error(office, registration, work):
    work()
    Message.objects.update(state="failed", error="ConnectionRefusedError: <refused>")
    assert "ConnectionRefusedError: &lt;refused&gt;" in office.get(one(registration)).content.decode()


def test_a_registration_of_another_summit_is_not_here(office, registration):
    other = make_registration(make_summit("ogp2023"))
    before = everything()
    answers = [office.get(one(other))]
    answers += [
        office.post(one(other, page), {"attendance": "online"})
        for page in ("attendance/", "cancellation/", "messages/")
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert everything() == before


def test_an_organiser_changes_attendance_after_the_cut_off(office, organiser, registration, work):
    Summit.objects.update(changes_until=timezone.now() - timedelta(days=1))
    response = office.post(one(registration, "attendance/"), {"attendance": "online"})
    assert (response.status_code, response["Location"]) == (302, one(registration))
    registration.refresh_from_db()
    assert registration.attendance == "online"
    assert HistoryEntry.objects.latest("pk").by == organiser
    work()
    assert mail.outbox[-1].to == [registration.email]


@pytest.mark.parametrize("wanted", ["", "both"])
def test_an_attendance_that_does_not_exist_changes_nothing(office, registration, wanted):
    before = everything()
    assert office.post(one(registration, "attendance/"), {"attendance": wanted}).status_code == 302
    assert everything() == before


def test_an_organiser_gets_no_more_places_than_there_are(office, summit):
    make_places(summit, 0)
    online = make_registration(summit, attendance="online")
    response = office.post(one(online, "attendance/"), {"attendance": "in_person"}, follow=True)
    assert str(refusals.NoPlaceLeft.message) in words(response)
    assert taken(summit) == {"in_person": 0}


def test_an_organiser_cancels_and_the_person_is_told(office, organiser, registration, work):
    response = office.post(one(registration, "cancellation/"), follow=True)
    assert response.redirect_chain == [(one(registration), 302)]
    assert "The registration was cancelled and the person told." in words(response)
    registration.refresh_from_db()
    assert registration.state == "cancelled"
    assert HistoryEntry.objects.latest("pk").by == organiser
    work()
    assert [Message.objects.get(kind="cancelled").to, mail.outbox[-1].to] == [registration.email, [registration.email]]
    again = office.post(one(registration, "cancellation/"), follow=True)
    assert str(refusals.NotActive.message) in words(again)
    assert Message.objects.filter(kind="cancelled").count() == 1


def test_a_cancelled_registration_offers_to_be_reinstated_and_nothing_else(office, registration):
    lifecycle.cancel(registration)
    page = words(office.get(one(registration)))
    main = page[page.index('id="main"') :]
    aside = main[main.index("<aside") :]
    assert aside.count('<form method="post"') == 1
    assert f'action="{one(registration, "reinstatement/")}"' in page
    office.post(one(registration, "reinstatement/"))
    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_an_organiser_sends_the_link_again(office, organiser, registration):
    office.post(one(registration, "messages/"))
    assert Message.objects.filter(kind="link", to=registration.email).count() == 1
    assert HistoryEntry.objects.latest("pk").by == organiser


@pytest.mark.parametrize("count", [1, 3])
def test_a_long_history_takes_as_many_queries_as_a_short_one(
    office, organiser, registration, count, django_assert_num_queries
):
    for number in range(count):
        lifecycle.correct(registration, {"name": f"홍길동 {'가나다'[number]}"}, by=organiser)
        lifecycle.resend(registration)
    with django_assert_num_queries(19):
        office.get(one(registration))
    assert Registration.objects.count() == 1


ENTERED = {
    "name": "성춘향",
    "email": "new@people.example",
    "country": "KR",
    "language": "ko",
    "attendance": "in_person",
}


def test_what_the_team_tells_of_health_needs_the_word_of_the_person(office, organiser, summit):
    told = {**ENTERED, "category": make_category(summit).pk, "access_needs": "ramp"}
    refused = office.post(f"{LIST}new/", told)
    assert refused.status_code == 422 and "sensitive" in refused.context["form"].errors
    office.post(f"{LIST}new/", {**told, "sensitive": "on"})
    made = Registration.objects.get()
    assert (made.access_needs, made.has_agreed("sensitive")) == ("ramp", True)
    entry = HistoryEntry.objects.get(action="registration.enter")
    assert (entry.by, entry.changes["sensitive"]) == (organiser, [False, True])


def test_what_stands_there_already_asks_the_team_nothing(office, organiser, summit):
    made = make_registration(summit, access_needs="ramp", consents={})
    page = one(made, "details/")
    sent = form_values(office.get(page))
    assert office.post(page, {**sent, "job_title": "Minister"}).status_code == 302
    sent = form_values(office.get(page)) | {"dietary_needs": "halal"}
    assert office.post(page, sent).status_code == 422
    assert office.post(page, {**sent, "sensitive": "on"}).status_code == 302
    assert HistoryEntry.objects.get(action="registration.note_consent").by == organiser
    assert "sensitive" not in office.get(page).context["form"].fields


@pytest.mark.parametrize("state", ["not_yet", "closed"])
def test_somebody_is_entered_by_hand_whether_registration_is_open_or_not(office, organiser, summit, work, state):
    now = timezone.now()
    moment = {"not_yet": (now + timedelta(days=1), now + timedelta(days=2)), "closed": (now - timedelta(days=2), now - timedelta(days=1))}  # fmt: skip
    opens, closes = moment[state]
    Summit.objects.update(registration_opens_at=opens, registration_closes_at=closes)
    category = make_category(summit, "staff", admission="team")
    response = office.post(f"{LIST}new/", {**ENTERED, "category": category.pk})
    made = Registration.objects.get()
    assert response["Location"] == one(made)
    assert (made.state, made.category, made.consents.count()) == ("confirmed", category, 0)
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.by) == ("registration.enter", organiser)
    work()
    assert Message.objects.get().to == "new@people.example"


def test_the_same_form_sent_twice_enters_one_person(office, summit):
    sent = {**ENTERED, "category": make_category(summit).pk, "nonce": "shown-once"}
    for _ in range(2):
        assert office.post(f"{LIST}new/", sent).status_code == 302
    assert Registration.objects.count() == 1
    again = office.post(f"{LIST}new/", {**sent, "nonce": "another"})
    assert again.status_code == 422
    assert str(refusals.AlreadyRegistered.message) in words(again)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "\x00"}, {"email": "x"}, {"country": "XX"}, {"name": "🎈"}, {"attendance": "both"}]
)
def test_what_is_wrong_is_said_and_nobody_entered(office, summit, wrong):
    response = office.post(f"{LIST}new/", {**ENTERED, "category": make_category(summit).pk, **wrong})
    assert response.status_code in {400, 422}
    assert Registration.objects.count() == 0


def test_nobody_is_entered_where_no_place_is_left(office, summit):
    make_places(summit, 0)
    response = office.post(f"{LIST}new/", {**ENTERED, "category": make_category(summit).pk})
    assert response.status_code == 422
    assert str(refusals.NoPlaceLeft.message) in words(response)
    assert Registration.objects.count() == 0


def test_the_page_of_a_registration_sets_tags_and_keeps_notes(office, registration):
    page = office.get(one(registration))
    form = page.context["tags_form"]
    sent = {"tags": "VIP, 만찬", "token": form["token"].value()}
    assert "The tags were saved." in words(office.post(one(registration, "tags/"), sent, follow=True))
    assert registration.tagged == ["VIP", "만찬"]
    overtaken = office.post(one(registration, "tags/"), {**sent, "tags": ""}, follow=True)
    assert registration.tagged == ["VIP", "만찬"]
    assert "The tags were saved." not in words(overtaken)
    office.post(one(registration, "notes/"), {"text": "Comes with two colleagues."})
    assert "Comes with two colleagues." in words(office.get(one(registration)))


@pytest.mark.parametrize(
    ("part", "sent"), [("tags/", {"tags": "x" * 41}), ("tags/", {"tags": "," .join("abcdefghijklmnopqrstu")}),
                       ("notes/", {"text": " "}), ("notes/", {"text": "x" * 2001})],
)  # fmt: skip
def test_what_cannot_be_kept_stays_on_the_page(office, registration, part, sent):
    before = everything()
    answer = office.post(one(registration, part), sent)
    assert answer.status_code == 422
    assert next(iter(sent.values())) in answer.content.decode()
    assert everything() == before
