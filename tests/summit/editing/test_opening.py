import pytest

from registration.registering import lifecycle
from summit.editing.opening import (
    AlreadyClosed,
    AlreadyOpen,
    OtherThanAsked,
    Reach,
    close_to_public,
    open_to_public,
    reach,
)
from summit.models import HistoryEntry, Summit
from tests.factories import make_page, make_registration, make_session, make_track


def test_opening_and_closing_leave_a_line_each_and_raise_the_revision(summit, organiser):
    close_to_public(summit, by=organiser)
    held = Summit.objects.get()
    assert (held.is_public, held.agenda_revision) == (False, 2)
    open_to_public(held, by=organiser)
    held = Summit.objects.get()
    assert (held.is_public, held.agenda_revision) == (True, 3)
    lines = [(entry.action, entry.by, entry.changes) for entry in HistoryEntry.objects.order_by("pk")]
    assert lines == [
        ("summit.close", organiser, {"is_public": [True, False]}),
        ("summit.open", organiser, {"is_public": [False, True]}),
    ]


def test_what_is_so_already_is_refused(summit, organiser):
    with pytest.raises(AlreadyOpen):
        open_to_public(summit, by=organiser)
    close_to_public(summit, by=organiser)
    # Also for somebody whose page was made before.
    with pytest.raises(AlreadyClosed):
        close_to_public(summit, by=organiser)
    assert HistoryEntry.objects.count() == 1


def test_nobody_agrees_to_more_than_they_were_told(summit, organiser):
    seen = reach(summit).fingerprint
    make_page(summit, "draft")
    with pytest.raises(OtherThanAsked):
        close_to_public(summit, seen=seen, by=organiser)
    assert Summit.objects.get().is_public
    close_to_public(summit, seen=reach(summit).fingerprint, by=organiser)
    assert not Summit.objects.get().is_public


def test_drafts_and_cancelled_registrations_do_not_count(summit, django_assert_num_queries):
    make_track(summit)
    make_session(summit)
    make_session(summit, "DRAFT1", published_at=None)
    make_registration(summit)
    lifecycle.cancel(make_registration(summit), by=None)
    with django_assert_num_queries(4):
        assert reach(summit) == Reach(pages=2, tracks=1, sessions=1, registrations=1)
