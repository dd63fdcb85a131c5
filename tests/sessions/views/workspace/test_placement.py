"""The plain form of one session's time and room: the same as the editor, for everybody."""

import pytest

from sessions.models import Placement
from sessions.planning import scheduling
from tests.factories import at, make_room, make_session, make_user

PAGE = "/en/ogp2021/organiser/sessions/CIV001/placement/"


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


@pytest.fixture
def session(summit):
    return make_session(summit, room=make_room(summit))


def typed(session, **changed):
    return {
        "version": "1",
        "starts_at": "2021-12-16T14:00",
        "ends_at": "2021-12-16T15:30",
        "room": str(session.room_id),
        **changed,
    }


def test_the_form_carries_the_version_of_the_plan_it_was_made_from(client, session):
    assert '<input type="hidden" name="version" value="1" id="id_version">' in client.get(PAGE).content.decode()
    assert client.post(PAGE, typed(session)).status_code == 302
    assert Placement.objects.get().starts_at == at(16, 14)
    assert 'name="version" value="2"' in client.get(PAGE).content.decode()


def test_a_plan_made_on_an_older_one_is_not_saved_and_stays_as_it_was_typed(summit, client, session):
    kim = make_user("kim@team.example", summit=summit, role="organiser", name="Kim")
    scheduling.place(session, starts_at=at(17, 9), ends_at=at(17, 10), room=session.room, by=kim)
    response = client.post(PAGE, typed(session))
    assert response.status_code == 409
    content = response.content.decode()
    assert "Kim has moved this session meanwhile: Fri, 17 Dec 09:00, Grand Ballroom 101." in content
    assert 'value="2021-12-16T14:00"' in content and 'name="version" value="2"' in content
    assert Placement.objects.get().starts_at == at(17, 9)
    # Whoever saves again knows what it replaces.
    assert client.post(PAGE, typed(session, version="2")).status_code == 302
    assert Placement.objects.get().starts_at == at(16, 14)


def test_the_form_tells_what_clashes_now_and_what_would(summit, client, session):
    make_session(summit, "CIV002", room=session.room, starts_at=at(16, 15))
    assert "Conflicts of this plan" not in client.get(PAGE).content.decode()
    response = client.post(PAGE, typed(session, action="check"))
    assert response.status_code == 200
    content = response.content.decode()
    assert "Grand Ballroom 101 is taken twice at the same time." in content
    assert 'href="/en/ogp2021/organiser/sessions/CIV002/placement/"' in content
    assert 'value="2021-12-16T14:00"' in content and not Placement.objects.exists()
    content = client.post(PAGE, typed(session, action="check", ends_at="2021-12-16T14:30")).content.decode()
    assert "Nothing clashes with this plan." in content
    client.post(PAGE, typed(session))
    assert "Grand Ballroom 101 is taken twice" in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ends_at": "2021-12-16T13:00"}, "ends before it begins"),
        ({"starts_at": "0001-01-01T00:00", "ends_at": "0001-01-01T01:00"}, "year away"),
        ({"version": "x"}, "whole number"),
    ],
)
@pytest.mark.parametrize("action", ["", "check"])
def test_what_is_wrong_is_said(client, session, wrong, message, action):
    response = client.post(PAGE, typed(session, action=action, **wrong))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Placement.objects.exists()
