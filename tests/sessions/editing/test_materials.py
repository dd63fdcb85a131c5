"""What is said of links and recordings, and who has confirmed them."""

import pytest
from django.core.exceptions import ValidationError

from sessions.editing import materials
from summit.models import HistoryEntry
from tests.factories import make_session, make_track

SAID = {"quality": "1080p", "licence": "CC-BY-4.0", "chapters": "0:00 Opening\n0:12:05 Questions", "size": 12_000_000,
        "captions_url": "/media/captions.vtt", "language": "en", "title": {"en": "Plenary"}}  # fmt: skip


@pytest.fixture
def recording(summit):
    session = make_session(summit, track=make_track(summit))
    return materials.add(session, kind="recording", url="https://video.example/1.mp4", title={}, by=None)


def test_who_confirms_a_link_is_kept_until_somebody_says_it_is_no_longer_right(recording, organiser):
    revision = recording.session.summit.agenda_revision
    materials.confirm(recording, by=organiser)
    recording.refresh_from_db()
    assert (recording.confirmed, recording.confirmed_by) == (True, organiser) and recording.confirmed_at
    recording.session.summit.refresh_from_db()
    assert recording.session.summit.agenda_revision > revision
    materials.confirm(recording, yes=False, by=organiser)
    recording.refresh_from_db()
    assert (recording.confirmed, recording.confirmed_by, recording.confirmed_at) == (False, None, None)
    assert HistoryEntry.objects.first().changes == {"link confirmed": [True, False]}


def test_a_recording_is_described_with_one_line_of_history_and_no_change_writes_none(recording, organiser):
    materials.describe(recording, SAID, by=organiser)
    recording.refresh_from_db()
    assert {name: getattr(recording, name) for name in ("quality", "licence", "size", "language")} == {
        "quality": "1080p", "licence": "CC-BY-4.0", "size": 12_000_000, "language": "en",
    }  # fmt: skip
    assert recording.licence_url == "https://creativecommons.org/licenses/by/4.0/"
    assert [(chapter.clock, there) for chapter, there in recording.parts][1] == (
        "0:12:05",
        "https://video.example/1.mp4#t=725",
    )
    lines = HistoryEntry.objects.count()
    assert HistoryEntry.objects.first().changes["link quality"] == ["", "1080p"]
    materials.describe(recording, SAID, by=organiser)
    assert HistoryEntry.objects.count() == lines


@pytest.mark.parametrize(
    "wrong", [{"chapters": "Opening"}, {"captions_url": "javascript:x"}, {"size": 0}, {"quality": "8K"}]
)
def test_what_is_no_quality_chapter_or_address_is_refused(recording, wrong):
    with pytest.raises(ValidationError):
        materials.describe(recording, wrong, by=None)
    assert "url" not in materials.OF_ALL and recording.session.materials.get().chapters == ""
