import time
from email.utils import parsedate_to_datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit.models import Summit
from summit.public_pages import Revisions, build, revisions
from tests.factories import make_summit


def test_revisions_of_all_summits_cost_one_query_a_second(summit, monkeypatch):
    make_summit("ogp2023")
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    known = Revisions()
    with CaptureQueriesContext(connection) as seen:
        assert known.of("ogp2021") == 1
        assert known.of("ogp2023") == 1
        assert known.of("ogp2099") is None
    assert len(seen) == 1
    summit.raise_revision()
    now[0] += 0.8
    assert known.of("ogp2021") == 1
    now[0] += 0.2
    with CaptureQueriesContext(connection) as seen:
        assert known.of("ogp2021") == 2
    assert len(seen) == 1


def test_raising_a_revision_is_never_lost(summit):
    twin = Summit.objects.get(pk=summit.pk)
    summit.raise_revision()
    twin.raise_revision()
    assert Summit.objects.get().agenda_revision == 3
    assert twin.agenda_revision == 3
    assert twin.revised_at > summit.revised_at


def test_forgetting_reads_again(summit):
    assert revisions.of("ogp2021") == 1
    summit.raise_revision()
    revisions.forget()
    assert revisions.of("ogp2021") == 2


def test_the_build_is_a_fingerprint_that_stays():
    assert build() == build()
    assert len(build()) == 8


def test_last_modified_is_the_summits_last_revision(summit):
    summit.raise_revision()
    modified = parsedate_to_datetime(Client().get("/ogp2021/schedule.ics")["Last-Modified"])
    assert modified == summit.revised_at.replace(microsecond=0)
    assert "Last-Modified" not in Client().get("/ko/ogp2021/agenda/")  # pages change with the clock, too


def test_a_summit_that_is_not_public_is_not_there(summit):
    Summit.objects.update(is_public=False)
    for path in ("/ko/ogp2021/", "/ko/ogp2021/agenda/", "/ogp2021/schedule.ics"):
        assert Client().get(path).status_code == 404
