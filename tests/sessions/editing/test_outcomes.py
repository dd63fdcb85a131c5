"""What came of a session: written, published, and read by everybody."""

import json

import pytest

from sessions.editing import outcomes
from sessions.models import Appearance, Outcome
from sessions.permissions import reported_by
from speakers.models import OrganisationMember
from summit.models import HistoryEntry, Role
from tests.factories import make_organisation, make_session, make_speaker, make_summit, make_track, make_user

TEAM = "/en/ogp2021/organiser/sessions/CIV001/outcomes/"
SAID = {"kind": "decision", "text": {"ko": "**합의**했습니다.", "en": "It was *agreed*."}, "is_published": True}
SENT = {"kind": "commitment", "text_ko": "공개합니다.", "text_en": "", "is_published": "on"}


@pytest.fixture
def session(summit):
    return make_session(summit, track=make_track(summit), hosts=[make_organisation(summit)])


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def test_one_is_written_changed_moved_and_removed_with_a_line_of_history_each(session, organiser):
    first = outcomes.add(session, SAID, by=organiser)
    second = outcomes.add(session, {**SAID, "kind": "note", "is_published": False}, by=organiser)
    assert (first.order, second.order, first.by) == (1, 2, organiser)
    outcomes.edit(second, {**SAID, "is_published": True}, version=1, by=organiser)
    assert HistoryEntry.objects.first().changes["outcome public"] == [False, True]
    outcomes.move(second, up=True, by=organiser)
    outcomes.move(second, up=True, by=organiser)  # at the top already
    assert list(session.outcomes.values_list("pk", flat=True)) == [second.pk, first.pk]
    outcomes.remove(first, by=organiser)
    outcomes.remove(first, by=organiser)
    assert HistoryEntry.objects.filter(action="session.edit").count() == 5


def test_what_was_changed_meanwhile_is_refused_and_sixty_are_enough(session):
    made = outcomes.add(session, SAID, by=None)
    outcomes.edit(made, {**SAID, "kind": "note"}, version=1, by=None)
    with pytest.raises(outcomes.OutcomeChanged):
        outcomes.edit(made, SAID, version=1, by=None)
    Outcome.objects.bulk_create(Outcome(session=session, text={"ko": "가"}) for _n in range(59))
    with pytest.raises(outcomes.TooManyOutcomes):
        outcomes.add(session, SAID, by=None)


def test_a_translation_whose_source_has_changed_is_outdated(session):
    made = outcomes.add(session, SAID, by=None)
    assert made.untranslated == []
    changed = outcomes.edit(made, {**SAID, "text": {**SAID["text"], "ko": "달리 합의했습니다."}}, version=1, by=None)
    assert changed.untranslated == [("en", "outdated")]


def test_a_draft_changes_no_public_page_and_what_is_public_does(session):
    revision = session.summit.agenda_revision
    outcomes.add(session, {**SAID, "is_published": False}, by=None)
    session.summit.refresh_from_db()
    assert session.summit.agenda_revision == revision
    outcomes.add(session, SAID, by=None)
    session.summit.refresh_from_db()
    assert session.summit.agenda_revision > revision


def test_the_team_writes_on_a_page_and_what_is_wrong_stays_in_the_form(session, office):
    assert office.post(TEAM, SENT).status_code == 302
    made = Outcome.objects.get()
    shown = office.get(TEAM).content.decode()
    assert "Commitment" in shown and "en:" in shown and "missing" in shown
    wrong = office.post(TEAM, {**SENT, "text_ko": "", "text_en": ""})
    assert wrong.status_code == 422 and "Something still needs your attention" in wrong.content.decode()
    assert "공개합니다." in office.get(f"{TEAM}?outcome={made.pk}").content.decode()
    sent = {**SENT, "outcome": made.pk, "version": 1, "text_en": "We open it."}
    assert office.post(TEAM, sent).status_code == 302
    stale = office.post(TEAM, {**sent, "text_en": "Mine"})
    assert stale.status_code == 409 and "Mine" in stale.content.decode()
    assert "결과" in office.get(TEAM.replace("/en/", "/ko/")).content.decode()
    assert office.post(TEAM, {"outcome": made.pk, "action": "remove"}).status_code == 302
    assert office.post(TEAM, {"outcome": made.pk, "action": "remove"}).status_code == 404


