import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from summit.accounts import team
from summit.editing.inline_edits import value_version
from summit.models import Membership, Message, User
from tests.factories import make_track, make_user

PAGE = "/en/ogp2021/organiser/team/"
INVITE = f"{PAGE}invitation/"
LIST = "/en/ogp2021/organiser/lists/team"


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
    assert office.post(INVITE, data).status_code == 302
    row = Membership.objects.get(role="viewer")
    assert (row.user.email, row.user.name) == ("ada@people.example", "Ada Bcc: x")
    assert "Invited" in office.get(PAGE).content.decode()
    client = as_user(row.user)
    page = client.get(link(row)).content.decode()
    assert "Work on the summit as: Viewer" in page
    assert client.post(link(row))["Location"] == "/en/ogp2021/organiser/"
    assert Membership.objects.get(pk=row.pk).is_accepted
    # Opened again, it leads to where the work is.
    assert client.get(link(row)).status_code == 302


def test_a_second_role_is_said_to_be_one(office, summit, owner):
    for role, said in (("viewer", False), ("translator", True)):
        data = {"email": "ada@people.example", "name": "Ada", "role": role, "language": "en"}
        page = office.post(INVITE, data, follow=True).content.decode()
        assert ("another role here already (Viewer)" in page) is said
    assert Membership.objects.filter(user__email="ada@people.example").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"email": "nobody"}, {"role": "king"}, {"language": "xx"}, {"name": "x" * 201}, {"email": ""}]
)
def test_a_form_that_says_nothing_sensible_invites_nobody(office, wrong):
    data = {"email": "ada@people.example", "role": "viewer", "language": "en", **wrong}
    assert office.post(INVITE, data).status_code == 422
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


@pytest.mark.parametrize("data", [{}, {"action": ""}, {"action": "hello"}, {"action": "role", "role": "king"}])
def test_what_is_no_change_takes_nobody_away(summit, office, data):
    lead = make_user("lead@team.example", summit=summit, role="viewer")
    response = office.post(f"{PAGE}{summit.memberships.get(user=lead).pk}/", data)
    assert response.status_code in {302, 400}
    assert summit.memberships.get(user=lead).role == "viewer"


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
    with django_assert_num_queries(11):
        office.get(PAGE)


def test_a_role_is_changed_on_its_page(office, summit):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    response = office.post(f"{PAGE}{row.pk}/", {"action": "role", "role": "desk"}, follow=True)
    assert "ada@people.example is now: Desk staff." in response.content.decode()
    assert Membership.objects.get(pk=row.pk).role == "desk"


@pytest.mark.parametrize("role", ["", "king", "\x00"])
def test_a_role_there_is_not_changes_nothing(office, summit, role):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    assert office.post(f"{PAGE}{row.pk}/", {"action": "role", "role": role}).status_code in {302, 400}
    assert Membership.objects.get(pk=row.pk).role == "viewer"


def test_each_role_is_explained_where_it_is_chosen(office, summit):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    for address in (INVITE, f"{PAGE}{row.pk}/"):
        page = office.get(address).content.decode()
        assert "Check people in at the desk." in page
        assert "Everything, except making owners and organisers." in page


def cell(row, column="role"):
    return f"{LIST}/{row.pk}/{column}/"


def test_the_list_shows_who_is_in_it_and_leads_on(office, summit, owner):
    lead = make_user("lead@team.example", summit=summit, role="track_lead", name="Lead").memberships.get()
    page = office.get(PAGE).content.decode()
    assert f'href="{INVITE}"' in page and f'href="{PAGE}{lead.pk}/"' in page
    assert "No track yet" in page
    make_track(summit, name={"en": "Civic space"}).leads.add(lead)
    page = office.get(PAGE).content.decode()
    assert "Civic space" in page and "No track yet" not in page


def test_it_is_narrowed_and_searched(office, summit, owner):
    row = team.invite(summit, "ada@people.example", "viewer", name="Ada", by=owner)
    team.invite(summit, "eve@people.example", "desk", by=owner)
    Membership.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(days=1))
    found = lambda query: re.findall(r"(\w+)@(?:people|team)", office.get(f"{LIST}.csv?{query}").content.decode())  # noqa: E731
    assert found("show=email&state=expired") == ["ada"]
    assert set(found("show=email&state=invited")) == {"eve"}
    assert set(found("show=email&state=accepted")) == {"owner"}
    assert set(found("show=email&role=desk")) == {"eve"}
    assert set(found("show=email&q=Ada")) == {"ada"}
    assert set(found("show=email&factor=yes")) == set()


