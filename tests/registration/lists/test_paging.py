"""A page far down a long list asks for what it shows, and of those rows alone."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from summit.lists import listing
from tests.factories import make_registration, make_user


def test_a_later_page_shows_what_comes_next_in_the_order_asked_for(summit, as_user, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)
    for number in range(8):
        make_registration(summit, email=f"p{number}@people.example", name=f"Person {number}")
    client = as_user(make_user("organiser@team.example", summit=summit, role="organiser"))
    path = f"/en/{summit.code}/organiser/registrations/"
    shown = []
    for page in (1, 2, 3):
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(path, {"sort": "-name", "page": page}).context["page"]
        shown += [row.name for row in rows.object_list]
        deep = [query["sql"] for query in queries if "OFFSET" in query["sql"]]
        assert not [sql for sql in deep if "registration_checkin" in sql]
    assert shown == [f"Person {number}" for number in range(7, -1, -1)]
