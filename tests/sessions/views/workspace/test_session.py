import re

import pytest
from django.test import Client

from sessions.editing import materials, session_edits
from sessions.models import Session
from summit.editing.opening import close_to_public
from summit.models import HistoryEntry
from tests.factories import make_organisation, make_session, make_speaker, make_summit, make_track, make_user

PAGE = "/en/ogp2021/organiser/sessions/CIV001/"


@pytest.fixture
def session(summit):
    return make_session(summit, track=make_track(summit), notes="call the ministry")


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def filled(session, **values):
    """What a browser would send of the form as it was shown."""
    data = {
        "version": session.version, "title_ko": session.title["ko"], "title_en": session.title["en"],
        "abstract_ko": session.abstract["ko"], "abstract_en": session.abstract["en"], "plain_summary_ko": "", "plain_summary_en": "",
        "track": session.track_id or "", "kind": session.kind, "mode": session.mode, "number": "", "language": "ko",
        "technical_sheet": "", "access_needs": "", "time_wishes": "", "run_of_show": "", "notes": session.notes, "action": "save",
        "takes_questions": "on", "asks_first": "on",
    }  # fmt: skip
    return {**data, **values}


def test_texts_facts_hosts_and_the_working_side_are_saved_together(summit, session, office):
    first, second = make_organisation(summit, "alpha"), make_organisation(summit, "beta")
    data = filled(session, title_en="Renewed", kind="plenary", interpretation=["en", "fr"], access=["captions"],
                  hosts=[second.pk, "", first.pk, second.pk], technical_sheet="2 microphones\r\n1 screen", featured="on")  # fmt: skip
    response = office.post(PAGE, data)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    held = Session.objects.get()
    assert (held.title["en"], held.kind, held.interpretation, held.access) == (
        "Renewed",
        "plenary",
        ["en", "fr"],
        ["captions"],
    )
    assert (held.technical_sheet, held.featured) == ("2 microphones\n1 screen", True)
    assert [h.organisation for h in held.hostings.order_by("order")] == [second, first]
    assert office.get(PAGE).status_code == 200


def test_a_form_sent_as_it_was_shown_changes_nothing(session, office):
    office.post(PAGE, filled(session))
    assert HistoryEntry.objects.count() == 0
    assert Session.objects.get().version == 1


