import pytest

from sessions.editing import session_edits
from sessions.models import Appearance, Session, SessionHost
from summit.editing.revising import Overtaken
from summit.models import HistoryEntry, Summit
from tests.factories import make_organisation, make_session, make_speaker, make_summit, make_track


def texts(ko, en=""):
    return {"ko": ko, "en": en}


def revision(summit) -> int:
    return Summit.objects.get(pk=summit.pk).agenda_revision


def test_a_public_text_is_live_at_once_and_reaches_feeds(summit, organiser):
    session = make_session(summit)
    before = revision(summit)
    held = session_edits.edit(session, {"title": texts("새 제목", "New title")}, version=1, by=organiser)
    assert (held.title["en"], held.version, held.sequence) == ("New title", 2, 0)
    assert held.updated_at > session.updated_at
    assert revision(summit) == before + 1


def test_the_working_side_changes_no_public_page(summit, organiser):
    session = make_session(summit)
    before = revision(summit)
    held = session_edits.edit(
        session, {"notes": "ask again", "technical_sheet": "2 microphones"}, version=1, by=organiser
    )
    assert (held.notes, held.updated_at) == ("ask again", session.updated_at)
    assert revision(summit) == before


def test_a_stale_form_changes_nothing(summit, organiser):
    session = make_session(summit)
    session_edits.edit(session, {"number": 3}, version=1, by=organiser)
    for stale in (
        lambda: session_edits.edit(session, {"number": 4}, version=1, by=organiser),
        lambda: session_edits.set_hosts(session, [make_organisation(summit)], version=1, by=organiser),
        lambda: session_edits.set_people(session, [], version=1, by=organiser),
    ):
        with pytest.raises(Overtaken):
            stale()
    assert Session.objects.get(pk=session.pk).number == 3
    assert SessionHost.objects.count() == 0


def test_a_new_session_is_seen_by_the_team_alone(summit, organiser):
    session = session_edits.create(summit, {"title": texts("초안"), "kind": "workshop"}, by=organiser)
    assert not session.is_published
    assert session.language == "ko"
    assert HistoryEntry.objects.get().action == "session.create"


def test_hosts_come_in_the_order_they_are_named(summit, organiser):
    first, second, third = (make_organisation(summit, code) for code in ("alpha", "beta", "gamma"))
    session = make_session(summit, hosts=[first, second])
    session_edits.set_hosts(session, [third, first], version=1, by=organiser)
    assert [h.organisation for h in session.hostings.order_by("order")] == [third, first]
    entries = HistoryEntry.objects.count()
    session_edits.set_hosts(session, [third, first], version=2, by=organiser)
    assert HistoryEntry.objects.count() == entries


def test_who_stays_on_stage_keeps_the_answer_and_who_is_new_is_asked(summit, organiser):
    park, kim, lee = (make_speaker(summit, name) for name in ("박수정", "김하나", "이도"))
    session = make_session(summit, people=[park, kim])
    wanted = [
        {"speaker": lee, "role": "moderator", "affiliation": texts("서울시"), "job_title": texts("과장", "Manager")},
        {"speaker": park, "role": "speaker", "affiliation": texts("행정안전부"), "job_title": {}},
        {"speaker": park, "role": "speaker", "affiliation": texts("twice"), "job_title": {}},
    ]
    session_edits.set_people(session, wanted, version=1, by=organiser)
    rows = list(session.appearances.order_by("order"))
    assert [(a.speaker, a.role, a.state) for a in rows] == [
        (lee, "moderator", Appearance.State.INVITED),
        (park, "speaker", Appearance.State.CONFIRMED),
    ]
    assert (rows[1].affiliation["ko"], rows[1].job_title.get("ko", "")) == ("행정안전부", "사무총장")
    [entry] = HistoryEntry.objects.filter(action="session.edit")
    assert len(entry.changes["people"][1]) == 2


def test_two_new_rows_for_one_person_in_one_role_are_one(summit, organiser):
    session, park = make_session(summit), make_speaker(summit)
    row = {"speaker": park, "role": "speaker", "affiliation": {}, "job_title": {}}
    session_edits.set_people(session, [row, dict(row)], version=1, by=organiser)
    assert session.appearances.count() == 1


def test_an_answer_is_kept_with_its_moment_and_the_consent(summit, organiser):
    session = make_session(summit, people=[make_speaker(summit)])
    [appearance] = session.appearances.all()
    held = session_edits.answer(appearance, confirmed=False, recording=False, by=organiser)
    assert (held.state, held.recording_consent) == ("declined", False)
    assert held.answered_at is not None
    assert list(session.appearances.billed()) == []
    moment = held.answered_at
    assert session_edits.answer(held, confirmed=False, by=organiser).answered_at == moment


def test_an_earlier_state_comes_back_language_by_language(summit, organiser):
    session = make_session(summit, title=texts("제목"))
    session_edits.edit(session, {"title": texts("제목", "Title"), "kind": "plenary"}, version=1, by=organiser)
    entry = HistoryEntry.objects.get(action="session.edit")
    held = session_edits.restore(session, entry, version=2, by=organiser)
    assert held.title.words() == {"ko": "제목"}
    assert (held.kind, held.version) == ("breakout", 3)


def test_only_the_session_s_own_lines_and_only_fields_can_be_restored(summit, organiser):
    session, other = make_session(summit), make_session(summit, "CIV002")
    session_edits.edit(other, {"number": 9}, version=1, by=organiser)
    [foreign] = HistoryEntry.objects.filter(action="session.edit")
    with pytest.raises(session_edits.NothingToRestore):
        session_edits.restore(session, foreign, version=1, by=organiser)
    session_edits.set_hosts(session, [make_organisation(summit)], version=1, by=organiser)
    hosts = HistoryEntry.objects.filter(action="session.edit").first()
    with pytest.raises(session_edits.NothingToRestore):
        session_edits.restore(session, hosts, version=2, by=organiser)


def test_what_is_public_is_cancelled_and_never_deleted(summit, organiser):
    public, draft = make_session(summit), make_session(summit, "CIV002", published_at=None)
    with pytest.raises(session_edits.IsPublic):
        session_edits.delete(public, by=organiser)
    session_edits.delete(draft, by=organiser)
    assert list(Session.objects.all()) == [public]


def test_a_person_made_on_the_fly_is_found_again_by_name_in_the_same_summit(summit, organiser):
    made = session_edits.new_person(summit, "이도", email="Ido@People.example", by=organiser)
    assert made.email == "ido@people.example"
    assert session_edits.new_person(summit, "이도", by=organiser) == made
    assert session_edits.new_person(summit, "이도", email="another@people.example", by=organiser) != made
    assert session_edits.new_person(make_summit("ogp2023"), "이도", by=organiser) != made


def test_a_track_is_told_by_name_in_the_history(summit, organiser):
    session, track = make_session(summit), make_track(summit)
    session_edits.edit(session, {"track": track}, version=1, by=organiser)
    assert HistoryEntry.objects.get().changes == {"track": [None, "시민영역"]}
