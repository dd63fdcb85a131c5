"""The numbers of registrations that everybody may read: on a page, and in the open data."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from registration.models import Registration
from registration.registering import figures, sealing
from sessions.exports.bundle import bundle, versions
from sessions.planning import publishing
from tests.factories import make_category, make_registration, make_session
from tests.registration.reading import words

PAGE = "/en/ogp2021/numbers/"


@pytest.fixture
def told(summit):
    """A summit that tells numbers, with 12 of Korea, 6 of Estonia and 2 of Japan, confirmed before today."""
    delegate, press = make_category(summit, name={"ko": "대표단", "en": "Delegates"}), make_category(summit, "press")
    for country, number, category in (("KR", 12, delegate), ("EE", 6, press), ("JP", 2, delegate)):
        for _ in range(number):
            make_registration(summit, country=country, category=category, name="홍길동")
    Registration.objects.update(confirmed_at=timezone.now() - timedelta(days=2))
    summit.numbers_are_public = True
    summit.save()
    summit.raise_revision()
    return summit


def test_there_is_no_page_until_it_is_switched_on(client, summit):
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/en/ogp2021/").content.decode()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_everybody_reads_the_numbers_in_their_language(client, told, language):
    page = client.get(PAGE.replace("/en/", f"/{language}/"))
    assert page.status_code == 200
    text = page.content.decode()
    assert f'<html lang="{language}"' in text
    assert {"ko": "대표단", "en": "Delegates"}[language] in text
    assert {"ko": "에스토니아", "en": "Estonia"}[language] in text
    assert "홍길동" not in text
    assert not page.cookies


def test_a_small_group_is_neither_there_nor_left_over(client, told):
    page = words(client.get(PAGE))
    assert "Japan" not in page
    # Korea is of the region of Japan: shown, it would tell how many are left.
    assert "South Korea" not in page
    assert "20 confirmed registrations" in page


def test_who_was_confirmed_today_is_told_tomorrow(client, told):
    make_registration(told)
    assert "20 confirmed registrations" in words(client.get(PAGE))


def test_one_day_less_another_tells_no_small_group(told):
    """Whatever is told moves by five at a time, though one person came."""
    seen: dict[tuple[str, str], set[int]] = {}
    for _number in range(11):
        found = figures.public(told)
        for group in found.groups:
            for line in group.lines:
                seen.setdefault((group.key, line.key), set()).add(line.number)
        seen.setdefault(("total", ""), set()).add(found.total)
        make_registration(told, country="EE", category=told.categories.get(code="press"))
        Registration.objects.update(confirmed_at=timezone.now() - timedelta(days=2))
    assert seen["total", ""] == {20, 25, 30} and seen["country", "EE"] == {5, 10, 15}
    assert all(number % 5 == 0 and number for numbers in seen.values() for number in numbers)


def test_whoever_is_protected_is_in_no_number(told, organiser):
    for _ in range(5):
        sealing.seal(make_registration(told, country="EE", category=told.categories.get(code="press")))
    Registration.objects.update(confirmed_at=timezone.now() - timedelta(days=2))
    assert figures.public(told).total == 20
    inside = figures.confirmed(told)
    assert (inside.total, inside.sealed) == (25, 5)
    for group in inside.groups:
        if group.key in {"country", "region"}:
            assert sum(line.number for line in group.lines) == 20 and all(line.key for line in group.lines)


def test_the_page_of_a_summit_that_is_not_public_is_not_there(client, told):
    told.is_public = False
    told.save()
    told.raise_revision()
    assert client.get(PAGE).status_code == 404


def test_the_bundle_has_the_table(told, organiser):
    make_session(told)
    publishing.publish(told, by=organiser)
    newest = versions(told).first()
    with zipfile.ZipFile(io.BytesIO(bundle(told, newest, newest=True))) as archive:
        table = archive.read("numbers.csv").decode("utf-8-sig")
        assert "numbers.csv" in archive.read("datapackage.json").decode()
    head, *rows = table.splitlines()
    assert head == "group,value,label.ko,label.en,people,as_of"
    assert rows[0].startswith("total,all,,,20,")
    assert any(row.startswith("country,EE,에스토니아,Estonia,5,") for row in rows)
    assert "JP" not in table


def test_the_bundle_has_none_where_they_are_not_public(summit, organiser):
    make_session(summit)
    publishing.publish(summit, by=organiser)
    newest = versions(summit).first()
    with zipfile.ZipFile(io.BytesIO(bundle(summit, newest, newest=True))) as archive:
        assert "numbers.csv" not in archive.namelist()


def test_organisers_switch_it_in_the_settings(as_user, organiser, client, told):
    page = as_user(organiser).get("/en/ogp2021/organiser/settings/registration/")
    assert page.context["form"]["numbers_are_public"].value() is True
