"""Whoever comes along, was invited, registered by somebody else or stands in the programme is protected with all of it."""

import pytest
from django.core import mail

from registration.models import Invitation, Registration, SealKeeper
from registration.registering import (
    accompanying,
    erasing,
    from_programme,
    groups,
    inviting,
    lifecycle,
    refusals,
    sealing,
)
from registration.registering.accompanying import Companion
from registration.registering.from_programme import Part
from summit.models import HistoryEntry, Message, SealedAddress
from tests.factories import (
    make_category,
    make_invitation,
    make_registration,
    make_session,
    make_speaker,
    make_track,
    person,
)

NAME, ADDRESS, SPOUSE = "나영희", "yeonghui@people.example", "나철수"


@pytest.fixture
def keeper(summit, organiser):
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    return organiser


@pytest.fixture
def someone(summit):
    guests = make_category(summit, "guests", companions=3)
    return make_registration(summit, name=NAME, email=ADDRESS, title="대사", family_name="나", category=guests)


@pytest.fixture
def party(someone):
    return [
        accompanying.bring(someone, Companion(name=SPOUSE)),
        accompanying.bring(someone, Companion(name=SPOUSE, email=f"spouse.{ADDRESS}")),
    ]


def again(*rows):
    return [Registration.objects.get(pk=row.pk) for row in rows]


def test_who_comes_along_is_sealed_with_whoever_brings_them_and_comes_back_with_them(someone, party, keeper):
    sealing.seal(someone)
    first, shared, own = again(someone, *party)
    assert all(one.at_risk and one.email.endswith("@sealed.invalid") for one in (first, shared, own))
    assert shared.shares_address and not own.shares_address
    assert SealedAddress.objects.count() == 2
    sealing.unseal(own, by=keeper)
    first, shared, own = again(someone, *party)
    assert [one.name for one in (first, shared, own)] == [NAME, SPOUSE, SPOUSE]
    assert [one.email for one in (first, shared, own)] == [ADDRESS, ADDRESS, f"spouse.{ADDRESS}"]
    assert not SealedAddress.objects.exists() and not Registration.objects.filter(at_risk=True).exists()


def test_sealing_one_who_comes_along_seals_all_of_them(someone, party):
    sealing.seal(party[1])
    assert all(one.at_risk for one in again(someone, *party))


def test_who_is_brought_along_later_is_sealed_at_once(someone, work):
    sealing.seal(someone)
    someone.refresh_from_db()
    new = accompanying.bring(someone, Companion(name=SPOUSE))
    [new] = again(new)
    assert new.at_risk and new.email == someone.email and SPOUSE not in new.name
    mail.outbox.clear()
    work()
    assert {tuple(sent.to) for sent in mail.outbox} == {(ADDRESS,)}
    assert not [sent for sent in mail.outbox if SPOUSE in sent.body or NAME in sent.body]


def test_title_family_name_and_who_registered_them_are_sealed_and_come_back(summit, someone, keeper):
    Registration.objects.filter(pk=someone.pk).update(registered_by="Kim <kim@office.example>", for_programme=True)
    sealing.seal(someone)
    [hidden] = again(someone)
    assert (hidden.title, hidden.registered_by) == ("", "…") and hidden.family_name in hidden.name
    assert hidden.awaits_person
    sealing.unseal(hidden, by=keeper)
    [shown] = again(someone)
    assert (shown.title, shown.family_name, shown.registered_by) == ("대사", "나", "Kim <kim@office.example>")


