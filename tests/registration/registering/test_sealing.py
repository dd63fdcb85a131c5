"""People at risk: sealed at once and completely, reached all the same, and opened by the circle alone."""

import json

import pytest
from django.core import mail
from django.core.management import call_command

from registration.badges import printing
from registration.door import checkin, tickets
from registration.models import Answer, Look, Registration, Sealed, SealKeeper
from registration.places import capacity
from registration.registering import decisions, entering, lifecycle, refusals, sealing
from summit.imports.staging import Staging
from summit.lib.sealed import MARK, Unreadable
from summit.mailing import outbox
from summit.models import HistoryEntry, Message, SealedAddress, User
from tests.factories import make_desk, make_question, make_registration, make_user, person
from tests.registration.places.test_races import on_postgresql, on_sqlite
from tests.registration.reading import taken

NAME, LATIN, ADDRESS, BODY = "나영희", "Na Yeonghui", "yeonghui@people.example", "별빛인권센터"


@pytest.fixture
def someone(summit):
    return make_registration(
        summit,
        name=NAME,
        name_romanised=LATIN,
        email=ADDRESS,
        organisation=BODY,
        job_title="소장",
        time_zone="Asia/Tokyo",
        language="en",
    )


@pytest.fixture
def keeper(summit, organiser):
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    return organiser


# What stands in the row of somebody at risk as well, since it tells of nobody who they are; needs and reasons are rid of words
# that do.
TELLS_NOTHING = {
    "id", "summit", "guid", "reference", "token", "calendar_token", "calendar_alarm", "form_nonce", "user", "category", "state",
    "attendance", "access_needs", "dietary_needs", "reason", "language", "ticket_issue", "sequence", "created_at", "updated_at",
    "waits_since", "keeps_place", "offer_ends_at", "confirmed_at", "cancelled_at", "at_risk", "no_photographs", "listed",
    "contactable", "opened_at", "erased_at", "substitute_for", "delegation", "replaces",
    "vetting", "becomes", "proof_ends_at", "merged_into", "companion_of", "access_code", "for_programme", "said_to_come_at", "kept_at",
}  # fmt: skip


def test_each_column_is_sealed_or_known_to_tell_nothing():
    """A column that is new is sealed (``SEALED``), or looked at and named above."""
    fields = {field.name for field in Registration._meta.concrete_fields}
    assert fields - TELLS_NOTHING == {*sealing.SEALED, "email", "found_as"}


def row_of(registration) -> str:
    """All that the row itself says."""
    values = Registration.objects.filter(pk=registration.pk).values().get()
    return json.dumps(values, default=str, ensure_ascii=False)


def test_of_somebody_sealed_nothing_true_stands_in_the_row(someone):
    sealing.seal(someone)
    said = row_of(someone)
    assert not [word for word in (NAME, LATIN, ADDRESS, BODY, "소장", "Asia/Tokyo", '"KR"', "yeonghui") if word in said]
    assert someone.at_risk and someone.no_photographs and someone.name.startswith("Guest ")
    assert Sealed.objects.get().kept.startswith(MARK) and SealedAddress.objects.get().address.startswith(MARK)
    assert Registration.objects.search(NAME).count() == Registration.objects.search("yeonghui").count() == 0
    assert Registration.objects.search(someone.name).get() == someone


def test_what_was_written_before_tells_nothing_either(someone, organiser):
    decisions.note(someone, f"{NAME} of {BODY} wrote from {ADDRESS}; call Yeonghui back.", by=organiser)
    lifecycle.correct(someone, {"organisation": f"{BODY} 서울", "name": f"{NAME}님"}, by=organiser, as_organiser=True)
    lifecycle.resend(someone)
    Registration.objects.filter(pk=someone.pk).update(access_needs=f"{LATIN} uses a wheelchair")
    sealing.seal(someone)
    lines = json.dumps(list(HistoryEntry.objects.values("subject_name", "changes")), ensure_ascii=False)
    mails = json.dumps(list(Message.objects.values("to", "subject", "text", "html")), ensure_ascii=False)
    notes = " ".join(someone.notes.values_list("text", flat=True))
    for words in (lines, mails, notes, Registration.objects.get(pk=someone.pk).access_needs):
        assert not [word for word in (NAME, LATIN, ADDRESS, BODY, "Yeonghui") if word in words], words
    assert "uses a wheelchair" in Registration.objects.get(pk=someone.pk).access_needs


def test_mail_still_arrives_at_the_true_address_and_the_outbox_knows_the_stand_in_alone(someone, work):
    work(), mail.outbox.clear()
    sealing.seal(someone)
    lifecycle.resend(someone)
    work()
    assert [sent.to for sent in mail.outbox] == [[ADDRESS], [ADDRESS]]
    assert all(NAME not in sent.body and someone.name in sent.body for sent in mail.outbox)
    assert set(Message.objects.values_list("to", flat=True)) == {someone.email}


