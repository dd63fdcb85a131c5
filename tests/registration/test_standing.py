"""The truth table of what a person has: each row is a promise that pages, mails, papers, calendars and the desk keep."""

from itertools import product

import pytest

from registration import standing
from registration.models import Attendance, Registration, State, Vetting
from registration.standing import Entry, Facts, Next, Place, Standing
from tests.factories import make_category, make_registration

# state, attendance: ticket, passes, badge, confirmation, seats, joins, entry, place, own page, corrects, switches, withdraws, told, next
TABLE = {
    ("unproven", "in_person"): "- - - - - - none venue own - - withdraw - confirm_address",
    ("unproven", "online"): "- - - - - - none online own - - withdraw - confirm_address",
    ("pending", "in_person"): "- - - - - - none venue own correct switch withdraw - wait_for_decision",
    ("pending", "online"): "- - - - - - none online own correct switch withdraw - wait_for_decision",
    ("waitlisted", "in_person"): "- - - - - - none venue own correct switch withdraw - wait_for_place",
    ("waitlisted", "online"): "- - - - - - none online own correct switch withdraw - wait_for_place",
    (
        "confirmed",
        "in_person",
    ): "ticket passes badge confirmation seats joins confirmed venue own correct switch withdraw told show_ticket",
    (
        "confirmed",
        "online",
    ): "- - - confirmation - joins confirmed online own correct switch withdraw told follow_online",
    ("rejected", "in_person"): "- - - - - - cancelled venue - - - - - nothing",
    ("rejected", "online"): "- - - - - - cancelled online - - - - - nothing",
    ("cancelled", "in_person"): "- - - - - - cancelled venue - - - - - register_again",
    ("cancelled", "online"): "- - - - - - cancelled online - - - - - register_again",
}


def row(words: str) -> Standing:
    said = words.split()
    flags = [word != "-" for word in said]
    return Standing(
        *flags[:6], Entry("" if said[6] == "none" else said[6]), Place(said[7]), *flags[8:13], Next(said[13])
    )


@pytest.mark.parametrize(("state", "attendance"), TABLE)
def test_the_table(state, attendance):
    assert standing.of(Facts(state, attendance)) == row(TABLE[state, attendance])


def test_the_table_is_whole():
    assert set(TABLE) == set(product(State.values, Attendance.values))


@pytest.mark.parametrize(("state", "attendance"), TABLE)
def test_after_the_cut_off_nobody_changes_anything_and_keeps_all_else(state, attendance):
    before, after = (standing.of(Facts(state, attendance, changes_open=open_)) for open_ in (True, False))
    assert not (after.corrects or after.switches or after.withdraws)
    assert (after.ticket, after.badge, after.seats, after.entry, after.next) == (
        before.ticket, before.badge, before.seats, before.entry, before.next)  # fmt: skip


def test_in_a_category_that_books_no_seats_there_are_none_and_the_rest_is_as_ever():
    without = standing.of(Facts("confirmed", "in_person", may_book=False))
    assert not without.seats
    assert (without.ticket, without.badge, without.passes) == (True, True, True)


# vetting: ticket, passes, badge, confirmation, seats, entry, told, next, of who is confirmed and comes in person
VETTED = {
    "not_needed": "ticket passes badge confirmation seats confirmed told show_ticket",
    "waiting": "- - - confirmation seats confirmed told wait_for_vetting",
    "in_review": "- - - confirmation seats confirmed told wait_for_vetting",
    "cleared": "ticket passes badge confirmation seats confirmed told show_ticket",
    "refused": "- - - - - cancelled - nothing",
    "revoked": "- - - - - cancelled - nothing",
}


@pytest.mark.parametrize("vetting", Vetting.values)
def test_vetting_is_about_coming_in(vetting):
    found, said = standing.of(Facts("confirmed", "in_person", vetting)), VETTED[vetting].split()
    flags = [word != "-" for word in said]
    kept = (found.ticket, found.passes, found.badge, found.confirmation, found.seats, found.told)
    assert kept == (*flags[:5], flags[6])
    assert (found.entry, found.next) == (Entry(said[5]), Next(said[7]))
    assert standing.of(Facts("confirmed", "online", vetting)) == row(TABLE["confirmed", "online"])
    for state in ("pending", "waitlisted", "rejected", "cancelled"):
        assert standing.of(Facts(state, "in_person", vetting)) == row(TABLE[state, "in_person"])


def test_nobody_is_sent_to_a_closed_registration():
    assert standing.of(Facts("cancelled", "in_person", registers=False)).next == Next.NOTHING


@pytest.mark.django_db
def test_the_query_for_badges_is_the_rule(summit):
    category = make_category(summit, "press")
    for number, (state, attendance) in enumerate(TABLE):
        made = make_registration(summit, email=f"{number}@example.org", attendance=attendance, category=category)
        Registration.objects.filter(pk=made.pk).update(state=state)
    vetted = make_category(summit, "security", vetted=True)
    for number, (vetting, where) in enumerate(product(["", *Vetting.values], (category, vetted))):
        made = make_registration(summit, email=f"vetted{number}@example.org", category=where)
        Registration.objects.filter(pk=made.pk).update(vetting=vetting)
    rows = list(Registration.objects.select_related("summit", "category"))
    by_rule = {one.pk for one in rows if standing.of_registration(one).badge}
    assert by_rule == set(Registration.objects.filter(standing.WITH_BADGE).values_list("pk", flat=True))
    assert len(by_rule) == 1 + 5
