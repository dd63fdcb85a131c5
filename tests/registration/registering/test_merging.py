"""Two registrations of one person become one: what stands, what moves, who is told, and what is refused."""

import pytest
from django.core import mail
from django.utils.translation import override

from registration.door import checkin, tickets
from registration.models import Audience, NotTheSame, Pick, Presence, Quota, Registration
from registration.papers.everything import everything, for_machines
from registration.places import bookings, picks
from registration.registering import decisions, duplicates, erasing, lifecycle, merging, refusals, tagging
from sessions.models import Bookmark
from summit.editing.revising import Overtaken
from summit.models import HistoryEntry, Message
from tests.factories import (
    make_category,
    make_desk,
    make_places,
    make_question,
    make_registration,
    make_session,
    make_summit,
    make_user,
)
from tests.registration.places.test_races import on_postgresql
from tests.registration.reading import everything as all_rows
from tests.registration.reading import taken


@pytest.fixture
def two(summit):
    make_places(summit, 5)
    one = make_registration(
        summit, name="홍길동", organisation="한빛", email="one@people.example", consents={"privacy": "1"}
    )
    other = make_registration(summit, name="Hong Gildong", organisation="Hanbit", email="other@people.example", country="EE",
                              consents={"privacy": "1", "photography": "1"})  # fmt: skip
    return one, other


def test_the_other_ends_its_place_is_free_and_its_person_reads_which_one_stands(summit, organiser, two, work):
    one, other = two
    assert taken(summit)["in_person"] == 2
    Message.objects.all().delete()
    merging.merge(one, other, by=organiser)
    other.refresh_from_db()
    assert (other.state, other.merged_into, one.state) == ("cancelled", one, "confirmed")
    assert taken(summit)["in_person"] == 1
    [told] = Message.objects.all()
    assert (told.kind, told.to) == ("cancelled", "other@people.example")
    assert one.reference in told.text
    actions = set(HistoryEntry.objects.filter(by=organiser).values_list("action", flat=True))
    assert {"registration.merge", "registration.merged", "registration.cancel"} <= actions
    assert for_machines(everything(other))["registration"][0]["merged_into"] == one.reference


def test_what_is_chosen_stands_and_the_rest_stays(summit, organiser, two):
    one, other = two
    merging.merge(one, other, ["name", "country", "nonsense", "state", "token", "answer_x", "answer_"], by=organiser)
    one.refresh_from_db()
    assert (one.name, one.country, one.organisation, one.email) == ("Hong Gildong", "EE", "한빛", "one@people.example")
    assert one.found_as.startswith("honggildong")


def test_an_address_that_is_chosen_comes_along_with_its_account(summit, organiser, two):
    one, other = two
    account = other.user
    Message.objects.all().delete()
    merging.merge(one, other, ["email"], by=organiser)
    one.refresh_from_db()
    assert (one.email, one.user) == ("other@people.example", account)
    assert sorted(Message.objects.values_list("kind", "to")) == [
        ("address_changed", "one@people.example"), ("cancelled", "other@people.example"), ("link", "other@people.example"),
    ]  # fmt: skip
    line = HistoryEntry.objects.get(action="registration.merge")
    assert line.changes["email"] == ["one@people.example", "other@people.example"]


def test_answers_notes_tags_consents_and_bookmarks_go_along(summit, organiser, two):
    one, other = two
    first, second = make_question(summit, kind="line"), make_question(summit, kind="one", choices=["A", "B"])
    pick = str(second.choices.all()[0].pk)
    lifecycle.correct(one, {}, answers={first.pk: "mine"}, by=organiser, as_organiser=True)
    lifecycle.correct(other, {}, answers={first.pk: "theirs", second.pk: [pick]}, by=organiser, as_organiser=True)
    decisions.note(other, "Comes late.", by=organiser)
    tagging.set_tags(other, ["VIP"], by=organiser)
    Bookmark.objects.create(user=other.user, session=make_session(summit))
    merging.merge(one, other, by=organiser)
    assert sorted(str(answer) for answer in one.answers.all()) == ["A", "mine"]
    assert [note.text for note in one.notes.all()] == ["Comes late."]
    assert one.tagged == ["VIP"]
    assert sorted(one.consents.values_list("kind", flat=True)) == ["photography", "privacy"]
    assert Bookmark.objects.filter(user=one.user).count() == 1


