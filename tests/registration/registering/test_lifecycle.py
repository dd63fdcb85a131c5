from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from registration.models import Consent, Quota, Registration, State
from registration.models.registration import PERSONAL_FIELDS
from registration.registering import calendar_links, decisions, lifecycle, needs, refusals
from summit.models import HistoryEntry, Message, User
from tests.factories import make_category, make_places, make_registration, make_summit, make_user, person
from tests.registration.reading import everything, taken

LATER = datetime(2021, 11, 3, 9, 30, tzinfo=UTC)


def history(registration) -> list[tuple]:
    rows = HistoryEntry.objects.filter(subject_kind="registration.registration", subject_key=str(registration.pk))
    return [(row.action, row.changes) for row in rows.order_by("pk")]


def kinds() -> list[str]:
    return list(Message.objects.order_by("created_at").values_list("kind", flat=True))


def again(registration) -> Registration:
    """The same registration as another tab has it."""
    return Registration.objects.select_related("summit").get(pk=registration.pk)


def test_a_registration_holds_what_the_person_said(summit):
    who = person(summit, access_needs="휠체어", dietary_needs="채식", badge_script="romanised")
    with time_machine.travel(LATER, tick=False):
        made = lifecycle.register(summit, who)
    made = again(made)
    assert {name: getattr(made, name) for name in PERSONAL_FIELDS} == {
        name: getattr(who, name) for name in PERSONAL_FIELDS
    }
    assert (made.email, made.attendance, made.category) == (who.email, "in_person", who.category)
    assert (made.state, made.created_at, made.confirmed_at, made.cancelled_at) == ("confirmed", LATER, LATER, None)
    assert made.calendar_token == ""
    assert made.names == ("Hong Gildong", "홍길동")


def test_reference_guid_and_token_are_three_different_things(summit):
    one, other = make_registration(summit), make_registration(summit)
    assert len({one.reference, other.reference, one.token, other.token, one.guid, other.guid}) == 6
    assert len(one.token) == 32
    assert len(one.reference) == 9 and one.reference[4] == "-"
    assert one.reference.replace("-", "") not in one.token.upper()
    assert one.guid.hex not in one.token


def test_a_place_is_counted(summit):
    make_places(summit, 2)
    make_places(summit, None, "online")
    make_registration(summit)
    make_registration(summit, attendance="online")
    make_registration(summit, attendance="online")
    assert taken(summit) == {"in_person": 1, "online": 2}


def test_consents_are_kept_with_their_version(summit):
    made = make_registration(summit, consents={"privacy": "2021-10-01", "photography": "2021-10-02"})
    assert set(Consent.objects.values_list("registration", "kind", "version")) == {
        (made.pk, "privacy", "2021-10-01"),
        (made.pk, "photography", "2021-10-02"),
    }


def test_a_consent_not_given_is_not_kept(summit):
    make_registration(summit, consents={})
    assert Consent.objects.count() == 0


def test_one_line_of_history_says_who_registered_how(summit, organiser):
    own = make_registration(summit)
    for_somebody = lifecycle.register(summit, person(summit, attendance="online"), by=organiser)
    assert history(own) == [("registration.register", {"state": ["", "confirmed"], "attendance": ["", "in_person"]})]
    assert history(for_somebody)[0][1]["attendance"] == ["", "online"]
    assert list(HistoryEntry.objects.order_by("pk").values_list("by", "summit", "subject_name")) == [
        (None, summit.pk, own.name),
        (organiser.pk, summit.pk, for_somebody.name),
    ]


def test_an_account_is_made_whose_address_is_not_proven(summit):
    made = make_registration(summit, email="New@People.example", language="en")
    user = User.objects.get()
    assert made.user == user
    assert (user.email, user.name, user.language) == ("new@people.example", "홍길동", "en")
    assert not user.has_usable_password()
    assert list(EmailAddress.objects.values_list("user", "email", "primary", "verified")) == [
        (user.pk, "new@people.example", True, False)
    ]


