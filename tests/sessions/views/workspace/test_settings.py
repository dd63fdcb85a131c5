import re
from datetime import UTC, datetime
from html import unescape

import pytest

from sessions.models import Deadline
from summit.editing.opening import close_to_public
from summit.models import Message, Summit
from tests.factories import make_organisation, make_session, make_track, make_user

INDEX = "/en/ogp2021/organiser/settings/"
PAGE = f"{INDEX}working/"


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
    office.post(f"{INDEX}deadlines/", {"abstract": "2021-11-30T18:00"})
    assert Deadline.objects.get().due_at == datetime(2021, 11, 30, 9, tzinfo=UTC)
    assert 'value="2021-11-30T18:00"' in office.get(PAGE).content.decode()
    office.post(f"{INDEX}deadlines/", {"abstract": ""})
    assert Deadline.objects.count() == 0


def test_a_moment_that_is_none_is_refused_and_kept_in_the_field(summit, office):
    response = office.post(f"{INDEX}deadlines/", {"abstract": "soon", "links": "2021-11-30T18:00"})
    assert response.status_code == 422
    assert 'value="soon"' in response.content.decode()
    assert Deadline.objects.count() == 0


@pytest.mark.parametrize("page", ["deadlines/", "reminders/"])
def test_what_is_only_sent_leads_back_when_it_is_opened(summit, office, page):
    assert office.get(f"{INDEX}{page}")["Location"] == PAGE


def test_reminding_asks_with_the_number_of_people(summit, office):
    assert "of everything to 0 people now?" in office.get(PAGE).content.decode()
    make_session(summit, hosts=[make_organisation(summit, contact_email="host@people.example")])
    page = office.get(PAGE).content.decode()
    assert "Send a reminder of everything to 1 person now?" in page
    assert 'data-confirm="Send a reminder to 1 person (' in page


def test_reminders_are_sent_to_those_who_owe_something(summit, office):
    make_session(summit, hosts=[make_organisation(summit, contact_email="host@people.example")])
    assert "1</td>" in office.get(PAGE).content.decode()
    response = office.post(f"{INDEX}reminders/", {"task": "technical"}, follow=True)
    assert "1 person was reminded." in response.content.decode()
    assert Message.objects.get().to == "host@people.example"
    response = office.post(f"{INDEX}reminders/", {"task": "links"}, follow=True)
    assert "Nobody owes anything of this." in response.content.decode()
    assert Message.objects.count() == 1


def fields(page, form_id=""):
    """What a browser would send of the form with the rules, or of the one with the deadlines: the hidden part of it."""
    name = "due_form_versions" if form_id else "id_form_versions"
    return {"form_versions": unescape(re.search(rf'name="form_versions" value="([^"]*)"[^>]*id="{name}"', page)[1])}


def test_two_organisers_do_not_overwrite_each_others_rules(summit, office):
    early = fields(office.get(PAGE).content.decode())
    assert office.post(PAGE, {**early, "shortest_break": 20}).status_code == 302
    response = office.post(PAGE, {**early, "shortest_break": 5, "frozen": "on"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in page and "10" in page and "20" in page
    assert 'name="shortest_break" value="5"' in page
    held = Summit.objects.get(pk=summit.pk)
    assert (held.shortest_break, held.editing_frozen_at) == (20, None)
    # Having seen it, the same words may be saved over it.
    assert office.post(PAGE, {**fields(page), "shortest_break": 5}).status_code == 302
    assert Summit.objects.get(pk=summit.pk).shortest_break == 5


def test_two_organisers_do_not_overwrite_each_others_deadlines(summit, office):
    early = fields(office.get(PAGE).content.decode(), "due")
    address = f"{INDEX}deadlines/"
    assert office.post(address, {**early, "abstract": "2021-11-30T18:00"}).status_code == 302
    response = office.post(address, {**early, "links": "2021-12-01T18:00"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in page
    assert "Abstracts in every language" in page.split("autofocus")[1].split("</div>")[0]
    assert "2021-11-30 18:00" in page
    assert 'value="2021-12-01T18:00"' in page
    assert list(Deadline.objects.values_list("task", flat=True)) == ["abstract"]
    office.post(address, {**fields(page, "due"), "links": "2021-12-01T18:00"})
    assert list(Deadline.objects.values_list("task", flat=True)) == ["links"]


def asked(client):
    """The page that asks, and what its form would send."""
    page = client.get(f"{INDEX}public/").content.decode()
    return page, {"seen": page.split('name="seen" value="')[1].split('"')[0], "action": "open"}


def test_a_summit_is_opened_after_a_look_at_what_becomes_readable(summit, office, client):
    make_session(summit, track=make_track(summit))
    make_session(summit, "DRAFT1", published_at=None)
    close_to_public(summit, by=None)
    assert "Closed to the public" in office.get(INDEX).content.decode()
    page, data = asked(office)
    for words in ("2 standing pages", "1 track<", "1 published session, with", "everybody can register then"):
        assert words in page
    assert client.get("/en/ogp2021/").status_code == 404
    response = office.post(f"{INDEX}public/", data, follow=True)
    assert "The summit is open: everybody can read its pages." in response.content.decode()
    assert client.get("/en/ogp2021/").status_code == 200


def test_a_summit_is_closed_after_a_look_at_what_goes_away(summit, office, registration, client):
    page, data = asked(office)
    assert "No session: none is published" in page
    assert "1 person has registered" in page
    office.post(f"{INDEX}public/", {**data, "action": "close"})
    assert not Summit.objects.get().is_public
    assert client.get("/en/ogp2021/register/").status_code == 404
    # What hangs on a private address goes on.
    assert client.get(registration.get_absolute_url()).status_code == 200
    assert office.get("/en/ogp2021/organiser/").status_code == 200


def test_looking_opens_and_closes_nothing(summit, office):
    office.get(f"{INDEX}public/?action=close")
    assert office.post(f"{INDEX}public/", {"action": "vanish"}).status_code == 200
    assert Summit.objects.get().is_public


def test_what_has_changed_since_the_look_is_told_before_anything_happens(summit, office):
    _page, data = asked(office)
    make_session(summit)
    response = office.post(f"{INDEX}public/", {**data, "action": "close"})
    assert response.status_code == 409
    assert "has changed in the meantime" in response.content.decode()
    assert "1 published session" in response.content.decode()
    assert office.post(f"{INDEX}public/", data).status_code == 409
    assert Summit.objects.get().is_public


def test_the_page_is_for_those_who_arrange_the_work(summit, as_user):
    for role in ("track_lead", "viewer", "desk", "registrations"):
        client = as_user(make_user(f"{role}@team.example", summit=summit, role=role))
        assert client.get(PAGE).status_code == 404
        assert client.post(f"{INDEX}reminders/").status_code == 404
        assert client.post(f"{INDEX}public/", {"action": "close"}).status_code == 404