def test_the_invitation_knows_the_alias_and_is_sent_to_nobody_a_second_time(summit, organiser, keeper):
    invitation = make_invitation(summit, email=ADDRESS, name=NAME, prefill={"organisation": "별빛인권센터"})
    made = make_registration(summit, name=NAME, email=ADDRESS, invitation=invitation, category=invitation.category)
    draft = make_invitation(summit, email="somebody@people.example", name="Somebody", sent=False)
    sealing.seal(made)
    [made] = again(made)
    invitation.refresh_from_db()
    assert (invitation.name, invitation.email, invitation.prefill) == (made.name, made.email, {})
    lines = str(list(HistoryEntry.objects.values("subject_name", "changes")))
    assert NAME not in lines and ADDRESS not in lines
    terms = inviting.Terms(invitation.category, invitation.expires_at)
    done = inviting.prepare(summit, [inviting.Guest(email=ADDRESS.upper())], terms, by=organiser)
    assert done.done == [] and [why for _guest, why in done.left] == ["이미 등록되어 있습니다."]
    Invitation.objects.filter(pk=draft.pk).update(email=ADDRESS)
    draft.refresh_from_db()
    assert [why for _row, why in inviting.send(summit, [draft], by=organiser).left] == ["이미 등록되어 있습니다."]
    sealing.unseal(made, by=keeper)
    invitation.refresh_from_db()
    assert (invitation.name, invitation.email) == (NAME, ADDRESS)


def test_who_was_invited_and_registered_under_another_address_is_hidden_in_the_invitation_as_well(summit):
    invitation = make_invitation(summit, email="office@ministry.example", name=NAME)
    made = make_registration(summit, name=NAME, email=ADDRESS, invitation=invitation, category=invitation.category)
    sealing.seal(made)
    invitation.refresh_from_db()
    assert invitation.email == again(made)[0].email
    assert not Message.objects.filter(to="office@ministry.example").exists()


def test_others_of_a_group_do_not_name_whoever_registered_them(summit, someone):
    other = make_registration(summit, email="other@people.example")
    Registration.objects.filter(pk=other.pk).update(registered_by=f"{NAME} <{ADDRESS}>")
    sealing.seal(someone)
    [other] = again(other)
    assert other.registered_by == "…" and other.awaits_person


def test_a_group_that_names_somebody_protected_is_told_nothing_and_they_are_mailed(summit, someone, work):
    summit.registers_groups = True
    summit.save(update_fields=["registers_groups"])
    sealing.seal(someone)
    contact = groups.Contact("Kim", "kim@office.example")
    people = [person(summit, email=ADDRESS), person(summit, email="new@people.example")]
    assert groups.register(summit, people, contact=contact) == 2
    assert summit.registrations.count() == 2
    mail.outbox.clear()
    work()
    assert [ADDRESS] in [sent.to for sent in mail.outbox]


def test_the_programme_does_not_register_whoever_is_protected_a_second_time_nor_asks_about_them(summit, organiser):
    speaker = make_speaker(summit, email=ADDRESS)
    make_session(summit, track=make_track(summit), people=[speaker])
    made = make_registration(summit, name=NAME, email=ADDRESS)
    Registration.objects.filter(pk=made.pk).update(for_programme=True, user=None)
    sealing.seal(made)
    Registration.objects.filter(pk=made.pk).update(user=None)
    found = from_programme.survey(summit, [Part.SPEAKER])[Part.SPEAKER]
    assert len(found.registered) == 1 and not found.new
    assert not from_programme.to_ask_about(summit).filter(pk=made.pk).exists()
    speaker.appearances.all().delete()
    assert from_programme.to_ask_about(summit).get() == made


def test_who_is_erased_takes_along_whom_they_brought_under_their_address(someone, party):
    sealing.seal(someone)
    erasing.erase(again(someone)[0])
    assert not Registration.objects.filter(
        erased_at=None, email__endswith="@sealed.invalid", companion_of=None
    ).exists()
    assert again(party[0])[0].erased_at and SealedAddress.objects.count() == 1


def test_an_address_that_registers_again_is_found_also_where_it_is_shared(summit, someone, party):
    sealing.seal(someone)
    with pytest.raises(refusals.AlreadyRegistered) as known:
        lifecycle.register(summit, person(summit, email=ADDRESS), nonce="again")
    assert known.value.registration == someone


def test_the_link_goes_to_whoever_has_the_address_not_to_whom_they_bring(summit, someone, party, work):
    sealing.seal(someone)
    work(), mail.outbox.clear()
    assert lifecycle.send_link.func(summit.pk, ADDRESS)
    work()
    [sent] = mail.outbox
    assert sent.to == [ADDRESS] and again(someone)[0].token in sent.body
