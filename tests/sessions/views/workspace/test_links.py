"""Recordings as the team and hosts look after them, and as the public sees them."""

import pytest

from sessions.editing import materials
from sessions.live import captions
from sessions.models import CaptionLine, Material
from summit.models import Role
from tests.factories import make_session, make_track, make_user

LINKS = "/en/ogp2021/organiser/sessions/CIV001/links/"
PAGE = "/en/ogp2021/sessions/CIV001/"


@pytest.fixture
def recording(summit):
    session = make_session(summit, track=make_track(summit))
    return materials.add(session, kind="recording", url="/media/plenary.mp4", title={}, by=None)


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def test_a_recording_is_described_and_what_is_wrong_stays_in_the_form(recording, office):
    page = f"{LINKS}{recording.pk}/"
    assert f'href="{page}"' in office.get(LINKS).content.decode()
    wrong = office.post(page, {"quality": "720p", "chapters": "Opening"})
    assert wrong.status_code == 422
    assert "Line 1 is no chapter. Write the time and a title: 0:12:05 Title." in wrong.content.decode()
    assert '<option value="720p" selected>' in wrong.content.decode()
    assert (
        "1번째 줄은 챕터가 아닙니다."
        in office.post(page.replace("/en/", "/ko/"), {"chapters": "Opening"}).content.decode()
    )
    assert office.post(page, {"quality": "720p", "licence": "CC0-1.0"}).status_code == 302
    assert Material.objects.get().quality == "720p"


def test_of_slides_only_title_and_language_are_asked(recording, office):
    slides = materials.add(recording.session, kind="slides", url="https://x.example/1.pdf", title={}, by=None)
    shown = office.get(f"{LINKS}{slides.pk}/").content.decode()
    assert 'name="language"' in shown and 'name="quality"' not in shown
    assert office.get(f"/en/ogp2021/organiser/sessions/CIV001/links/{slides.pk + 99}/").status_code == 404


def test_one_press_on_the_list_of_links_confirms_and_says_who_did(recording, office, organiser):
    address = "/en/ogp2021/organiser/links/"
    assert "It leads where it should" in office.get(address).content.decode()
    assert office.post(address, {"material": recording.pk}).status_code == 302
    assert Material.objects.get().confirmed_by == organiser
    shown = office.get(address).content.decode()
    assert "It leads where it should" not in shown and str(organiser) in shown
    assert office.post(address, {"material": 999_999}).status_code == 404


def test_a_lead_confirms_links_of_their_own_track_alone(recording, summit, as_user):
    lead = make_user("lead@x.example", summit=summit, role=Role.TRACK_LEAD)
    client = as_user(lead)
    address = "/en/ogp2021/organiser/links/"
    assert "It leads where it should" not in client.get(address).content.decode()
    assert client.post(address, {"material": recording.pk}).status_code == 404
    recording.session.track.leads.add(summit.memberships.get(user=lead))
    assert client.post(address, {"material": recording.pk}).status_code == 302


def test_the_public_page_shows_a_confirmed_recording_with_all_that_is_known_of_it(recording, client):
    said = {"quality": "1080p", "licence": "CC-BY-4.0", "chapters": "0:12:05 <b>Questions", "language": "en"}
    materials.describe(recording, said, by=None)
    assert "data-recording" not in client.get(PAGE).content.decode()
    materials.confirm(recording, by=None)
    CaptionLine.objects.create(session=recording.session, language="ko", starts_ms=0, ends_ms=1, text="안녕하십니까")
    recording.session.summit.raise_revision()
    shown = client.get(PAGE).content.decode()
    assert "1080p (Full HD)" in shown and 'href="https://creativecommons.org/licenses/by/4.0/"' in shown
    assert 'data-seek="725"' in shown and "/media/plenary.mp4#t=725" in shown and "&lt;b&gt;Questions" in shown
    assert 'data-track="ko"' in shown and captions.languages(recording.session) == ["ko"]
    assert "자막" in client.get(PAGE.replace("/en/", "/ko/")).content.decode()


def test_what_must_not_be_recorded_says_so_in_the_plan_and_shows_no_recording(recording, client, office):
    materials.confirm(recording, by=None)
    recording.session.do_not_record = True
    recording.session.save()
    recording.session.summit.raise_revision()
    shown = client.get(PAGE).content.decode()
    assert "It is not recorded, and nobody may record it." in shown and "data-recording" not in shown
    day = recording.session.starts_at.astimezone(recording.session.summit.tz).date()
    plan = office.get(f"/en/ogp2021/organiser/agenda/?day={day}").content.decode()
    assert "Must not be recorded" in plan
    assert "nobody but the team is shown" in office.get(f"{LINKS}{recording.pk}/").content.decode()
