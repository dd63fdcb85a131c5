"""Many at once, each on a real connection: on PostgreSQL, and on an SQLite file as it comes out of the box."""

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from registration.door import checkin
from registration.models import Answer, Booking, CheckIn, Choice, Pick, Question, Quota, Registration
from registration.places import bookings, capacity
from registration.registering import decisions, lifecycle, needs, questions, refusals, waitlist, welcoming
from sessions.models import Session
from summit.lib.translated import Text
from summit.models import HistoryEntry, Message, User
from tests.factories import (
    make_category,
    make_desk,
    make_places,
    make_question,
    make_registration,
    make_session,
    make_summit,
    make_user,
    person,
)

EIGHT = [f"ogp20{year}" for year in range(22, 29)]

POSTGRESQL = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
SQLITE = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite"),
]


def on_postgresql(test):
    for mark in POSTGRESQL:
        test = mark(test)
    return test


def on_sqlite(test):
    for mark in SQLITE:
        test = mark(test)
    return test


def sixteen_for_three_places(summit, race, copy=None):
    """How it ended, and (places taken, registrations, how many are to be welcomed) afterwards."""
    make_places(summit, 5)
    make_places(summit, None, "online")
    for _ in range(2):
        make_registration(summit)
    people = [person(summit) for _ in range(16)]
    if copy:
        copy()
    ends = race([lambda who=who: lifecycle.register(summit, who, nonce=f"form-{who.email}") for who in people])
    (counts,) = race([
        lambda: (Quota.objects.get(attendance="in_person").taken, Registration.objects.count(),
                 DBTaskResult.objects.count())
    ])  # fmt: skip
    return ends, counts


def assert_three_of_sixteen(ends, counts):
    won = [end for end in ends if isinstance(end, Registration)]
    assert len(won) == 3
    assert [end.code for end in ends if end not in won] == ["no_place_left"] * 13
    assert counts == (5, 5, 5)
    assert len({end.reference for end in won}) == 3


@on_postgresql
def test_the_last_three_places_go_to_three_of_sixteen(summit, race):
    assert_three_of_sixteen(*sixteen_for_three_places(summit, race))


@on_sqlite
def test_the_last_three_places_go_to_three_of_sixteen_in_a_file(summit, race, on_disk):
    assert_three_of_sixteen(*sixteen_for_three_places(summit, race, on_disk))


def same_form_eight_times(summit, race, copy=None):
    """For the last place: nobody may hear that it is gone, as it is their own."""
    make_places(summit, 1)
    who = person(summit)
    if copy:
        copy()
    ends = race([lambda: lifecycle.register(summit, who, nonce="one-form")] * 8)
    (counts,) = race([lambda: (Quota.objects.get().taken, Registration.objects.count(), DBTaskResult.objects.count())])
    return ends, counts


@on_postgresql
def test_one_form_sent_eight_times_at_once_is_one_registration(summit, race):
    ends, counts = same_form_eight_times(summit, race)
    assert [type(end) for end in ends] == [Registration] * 8
    assert len({end.pk for end in ends}) == 1
    assert counts == (1, 1, 1)


@on_sqlite
def test_one_form_sent_eight_times_at_once_is_one_registration_in_a_file(summit, race, on_disk):
    ends, counts = same_form_eight_times(summit, race, on_disk)
    assert [type(end) for end in ends] == [Registration] * 8
    assert len({end.pk for end in ends}) == 1
    assert counts == (1, 1, 1)


@on_postgresql
@pytest.mark.parametrize("limited", [True, False])
def test_one_address_eight_times_at_once_is_one_registration(summit, race, limited):
    """With a limit the row of places makes them wait in line; without one, only the constraint on addresses does."""
    make_places(summit, 20 if limited else None)
    make_category(summit)
    people = [person(summit, email=email) for email in ("hong@people.example", "HONG@People.example")] * 4
    ends = race(
        [lambda who=who, n=n: lifecycle.register(summit, who, nonce=f"form-{n}") for n, who in enumerate(people)]
    )
    (won,) = [end for end in ends if isinstance(end, Registration)]
    refused = [end for end in ends if end is not won]
    assert [type(end) for end in refused] == [refusals.AlreadyRegistered] * 7
    assert {end.registration.pk for end in refused} == {won.pk}
    assert (Quota.objects.get().taken, Registration.objects.count(), DBTaskResult.objects.count()) == (1, 1, 1)


