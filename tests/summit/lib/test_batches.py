"""Long tables a page at a time: in as few questions as the page needs."""

import pytest

from sessions.models import Track
from summit.lib.batches import page_of
from tests.factories import make_track


@pytest.fixture
def seven(summit):
    return [make_track(summit, f"track-{number}", order=number) for number in range(7)]


def orders(page):
    return [track.order for track in page.object_list]


def test_what_fits_one_page_is_read_and_counted_at_once(seven, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = page_of(Track.objects.order_by("order"), 1, 7)
        assert (orders(page), page.paginator.count, page.paginator.num_pages) == ([*range(7)], 7, 1)


@pytest.mark.parametrize(
    ("number", "shown", "queries"), [(1, [0, 1, 2], 2), (2, [3, 4, 5], 3), (3, [6], 3), (9, [6], 3)]
)
def test_of_more_pages_each_has_its_own(seven, django_assert_num_queries, number, shown, queries):
    with django_assert_num_queries(queries):
        page = page_of(Track.objects.order_by("order"), number, 3)
        assert (orders(page), page.paginator.count, page.paginator.num_pages) == (shown, 7, 3)


def test_where_nothing_is_found_there_is_one_empty_page(summit):
    page = page_of(Track.objects.order_by("order"), 1, 3)
    assert (orders(page), page.paginator.count, page.paginator.num_pages) == ([], 0, 1)
