"""Whoever is sealed is welcomed, answers, moves to another address, sends a substitute and is erased as anybody."""

import io
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registration.models import Answer, Look, Registration, Sealed, SealKeeper
from registration.registering import (
    addresses,
    erasing,
    lifecycle,
    looks,
    mailed_keys,
    needs,
    purging,
    refusals,
    said_before,
    sealing,
    transferring,
    uploads,
)
from summit import history
from summit.models import HistoryEntry, Message, SealedAddress, User
from tests.factories import make_category, make_question, make_registration, make_summit, person
from tests.registration.registering.test_erasing import where

NAME, ADDRESS, NEW = "나영희", "yeonghui@people.example", "other@elsewhere.example"
PDF = b"%PDF-1.4 Na Yeonghui"


@pytest.fixture
def keeper(summit, organiser):
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    return organiser


@pytest.fixture
def someone(summit):
    return make_registration(summit, name=NAME, email=ADDRESS, language="en")


@pytest.fixture
def protecting(summit, keeper):
    """A summit that protects everybody."""
    sealing.protect_everybody(summit, True, by=keeper)
    summit.refresh_from_db()
    return summit


def test_who_registers_where_everybody_is_protected_is_welcomed_under_the_alias(protecting, work):
    made = lifecycle.register(protecting, person(protecting, name=NAME, email=ADDRESS), nonce="n1")
    assert Registration.objects.get(pk=made.pk).at_risk
    with pytest.raises(refusals.AlreadyRegistered):
        lifecycle.register(protecting, person(protecting, name=NAME, email=ADDRESS.upper()), nonce="n2")
    work()
    made.refresh_from_db()
    assert made.user.email == ADDRESS
    [sent] = [each for each in mail.outbox if each.to == [ADDRESS]]
    assert made.name in sent.body and NAME not in sent.body
    assert NAME not in str(User.objects.values())
    assert protecting.registrations.count() == 1


def test_sealed_before_the_welcome_was_written_it_arrives_all_the_same(summit, work):
    made = lifecycle.register(summit, person(summit, name=NAME, email=ADDRESS), nonce="n1")
    sealing.seal(made)
    work()
    made.refresh_from_db()
    assert made.user.email == ADDRESS
    assert len([each for each in mail.outbox if each.to == [ADDRESS]]) == 2
    assert not any(NAME in each.body for each in mail.outbox)


def test_files_and_other_answers_are_sealed_and_come_back(
    summit, keeper, own_media, django_capture_on_commit_callbacks
):
    phone, letter = make_question(summit, kind="phone"), make_question(summit, kind="file")
    upload = uploads.receive(letter, f"{NAME}.pdf", io.BytesIO(PDF), len(PDF))
    made = make_registration(summit, answers={phone.pk: "+821055501234", letter.pk: upload.given})
    name, storage = Answer.objects.get(question=letter).file.name, Answer.objects.get(question=letter).file.storage
    with django_capture_on_commit_callbacks(execute=True):
        sealing.seal(made)
    assert {(row.words, row.file.name) for row in Answer.objects.all()} == {("…", "")} and not storage.exists(name)
    lifecycle.correct(made, {}, answers={phone.pk: "+821055509999"})
    assert set(Answer.objects.values_list("words", flat=True)) == {"…"}
    sealing.unseal(made, by=keeper)
    found = {row.question_id: row for row in Answer.objects.all()}
    assert found[phone.pk].words == "+821055509999" and found[letter.pk].words == f"{NAME}.pdf"
    with found[letter.pk].file.open() as file:
        assert file.read() == PDF


def test_the_own_form_asks_nothing_that_is_sealed(summit, client):
    phone, tour = make_question(summit, kind="phone", required=True), make_question(summit, kind="line")
    made = make_registration(summit, answers={phone.pk: "+821055501234"}, language="en")
    sealing.seal(made)
    page = client.get(f"/en/ogp2021/registrations/{made.token}/details/").content.decode()
    assert f"question_{phone.pk}" not in page and f"question_{tour.pk}" in page


def test_sensitive_answers_leave_the_seal_with_their_days(summit, someone, keeper):
    question = make_question(summit, kind="line", sensitive=True)
    lifecycle.correct(someone, {}, answers={question.pk: "halal"})
    sealing.seal(someone)
    assert Sealed.objects.get().truth()["answers"] == {str(question.pk): "halal"}
    needs.forget_of(someone)
    assert Sealed.objects.get().truth()["answers"] == {}


