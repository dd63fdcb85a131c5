"""The stage before anything is announced, in a database of its own."""

from io import StringIO

from django.core.management import call_command
from django.test import Client

from sessions.models import Session
from summit.middleware import shelf
from summit.models import Summit

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