def test_an_account_that_is_there_is_used_and_left_as_it_is(summit):
    user = make_user("known@people.example", name="Known", language="en", password="open sesame, please")
    made = make_registration(summit, email="KNOWN@people.example")
    user.refresh_from_db()
    assert made.user == user
    assert (user.name, user.language) == ("Known", "en")
    assert user.check_password("open sesame, please")
    assert User.objects.count() == EmailAddress.objects.count() == 1


def test_the_same_form_sent_twice_is_one_registration_and_one_mail(summit, work):
    make_places(summit, 5)
    who = person(summit)
    first = lifecycle.register(summit, who, nonce="form-1")
    before = everything()
    assert lifecycle.register(summit, who, nonce="form-1") == first
    assert everything() == before
    work()
    assert kinds() == ["confirmed"]


def test_a_form_sent_again_after_closing_still_finds_its_registration(summit):
    who = person(summit)
    first = lifecycle.register(summit, who, nonce="form-1")
    summit.registration_closes_at = timezone.now() - timedelta(minutes=1)
    assert lifecycle.register(summit, who, nonce="form-1") == first


def test_one_form_sent_again_with_a_corrected_address_is_another_registration(summit, work):
    """The back button, the right address: whoever mistyped it is not told that all is well."""
    wrong = lifecycle.register(summit, person(summit, email="hong@poeple.example"), nonce="form-1")
    right = lifecycle.register(summit, person(summit, email="hong@people.example"), nonce="form-1")
    assert right.pk != wrong.pk
    work()
    assert [m.to for m in Message.objects.order_by("created_at")] == ["hong@poeple.example", "hong@people.example"]


def test_forms_without_a_nonce_are_each_their_own(summit):
    assert lifecycle.register(summit, person(summit)) != lifecycle.register(summit, person(summit))


def test_a_nonce_counts_within_its_summit(summit):
    other = make_summit("ogp2023")
    here = lifecycle.register(summit, person(summit), nonce="form-1")
    there = lifecycle.register(other, person(other), nonce="form-1")
    assert (here.summit, there.summit) == (summit, other)


def test_one_person_may_register_for_two_summits(summit):
    other = make_summit("ogp2023")
    here = make_registration(summit, email="hong@people.example")
    there = make_registration(other, email="hong@people.example")
    assert here.user == there.user
    assert here.token != there.token


@pytest.mark.parametrize(
    ("opens", "closes", "refusal", "code"),
    [
        (None, None, refusals.RegistrationNotOpen, "registration_not_open"),
        (timedelta(hours=1), None, refusals.RegistrationNotOpen, "registration_not_open"),
        (-timedelta(hours=2), -timedelta(hours=1), refusals.RegistrationClosed, "registration_closed"),
    ],
)
def test_registration_is_refused_outside_its_window(summit, opens, closes, refusal, code):
    make_places(summit, 5)
    now, who = timezone.now(), person(summit)
    summit.registration_opens_at = None if opens is None else now + opens
    summit.registration_closes_at = None if closes is None else now + closes
    before = everything()
    with pytest.raises(refusal) as caught:
        lifecycle.register(summit, who, nonce="form-1")
    assert (caught.value.code, caught.value.status) == (code, 409)
    assert everything() == before


def test_the_window_opens_and_closes_to_the_second(summit):
    opens, closes = datetime(2021, 11, 1, tzinfo=UTC), datetime(2021, 12, 1, tzinfo=UTC)
    summit.registration_opens_at, summit.registration_closes_at = opens, closes
    second = timedelta(seconds=1)
    states = [summit.registration_state(m) for m in (opens - second, opens, closes - second, closes)]
    assert states == ["not_yet", "open", "open", "closed"]


