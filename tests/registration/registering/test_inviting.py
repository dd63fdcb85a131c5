from datetime import timedelta
from itertools import product

import pytest
from django.core import mail
from django.utils import timezone

from registration.models import Invitation, InvitationState, Quota, Registration, State
from registration.places import capacity
from registration.registering import decisions, inviting, lifecycle, refusals
from registration.registering.inviting import Guest, Terms
from summit.models import HistoryEntry, Message
from tests.factories import make_category, make_invitation, make_places, make_registration, make_summit, person


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, admission="invitation")


def taken(summit, attendance: str = "in_person") -> int:
    return Quota.objects.get(summit=summit, attendance=attendance).taken


def registered(summit, invitation, **values) -> Registration:
    return lifecycle.register(summit, person(summit, category=invitation.category, invitation=invitation, **values))


def late(invitation, **before) -> None:
    """It ended so long ago."""
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(**before))


def test_the_state_of_a_row_is_the_one_it_is_found_by(summit, press):
    """Every combination of what has happened to one, with an end before and after now."""
    now = timezone.now()
    registration = make_registration(summit, category=make_category(summit))
    moments = ("sent_at", "opened_at", "begun_at", "revoked_at")
    for happened in product([None, now], repeat=4):
        for ends in (now - timedelta(days=1), now + timedelta(days=1)):
            row = make_invitation(summit, category=press, sent=False)
            values = dict(zip(moments, happened, strict=True))
            Invitation.objects.filter(pk=row.pk).update(expires_at=ends, **values)
    Invitation.objects.filter(pk=Invitation.objects.latest("pk").pk).update(registration=registration)
    found = {
        state: set(Invitation.objects.in_state(state, now=now).values_list("pk", flat=True))
        for state in InvitationState.values
    }
    assert {row.pk: row.state_at(now) for row in Invitation.objects.all()} == {
        pk: state for state, keys in found.items() for pk in keys
    }
    assert all(found.values())
    assert sum(map(len, found.values())) == Invitation.objects.count()


def test_an_invitation_is_prepared_and_sent_by_the_worker_once_in_the_language_of_its_person(
    summit, press, organiser, work
):
    terms = Terms(press, timezone.now() + timedelta(days=9))
    guests = [Guest("lee@people.example", "이도", "ko"), Guest("ada@people.example", "Ada <b>", "en")]
    rows = inviting.prepare(summit, guests, terms, by=organiser).done
    assert [row.state for row in rows] == ["draft", "draft"]
    work()
    assert mail.outbox == []
    inviting.send(summit, rows, by=organiser)
    assert inviting.send(summit, rows, by=organiser).done == []
    work()
    inviting.tell_invited.enqueue([str(row.guid) for row in rows])
    work()
    korean, english = sorted(mail.outbox, key=lambda letter: letter.to, reverse=True)
    assert (korean.to, english.to) == (["lee@people.example"], ["ada@people.example"])
    assert "Organiser" in english.body and "Press" in english.body and "언론" in korean.body
    assert f"/en/ogp2021/register/invitations/{rows[1].token}/" in english.body
    assert f"/ko/ogp2021/register/invitations/{rows[0].token}/" in korean.body
    assert "Ada &lt;b&gt;" in english.alternatives[0].content
    actions = HistoryEntry.objects.filter(subject_key=str(rows[0].pk), subject_kind="registration.invitation")
    assert list(actions.order_by("pk").values_list("action", flat=True)) == ["invitation.create", "invitation.send"]


def test_the_mail_keeps_no_link_once_it_has_arrived(summit, press, work):
    made = make_invitation(summit, category=press)
    work()
    assert made.token in mail.outbox[0].body
    assert Message.objects.get(kind="invited").text == ""


def test_who_is_registered_or_invited_already_is_left_out(summit, press):
    make_registration(summit, email="Here@people.example", category=make_category(summit))
    make_invitation(summit, category=press, email="asked@people.example")
    gone = make_invitation(summit, category=press, email="gone@people.example")
    inviting.revoke(summit, [gone], by=None)
    late(make_invitation(summit, category=press, email="late@people.example"), hours=1)
    addresses = ["here@people.example", "ASKED@people.example", "gone@people.example", "late@people.example",
                 "new@people.example", "New@people.example"]  # fmt: skip
    terms = Terms(press, timezone.now() + timedelta(days=9))
    outcome = inviting.prepare(summit, [Guest(address) for address in addresses], terms, by=None)
    assert [row.email for row in outcome.done] == ["gone@people.example", "late@people.example", "new@people.example"]
    assert [guest.email for guest, _why in outcome.left] == [
        "here@people.example",
        "ASKED@people.example",
        "New@people.example",
    ]