def test_hosts_and_rapporteurs_write_and_nobody_else(session, summit, as_user):
    host, person, other = (make_user(f"{name}@x.example") for name in ("host", "person", "other"))
    OrganisationMember.objects.create(organisation=session.hosts.get(), user=host)
    speaker = make_speaker(summit, "김하나", user=person)
    row = Appearance.objects.create(session=session, speaker=speaker, role=Appearance.Role.RAPPORTEUR)
    hosting, mine = TEAM.replace("organiser", "hosting"), "/en/ogp2021/my-sessions/CIV001/outcomes/"
    assert as_user(host).post(hosting, SENT).status_code == 302
    assert as_user(person).post(mine, SENT).status_code == 302
    assert Outcome.objects.count() == 2
    assert mine in as_user(person).get("/en/ogp2021/my-sessions/").content.decode()
    assert [as_user(other).get(page).status_code for page in (TEAM, hosting, mine)] == [404] * 3
    Appearance.objects.filter(pk=row.pk).update(role=Appearance.Role.SPEAKER)
    assert as_user(person).get(mine).status_code == 404 and not reported_by(person, summit).exists()
    lead = make_user("lead@x.example", summit=summit, role=Role.TRACK_LEAD)
    assert as_user(lead).get(TEAM).status_code == 404
    session.track.leads.add(summit.memberships.get(user=lead))
    assert as_user(lead).get(TEAM).status_code == 200


def test_another_sessions_outcome_is_not_there(session, summit, office):
    made = outcomes.add(make_session(summit, "OTHER1"), SAID, by=None)
    assert office.get(f"{TEAM}?outcome={made.pk}").status_code == 404


def test_everybody_reads_what_is_public_in_either_language(session, client, django_assert_max_num_queries):
    outcomes.add(session, {**SAID, "is_published": False, "text": {"en": "A draft"}}, by=None)
    assert 'id="outcomes"' not in client.get("/en/ogp2021/sessions/CIV001/").content.decode()
    for _n in range(3):
        outcomes.add(session, SAID, by=None)
    shown = client.get("/en/ogp2021/sessions/CIV001/").content.decode()
    assert "<em>agreed</em>" in shown and "A draft" not in shown and 'href="/en/ogp2021/outcomes/"' in shown
    with django_assert_max_num_queries(12):
        page = client.get("/ko/ogp2021/outcomes/").content.decode()
    assert page.count("<strong>합의</strong>") == 3 and "결정" in page
    outcomes.add(session, {**SAID, "kind": "note", "text": {"en": "Only a note"}}, by=None)
    assert "Only a note" not in client.get("/en/ogp2021/outcomes/?kind=decision").content.decode()
    assert client.get("/en/ogp2021/outcomes/?kind=%00").status_code in {200, 400}


def test_outcomes_are_open_data_once_there_are_any(session, client):
    assert "outcomes.csv" not in client.get("/en/ogp2021/data/").content.decode()
    made = outcomes.add(session, SAID, by=None)
    assert "outcomes.csv" in client.get("/en/ogp2021/data/").content.decode()
    table = client.get("/ogp2021/outcomes.csv").content.decode("utf-8-sig").splitlines()
    assert table[0] == "guid,session,order,kind,text.ko,text.en,url"
    assert table[1].startswith(
        f"{made.guid},CIV001,1,decision,**합의**했습니다.,It was *agreed*.,http://testserver/ko/"
    )
    [row] = json.loads(client.get("/ogp2021/outcomes.json").content)["outcomes"]
    assert (row["kind"], row["text"]["en"], row["session"]) == ("decision", "It was *agreed*.", "CIV001")


def test_of_another_summit_or_an_unpublished_session_nothing_is_told(session, client):
    other = make_summit("other1")
    outcomes.add(make_session(other, "OTHER1"), SAID, by=None)
    outcomes.add(make_session(session.summit, "HIDDEN", published_at=None), SAID, by=None)
    assert json.loads(client.get("/ogp2021/outcomes.json").content)["outcomes"] == []
    assert "No outcomes have been published yet." in client.get("/en/ogp2021/outcomes/").content.decode()