@pytest.mark.parametrize(
    ("attendance", "refusal"), [("in_person", refusals.NoPlaceLeft), ("online", refusals.NoOnlinePlaceLeft)]
)
def test_registration_is_refused_where_all_places_are_taken(summit, attendance, refusal):
    make_places(summit, 1, attendance)
    make_registration(summit, attendance=attendance)
    who, before = person(summit, attendance=attendance), everything()
    with pytest.raises(refusals.NoPlaceLeft) as caught:
        lifecycle.register(summit, who)
    assert type(caught.value) is refusal
    assert caught.value.code == "no_place_left"
    assert everything() == before


@pytest.mark.parametrize("typed", ["hong@people.example", "HONG@people.example", "Hong@People.Example"])
def test_registration_is_refused_for_an_address_that_is_registered(summit, typed):
    make_places(summit, 5)
    first = make_registration(summit, email="hong@people.example")
    who, before = person(summit, email=typed), everything()
    with pytest.raises(refusals.AlreadyRegistered) as caught:
        lifecycle.register(summit, who, nonce="form-2")
    assert caught.value.registration == first
    assert everything() == before


def test_full_is_said_before_known(summit):
    make_places(summit, 1)
    make_registration(summit, email="hong@people.example")
    with pytest.raises(refusals.NoPlaceLeft):
        lifecycle.register(summit, person(summit, email="hong@people.example"))


def test_the_database_too_refuses_an_address_twice(summit):
    first = make_registration(summit, email="hong@people.example")
    twin = again(first)
    twin.pk, twin.email = None, "HONG@people.example"
    twin.guid, twin.token, twin.reference = "0" * 32, "another", "AAAA-AAAA"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize(("before", "after"), [("in_person", "online"), ("online", "in_person")])
def test_the_place_moves_with_the_person_who_changes_attendance(summit, before, after):
    make_places(summit, 2)
    make_places(summit, 2, "online")
    made = make_registration(summit, attendance=before)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        changed = lifecycle.change_attendance(made, after)
        now = timezone.now()
    assert changed.attendance == again(made).attendance == after
    assert again(made).updated_at == now
    assert taken(summit) == {before: 0, after: 1}
    assert history(made)[1:] == [("registration.change_attendance", {"attendance": [before, after]})]
    assert kinds() == ["attendance_changed"]


def test_changing_there_and_back_leaves_one_place_taken(summit):
    make_places(summit, 1)
    make_places(summit, 1, "online")
    made = make_registration(summit)
    lifecycle.change_attendance(made, "online")
    lifecycle.change_attendance(made, "in_person")
    assert taken(summit) == {"in_person": 1, "online": 0}


def test_changing_attendance_to_what_it_is_already_does_nothing(summit):
    make_places(summit, 1)
    made = make_registration(summit)
    before = everything()
    assert lifecycle.change_attendance(made, "in_person") == made
    assert everything() == before


@pytest.mark.parametrize(
    ("wanted", "refusal"), [("in_person", refusals.NoPlaceLeft), ("online", refusals.NoOnlinePlaceLeft)]
)
def test_changing_attendance_is_refused_where_no_place_is_left(summit, wanted, refusal):
    other = {"in_person": "online", "online": "in_person"}[wanted]
    make_places(summit, 1, wanted)
    make_places(summit, 5, other)
    make_registration(summit, attendance=wanted)
    made = make_registration(summit, attendance=other)
    before = everything()
    with pytest.raises(refusals.NoPlaceLeft) as caught:
        lifecycle.change_attendance(made, wanted)
    assert type(caught.value) is refusal
    assert everything() == before
    assert again(made).attendance == made.attendance == other


def test_changing_attendance_is_refused_after_the_cut_off_but_not_to_organisers(summit, organiser):
    made = make_registration(summit)
    made.summit.changes_until = timezone.now() - timedelta(seconds=1)
    made.summit.save()
    before = everything()
    with pytest.raises(refusals.ChangesClosed):
        lifecycle.change_attendance(made, "online")
    assert everything() == before
    assert lifecycle.change_attendance(made, "online", by=organiser, as_organiser=True).attendance == "online"
    assert HistoryEntry.objects.latest("pk").by == organiser