@on_postgresql
def test_one_address_without_any_row_of_places_is_one_registration(summit, race):
    make_category(summit)
    people = [person(summit, email="hong@people.example") for _ in range(8)]
    ends = race([lambda who=who: lifecycle.register(summit, who) for who in people])
    assert sorted(type(end).__name__ for end in ends) == ["AlreadyRegistered"] * 7 + ["Registration"]
    assert (Registration.objects.count(), DBTaskResult.objects.count()) == (1, 1)


@on_postgresql
def test_one_address_at_eight_summits_at_once_is_one_account(summit, race):
    who = [
        lifecycle.register(one, person(one, email="hong@people.example")) for one in (summit, *map(make_summit, EIGHT))
    ]
    ends = race([lambda one=one: welcoming.welcome.func(one.pk, one.state) for one in who * 2])
    assert not [end for end in ends if isinstance(end, Exception)]
    assert (User.objects.count(), Message.objects.count()) == (1, len(who))
    assert set(Registration.objects.values_list("user", flat=True)) == {User.objects.get().pk}


@on_postgresql
@pytest.mark.parametrize("same_nonce", [True, False])
def test_two_desks_checking_in_one_person_at_once_record_one_arrival(summit, race, same_nonce):
    made = make_registration(summit)
    staff = make_user("desk@team.example", summit=summit, role="desk")
    desks = [make_desk(summit, f"desk-{n}") for n in range(8)]

    def scan(desk):
        found = Registration.objects.select_related("summit").get(pk=made.pk)
        return checkin.check_in(found, desk=desk, by=staff, nonce="one" if same_nonce else f"scan-{desk.pk}")

    ends = race([lambda desk=desk: scan(desk) for desk in desks])
    arrivals = {end.pk for end in ends if isinstance(end, CheckIn)}
    refused = [end for end in ends if not isinstance(end, CheckIn)]
    assert len(arrivals) == 1
    assert [type(end) for end in refused] == [checkin.AlreadyCheckedIn] * (0 if same_nonce else 7)
    assert {end.arrival.pk for end in refused} <= arrivals
    assert CheckIn.objects.standing().count() == CheckIn.objects.count() == 1
    assert HistoryEntry.objects.filter(action="check_in").count() == 1


@on_postgresql
def test_cancelling_eight_times_at_once_frees_one_place(summit, race):
    make_places(summit, 5)
    make_registration(summit)
    made = make_registration(summit)
    ends = race([lambda: lifecycle.cancel(Registration.objects.select_related("summit").get(pk=made.pk))] * 8)
    assert {type(end) for end in ends} <= {Registration, refusals.NotActive}
    assert Quota.objects.get().taken == 1
    assert Message.objects.filter(kind="cancelled").count() == 1


@on_postgresql
def test_changing_attendance_in_eight_tabs_at_once_moves_one_place(summit, race):
    make_places(summit, 5)
    make_places(summit, 5, "online")
    made = make_registration(summit)
    tabs = [Registration.objects.select_related("summit").get(pk=made.pk) for _ in range(8)]
    ends = race([lambda tab=tab: lifecycle.change_attendance(tab, "online") for tab in tabs])
    assert [end.attendance for end in ends] == ["online"] * 8
    assert dict(Quota.objects.values_list("attendance", "taken")) == {"in_person": 0, "online": 1}
    assert Message.objects.filter(kind="attendance_changed").count() == 1


@on_postgresql
def test_the_last_place_is_not_given_to_two_who_change_at_once(summit, race):
    make_places(summit, 1)
    make_places(summit, None, "online")
    people = [make_registration(summit, attendance="online") for _ in range(8)]
    ends = race([lambda one=one: lifecycle.change_attendance(one, "in_person") for one in people])
    assert sorted(type(end).__name__ for end in ends) == ["NoPlaceLeft"] * 7 + ["Registration"]
    assert dict(Quota.objects.values_list("attendance", "taken")) == {"in_person": 1, "online": 7}
    assert Registration.objects.filter(attendance="in_person").count() == 1


@on_postgresql
def test_people_who_change_in_opposite_directions_do_not_wait_for_each_other(summit, race):
    make_places(summit, 20)
    make_places(summit, 20, "online")
    people = [make_registration(summit, attendance=("in_person", "online")[n % 2]) for n in range(16)]
    other = {"in_person": "online", "online": "in_person"}
    ends = race([lambda one=one: lifecycle.change_attendance(one, other[one.attendance]) for one in people])
    assert [type(end) for end in ends] == [Registration] * 16
    assert dict(Quota.objects.values_list("attendance", "taken")) == {"in_person": 8, "online": 8}


