"""A place goes to a substitute: offered by a link, taken over by them, and where asked for once the team approves."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from registration.door import checkin
from registration.models import Consent, Registration
from registration.places import bookings
from registration.registering import decisions, erasing, lifecycle, refusals, transferring
from summit.models import HistoryEntry, Message
from tests.factories import (
    make_category,
    make_desk,
    make_places,
    make_question,
    make_registration,
    make_session,
    person,
)
from tests.registration.reading import calendar_of, field_errors, form_values, taken, words

LINK = re.compile(r"http://testserver(/\S+/key/\S+)")
NEW = "new@people.example"


def registered(summit, transfer: str, **values) -> Registration:
    category = make_category(summit, f"cat-{transfer}", transfer=transfer)
    return make_registration(
        summit, category=category, language="en", email="old@people.example", name="Old Person", **values
    )


@pytest.fixture
def made(summit):
    make_places(summit, 1)
    return registered(summit, "yes")


@pytest.fixture
def asks(summit):
    make_places(summit, 1)
    return registered(summit, "approval")


def substitute(of: Registration, **values):
    return person(
        of.summit, category=of.category, attendance=of.attendance, email=NEW, name="New Person", language="en", **values
    )


def offer(of: Registration, work, email: str = NEW) -> str:
    page = f"/en/ogp2021/registrations/{of.token}/transfer/"
    answer = Client().post(page, {"email": email, "name": "New Person", "language": "en"})
    assert answer.status_code == 302
    work(), work()
    return LINK.search([m for m in mail.outbox if m.to == [email]][-1].body)[1]


def fill(page: str, **changes):
    shown = form_values(Client().get(page))
    return Client().post(page, {**shown, "country": "EE", "privacy": "on", **changes})


def test_the_substitute_says_who_they_are_and_takes_the_place_over(summit, made, work):
    bookings.book(made, make_session(summit, seats=5))
    page = offer(made, work)
    assert Registration.objects.get().state == "confirmed"
    shown = words(Client().get(page))
    assert "Old Person offers you their place" in shown and NEW in shown
    answer = fill(page, photography="on", name_romanised="New Person")
    old, new = Registration.objects.get(pk=made.pk), Registration.objects.get(email=NEW)
    assert (answer.status_code, answer["Location"]) == (302, f"/en/ogp2021/registrations/{new.token}/")
    assert (old.state, new.state, new.name, new.country) == ("cancelled", "confirmed", "New Person", "EE")
    assert (new.category, new.attendance, new.substitute_for) == (old.category, old.attendance, old)
    assert taken(summit) == {"in_person": 1} and not old.bookings.standing().exists()
    assert set(new.consents.values_list("kind", flat=True)) == {"privacy", "photography"}
    work()
    told = {m.to[0]: m for m in mail.outbox[-2:]}
    assert calendar_of(told["old@people.example"])[0]["STATUS"] == "CANCELLED"
    assert told[NEW].subject.startswith("You are registered")
    lines = dict(
        HistoryEntry.objects.filter(action__in=["registration.transfer", "registration.substitute"]).values_list(
            "action", "changes"
        )
    )
    assert lines["registration.transfer"] == {"substitute": ["", new.reference]}
    assert lines["registration.substitute"]["substitute_for"] == ["", old.reference]
    assert "Your place was handed to your substitute." in words(Client().get(f"/en/ogp2021/registrations/{old.token}/"))
    # The link is used: whoever used it is told that, and not that a registration was cancelled.
    shown = Client().get(page)
    assert shown.status_code == 200 and "You have followed this offer already." in words(shown)
    assert "cancelled" not in words(shown) and new.token not in shown.content.decode()
    assert fill(page).status_code == 200 and Registration.objects.count() == 2


def test_without_consent_and_answers_nothing_is_taken_over(summit, made, work):
    question = make_question(summit, required=True)
    page = offer(made, work)
    for changes, wrong in (({"privacy": ""}, 2), ({}, 1), ({f"question_{question.pk}": "Seoul", "name": ""}, 1)):
        answer = fill(page, **changes)
        assert (answer.status_code, len(field_errors(answer))) == (422, wrong)
    assert Registration.objects.get().state == "confirmed" and Consent.objects.count() == 1


def test_where_the_team_approves_the_first_stands_until_then(summit, asks, work, organiser):
    page = offer(asks, work)
    assert fill(page).status_code == 302
    new = Registration.objects.get(email=NEW)
    assert (new.state, Registration.objects.get(pk=asks.pk).state) == ("pending", "confirmed")
    assert "waits for the organisers' decision" in words(Client().get(f"/en/ogp2021/registrations/{asks.token}/"))
    with pytest.raises(refusals.SubstituteWaits):
        transferring.offer(asks, email="x@people.example", name="X", language="en")
    decisions.approve(new, by=organiser)
    assert set(Registration.objects.values_list("email", "state")) == {
        (NEW, "confirmed"),
        ("old@people.example", "cancelled"),
    }
    assert taken(summit) == {"in_person": 1}
    assert sorted(Message.objects.filter(created_at__gte=new.created_at).values_list("kind", flat=True)) == [
        "applied", "confirmed", "handed_over", "substitute_waits",
    ]  # fmt: skip


def test_turned_down_nothing_changes(summit, asks, organiser):
    new = transferring.take_over(asks, substitute(asks))
    decisions.reject(new, reason=decisions.Reason(words="Not known to us."), by=organiser)
    assert Registration.objects.get(pk=asks.pk).state == "confirmed"
    assert taken(summit) == {"in_person": 1}
    assert transferring.is_possible(Registration.objects.get(pk=asks.pk))


def test_whose_place_has_ended_meanwhile_the_substitute_needs_one_as_anybody(summit, asks, organiser):
    new = transferring.take_over(asks, substitute(asks))
    lifecycle.cancel(asks)
    make_registration(summit, category=asks.category)
    with pytest.raises(refusals.NoPlaceLeft):
        decisions.approve(new, by=organiser)


@pytest.mark.parametrize("why", ["no", "pending", "cancelled", "late", "arrived"])
def test_when_there_is_nothing_to_hand_over(summit, client, why, desk_staff):
    make_places(summit, 5)
    made = registered(summit, "no" if why == "no" else "yes")
    refusal = {"no": refusals.NoSubstitute, "pending": refusals.NotFromHere, "cancelled": refusals.NotActive,
               "late": refusals.ChangesClosed, "arrived": refusals.AlreadyArrived}[why]  # fmt: skip
    if why == "pending":
        Registration.objects.update(state="pending")
    if why == "cancelled":
        lifecycle.cancel(made)
    if why == "late":
        summit.changes_until = timezone.now() - timedelta(hours=1)
        summit.save()
    if why == "arrived":
        checkin.check_in(made, desk=make_desk(summit), by=desk_staff, nonce="transfer-1")
    now = Registration.objects.get()
    with pytest.raises(refusal):
        transferring.take_over(now, substitute(now))
    assert not transferring.is_possible(now)
    assert "Send a substitute" not in words(client.get(f"/en/ogp2021/registrations/{now.token}/"))
    page = f"/en/ogp2021/registrations/{now.token}/transfer/"
    assert (
        client.get(page).status_code
        == client.post(page, {"email": NEW, "name": "N", "language": "en"}).status_code
        == 302
    )
    assert not Message.objects.filter(to=NEW).exists() and Registration.objects.count() == 1


def test_whoever_offers_is_not_told_whether_the_address_is_registered(summit, client, work):
    make_places(summit, 5)
    made = registered(summit, "yes")
    make_registration(summit, email="known@people.example")
    page = f"/en/ogp2021/registrations/{made.token}/transfer/"
    answers = [client.post(page, {"email": to, "name": "N", "language": "en"}) for to in ("known@people.example", NEW)]
    assert len({(a.status_code, a["Location"]) for a in answers}) == 1
    link = offer(made, work, "known@people.example")
    answer = fill(link)
    assert answer.status_code == 409 and str(refusals.AlreadyRegistered.message) in words(answer)
    assert Registration.objects.get(pk=made.pk).state == "confirmed"


def test_a_replaced_link_takes_the_offer_back(summit, made, work):
    page = offer(made, work)
    client = Client()
    client.post(f"/en/ogp2021/registrations/{made.token}/reissue/", {"issue": 1})
    assert client.get(page).status_code == 410


@pytest.mark.parametrize(
    ("name", "status"), [("<b>x</b>", 302), ("", 422), ("x" * 500, 422), ("a\r\nBcc: v@people.example", 302)]
)
def test_what_is_typed_is_text(client, made, work, name, status):
    page = f"/en/ogp2021/registrations/{made.token}/transfer/"
    assert client.post(page, {"email": NEW, "name": name, "language": "en"}).status_code == status
    work(), work()
    for message in [m for m in mail.outbox if m.to == [NEW]]:
        assert message.recipients() == [NEW] and "<b>x</b>" not in message.alternatives[0].content


def test_of_whoever_is_erased_no_name_stays_in_an_offer(made):
    transferring.write_offer.func(made.pk, NEW, "New Person", "en")
    erasing.erase(made)
    assert not Message.objects.filter(text__contains="Old Person").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_two_substitutes_and_a_cancellation_at_once_are_one_of_them(summit, made, race):
    def take(email):
        now = Registration.objects.select_related("summit", "category").get(pk=made.pk)
        return transferring.take_over(now, person(summit, category=now.category, email=email))

    def cancel():
        return lifecycle.cancel(Registration.objects.get(pk=made.pk))

    race([lambda: take("one@people.example"), lambda: take("two@people.example"), cancel])
    standing = list(Registration.objects.active().values_list("email", flat=True))
    assert len(standing) <= 1
    assert taken(summit) == {"in_person": len(standing)}
