import json
from html import unescape

import pytest

from sessions.models import Session, Track
from sessions.planning.tracks import VERSIONED
from summit.editing.inline_edits import value_versions
from tests.factories import make_session, make_summit, make_track, make_user

PAGE = "/en/ogp2021/organiser/tracks/civic-space/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def filled(track, **values):
    data = {"name_ko": "시민영역", "name_en": "Civic space", "theme_ko": "", "theme_en": "", "summary_ko": "", "summary_en": "",
            "colour": track.colour, "quota": "", "target_women": "", "target_civil_society": "", "target_regions": "", "form_versions": json.dumps(value_versions(track, VERSIONED))}  # fmt: skip
    return {**data, **values}


def test_leads_quota_and_targets_are_set(summit, office):
    track, lead = make_track(summit), make_user(summit=summit, role="track_lead")
    member = summit.memberships.get(user=lead)
    assert office.post(PAGE, filled(track, leads=[member.pk], quota="6", target_women="40")).status_code == 302
    held = Track.objects.get()
    assert (held.quota, held.target_women, list(held.leads.all())) == (6, 40, [member])
    make_session(summit, track=track)
    page = office.get(PAGE).content.decode()
    assert "1 of 6 wanted" in page
    assert "4.5 : 1" in page


def test_a_proposed_colour_is_taken(summit, office):
    track = make_track(summit)
    page = office.get(PAGE).content.decode()
    proposed = page.split('name="proposal" value="')[1][:7]
    office.post(PAGE, filled(track, proposal=proposed))
    assert Track.objects.get().colour == proposed


@pytest.mark.parametrize(
    "wrong",
    [{"target_women": "101"}, {"colour": "red"}, {"leads": ["999999"]}, {"quota": "-1"}, {"proposal": "#123456"}],
)
def test_bad_input_is_refused(summit, office, wrong):
    track = make_track(summit)
    assert office.post(PAGE, filled(track, **wrong)).status_code == 422


def test_members_with_another_role_or_of_another_summit_lead_nothing(summit, office):
    track = make_track(summit)
    make_user("viewer@team.example", summit=summit, role="viewer")
    make_user("lead@team.example", summit=make_summit("ogp2023"), role="track_lead")
    from summit.models import Membership

    for member in Membership.objects.exclude(role="organiser"):
        assert office.post(PAGE, filled(track, leads=[member.pk])).status_code == 422


def test_a_lead_somebody_else_has_added_stays(summit, office):
    track, lead = make_track(summit), make_user(summit=summit, role="track_lead")
    sent = filled(track, quota="6", leads=[])
    track.leads.add(summit.memberships.get(user=lead))
    assert office.post(PAGE, sent).status_code == 409
    assert track.leads.count() == 1


def test_a_stale_form_overwrites_nothing(summit, office):
    track = make_track(summit)
    sent = filled(track, colour="#123456")
    Track.objects.update(colour="#654321")
    assert office.post(PAGE, sent).status_code == 409
    assert Track.objects.get().colour == "#654321"


def test_a_translator_writes_texts_and_nothing_else(summit, as_user):
    track = make_track(summit)
    lead = summit.memberships.get(user=make_user(summit=summit, role="track_lead"))
    track.leads.add(lead)
    client = as_user(make_user("translator@team.example", summit=summit, role="translator"))
    page = client.get(PAGE).content.decode()
    assert all(f'name="{name}_{code}"' in page for name in ("name", "theme", "summary") for code in ("ko", "en"))
    assert not any(f'name="{name}"' in page for name in ("colour", "proposal", "leads", "quota", "target_women"))
    assert ">Save<" in page and "Delete the track" not in page
    assert client.post(PAGE, filled(track, name_en="Room for citizens", colour="#123456", leads=[])).status_code == 302
    held = Track.objects.get()
    assert (held.name["en"], held.colour, list(held.leads.all())) == ("Room for citizens", track.colour, [lead])


def test_what_a_translator_does_not_see_is_no_reason_to_be_overtaken(summit, as_user):
    track = make_track(summit)
    client = as_user(make_user("translator@team.example", summit=summit, role="translator"))
    form_versions = unescape(client.get(PAGE).content.decode().split('name="form_versions" value="')[1].split('"')[0])
    Track.objects.update(colour="#654321")
    assert client.post(PAGE, filled(track, name_en="First", form_versions=form_versions)).status_code == 302
    response = client.post(PAGE, filled(track, name_en="Second", form_versions=form_versions))
    assert response.status_code == 409
    assert 'value="Second"' in response.content.decode()
    assert (Track.objects.get().name["en"], Track.objects.get().colour) == ("First", "#654321")


def test_a_track_goes_when_its_sessions_have_somewhere_to_go(summit, office):
    track, other = make_track(summit), make_track(summit, "digital")
    session = make_session(summit, track=track)
    office.post(f"{PAGE}deletion/")
    office.post(f"{PAGE}deletion/", {"into": "civic-space"})
    assert Track.objects.count() == 2
    office.post(f"{PAGE}deletion/", {"into": "digital"})
    assert list(Track.objects.all()) == [other]
    assert Session.objects.get().track == other
    assert Session.objects.get().version == session.version + 1
