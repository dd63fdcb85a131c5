from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from summit.accounts import team
from summit.models import Membership, Message, User
from tests.factories import make_user

PAGE = "/en/ogp2021/organiser/team/"


@pytest.fixture
def owner(summit):
    return make_user("owner@team.example", summit=summit, role="owner", name="Owner")


@pytest.fixture
def office(as_user, owner):
    return as_user(owner)


def link(row, language="en"):
    return f"/{language}/ogp2021/team-invitations/{row.token}/"


def test_somebody_is_invited_and_shown_until_they_accept(summit, office, as_user):
    data = {"email": "Ada@People.example", "name": "Ada\r\nBcc: x", "role": "viewer", "language": "en"}
    assert office.post(PAGE, data).status_code == 302
    row = Membership.objects.get(role="viewer")
    assert (row.user.email, row.user.name) == ("ada@people.example", "Ada Bcc: x")
    assert "Invited" in office.get(PAGE).content.decode()
    client = as_user(row.user)
    page = client.get(link(row)).content.decode()
    assert "Work on the summit as: Viewer" in page
    assert client.post(link(row))["Location"] == "/en/my/"
    assert Membership.objects.get(pk=row.pk).is_accepted
    # Opened again, it leads to where the work is.
    assert client.get(link(row)).status_code == 302


def test_a_second_role_is_said_to_be_one(office, summit, owner):
    for role, said in (("viewer", False), ("translator", True)):
        data = {"email": "ada@people.example", "name": "Ada", "role": role, "language": "en"}
        page = office.post(PAGE, data, follow=True).content.decode()
        assert ("another role here already (Viewer)" in page) is said
    assert Membership.objects.filter(user__email="ada@people.example").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"email": "nobody"}, {"role": "king"}, {"language": "xx"}, {"name": "x" * 201}, {"email": ""}]
)
def test_a_form_that_says_nothing_sensible_invites_nobody(office, wrong):
    data = {"email": "ada@people.example", "role": "viewer", "language": "en", **wrong}
    assert office.post(PAGE, data).status_code == 422
    assert Message.objects.count() == 0


def test_a_guest_signs_in_first_and_nobody_else_gets_in(summit, owner, as_user):
    row = team.invite(summit, "ada@people.example", "viewer", by=owner)
    response = Client().get(link(row))
    assert response["Location"] == f"/en/account/login/?next={link(row)}"
    other = as_user(make_user("eve@people.example"))
    for response in (other.get(link(row)), other.post(link(row))):
        page = response.content.decode()
        assert response.status_code == 403
        assert "ada@people.example" not in page
        assert "a•••@people.example" in page
    assert not Membership.objects.get(pk=row.pk).is_accepted
    assert other.get(link(row).replace(row.token, "x" * 32)).status_code == 404


def test_an_expired_link_says_what_to_do(summit, owner, as_user):
    row = team.invite(summit, "ada@people.example", "viewer", by=owner)
    Membership.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(days=1))
    response = as_user(row.user).post(link(row))
    assert response.status_code == 410
    assert "Ask whoever sent it for a new one" in response.content.decode()


def test_removed_is_removed_at_the_next_request(summit, office, as_user):
    lead = make_user("lead@team.example", summit=summit, role="viewer")
    client = as_user(lead)
    assert client.get("/en/ogp2021/organiser/tracks/").status_code == 200
    office.post(f"{PAGE}{summit.memberships.get(user=lead).pk}/", {"action": "remove"})
    assert client.get("/en/ogp2021/organiser/tracks/").status_code == 404


def test_the_last_owner_is_told_why_they_stay(summit, owner, office):
    response = office.post(f"{PAGE}{summit.memberships.get(user=owner).pk}/", {"action": "remove"}, follow=True)
    assert "A summit needs an owner" in response.content.decode()
    assert summit.memberships.filter(user=owner).exists()


def test_a_member_of_another_summit_is_not_there(office):
    from tests.factories import make_summit

    other = make_summit("ogp2023")
    make_user("x@team.example", summit=other, role="viewer")
    assert office.post(f"{PAGE}{other.memberships.get().pk}/", {"action": "remove"}).status_code == 404
    assert User.objects.filter(email="x@team.example").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_three_members_take_as_many_queries_as_one(summit, owner, office, number, django_assert_num_queries):
    for n in range(number):
        make_user(f"m{n}@team.example", summit=summit, role="viewer")
    office.get(PAGE)
    with django_assert_num_queries(10):
        office.get(PAGE)


def test_a_role_is_changed_in_its_row(office, summit):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    response = office.post(f"{PAGE}{row.pk}/", {"action": "role", "role": "desk"}, follow=True)
    assert "ada@people.example is now: Desk staff." in response.content.decode()
    assert Membership.objects.get(pk=row.pk).role == "desk"


@pytest.mark.parametrize("role", ["", "king", "\x00"])
def test_a_role_there_is_not_changes_nothing(office, summit, role):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    assert office.post(f"{PAGE}{row.pk}/", {"action": "role", "role": role}).status_code in {302, 400}
    assert Membership.objects.get(pk=row.pk).role == "viewer"


def test_each_role_is_explained_where_it_is_chosen(office):
    page = office.get(PAGE).content.decode()
    assert "Check people in at the desk." in page
    assert "Everything, except making owners and organisers." in page
