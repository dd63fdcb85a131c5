import pytest

from speakers.models import Speaker
from summit.editing.revising import Overtaken, entries_of, revise
from summit.models import HistoryEntry
from tests.factories import make_speaker


def revised(speaker, values, *, version, by):
    return revise(speaker, values, version=version, by=by, summit=speaker.summit, action="speaker.edit")


def test_an_edit_sets_what_differs_raises_the_version_and_leaves_a_line(summit, organiser):
    speaker = make_speaker(summit, "박수정")
    held, changes = revised(speaker, {"name": "박수정", "country": "KR"}, version=1, by=organiser)
    assert changes == {"country": ("", "KR")}
    assert (held.version, held.country) == (2, "KR")
    [entry] = entries_of(speaker)
    assert (entry.action, entry.by, entry.changes) == ("speaker.edit", organiser, {"country": ["", "KR"]})


def test_an_edit_that_changes_nothing_writes_nothing(summit, organiser):
    speaker = make_speaker(summit, "박수정")
    held, changes = revised(speaker, {"name": "박수정"}, version=1, by=organiser)
    assert (changes, held.version, HistoryEntry.objects.count()) == ({}, 1, 0)


def test_two_editors_do_not_overwrite_each_other(summit, organiser):
    speaker = make_speaker(summit, "박수정")
    revised(speaker, {"country": "KR"}, version=1, by=organiser)
    with pytest.raises(Overtaken) as refused:
        revised(speaker, {"country": "EE"}, version=1, by=organiser)
    assert refused.value.details["now"].country == "KR"
    assert [entry.changes for entry in refused.value.details["entries"]] == [{"country": ["", "KR"]}]
    assert Speaker.objects.get(pk=speaker.pk).country == "KR"


def test_a_translation_becomes_outdated_when_its_source_is_edited(summit, organiser):
    speaker = make_speaker(summit, biography={"ko": "사무총장", "en": "Secretary General"})
    held, _changes = revised(
        speaker, {"biography": {"ko": "새 사무총장", "en": "Secretary General"}}, version=1, by=organiser
    )
    assert held.biography.status("en") == "outdated"
    held, _changes = revised(
        held, {"biography": {"ko": "새 사무총장", "en": "New Secretary General"}}, version=2, by=organiser
    )
    assert held.biography.status("en") == "done"