def test_another_address_of_somebody_sealed_is_sealed_as_well(summit, someone, work):
    sealing.seal(someone)
    work()
    mail.outbox.clear()
    addresses.ask_for(someone, NEW)
    work()
    assert mail.outbox[-1].to == [NEW]
    addresses.change(someone, NEW)
    work()
    assert {tuple(sent.to) for sent in mail.outbox[1:]} == {(ADDRESS,), (NEW,)}
    someone.refresh_from_db()
    assert someone.user.email == NEW and SealedAddress.objects.real(someone.email) == NEW
    assert where([NEW]) <= {"summit_user.email", "summit_user.username", "account_emailaddress.email"}
    with pytest.raises(refusals.AlreadyRegistered):
        lifecycle.register(summit, person(summit, email=NEW), nonce="n9")
    addresses.change(someone, NEW.upper())
    assert HistoryEntry.objects.filter(action="registration.change_address").count() == 1


def test_who_is_sealed_is_erased_with_all_that_is_sealed(summit, someone, keeper, work):
    question = make_question(summit, kind="line")
    lifecycle.correct(someone, {}, answers={question.pk: "달빛마을"})
    sealing.seal(someone)
    sealing.open_seal(someone, reason=f"{NAME} was asked for", by=keeper)
    looks.note(summit, [someone.pk], Look.What.NEEDS, by=keeper)
    work()
    stand_in, alias = someone.email, someone.name
    assert erasing.erase(someone, by=keeper, reason=f"{NAME} asked for it.") == 1
    assert where([NAME, ADDRESS, "달빛마을", stand_in, alias]) == set()
    assert not (Sealed.objects.exists() or SealedAddress.objects.exists() or Look.objects.exists())
    someone.refresh_from_db()
    assert not someone.at_risk and someone.erased_at
    assert HistoryEntry.objects.get(action="registration.erase").changes == {"reason": ["", "… asked for it."]}


def test_who_is_sealed_and_registered_before_is_erased_as_one(summit, someone):
    lifecycle.cancel(someone)
    again = make_registration(summit, name=NAME, email=ADDRESS)
    sealing.seal(again)
    assert erasing.erase(again) == 2


def test_whoever_is_erased_is_not_sealed_any_more(protecting, work):
    made = make_registration(protecting, name=NAME, email=ADDRESS)
    erasing.erase(made)
    assert sealing.seal_some.func(protecting.pk) == 0


def test_a_year_after_the_summit_nothing_is_sealed(summit, someone, keeper, monkeypatch):
    sealing.seal(someone)
    sealing.open_seal(someone, reason="asked", by=keeper)
    Registration.objects.update(created_at=timezone.now() - timedelta(days=500))
    monkeypatch.setattr(purging, "is_over", lambda summit: True)
    assert purging.purge(summit) == 1
    assert not (Sealed.objects.exists() or SealedAddress.objects.exists() or Look.objects.exists())
    assert not Message.objects.exclude(to=keeper.email).exclude(text="").exists()


def test_a_substitute_is_sealed_where_everybody_is(protecting, work):
    category = make_category(protecting, "staff", transfer="yes")
    first = make_registration(protecting, name="First", email="first@people.example", category=category)
    new = transferring.take_over(first, person(protecting, name=NAME, email=ADDRESS, category=category))
    new.refresh_from_db()
    assert new.at_risk and new.name != NAME
    work()
    assert mail.outbox[-1].to == [ADDRESS] or [ADDRESS] in [each.to for each in mail.outbox]


def test_nothing_sealed_is_offered_for_the_next_form(summit, someone):
    other = make_summit("later2022")
    assert said_before.last_of(someone.user, other) == someone
    sealing.seal(someone)
    assert said_before.last_of(someone.user, other) is None


def test_a_masked_line_is_emptied_as_any_other(summit, someone):
    sealing.seal(someone)
    rows = HistoryEntry.objects.exclude(masked_at=None)
    assert rows.exists() and history.erase(rows) == rows.count()
    assert set(rows.values_list("subject_name", flat=True)) == {""}


def test_the_key_of_an_address_says_nothing(summit, someone):
    sealing.seal(someone)
    assert NEW not in mailed_keys.make(mailed_keys.Purpose.ADDRESS, someone, said=NEW)