def test_whoever_followed_one_and_cancelled_since_may_be_asked_again(summit, press):
    row = make_invitation(summit, category=press)
    made = registered(summit, row, email=row.email)
    terms, guest = Terms(press, timezone.now() + timedelta(days=9)), Guest(row.email.upper())
    assert inviting.prepare(summit, [guest], terms, by=None).done == []
    lifecycle.cancel(made)
    assert len(inviting.prepare(summit, [guest], terms, by=None).done) == 1


def test_who_has_registered_since_it_was_prepared_is_not_written_to(summit, press, work):
    row = make_invitation(summit, category=press, sent=False, email="lee@people.example")
    make_registration(summit, email="LEE@people.example", category=make_category(summit))
    work()
    mail.outbox.clear()
    outcome = inviting.send(summit, [row], by=None)
    work()
    assert (outcome.done, len(outcome.left), mail.outbox) == ([], 1, [])


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [({"expires_at": timezone.now() - timedelta(days=1)}, refusals.EndMissed),
     ({"reserves": True}, refusals.WayMissing),
     ({"attendance": "by post"}, refusals.NotOffered)],
)  # fmt: skip
def test_terms_that_cannot_hold_are_refused(summit, press, terms, refusal):
    given = {"expires_at": timezone.now() + timedelta(days=9), **terms}
    with pytest.raises(refusal):
        inviting.prepare(summit, [Guest("lee@people.example")], Terms(press, **given), by=None)
    assert not Invitation.objects.exists()


def test_the_only_way_a_category_comes_in_needs_not_be_said(summit):
    online = make_category(summit, "online", admission="invitation", attendance="online")
    assert make_invitation(summit, category=online, reserves=True).attendance == "online"
    with pytest.raises(refusals.NotInThisWay):
        make_invitation(summit, category=online, attendance="in_person")


def test_a_place_is_kept_from_sending_on_and_handed_over(summit, press):
    make_places(summit, 2)
    row = make_invitation(summit, category=press, attendance="in_person", reserves=True, sent=False)
    assert taken(summit) == 0
    inviting.send(summit, [row], by=None)
    assert taken(summit) == 1
    assert capacity.recount(summit) == []
    make_registration(summit, category=make_category(summit))
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit)
    made = registered(summit, row)
    row.refresh_from_db()
    assert (made.state, row.state, row.holds_place, taken(summit)) == (State.CONFIRMED, "finished", False, 2)
    assert capacity.recount(summit) == []


def test_places_are_kept_for_as_many_as_there_are_and_the_others_stay(summit, press):
    make_places(summit, 2)
    rows = [
        make_invitation(summit, category=press, attendance="in_person", reserves=True, sent=False) for _ in range(3)
    ]
    outcome = inviting.send(summit, rows, by=None)
    assert (len(outcome.done), len(outcome.left), taken(summit)) == (2, 1, 2)
    assert outcome.left[0][0].state == "draft"


def test_a_kept_place_moves_along_with_the_country_and_is_refused_where_that_is_full(summit, press):
    make_places(summit, 5)
    narrow = Quota.objects.create(summit=summit, name={"en": "Estonia"}, is_basic=False, countries=["EE"], capacity=0)
    row = make_invitation(summit, category=press, attendance="in_person", reserves=True, country="KR")
    with pytest.raises(refusals.NoPlaceLeft):
        registered(summit, row, country="EE")
    row.refresh_from_db()
    assert (row.state, row.holds_place, taken(summit)) == ("sent", True, 1)
    Quota.objects.filter(pk=narrow.pk).update(capacity=1)
    registered(summit, row, country="EE")
    narrow.refresh_from_db()
    assert (taken(summit), narrow.taken) == (1, 1)
    assert capacity.recount(summit) == []


