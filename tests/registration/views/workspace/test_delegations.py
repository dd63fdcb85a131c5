"""Delegations in the workspace: kept, invited, reminded, listed and printed."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core import mail
from django.utils import timezone, translation

from registration.delegating import itineraries, nominating
from registration.models import Delegation, DelegationHead
from registration.papers import delegation_lists
from registration.registering import lifecycle, sealing
from summit.models import HistoryEntry
from tests.factories import (
    make_category,
    make_delegation,
    make_head,
    make_registration,
    make_summit,
    make_user,
    person,
)
from tests.registration.reading import words

PAGE = "/en/ogp2021/organiser/delegations/"
LISTS = "/en/ogp2021/organiser/delegation-lists/"


@pytest.fixture
def summit(db):
    today = timezone.now().date()
    made = make_summit(starts_on=today + timedelta(days=30), ends_on=today + timedelta(days=32))
    make_category(made)
    return made


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def korea(summit):
    return make_delegation(summit, places=2, precedence=1)


def form_of(page) -> dict[str, str]:
    form = page.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if isinstance(value, dict):
            sent |= {f"{field.html_name}_{code}": words for code, words in value.items()}
        elif value is not None:
            sent[field.html_name] = value
    return sent


class TestOne:
    def test_is_made_and_edited_with_its_places(self, summit, office):
        category = summit.categories.get()
        sent = {"name_ko": "프랑스", "name_en": "France", "kind": "country", "country": "FR", "precedence": "3",
                "names_until": "2031-05-01T18:00", f"places_{category.pk}": "4"}  # fmt: skip
        answer = office.post(f"{PAGE}new/", sent)
        made = Delegation.objects.get()
        assert answer["Location"] == f"{PAGE}{made.code}/"
        assert (made.code, made.places.get().places) == ("france", 4)
        assert made.names_until.isoformat() == "2031-05-01T09:00:00+00:00"
        assert office.post(f"{PAGE}new/", {**sent, "country": ""}).status_code == 422
        page = office.get(answer["Location"])
        versions = page.context["form"]["form_versions"].value()
        changed = {**sent, "precedence": "1", f"places_{category.pk}": "", "form_versions": versions}
        assert office.post(answer["Location"], changed).status_code == 302
        assert office.post(answer["Location"], {**changed, "precedence": "9"}).status_code == 409
        made.refresh_from_db()
        assert (made.precedence, made.places.count()) == (1, 0)

    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_shows_whom_it_sends_and_what_is_missing(self, summit, office, korea, language):
        nominating.nominate(korea, person(summit, name="박두리"))
        shown = words(office.get(f"/{language}/ogp2021/organiser/delegations/korea/"))
        assert "박두리" in shown and korea.in_full in shown

    def test_its_head_is_invited_renewed_and_removed(self, office, korea, work):
        sent = {"role": "head", "name": "김대표", "email": "head@korea.example", "language": "en"}
        assert office.post(f"{PAGE}korea/heads/", sent).status_code == 302
        head = DelegationHead.objects.get()
        assert office.post(f"{PAGE}korea/heads/", {**sent, "email": "no"}).status_code == 422
        office.post(f"{PAGE}korea/heads/", {**sent, "email": "other@korea.example"})
        assert "This delegation has a head" in words(office.get(f"{PAGE}korea/"))
        office.post(f"{PAGE}korea/heads/{head.pk}/")
        work()
        assert [head.token in letter.body for letter in mail.outbox] == [True, False]
        assert head.token not in words(office.get(f"{PAGE}korea/"))
        office.post(f"{PAGE}korea/heads/{head.pk}/removal/")
        assert not DelegationHead.objects.exists()

    def test_is_deleted_as_long_as_nobody_comes_with_it(self, summit, office, korea):
        made = nominating.nominate(korea, person(summit))
        office.post(f"{PAGE}korea/deletion/")
        assert Delegation.objects.exists()
        made.delete()
        assert office.post(f"{PAGE}korea/deletion/")["Location"] == PAGE
        assert not Delegation.objects.exists()


class TestTheList:
    def test_says_how_far_each_is_in_the_same_queries(
        self, summit, office, korea, django_assert_num_queries, django_assert_max_num_queries
    ):
        nominating.nominate(korea, person(summit, name_romanised=""))
        office.get(PAGE)
        with django_assert_max_num_queries(45) as few:
            shown = words(office.get(PAGE))
        assert "1 of 2" in shown and "Name in Latin letters: 1" in shown and "1 of 2 places named" in shown
        for n in range(3):
            nominating.nominate(make_delegation(summit, f"other-{n}", places=1), person(summit))
        with django_assert_num_queries(len(few)):
            office.get(PAGE)

    def test_finds_those_that_lag(self, summit, office, korea):
        make_delegation(summit, "none", name={"ko": "없음", "en": "None"}, official_name={})
        assert [row.code for row in office.get(f"{PAGE}?lagging=yes").context["page"]] == ["korea"]
        assert [row.code for row in office.get(f"{PAGE}?lagging=no").context["page"]] == ["none"]
        assert [row.code for row in office.get(f"{PAGE}?q=korea").context["page"]] == ["korea"]

    def test_reminds_many_and_sets_their_deadline(self, summit, office, korea, work):
        make_head(korea)
        make_delegation(summit, "other", places=1)
        keys = ["korea", "other"]
        act = "/en/ogp2021/organiser/lists/delegations/act/"
        office.post(act, {"action": "remind", "chosen": keys, "confirmed": "1", "number": 2})
        work()
        assert [letter.to for letter in mail.outbox] == [["head@korea.example"]]
        office.post(
            act, {"action": "names-until", "chosen": keys, "confirmed": "1", "number": 2, "value": "2031-05-01T18:00"}
        )
        assert {row.names_until.isoformat() for row in Delegation.objects.all()} == {"2031-05-01T09:00:00+00:00"}

    def test_is_not_for_whoever_only_decides(self, as_user, summit, korea):
        reviewer = as_user(make_user("reviewer@team.example", summit=summit, role="reviewer"))
        assert reviewer.get(PAGE).status_code == 404
        assert reviewer.get(f"{LISTS}protocol.csv").status_code == 404


class TestRegistrations:
    def test_are_filtered_and_put_into_a_delegation(self, summit, office, korea):
        made, other = make_registration(summit), make_registration(summit)
        assert "delegation" in office.get("/en/ogp2021/organiser/registrations/new/").context["form"].fields
        cell = f"/en/ogp2021/organiser/lists/registrations/{made.guid}/delegation/"
        token = office.get(cell).context["form"]["token"].value()
        assert office.post(cell, {"value": korea.pk, "token": token}).status_code in {200, 302}
        made.refresh_from_db()
        assert made.delegation == korea
        found = office.get("/en/ogp2021/organiser/registrations/?delegation=korea").context["page"]
        assert list(found) == [made] and other not in found

    def test_are_counted_by_delegation(self, summit, office, korea):
        nominating.nominate(korea, person(summit))
        shown = office.get("/en/ogp2021/organiser/").context["numbers"]["delegations"]
        assert [(n, given) for _name, n, given in shown] == [(1, 2)]


@pytest.fixture
def three(summit, korea, organiser):
    """A head and a delegate of the first delegation, and one of the second; somebody online, and somebody without one."""
    busan = make_delegation(
        summit, "busan", places=5, precedence=2, name={"en": "Busan"}, official_name={"en": "Busan City"}
    )
    make_head(korea)
    korea.places.update(places=9)
    first = nominating.nominate(korea, person(summit, name="가나다", dietary_needs="Vegan"))
    head = nominating.nominate(korea, person(summit, name="하하하", email="head@korea.example", dietary_needs="vegan"))
    last = nominating.nominate(busan, person(summit, name="=1+1", dietary_needs="Halal"))
    lifecycle.change_attendance(nominating.nominate(korea, person(summit)), "online", as_organiser=True)
    make_registration(summit)
    when = timezone.now() + timedelta(days=29)
    itineraries.put(last, {"arrives_at": when, "arrives_by": "air", "arrives_on": "KE 1", "arrives_in": "Incheon"})
    itineraries.put(first, {"arrives_at": when + timedelta(hours=2)})
    return head, first, last


class TestPrints:
    def rows(self, summit, name):
        with translation.override("en"):
            return list(delegation_lists.table(summit, name).rows)

    def test_protocol_goes_by_precedence_and_the_head_comes_first(self, summit, three):
        rows = self.rows(summit, "protocol")
        assert [(row[0], row[3]) for row in rows] == [(1, "하하하"), (2, "가나다"), (3, "=1+1")]
        assert rows[0][7] == "Head of delegation" and rows[2][2] == "Busan City"

    def test_the_motorcade_goes_by_the_clock(self, summit, three):
        rows = self.rows(summit, "motorcade")
        assert [row[7] for row in rows][:2] == ["=1+1", "가나다"] and len(rows) == 6
        assert rows[0][2:6] == ["Arrival", "Incheon", "By air", "KE 1"] and rows[-1][0] == "not said yet"

    def test_catering_counts_without_names_or_names(self, summit, three):
        assert self.rows(summit, "catering") == [["Vegan", 2], ["Halal", 1]] or self.rows(summit, "catering")[0][1] == 2
        assert "하하하" not in str(self.rows(summit, "catering"))
        assert [row[3] for row in self.rows(summit, "catering-names")] == ["vegan", "Vegan", "Halal"]

    def test_seats_go_row_by_row(self, summit, three, monkeypatch):
        monkeypatch.setattr(delegation_lists, "SEATS_IN_A_ROW", 2)
        assert [row[:2] for row in self.rows(summit, "seating")] == [[1, 1], [1, 2], [2, 1]]

    def test_say_below_how_many_protected_people_are_not_on_them(self, office, summit, three):
        sealing.seal(three[1])
        told = "1 protected person is not on this list."
        page = words(office.get(LISTS))
        assert page.count(told) == 4 and "3 delegates" in page
        for name in ("protocol", "motorcade", "catering-names", "seating"):
            assert told in office.get(f"{LISTS}{name}.csv").content.decode()
        assert told not in office.get(f"{LISTS}catering.csv").content.decode()
        assert HistoryEntry.objects.filter(action="delegation.print").first().changes["people"] == [0, 2]

    def test_they_come_on_paper_and_as_sheets(self, office, summit, three):
        assert office.get(LISTS).status_code == 200
        pdf = office.get(f"{LISTS}protocol.pdf")
        assert pdf.content.startswith(b"%PDF-1.7") and pdf["Content-Type"] == "application/pdf"
        assert "'=1+1" in office.get(f"{LISTS}protocol.csv").content.decode()
        book = openpyxl.load_workbook(io.BytesIO(office.get(f"{LISTS}seating.xlsx").content))
        assert book.worksheets[0].max_row == 4
        assert office.get(f"{LISTS}nothing.csv").status_code == 404
        assert office.get(f"{LISTS}protocol.doc").status_code == 404
        assert HistoryEntry.objects.filter(action="delegation.print").count() == 3

    def test_more_people_take_no_more_queries(
        self, summit, three, django_assert_num_queries, django_assert_max_num_queries
    ):
        for name in delegation_lists.SHEETS:
            with django_assert_max_num_queries(3):
                self.rows(summit, name)