@pytest.mark.parametrize("as_organiser", [False, True])
def test_changing_attendance_is_refused_when_cancelled(summit, as_organiser):
    made = lifecycle.cancel(make_registration(summit))
    before = everything()
    with pytest.raises(refusals.NotActive):
        lifecycle.change_attendance(made, "online", as_organiser=as_organiser)
    assert everything() == before


def test_changing_attendance_in_two_tabs_is_one_change(summit):
    make_places(summit, 5)
    make_places(summit, 5, "online")
    made = make_registration(summit)
    one, other = again(made), again(made)
    lifecycle.change_attendance(one, "online")
    before = everything()
    assert lifecycle.change_attendance(other, "online").attendance == "online"
    assert everything() == before
    assert taken(summit) == {"in_person": 0, "online": 1}


def test_changing_attendance_while_another_tab_cancelled_changes_nothing(summit):
    make_places(summit, 5)
    make_places(summit, 5, "online")
    made = make_registration(summit)
    one, other = again(made), again(made)
    lifecycle.cancel(one)
    before = everything()
    with pytest.raises(refusals.NotActive):
        lifecycle.change_attendance(other, "online")
    assert again(made).state == State.CANCELLED
    assert everything() == before
    assert taken(summit) == {"in_person": 0, "online": 0}


def test_a_correction_is_saved_and_written_down(summit, organiser):
    made = make_registration(summit)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        lifecycle.correct(made, {"name": "성춘향", "country": "EE", "organisation": made.organisation}, by=organiser)
        now = timezone.now()
    found = again(made)
    assert (found.name, found.country, found.updated_at) == ("성춘향", "EE", now)
    assert history(made)[1:] == [("registration.correct", {"name": ["홍길동", "성춘향"], "country": ["KR", "EE"]})]
    assert HistoryEntry.objects.latest("pk").by == organiser


def test_only_personal_fields_can_be_corrected(summit):
    made = make_registration(summit)
    kept = {
        name: getattr(made, name) for name in ("email", "state", "attendance", "token", "reference", "ticket_issue")
    }
    before = everything()
    lifecycle.correct(made, {"email": "x@x.example", "state": "pending", "attendance": "online", "token": "x",
                             "reference": "x", "ticket_issue": 9})  # fmt: skip
    found = again(made)
    assert {name: getattr(found, name) for name in kept} == kept
    assert everything() == before


def test_a_correction_of_nothing_writes_nothing(summit):
    made = make_registration(summit)
    before = everything(), again(made).updated_at
    lifecycle.correct(made, {name: getattr(made, name) for name in PERSONAL_FIELDS})
    assert (everything(), again(made).updated_at) == before


def test_what_somebody_needs_is_not_in_the_history(summit):
    made = make_registration(summit, access_needs="휠체어")
    lifecycle.correct(made, {"access_needs": "수어 통역", "dietary_needs": "땅콩 알레르기"})
    assert (again(made).access_needs, again(made).dietary_needs) == ("수어 통역", "땅콩 알레르기")
    assert history(made)[1:] == [("registration.correct", {"access_needs": ["…", "…"], "dietary_needs": ["…", "…"]})]


def test_after_the_cut_off_only_organisers_correct(summit):
    made = make_registration(summit)
    made.summit.changes_until = timezone.now()
    made.summit.save()
    with pytest.raises(refusals.ChangesClosed):
        lifecycle.correct(made, {"name": "성춘향"})
    assert again(made).name == "홍길동"
    lifecycle.correct(made, {"name": "성춘향"}, as_organiser=True)
    assert again(made).name == "성춘향"


def test_a_correction_looks_at_the_row_as_it_is_and_not_as_it_was_read(summit):
    made = make_registration(summit)
    lifecycle.correct(again(made), {"organisation": "새 기관"})
    # What the reader of an older row does not know of is neither written back nor said to have changed.
    held = lifecycle.correct(made, {"organisation": "새 기관", "job_title": "대표"})
    assert (held.organisation, again(made).job_title) == ("새 기관", "대표")
    assert HistoryEntry.objects.latest("pk").changes == {"job_title": ["사무국장", "대표"]}
    lifecycle.cancel(again(made))
    with pytest.raises(refusals.NotActive):
        lifecycle.correct(made, {"name": "성춘향"})


