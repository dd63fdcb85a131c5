"""One search over everything of a summit, and the short addresses, by rights."""

import re

import pytest
from django.test import Client
from django.utils import translation

from registration.finder import find
from summit.editing.opening import close_to_public
from summit.models import ActionPlan, Chair, Commitment, Right
from summit.models.team import RIGHTS
from tests.factories import (
    make_access_code,
    make_category,
    make_delegation,
    make_desk,
    make_invitation,
    make_organisation,
    make_page,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)

PAGE = "/en/ogp2021/organiser/find/"
EVERYTHING = frozenset(Right)


@pytest.fixture
def full(summit):
    make_session(summit, "CIV001", title={"ko": "시민참여 포럼", "en": "Citizens’ forum"}, track=make_track(summit))
    make_speaker(summit, "박수정", code="p00001", name_romanised="Zoë Park")
    make_organisation(summit, "moi", name={"ko": "행정안전부", "en": "Ministry of the Interior"})
    make_room(summit, "grand-101", name={"ko": "그랜드볼룸", "en": "Grand Ballroom"})
    make_page(summit, "venue-guide", title={"ko": "오시는 길", "en": "How to get here"})
    return summit


def labels(found):
    return {hit.label for kind in found for hit in kind.hits}


@pytest.mark.parametrize(
    ("query", "label"),
    [("시민", "시민참여 포럼"), ("ㅅㅁㅊㅇ", "시민참여 포럼"), ("civ001", "시민참여 포럼"), ("CITIZENS", "시민참여 포럼"),
     ("zoe", "박수정"), ("interior", "행정안전부"), ("grand", "그랜드볼룸"), ("오시는길", "오시는 길")],
)  # fmt: skip
def test_it_forgives_case_accents_spacing_language_and_finds_by_initials(full, query, label):
    assert label in labels(find(full, EVERYTHING, query))


def test_the_nearest_comes_first(summit):
    make_session(summit, "CIV001", title={"ko": "열린 정부와 예산", "en": "Open government and budgets"})
    make_session(summit, "CIV002", title={"ko": "예산", "en": "Budgets"})
    [sessions] = [kind for kind in find(summit, EVERYTHING, "예산") if kind.hits[0].detail.startswith("CIV")]
    assert [hit.detail for hit in sessions.hits] == ["CIV002", "CIV001"]


def test_pages_settings_and_what_can_be_added_are_found_by_their_names(full):
    assert "Team" in {str(label) for label in labels(find_in_english(full, "team"))}
    assert "Add: Room" in labels(find_in_english(full, "add room"))


def find_in_english(summit, query):
    with translation.override("en"):
        return find(summit, EVERYTHING, query)


@pytest.mark.parametrize("query", ["", "   ", "!!!", "\u200b", "없는말없는말", "x" * 200, "'; DROP TABLE", "%_%"])
def test_nothing_is_found_where_nothing_is_there(full, query):
    assert find(full, EVERYTHING, query) == []


def test_registrations_are_found_by_those_who_may_see_them_and_nobody_else(full):
    person = make_registration(full, email="gildong@people.example", name="홍길동")
    for role, rights in RIGHTS.items():
        found = labels(find(full, rights, "홍길동"))
        assert (person.name in found) == (Right.REGISTRATIONS in rights), role
    assert labels(find(full, RIGHTS["registrations"], "그랜드")) == set()


