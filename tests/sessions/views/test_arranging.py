from datetime import UTC, datetime

import pytest

from sessions.models import Deadline
from summit.models import Message, Summit
from tests.factories import make_organisation, make_session, make_user

PAGE = "/en/ogp2021/organiser/settings/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def test_rules_are_saved_and_shown(summit, office):
    data = {"frozen": "on", "shortest_break": 15, "two_factor_roles": ["viewer", "desk"]}
    assert office.post(PAGE, data).status_code == 302
    held = Summit.objects.get(pk=summit.pk)
    assert (held.shortest_break, sorted(held.two_factor_roles)) == (15, ["desk", "viewer"])
    frozen = held.editing_frozen_at
    assert frozen is not None
    office.post(PAGE, data)
    assert Summit.objects.get(pk=summit.pk).editing_frozen_at == frozen
    office.post(PAGE, {"shortest_break": 15})
    held = Summit.objects.get(pk=summit.pk)
    assert (held.editing_frozen_at, held.two_factor_roles) == (None, [])


@pytest.mark.parametrize(
    "wrong", [{"shortest_break": "241"}, {"shortest_break": "soon"}, {"two_factor_roles": ["king"]}]
)
def test_a_rule_that_makes_no_sense_is_refused(summit, office, wrong):
    assert office.post(PAGE, {"shortest_break": 15, **wrong}).status_code == 422
    assert Summit.objects.get(pk=summit.pk).shortest_break == 10


def test_deadlines_are_wall_time_in_the_summits_zone(summit, office):
    office.post(f"{PAGE}deadlines/", {"abstract": "2021-11-30T18:00"})
    assert Deadline.objects.get().due_at == datetime(2021, 11, 30, 9, tzinfo=UTC)
    assert 'value="2021-11-30T18:00"' in office.get(PAGE).content.decode()
    office.post(f"{PAGE}deadlines/", {"abstract": ""})
    assert Deadline.objects.count() == 0


def test_a_moment_that_is_none_is_refused_and_kept_in_the_field(summit, office):
    response = office.post(f"{PAGE}deadlines/", {"abstract": "soon", "links": "2021-11-30T18:00"})
    assert response.status_code == 422
    assert 'value="soon"' in response.content.decode()
    assert Deadline.objects.count() == 0


def test_reminders_are_sent_to_those_who_owe_something(summit, office):
    make_session(summit, hosts=[make_organisation(summit, contact_email="host@people.example")])
    assert "1</td>" in office.get(PAGE).content.decode()
    response = office.post(f"{PAGE}reminders/", {"task": "technical"}, follow=True)
    assert "1 person was reminded." in response.content.decode()
    assert Message.objects.get().to == "host@people.example"
    response = office.post(f"{PAGE}reminders/", {"task": "links"}, follow=True)
    assert "Nobody owes anything of this." in response.content.decode()
    assert Message.objects.count() == 1


def test_the_page_is_for_those_who_arrange_the_work(summit, as_user):
    for role in ("track_lead", "viewer", "desk", "registrations"):
        client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
        assert client.get(PAGE).status_code == 404
        assert client.post(f"{PAGE}reminders/").status_code == 404
