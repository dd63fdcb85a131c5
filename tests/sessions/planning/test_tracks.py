import pytest

from sessions.planning import tracks
from summit.lib.translated import Status, Text
from summit.models import HistoryEntry, Summit
from tests.factories import make_track


def values(**changed):
    return {
        "name": Text({"ko": "디지털", "en": "Digital"}),
        "theme": Text({}),
        "summary": Text({}),
        "colour": "#12705b",
        "slug": "digital",
        **changed,
    }


def revision():
    return Summit.objects.get().agenda_revision


def test_a_new_track_comes_last_and_is_remembered(summit, organiser):
    make_track(summit, order=4)
    before = revision()
    track = tracks.create_track(summit, values(), by=organiser)
    assert [t.slug for t in summit.tracks.all()] == ["civic-space", "digital"]
    assert track.order == 5
    entry = HistoryEntry.objects.get()
    assert (entry.action, entry.by, entry.subject_key) == ("track.create", organiser, str(track.pk))
    assert revision() == before + 1


def test_an_edit_changes_what_differs_and_says_what_it_was(summit, organiser):
    track = make_track(summit, name={"ko": "시민영역", "en": "Civic space"})
    before = revision()
    tracks.edit_track(track, values(colour=track.colour), by=organiser)
    track.refresh_from_db()
    assert track.name == {"ko": "디지털", "en": "Digital"}
    assert track.slug == "civic-space"
    entry = HistoryEntry.objects.get()
    assert entry.action == "track.edit"
    assert entry.changes == {"name": [{"ko": "시민영역", "en": "Civic space"}, {"ko": "디지털", "en": "Digital"}]}
    assert revision() == before + 1


def test_an_edit_that_changes_nothing_leaves_no_trace(summit, organiser):
    track = make_track(summit)
    before = revision()
    tracks.edit_track(track, values(name=track.name, colour=track.colour), by=organiser)
    assert not HistoryEntry.objects.exists()
    assert revision() == before


def test_a_translation_left_behind_is_outdated_until_it_is_touched(summit, organiser):
    track = make_track(summit, name={"ko": "시민영역", "en": "Civic space"})
    tracks.edit_track(track, values(name=Text({"ko": "시민 공간", "en": "Civic space"})), by=organiser)
    track.refresh_from_db()
    assert track.name.status("en") is Status.OUTDATED
    tracks.edit_track(track, values(name=Text({"ko": "시민 공간", "en": "Civic spaces"})), by=organiser)
    track.refresh_from_db()
    assert track.name.status("en") is Status.DONE


def test_the_summits_first_language_is_the_source(summit, organiser):
    Summit.objects.update(languages=["en", "ko"])
    summit.refresh_from_db()
    track = make_track(summit, name={"ko": "시민영역", "en": "Civic space"})
    tracks.edit_track(track, values(name=Text({"ko": "시민영역", "en": "Civic spaces"})), by=organiser)
    track.refresh_from_db()
    assert track.name.status("ko", source="en") is Status.OUTDATED


@pytest.fixture
def three(summit):
    return [make_track(summit, slug, order=5) for slug in ("aa", "bb", "cc")]


def order(summit):
    return "".join(track.slug[0] for track in summit.tracks.all())


@pytest.mark.parametrize(
    ("moved", "up", "after"), [(1, True, "bac"), (1, False, "acb"), (2, True, "acb"), (0, False, "bac")]
)
def test_a_track_changes_places_with_its_neighbour(summit, organiser, three, moved, up, after):
    before = revision()
    tracks.move_track(three[moved], up=up, by=organiser)
    assert order(summit) == after
    assert [track.order for track in summit.tracks.all()] == [1, 2, 3]
    assert HistoryEntry.objects.get().action == "track.move"
    assert revision() == before + 1


@pytest.mark.parametrize(("moved", "up"), [(0, True), (2, False)])
def test_at_the_end_of_the_row_nothing_moves(summit, organiser, three, moved, up):
    before = revision()
    tracks.move_track(three[moved], up=up, by=organiser)
    assert order(summit) == "abc"
    assert not HistoryEntry.objects.exists()
    assert revision() == before


def test_a_part_of_a_track_is_edited_and_an_older_mark_refused(summit, organiser):
    from summit.editing.inline_edits import value_version
    from summit.editing.revising import Overtaken

    track = make_track(summit, theme={"ko": "주제", "en": "Theme"})
    old = value_version(track.name)
    tracks.edit_track(track, {"name": {"ko": "하나", "en": "One"}}, form_versions={"name": old}, by=organiser)
    with pytest.raises(Overtaken):
        tracks.edit_track(track, {"name": {"ko": "둘", "en": "Two"}}, form_versions={"name": old}, by=organiser)
    track.refresh_from_db()
    assert (track.name["en"], track.theme["en"]) == ("One", "Theme")