def test_nothing_of_another_summit_is_found(full):
    other = make_summit(code="other2022")
    make_session(other, "OTH001", title={"ko": "시민의 밤", "en": "Citizens’ night"})
    assert "시민의 밤" not in labels(find(full, EVERYTHING, "시민"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_search_asks_the_same_questions_for_more(full, django_assert_num_queries, number):
    for n in range(number):
        make_session(full, f"CIV10{n}", title={"ko": f"시민 {n}", "en": f"Citizens {n}"})
    with django_assert_num_queries(23):
        find(full, EVERYTHING, "시민")


def test_the_page_shows_what_is_found_and_its_hits_alone_to_the_script(full, organiser, as_user):
    client = as_user(organiser)
    page = client.get(f"{PAGE}?q=grand").content.decode()
    assert "Grand Ballroom" in page and 'value="grand"' in page
    part = client.get(f"{PAGE}?q=grand", headers={"X-Requested-With": "fetch"}).content.decode()
    assert "Grand Ballroom" in part and "<html" not in part
    assert "Nothing found." in client.get(f"{PAGE}?q=nothing-like-it").content.decode()
    hostile = client.get(PAGE, {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert(1)" not in hostile


def test_questions_desks_categories_and_venues_are_found_by_those_who_keep_them(full, organiser, as_user):
    question, _desk = make_question(full), make_desk(full)
    make_category(full)
    venue = full.venues.get()
    venue.name = {"ko": "광화문 회의장", "en": "Gwanghwamun Hall"}
    venue.save()
    for query, label in (
        ("which city", str(question.words)),
        ("안내 데스크", "정문 안내 데스크"),
        ("delegate", "정부 대표"),
        ("gwanghwamun", "광화문 회의장"),
    ):
        assert label in labels(find(full, EVERYTHING, query)), query
        assert label not in labels(find(full, frozenset({Right.WORKSPACE}), query)), query
    page = as_user(organiser).get(f"{PAGE}?q=which+city").content.decode()
    address = re.search(r'href="(/en/ogp2021/organiser/[^"]*questions/[^"]+)"', page)[1]
    assert as_user(organiser).get(address).status_code == 200


def test_the_team_and_what_is_done_seldom_are_found(full, organiser, as_user):
    assert "Organiser" in labels(find_in_english(full, "organiser@team"))
    assert "Organiser" not in labels(find(full, frozenset({Right.WORKSPACE}), "organiser@team"))
    assert {"Copy this summit"} <= labels(find_in_english(full, "copy"))
    assert {"Delete the summit"} <= labels(find_in_english(full, "delete"))
    page = as_user(organiser).get(f"{PAGE}?q=organiser%40team").content.decode()
    assert re.search(r'href="/en/ogp2021/organiser/team/\d+/"', page)


def test_strangers_find_nothing(full, as_user):
    assert as_user(make_user("stranger@people.example")).get(f"{PAGE}?q=grand").status_code == 404
    assert Client().get(f"{PAGE}?q=grand").status_code == 302


# short addresses


def way(client, code):
    response = client.get(f"/go/{code}/", headers={"Accept-Language": "en"})
    return response["Location"] if response.status_code == 302 else response.status_code


def test_a_code_leads_to_the_page_of_ones_work_or_to_the_public_one(full, organiser, as_user, client):
    assert way(client, "civ001") == "/en/ogp2021/sessions/CIV001/"
    assert way(as_user(organiser), "CIV001") == "/en/ogp2021/organiser/sessions/CIV001/"
    assert way(as_user(organiser), "p00001") == "/en/ogp2021/organiser/people/p00001/"
    assert way(as_user(organiser), "grand-101") == "/en/ogp2021/organiser/rooms/grand-101/"
    assert way(client, "grand-101") == 404
    assert way(client, "venue-guide") == "/en/ogp2021/pages/venue-guide/"


def test_what_is_not_public_is_not_there(summit, client):
    make_session(summit, "DRAFT1", published_at=None)
    assert way(client, "DRAFT1") == 404
    make_session(summit, "CIV001")
    close_to_public(summit, by=None)
    assert way(client, "CIV001") == 404


@pytest.mark.parametrize("code", ["nothing", "000000", "a" * 200])
def test_a_code_nobody_knows_is_not_there(summit, client, code):
    assert way(client, code) == 404


def test_a_reference_leads_organisers_to_the_registration_and_its_person_to_the_own_page(
    full, organiser, as_user, client
):
    user = make_user("gildong@people.example")
    person = make_registration(full, email="gildong@people.example")
    type(person).objects.filter(pk=person.pk).update(user=user)
    assert way(as_user(organiser), person.reference.lower()) == f"/en/ogp2021/organiser/registrations/{person.guid}/"
    assert way(as_user(organiser), person.reference.replace("-", "")).endswith(f"{person.guid}/")
    assert person.token in way(as_user(user), person.reference)
    assert way(client, person.reference) == 404


def test_of_two_summits_the_current_one_comes_first(full, client):
    later = make_summit(code="later2022")
    make_session(later, "CIV001")
    type(full).objects.filter(pk=full.pk).update(is_current=True)
    assert way(client, "CIV001") == "/en/ogp2021/sessions/CIV001/"


def test_the_register_is_found_by_those_who_write_it_and_its_rows_lead_to_their_pages(summit):
    Chair.objects.create(summit=summit, order=1, country="NO", name={"ko": "노르웨이", "en": "Norway"})
    plan = ActionPlan.objects.create(summit=summit, number=6, name={"ko": "제6차 계획", "en": "Sixth plan"})
    row = Commitment.objects.create(
        plan=plan, number=1, vision={"en": "Trust"}, title={"ko": "보호 강화", "en": "Protection"}
    )
    for role, rights in RIGHTS.items():
        with translation.override("en"):
            hits = {hit.label: hit.address for kind in find(summit, rights, "protection") for hit in kind.hits}
            pages = labels(find(summit, rights, "chairs"))
        writes = bool(rights & {Right.SETTINGS, Right.TEXTS})
        path = f"/en/ogp2021/organiser/settings/register/plans/{plan.pk}/commitments/{row.pk}/"
        assert hits == ({"Protection": path} if writes else {}), role
        assert ("Chairs" in pages) == writes
    assert "노르웨이" in labels(find(summit, EVERYTHING, "ㄴㄹㅇㅇ"))


def test_delegations_are_found_by_whoever_looks_after_registrations(full):
    make_delegation(full)
    with translation.override("en"):
        [found] = find(full, EVERYTHING, "대한민국 정부")
        assert (found.label, found.hits[0].address) == ("Delegations", "/en/ogp2021/organiser/delegations/korea/")
        assert find(full, frozenset({Right.WORKSPACE}), "대한민국 정부") == []


def test_invitations_and_codes_are_found_by_those_who_look_after_registrations(summit):
    make_invitation(summit, name="Zoë Müller", email="zoe@guests.example")
    make_access_code(summit, "ABCD2345", note="Friends of the press")
    translation.activate("en")
    rights = frozenset({Right.REGISTRATIONS})
    found = {each.label: [hit.label for hit in each.hits] for each in find(summit, rights, "zoe")}
    assert found["Invitations"] == ["Zoë Müller"]
    for query in ("abcd-2345", "friends press"):
        assert {each.label: [hit.label for hit in each.hits] for each in find(summit, rights, query)}["Codes"] == [
            "ABCD2345"
        ]
    assert find(summit, frozenset({Right.WORKSPACE}), "zoe") == []