def test_a_cancelled_registration_cannot_be_corrected(summit):
    made = lifecycle.cancel(make_registration(summit))
    with pytest.raises(refusals.NotActive):
        lifecycle.correct(made, {"name": "성춘향"}, as_organiser=True)
    assert again(made).name == "홍길동"


def test_cancelling_frees_the_place_and_revokes_the_calendar(summit):
    make_places(summit, 2)
    made = make_registration(summit)
    calendar_links.share_calendar(made)
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        lifecycle.cancel(made)
        now = timezone.now()
    found = again(made)
    assert (found.state, found.cancelled_at, found.updated_at) == ("cancelled", now, now)
    assert found.calendar_token == ""
    assert taken(summit) == {"in_person": 0}
    assert history(made)[-1] == ("registration.cancel", {"state": ["confirmed", "cancelled"]})
    assert kinds() == ["cancelled"]


def test_cancelling_returns_the_registration_cancelled(summit):
    made = make_registration(summit)
    assert lifecycle.cancel(made) is made
    assert (made.state, made.is_active, made.is_confirmed) == ("cancelled", False, False)


def test_cancelling_gives_back_the_place_held_now(summit):
    make_places(summit, 2)
    make_places(summit, 2, "online")
    made = make_registration(summit)
    other_tab = again(made)
    lifecycle.change_attendance(made, "online")
    lifecycle.cancel(other_tab)
    assert taken(summit) == {"in_person": 0, "online": 0}


def test_cancelling_again_is_refused(summit):
    make_places(summit, 2)
    make_registration(summit)
    made = lifecycle.cancel(make_registration(summit))
    before = everything()
    with pytest.raises(refusals.NotActive):
        lifecycle.cancel(made)
    assert everything() == before
    assert taken(summit) == {"in_person": 1}


def test_cancelling_in_two_tabs_is_once(summit):
    make_places(summit, 2)
    make_registration(summit)
    made = make_registration(summit)
    one, other = again(made), again(made)
    lifecycle.cancel(one)
    before = everything()
    lifecycle.cancel(other)
    assert everything() == before
    assert taken(summit) == {"in_person": 1}


def test_after_the_cut_off_only_organisers_cancel(summit, organiser):
    made = make_registration(summit)
    made.summit.changes_until = timezone.now()
    made.summit.save()
    with pytest.raises(refusals.ChangesClosed):
        lifecycle.cancel(made)
    assert again(made).state == "confirmed"
    lifecycle.cancel(made, by=organiser, as_organiser=True)
    assert again(made).state == "cancelled"
    assert HistoryEntry.objects.latest("pk").by == organiser


def test_a_cancelled_address_can_register_again(summit):
    make_places(summit, 1)
    first = lifecycle.cancel(make_registration(summit, email="hong@people.example"))
    second = make_registration(summit, email="hong@people.example")
    assert second != first
    assert second.user == first.user
    assert (again(first).state, again(second).state) == ("cancelled", "confirmed")
    assert taken(summit) == {"in_person": 1}


def test_the_link_is_mailed_again(registration, organiser):
    lifecycle.resend(registration, by=organiser)
    assert kinds() == ["link"]
    assert history(registration)[-1] == ("registration.resend", {})
    assert HistoryEntry.objects.latest("pk").by == organiser


def test_the_link_of_a_cancelled_registration_is_not_mailed(registration):
    lifecycle.cancel(registration)
    before = everything()
    with pytest.raises(refusals.NotActive):
        lifecycle.resend(registration)
    assert everything() == before


def test_a_calendar_gets_an_address_and_a_new_one_replaces_it(registration):
    first = calendar_links.share_calendar(registration)
    second = calendar_links.share_calendar(registration)
    assert len(first) == len(second) == 32
    assert first != second
    assert again(registration).calendar_token == second
    assert [action for action, _changes in history(registration)][1:] == ["registration.share_calendar"] * 2


