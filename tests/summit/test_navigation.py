"""The navigation of the workspace leads everybody to what they may open, and nowhere else."""

import re

import pytest
from django.urls import reverse

from summit import navigation
from summit.models import Role
from tests.factories import make_desk, make_organisation, make_session, make_speaker, make_user

FIRST = {Role.DESK: "/en/ogp2021/desk/"}
OVERVIEW = "/en/ogp2021/organiser/"


def side(page: str) -> str:
    return page[page.index('id="side"') : page.index("</nav>", page.index('id="side"'))]


@pytest.mark.parametrize("role", Role.values)
def test_every_link_at_the_side_opens_for_the_role_that_sees_it(summit, as_user, role):
    make_desk(summit)
    client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
    links = re.findall(r'href="(/en/[^"]+)"', side(client.get(FIRST.get(role, OVERVIEW)).content.decode()))
    assert links
    assert [link for link in links if client.get(link).status_code != 200] == []


def test_every_page_of_the_navigation_exists(summit):
    items = [item for group in navigation.GROUPS for item in group.items] + list(navigation.ADDITIONS)
    assert [item.address for item in items if not navigation.address_of(item, summit)] == []


def test_the_page_that_is_shown_is_marked_also_where_it_lies_deeper(summit, organiser, as_user):
    make_session(summit, "CIV001")
    client = as_user(organiser)
    for path, label in (("", "Overview"), ("sessions/CIV001/", "Sessions"), ("agenda/", "Plan"), ("team/", "Team")):
        page = side(client.get(OVERVIEW + path).content.decode())
        [current] = re.findall(r'aria-current="page"\s*>\s*([\w ]+?)\s*<', page)
        assert current == label


def test_the_numbers_are_counted_once_in_a_while(summit, organiser, as_user, django_assert_num_queries):
    make_session(summit, "CIV001")
    assert navigation.counts(summit)["sessions"] == 1
    make_session(summit, "CIV002")
    with django_assert_num_queries(0):
        assert navigation.counts(summit)["sessions"] == 1


def test_hosts_and_speakers_find_their_own_pages(summit, as_user):
    user = make_user("both@people.example")
    organisation = make_organisation(summit)
    speaker = make_speaker(summit, user=user)
    make_session(summit, hosts=[organisation], people=[speaker])
    from speakers.models import OrganisationMember

    OrganisationMember.objects.create(organisation=organisation, user=user)
    page = as_user(user).get(reverse("sessions:hosting", args=[summit.code]).replace("/ko/", "/en/")).content.decode()
    assert "Sessions we host" in side(page) and "My sessions" in side(page)
    assert "Registrations" not in side(page)
