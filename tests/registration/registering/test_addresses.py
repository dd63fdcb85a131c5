"""Another address for a registration: right after the form, and later by a link that its owner opens."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from registration.models import Registration
from registration.registering import addresses, lifecycle, refusals
from sessions.models import Bookmark
from summit.models import HistoryEntry, Message, User
from tests.factories import make_category, make_places, make_registration, make_session, make_user
from tests.registration.reading import field_errors, form_values, taken, words

LINK = re.compile(r"http://testserver(/\S+/key/\S+)")
SENT = "/en/ogp2021/register/sent/"
CORRECT = "/en/ogp2021/register/address/"


@pytest.fixture
def send(client, summit):
    """``send(email)``: the form, sent by this browser."""
    make_places(summit, 5)
    category = make_category(summit)

    def post(email: str, browser: Client = client, **more):
        data = {"nonce": f"form-of-{email}", "attendance": "in_person", "category": category.pk, "name": "홍길동", "email": email,
                "country": "KR", "language": "en", "privacy": "on", **more}  # fmt: skip
        return browser.post("/en/ogp2021/register/", data)

    return post


def correct(browser: Client, email: str, **more):
    sent = {"reference": form_values(browser.get(SENT)).get("reference", "-"), "email": email, **more}
    return browser.post(CORRECT, sent)


def test_right_after_the_form_the_address_is_corrected_and_nothing_goes_to_the_wrong_one(client, summit, send, work):
    send("hnog@people.example")
    before = Registration.objects.get()
    assert correct(client, "Hong@people.example").status_code == 302
    now = Registration.objects.get()
    assert (now.email, now.reference, now.created_at) == ("Hong@people.example", before.reference, before.created_at)
    assert taken(summit) == {"in_person": 1}
    work()
    assert [m.to for m in mail.outbox] == [["Hong@people.example"]]
    assert now.token != before.token and now.get_absolute_url() in mail.outbox[0].body
    # The account of an address that nobody proved, and that nothing needs, is gone.
    assert list(User.objects.values_list("email", flat=True)) == ["hong@people.example"]
    assert now.user == User.objects.get()
    page = words(client.get(SENT))
    assert "hong@people.example" in page and now.reference in page and "hnog@" not in page


def test_the_wrong_mailbox_has_nothing_in_hand(client, summit, send, work):
    send("hnog@people.example")
    before = Registration.objects.get()
    work()
    correct(client, "hong@people.example")
    now = Registration.objects.get()
    assert Client().get(before.get_absolute_url()).status_code == 410
    assert now.ticket_issue == before.ticket_issue + 1


@pytest.mark.parametrize("why", ["late", "opened", "another browser", "twice"])
def test_later_it_is_corrected_on_the_own_page_alone(client, summit, send, why):
    send("hnog@people.example")
    made, browser = Registration.objects.get(), client
    typed = {"reference": made.reference}
    if why == "opened":
        Client().get(made.get_absolute_url())
    if why == "another browser":
        browser = Client()
    if why == "twice":
        correct(client, "hgno@people.example")
    with time_machine.travel(timezone.now() + (timedelta(minutes=16) if why == "late" else timedelta(0)), tick=False):
        answer = correct(browser, "hong@people.example", **typed)
        assert "Correct the address" not in words(browser.get(SENT))
    assert answer.status_code == (302 if why == "another browser" else 409)
    assert not Registration.objects.filter(email="hong@people.example").exists()
    if answer.status_code == 409:
        assert str(refusals.AddressSettled.message) in words(answer)


@pytest.mark.parametrize(
    "typed", ["hong@", "", "hong@people.example\nBcc: x@people.example", "x" * 300 + "@people.example"]
)
def test_what_is_no_address_is_told_and_changes_nothing(client, send, typed):
    send("hnog@people.example")
    answer = correct(client, typed)
    assert (answer.status_code, len(field_errors(answer))) == (422, 1)
    assert Registration.objects.get().email == "hnog@people.example"


def test_nobody_learns_by_correcting_whether_an_address_is_registered(summit, send, work):
    """Neither the one that was sent first nor the one it is corrected to, and both ways somebody new gets their mail."""
    make_registration(summit, email="known@people.example", language="en")
    pages = []
    for first, then in [("known@people.example", "new1@people.example"), ("free@people.example", "new2@people.example"),
                        ("own1@people.example", "known@people.example"), ("own2@people.example", "fresh@people.example")]:  # fmt: skip
        browser = Client()
        send(first, browser)
        shown = browser.get(SENT)
        answer = correct(browser, then)
        after = browser.get(SENT)
        text = f"{shown.content.decode()} {answer.status_code} {after.content.decode()}"
        text = re.sub(
            r'name="csrfmiddlewaretoken" value="\w+"|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b|\d\d:\d\d(:\d\d)?', "…", text
        )
        pages.append(text.replace(first, "A").replace(then, "B"))
    assert len(set(pages)) == 1
    there = set(Registration.objects.active().values_list("email", flat=True))
    assert there == {f"{one}@people.example" for one in ("known", "new1", "new2", "fresh")}
    work()
    links = {m.to[0] for m in mail.outbox if m.subject.startswith("The link")}
    assert links == {"known@people.example"}
    assert not [
        m for m in mail.outbox if m.to[0] in {"own1@people.example", "own2@people.example", "free@people.example"}
    ]


def test_what_the_page_has_named_is_the_reference_of_what_is_made(summit, client, send):
    make_registration(summit, email="known@people.example")
    send("known@people.example", organisation="<b>Hanbit</b>", access_needs="휠체어", sensitive="on")
    shown = form_values(client.get(SENT))["reference"]
    correct(client, "new@people.example")
    made = Registration.objects.get(email="new@people.example")
    assert (made.reference, made.organisation, made.access_needs) == (shown, "<b>Hanbit</b>", "휠체어")
    assert set(made.consents.values_list("kind", flat=True)) == {"privacy", "sensitive"}


def test_a_form_sent_again_names_the_same_reference_whether_it_made_something(summit, send):
    make_registration(summit, email="known@people.example")
    for email in ("known@people.example", "free@people.example"):
        seen = set()
        for browser in (Client(), Client()):
            send(email, browser)
            seen.add(form_values(browser.get(SENT))["reference"])
        assert len(seen) == 1


def test_on_the_own_page_the_owner_of_the_new_address_says_so(client, summit, work):
    make_places(summit, 5)
    made = make_registration(summit, email="old@people.example", language="en")
    Bookmark.objects.create(user=made.user, session=make_session(summit))
    asked = client.post(f"{made.get_absolute_url()}address/", {"email": "new@people.example"})
    assert asked.status_code == 302
    assert Registration.objects.get().email == "old@people.example"
    work(), work()
    [page] = [LINK.search(m.body)[1] for m in mail.outbox if m.to == ["new@people.example"]]
    assert "Shall registration" in words(Client().get(page))
    assert Registration.objects.get().email == "old@people.example"
    assert Client().post(page).status_code == 302
    now = Registration.objects.get()
    assert (now.email, now.reference, now.state) == ("new@people.example", made.reference, "confirmed")
    assert now.user.email == "new@people.example" and now.user.bookmarks.count() == 1
    assert not User.objects.filter(email="old@people.example").exists()
    assert Client().get(made.get_absolute_url()).status_code == 410
    work()
    told = {m.to[0]: m for m in mail.outbox[-2:]}
    assert told["old@people.example"].subject.startswith("Your registration has another address")
    assert (
        now.token not in told["old@people.example"].body and now.get_absolute_url() in told["new@people.example"].body
    )
    # The link is good once.
    assert Client().get(page).status_code == Client().post(page).status_code == 410
    assert HistoryEntry.objects.filter(action="registration.change_address").count() == 1


def test_a_new_address_that_is_registered_gets_its_own_link_and_whoever_asks_is_not_told(client, summit, work):
    make_registration(summit, email="known@people.example", language="en")
    made = make_registration(summit, email="old@people.example", language="en")
    work()
    mail.outbox.clear()
    answers = [
        client.post(f"{made.get_absolute_url()}address/", {"email": to})
        for to in ("known@people.example", "free@people.example")
    ]
    assert len({(a.status_code, a["Location"]) for a in answers}) == 1
    work(), work()
    assert {m.to[0]: m.subject.split(":")[0].split("?")[0] for m in mail.outbox} == {
        "known@people.example": "The link to your registration",
        "free@people.example": "Is this your address",
    }


def test_an_account_that_something_needs_stays(summit, organiser):
    made = make_registration(summit, email=organiser.email)
    addresses.change(made, "private@people.example")
    assert User.objects.filter(pk=organiser.pk).exists()
    assert not organiser.registrations.exists()


def test_an_address_somebody_else_took_meanwhile_is_refused(summit):
    make_registration(summit, email="known@people.example")
    made = make_registration(summit)
    with pytest.raises(refusals.AlreadyRegistered):
        addresses.change(made, "KNOWN@people.example")
    assert Registration.objects.get(pk=made.pk).email == made.email


@pytest.mark.parametrize("key", ["x" * 40, "gAAAAA", "=", "%25"])
def test_what_never_was_a_key_is_not_there(client, summit, key):
    for what in ("address", "erasure"):
        assert client.get(f"/en/ogp2021/register/{what}/key/{key}/").status_code == 404


def test_the_time_for_changes_ends_it_on_the_own_page(client, summit):
    made = make_registration(summit)
    summit.changes_until = timezone.now() - timedelta(minutes=1)
    summit.save()
    assert client.get(f"{made.get_absolute_url()}address/").status_code == 302
    with pytest.raises(refusals.ChangesClosed):
        addresses.change(made, "new@people.example")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_of_two_who_want_one_address_one_gets_it(summit, race):
    one, other = make_registration(summit), make_registration(summit)
    ends = race([lambda who=who: addresses.change(who, "new@people.example") for who in (one, other)])
    assert sorted(type(end).__name__ for end in ends) == ["AlreadyRegistered", "Registration"]


def test_the_team_changes_an_address_also_when_the_time_for_changes_is_over(summit, as_user, organiser):
    make_registration(summit, email="known@people.example")
    made = make_registration(summit, email="old@people.example", language="en")
    summit.changes_until = timezone.now() - timedelta(days=1)
    summit.save()
    staff, page = as_user(organiser), f"/en/ogp2021/organiser/registrations/{made.guid}/address/"
    assert "The registration stands under old@people.example." in words(staff.get(page))
    for typed, status in (("", 422), ("new@", 422), ("known@people.example", 409)):
        answer = staff.post(page, {"email": typed})
        assert (answer.status_code, len(field_errors(answer))) == (status, 1)
    assert staff.post(page, {"email": "new@people.example"}).status_code == 302
    assert Registration.objects.get(pk=made.pk).email == "new@people.example"
    assert set(Message.objects.filter(kind__in=["link", "address_changed"]).values_list("to", flat=True)) == {
        "new@people.example", "old@people.example",
    }  # fmt: skip
    assert HistoryEntry.objects.get(action="registration.change_address").by == organiser


def test_waiting_time_and_place_in_line_stay(summit):
    category = make_category(summit, admission="approval")
    made = make_registration(summit, category=category)
    now = addresses.correct(made, "new@people.example", sent_at=timezone.now() - timedelta(minutes=1))
    assert (now.waits_since, now.state) == (Registration.objects.get(pk=made.pk).waits_since, "pending")
    assert Message.objects.get(to="new@people.example").kind == "applied"


def test_the_account_of_an_address_is_found_whatever_its_case(summit):
    make_user("new@people.example")
    made = make_registration(summit)
    assert addresses.change(made, "NEW@people.example").user.email == "new@people.example"
    assert lifecycle.send_link.func(summit.pk, "new@people.example") is True
