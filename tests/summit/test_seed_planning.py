"""The stage before anything is announced, in a database of its own."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from sessions.models import Session
from summit.middleware import shelf
from summit.models import Summit, User
from tests.factories import make_summit, make_user

PAGES = ["", "agenda/", "agenda/tracks/", "tracks/civic-space/", "speakers/", "hosts/"]


def test_planning_nothing_of_the_agenda_is_public_and_if_empty_seeds_an_empty_database(db):
    out = StringIO()
    call_command("seed", stage="planning", if_empty=True, verbosity=0, stdout=out)
    shelf.clear()
    assert out.getvalue().count("@ogp2021.example") == 7
    summit = Summit.objects.get(code="ogp2021")
    assert Session.objects.count() == 17
    assert not Session.objects.published().exists()
    assert summit.registration_state() == "unscheduled"
    assert not summit.registrations.exists()
    client = Client()
    for session in Session.objects.all():
        assert client.get(session.get_absolute_url()).status_code == 404
    for path in PAGES:
        content = client.get(f"/ko/ogp2021/{path}").content
        assert content.lstrip().lower().startswith(b"<!doctype html>")
        assert b'class="card ' not in content and b'class="person"' not in content
    assert b"VEVENT" not in client.get("/ogp2021/schedule.ics").content
    before = summit.agenda_revision
    call_command("seed", stage="open", if_empty=True, verbosity=0, stdout=out)
    summit.refresh_from_db()
    assert summit.agenda_revision == before


@pytest.mark.parametrize("who", ["an operator", "an account", "a summit"])
def test_a_database_with_people_in_it_is_refused(db, who):
    """Log-ins whose passwords were printed would open it."""
    if who == "a summit":
        make_summit("ogp2023")
    elif who == "an account":
        make_user("somebody@people.example")
    else:
        User.objects.create_superuser("operator@people.example", "correct-horse-battery")
    before = User.objects.count()
    with pytest.raises(CommandError, match="has people in it"):
        call_command("seed", stage="open", verbosity=0, stdout=StringIO())
    call_command("seed", stage="open", if_empty=True, verbosity=0, stdout=StringIO())
    assert (User.objects.count(), Summit.objects.filter(code="ogp2021").exists()) == (before, False)


def test_the_demonstration_itself_is_set_to_another_moment(db):
    call_command("seed", stage="planning", verbosity=0, stdout=StringIO())
    call_command("seed", stage="planning", verbosity=0, stdout=StringIO())
    make_user("somebody@people.example", summit=Summit.objects.get(), role="organiser")
    with pytest.raises(CommandError, match="has people in it"):
        call_command("seed", stage="planning", verbosity=0, stdout=StringIO())