def test_mail_to_the_true_address_by_whoever_still_knows_it_is_kept_under_the_stand_in(someone, summit):
    sealing.seal(someone)
    message = outbox.post("registration/emails/link", to=ADDRESS.upper(), language="ko", summit=summit,
                          context={"registration": someone, "own_page": "", "standing": None})  # fmt: skip
    assert message.to == someone.email
    letters = [(outbox.drawn("registration/emails/link", to=ADDRESS, language="ko", summit=summit,
                             context={"registration": someone, "own_page": "", "standing": None}), [])]  # fmt: skip
    outbox.queue_many(letters)
    assert not Message.objects.filter(to__address=ADDRESS).exists()


def test_what_a_mail_server_says_is_kept_without_the_address(someone, monkeypatch):
    sealing.seal(someone)

    def refuse(_line, _mail):
        raise RuntimeError(f"550 <{ADDRESS.title()}>: no such user")

    monkeypatch.setattr("summit.mailing.smtp.Line.send", refuse)
    for message in Message.objects.filter(state=Message.State.QUEUED):
        outbox.deliver(message)
        message.refresh_from_db()
        assert "550" in message.error and "yeonghui" not in message.error.lower()


def test_the_ticket_opens_the_door_and_the_badge_says_the_alias_and_no_photographs(someone, desk_staff):
    before = tickets.token_for(someone)
    sealing.seal(someone)
    assert tickets.registration_for(someone.summit, before) == someone
    face = printing.face_of(someone)
    assert (face.primary, face.secondary, face.organisation, face.job_title, face.country, face.no_photographs) == (
        someone.name, "", "", "", "", "No photographs"
    )  # fmt: skip
    arrival = checkin.check_in(someone, desk=make_desk(someone.summit), by=desk_staff, nonce="sealed-1")
    assert arrival.registration == someone


def test_the_place_stays_held_and_that_of_the_country_is_free(summit, someone):
    capacity.set_limits(summit, {"in_person": 5})
    quota = summit.quotas.create(name={"en": "Korea"}, is_basic=False, countries=["KR"], capacity=1)
    capacity.recount(summit)
    quota.refresh_from_db()
    assert quota.taken == 1
    sealing.seal(someone)
    quota.refresh_from_db()
    assert quota.taken == 0 and taken(summit)["in_person"] == 1
    assert capacity.recount(summit) == []


def test_answers_in_words_are_sealed_and_come_back(summit, keeper):
    words = make_question(summit, words={"en": "Which city?"}, kind="line")
    choice = make_question(summit, words={"en": "Tour?"}, kind="one", choices=["A", "B"])
    made = make_registration(summit, answers={words.pk: "별빛시", choice.pk: [str(choice.choices.first().pk)]})
    sealing.seal(made)
    assert set(Answer.objects.values_list("words", flat=True)) == {"…", ""}
    assert Answer.objects.get(question=choice).choices.count() == 1
    sealing.unseal(made, by=keeper)
    assert Answer.objects.get(question=words).words == "별빛시"


def test_nobody_registers_a_second_time_with_an_address_that_is_sealed(summit, someone, work):
    sealing.seal(someone)
    with pytest.raises(refusals.AlreadyRegistered):
        lifecycle.register(summit, person(summit, email=ADDRESS.upper()))
    mail.outbox.clear()
    assert lifecycle.send_link.func(summit.pk, ADDRESS)
    work()
    assert mail.outbox[-1].to == [ADDRESS] and someone.token in mail.outbox[-1].body


def test_an_import_meets_the_sealed_one_and_tells_no_alias(summit, someone):
    sealing.seal(someone)
    assert entering.entrance(Staging(), summit).registered(ADDRESS.upper()) == someone


def test_whoever_is_sealed_keeps_the_alias_whatever_is_typed(someone, organiser):
    sealing.seal(someone)
    lifecycle.correct(
        someone, {"name": NAME, "organisation": BODY, "dietary_needs": "halal"}, by=organiser, as_organiser=True
    )
    assert NAME not in row_of(someone) and BODY not in row_of(someone)
    assert Registration.objects.get(pk=someone.pk).dietary_needs == "halal"


def test_ending_it_brings_everything_back(someone, keeper):
    before = {name: getattr(someone, name) for name in (*sealing.SEALED, "email")}
    sealing.seal(someone, by=keeper)
    sealing.unseal(someone, by=keeper)
    someone.refresh_from_db()
    assert {name: getattr(someone, name) for name in before} == before and not someone.at_risk
    assert not Sealed.objects.exists() and not SealedAddress.objects.exists()
    assert Registration.objects.search(NAME).get() == someone
    assert set(Message.objects.values_list("to", flat=True)) == {ADDRESS}
    with pytest.raises(refusals.NotProtected):
        sealing.unseal(someone, by=keeper)


