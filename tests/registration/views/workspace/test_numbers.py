"""The page with all numbers of registrations."""

import pytest
from django.test import Client
from django.utils import timezone

from summit.models import Summit
from tests.factories import make_category, make_registration, make_user
from tests.registration.reading import words

PAGE = "/en/ogp2021/organiser/numbers/"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_organisers_see_everything_counted_and_what_people_need(as_user, summit, organiser, language):
    Summit.objects.update(starts_on=timezone.localdate(), ends_on=timezone.localdate())
    summit.refresh_from_db()
    make_registration(
        summit,
        category=make_category(summit, name={"ko": "대표단", "en": "Delegates"}),
        country="EE",
        dietary_needs="<b>Vegan</b>",
    )
    Client().get("/en/ogp2021/register/")
    page = as_user(organiser).get(PAGE.replace("/en/", f"/{language}/"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "&lt;b&gt;Vegan&lt;/b&gt;" in text
    assert {"ko": "대표단", "en": "Delegates"}[language] in text
    assert {"ko": "에스토니아", "en": "Estonia"}[language] in text
    assert {"ko": "북유럽", "en": "Northern Europe"}[language] in text


@pytest.mark.parametrize("role", ["desk_lead", "reviewer"])
def test_who_sees_numbers_alone_reads_nobodys_words(as_user, summit, role):
    make_registration(summit, name="홍길동", dietary_needs="Vegan")
    page = words(as_user(make_user(f"{role}@team.example", summit=summit, role=role)).get(PAGE))
    assert "Confirmed" in page
    assert "Vegan" not in page
    assert "홍길동" not in page


def test_needs_that_are_to_be_erased_are_not_shown(as_user, summit, organiser):
    make_registration(summit, dietary_needs="Vegan")
    page = words(as_user(organiser).get(PAGE))
    assert "Needs were erased, as the privacy notice says." in page
    assert "Vegan" not in page


def test_an_empty_summit_has_a_page(as_user, organiser):
    assert "0 are confirmed" in words(as_user(organiser).get(PAGE))