def test_the_calendar_address_is_not_in_the_history(registration):
    token = calendar_links.share_calendar(registration)
    assert all(token not in str(changes) for _action, changes in history(registration))


def test_a_calendar_can_be_revoked(registration):
    calendar_links.share_calendar(registration)
    calendar_links.revoke_calendar(registration)
    assert again(registration).calendar_token == ""
    assert history(registration)[-1] == ("registration.revoke_calendar", {})


def test_many_may_have_no_calendar_address(summit):
    for _ in range(3):
        calendar_links.revoke_calendar(make_registration(summit))
    assert Registration.objects.filter(calendar_token="").count() == 3


def test_a_cancelled_registration_gets_no_calendar(registration):
    lifecycle.cancel(registration)
    with pytest.raises(refusals.NotActive):
        calendar_links.share_calendar(registration)
    assert again(registration).calendar_token == ""


def test_needs_are_erased_and_counted(summit, organiser):
    make_registration(summit)
    ones = [make_registration(summit, access_needs="휠체어"), make_registration(summit, dietary_needs="채식"),
            lifecycle.cancel(make_registration(summit, access_needs="수어", dietary_needs="할랄"))]  # fmt: skip
    assert needs.forget_needs(summit, by=organiser) == len(ones)
    assert set(Registration.objects.values_list("access_needs", "dietary_needs")) == {("", "")}
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.action, entry.changes, entry.by) == ("registration.forget_needs", {"people": [3, 0]}, organiser)
    assert needs.forget_needs(summit) == 0
    assert HistoryEntry.objects.latest("pk") == entry


def test_needs_at_another_summit_stay(summit):
    other = make_summit("ogp2023")
    made = make_registration(other, access_needs="휠체어")
    assert needs.forget_needs(summit) == 0
    assert again(made).access_needs == "휠체어"


def test_the_command_forgets_needs_thirty_days_after_the_end(summit, capsys):
    made = make_registration(summit, access_needs="휠체어")
    last_day = datetime.combine(summit.ends_on, datetime.min.time(), tzinfo=UTC)
    with time_machine.travel(last_day + timedelta(days=30, hours=23), tick=False):
        call_command("forget_needs")
    assert capsys.readouterr().out == ""
    assert again(made).access_needs == "휠체어"
    with time_machine.travel(last_day + timedelta(days=31), tick=False):
        call_command("forget_needs")
    assert capsys.readouterr().out == "ogp2021: 1\n"
    assert again(made).access_needs == ""


@pytest.mark.parametrize(
    ("name", "romanised", "script", "names"),
    [
        ("홍길동", "Hong Gildong", "native", ("홍길동", "Hong Gildong")),
        ("홍길동", "Hong Gildong", "romanised", ("Hong Gildong", "홍길동")),
        ("홍길동", "", "romanised", ("홍길동", "")),
        ("Marie Tamm", "Marie Tamm", "native", ("Marie Tamm", "")),
    ],
)
def test_names_come_large_and_small(name, romanised, script, names):
    assert Registration(name=name, name_romanised=romanised, badge_script=script).names == names


@pytest.mark.parametrize(
    ("state", "active", "confirmed"),
    [
        ("pending", True, False),
        ("waitlisted", True, False),
        ("confirmed", True, True),
        ("rejected", False, False),
        ("cancelled", False, False),
    ],
)
def test_states_that_have_ended_are_not_active(registration, state, active, confirmed):
    Registration.objects.update(state=state)
    found = again(registration)
    assert (found.is_active, found.is_confirmed) == (active, confirmed)
    assert Registration.objects.active().exists() == active


