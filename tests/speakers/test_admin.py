"""The operators' admin and what people declared about themselves."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.test import Client
from django.utils import translation

from speakers.editing.inline_edits import DECLARED
from speakers.models import Gender, Region, Sector, Speaker
from tests.factories import make_speaker, make_user

SAID = {"gender": Gender.OTHER, "region": Region.MIDDLE_EAST, "sector": Sector.ACADEMIA}
LIST = "/admin/speakers/speaker/"


@pytest.fixture
def operator(db):
    return make_user("operator@team.example", is_staff=True, is_superuser=True)


@pytest.fixture
def declared(summit):
    return make_speaker(summit, **SAID)


def named(one: admin.ModelAdmin, request, row: Speaker | None) -> Iterator[str]:
    """Whatever a page of the admin is told to show, ask for or look in."""
    yield from flatten_fieldsets(one.get_fieldsets(request, row))
    yield from one.get_readonly_fields(request, row)
    yield from one.get_ordering(request)
    for attribute in ("list_display", "list_filter", "search_fields", "list_editable", "list_display_links"):
        for each in getattr(one, attribute, None) or ():
            yield str(each[0] if isinstance(each, tuple) else each)
    yield getattr(one, "date_hierarchy", None) or ""


def test_no_page_of_the_admin_names_what_people_declared(operator, declared, rf):
    request = rf.get("/")
    request.user = operator
    found = []
    for model, one in admin.site._registry.items():
        row = declared if model is Speaker else None
        for each in (one, *one.get_inline_instances(request, row)):
            names = {name for name in named(each, request, row) if DECLARED.intersection(name.lstrip("-").split("__"))}
            found += [f"{type(each).__name__}: {name}" for name in names]
    assert found == []
    assert set(SAID) == DECLARED


@pytest.mark.parametrize("page", [LIST, LIST + "add/", LIST + "{pk}/change/", LIST + "{pk}/history/"])
def test_no_page_of_the_admin_shows_what_people_declared(operator, declared, as_user, page):
    with translation.override("en"):
        words = {str(said.label) for said in SAID.values()} | {said.value for said in SAID.values() if said != "other"}
    answer = as_user(operator).get(page.format(pk=declared.pk), headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    content = answer.content.decode()
    assert [word for word in words if word in content] == []
    assert [name for name in DECLARED if f'name="{name}"' in content] == []


def test_the_admin_changes_nothing_people_declared(operator, declared, as_user):
    page = f"{LIST}{declared.pk}/change/"
    client: Client = as_user(operator)
    form = client.get(page).context["adminform"].form
    # A file uploaded here would keep where it was taken.
    assert "portrait" not in form.fields
    data = {form.add_prefix(name): form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    data |= {"name": "Renamed", "gender": "woman", "region": "", "sector": ""}
    assert client.post(page, data).status_code == 302
    held = Speaker.objects.get()
    assert held.name == "Renamed"
    assert {name: getattr(held, name) for name in SAID} == SAID


@pytest.mark.parametrize("asked", ["gender=other", "gender__exact=other", "region__in=africa", "sector__startswith=a"])
def test_the_address_of_the_list_cannot_ask_who_declared_what(operator, declared, as_user, asked):
    client = as_user(operator)
    assert client.get(f"{LIST}?{asked}").status_code == 400
    assert client.get(f"{LIST}?country__exact=").status_code == 200
