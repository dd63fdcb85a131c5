"""Who comes again is offered what they said before, and nothing is taken silently."""

from datetime import date

import pytest

from registration.registering import erasing, said_before
from tests.factories import make_category, make_registration, make_summit
from tests.registration.reading import form_values, words

FORM = "/en/ogp2023/register/"


@pytest.fixture
def before(summit):
    return make_registration(
        summit, name="홍길동", email="hong@people.example", organisation="Hanbit <NGO>", country="EE", language="en",
        access_needs="Step-free seat", dietary_needs="Vegan", time_zone="Europe/Tallinn",
    )  # fmt: skip


@pytest.fixture
def later(summit):
    made = make_summit("ogp2023", starts_on=date(2023, 9, 6), ends_on=date(2023, 9, 7))
    make_category(made)
    return made


def test_it_is_offered_shown_and_filled_in_only_when_asked(before, later, as_user):
    client = as_user(before.user)
    shown = client.get(FORM)
    page = words(shown)
    assert "You have been with us before" in page and "Hanbit <NGO>" in page and "Estonia" in page
    assert "Hanbit &lt;NGO&gt;" in shown.content.decode()
    values = form_values(shown)
    assert (values["name"], values["organisation"], values["email"]) == ("", "", "")
    filled = form_values(client.get(f"{FORM}?fill=ogp2021"))
    assert (filled["name"], filled["organisation"], filled["country"], filled["email"], filled["time_zone"]) == (
        "홍길동", "Hanbit <NGO>", "EE", "hong@people.example", "Europe/Tallinn",
    )  # fmt: skip


def test_needs_and_consents_are_asked_anew(before, later, as_user):
    page = client_page = as_user(before.user).get(f"{FORM}?fill=ogp2021")
    filled = form_values(client_page)
    assert (filled["access_needs"], filled["dietary_needs"]) == ("", "")
    assert "privacy" not in filled and "photography" not in filled
    assert "Step-free seat" not in words(page)


@pytest.mark.parametrize("query", ["", "?fill=ogp2021", "?fill=x"])
def test_strangers_are_offered_nothing(client, before, later, query):
    page = client.get(f"{FORM}{query}")
    assert form_values(page)["name"] == "" and "You have been with us before" not in words(page)


def test_others_and_the_same_summit_offer_nothing(summit, before, later, as_user, organiser):
    assert said_before.last_of(organiser, later) is None
    assert said_before.last_of(before.user, summit) is None
    assert form_values(as_user(organiser).get(f"{FORM}?fill=ogp2021"))["name"] == ""


def test_of_whoever_was_erased_nothing_is_offered(before, later):
    make_registration(later, email="hong@people.example")
    user = before.user
    erasing.erase(before)
    assert said_before.last_of(user, later) is None


def test_a_language_the_summit_does_not_speak_is_not_filled_in(before):
    other = make_summit("ogp2025", languages=["ko"])
    assert "language" not in said_before.initial(before, other)
