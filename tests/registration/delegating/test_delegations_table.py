"""Delegations from a sheet: with places in several categories, and their heads."""

import pytest
from django.core import mail

from registration.models import Delegation, DelegationHead
from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import Sheet
from tests.factories import make_category, make_delegation

HEADINGS = ["name.ko", "name.en", "kind", "country", "precedence", "category", "places", "head_name", "head_email"]
FRANCE = ["프랑스", "France", "국가", "프랑스", "3", "정부 대표", "4", "Marie", "marie@france.example"]
PRESS = ["프랑스", "", "", "", "", "press", "2", "", ""]


@pytest.fixture(autouse=True)
def categories(summit):
    make_category(summit)
    make_category(summit, "press", name={"ko": "언론", "en": "Press"}, order=2)


def bring(summit, *rows, dry_run=False):
    sheet = Sheet(HEADINGS, [(f"line {n}", list(row)) for n, row in enumerate(rows, 2)])
    return import_table(summit, "delegations", sheet, HEADINGS, dry_run=dry_run)


def test_a_delegation_comes_with_its_places_and_its_head_is_told(summit, work):
    report = bring(summit, FRANCE, PRESS)
    work()
    assert report.refused == []
    made = Delegation.objects.get()
    assert (made.code, made.kind, made.country, made.precedence) == ("france", "country", "FR", 3)
    assert sorted(made.places.values_list("category__code", "places")) == [("delegate", 4), ("press", 2)]
    head = DelegationHead.objects.get()
    assert head.token in mail.outbox[0].body and mail.outbox[0].to == ["marie@france.example"]


def test_the_same_sheet_twice_changes_nothing_and_tells_nobody_again(summit, work):
    for _ in range(2):
        report = bring(summit, FRANCE, PRESS)
    work()
    assert (report.new, report.changed, len(mail.outbox)) == ({}, {}, 1)
    report = bring(summit, [*FRANCE[:6], "7", "", ""])
    assert Delegation.objects.get().places.get(category__code="delegate").places == 7


@pytest.mark.parametrize(
    ("column", "word"), [(2, "kingdom"), (3, "Atlantis"), (5, "nobody"), (6, "many"), (4, "first")]
)
def test_what_is_not_understood_is_refused_with_its_line(summit, column, word):
    row = [*FRANCE]
    row[column] = word
    assert [place for place, _reason in bring(summit, row).refused] == ["line 2"]
    assert not Delegation.objects.exists() and not DelegationHead.objects.exists()


def test_one_that_is_there_is_found_by_either_name(summit):
    make_delegation(summit, name={"ko": "프랑스", "en": "France"})
    bring(summit, FRANCE)
    assert Delegation.objects.get().country == "FR"
    assert not bring(summit, FRANCE, dry_run=True).writes