def test_a_decision_is_skipped_where_the_invitation_says_so_and_else_the_place_is_kept_until_it(summit, organiser):
    make_places(summit, 5)
    category = make_category(summit, "press", admission="approval")
    skipping = make_invitation(summit, category=category, skips_approval=True)
    assert registered(summit, skipping).state == State.CONFIRMED
    keeping = make_invitation(summit, category=category, attendance="in_person", reserves=True)
    applied = registered(summit, keeping)
    assert (applied.state, applied.keeps_place, taken(summit)) == (State.PENDING, True, 2)
    assert capacity.recount(summit) == []
    decisions.approve(applied, by=organiser)
    assert (applied.state, taken(summit)) == (State.CONFIRMED, 2)


def test_a_rejected_application_gives_the_kept_place_back(summit, organiser):
    make_places(summit, 5)
    row = make_invitation(
        summit, category=make_category(summit, "press", admission="approval"), attendance="in_person", reserves=True
    )
    decisions.reject(registered(summit, row), reason=decisions.Reason(words="No card."), by=organiser)
    assert taken(summit) == 0
    assert capacity.recount(summit) == []


def test_an_invitation_holds_before_registration_opens_and_after_it_has_closed(summit, press):
    row, other = make_invitation(summit, category=press), make_invitation(summit, category=press)
    summit.registration_opens_at = timezone.now() + timedelta(days=1)
    assert registered(summit, row).is_confirmed
    summit.registration_opens_at = timezone.now() - timedelta(days=2)
    summit.registration_closes_at = timezone.now() - timedelta(days=1)
    assert registered(summit, other).is_confirmed
    with pytest.raises(refusals.RegistrationClosed):
        make_registration(summit, category=make_category(summit))


def test_it_opens_its_own_category_in_its_own_way_and_no_other(summit, press):
    row = make_invitation(summit, category=press, attendance="online")
    other = make_category(summit, "vip", admission="invitation")
    with pytest.raises(refusals.CategoryNotOpen):
        lifecycle.register(summit, person(summit, category=other, invitation=row))
    with pytest.raises(refusals.OtherWay):
        registered(summit, row, attendance="in_person")
    with pytest.raises(refusals.CategoryNotOpen):
        make_registration(summit, category=press)
    assert registered(summit, row, attendance="online").category == press


@pytest.mark.parametrize(
    ("end", "refusal"),
    [("revoke", refusals.InvitationRevoked), ("late", refusals.InvitationExpired), ("use", refusals.InvitationUsed),
     ("delete", refusals.InvitationRevoked)],
)  # fmt: skip
def test_what_has_ended_opens_nothing(summit, press, end, refusal):
    row = make_invitation(summit, category=press)
    ends = {
        "revoke": lambda: inviting.revoke(summit, [row], by=None),
        "late": lambda: late(row, minutes=1),
        "use": lambda: registered(summit, row),
        "delete": lambda: Invitation.objects.all().delete(),
    }
    ends[end]()
    before = Registration.objects.count()
    with pytest.raises(refusal):
        registered(summit, row)
    assert Registration.objects.count() == before


def test_somebody_registered_under_the_address_leaves_the_invitation_as_it_was(summit, press):
    make_places(summit, 5)
    there = make_registration(summit, category=make_category(summit))
    row = make_invitation(summit, category=press, attendance="in_person", reserves=True)
    with pytest.raises(refusals.AlreadyRegistered):
        registered(summit, row, email=there.email)
    row.refresh_from_db()
    assert (row.state, row.holds_place, taken(summit), Registration.objects.count()) == ("sent", True, 2, 1)


def test_nobody_is_reminded_twice_in_a_day_or_once_it_is_over(summit, press, work):
    names = ("new", "draft", "used", "revoked", "late", "old")
    rows = {n: make_invitation(summit, category=press, email=f"{n}@people.example", sent=n != "draft") for n in names}
    work()
    mail.outbox.clear()
    registered(summit, rows["used"])
    inviting.revoke(summit, [rows["revoked"]], by=None)
    late(rows["late"], hours=1)
    Invitation.objects.exclude(email="new@people.example").update(sent_at=timezone.now() - timedelta(days=2))
    Invitation.objects.filter(email="draft@people.example").update(sent_at=None)
    outcome = inviting.remind(summit, rows.values(), by=None)
    assert [row.email for row in outcome.done] == ["old@people.example"]
    assert len(outcome.left) == 5
    assert inviting.remind(summit, rows.values(), by=None).done == []
    work()
    assert [
        letter.to for letter in mail.outbox if "Reminder" in letter.subject or "register/invitations" in letter.body
    ] == [["old@people.example"]]
    again = inviting.remind(summit, [rows["new"]], by=None, anyway=True)
    assert [row.email for row in again.done] == ["new@people.example"]


