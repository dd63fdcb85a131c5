from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models import AccessCode, Quota, Registration, State
from registration.models.invitation import normal_code
from registration.places import capacity
from registration.registering import access_codes, admitting, categories, decisions, lifecycle, refusals
from registration.registering.access_codes import Terms
from summit.editing import deleting
from summit.models import HistoryEntry
from tests.factories import (
    make_access_code,
    make_category,
    make_invitation,
    make_places,
    make_registration,
    make_summit,
    make_user,
    person,
)


@pytest.fixture
def press(summit):
    return make_category(summit, "press", name={"ko": "언론", "en": "Press"}, admission="code")


def taken(summit) -> int:
    return Quota.objects.get(summit=summit, attendance="in_person").taken


def registered(summit, code, category=None, **values) -> Registration:
    category = category or code.categories.first()
    return lifecycle.register(summit, person(summit, category=category, code=code, **values))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" k7qm-3fxd ", "K7QM3FXD"), ("Ｋ７ＱＭ　３ＦＸＤ", "K7QM3FXD"), ("k7qm\u200b3fxd\r\n", "K7QM3FXD"), ("=프레스2021", "2021"), ("", "")],
)  # fmt: skip
def test_a_code_is_read_however_it_was_typed(typed, kept):
    assert normal_code(typed) == kept


def test_a_code_opens_its_category_so_many_times(summit, press):
    code = make_access_code(summit, uses=2)
    made = registered(summit, admitting.find_code(summit, f" {code.spoken.lower()} "))
    assert (made.state, made.category, made.access_code) == (State.CONFIRMED, press, code)
    registered(summit, code)
    code.refresh_from_db()
    assert (code.used, code.left) == (2, 0)
    with pytest.raises(refusals.CodeUsedUp):
        registered(summit, code)
    with pytest.raises(refusals.CodeUsedUp):
        admitting.find_code(summit, code.code)
    assert set(access_codes.users_of(code)) == set(Registration.objects.all())


def test_without_a_code_its_category_is_not_to_be_had(summit, press):
    with pytest.raises(refusals.CategoryNotOpen):
        make_registration(summit, category=press)
    other = make_access_code(summit, categories=[make_category(summit, "vip", admission="code")])
    with pytest.raises(refusals.CategoryNotOpen):
        registered(summit, other, category=press)


def test_whoever_chooses_another_category_does_not_use_it_up(summit, press):
    code = make_access_code(summit)
    made = registered(summit, code, category=make_category(summit))
    code.refresh_from_db()
    assert (code.used, made.access_code) == (0, None)


def test_a_code_without_a_number_is_used_as_often_as_one_likes(summit, press):
    code = make_access_code(summit, uses=None)
    for _ in range(3):
        registered(summit, code)
    code.refresh_from_db()
    assert (code.used, code.left) == (3, None)


def test_a_use_is_given_back_with_the_registration_and_counted_again_when_it_is_reinstated(summit, press, organiser):
    make_places(summit, 9)
    code = make_access_code(summit, uses=1, reserves=True, attendance="in_person")
    made = registered(summit, code)
    lifecycle.cancel(made)
    code.refresh_from_db()
    assert (code.used, code.held, taken(summit)) == (0, 0, 0)
    other = registered(summit, code)
    decisions.reinstate(made, by=organiser)
    code.refresh_from_db()
    assert (code.used, code.uses, taken(summit)) == (2, 2, 2)
    lifecycle.cancel(other)
    code.refresh_from_db()
    assert (code.used, code.left) == (1, 1)
    assert capacity.recount(summit) == []


def test_codes_of_another_summit_are_none_here(summit, press):
    elsewhere = make_access_code(make_summit("ogp2023"))
    with pytest.raises(refusals.CodeUnknown):
        admitting.find_code(summit, elsewhere.code)
    with pytest.raises(refusals.CodeUnknown):
        admitting.find_code(summit, "x" * 10_000)


@pytest.mark.parametrize(
    "terms", [{"opens_at": timezone.now() + timedelta(days=1)}, {"closes_at": timezone.now() - timedelta(days=1)}]
)
def test_outside_its_time_it_opens_nothing(summit, press, terms):
    code = make_access_code(summit, **terms)
    with pytest.raises(refusals.CodeNotValid):
        admitting.find_code(summit, code.code)
    with pytest.raises(refusals.CodeNotValid):
        registered(summit, code)


def test_a_stopped_code_opens_nothing_until_it_is_let_be_used_again(summit, press, organiser):
    code = make_access_code(summit)
    assert access_codes.set_active(code, False, by=organiser)
    assert not access_codes.set_active(code, False, by=organiser)
    with pytest.raises(refusals.CodeNotValid):
        registered(summit, code)
    access_codes.set_active(code, True, by=organiser)
    assert registered(summit, code).is_confirmed
    told = HistoryEntry.objects.filter(subject_kind="registration.accesscode").order_by("pk")
    assert list(told.values_list("action", flat=True)) == ["accesscode.create", "accesscode.stop", "accesscode.resume"]


def test_it_does_not_open_registration_before_its_time(summit, press):
    code = make_access_code(summit)
    summit.registration_opens_at = timezone.now() + timedelta(days=1)
    with pytest.raises(refusals.RegistrationNotOpen):
        registered(summit, code)