def sixty_four_for_eight_seats(summit, race, copy=None):
    """How it ended, and (seats taken, bookings by state, whether nobody waits before somebody who got a seat)."""
    session = make_session(summit, seats=8, starts_at=None)
    people = [make_registration(summit) for _ in range(64)]
    if copy:
        copy()
    ends = race([lambda one=one: bookings.book(one, session) for one in people])

    def after():
        rows = list(Booking.objects.order_by("queued_at", "pk").values_list("state", flat=True))
        return Session.objects.get(pk=session.pk).seats_taken, rows

    (found,) = race([after])
    return ends, found


def assert_eight_of_sixty_four(ends, found):
    assert [type(end) for end in ends] == [Booking] * 64
    assert found == (8, ["booked"] * 8 + ["waitlisted"] * 56)


@on_postgresql
def test_eight_seats_go_to_eight_of_sixty_four(summit, race):
    assert_eight_of_sixty_four(*sixty_four_for_eight_seats(summit, race))


@on_sqlite
def test_eight_seats_go_to_eight_of_sixty_four_in_a_file(summit, race, on_disk):
    assert_eight_of_sixty_four(*sixty_four_for_eight_seats(summit, race, on_disk))


@on_postgresql
def test_seats_given_back_at_once_are_offered_in_order(summit, race):
    session = make_session(summit, seats=8, starts_at=None)
    made = [bookings.book(make_registration(summit), session) for _ in range(24)]
    ends = race([lambda one=one: bookings.release(one) for one in made[:8]])
    assert {end.state for end in ends} == {"released"}
    states = list(Booking.objects.order_by("queued_at", "pk").values_list("state", flat=True))
    assert states == ["released"] * 8 + ["offered"] * 8 + ["waitlisted"] * 8
    assert Session.objects.get().seats_taken == 8
    assert Message.objects.filter(kind="seat_offered").count() == 8


@on_postgresql
def test_booking_and_cancelling_at_once_do_not_wait_for_each_other(summit, race):
    sessions = [make_session(summit, f"SES{n:03}", seats=4, starts_at=None) for n in range(3)]
    people = [make_registration(summit) for _ in range(8)]
    for one in people:
        for session in sessions:
            bookings.book(one, session)
    newcomers = [make_registration(summit) for _ in range(8)]
    jobs = [lambda one=one: lifecycle.cancel(one) for one in people[:4]]
    jobs += [lambda one=one, n=n: bookings.book(one, sessions[n % 3]) for n, one in enumerate(newcomers)]
    assert not [end for end in race(jobs) if isinstance(end, Exception)]
    for session in Session.objects.all():
        assert session.seats_taken == session.bookings.seated().count() == 4


def how(end):
    """``done``, the code of the rule that said no, or the name of what must not have happened."""
    if isinstance(end, Exception):
        return getattr(end, "code", type(end).__name__)
    return "done"


def answered_while_it_changes(summit, organiser, race, change, copy=None):
    """How it ended for eight who answer while an organiser changes the question, and the answers afterwards."""
    made = make_question(summit, kind="one", choices=("Seoul", "Busan"))
    pick = str(made.choices.first().pk)
    people = [make_registration(summit, email=f"{number}@race.example") for number in range(8)]
    if copy:
        copy()
    answers = [lambda who=who: lifecycle.correct(who, {}, answers={made.pk: [pick]}) for who in people]
    ends = race([*answers[:4], lambda: change(made, organiser), *answers[4:]])
    (left,) = race([lambda: [(str(row), row.question.kind) for row in Answer.objects.select_related("question")]])
    return ends, left


def make_it_a_line(made, organiser):
    return questions.edit(made, {"kind": "line"}, by=organiser)


def delete_it(made, organiser):
    return questions.delete(made, by=organiser)


def assert_nobody_answered_what_is_not_asked(ends, left):
    """Either the question stood and all answers do, or it was changed first and whoever came later was told so."""
    codes = {how(end) for end in ends}
    assert codes <= {"done", "answer_outdated", "kind_answered", "has_answers"}
    assert all(answer == ("Seoul", "one") for answer in left)
    stood = not codes.isdisjoint({"kind_answered", "has_answers"})
    assert len(left) == (8 if stood else 0)


@on_postgresql
@pytest.mark.parametrize("change", [make_it_a_line, delete_it])
def test_a_question_changed_while_people_answer_loses_no_answer(summit, organiser, race, change):
    assert_nobody_answered_what_is_not_asked(*answered_while_it_changes(summit, organiser, race, change))