def test_who_registers_before_the_worker_comes_is_not_reminded(summit, press, work):
    row = make_invitation(summit, category=press)
    work()
    mail.outbox.clear()
    inviting.remind(summit, [row], by=None, anyway=True)
    registered(summit, row)
    work()
    assert [message.kind for message in Message.objects.order_by("created_at")] == ["invited", "confirmed"]


def test_revoking_gives_the_place_back_at_once_and_a_second_time_nothing(summit, press):
    make_places(summit, 5)
    rows = [make_invitation(summit, category=press, attendance="in_person", reserves=True) for _ in range(3)]
    assert taken(summit) == 3
    assert len(inviting.revoke(summit, rows[:2], by=None).done) == 2
    assert len(inviting.revoke(summit, rows, by=None).done) == 1
    assert taken(summit) == 0
    assert capacity.recount(summit) == []


def test_the_place_of_an_expired_one_is_given_back_once(summit, press):
    make_places(summit, 5)
    gone = make_invitation(summit, category=press, attendance="in_person", reserves=True)
    make_invitation(summit, category=press, attendance="in_person", reserves=True)
    late(gone, minutes=1)
    assert capacity.recount(summit) == []
    assert [inviting.end_expired.func(), inviting.end_expired.func()] == [1, 0]
    assert taken(summit) == 1
    assert capacity.recount(summit) == []


def test_a_later_end_keeps_the_place_again_where_there_is_one(summit, press):
    quota = make_places(summit, 1)
    row = make_invitation(summit, category=press, attendance="in_person", reserves=True)
    late(row, minutes=1)
    inviting.end_expired.func()
    ends = timezone.now() + timedelta(days=3)
    assert len(inviting.extend(summit, [row], ends, by=None).done) == 1
    row.refresh_from_db()
    assert (row.state, row.holds_place, taken(summit)) == ("sent", True, 1)
    late(row, minutes=1)
    inviting.end_expired.func()
    Quota.objects.filter(pk=quota.pk).update(capacity=0)
    outcome = inviting.extend(summit, [row], ends, by=None)
    assert (outcome.done, len(outcome.left)) == ([], 1)
    with pytest.raises(refusals.EndMissed):
        inviting.extend(summit, [row], timezone.now(), by=None)


def test_what_nobody_followed_is_erased_thirty_days_after_the_summit(summit, press):
    row, used = make_invitation(summit, category=press), make_invitation(summit, category=press)
    registered(summit, used)
    elsewhere = make_summit("ogp2030", ends_on=timezone.now().date())
    make_invitation(elsewhere)
    assert [inviting.forget(), inviting.forget()] == [1, 0]
    assert not Invitation.objects.filter(pk=row.pk).exists()
    assert Invitation.objects.count() == 2
    assert not HistoryEntry.objects.filter(subject_name__contains=row.email).exists()


def test_a_task_that_failed_is_queued_again(summit, press, work, monkeypatch):
    row = make_invitation(summit, category=press)
    with monkeypatch.context() as broken:
        broken.setattr("registration.mailing.emails.invited", lambda rows: 1 / 0)
        work()
    assert mail.outbox == []
    assert inviting.requeue(older_than=timezone.now()) == 1
    work()
    assert [letter.to for letter in mail.outbox] == [[row.email]]


def test_more_of_them_take_no_more_queries(summit, press, django_assert_num_queries, django_assert_max_num_queries):
    make_places(summit, None)
    terms = Terms(press, timezone.now() + timedelta(days=9), "in_person", reserves=True)

    def all_of_it(number: int, start: int):
        guests = [Guest(f"guest{start + n}@people.example") for n in range(number)]
        rows = inviting.prepare(summit, guests, terms, by=None).done
        inviting.send(summit, rows, by=None)
        inviting.remind(summit, rows, by=None, anyway=True)
        inviting.revoke(summit, rows, by=None)

    with django_assert_max_num_queries(60) as few:
        all_of_it(2, 0)
    with django_assert_num_queries(len(few)):
        all_of_it(40, 10)