def test_an_answer_that_is_chosen_takes_the_place_of_the_kept_one(summit, organiser, two):
    one, other = two
    asked = make_question(summit, kind="line")
    lifecycle.correct(one, {}, answers={asked.pk: "mine"}, by=organiser, as_organiser=True)
    lifecycle.correct(other, {}, answers={asked.pk: "theirs"}, by=organiser, as_organiser=True)
    assert [row["name"] for row in merging.rows(one, other, Audience.values)][-1] == f"answer_{asked.pk}"
    merging.merge(one, other, [f"answer_{asked.pk}"], by=organiser)
    assert [str(answer) for answer in one.answers.all()] == ["theirs"]


@pytest.mark.parametrize("chosen", [True, False])
def test_a_place_of_a_choice_is_held_once_and_given_back_once(summit, organiser, two, chosen):
    one, other = two
    dinner = make_question(summit, kind="one", choices=["Dinner", "Lunch"])
    dinner.choices.update(capacity=1, has_waitlist=True)
    first, second = dinner.choices.all()
    lifecycle.correct(one, {}, answers={dinner.pk: [str(first.pk)]}, by=organiser, as_organiser=True)
    lifecycle.correct(other, {}, answers={dinner.pk: [str(second.pk)]}, by=organiser, as_organiser=True)
    assert list(dinner.choices.values_list("taken", flat=True)) == [1, 1]
    merging.merge(one, other, [f"answer_{dinner.pk}"] if chosen else [], by=organiser)
    assert list(dinner.choices.values_list("taken", flat=True)) == ([0, 1] if chosen else [1, 0])
    [pick] = Pick.objects.filter(answer__registration=one)
    assert (pick.choice, pick.holds) == (second if chosen else first, True)
    assert picks.reconcile(summit) == 0


def test_what_the_other_holds_is_the_place_the_kept_one_waits_for(summit, organiser, two):
    one, other = two
    dinner = make_question(summit, kind="one", choices=["Dinner"])
    dinner.choices.update(capacity=1, has_waitlist=True)
    [choice] = dinner.choices.all()
    third = make_registration(summit, email="third@people.example")
    for each in (other, third, one):
        lifecycle.correct(each, {}, answers={dinner.pk: [str(choice.pk)]}, by=organiser, as_organiser=True)
    merging.merge(one, other, by=organiser)
    assert Pick.objects.get(answer__registration=one).holds
    assert Pick.objects.get(answer__registration=third).waits_since
    assert picks.reconcile(summit) == 0


def test_an_answer_that_owners_alone_read_is_not_shown_to_others_and_goes_along(summit, organiser, two):
    one, other = two
    asked = make_question(summit, kind="line", audience="owners", words={"en": "Passport", "ko": "여권"})
    lifecycle.correct(other, {}, answers={asked.pk: "M123"}, by=organiser, as_organiser=True)
    shown = [str(merging.goes_along(one, other, [audience])) for audience in ("organisers", "owners")]
    assert ["M123" in each for each in shown] == [False, True]
    merging.merge(one, other, by=organiser)
    assert [str(answer) for answer in one.answers.all()] == ["M123"]


