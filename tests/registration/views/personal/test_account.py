import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from registration.registering import lifecycle
from tests.factories import make_registration, make_speaker, make_summit, make_user
from tests.registration.reading import words

CODE = re.compile(r"[A-Z0-9]{3,8}(-[A-Z0-9]{3,8})*")


def test_a_guest_is_asked_to_sign_in(client, summit):
    response = client.get("/ko/my/")
    assert (response.status_code, response["Location"]) == (302, "/ko/account/login/?next=/ko/my/")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_ones_registrations_at_all_summits_are_listed(as_user, summit, language):
    other = make_summit("ogp2023", short_name={"ko": "다음 서밋", "en": "Next Summit"})
    here = make_registration(summit, email="hong@people.example")
    there = make_registration(other, email="HONG@people.example")
    foreign = make_registration(summit)
    page = as_user(here.user).get(f"/{language}/my/")
    assert page.status_code == 200
    assert list(page.context["registrations"]) == [there, here]
    for made in (here, there):
        assert f'href="/{language}/{made.summit.code}/registrations/{made.token}/"' in words(page)
        assert made.reference in words(page)
    assert foreign.token not in words(page)
    assert "no-store" in page["Cache-Control"]


def test_a_cancelled_registration_is_listed_once_beside_the_new_one(as_user, summit):
    first = lifecycle.cancel(make_registration(summit, email="hong@people.example"))
    second = make_registration(summit, email="hong@people.example")
    assert list(as_user(second.user).get("/en/my/").context["registrations"]) == [second, first]


def test_somebody_without_a_registration_is_told_so(as_user, db):
    page = as_user(make_user()).get("/en/my/")
    assert page.status_code == 200
    assert "No registration belongs to this address." in words(page)


@pytest.mark.parametrize(
    ("role", "organises", "desk"),
    [("owner", True, True), ("organiser", True, True), ("desk", False, True), ("", False, False)],
)
def test_the_team_finds_the_way_to_its_work(as_user, summit, role, organises, desk):
    page = words(as_user(make_user(summit=summit, role=role)).get("/en/my/"))
    assert ('href="/en/ogp2021/organiser/"' in page) is organises
    assert ('href="/en/ogp2021/desk/"' in page) is desk


def test_somebody_with_two_roles_finds_the_summit_once(as_user, summit, desk_staff):
    summit.memberships.create(user=desk_staff, role="organiser")
    page = words(as_user(desk_staff).get("/en/my/"))
    assert page.count('href="/en/ogp2021/desk/"') == page.count('href="/en/ogp2021/organiser/"') == 1


def test_a_speaker_finds_their_sessions(as_user, summit):
    user = make_user()
    make_speaker(summit, user=user)
    assert 'href="/en/ogp2021/my-sessions/"' in words(as_user(user).get("/en/my/"))


@pytest.mark.parametrize("count", [1, 3])
def test_three_registrations_take_as_many_queries_as_one(as_user, count, db, django_assert_num_queries):
    for number in range(count):
        summit = make_summit(f"summit{number}")
        made = make_registration(summit, email="hong@people.example")
        summit.memberships.create(user=made.user, role="desk")
        make_speaker(summit, user=made.user)
    client = as_user(made.user)
    with django_assert_num_queries(7):
        client.get("/en/my/")


def test_who_registered_signs_in_by_a_code_that_proves_the_address(client, summit, work):
    made = make_registration(summit, email="hong@people.example", language="en")
    work()
    mail.outbox.clear()
    response = client.post("/en/account/login/code/", {"email": "Hong@people.example"})
    assert response.status_code == 302
    work()
    ((message),) = mail.outbox
    assert message.to == ["hong@people.example"]
    code = next(line.strip() for line in message.body.splitlines() if CODE.fullmatch(line.strip()))
    assert client.get("/en/my/").status_code == 302
    client.post("/en/account/login/code/confirm/", {"code": code})
    assert list(client.get("/en/my/").context["registrations"]) == [made]
    assert EmailAddress.objects.get().verified is True
