import pytest
from django.core import mail

from registration.models import Registration
from registration.registering import from_programme, lifecycle, refusals
from registration.registering.from_programme import Busy, NobodyChosen, Part, register, survey, to_ask_about
from sessions.models import Appearance
from speakers.models import OrganisationMember
from summit.models import HistoryEntry
from tests.factories import (
    make_category,
    make_organisation,
    make_places,
    make_registration,
    make_session,
    make_speaker,
    make_user,
    person,
)
from tests.registration.reading import calendar_of


@pytest.fixture
def speaking(summit):
    return make_category(summit, "speaker", name={"ko": "연사", "en": "Speaker"})


@pytest.fixture
def staff(summit):
    return make_category(summit, "team", name={"ko": "운영", "en": "Team"})


@pytest.fixture
def park(summit):
    speaker = make_speaker(summit, "박수정", name_romanised="Park Sujeong", email="park@people.example", country="KR")
    make_session(summit, people=[speaker])
    return speaker


@pytest.fixture
def contact(summit):
    host = make_organisation(summit)
    make_session(summit, "HOST01", hosts=[host])
    return OrganisationMember.objects.create(organisation=host, user=make_user("contact@people.example", name="김하나"))


def numbers(found):
    return {part: (len(s.new), len(s.registered), len(s.ended), len(s.unreachable)) for part, s in found.items()}


def test_everybody_of_the_programme_gets_one_with_what_is_known_of_them(summit, organiser, speaking, staff, park, contact, work):  # fmt: skip
    done = register(summit, {Part.SPEAKER: speaking, Part.HOST: speaking, Part.TEAM: staff}, by=organiser)
    assert (done.registered, done.left_out) == (3, [])
    made = Registration.objects.get(email="park@people.example")
    assert (made.name, made.name_romanised, made.category, made.state, made.country, made.organisation, made.job_title) == (
        "박수정", "Park Sujeong", speaking, "confirmed", "KR", "행정개혁시민연합", "사무총장",
    )  # fmt: skip
    assert made.awaits_person
    assert made.user.email == made.email
    assert Registration.objects.get(email=organiser.email).category == staff
    assert Registration.objects.get(email="contact@people.example").name == "김하나"
    entries = HistoryEntry.objects.filter(action="registration.programme")
    assert {entry.by for entry in entries} == {organiser} and entries.count() == 3
    work()
    [told] = [letter for letter in mail.outbox if letter.to == ["park@people.example"]]
    assert "연사" in told.body and made.token in told.body
    assert calendar_of(told)[0]["UID"] == f"registration-{made.guid}@testserver"
    assert len(mail.outbox) == 3


def test_twice_registers_nobody_anew(summit, organiser, speaking, park):
    assert register(summit, {Part.SPEAKER: speaking}, by=organiser).registered == 1
    assert register(summit, {Part.SPEAKER: speaking}, by=organiser).registered == 0
    assert Registration.objects.count() == 1


def test_who_is_registered_already_stays_as_they_are_by_account_or_address(summit, organiser, speaking, park):
    own = make_registration(summit, email="PARK@people.example")
    other = make_user("account@people.example")
    named = make_speaker(summit, "이도", code="r00002", user=other, email="elsewhere@people.example")
    make_session(summit, "TWO001", people=[named])
    make_registration(summit, email=other.email)
    found = survey(summit, [Part.SPEAKER])
    assert numbers(found) == {Part.SPEAKER: (0, 2, 0, 0)}
    assert register(summit, {Part.SPEAKER: speaking}, by=organiser).registered == 0
    own.refresh_from_db()
    assert not own.for_programme


def test_who_cancelled_or_has_no_address_is_not_registered_and_is_named(summit, organiser, speaking, park):
    lifecycle.cancel(make_registration(summit, email="park@people.example"))
    make_session(summit, "TWO001", people=[make_speaker(summit, "이도", code="r00002", email="")])
    found = survey(summit)[Part.SPEAKER]
    assert [one.name for one in found.ended] == ["박수정"]
    assert [one.name for one in found.unreachable] == ["이도"]
    done = register(summit, {Part.SPEAKER: speaking}, by=organiser)
    assert (done.registered, done.left_out) == (0, [])


@pytest.mark.parametrize("state", ["invited", "declined"])
def test_only_confirmed_speakers_are_registered(summit, speaking, park, state):
    Appearance.objects.update(state=state)
    assert numbers(survey(summit, [Part.SPEAKER])) == {Part.SPEAKER: (0, 0, 0, 0)}