@on_sqlite
@pytest.mark.parametrize("change", [make_it_a_line, delete_it])
def test_a_question_changed_while_people_answer_loses_no_answer_in_a_file(summit, organiser, race, on_disk, change):
    assert_nobody_answered_what_is_not_asked(*answered_while_it_changes(summit, organiser, race, change, on_disk))


def one_form_four_times(summit, organiser, race, copy=None):
    values = {"words": Text({"ko": "어느 도시?"}), "kind": "line"}
    if copy:
        copy()
    ends = race([lambda: questions.create(summit, values, by=organiser)] * 4)
    (count,) = race([Question.objects.count])
    return sorted(how(end) for end in ends), count


@on_postgresql
def test_one_form_of_a_question_sent_four_times_asks_once(summit, organiser, race):
    assert one_form_four_times(summit, organiser, race) == (["asked_already"] * 3 + ["done"], 1)


@on_sqlite
def test_one_form_of_a_question_sent_four_times_asks_once_in_a_file(summit, organiser, race, on_disk):
    assert one_form_four_times(summit, organiser, race, on_disk) == (["asked_already"] * 3 + ["done"], 1)


def needs_erased_while_they_change(summit, race):
    made = make_question(summit, sensitive=True)
    people = [make_registration(summit, email=f"{n}@needs.example", access_needs="휠체어") for n in range(6)]
    for who in people:
        lifecycle.correct(who, {}, answers={made.pk: "천식"})
    jobs = [
        lambda who=who: lifecycle.correct(who, {"job_title": "대표"}, answers={made.pk: "알레르기"}) for who in people
    ]
    return [how(end) for end in race([*jobs[:3], lambda: needs.forget_needs(summit), *jobs[3:]])]


@on_postgresql
def test_needs_are_erased_while_people_correct_theirs(summit, race):
    assert needs_erased_while_they_change(summit, race) == ["done"] * 7


@on_postgresql
def test_a_question_deleted_six_times_at_once_is_gone_and_no_page_breaks(summit, organiser, race, as_user):
    made = make_question(summit)
    path = f"/en/ogp2021/organiser/questions/{made.pk}/deletion/"
    clients = [as_user(organiser) for _n in range(6)]
    ends = race([lambda client=client: client.post(path).status_code for client in clients])
    assert sorted(ends) == [302, *[404] * 5]


def applicants(summit, number: int, places: int) -> list[Registration]:
    make_places(summit, places)
    press = make_category(summit, "press", admission="approval")
    return [make_registration(summit, category=press) for _ in range(number)]


@on_postgresql
def test_sixteen_are_approved_at_once_for_three_places(summit, race, organiser):
    waiting = applicants(summit, 16, 3)
    ends = race([lambda one=one: decisions.approve(one, by=organiser) for one in waiting])
    assert sorted(type(end).__name__ for end in ends) == ["NoPlaceLeft"] * 13 + ["Registration"] * 3
    assert Quota.objects.get().taken == Registration.objects.filter(state="confirmed").count() == 3
    assert Message.objects.filter(kind="confirmed").count() == 3


@on_postgresql
def test_two_decide_on_one_at_once_and_one_of_them_is_told(summit, race, organiser):
    [waiting] = applicants(summit, 1, 3)
    tabs = [Registration.objects.get(pk=waiting.pk) for _ in range(8)]
    no = decisions.Reason(words="no")
    verbs = [lambda one=one: decisions.approve(one, by=organiser) for one in tabs[:4]]
    verbs += [lambda one=one: decisions.reject(one, reason=no, by=organiser) for one in tabs[4:]]
    ends = race(verbs)
    assert sorted(type(end).__name__ for end in ends) == ["NotFromHere"] * 7 + ["Registration"]
    state = Registration.objects.get().state
    assert Quota.objects.get().taken == (1 if state == "confirmed" else 0)
    assert Message.objects.exclude(kind="applied").values_list("kind", flat=True).get() == state


@on_postgresql
def test_approving_and_coming_another_way_do_not_wait_for_each_other(summit, race, organiser):
    waiting = applicants(summit, 12, 20)
    make_places(summit, 20, "online")
    other = [Registration.objects.get(pk=one.pk) for one in waiting]
    verbs = [lambda one=one: decisions.approve(one, by=organiser) for one in waiting]
    verbs += [lambda one=one: lifecycle.change_attendance(one, "online") for one in other]
    assert [type(end) for end in race(verbs)] == [Registration] * 24
    assert dict(Quota.objects.values_list("attendance", "taken")) == {"in_person": 0, "online": 12}


