import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from summit import history
from summit.lib.translated import Text
from summit.models import HistoryEntry
from tests.factories import make_track, make_user


def test_only_what_differs_is_a_change(summit):
    track = make_track(summit)
    changes = history.changed(track, {"colour": "#12705b", "slug": track.slug, "name": Text({"ko": "디지털"})})
    assert changes == {
        "colour": ("#0b6b62", "#12705b"),
        "name": ({"ko": "시민영역", "en": "Civic space"}, {"ko": "디지털"}),
    }


def test_a_line_says_who_did_what_to_which_thing(summit):
    track, user = make_track(summit), make_user(name="Organiser")
    entry = history.record("track.edit", track, by=user, summit=summit, changes={"colour": ("#0b6b62", "#12705b")})
    kept = HistoryEntry.objects.get()
    assert kept == entry
    assert (kept.by, kept.action, kept.summit) == (user, "track.edit", summit)
    assert (kept.subject_kind, kept.subject_key, kept.subject_name) == ("agenda.track", str(track.pk), str(track))
    assert kept.changes == {"colour": ["#0b6b62", "#12705b"]}


def test_nobody_and_strangers_are_nobody(summit):
    assert history.record("x.y", summit, by=None, summit=summit).by is None
    assert history.record("x.y", summit, by=AnonymousUser(), summit=summit).by is None


def test_the_line_outlives_the_person(summit):
    user = make_user()
    history.record("x.y", summit, by=user, summit=summit)
    user.delete()
    assert HistoryEntry.objects.get().by is None


def test_things_and_texts_are_kept_as_json_reads_them(summit):
    assert history.plain(Text({"ko": "가", "~": {"en": "x"}})) == {"ko": "가"}
    assert history.plain(make_track(summit)) == "시민영역"
    assert history.plain(5) == 5


def test_nobody_can_edit_the_record(summit, organiser):
    entry = history.record("track.edit", summit, by=organiser, summit=summit, changes={"name": ("a", "b")})
    for change in ({"action": "track.create"}, {"changes": {}}, {"subject_name": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HistoryEntry.objects.filter(pk=entry.pk).update(**change)


def test_an_erased_account_leaves_its_lines_without_a_name(summit, organiser):
    entry = history.record("track.edit", summit, by=organiser, summit=summit)
    organiser.delete()
    assert HistoryEntry.objects.get(pk=entry.pk).by is None
