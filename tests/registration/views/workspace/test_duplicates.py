"""The pages that show pairs, compare two registrations, merge them or keep them apart."""

import html
import re

import pytest
from django.core.cache import cache

from registration.models import NotTheSame
from registration.registering import lifecycle, merging, refusals
from tests.factories import make_registration, make_summit
from tests.registration.reading import everything, words

PAIRS = "/en/ogp2021/organiser/duplicates/"


@pytest.fixture
def office(as_user, organiser):
    cache.clear()
    return as_user(organiser)


@pytest.fixture
def two(summit):
    one = make_registration(summit, name="<b>홍길동</b>", organisation="한빛", job_title="")
    other = make_registration(summit, name="<b>홍 길동</b>", organisation="한빛", job_title="이사", name_romanised="")
    return one, other


def page_of(one, other, part=""):
    return f"{PAIRS}{one.guid}/{other.guid}/{part}"


def filled(client, one, other):
    page = client.get(page_of(one, other)).content.decode()
    return {name: html.unescape(value) for name, value in re.findall(r'name="(\w+_versions)" value="([^"]*)"', page)}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pairs_are_listed_with_why(office, two, language):
    page = office.get(PAIRS.replace("/en/", f"/{language}/"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "&lt;b&gt;홍길동&lt;/b&gt;" in text
    assert "<b>홍" not in text
    assert two[0].token not in text
    assert page_of(*two).replace("/en/", f"/{language}/") in text


def test_nobody_alike_is_told(office, registration):
    assert "No two registrations look like those of one person." in words(office.get(PAIRS))


def test_two_people_are_kept_apart(office, two):
    answer = office.post(page_of(*two, "apart/"), follow=True)
    assert "Kept: these are two people." in words(answer)
    assert "No two registrations look like those of one person." in words(answer)
    assert "Somebody of the team kept that these are two people." in words(office.get(page_of(*two)))
    office.post(page_of(two[0], two[0], "apart/"))
    assert NotTheSame.objects.count() == 1


def test_the_page_shows_what_stands_and_proposes_what_only_the_other_says(office, two):
    page = office.get(page_of(*two))
    rows = {row["name"]: row["take"] for row in page.context["rows"]}
    assert (rows["job_title"], rows["name"]) == (True, False)
    assert "is cancelled and its place is free" in words(page)


def test_merging_takes_what_was_chosen(office, two):
    one, other = two
    answer = office.post(page_of(*two), {**filled(office, *two), "job_title": "other", "name": "mine"}, follow=True)
    assert f"The two were merged: {one.reference} stands." in words(answer)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.job_title, one.name, other.merged_into) == ("이사", "<b>홍길동</b>", one)
    gone = office.get(f"/en/ogp2021/organiser/registrations/{other.guid}/")
    assert one.reference in words(gone)
    assert "reinstatement" not in gone.content.decode()
    again = office.post(page_of(*two), filled(office, *two))
    assert again.status_code == 409
    assert str(refusals.AlreadyMerged.message) in words(again)


@pytest.mark.parametrize("versions", ["", "{", "[]", "null", '{"state": 5}', '{"state": "x"}'])
def test_a_form_that_stands_on_nothing_merges_nothing(office, two, versions):
    before = everything()
    assert office.post(page_of(*two), {"kept_versions": versions, "other_versions": versions}).status_code == 409
    assert everything() == before


def test_a_page_that_is_out_of_date_merges_nothing(office, organiser, two):
    sent = filled(office, *two)
    lifecycle.correct(two[1], {"organisation": "Other"}, by=organiser, as_organiser=True)
    assert office.post(page_of(*two), sent).status_code == 409
    two[1].refresh_from_db()
    assert two[1].is_active


def test_the_kept_one_must_stand(office, two):
    lifecycle.cancel(two[0])
    page = office.get(page_of(*two))
    assert str(refusals.KeepTheOneThatStands.message) in words(page)
    assert "Merge the registrations" not in words(page)


def test_one_of_another_summit_is_not_there(office, two):
    foreign = make_registration(make_summit("ogp2023"))
    for part in ("", "apart/"):
        assert office.post(page_of(two[0], foreign, part)).status_code == 404
        assert office.post(page_of(foreign, two[0], part)).status_code == 404


@pytest.mark.parametrize("typed", ["reference", "lower"])
def test_another_registration_is_named_by_its_reference(office, two, typed):
    one, other = two
    reference = other.reference if typed == "reference" else f" {other.reference.lower().replace('-', '')} "
    answer = office.post(f"/en/ogp2021/organiser/registrations/{one.guid}/twin/", {"reference": reference})
    assert answer["Location"] == page_of(*two)


@pytest.mark.parametrize("typed", ["", "nobody", "x" * 5000, "own"])
def test_a_reference_of_nobody_else_is_told(office, two, typed):
    one = two[0]
    sent = {"reference": one.reference if typed == "own" else typed}
    answer = office.post(f"/en/ogp2021/organiser/registrations/{one.guid}/twin/", sent, follow=True)
    assert "There is no other registration with this reference." in words(answer)


def test_the_person_of_the_other_reads_which_one_stands(client, organiser, two):
    one, other = two
    merging.merge(one, other, by=organiser)
    page = client.get(f"/en/ogp2021/registrations/{other.token}/")
    assert one.reference in words(page)
    assert one.token not in page.content.decode()
