"""Whom a delegation sends: as many as it has places, replaced until the deadline, and after it with approval."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registration.delegating import attending, nominating
from registration.door import checkin
from registration.models import Quota, Registration
from registration.registering import bulk, decisions, delegated, lifecycle, refusals
from sessions.imports.tables.sheet import Sheet
from summit.models import HistoryEntry
from tests.factories import (
    make_category,
    make_delegation,
    make_desk,
    make_places,
    make_registration,
    make_session,
    make_summit,
    person,
)


@pytest.fixture
def korea(summit):
    return make_delegation(summit, places=2)


@pytest.fixture
def frozen(korea):
    korea.names_until = timezone.now() - timedelta(hours=1)
    korea.save()
    return korea


def taken(summit) -> int:
    return Quota.objects.get(summit=summit, attendance="in_person").taken


class TestNominating:
    def test_whoever_is_nominated_has_a_place_and_a_page_of_their_own(self, summit, korea, work):
        make_places(summit, 10)
        made = nominating.nominate(korea, person(summit))
        work()
        assert (made.state, made.delegation, taken(summit)) == ("confirmed", korea, 1)
        assert made.token in mail.outbox[0].body
        assert HistoryEntry.objects.filter(action="registration.nominate").count() == 1

    def test_also_before_registration_opens_and_in_a_category_on_approval(self, db):
        summit = make_summit(registration_opens_at=None)
        make_category(summit, admission="approval")
        assert nominating.nominate(make_delegation(summit, places=1), person(summit)).state == "confirmed"

    def test_no_more_than_there_are_places_in_the_category(self, summit, korea):
        nominating.nominate(korea, person(summit))
        nominating.nominate(korea, person(summit))
        with pytest.raises(refusals.NoDelegationPlace):
            nominating.nominate(korea, person(summit))
        with pytest.raises(refusals.NoDelegationPlace):
            nominating.nominate(korea, person(summit, category=make_category(summit, "press")))
        assert Registration.objects.count() == 2

    def test_nor_than_the_quotas_leave(self, summit, korea):
        make_places(summit, 1)
        nominating.nominate(korea, person(summit))
        with pytest.raises(refusals.NoPlaceLeft):
            nominating.nominate(korea, person(summit))

    def test_twice_the_same_form_is_once(self, summit, korea):
        who = person(summit)
        assert nominating.nominate(korea, who, nonce="a") == nominating.nominate(korea, who, nonce="a")
        with pytest.raises(refusals.AlreadyRegistered):
            nominating.nominate(korea, who, nonce="b")

    def test_who_cancels_makes_room_and_who_is_reinstated_needs_it(self, summit, korea, organiser):
        first = nominating.nominate(korea, person(summit))
        nominating.nominate(korea, person(summit))
        lifecycle.cancel(first)
        nominating.nominate(korea, person(summit))
        with pytest.raises(refusals.NoDelegationPlace):
            decisions.reinstate(first, by=organiser)

    def test_after_the_deadline_the_organisers_decide_and_the_place_is_kept(self, summit, frozen, organiser):
        made = nominating.nominate(frozen, person(summit))
        nominating.nominate(frozen, person(summit))
        assert made.state == "pending"
        with pytest.raises(refusals.NoDelegationPlace):
            nominating.nominate(frozen, person(summit))
        assert decisions.approve(made, by=organiser).state == "confirmed"


class TestReplacing:
    def test_the_place_goes_over_even_where_nobody_else_would_get_one(self, summit, korea, work):
        make_places(summit, 1)
        old = nominating.nominate(korea, person(summit, name="김하나"))
        work()
        new = nominating.replace(old, person(summit, name="이두리"))
        old.refresh_from_db()
        work()
        assert (old.state, new.state, taken(summit), new.replaces) == ("cancelled", "confirmed", 1, None)
        assert [letter.to for letter in mail.outbox] == [[old.email], [new.email], [old.email]]
        assert "이두리" not in mail.outbox[2].body and old.token not in mail.outbox[2].body

    def test_also_where_more_come_than_there_are_places_by_now(self, summit, korea):
        make_places(summit, 2)
        old = nominating.nominate(korea, person(summit))
        nominating.nominate(korea, person(summit))
        Quota.objects.update(capacity=1, excess=1)
        korea.places.update(places=1)
        assert nominating.replace(old, person(summit)).state == "confirmed"
        assert taken(summit) == 2

    def test_twice_the_same_form_is_once(self, summit, korea):
        old, who = nominating.nominate(korea, person(summit)), person(summit)
        new = nominating.replace(old, who, nonce="a")
        assert nominating.replace(old, who, nonce="a") == new
        with pytest.raises(refusals.NotActive):
            nominating.replace(old, person(summit), nonce="b")

    def test_seats_in_sessions_go_over(self, summit, korea):
        session = make_session(summit, seats=1)
        old = nominating.nominate(korea, person(summit))
        assert attending.choose(korea, session, {old.pk}).booked == 1
        new = nominating.replace(old, person(summit))
        session.refresh_from_db()
        assert [row.registration for row in session.bookings.seated()] == [new]
        assert session.seats_taken == 1

    def test_nobody_who_has_arrived(self, summit, korea, desk_staff):
        old = nominating.nominate(korea, person(summit))
        checkin.check_in(old, desk=make_desk(summit), by=desk_staff, nonce="one")
        with pytest.raises(refusals.ReplacedHasArrived):
            nominating.replace(old, person(summit))

    def test_an_address_that_is_registered_leaves_everything_as_it_was(self, summit, korea):
        old, other = nominating.nominate(korea, person(summit)), make_registration(summit)
        with pytest.raises(refusals.AlreadyRegistered):
            nominating.replace(old, person(summit, email=other.email))
        old.refresh_from_db()
        assert (old.state, Registration.objects.count()) == ("confirmed", 2)

    def test_after_the_deadline_both_wait_for_the_organisers(self, summit, korea, organiser, work):
        make_places(summit, 1)
        old = nominating.nominate(korea, person(summit))
        korea.names_until = timezone.now()
        korea.save()
        new = nominating.replace(Registration.objects.get(pk=old.pk), person(summit))
        old.refresh_from_db()
        assert (old.state, new.state, new.replaces) == ("confirmed", "pending", old)
        with pytest.raises(nominating.BeingReplaced):
            nominating.replace(old, person(summit))
        decisions.approve(new, by=organiser)
        old.refresh_from_db()
        work()
        assert (old.state, new.state, new.replaces, taken(summit)) == ("cancelled", "confirmed", None, 1)
        assert [letter.to for letter in mail.outbox][-2:] == [[new.email], [old.email]]

    def test_a_replacement_that_is_rejected_leaves_the_one_before(self, summit, korea, organiser):
        old = nominating.nominate(korea, person(summit))
        korea.names_until = timezone.now()
        korea.save()
        new = nominating.replace(Registration.objects.get(pk=old.pk), person(summit))
        decisions.reject(new, reason=decisions.Reason(words="No."), by=organiser)
        old.refresh_from_db()
        assert (old.state, new.state) == ("confirmed", "rejected")
        assert nominating.replace(old, person(summit)).state == "pending"


class TestNames:
    def test_the_deadline_holds_for_the_person_and_the_head_but_not_for_the_team(self, summit, korea, organiser):
        made = nominating.nominate(korea, person(summit))
        lifecycle.correct(made, {"name": "김두나"})
        korea.names_until = timezone.now()
        korea.save()
        with pytest.raises(refusals.NamesFrozen):
            lifecycle.correct(made, {"name_romanised": "Kim Duna", "job_title": "Minister"})
        made.refresh_from_db()
        assert made.job_title == "사무국장"
        lifecycle.correct(made, {"job_title": "Minister"})
        assert lifecycle.correct(made, {"name": "김세나"}, by=organiser, as_organiser=True).name == "김세나"


class TestTheTeam:
    def test_puts_somebody_into_a_delegation_that_has_room(self, summit, korea, organiser):
        korea.places.update(places=1)
        first, second = make_registration(summit), make_registration(summit)
        delegated.set_delegation(first, korea, by=organiser)
        with pytest.raises(refusals.NoDelegationPlace):
            delegated.set_delegation(second, korea, by=organiser)
        delegated.set_delegation(first, None, by=organiser)
        assert delegated.set_delegation(second, korea, by=organiser).delegation == korea

    def test_another_category_needs_a_place_there(self, summit, korea, organiser):
        press = make_category(summit, "press")
        people = [nominating.nominate(korea, person(summit)) for _ in range(2)]
        with pytest.raises(refusals.NoDelegationPlace):
            lifecycle.set_category(people[0], press, by=organiser)
        korea.places.create(category=press, places=1)
        with pytest.raises(refusals.NoDelegationPlace):
            bulk.set_category(summit, people, press, by=organiser)
        assert len(bulk.set_category(summit, people[:1], press, by=organiser)) == 1


def sheet(*rows: list[str]) -> Sheet:
    return Sheet(["이름", "이메일"], [(f"line {n}", list(row)) for n, row in enumerate(rows, 2)])


class TestSheets:
    COLUMNS = ("name", "email")

    def nominate(self, delegation, *rows, dry_run=False):
        return nominating.from_sheet(delegation, sheet(*rows), list(self.COLUMNS), language="en", dry_run=dry_run)

    def test_twenty_people_come_at_once(self, summit, korea, work):
        make_places(summit, 50)
        korea.places.update(places=20)
        report = self.nominate(korea, *([f"대표 {n}", f"delegate{n}@korea.example"] for n in range(20)))
        work()
        assert (report.refused, taken(summit), len(mail.outbox)) == ([], 20, 20)
        made = Registration.objects.filter(delegation=korea, state="confirmed", country="KR", language="en")
        assert made.count() == 20
        for old in made[:2]:
            nominating.replace(old, person(summit))
        assert (Registration.objects.delegated().count(), taken(summit)) == (20, 20)

    def test_one_too_many_and_nobody_comes(self, summit, korea):
        report = self.nominate(korea, *([f"대표 {n}", f"delegate{n}@korea.example"] for n in range(3)))
        assert [place for place, _reason in report.refused] == ["line 4"]
        assert not Registration.objects.exists()

    @pytest.mark.parametrize("column", ["tags", "delegation"])
    def test_what_is_the_teams_to_say_is_refused(self, summit, korea, column):
        rows = Sheet(["이름", "이메일", "?"], [("line 2", ["김하나", "hana@korea.example", "VIP"])])
        report = nominating.from_sheet(korea, rows, [*self.COLUMNS, column], language="en", dry_run=False)
        assert report.refused[0][1].startswith("?: ") and "운영진만" in report.refused[0][1]
        assert not Registration.objects.exists() and not summit.tags.exists()

    def test_a_dry_run_leaves_nothing(self, summit, korea):
        assert self.nominate(korea, ["김하나", "hana@korea.example"], dry_run=True).new == {"registrations": 1}
        assert not Registration.objects.exists()

    def test_of_whoever_is_registered_elsewhere_the_name_is_not_told(self, summit, korea):
        other = make_registration(summit, name="박비밀")
        report = self.nominate(korea, ["김하나", other.email], dry_run=True)
        assert len(report.refused) == 1 and "박비밀" not in report.refused[0][1]
        assert report.notes == []

    def test_the_same_sheet_twice_is_once(self, summit, korea):
        for _ in range(2):
            report = self.nominate(korea, ["김하나", "hana@korea.example"])
        assert (report.same, Registration.objects.count()) == ({"registrations": 1}, 1)

    def test_after_the_deadline_they_wait(self, summit, frozen):
        self.nominate(frozen, ["김하나", "hana@korea.example"])
        assert Registration.objects.get().state == "pending"
