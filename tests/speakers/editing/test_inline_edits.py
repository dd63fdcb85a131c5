"""Small edits of people and organisations."""

import pytest

from speakers.editing import inline_edits
from speakers.models import Organisation, Speaker
from summit.editing.revising import Overtaken
from summit.models import HistoryEntry, Summit
from tests.factories import make_organisation, make_session, make_speaker


@pytest.fixture
def speaker(summit):
    return make_speaker(summit)


def test_what_the_public_reads_freshens_pages_and_feeds(summit, speaker, organiser):
    session = make_session(summit, people=[speaker])
    before, revision = session.updated_at, summit.agenda_revision
    inline_edits.edit_speaker(speaker, {"name": "박수진"}, version=1, by=organiser)
    session.refresh_from_db()
    assert session.updated_at > before
    assert Summit.objects.get().agenda_revision == revision + 1
    assert (Speaker.objects.get().name, Speaker.objects.get().version) == ("박수진", 2)


@pytest.mark.parametrize("values", [{"email": "new@people.example"}, {"notes": "quiet"}, {"name": "박수정"}])
def test_what_is_private_or_does_not_differ_touches_no_public_page(summit, speaker, organiser, values):
    session = make_session(summit, people=[speaker])
    before = session.updated_at
    inline_edits.edit_speaker(speaker, values, version=1, by=organiser)
    session.refresh_from_db()
    assert session.updated_at == before
    assert Summit.objects.get().agenda_revision == summit.agenda_revision


def test_an_older_form_overwrites_nothing(summit, speaker, organiser):
    host = make_organisation(summit)
    inline_edits.edit_speaker(speaker, {"country": "KR"}, version=1, by=organiser)
    inline_edits.edit_organisation(host, {"kind": "government"}, version=1, by=organiser)
    with pytest.raises(Overtaken):
        inline_edits.edit_speaker(speaker, {"country": "KE"}, version=1, by=organiser)
    with pytest.raises(Overtaken):
        inline_edits.edit_organisation(host, {"kind": "business"}, version=1, by=organiser)
    assert (Speaker.objects.get().country, Organisation.objects.get().kind) == ("KR", "government")


def test_who_is_in_a_session_stays_whatever_they_answered(summit, speaker, organiser):
    host = make_organisation(summit)
    session = make_session(summit, people=[speaker], hosts=[host])
    session.appearances.update(state="declined")
    with pytest.raises(inline_edits.HasSessions):
        inline_edits.delete_speaker(speaker, by=organiser)
    with pytest.raises(inline_edits.HasSessions):
        inline_edits.delete_organisation(host, by=organiser)
    session.appearances.all().delete()
    session.hostings.all().delete()
    inline_edits.delete_speaker(speaker, by=organiser)
    inline_edits.delete_organisation(host, by=organiser)
    assert {entry.action for entry in HistoryEntry.objects.all()} == {"speaker.delete", "organisation.delete"}
    assert not Speaker.objects.exists() and not Organisation.objects.exists()