def test_a_role_is_changed_in_its_cell(office, summit):
    row = make_user("ada@people.example", summit=summit, role="viewer").memberships.get()
    token = re.search(r'name="token" value="(\w+)"', office.get(cell(row)).content.decode())[1]
    assert office.post(cell(row), {"value": "king", "token": token}).status_code == 422
    assert office.post(cell(row), {"value": "desk", "token": token}).status_code == 302
    assert Membership.objects.get(pk=row.pk).role == "desk"
    # The same form sent again stands on a role that is no more.
    assert office.post(cell(row), {"value": "translator", "token": token}).status_code == 409
    assert Membership.objects.get(pk=row.pk).role == "desk"


def test_the_last_owner_stays_one_in_the_cell(office, summit, owner):
    row = owner.memberships.get()
    answer = office.post(cell(row), {"value": "viewer", "token": value_version("owner")})
    assert answer.status_code == 409 and "A summit needs an owner" in answer.content.decode()


def test_a_key_there_cannot_be_is_not_there(office):
    assert office.get(f"{LIST}/{10**30}/role/").status_code == 404
    assert office.get(f"{LIST}/x/role/").status_code == 404


def test_many_are_invited_again_and_removed_each_with_its_reason(office, summit, owner):
    first = team.invite(summit, "ada@people.example", "viewer", by=owner)
    mine = owner.memberships.get()
    data = {"action": "again", "chosen": [first.pk, mine.pk]}
    asked = office.post(f"{LIST}/act/", data).content.decode()
    assert "Send 1 invitation again" in asked and "accepted already" in asked
    office.post(f"{LIST}/act/", {**data, "confirmed": 1, "number": 2})
    assert Membership.objects.get(pk=first.pk).token != first.token
    data = {"action": "remove", "chosen": [first.pk, mine.pk], "confirmed": 1, "number": 2}
    asked = office.post(f"{LIST}/act/", {**data, "confirmed": 0}).content.decode()
    assert "Take 1 role away" in asked and "A summit needs an owner" in asked
    page = office.post(f"{LIST}/act/", data, follow=True).content.decode()
    assert "1 role was taken away." in page and "1 stays as it is." in page
    assert list(summit.memberships.all()) == [mine]


@pytest.mark.parametrize("in_page", [True, False])
def test_whoever_takes_their_own_role_away_goes_home(summit, owner, as_user, in_page):
    user = make_user("second@team.example", summit=summit, role="owner")
    row = user.memberships.get()
    if in_page:
        answer = as_user(user).post(f"{PAGE}{row.pk}/", {"action": "remove"})
    else:
        answer = as_user(user).post(
            f"{LIST}/act/", {"action": "remove", "chosen": [row.pk], "confirmed": 1, "number": 1}
        )
    assert answer["Location"] == "/en/my/"
    assert not Membership.objects.filter(pk=row.pk).exists()


def test_whoever_makes_themself_something_else_in_a_cell_goes_home(summit, owner, as_user):
    user = make_user("second@team.example", summit=summit, role="owner")
    answer = as_user(user).post(
        cell(user.memberships.get()), {"value": "viewer", "token": value_version("owner")}, HTTP_HX_REQUEST="true"
    )
    assert answer["HX-Redirect"] == "/en/my/"


def test_a_role_that_was_changed_meanwhile_is_not_taken_away_unseen(summit, office):
    member = make_user("lead@team.example", summit=summit, role="viewer")
    page = f"{PAGE}{summit.memberships.get(user=member).pk}/"
    assert 'name="seen" value="viewer"' in office.get(page).content.decode()
    summit.memberships.filter(user=member).update(role="organiser")
    for data in ({"action": "remove", "seen": "viewer"}, {"action": "role", "role": "desk", "seen": "viewer"}):
        response = office.post(page, data, follow=True)
        assert "Somebody has changed this role meanwhile." in response.content.decode()
    assert summit.memberships.get(user=member).role == "organiser"


def test_who_removes_is_asked_about_the_role_as_it_is(summit, owner):
    organiser = make_user("organiser@team.example", summit=summit, role="organiser")
    read = summit.memberships.get(user=make_user("lead@team.example", summit=summit, role="viewer"))
    summit.memberships.filter(pk=read.pk).update(role="owner")
    with pytest.raises(team.OnlyOwners):
        team.remove(read, by=organiser)