def test_a_stale_form_is_answered_with_what_changed_and_what_was_written(session, office, organiser):
    session_edits.edit(session, {"title": {"ko": "남의 제목", "en": "Somebody else's"}}, version=1, by=organiser)
    response = office.post(PAGE, filled(session, title_en="Mine"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else has changed this in the meantime" in page
    assert "Somebody else&#x27;s" in page
    assert 'value="Mine"' in page
    assert Session.objects.get().title["en"] == "Somebody else's"
    # Having seen it, the same words are saved over it.
    assert office.post(PAGE, filled(session, title_en="Mine", version=2)).status_code == 302
    assert Session.objects.get().title["en"] == "Mine"


def test_what_somebody_else_changed_is_told_in_words(session, office, organiser):
    changed = {"interpretation": ["fr"], "access": ["captions"]}
    session_edits.edit(session, changed, version=1, by=organiser)
    page = office.post(PAGE, filled(session, title_en="Mine")).content.decode()
    diff = page[page.index('class="diff"') : page.index("</dl>", page.index('class="diff"'))]
    assert "français" in diff and "Live captions" in diff
    assert ">fr<" not in diff and ">captions<" not in diff


@pytest.mark.parametrize(
    "wrong",
    [{"title_ko": "", "title_en": ""}, {"title_ko": "가" * 301}, {"kind": "party"}, {"language": "xx"}, {"access": ["lift"]},
     {"hosts": ["999999"]}, {"hosts": ["1 OR 1=1"]}, {"track": "999999"}, {"number": "-1"}, {"notes": "x" * 4001}],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_bad_input_is_refused_and_nothing_typed_is_lost(session, office, wrong):
    response = office.post(PAGE, filled(session, run_of_show="10:00 opening", **wrong))
    assert response.status_code == 422
    assert "10:00 opening" in response.content.decode()
    held = Session.objects.get()
    assert (held.version, held.run_of_show) == (1, "")


def test_hosts_and_tracks_of_another_summit_cannot_be_chosen(session, office):
    other = make_summit("ogp2023")
    for wrong in ({"hosts": [make_organisation(other).pk]}, {"track": make_track(other).pk}):
        assert office.post(PAGE, filled(session, **wrong)).status_code == 422


def test_the_preview_shows_safe_html_and_saves_nothing(session, office):
    response = office.post(PAGE, filled(session, abstract_en="**bold** <script>alert(1)</script>", action="preview"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "<strong>bold</strong>" in page
    assert "<script>alert" not in page
    assert Session.objects.get().version == 1


def test_a_change_can_be_undone_from_the_history(session, office, organiser):
    session_edits.edit(session, {"kind": "plenary"}, version=1, by=organiser)
    entry = HistoryEntry.objects.get()
    assert f"{PAGE}history/{entry.pk}/" in office.get(PAGE).content.decode()
    office.post(f"{PAGE}history/{entry.pk}/", {"version": 1})
    assert Session.objects.get().kind == "plenary"
    office.post(f"{PAGE}history/{entry.pk}/", {"version": 2})
    assert Session.objects.get().kind == "breakout"


def test_a_line_of_another_summit_s_history_is_not_there(session, office, organiser):
    foreign = make_session(make_summit("ogp2023"))
    session_edits.edit(foreign, {"kind": "plenary"}, version=1, by=organiser)
    assert office.post(f"{PAGE}history/{HistoryEntry.objects.get().pk}/", {"version": 1}).status_code == 404


def test_a_translator_writes_texts_and_nothing_else(summit, session, as_user):
    client = as_user(make_user(summit=summit, role="translator"))
    page = client.get(PAGE).content.decode()
    assert 'name="title_en"' in page
    assert 'name="kind"' not in page
    assert "call the ministry" not in page
    client.post(PAGE, filled(session, title_en="Translated", kind="plenary", notes="mine"))
    held = Session.objects.get()
    assert (held.title["en"], held.kind, held.notes) == ("Translated", "breakout", "call the ministry")


def test_a_track_lead_edits_the_sessions_of_that_track_alone(summit, session, as_user):
    lead = make_user(summit=summit, role="track_lead")
    session.track.leads.add(summit.memberships.get(user=lead))
    other = make_session(summit, "DIG001", track=make_track(summit, "digital"))
    client = as_user(lead)
    assert client.post(PAGE, filled(session, title_en="Led")).status_code == 302
    address = PAGE.replace("CIV001", "DIG001")
    assert 'name="title_en"' not in client.get(address).content.decode()
    assert client.post(address, filled(other, title_en="Led")).status_code == 403
    assert client.post(f"{address}deletion/").status_code == 404
    assert Session.objects.get(code="DIG001").version == 1


def test_a_viewer_reads_without_internal_notes(summit, session, as_user):
    client = as_user(make_user(summit=summit, role="viewer"))
    page = client.get(PAGE).content.decode()
    assert 'id="session"' not in page
    assert "call the ministry" not in page
    session_edits.edit(session, {"notes": "whispers"}, version=1, by=None)
    assert "whispers" not in client.get(PAGE).content.decode()
    session.refresh_from_db()
    assert client.post(PAGE, filled(session)).status_code == 403


def test_desk_staff_hosts_and_guests_do_not_find_it(summit, session, desk_staff, as_user):
    assert as_user(desk_staff).get(PAGE).status_code == 404
    assert as_user(make_user()).get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_a_session_is_added_and_deleted_while_nobody_has_seen_it(summit, office):
    track = make_track(summit)
    new = PAGE.replace("CIV001", "new")
    assert office.get(new).status_code == 200
    assert office.post(new, {"title_ko": "", "kind": "breakout"}).status_code == 422
    data = {"title_ko": "새 세션", "kind": "workshop", "mode": "hybrid", "language": "ko", "track": track.pk}
    response = office.post(new, data)
    session = Session.objects.get()
    assert response["Location"] == PAGE.replace("CIV001", session.code)
    assert (session.published_at, session.track) == (None, track)
    office.post(f"{response['Location']}deletion/")
    assert Session.objects.count() == 0


def test_a_track_lead_adds_sessions_to_the_own_track_alone(summit, session, as_user):
    lead = make_user(summit=summit, role="track_lead")
    session.track.leads.add(summit.memberships.get(user=lead))
    other = make_track(summit, "digital")
    data = {"title_ko": "새 세션", "kind": "workshop", "mode": "hybrid", "language": "ko"}
    client, new = as_user(lead), PAGE.replace("CIV001", "new")
    assert client.post(new, data).status_code == 422
    assert client.post(new, {**data, "track": other.pk}).status_code == 422
    assert client.post(new, {**data, "track": session.track_id}).status_code == 302


def test_the_page_says_who_can_see_the_session(session, office):
    page = office.get(PAGE).content.decode()
    assert "Who can see this" in page
    assert "1 person on stage" not in page
    assert "Team: Owner, Organiser, Track lead, Translator, Moderator, Viewer" in page


def test_the_page_is_korean_too(session, office):
    page = office.get(PAGE.replace("/en/", "/ko/")).content.decode()
    assert "이 세션을 볼 수 있는 사람" in page


def test_a_published_session_of_a_closed_summit_is_seen_by_nobody_outside(session, office):
    assert "time and room as published" in office.get(PAGE).content.decode()
    close_to_public(session.summit, by=None)
    page = office.get(PAGE).content.decode()
    assert "Nothing while the summit is closed to the public" in page
    assert "time and room as published" not in page


def test_a_track_lead_gives_no_session_away_and_takes_none(summit, session, as_user):
    lead = make_user(summit=summit, role="track_lead")
    session.track.leads.add(summit.memberships.get(user=lead))
    other = make_track(summit, "digital")
    client = as_user(lead)
    assert 'name="track"' not in client.get(PAGE).content.decode()
    client.post(PAGE, filled(session, track=other.pk))
    assert client.get("/en/ogp2021/organiser/lists/sessions/CIV001/track/").status_code == 404
    page = client.get("/en/ogp2021/organiser/sessions/").content.decode()
    [actions] = re.findall(r'(?s)<select id="act-action".*?</select>', page)
    assert 'value="mode"' in actions and 'value="track"' not in actions
    client.post(
        "/en/ogp2021/organiser/lists/sessions/act/",
        {"action": "track", "chosen": "CIV001", "confirmed": "1", "number": "1", "value": other.pk},
    )
    assert Session.objects.get(code="CIV001").track == session.track


def test_the_history_speaks_the_language_of_the_page(session, organiser, as_user):
    client = as_user(organiser)
    appearance = session.appearances.create(
        speaker=make_speaker(session.summit, "박수정"), role="speaker", state="invited"
    )
    session_edits.answer(appearance, confirmed=False, by=None)
    material = session.materials.create(kind="stream", url="https://video.example/a", confirmed=False)
    materials.confirm(material, by=None)
    page = client.get(PAGE.replace("/en/", "/ko/")).content.decode()
    assert "연사" in page and "박수정" in page and "링크 확인" in page
    assert not any(word in page for word in ("declined", "link confirmed", ">person<"))


def test_questions_are_switched_off_and_the_cockpit_is_found(session, office, as_user, summit):
    assert f"/en/ogp2021/sessions/{session.code}/cockpit/" in office.get(PAGE).content.decode()
    data = filled(session, keeps_answers="on")
    for name in ("takes_questions", "asks_first"):
        del data[name]
    office.post(PAGE, data)
    held = type(session).objects.get(pk=session.pk)
    assert (held.takes_questions, held.asks_first, held.keeps_answers) == (False, False, True)
    viewer = make_user("looks@team.example", summit=summit, role="viewer")
    assert "cockpit" not in as_user(viewer).get(PAGE).content.decode()
