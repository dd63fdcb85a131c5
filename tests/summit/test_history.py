import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

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


# From where


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:abcd:12::1", "2001:db8:abcd::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unknown", ""),
        ("", ""),
        ("203.0.113.77, 10.0.0.1", ""),
    ],
)
def test_only_the_network_of_an_address_is_kept(address, network):
    assert history.network(address) == network
    assert len(f"admin {network}") <= 45


def test_a_line_says_where_it_comes_from(summit):
    assert history.record("x.y", summit, by=None, summit=summit).place == "server"
    with history.coming_from("api", "203.0.113.77"):
        assert history.record("x.y", summit, by=None, summit=summit).place == "api 203.0.113.0/24"
        with history.coming_from("page"):
            assert history.record("x.y", summit, by=None, summit=summit).place == "page"
    assert history.record("x.y", summit, by=None, summit=summit).place == "server"


def test_the_place_is_forgotten_when_something_fails(summit):
    with pytest.raises(RuntimeError), history.coming_from("page", "203.0.113.77"):
        raise RuntimeError
    assert history.record("x.y", summit, by=None, summit=summit).place == "server"


def test_nobody_can_edit_where_a_change_came_from(summit, organiser):
    entry = history.record("track.edit", summit, by=organiser, summit=summit)
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryEntry.objects.filter(pk=entry.pk).update(place="page")
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryEntry.objects.filter(pk=entry.pk).update(at=entry.at, changes={"x": [1, 2]})


def test_a_line_is_masked_once_and_nothing_else_of_it_changes(summit, organiser):
    entry = history.record("track.edit", summit, by=organiser, summit=summit, changes={"name": ("a", "b")})
    for edit in (
        {"subject_name": "x"},
        {"masked_at": entry.at, "action": "x"},
        {"masked_at": entry.at, "by": make_user()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            HistoryEntry.objects.filter(pk=entry.pk).update(**edit)
    history.mask(entry, name="somebody", changes={"name": ["…", "…"]}, by=organiser)
    history.mask(entry, name="somebody else", changes={}, by=None)
    entry.refresh_from_db()
    assert (entry.subject_name, entry.changes, entry.by) == ("somebody", {"name": ["…", "…"]}, organiser)
    for edit in ({"subject_name": "x"}, {"masked_at": None}, {"changes": {}, "masked_at": entry.at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HistoryEntry.objects.filter(pk=entry.pk).update(**{"by": None, **edit})


def test_a_request_is_a_place(summit, organiser, as_user):
    client = as_user(organiser)
    make_track(summit)
    data = {"slug": "civic-space", "direction": "up"}
    make_track(summit, "second", order=5)
    client.post("/en/ogp2021/organiser/tracks/order/", {**data, "slug": "second"}, REMOTE_ADDR="198.51.100.9")
    assert HistoryEntry.objects.get().place == "page 198.51.100.0/24"


def test_the_guard_survives_going_back_and_forth(summit, organiser):
    """The migration that adds the place makes the table anew on SQLite, which drops its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'history_stays'")
            [found] = cursor.fetchone()
        else:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'summit_history_stays'")
            [found] = cursor.fetchone()
    for column in ("summit_id", "at", "action", "subject_kind", "subject_key", "subject_name", "changes", "place"):
        assert f"OLD.{column}" in found and f"NEW.{column}" in found


def test_how_many_there_were_is_told_and_not_a_change_from_none(summit, organiser):
    history.record("registration.export", summit, by=organiser, summit=summit, changes={"people": (0, 35)})
    [line] = history.described(HistoryEntry.objects.filter(action="registration.export"), type(summit))
    assert [pair for _name, pair in line["labelled"]] == [("", 35)]