def test_a_decision_is_skipped_where_the_code_says_so(summit):
    category = make_category(summit, "press", admission="approval")
    skips, asks = make_access_code(summit, skips_approval=True), make_access_code(summit)
    assert registered(summit, skips, category=category).state == State.CONFIRMED
    assert registered(summit, asks, category=category).state == State.PENDING
    assert make_registration(summit, category=category).state == State.PENDING


def test_places_are_kept_for_each_use_and_handed_over(summit, press):
    make_places(summit, 3)
    code = make_access_code(summit, uses=2, reserves=True, attendance="in_person")
    assert (code.held, taken(summit)) == (2, 2)
    assert capacity.recount(summit) == []
    make_registration(summit, category=make_category(summit))
    with pytest.raises(refusals.NoPlaceLeft):
        make_registration(summit, category=summit.categories.get(code="delegate"))
    registered(summit, code)
    code.refresh_from_db()
    assert (code.used, code.held, taken(summit)) == (1, 1, 3)
    with pytest.raises(refusals.OtherWay):
        registered(summit, code, attendance="online")
    registered(summit, code)
    assert taken(summit) == 3
    assert capacity.recount(summit) == []


def test_kept_places_are_given_back_when_it_stops_and_when_its_time_is_over(summit, press):
    make_places(summit, 9)
    terms = {"reserves": True, "attendance": "in_person"}
    stopped, ended = make_access_code(summit, uses=2, **terms), make_access_code(summit, uses=3, **terms)
    access_codes.set_active(stopped, False, by=None)
    assert taken(summit) == 3
    AccessCode.objects.filter(pk=ended.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert [access_codes.end_due(), access_codes.end_due()] == [3, 0]
    assert taken(summit) == 0
    assert capacity.recount(summit) == []
    access_codes.set_active(stopped, True, by=None)
    assert taken(summit) == 2


def test_more_places_than_there_are_are_not_kept(summit, press):
    make_places(summit, 3)
    with pytest.raises(refusals.NoPlaceLeft):
        access_codes.make(summit, Terms([press], reserves=True, attendance="in_person"), number=4, by=None)
    assert not AccessCode.objects.exists()
    assert len(access_codes.make(summit, Terms([press], reserves=True, attendance="in_person"), number=3, by=None)) == 3
    assert taken(summit) == 3


@pytest.mark.parametrize("terms", [{"uses": None, "attendance": "in_person"}, {"uses": 5}])
def test_nobody_can_keep_places_nobody_can_count(summit, press, terms):
    with pytest.raises(refusals.TermsOfPlaces):
        make_access_code(summit, reserves=True, **terms)
    two = [press, make_category(summit)]
    with pytest.raises(refusals.TermsOfPlaces):
        make_access_code(summit, categories=two, reserves=True, attendance="in_person")


def test_many_are_drawn_at_once_and_all_differ(summit, press, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        made = access_codes.make(summit, Terms([press], note="Embassies"), number=300, by=None)
    assert len({each.code for each in made}) == 300
    assert all(len(each.code) == 8 and each.spoken[4] == "-" for each in made)
    assert made[0].admits(press)


def test_a_code_of_ones_own_is_taken_once_and_not_too_short(summit, press):
    assert make_access_code(summit, " press-2021 ").spoken == "PRESS2021"
    with pytest.raises(refusals.CodeTaken):
        make_access_code(summit, "Press 2021")
    for short in ("abc", "언론 초청", "x" * 33):
        with pytest.raises(refusals.CodeTooShort):
            make_access_code(summit, short)


def test_it_is_changed_and_its_places_follow(summit, press):
    make_places(summit, 9)
    make_places(summit, 9, "online")
    code = make_access_code(summit, uses=3, reserves=True, attendance="in_person")
    registered(summit, code)
    access_codes.edit(code, Terms([press], uses=5, reserves=True, attendance="online"), by=None)
    code.refresh_from_db()
    assert (code.held, taken(summit)) == (4, 1)
    assert capacity.recount(summit) == []
    with pytest.raises(refusals.FewerThanUsed):
        access_codes.edit(code, Terms([press], uses=0), by=None)
    access_codes.edit(code, Terms([make_category(summit)], uses=None), by=None)
    code.refresh_from_db()
    assert (code.held, [each.code for each in code.categories.all()]) == (0, ["delegate"])
    assert capacity.recount(summit) == []


def test_somebody_registered_already_uses_nothing_up(summit, press):
    there = make_registration(summit, category=make_category(summit))
    code = make_access_code(summit, categories=[press])
    with pytest.raises(refusals.AlreadyRegistered):
        registered(summit, code, email=there.email)
    code.refresh_from_db()
    assert code.used == 0


def test_a_category_that_codes_or_invitations_lead_into_is_not_deleted(summit, press, organiser):
    make_access_code(summit, categories=[press])
    vip = make_category(summit, "vip", admission="invitation")
    make_invitation(summit, category=vip)
    for category in (press, vip):
        with pytest.raises(categories.CategoryOpened):
            categories.delete(category, by=organiser)


def test_a_summit_goes_with_its_codes_and_invitations(summit, press):
    owner = make_user("owner@team.example", summit=summit, role="owner")
    code = make_access_code(summit, categories=[press])
    registered(summit, code)
    make_invitation(summit, category=press)
    deleting.delete_summit(summit, typed=summit.code, as_operator=True, by=owner)
    assert not AccessCode.objects.exists()
