"""The open-government register in the settings: its tables, and what is below an action plan."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from summit.models import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    HistoryEntry,
    MemberGovernment,
    MembershipFigure,
    PlanStep,
    Summit,
)
from summit.public_pages import revisions
from tests.factories import make_page, make_user

REGISTER = "/en/ogp2021/organiser/settings/register/"
NEW = {
    "figures": {"year": "2021", "national": "77", "local": "76", "note_en": "From the source."},
    "members": {"country": "KR", "name_ko": "대한민국", "name_en": "Korea", "founding": "on"},
    "chairs": {"country": "NO", "name_ko": "노르웨이", "name_en": "Norway", "note_en": "Second chair"},
    "committee": {"term": "3", "name": "박수정", "name_romanised": "Park Sujeong", "job_title_en": "Secretary General",
                  "affiliation_ko": "행정개혁시민연합", "affiliation_en": "CCBG", "past_terms": "2, 1"},
    "plans": {"number": "6", "name_ko": "제6차 계획", "name_en": "Sixth plan"},
}  # fmt: skip
MODELS = {"figures": MembershipFigure, "members": MemberGovernment, "chairs": Chair, "committee": CommitteeMember,
          "plans": ActionPlan}  # fmt: skip
STEP = {
    "period_en": "October 2022",
    "title_ko": "과제발굴",
    "title_en": "Finding proposals",
    "detail_en": "The public was asked.",
}
COMMITMENT = {"number": "1", "vision_ko": "반부패", "vision_en": "Anti-corruption", "title_ko": "보호 강화", "title_en": "Protection",
              "ministries_ko": "국민권익위원회\n행정안전부", "ministries_en": "ACRC\r\nMOIS", "note_en": "Both tables agree."}  # fmt: skip


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def plan(summit):
    return ActionPlan.objects.create(summit=summit, number=6, name={"ko": "제6차 계획", "en": "Sixth plan"})


def hidden(page, name="form_versions"):
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def filled(client, path, sent, **more):
    return {"form_versions": hidden(client.get(path).content.decode()), **sent, **more}


def chair(summit, order, name="Norway", country="NO"):
    return Chair.objects.create(summit=summit, order=order, country=country, name={"ko": name, "en": name})


def member(summit, term, order, name="김하나"):
    return CommitteeMember.objects.create(summit=summit, term=term, order=order, name=name)


@pytest.mark.parametrize(("language", "says"), [("en", "What the register is for"), ("ko", "열린정부 자료란")])
def test_a_summit_without_a_register_says_what_it_is_for_and_how_to_begin(office, language, says):
    page = office.get(REGISTER.replace("/en/", f"/{language}/")).content.decode()
    assert says in page
    for folder in NEW:
        listed = office.get(f"{REGISTER}{folder}/").content.decode()
        assert "Begin with" in listed and f"{folder}/new/" in listed
    assert "register/" in office.get("/en/ogp2021/organiser/settings/").content.decode()


@pytest.mark.parametrize("folder", NEW)
def test_a_row_is_added_changed_and_deleted_and_each_step_is_told(summit, office, folder):
    revision = Summit.objects.get().agenda_revision
    at, model = f"{REGISTER}{folder}/", MODELS[folder]
    assert office.post(f"{at}new/", NEW[folder])["Location"] == at
    row = model.objects.get()
    page = office.get(f"{at}{row.pk}/").content.decode()
    assert "Added" in page and "Delete" in page
    texts = {name: value for name, value in NEW[folder].items() if name.endswith("_en")}
    changed = {name: f"{value} (new)" for name, value in texts.items()}
    assert office.post(f"{at}{row.pk}/", filled(office, f"{at}{row.pk}/", NEW[folder], **changed)).status_code == 302
    page = office.get(f"{at}{row.pk}/").content.decode()
    for name, value in texts.items():
        assert f"{value} (new)" in unescape(page), name
    assert office.post(f"{at}{row.pk}/deletion/", follow=True).status_code == 200
    assert not model.objects.exists()
    told = HistoryEntry.objects.order_by("pk")
    kind = model._meta.model_name
    assert [entry.action for entry in told] == [f"{kind}.create", f"{kind}.edit", f"{kind}.delete"]
    # What is gone can be read in the history, all of it.
    assert {name.removesuffix("_en").removesuffix("_ko") for name in NEW[folder]} <= set(told[2].changes)
    assert Summit.objects.get().agenda_revision > revision + 2


@pytest.mark.parametrize(
    ("folder", "wrong", "says"),
    [
        ("figures", {"year": "20211"}, "2100"), ("figures", {"national": "-1"}, "0"), ("figures", {"local": ""}, "required"),
        ("figures", {"note_en": "x" * 301}, "300"), ("members", {"country": "XX"}, "XX"), ("members", {"country": ""}, "required"),
        ("chairs", {"name_en": "y" * 121}, "120"), ("committee", {"past_terms": "1, two"}, "such as 1, 2"),
        ("committee", {"past_terms": "3"}, "lies before term 3"), ("committee", {"past_terms": "1" * 40}, "such as 1, 2"),
        ("committee", {"name": " \u200b"}, "required"), ("committee", {"term": "0"}, "1"), ("plans", {"name_ko": "", "name_en": ""}, "required"),
        ("plans", {"number": "²"}, "number"),
    ], ids=str,
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_kept(office, folder, wrong, says):
    response = office.post(f"{REGISTER}{folder}/new/", {**NEW[folder], **wrong})
    page = unescape(response.content.decode())
    assert response.status_code == 422 and "Something still needs your attention" in page
    assert says in page
    assert not MODELS[folder].objects.exists() and not HistoryEntry.objects.exists()


@pytest.mark.parametrize(("folder", "says"), [("figures", "figures of this year already"), ("members", "is a member already"), ("plans", "has this number")])  # fmt: skip
def test_what_there_is_once_is_not_added_twice(office, folder, says):
    office.post(f"{REGISTER}{folder}/new/", NEW[folder])
    response = office.post(f"{REGISTER}{folder}/new/", NEW[folder])
    assert response.status_code == 409 and says in response.content.decode()
    assert MODELS[folder].objects.count() == 1


def test_a_number_another_row_has_is_refused_when_a_row_is_changed(summit, office, plan):
    other = ActionPlan.objects.create(summit=summit, number=5, name={"en": "Fifth plan"})
    path = f"{REGISTER}plans/{other.pk}/"
    response = office.post(path, filled(office, path, {"number": "6", "name_en": "Fifth plan"}))
    assert response.status_code == 409 and "has this number" in response.content.decode()


def test_an_empty_name_is_the_usual_name_of_the_country(office):
    office.post(f"{REGISTER}chairs/new/", {"country": "DE"})
    assert dict(Chair.objects.get().name) == {"ko": "독일", "en": "Germany"}


def test_a_country_no_standard_knows_is_kept(summit, office):
    MemberGovernment.objects.create(summit=summit, country="EU", name={"en": "European Union"})
    path = f"{REGISTER}members/{MemberGovernment.objects.get().pk}/"
    assert office.post(path, filled(office, path, {"country": "EU", "name_en": "The Union"})).status_code == 302
    assert str(MemberGovernment.objects.get().name["en"]) == "The Union"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name_ko": "", "name_en": ""}, "Write the name of the local government"),
        ({"joined": "2016", "left": "2015"}, "It joined in 2016"),
        ({"left": "2020", "standing": "active"}, "Who has left is withdrawn"),
        ({"local_code": "Seoul!"}, "Small letters, digits and hyphens"),
    ],
)
def test_a_local_government_is_added_beside_its_country_and_what_makes_no_sense_is_refused(
    summit, office, client, wrong, says
):
    office.post(f"{REGISTER}members/new/", NEW["members"])
    seoul = {"country": "KR", "local_code": "seoul", "name_ko": "서울", "name_en": "Seoul", "joined": "2016"}
    refused = office.post(f"{REGISTER}members/new/", {**seoul, **wrong})
    assert refused.status_code == 422 and says in unescape(refused.content.decode())
    assert office.post(f"{REGISTER}members/new/", seoul).status_code == 302
    assert office.post(f"{REGISTER}members/new/", seoul).status_code == 409
    assert "local government in South Korea" in office.get(f"{REGISTER}members/").content.decode()
    make_page(summit, "members")
    page = client.get("/en/ogp2021/pages/members/").content.decode()
    assert page.index('id="national"') < page.index('id="local"') < page.index("Seoul")
    # Nobody has told how any of them stands.
    assert "Standing" not in page
    MemberGovernment.objects.filter(local_code="seoul").update(left=2020, standing="withdrawn")
    summit.raise_revision()
    page = client.get("/en/ogp2021/pages/members/").content.decode()
    assert page.count("Standing") == 1 and " ".join(page.split()).count("Withdrawn (2020)") == 1


def test_the_notes_of_the_register_stand_on_its_pages(summit, office, client):
    for folder, sent in (("committee", {**NEW["committee"], "note_ko": "자료에는 박수진", "note_en": "The source says 박수진"}),
                         ("plans", {**NEW["plans"], "document": "https://example.org/plan.pdf"})):  # fmt: skip
        assert office.post(f"{REGISTER}{folder}/new/", sent).status_code == 302
        make_page(summit, {"plans": "action-plan"}.get(folder, folder))
    assert "The source says 박수진" in client.get("/en/ogp2021/pages/committee/").content.decode()
    assert 'href="https://example.org/plan.pdf"' in client.get("/en/ogp2021/pages/action-plan/").content.decode()
    assert (
        office.post(f"{REGISTER}plans/new/", {**NEW["plans"], "number": "7", "document": "javascript:1"}).status_code
        == 422
    )


def test_a_translator_writes_how_a_member_of_the_committee_is_called_in_latin_letters(summit, as_user):
    row = member(summit, 3, 1)
    translator = as_user(make_user("words@team.example", summit=summit, role="translator"))
    path = f"{REGISTER}committee/{row.pk}/"
    assert "Kim Ha-na" in translator.get(path).content.decode()
    assert (
        translator.post(path, filled(translator, path, {"name_romanised": "Hana Kim", "name": "다른 이름"})).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.name, row.name_romanised) == ("김하나", "Hana Kim")


def test_a_preview_says_what_readers_see_and_saves_nothing(summit, office):
    at = f"{REGISTER}committee/new/"
    page = office.post(at, {**NEW["committee"], "action": "preview"}).content.decode()
    assert "Preview, nothing is saved yet" in page
    assert (
        "Civil members, term 3: 박수정 · Park Sujeong · Secretary General · CCBG" in page
        and "Also in term 1, 2" in page
    )
    assert "address committee" in page
    make_page(summit, "committee")
    assert "and in the open data" in office.post(at, {**NEW["committee"], "action": "preview"}).content.decode()
    assert not CommitteeMember.objects.exists()


def test_two_owners_do_not_overwrite_each_others_row(summit, office):
    path = f"{REGISTER}chairs/{chair(summit, 1).pk}/"
    early = filled(office, path, NEW["chairs"], note_en="Mine 🎈")
    office.post(path, {**early, "note_en": "Theirs"})
    response = office.post(path, early)
    page = response.content.decode()
    assert response.status_code == 409 and "Theirs" in page and "Mine 🎈" in page
    assert office.post(path, {**early, "form_versions": hidden(page)}).status_code == 302
    assert Chair.objects.get().note["en"] == "Mine 🎈"


def test_a_translation_whose_source_changed_is_outdated(summit, office):
    path = f"{REGISTER}chairs/{chair(summit, 1).pk}/"
    office.post(path, filled(office, path, {"country": "NO", "name_ko": "노르웨이", "name_en": "Norway"}))
    office.post(path, filled(office, path, {"country": "NO", "name_ko": "노르웨이 왕국", "name_en": "Norway"}))
    assert Chair.objects.get().name.status("en", source="ko") == "outdated"


def test_chairs_change_places_and_keep_the_numbers_they_have(summit, office):
    rows = [chair(summit, order, name) for order, name in ((1, "US"), (4, "Brazil"), (7, "Norway"))]
    assert office.post(f"{REGISTER}chairs/{rows[2].pk}/order/", {"way": "up"})["Location"] == f"{REGISTER}chairs/"
    assert [(str(row.name), row.order) for row in Chair.objects.all()] == [("US", 1), ("Norway", 4), ("Brazil", 7)]
    office.post(f"{REGISTER}chairs/{rows[0].pk}/order/", {"way": "up"})
    assert [row.order for row in Chair.objects.all()] == [1, 4, 7]
    office.post(f"{REGISTER}chairs/new/", {"country": "KR"})
    assert Chair.objects.get(country="KR").order == 8


def test_members_of_the_committee_move_within_their_term_and_go_to_the_end_of_another(summit, office):
    first, second, other = member(summit, 3, 1), member(summit, 3, 2, "이도"), member(summit, 2, 1, "박셋")
    office.post(f"{REGISTER}committee/{second.pk}/order/", {"way": "up"})
    office.post(f"{REGISTER}committee/{other.pk}/order/", {"way": "down"})
    found = CommitteeMember.objects.order_by("term", "order").values_list("name", "term", "order")
    assert list(found) == [("박셋", 2, 1), ("이도", 3, 1), ("김하나", 3, 2)]
    path = f"{REGISTER}committee/{other.pk}/"
    office.post(path, filled(office, path, {"term": "3", "name": "박셋"}))
    other.refresh_from_db()
    assert (other.term, other.order) == (3, 3)
    listed = office.get(f"{REGISTER}committee/").content.decode()
    assert "Term 3" in listed and "Term 2" not in listed
    assert first.pk


def test_a_plan_has_its_steps_and_commitments_below_it(summit, office, client, plan):
    at = f"{REGISTER}plans/{plan.pk}/"
    make_page(summit, "action-plan")
    assert office.post(f"{at}steps/new/", STEP)["Location"] == f"{at}steps/"
    assert office.post(f"{at}commitments/new/", COMMITMENT)["Location"] == f"{at}commitments/"
    made = Commitment.objects.get()
    assert made.ministries == [{"ko": "국민권익위원회", "en": "ACRC"}, {"ko": "행정안전부", "en": "MOIS"}]
    page = office.get(at).content.decode()
    assert "Finding proposals" in page and f"{at}commitments/{made.pk}/" in page
    form = office.get(f"{at}commitments/{made.pk}/").content.decode()
    assert "국민권익위원회\n행정안전부</textarea>" in form
    assert 'value="2"' in office.get(f"{at}commitments/new/").content.decode()
    public = client.get("/en/ogp2021/pages/action-plan/").content.decode()
    assert "Finding proposals" in public and "ACRC" in public
    changed = filled(
        office, f"{at}commitments/{made.pk}/", COMMITMENT, ministries_ko="국민권익위원회", ministries_en="-"
    )
    office.post(f"{at}commitments/{made.pk}/", changed)
    assert Commitment.objects.get().ministries == [{"ko": "국민권익위원회"}]
    told = office.get(f"{at}commitments/{made.pk}/").content.decode()
    assert "국민권익위원회 / ACRC, 행정안전부 / MOIS" in told
    revisions.forget()
    assert "MOIS" not in client.get("/en/ogp2021/pages/action-plan/").content.decode()


@pytest.mark.parametrize(
    ("bodies", "says"),
    [({"ministries_ko": "하나\n둘", "ministries_en": "One"}, "1 of 2 lines"), ({"ministries_ko": "", "ministries_en": ""}, "required"),
     ({"ministries_ko": "-", "ministries_en": "–"}, "at least one language"), ({"ministries_ko": "가\n" * 21, "ministries_en": ""}, "20 lines"),
     ({"ministries_ko": "가" * 201, "ministries_en": ""}, "200 letters")], ids=str,
)  # fmt: skip
def test_bodies_that_make_no_sense_are_refused(office, plan, bodies, says):
    response = office.post(f"{REGISTER}plans/{plan.pk}/commitments/new/", {**COMMITMENT, **bodies})
    assert response.status_code == 422 and says in unescape(response.content.decode())
    assert not Commitment.objects.exists()


def test_steps_change_places(office, plan):
    rows = [
        PlanStep.objects.create(plan=plan, order=n, period={"en": str(n)}, title={"en": f"Step {n}"}) for n in (1, 2, 3)
    ]
    office.post(f"{REGISTER}plans/{plan.pk}/steps/{rows[0].pk}/order/", {"way": "down"})
    assert [str(row.title) for row in PlanStep.objects.all()] == ["Step 2", "Step 1", "Step 3"]


def test_a_plan_with_something_below_it_is_not_deleted(office, plan):
    at = f"{REGISTER}plans/{plan.pk}/"
    step = PlanStep.objects.create(plan=plan, order=1, period={"en": "May"}, title={"en": "Step"})
    assert "Delete those first" in office.post(f"{at}deletion/", follow=True).content.decode()
    office.post(f"{at}steps/{step.pk}/deletion/")
    office.post(f"{at}deletion/")
    assert not ActionPlan.objects.exists()


def test_rows_of_another_summit_or_plan_are_not_there(summit, office, plan, make_foreign):
    foreign = make_foreign()
    step = PlanStep.objects.create(plan=foreign, order=1, period={"en": "May"}, title={"en": "Step"})
    for path in (
        f"plans/{foreign.pk}/",
        f"plans/{foreign.pk}/steps/",
        f"plans/{plan.pk}/steps/{step.pk}/",
        "chairs/999999999999999999999/",
    ):
        assert office.get(f"{REGISTER}{path}").status_code == 404
    assert office.post(f"{REGISTER}plans/{plan.pk}/steps/{step.pk}/order/", {"way": "up"}).status_code == 404


@pytest.fixture
def make_foreign():
    from tests.factories import make_summit

    return lambda: ActionPlan.objects.create(summit=make_summit("ogp2023"), number=7, name={"en": "Foreign"})


def test_a_translator_writes_the_texts_and_nothing_else(summit, as_user):
    row = chair(summit, 1)
    client = as_user(make_user(summit=summit, role="translator"))
    listed = client.get(f"{REGISTER}chairs/").content.decode()
    assert "Norway" in listed and "chairs/new/" not in listed and "order/" not in listed
    path = f"{REGISTER}chairs/{row.pk}/"
    sent = filled(client, path, {"country": "KR", "name_ko": "노르웨이", "name_en": "Norway", "note_en": "Second"})
    assert client.post(path, sent).status_code == 302
    row.refresh_from_db()
    assert (row.country, row.name["ko"], row.note["en"]) == ("NO", "노르웨이", "Second")
    for closed in (f"{REGISTER}chairs/new/", "/en/ogp2021/organiser/settings/"):
        assert client.get(closed).status_code == 404
    assert client.post(f"{path}deletion/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(summit, office, plan, number):
    for n in range(number):
        chair(summit, n)
        member(summit, n, 1)
        Commitment.objects.create(
            plan=plan, number=n, vision={"en": f"V{n}"}, title={"en": "T"}, ministries=[{"en": "M"}]
        )
        if n:
            ActionPlan.objects.create(summit=summit, number=n, name={"en": f"Plan {n}"})
    counts = []
    for path in ("", "chairs/", "committee/", "plans/", f"plans/{plan.pk}/", f"plans/{plan.pk}/commitments/"):
        office.get(f"{REGISTER}{path}")  # the numbers of the navigation are kept
        with CaptureQueriesContext(connection) as asked:
            assert office.get(f"{REGISTER}{path}").status_code == 200
        counts.append(len(asked))
    assert counts == [12, 8, 8, 8, 14, 9]


@pytest.mark.parametrize(("role", "leads"), [("organiser", True), ("translator", True), ("viewer", False)])
def test_the_page_that_shows_a_table_leads_to_where_it_is_kept(summit, as_user, role, leads):
    make_page(summit, "past-chairs")
    make_page(summit, "other")
    client = as_user(make_user(f"{role}@pages.example", summit=summit, role=role))
    assert ("register/chairs/" in client.get("/en/ogp2021/organiser/pages/past-chairs/").content.decode()) == leads
    assert "register/" not in client.get("/en/ogp2021/organiser/pages/other/").content.decode()


def test_a_translator_names_the_bodies_there_are(summit, plan, as_user):
    row = Commitment.objects.create(
        plan=plan, number=1, vision={"en": "V"}, title={"en": "T"}, ministries=[{"ko": "행정안전부"}]
    )
    client = as_user(make_user(summit=summit, role="translator"))
    path = f"{REGISTER}plans/{plan.pk}/commitments/{row.pk}/"
    sent = {"vision_en": "V", "title_en": "T", "number": "9", "ministries_ko": "행정안전부"}
    assert client.post(path, filled(client, path, sent, ministries_en="MOIS")).status_code == 302
    row.refresh_from_db()
    assert (row.number, row.ministries) == (1, [{"ko": "행정안전부", "en": "MOIS"}])
    more = filled(client, path, sent, ministries_ko="행정안전부\n국방부", ministries_en="MOIS\nMND")
    answer = client.post(path, more)
    assert answer.status_code == 422 and "neither adds nor takes away" in answer.content.decode()
