"""Confirming the address as people do: the page after the form, the mailed link, the button, and the team's page."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from registration.models import Registration
from summit.models import HistoryEntry
from tests.factories import make_category, make_places, make_registration
from tests.registration.reading import form_values, words

FORM, SENT = "/en/ogp2021/register/", "/en/ogp2021/register/sent/"


@pytest.fixture
def send(client, summit):
    make_places(summit, 5)
    category = make_category(summit, proof_hours=24)

    def post(email="ada@people.example", browser: Client = client, **more):
        data = {"nonce": f"form-of-{email}", "attendance": "in_person", "category": category.pk, "name": "Ada Kim",
                "email": email, "country": "EE", "language": "en", "privacy": "on", **more}  # fmt: skip
        return browser.post(FORM, data)

    return post


def own(registration, then: str = "") -> str:
    return f"/en/ogp2021/registrations/{registration.token}/{then}"


def test_the_page_says_what_comes_next_and_a_scanner_confirms_nothing(client, send, work):
    send()
    page = words(client.get(SENT))
    assert "Confirm your address" in page and "A place is held for you until" in page
    assert "You are registered</h1>" not in page and "ticket" not in page
    made = Registration.objects.get()
    assert made.token not in page and "Ada" not in page
    work()
    scanner = Client()
    for _time in range(2):
        assert scanner.get(own(made)).status_code == 200
        assert scanner.get(own(made, "proof/")).status_code == 405
    assert Registration.objects.get().state == "unproven"
    shown = words(scanner.get(own(made)))
    assert "Is this your address?" in shown and "Ada" not in shown
    # Looking at it does not keep whoever sent the form from correcting the address.
    assert "Correct the address" in words(client.get(SENT))
    assert client.post(own(made, "proof/"))["Location"] == own(made)
    assert "Your address is confirmed" in words(client.get(own(made)))
    assert Registration.objects.get().state == "confirmed"
    assert client.post(own(made, "proof/")).status_code == 302
    work()
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(("path", "method"), [("proof/", "post"), ("", "get")])
def test_after_its_hours_it_is_told_that_the_place_was_given_back(client, send, work, path, method):
    send()
    work()
    made = Registration.objects.get()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        work()
        answer = getattr(client, method)(own(made, path), follow=True)
    assert "Its e-mail address was not confirmed" in words(answer)
    assert Registration.objects.get().state == "cancelled"


def test_whoever_knows_nothing_of_it_ends_it(client, send):
    send()
    made = Registration.objects.get()
    assert client.get(own(made, "cancellation/")).status_code == 200
    client.post(own(made, "cancellation/"))
    assert Registration.objects.get().state == "cancelled"


@pytest.mark.parametrize("hours", [0, 1, 23])
def test_nobody_learns_by_it_whether_an_address_is_registered(summit, send, hours, work):
    make_registration(summit, email="known@people.example", category=make_category(summit, "open"))
    seen = []
    start = timezone.now()
    for number, email in enumerate(["known@people.example", "fresh@people.example"]):
        browser = Client()
        with time_machine.travel(start, tick=False):
            answer = send(email, browser)
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            shown = browser.get(SENT)
            sent = {"reference": form_values(shown).get("reference", "-"), "email": f"new{number}@people.example"}
            after = browser.post("/en/ogp2021/register/address/", sent)
            page = browser.get(SENT)
        text = f"{answer.status_code} {words(shown)} {after.status_code} {words(page)}"
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\b[0-9A-Z]{4}-[0-9A-Z]{4}\b', "…", text)
        seen.append(text.replace(email, "A").replace(sent["email"], "B"))
    assert seen[0] == seen[1] and "Correct the address" in seen[0]
    states = dict(Registration.objects.values_list("email", "state"))
    assert states == {"known@people.example": "confirmed", "new0@people.example": "unproven",
                      "new1@people.example": "unproven"}  # fmt: skip


def test_whoever_signed_in_with_the_address_confirms_nothing(summit, send, as_user, organiser):
    send(organiser.email, as_user(organiser))
    assert Registration.objects.get().state == "confirmed"


def test_the_team_sees_who_has_not_confirmed_resends_and_confirms(client, send, as_user, organiser, work):
    send()
    work()
    made, team = Registration.objects.get(), as_user(organiser)
    listed = words(team.get("/en/ogp2021/organiser/registrations/?state=unproven"))
    assert "Ada Kim" in listed
    page = f"/en/ogp2021/organiser/registrations/{made.guid}/"
    assert "Confirm the address for them" in words(team.get(page))
    team.post(f"{page}messages/")
    work()
    assert [m.subject.split(":")[0] for m in mail.outbox] == ["Confirm your address"] * 2
    assert team.post(f"{page}proof/")["Location"] == page
    shown = words(team.get(page))
    assert "Address confirmed" in shown and "Confirm the address for them" not in shown
    assert HistoryEntry.objects.filter(action="registration.prove", by=organiser).count() == 1
    assert Registration.objects.get().state == "confirmed"


def test_the_team_sets_the_hours_of_a_category(summit, as_user, organiser):
    category = make_category(summit)
    team = as_user(organiser)
    page = f"/en/ogp2021/organiser/settings/categories/{category.code}/"
    for value, kept in (("0", None), ("-1", None), ("99999", None), ("48", 48), ("", None)):
        answer = team.post(page, {**form_values(team.get(page)), "proof_hours": value})
        assert answer.status_code == (422 if kept is None and value else 302)
        category.refresh_from_db()
        assert category.proof_hours == kept
