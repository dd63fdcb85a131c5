"""Making a summit from nothing."""

import re
from datetime import date

import pytest
from django.utils import timezone

from summit.editing.new_summit import CodeTaken, make_summit, suggested_code, venue_code
from summit.lib.translated import Text
from summit.models import HistoryEntry, Summit
from tests import factories

FACTS = {
    "name": Text({"ko": "2026 지방정부 포럼", "en": "Local Government Forum 2026"}),
    "short_name": Text(),
    "starts_on": date(2026, 12, 15),
    "ends_on": date(2026, 12, 16),
    "time_zone": "Europe/Paris",
    "languages": ["en", "ko"],
    "mode": "hybrid",
    "contact_email": "",
}
VENUE = {"name": Text({"ko": "코엑스", "en": "COEX, Seoul"}), "city": Text({"ko": "서울"}), "country": "KR"}


@pytest.fixture
def operator(db):
    return factories.make_user(is_superuser=True)


def test_a_new_summit_is_closed_and_has_its_venue_and_a_line(operator):
    made = make_summit("forum2026", FACTS, venue=VENUE, by=operator)
    made.refresh_from_db()
    assert (made.is_public, made.languages, made.time_zone) == (False, ["en", "ko"], "Europe/Paris")
    venue = made.venues.get()
    assert (venue.code, venue.country, venue.city["ko"]) == ("coex-seoul", "KR", "서울")
    line = HistoryEntry.objects.get()
    assert (line.action, line.by, line.summit) == ("summit.create", operator, made)
    assert line.changes["code"] == [None, "forum2026"]
    assert line.changes["starts_on"] == [None, "2026-12-15"]
    assert "short_name" not in line.changes


def test_a_summit_online_needs_no_venue(operator):
    made = make_summit("forum2026", FACTS, venue={"name": Text(), "city": Text(), "country": ""}, by=operator)
    assert not made.venues.exists()


def test_one_address_is_one_summit(operator):
    make_summit("forum2026", FACTS, by=operator)
    with pytest.raises(CodeTaken):
        make_summit("forum2026", FACTS, by=operator)
    assert Summit.objects.count() == HistoryEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "short", "code"),
    [
        ("Open Government Partnership Global Summit", "OGP", "ogp2026"),
        ("The Local Government Forum 2026", "", "lgf2026"),
        ("Open Government Partnership Global Summit", "The very long short name", "ogpgs2026"),
        ("", "", "summit2026"),
        ("Forum", "", "forum2026"),
        ("🎉 'Ω", "", "summit2026"),
    ],
)
def test_a_code_is_suggested_from_name_and_year(db, name, short, code):
    assert suggested_code(Text({"en": name, "ko": "포럼"}), Text({"en": short}), 2026) == code


def test_a_suggested_code_is_free(db):
    factories.make_summit("ogp2026")
    assert suggested_code(Text({"en": "x"}), Text({"en": "OGP"}), 2026) == "ogp2026_2"


@pytest.mark.parametrize(
    ("name", "code"),
    [("COEX, Seoul", "coex-seoul"), ("", "venue"), ("1st Hall", "st-hall"), ("x" * 80, "x" * 50), ("7", "venue")],
)
def test_a_venue_has_a_code_an_address_can_hold(name, code):
    assert venue_code(Text({"en": name, "ko": "회의장"})) == code


def test_every_page_of_a_new_summit_leads_somewhere_and_somebody_can_register(operator, client):
    summit = make_summit("lgf2027", FACTS, by=operator)
    Summit.objects.filter(pk=summit.pk).update(is_public=True, registration_opens_at=timezone.now())
    assert set(summit.pages.values_list("slug", flat=True)) == {"privacy", "accessibility"}
    for language in ("ko", "en"):
        home = client.get(f"/{language}/lgf2027/").content.decode()
        links = set(re.findall(rf'href="(/{language}/lgf2027/[^"#?]*)"', home))
        assert len(links) > 5
        assert [link for link in sorted(links) if client.get(link).status_code == 404] == []
    page = client.get("/en/lgf2027/register/").content.decode()
    assert "Participant" in page and page.count('name="category"') == 1
