"""Many rows at once: keys that nobody else gets, and only the columns that were named."""

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError

from sessions.models import Track
from summit.lib.rows import reserve, save_all, shared
from tests.factories import make_track


def test_reserved_keys_are_nobody_elses(summit):
    before = make_track(summit)
    first, second = reserve(Track, 3), reserve(Track, 2)
    after = make_track(summit, "later")
    assert len({before.pk, *first, *second, after.pk}) == 7
    assert min(first) > before.pk
    assert after.pk > max(second)


def test_keys_of_a_table_that_never_had_a_row(summit):
    keys = reserve(Track, 2)
    assert len(set(keys)) == 2
    assert make_track(summit).pk not in keys


def test_only_the_named_columns_are_written(summit):
    tracks = [make_track(summit, slug) for slug in ("one", "two")]
    Track.objects.filter(pk=tracks[0].pk).update(slug="renamed")
    for track in tracks:
        track.order, track.colour = 7, "#000000"
    save_all(tracks, ["order"])
    save_all([], ["order"])
    held = {track.slug: (track.order, track.colour == "#000000") for track in Track.objects.all()}
    assert held == {"renamed": (7, False), "two": (7, False)}


def keys_of(rows):
    return [key for (key,) in shared(rows.order_by("pk").values_list("pk"))]


def test_what_is_shared_is_read_as_any_query_of_values(summit):
    tracks = [make_track(summit, slug) for slug in ("one", "two")]
    assert keys_of(Track.objects.filter(pk__in=[track.pk for track in tracks])) == [track.pk for track in tracks]
    assert keys_of(Track.objects.filter(pk__in=[])) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time anyway")
def test_what_is_shared_is_shared_by_readers_and_waited_for_by_whoever_edits(summit, race):
    track = make_track(summit)
    rows = Track.objects.filter(pk=track.pk)

    def beside():
        with transaction.atomic():
            return keys_of(rows)

    def edits():
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
            try:
                return list(rows.select_for_update())
            except OperationalError:
                return "waits"

    with transaction.atomic():
        assert keys_of(rows) == [track.pk]
        assert race([beside, edits]) == [[track.pk], "waits"]