def test_one_sees_ones_own_and_the_team_sees_all(summit, organiser, desk_staff):
    other = make_summit("ogp2023")
    mine, foreign = make_registration(summit, email="hong@people.example"), make_registration(summit)
    elsewhere = make_registration(other, email="HONG@people.example")
    seen = {
        user.email: set(Registration.objects.visible_to(user))
        for user in (mine.user, organiser, desk_staff, make_user("stranger@people.example"))
    }
    assert seen == {
        "hong@people.example": {mine, elsewhere},
        "organiser@team.example": {mine, foreign},
        "desk@team.example": {mine, foreign},
        "stranger@people.example": set(),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("홍길", {"홍길동"}),
        ("GILDONG", {"홍길동"}),
        ("marie open", {"Marie Tamm"}),
        ("marie 한빛", set()),
        ("tamm@people.example", {"Marie Tamm"}),
        ("aaaa 3333", {"홍길동"}),
        ("aaaa-3", {"홍길동"}),
        ("3팀", set()),
        ("%", set()),
        ("_", set()),
        ("ㅎㄱㄷ", {"홍길동"}),
        ("홍길동", {"홍길동"}),  # as macOS writes it: decomposed
        ("홍 길동", {"홍길동"}),
        ("zoe", {"Zoë O’Brien Søndergård"}),
        ("SØN", {"Zoë O’Brien Søndergård"}),
        ("sondergard", {"Zoë O’Brien Søndergård"}),
        ("o'brien", {"Zoë O’Brien Søndergård"}),
        ("o’brien", {"Zoë O’Brien Søndergård"}),
        ("OBRIEN zoë", {"Zoë O’Brien Søndergård"}),
    ],
)
def test_every_word_is_searched_for_everywhere(summit, words, found):
    one = make_registration(summit, email="gildong@people.example")
    make_registration(summit, name="Marie Tamm", name_romanised="", email="tamm@people.example", organisation="Open Tallinn")  # fmt: skip
    make_registration(summit, name="Zoë O’Brien Søndergård", name_romanised="", email="z@people.example")
    for row in Registration.objects.all():
        row.reference = "AAAA-3333" if row.pk == one.pk else f"CCCC-444{row.pk % 10}"
        row.save()
    assert set(Registration.objects.search(words).values_list("name", flat=True)) == found


def test_who_corrects_their_name_is_found_by_the_new_one(summit):
    made = make_registration(summit)
    lifecycle.correct(made, {"name": "Zoë", "organisation": "Łódź"})
    assert Registration.objects.search("zoe lodz").get() == made
    assert not Registration.objects.search("홍길동").exists()


def test_a_cancelled_registration_is_confirmed_again_with_a_place_of_its_own(summit, organiser):
    make_places(summit, 1)
    made = lifecycle.cancel(make_registration(summit))
    sequence = made.sequence
    again = decisions.reinstate(made, by=organiser)
    assert (again.state, again.cancelled_at, again.sequence) == ("confirmed", None, sequence + 1)
    assert Quota.objects.get(attendance="in_person").taken == 1
    assert history(made)[-1] == ("registration.reinstate", {"state": ["cancelled", "confirmed"]})
    assert kinds() == ["cancelled", "confirmed"]
    # Twice is once.
    decisions.reinstate(made, by=organiser)
    assert Quota.objects.get(attendance="in_person").taken == 1


def test_nobody_is_reinstated_without_a_place(summit, organiser):
    make_places(summit, 1)
    made = lifecycle.cancel(make_registration(summit))
    make_registration(summit)
    with pytest.raises(refusals.NoPlaceLeft):
        decisions.reinstate(made, by=organiser)
    made.refresh_from_db()
    assert made.state == "cancelled"


def test_nobody_is_reinstated_who_registered_again_meanwhile(summit, organiser):
    made = lifecycle.cancel(make_registration(summit, email="twice@people.example"))
    make_registration(summit, email="Twice@people.example")
    with pytest.raises(refusals.AlreadyRegistered):
        decisions.reinstate(made, by=organiser)


def test_a_cancelled_registration_keeps_its_category(summit, organiser):
    made = lifecycle.cancel(make_registration(summit))
    with pytest.raises(refusals.NotActive):
        lifecycle.set_category(made, make_category(summit, "press"), by=organiser)