def test_who_is_erased_is_erased_in_what_was_merged_into_them_too(summit, organiser, two):
    one, other = two
    third = make_registration(summit, name="Hong G.", email="third@people.example")
    duplicates.tell_apart(one, make_registration(summit, email="twin@people.example"), by=organiser)
    merging.merge(other, third, by=organiser)
    merging.merge(one, other, by=organiser)
    tagging.set_tags(one, ["VIP"], by=organiser)
    assert erasing.erase(one) == 3
    rows = Registration.objects.filter(pk__in=[one.pk, other.pk, third.pk])
    assert [(row.name, row.merged_into, row.tagged) for row in rows] == [("", None, [])] * 3
    assert not NotTheSame.objects.exists()
    assert duplicates.pairs(summit) == []
    assert isinstance(merging.refused(*rows[:2]), refusals.AlreadyErased)


def test_seats_go_along_and_nobody_gets_one_twice(summit, organiser, two):
    one, other = two
    shared, own = make_session(summit, seats=2), make_session(summit, "DIG001", seats=1, starts_at=None)
    bookings.book(one, shared)
    bookings.book(other, shared)
    moved = bookings.book(other, own)
    with override("en"):
        assert [label for label, _lines in merging.goes_along(one, other, Audience.values)] == ["Seats", "Consents"]
    merging.merge(one, other, by=organiser)
    moved.refresh_from_db()
    assert (moved.registration, moved.state) == (one, "booked")
    shared.refresh_from_db()
    own.refresh_from_db()
    assert (shared.seats_taken, own.seats_taken) == (1, 1)
    assert one.bookings.standing().count() == 2
    assert not other.bookings.standing().exists()


def test_seats_of_who_comes_online_are_given_back(summit, organiser):
    one = make_registration(summit, attendance="online")
    other = make_registration(summit)
    session = make_session(summit, seats=2)
    bookings.book(other, session)
    merging.merge(one, other, by=organiser)
    session.refresh_from_db()
    assert (session.seats_taken, one.bookings.standing().count()) == (0, 0)


def test_whoever_came_in_with_the_other_ticket_is_inside(summit, organiser, two):
    one, other = two
    desk = make_desk(summit)
    arrival = checkin.check_in(other, desk=desk, by=organiser, nonce="a")
    merging.merge(one, other, by=organiser)
    arrival.refresh_from_db()
    assert arrival.registration == one
    with pytest.raises(checkin.AlreadyCheckedIn):
        checkin.check_in(one, desk=desk, by=organiser, nonce="b")


def test_the_ticket_of_the_other_is_refused_with_the_one_that_stands(summit, organiser, two):
    one, other = two
    ticket = tickets.token_for(other)
    merging.merge(one, other, by=organiser)
    shown = tickets.registration_for(summit, ticket)
    with pytest.raises(checkin.WasMerged) as refusal:
        checkin.check_in(shown, desk=make_desk(summit), by=organiser, nonce="a")
    assert one.reference in str(refusal.value)


def test_a_confirmation_goes_along_into_one_that_waits(summit, organiser, work):
    make_places(summit, 1)
    confirmed = make_registration(summit, category=make_category(summit))
    waiting = make_registration(summit, category=make_category(summit, "press", admission="approval"))
    Message.objects.all().delete()
    merging.merge(waiting, confirmed, by=organiser)
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    assert taken(summit)["in_person"] == 1
    assert set(Message.objects.values_list("kind", "to")) == {
        ("cancelled", confirmed.email), ("confirmed", waiting.email),
    }  # fmt: skip
    work()
    assert {each.to[0] for each in mail.outbox} >= {waiting.email, confirmed.email}


def test_where_the_place_does_not_fit_nothing_is_written(summit, organiser):
    press = make_category(summit, "press", admission="approval")
    waiting, confirmed = (
        make_registration(summit, category=press),
        make_registration(summit, category=make_category(summit)),
    )
    quota = Quota.objects.create(summit=summit, name={"en": "Press"}, is_basic=False, capacity=0)
    quota.categories.add(press)
    before = all_rows()
    with pytest.raises(refusals.NoPlaceLeft):
        merging.merge(waiting, confirmed, by=organiser)
    assert all_rows() == before