@on_sqlite
def test_sixteen_are_approved_at_once_for_three_places_in_a_file(summit, race, on_disk, organiser):
    waiting = applicants(summit, 16, 3)
    on_disk()
    ends = race([lambda one=one: decisions.approve(one, by=organiser) for one in waiting])
    assert sorted(type(end).__name__ for end in ends) == ["NoPlaceLeft"] * 13 + ["Registration"] * 3
    (counts,) = race([lambda: (Quota.objects.get().taken, Registration.objects.filter(state="confirmed").count())])
    assert counts == (3, 3)


@on_postgresql
def test_places_are_offered_while_people_withdraw_and_each_is_kept_for_one(summit, race):
    make_places(summit, 8)
    Quota.objects.update(has_waitlist=True)
    there = [make_registration(summit) for _ in range(8)]
    waiting = [lifecycle.register(summit, person(summit, waits=True)) for _ in range(12)]
    verbs = [lambda one=one: lifecycle.cancel(one) for one in (*there[:6], *waiting[:4])]
    verbs += [lambda: waitlist.offer(summit)] * 6
    assert [end for end in race(verbs) if isinstance(end, Exception)] == []
    waitlist.offer(summit)
    kept = Registration.objects.filter(state="waitlisted", keeps_place=True).count()
    assert (kept, Quota.objects.get().taken) == (6, 8)


def sixteen_choose_three_dinners(summit, race, copy=None):
    """How it ended for those who registered, and for those who had and correct their answer, and what is taken."""
    question = make_question(summit, kind="several", choices=("Dinner", "Visit"))
    dinner = question.choices.first()
    Choice.objects.filter(pk=dinner.pk).update(capacity=3)
    answers = {question.pk: [str(dinner.pk)]}
    there = [make_registration(summit) for _ in range(8)]
    new = [person(summit, answers=answers) for _ in range(8)]
    if copy:
        copy()
    ends = race(
        [lambda who=who: lifecycle.register(summit, who) for who in new]
        + [lambda who=who: lifecycle.correct(who, {}, answers=answers) for who in there]
    )

    def counted():
        return (
            Choice.objects.get(pk=dinner.pk).taken,
            Pick.objects.filter(holds=True).count(),
            Answer.objects.count(),
        )

    (counts,) = race([counted])
    return ends, counts


def assert_three_have_dinner(ends, counts):
    assert counts == (3, 3, 3)
    assert sorted(getattr(end, "code", "") for end in ends) == [""] * 3 + ["choice_full"] * 13


@on_postgresql
def test_three_dinners_go_to_three_of_sixteen(summit, race):
    assert_three_have_dinner(*sixteen_choose_three_dinners(summit, race))


@on_sqlite
def test_three_dinners_go_to_three_of_sixteen_in_a_file(summit, race, on_disk):
    assert_three_have_dinner(*sixteen_choose_three_dinners(summit, race, on_disk))


def sixteen_choose_a_hotel_of_three(summit, race, copy=None):
    """As :func:`sixteen_choose_three_dinners`, where the limit is a quota on the answer."""
    question = make_question(summit, kind="one", choices=("Lotte", "COEX"))
    make_places(summit, 100)
    quota = Quota.objects.create(summit=summit, name={"en": "Lotte"}, is_basic=False, capacity=3)
    quota.choices.add(question.choices.first())
    lotte, coex = ({question.pk: [str(choice.pk)]} for choice in question.choices.all())
    there = [make_registration(summit, answers=coex) for _ in range(8)]
    new = [person(summit, answers=lotte) for _ in range(8)]
    if copy:
        copy()
    ends = race(
        [lambda who=who: lifecycle.register(summit, who) for who in new]
        + [lambda who=who: lifecycle.correct(who, {}, answers=lotte) for who in there]
    )

    def counted():
        chosen = Pick.objects.filter(choice=question.choices.first()).count()
        return Quota.objects.get(is_basic=False).taken, chosen, len(capacity.recount(summit))

    (counts,) = race([counted])
    return sorted(getattr(end, "code", "") for end in ends), counts


ONE_HOTEL = ([""] * 3 + ["no_place_left"] * 13, (3, 3, 0))


@on_postgresql
def test_three_rooms_go_to_three_of_sixteen(summit, race):
    assert sixteen_choose_a_hotel_of_three(summit, race) == ONE_HOTEL


@on_sqlite
def test_three_rooms_go_to_three_of_sixteen_in_a_file(summit, race, on_disk):
    assert sixteen_choose_a_hotel_of_three(summit, race, on_disk) == ONE_HOTEL
