import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from summit.accounts import preferences
from tests.factories import make_user

PAGE = "/en/my/preferences/"


def test_without_a_choice_it_is_as_usual():
    assert preferences.of(AnonymousUser()) == {"density": "roomy", "side": "open", "closed": []}


@pytest.mark.django_db
def test_a_choice_is_kept_and_what_is_unknown_is_passed_over():
    user = make_user("somebody@team.example")
    preferences.set_preferences(user, {"density": "dense", "side": "sideways", "colour": "red", "fold": "people"})
    user.refresh_from_db()
    assert preferences.of(user) == {"density": "dense", "side": "open", "closed": ["people"]}
    preferences.set_preferences(user, {"fold": "nonsense", "unfold": "people"})
    assert preferences.of(user) == {"density": "dense", "side": "open", "closed": []}


def test_the_page_keeps_the_choice_and_leads_back(summit, organiser, as_user):
    client = as_user(organiser)
    overview = "/en/ogp2021/organiser/"
    assert 'class="workspace roomy"' in client.get(overview).content.decode()
    response = client.post(PAGE, {"density": "dense", "back": overview})
    assert (response.status_code, response["Location"]) == (302, overview)
    client.post(PAGE, {"side": "closed"})
    client.post(PAGE, {"fold": "programme"}, headers={"X-Requested-With": "fetch"})
    page = client.get(overview).content.decode()
    assert 'class="workspace dense folded"' in page
    assert 'data-group="programme">' in page.replace(" >", ">") and 'data-group="people" open' in page


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x", ""])
def test_nobody_is_led_elsewhere(organiser, as_user, back):
    response = as_user(organiser).post(PAGE, {"density": "dense", "back": back})
    assert (response.status_code, response["Location"]) == (302, "/en/my/")


def test_a_guest_has_nothing_to_choose(db):
    response = Client().post(PAGE, {"density": "dense"})
    assert response.status_code == 302 and "/account/login/" in response["Location"]
    assert Client().get(PAGE).status_code == 405
