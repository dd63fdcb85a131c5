"""The open-government register as tables: on its own, in the workbook, in the bundle and in the description."""

import csv
import io
import json
import zipfile

import pytest
from django.test import Client

from sessions.exports import bundle, catalogue, dcat, register
from sessions.planning import publishing
from summit.lib.spreadsheets import BOM
from summit.models import ActionPlan, Chair, Commitment, CommitteeMember, MemberGovernment, MembershipFigure, PlanStep
from tests.factories import make_session


@pytest.fixture
def kept(summit):
    """A row in every table; among the members a local government."""
    MembershipFigure.objects.create(
        summit=summit, year=2021, national=77, local=76, note={"ko": "비고", "en": "A note"}
    )
    MemberGovernment.objects.create(
        summit=summit, country="KR", name={"ko": "대한민국", "en": "Korea"}, joined=2011, order=1
    )
    MemberGovernment.objects.create(summit=summit, country="KR", local_code="seoul", name={"ko": "서울", "en": "Seoul"},
                                    joined=2016, left=2020, standing="withdrawn", order=2)  # fmt: skip
    Chair.objects.create(summit=summit, order=1, country="US", name={"ko": "미국", "en": "United States"})
    CommitteeMember.objects.create(
        summit=summit, term=4, order=1, name="김민서", past_terms=[1, 2], note={"en": "=A note"}
    )
    plan = ActionPlan.objects.create(
        summit=summit, number=6, name={"en": "Sixth"}, document="https://example.org/plan.pdf"
    )
    PlanStep.objects.create(plan=plan, order=1, period={"en": "June"}, title={"en": "Call"})
    Commitment.objects.create(plan=plan, number=1, vision={"en": "Integrity"}, title={"en": "Promise"},
                              ministries=[{"ko": "법무부", "en": "Justice"}, {"ko": "국방부"}])  # fmt: skip
    return summit


def table(name):
    response = Client().get(f"/ogp2021/civic/{name}.csv")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    return list(csv.DictReader(io.StringIO(response.content.decode().removeprefix(BOM))))


def test_members_say_which_kind_of_government_they_are_and_how_they_stand(kept):
    national, local = table("members")
    assert (national["level"], national["local_code"], national["joined"], national["left"]) == (
        "national",
        "",
        "2011",
        "",
    )
    assert (local["level"], local["local_code"], local["name.ko"], local["left"], local["standing"]) == ("local", "seoul", "서울", "2020", "withdrawn")  # fmt: skip


def test_every_table_has_its_rows(kept):
    assert {name: len(table(name)) for name in register.TABLES} == {
        "membership-figures": 1, "members": 2, "chairs": 1, "committee": 1, "action-plans": 1, "plan-steps": 1, "commitments": 1,
    }  # fmt: skip
    [person], [promise], [plan] = table("committee"), table("commitments"), table("action-plans")
    # The name in Latin letters is the person's own or none; what looks like a formula does not run.
    assert (person["name"], person["name_romanised"], person["past_terms"], person["note.en"]) == (
        "김민서",
        "",
        "1;2",
        "'=A note",
    )
    assert (promise["plan"], promise["ministries.ko"], promise["ministries.en"]) == (
        "6",
        "법무부;국방부",
        "Justice;국방부",
    )
    assert plan["document"] == "https://example.org/plan.pdf"


def test_only_tables_with_rows_are_offered_and_all_of_them_everywhere(kept):
    shown = Client().get("/en/ogp2021/data/").content.decode()
    described = json.dumps(dcat.dataset(kept))
    for name in register.TABLES:
        assert f"/ogp2021/civic/{name}.csv" in shown and f"/ogp2021/civic/{name}.csv" in described
    Chair.objects.all().delete()
    Commitment.objects.all().delete()
    gone = {"civic/chairs.csv", "civic/commitments.csv"}
    assert {found.file for found in catalogue.REGISTER} - {found.file for found in catalogue.offered(kept)} == gone
    assert table("chairs") == []


def test_a_summit_without_a_register_offers_none_of_it(summit, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert register.kept(summit) == set()
    assert "/civic/" not in Client().get("/en/ogp2021/data/").content.decode()
    assert list(register.all_tables(summit)) == []


def test_bundle_and_workbook_hold_the_register_with_its_schema(kept):
    make_session(kept, published_at=None)
    version = publishing.publish(kept)
    with zipfile.ZipFile(io.BytesIO(bundle.bundle(kept, version, newest=True))) as archive:
        files = set(archive.namelist())
        package = json.loads(archive.read("datapackage.json"))
    names = {draw(kept).name for draw in register.TABLES.values()}
    assert {f"{name}.csv" for name in names} <= files
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert resources["members"]["schema"]["primaryKey"] == ["country", "local_code"]
    assert resources["commitments"]["schema"]["foreignKeys"] == [
        {"fields": ["plan"], "reference": {"resource": "action_plans", "fields": ["number"]}}
    ]
    with zipfile.ZipFile(io.BytesIO(Client().get("/ogp2021/sessions.xlsx").content)) as workbook:
        sheets = workbook.read("xl/workbook.xml").decode()
    assert all(f'name="{name}"' in sheets for name in names)