def test_ending_it_is_refused_where_the_address_has_registered_again(summit, someone, keeper):
    sealing.seal(someone)
    SealedAddress.objects.update(digest="0" * 64)  # as if sealed under a key that is gone
    make_registration(summit, email=ADDRESS)
    with pytest.raises(refusals.AlreadyRegistered):
        sealing.unseal(someone, by=keeper)
    someone.refresh_from_db()
    assert someone.at_risk and Sealed.objects.exists()


def test_sealing_twice_is_once(someone, keeper):
    sealing.seal(someone)
    alias = someone.name
    sealing.seal(someone, alias="Somebody else", by=keeper)
    assert someone.name == alias and Sealed.objects.count() == 1
    assert HistoryEntry.objects.filter(action="registration.seal").count() == 1


@pytest.mark.parametrize("alias", [NAME, f"Dr {NAME}", "na yeonghui", "YEONGHUI", f"guest of {BODY}"])
def test_an_alias_that_tells_the_name_is_refused(someone, alias):
    with pytest.raises(refusals.AliasTellsName):
        sealing.seal(someone, alias=alias)
    someone.refresh_from_db()
    assert (someone.name, someone.at_risk) == (NAME, False)


def test_only_the_circle_protects_ends_it_and_looks(summit, someone, keeper):
    other = make_user("other@team.example", summit=summit, role="organiser")
    with pytest.raises(refusals.NotInCircle):
        sealing.seal(someone, by=other)
    sealing.seal(someone, by=keeper)
    for refused in (
        lambda: sealing.unseal(someone, by=other),
        lambda: sealing.open_seal(someone, reason="x", by=other),
    ):
        with pytest.raises(refusals.NotInCircle):
            refused()
    assert not Look.objects.exists()


def test_each_look_at_the_truth_is_noted_with_its_reason(someone, keeper):
    sealing.seal(someone)
    with pytest.raises(refusals.SealReasonMissing):
        sealing.open_seal(someone, reason="  ", by=keeper)
    for _time in range(2):
        truth = sealing.open_seal(someone, reason="Called by the embassy", by=keeper)
    assert (truth["name"], truth["email"], truth["organisation"], truth["country"]) == (NAME, ADDRESS, BODY, "KR")
    assert (
        list(Look.objects.values_list("what", "role", "reason", "by"))
        == [("truth", "organiser", "Called by the embassy", keeper.pk)] * 2
    )
    assert HistoryEntry.objects.filter(action="registration.open_seal", changes={}).count() == 2


def test_the_circle_is_told_that_somebody_asked_by_the_alias_alone(someone, keeper, work):
    work(), mail.outbox.clear()
    sealing.seal(someone)
    work()
    [told] = [sent for sent in mail.outbox if sent.to == [keeper.email]]
    assert someone.name in told.body and NAME not in told.body and BODY not in told.body


def test_an_owner_names_the_circle_and_nobody_else(summit, organiser):
    owner = make_user("owner@team.example", summit=summit, role="owner")
    elsewhere = make_registration(summit)
    membership = summit.memberships.get(user=organiser)
    with pytest.raises(refusals.OnlyOwnersName):
        sealing.set_circle(summit, [membership.pk], by=organiser)
    for _time in range(2):
        sealing.set_circle(summit, [membership.pk], by=owner)
    assert sealing.in_circle(organiser, summit) and not sealing.in_circle(owner, summit)
    sealing.set_circle(summit, [], by=owner)
    assert not sealing.in_circle(organiser, summit) and elsewhere
    assert list(HistoryEntry.objects.filter(action__endswith="circle").order_by("pk").values_list("action", flat=True)) == [
        "membership.join_circle", "membership.leave_circle"
    ]  # fmt: skip


