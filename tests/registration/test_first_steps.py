from datetime import timedelta

import pytest
from django.utils import timezone

from registration.first_steps import steps
from summit.models import Right, Summit
from summit.models.team import RIGHTS
from tests.factories import make_room, make_session, make_summit, make_track, make_user

EVERYTHING = frozenset(Right)


@pytest.fixture
def bare(db):
    """A summit somebody has just made: its name in one language, and an owner."""
    made = make_summit(name={"ko": "새 서밋"}, contact_email="", registration_opens_at=None, is_public=False)
    make_user("owner@team.example", summit=made, role="owner")
    return made


def done(summit):
    return [step.done for step in steps(summit, EVERYTHING)]


def test_a_new_summit_has_everything_before_it(bare):
    assert done(bare) == [False] * 7


def test_each_step_is_ticked_by_the_data_and_by_nothing_else(bare):
    Summit.objects.filter(pk=bare.pk).update(
        contact_email="to@summit.example", name={"ko": "새 서밋", "en": "New summit"}
    )
    bare.refresh_from_db()
    assert done(bare) == [True, False, False, False, False, False, False]
    make_room(bare)
    make_track(bare)
    make_session(bare, published_at=None)
    make_user("more@team.example", summit=bare, role="viewer")
    bare.registration_opens_at = timezone.now() + timedelta(days=1)
    assert done(bare) == [True, True, True, True, True, True, False]
    # A published agenda of a closed summit is read by nobody.
    bare.agenda_published_at = timezone.now()
    assert done(bare)[-1] is False
    bare.is_public = True
    assert done(bare) == [True] * 7


@pytest.mark.parametrize("role", list(RIGHTS))
def test_a_step_leads_only_those_who_may_take_it(bare, as_user, role):
    client = as_user(make_user("somebody@team.example", summit=bare, role=role))
    for step in steps(bare, RIGHTS[role]):
        assert not step.address or client.get(step.address).status_code == 200, step.label


def test_the_overview_shows_them_until_all_are_taken(bare, as_user):
    client = as_user(make_user("more@team.example", summit=bare, role="owner"))
    page = client.get("/en/ogp2021/organiser/").content.decode()
    assert "First steps" in page and "Nothing is left to be done." not in page
    assert "시작 단계" in client.get("/ko/ogp2021/organiser/").content.decode()


def test_a_summit_that_runs_has_none(summit, organiser, as_user):
    make_user("more@team.example", summit=summit, role="viewer")
    make_room(summit)
    make_session(summit, track=make_track(summit))
    Summit.objects.update(
        agenda_published_at=timezone.now(), registration_opens_at=timezone.now(), contact_email="to@summit.example"
    )
    assert "First steps" not in as_user(organiser).get("/en/ogp2021/organiser/").content.decode()