def test_one_that_ended_is_merged_without_a_mail(summit, organiser):
    other = lifecycle.cancel(make_registration(summit))
    one = make_registration(summit)
    Message.objects.all().delete()
    merging.merge(one, other, ["name"], by=organiser)
    assert (Message.objects.count(), other.merged_into) == (0, one)


def test_category_and_attendance_are_taken_by_their_verbs(summit, organiser):
    make_places(summit, 3)
    press = make_category(summit, "press")
    one, other = make_registration(summit, attendance="online"), make_registration(summit, category=press)
    merging.merge(one, other, ["category", "attendance"], by=organiser)
    one.refresh_from_db()
    assert (one.category, one.attendance) == (press, "in_person")
    assert taken(summit)["in_person"] == 1


def test_what_cannot_be_merged_is_refused(summit, organiser, two):
    one, other = two
    gone = lifecycle.cancel(make_registration(summit))
    foreign = make_registration(make_summit("ogp2023"))
    before = all_rows()
    for kept, away, refusal in [
        (one, one, refusals.SameRegistration),
        (one, foreign, refusals.SameRegistration),
        (gone, one, refusals.KeepTheOneThatStands),
    ]:
        with pytest.raises(refusal):
            merging.merge(kept, away, by=organiser)
    assert all_rows() == before
    merging.merge(one, other, by=organiser)
    for kept, away in [(one, other), (other, one)]:
        with pytest.raises(refusals.AlreadyMerged):
            merging.merge(kept, away, by=organiser)
    with pytest.raises(refusals.AlreadyMerged):
        decisions.reinstate(other, by=organiser)


def test_an_address_that_a_third_one_has_is_not_taken(summit, organiser):
    gone = lifecycle.cancel(make_registration(summit, email="a@people.example"))
    make_registration(summit, email="A@people.example")
    one = make_registration(summit)
    with pytest.raises(refusals.AlreadyRegistered):
        merging.merge(one, gone, ["email"], by=organiser)


@pytest.mark.parametrize("changed", [0, 1])
def test_one_that_somebody_has_changed_meanwhile_is_not_merged(summit, organiser, two, changed):
    seen = merging.versions(two[0]), merging.versions(two[1])
    lifecycle.correct(two[changed], {"job_title": "Minister"}, by=organiser, as_organiser=True)
    with pytest.raises(Overtaken):
        merging.merge(*two, form_versions=seen, by=organiser)


@on_postgresql
def test_two_who_merge_the_same_pair_both_ways_at_once_end_with_one(summit, organiser, race):
    one, other = make_registration(summit), make_registration(summit)
    rows = Registration.objects.select_related("summit", "category")
    pairs = [(one.pk, other.pk), (other.pk, one.pk)] * 3
    ends = race([lambda a=a, b=b: merging.merge(rows.get(pk=a), rows.get(pk=b), by=organiser).pk for a, b in pairs])
    assert sum(isinstance(end, int) for end in ends) == 1
    assert summit.registrations.active().count() == 1
    assert summit.registrations.exclude(merged_into=None).count() == 1


def test_a_member_of_the_desk_has_no_such_pages(as_user, summit, two):
    client = as_user(make_user("desk@team.example", summit=summit, role="desk"))
    one, other = two
    base = "/en/ogp2021/organiser/duplicates/"
    for page in (base, f"{base}{one.guid}/{other.guid}/"):
        assert client.get(page).status_code == 404
    assert client.post(f"{base}{one.guid}/{other.guid}/apart/").status_code == 404


def test_the_sessions_that_were_joined_online_go_along_once(summit, organiser, two):
    one, other = two
    both, alone = make_session(summit, "BOTH01"), make_session(summit, "ALONE1")
    for registration, session in ((one, both), (other, both), (other, alone)):
        Presence.objects.create(registration=registration, session=session)
    merging.merge(one, other, by=organiser)
    assert sorted(one.presences.values_list("session__code", flat=True)) == ["ALONE1", "BOTH01"]