def test_a_key_that_was_changed_still_opens_and_is_replaced(someone, keeper, settings, summit):
    sealing.seal(someone)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 5
    assert sealing.open_seal(someone, reason="x", by=keeper)["name"] == NAME
    assert Registration.objects.first_under(ADDRESS) == someone
    call_command("rotate_secrets", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    assert sealing.open_seal(someone, reason="x", by=keeper)["email"] == ADDRESS
    assert Registration.objects.first_under(ADDRESS) == someone
    settings.SECRET_KEY = "a third key, and the others are lost"
    with pytest.raises(refusals.SealUnreadable):
        sealing.open_seal(someone, reason="x", by=keeper)


def test_a_new_link_for_whoever_is_signed_in_does_not_name_the_account(someone, as_user):
    sealing.seal(someone)
    client = as_user(someone.user)
    client.post(f"/en/ogp2021/registrations/{someone.token}/reissue/", {"issue": 1})
    assert not HistoryEntry.objects.filter(subject_key=str(someone.pk), by=someone.user).exists()


def test_stand_ins_of_registrations_that_are_gone_go_too(someone, work):
    sealing.seal(someone)
    assert sealing.forget_stand_ins() == 0
    someone.delete()
    assert sealing.forget_stand_ins() == 0, "its mail still waits"
    work()
    assert sealing.forget_stand_ins() == 1
    with pytest.raises(Unreadable):
        SealedAddress.objects.real(someone.email)


def test_photographs_are_refused_by_anybody_and_always_of_the_protected(someone):
    sealing.refuse_photographs(someone, True)
    assert printing.face_of(someone).no_photographs
    sealing.refuse_photographs(someone, False)
    assert not printing.face_of(someone).no_photographs
    sealing.seal(someone)
    sealing.refuse_photographs(someone, False)
    assert someone.no_photographs and printing.face_of(someone).no_photographs


def test_a_summit_that_protects_everybody_seals_who_is_there_and_who_comes(summit, someone, keeper, organiser, work):
    work(), mail.outbox.clear()
    sealing.protect_everybody(summit, True, by=keeper)
    work()
    someone.refresh_from_db()
    summit.refresh_from_db()
    assert someone.at_risk and [sent.to for sent in mail.outbox] == [[ADDRESS]]
    mail.outbox.clear()
    made = lifecycle.register(
        summit, person(summit, name="Secret Name", email="new@hidden.example", language="en"), nonce="n1"
    )
    assert (
        lifecycle.register(summit, person(summit, name="Secret Name", email="new@hidden.example"), nonce="n1") == made
    )
    work()
    assert "Secret" not in row_of(made) and "hidden.example" not in row_of(made)
    [sent] = mail.outbox
    assert sent.to == ["new@hidden.example"] and "Secret" not in sent.message().as_string()
    summit.participants_until = summit.ends_on.replace(year=2099)
    assert not summit.lists_participants()


def test_only_the_circle_protects_everybody_and_ending_it_unseals_nobody(summit, someone, keeper, work):
    with pytest.raises(refusals.NotInCircle):
        sealing.protect_everybody(summit, True, by=make_user("other@team.example", summit=summit, role="owner"))
    sealing.protect_everybody(summit, True, by=keeper)
    work()
    sealing.protect_everybody(summit, False, by=keeper)
    summit.refresh_from_db()
    someone.refresh_from_db()
    assert someone.at_risk and not make_registration(summit).at_risk


def test_the_page_of_the_circle_protects_everybody(summit, someone, keeper, as_user, work):
    page = "/en/ogp2021/organiser/settings/circle/"
    assert as_user(keeper).post(page, {"action": "protect"}).status_code == 302
    work()
    someone.refresh_from_db()
    assert someone.at_risk
    assert "protects everybody" in as_user(keeper).get("/en/ogp2021/register/").content.decode()


def sealed_while_others_register(summit, race, copy=None) -> list[str]:
    """How it ended for those who register with the address of somebody who is sealed at the same moment."""
    someone = make_registration(summit, name=NAME, email=ADDRESS)
    again = person(summit, email=ADDRESS)
    if copy:
        copy()
    ends = race([lambda: sealing.seal(someone), *[lambda: lifecycle.register(summit, again)] * 5])
    assert isinstance(ends[0], Registration)
    return [getattr(end, "code", repr(end)) for end in ends[1:]]


@on_postgresql
def test_whoever_is_sealed_while_the_same_address_registers_is_registered_once(summit, race):
    assert sealed_while_others_register(summit, race) == ["already_registered"] * 5


@on_sqlite
def test_whoever_is_sealed_while_the_same_address_registers_is_registered_once_in_a_file(summit, race, on_disk):
    assert sealed_while_others_register(summit, race, on_disk) == ["already_registered"] * 5


def test_the_account_of_whoever_is_sealed_is_called_by_the_alias_and_by_the_name_again(someone, keeper):
    User.objects.filter(pk=someone.user_id).update(name=NAME)
    sealed = sealing.seal(someone)
    account = User.objects.get(pk=someone.user_id)
    assert (account.name, account.email) == (sealed.name, ADDRESS)
    sealing.unseal(sealed, by=keeper)
    assert User.objects.get(pk=someone.user_id).name == NAME


def test_an_account_that_is_called_otherwise_keeps_its_name(someone):
    User.objects.filter(pk=someone.user_id).update(name="Somebody else")
    sealing.seal(someone)
    assert User.objects.get(pk=someone.user_id).name == "Somebody else"
