"""The address is confirmed first, in categories that ask for it: a place is held meanwhile, and nothing promised."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from registration import standing
from registration.models import Category, Registration
from registration.places import bookings, capacity
from registration.registering import addresses, lapsing, lifecycle, merging, proving, refusals, states, waitlist
from summit.models import HistoryEntry, Message, User
from tests.factories import (
    make_access_code,
    make_category,
    make_invitation,
    make_places,
    make_question,
    make_registration,
    make_session,
    person,
)
from tests.registration.reading import taken

pytestmark = pytest.mark.django_db
HOURS = 24


@pytest.fixture
def category(summit):
    make_places(summit, 2)
    return make_category(summit, proof_hours=HOURS)


@pytest.fixture
def register(summit, category):
    def made(**values) -> Registration:
        return lifecycle.register(summit, person(summit, **values))

    return made


def later(hours: float):
    return time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False)


def actions(registration) -> list[str]:
    rows = HistoryEntry.objects.filter(subject_kind="registration.registration", subject_key=str(registration.pk))
    return list(rows.order_by("pk").values_list("action", flat=True))


def test_a_place_is_held_and_nothing_is_promised(summit, register, work):
    made = register(email="ada@people.example", language="en")
    assert (made.state, made.becomes, made.holds_place) == ("unproven", "confirmed", True)
    assert made.proof_ends_at == made.created_at + timedelta(hours=HOURS)
    assert taken(summit) == {"in_person": 1} and capacity.recount(summit) == []
    work()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["ada@people.example"], "Confirm your address: OGP Summit")
    assert made.token in letter.body and "A place is held until" in letter.body
    assert not letter.attachments and "ticket" not in letter.body.lower()
    assert not User.objects.exists()
    has = standing.of_registration(made)
    assert not (has.ticket or has.badge or has.seats or has.told or has.corrects or has.switches)
    assert (has.entry, has.next) == ("", "confirm_address")
    with pytest.raises(bookings.SessionNotOpen):
        bookings.book(made, make_session(summit, seats=5))


def test_confirmed_it_is_registered_and_told_once(summit, register, work):
    made = register(email="ada@people.example", language="en")
    work()
    proving.prove(made)
    proving.prove(made)
    work()
    now = Registration.objects.get()
    assert (now.state, now.becomes, now.proof_ends_at, now.keeps_place) == ("confirmed", "", None, False)
    assert taken(summit) == {"in_person": 1} and capacity.recount(summit) == []
    assert [m.subject.split(":")[0] for m in mail.outbox] == ["Confirm your address", "You are registered"]
    assert now.user == User.objects.get(email="ada@people.example")
    assert actions(now) == ["registration.register", "registration.prove"]


def test_confirmed_before_the_first_mail_was_drawn_one_mail_is_enough(register, work):
    made = register(language="en")
    proving.prove(made)
    work()
    assert [m.subject.split(":")[0] for m in mail.outbox] == ["You are registered"]


@pytest.mark.parametrize(
    ("values", "becomes"), [({"admission": "approval"}, "pending"), ({"admission": "open"}, "waitlisted")]
)
def test_it_becomes_what_the_form_was_for(summit, category, register, values, becomes, work):
    Category.objects.update(**values)
    if becomes == "waitlisted":
        summit.quotas.update(capacity=0, has_waitlist=True)
    made = register(waits=True, language="en", category=summit.categories.get())
    assert (made.state, made.becomes, made.holds_place) == ("unproven", becomes, False)
    assert taken(summit) == {"in_person": 0}
    assert not waitlist.waiting(summit).exists()
    work()
    proving.prove(made)
    work()
    now = Registration.objects.get()
    assert (now.state, now.waits_since is not None, taken(summit)) == (becomes, True, {"in_person": 0})
    assert len(mail.outbox) == 2 and "ticket" in mail.outbox[1].body


def test_whoever_applies_keeps_the_place_that_a_code_keeps(summit, register):
    press = make_category(summit, "press", admission="approval", proof_hours=5)
    code = make_access_code(summit, categories=[press], uses=1, reserves=True, attendance="in_person")
    made = register(category=press, code=code)
    assert (made.becomes, made.keeps_place, taken(summit)) == ("pending", True, {"in_person": 1})
    now = proving.prove(made)
    assert (now.state, now.keeps_place, taken(summit)) == ("pending", True, {"in_person": 1})
    assert capacity.recount(summit) == []


def test_nobody_confirms_in_time_and_who_waits_is_offered_the_place(summit, register, work):
    summit.quotas.update(capacity=1, has_waitlist=True)
    made = register(language="en")
    work()
    waits = make_registration(summit, category=make_category(summit, "open"), waits=True)
    assert waits.state == "waitlisted"
    work()
    mail.outbox.clear()
    assert not lapsing.lapse(made)
    with later(HOURS + 0.1):
        assert work() > 0
        now = Registration.objects.get(pk=made.pk)
        assert (now.state, now.never_proven, now.reason) == ("cancelled", True, "")
        waits.refresh_from_db()
        assert waits.keeps_place and taken(summit) == {"in_person": 1} and capacity.recount(summit) == []
        assert [m.to for m in mail.outbox] == [[waits.email]]
        assert lapsing.keep_going() == 0
        with pytest.raises(refusals.NotActive):
            proving.prove(made)
    assert actions(made) == ["registration.register", "registration.cancel"]
    assert not User.objects.filter(email=made.email).exists()


def test_every_night_what_a_lost_task_left_is_ended(register):
    made, other = register(), register()
    Registration.objects.filter(pk=other.pk).update(proof_ends_at=timezone.now() + timedelta(days=3))
    with later(HOURS + 1):
        assert (lapsing.keep_going(), lapsing.keep_going()) == (1, 0)
    assert dict(Registration.objects.values_list("pk", "state")) == {made.pk: "cancelled", other.pk: "unproven"}


def test_a_use_of_a_code_is_given_back(summit, register):
    press = make_category(summit, "press", admission="code", proof_hours=5)
    code = make_access_code(summit, categories=[press], uses=1)
    register(category=press, code=code)
    with later(6):
        lapsing.keep_going()
    code.refresh_from_db()
    assert (code.used, code.left) == (0, 1)


def test_places_of_choices_are_given_back(summit, register):
    question = make_question(summit, kind="one", choices=["dinner"])
    choice = question.choices.get()
    type(choice).objects.update(capacity=1)
    register(answers={question.pk: [str(choice.pk)]})
    choice.refresh_from_db()
    assert choice.taken == 1
    with later(HOURS + 1):
        lapsing.keep_going()
    choice.refresh_from_db()
    assert choice.taken == 0


def test_who_has_come_by_a_mail_to_the_address_confirms_nothing(summit, category, organiser):
    vip = make_category(summit, "vip", admission="invitation", proof_hours=5)
    invitation = make_invitation(summit, category=vip, email="Lee@people.example")
    own = lifecycle.register(summit, person(summit, category=vip, invitation=invitation, email="lee@people.example"))
    other = make_invitation(summit, category=vip, email="kim@people.example")
    by_office = lifecycle.register(
        summit, person(summit, category=vip, invitation=other, email="office@people.example")
    )
    by_draft = lifecycle.register(summit, person(summit, category=category, attendance="online", proven=True))
    entered = lifecycle.register(summit, person(summit, attendance="online"), by=organiser, entered=True)
    assert [one.state for one in (own, by_office, by_draft, entered)] == [
        "confirmed",
        "unproven",
        "confirmed",
        "confirmed",
    ]


def test_whoever_withdraws_gives_the_place_back(summit, register):
    made = register()
    lifecycle.cancel(made)
    assert (Registration.objects.get().state, taken(summit)) == ("cancelled", {"in_person": 0})


def test_a_mistyped_address_is_corrected_while_it_waits_without_losing_the_place(summit, register, work):
    made = register(email="hnog@people.example", language="en")
    sent_at = made.created_at
    work()
    mail.outbox.clear()
    with later(HOURS - 1):
        now = addresses.correct(made, "hong@people.example", sent_at=sent_at)
        assert (now.state, now.reference, now.proof_ends_at) == (
            "unproven", made.reference, timezone.now() + timedelta(hours=HOURS),
        )  # fmt: skip
        assert taken(summit) == {"in_person": 1}
        work()
    assert [m.to for m in mail.outbox] == [["hong@people.example"]] and now.token in mail.outbox[0].body
    with later(HOURS + 1):
        work()
        assert Registration.objects.get().state == "unproven"
    with later(2 * HOURS):
        work()
        assert Registration.objects.get().state == "cancelled"


@pytest.mark.parametrize("by_team", [True, False])
def test_once_confirmed_the_address_is_corrected_on_the_own_page_alone(register, by_team, organiser):
    made = register()
    proving.prove(made, by=organiser if by_team else None, as_organiser=by_team)
    with later(1), pytest.raises(refusals.AddressSettled):
        addresses.correct(made, "other@people.example", sent_at=made.created_at)


def test_the_team_asks_again_or_confirms_for_somebody(summit, register, organiser, work):
    made = register(language="en")
    work()
    with later(HOURS - 1):
        proving.ask_again(made, by=organiser)
        work()
    assert [m.subject.split(":")[0] for m in mail.outbox] == ["Confirm your address"] * 2
    with later(HOURS + 1):
        work()
        assert Registration.objects.get().state == "unproven"
        proving.prove(made, by=organiser, as_organiser=True)
    assert actions(made) == ["registration.register", "registration.ask_proof", "registration.prove"]
    assert HistoryEntry.objects.get(action="registration.prove").by == organiser
    with pytest.raises(refusals.NotFromHere):
        proving.ask_again(made, by=organiser)


def test_another_address_that_its_owner_has_opened_is_confirmed(register, work):
    made = register(language="en")
    now = addresses.change(made, "other@people.example")
    work()
    assert (now.state, now.user.email) == ("confirmed", "other@people.example")
    assert "You are registered" in {m.subject.split(":")[0] for m in mail.outbox if m.to == ["other@people.example"]}


def test_who_asks_for_the_link_is_asked_to_confirm(register, work):
    made = register(language="en", email="ada@people.example")
    work()
    lifecycle.send_link.func(made.summit_id, "ada@people.example", "AAAA-BBBB")
    text = Message.objects.latest("created_at").text
    assert "AAAA-BBBB" in text and "is registered for" not in text and "Confirm the address" in text


def test_changed_meanwhile_to_the_other_way_nothing_more_is_promised(summit, register, organiser):
    make_places(summit, 5, "online")
    made = register(language="en")
    lifecycle.change_attendance(made, "online", by=organiser, as_organiser=True)
    text = Message.objects.latest("created_at").text
    assert "Confirm the address" in text and "Online" in text and "still decide" not in text
    assert taken(summit) == {"in_person": 0, "online": 1}
    assert proving.prove(made).state == "confirmed" and capacity.recount(summit) == []


def test_merged_into_one_that_waits_for_its_address_the_confirmed_one_gives_it_its_place(summit, register, organiser):
    kept = register()
    other = make_registration(summit, category=make_category(summit, "open"))
    merging.merge(kept, other, {}, by=organiser)
    assert Registration.objects.get(pk=kept.pk).state == "confirmed"
    assert taken(summit) == {"in_person": 1} and capacity.recount(summit) == []


def test_reinstated_it_is_as_any_other(register, organiser):
    made = register()
    lifecycle.cancel(made)
    now = states.move(states.locked(made), "reinstate", actor=states.Actor.TEAM, by=organiser)
    assert (now.state, now.becomes, now.never_proven) == ("confirmed", "", False)