def test_two_parts_are_one_registration_of_the_first(summit, organiser, speaking, staff, park):
    park.user = organiser
    park.save()
    done = register(summit, {Part.TEAM: staff, Part.SPEAKER: speaking}, by=organiser)
    assert done.registered == 1
    assert Registration.objects.get().category == speaking


def test_who_finds_no_place_is_told_apart_and_the_others_are_registered(summit, organiser, speaking, park):
    make_places(summit, 1)
    make_session(summit, "TWO001", people=[make_speaker(summit, "이도", code="r00002", email="lee@people.example")])
    done = register(summit, {Part.SPEAKER: speaking}, by=organiser)
    assert (done.registered, [name for name, _why in done.left_out]) == (1, ["이도"])
    assert summit.quotas.get().taken == 1


def test_nobody_chosen_is_said(summit, organiser):
    with pytest.raises(NobodyChosen):
        register(summit, {}, by=organiser)


def test_people_who_register_themselves_at_that_moment_end_it_without_a_half(summit, organiser, speaking, park, monkeypatch):  # fmt: skip
    before = from_programme.survey

    def overtaken(summit, parts):
        found = before(summit, parts)
        if not Registration.objects.exists():
            make_registration(summit, email="park@people.example")
        return found

    monkeypatch.setattr(from_programme, "survey", overtaken)
    with pytest.raises(Busy):
        register(summit, {Part.SPEAKER: speaking}, by=organiser)
    assert not Registration.objects.filter(for_programme=True).exists()


def test_more_people_take_no_more_queries(summit, organiser, speaking, park, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as few:
        register(summit, {Part.SPEAKER: speaking}, by=organiser)
    people = [make_speaker(summit, f"이{n}", code=f"q{n:05}", email=f"q{n}@people.example") for n in range(40)]
    make_session(summit, "MANY01", people=people)
    with django_assert_max_num_queries(len(few)):
        assert register(summit, {Part.SPEAKER: speaking}, by=organiser).registered == 40


# kept in step


@pytest.fixture
def made(summit, organiser, speaking, park):
    register(summit, {Part.SPEAKER: speaking}, by=organiser)
    return Registration.objects.get()


@pytest.mark.parametrize("goes", ["declines", "taken out"])
def test_who_has_no_part_any_more_is_asked_about(summit, organiser, made, goes):
    assert list(to_ask_about(summit)) == []
    if goes == "declines":
        Appearance.objects.update(state="declined")
    else:
        Appearance.objects.all().delete()
    assert list(to_ask_about(summit)) == [made]
    from_programme.keep(made, by=organiser)
    from_programme.keep(made, by=organiser)
    assert list(to_ask_about(summit)) == []
    assert HistoryEntry.objects.filter(action="registration.keep").count() == 1


def test_another_part_keeps_somebody_from_being_asked_about(summit, made):
    Appearance.objects.update(state="declined")
    host = make_organisation(summit)
    make_session(summit, "HOST01", hosts=[host])
    OrganisationMember.objects.create(organisation=host, user=made.user)
    assert list(to_ask_about(summit)) == []


def test_who_registered_themselves_or_has_cancelled_is_not_asked_about(summit, made):
    make_registration(summit)
    Appearance.objects.all().delete()
    lifecycle.cancel(made)
    assert list(to_ask_about(summit)) == []
    with pytest.raises(refusals.NotActive):
        from_programme.keep(made, by=made.user)


# what the person says


def say(made, **more):
    values = {
        "values": {"country": "EE", "dietary_needs": "채식"},
        "attendance": "online",
        "consents": {"privacy": "1"},
        "answers": {},
    }
    return from_programme.say_to_come(made, **{**values, **more})


def test_the_person_says_how_they_come_and_what_they_need(summit, made):
    said = say(made)
    assert (said.country, said.dietary_needs, said.attendance, said.awaits_person) == ("EE", "채식", "online", False)
    assert [consent.kind for consent in said.consents.all()] == ["privacy"]
    again = say(made, attendance="in_person")
    assert again.attendance == "online"
    assert HistoryEntry.objects.filter(action="registration.say_to_come").count() == 1


def test_without_a_place_nothing_of_it_is_written(summit, made):
    make_places(summit, 0, "online")
    with pytest.raises(refusals.NoPlaceLeft):
        say(made)
    made = Registration.objects.get()
    assert (made.country, made.awaits_person, made.consents.count()) == ("KR", True, 0)


def test_who_registered_themselves_has_nothing_to_confirm(summit):
    own = lifecycle.register(summit, person(summit))
    assert not own.awaits_person
    assert say(own).country == "KR"
