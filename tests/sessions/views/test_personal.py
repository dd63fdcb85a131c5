"""A speaker's own sessions."""

import pytest
from django.test import Client

from speakers.models import Speaker
from summit.editing.opening import close_to_public
from summit.models import HistoryEntry
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_summit, make_user

PAGE, CALENDAR = "/en/ogp2021/my-sessions/", "/en/ogp2021/my-sessions/calendar/"


@pytest.fixture
def speaker(summit):
    return make_speaker(
        summit, "박수정", name_romanised="Park Sujeong", code="p00001", user=make_user("park@people.example")
    )


@pytest.fixture
def client(speaker, as_user):
    return as_user(speaker.user)


def test_a_guest_is_sent_to_sign_in(summit):
    for path in (PAGE, CALENDAR):
        response = Client().post(path) if path == CALENDAR else Client().get(path)
        assert response["Location"] == f"/en/account/login/?next={path}"


def test_a_speaker_sees_all_they_need(summit, speaker, client):
    other = make_speaker(summit, "김하나", name_romanised="Kim Hana")
    session = make_session(summit, room=make_room(summit), hosts=[make_organisation(summit)], people=[speaker, other])
    session.materials.create(kind="recording", url="https://ogp.example/v", title={"en": "The video"})
    content = client.get(PAGE).content.decode()
    for words in ("Park Sujeong", "Open government session CIV001", "Wednesday, 15 December 2021 10:00–11:30 KST", "Grand Ballroom 101, COEX, Seoul",
                  "In person and online", "Ministry of the Interior and Safety", "Secretary General", "Kim Hana", "The video", "Link not confirmed"):  # fmt: skip
        assert words in content, words


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_is_not_public_yet_is_shown_but_not_linked(summit, speaker, client, language):
    make_session(summit, people=[speaker], published_at=None, starts_at=None)
    response = client.get(f"/{language}/ogp2021/my-sessions/")
    content = response.content.decode()
    assert {"ko": "열린정부 세션 CIV001", "en": "Open government session CIV001"}[language] in content
    assert "/sessions/CIV001/" not in content
    assert "no-store" in response["Cache-Control"]


def test_each_appearance_has_its_role_and_state(summit, speaker, client):
    session = make_session(summit, people=[speaker])
    session.appearances.create(speaker=speaker, role="moderator", state="invited")
    make_session(summit, "CIV002", people=[speaker], starts_at=at(16, 10), cancelled_at=at(15, 9))
    content = client.get(PAGE).content.decode()
    assert content.count("Open government session CIV001") == 2
    assert "Moderator" in content and "Invited" in content and "Cancelled" in content


def test_the_page_asks_the_same_questions_for_more_sessions(summit, speaker, client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = set()
    client.get(PAGE)
    for number in range(3):
        make_session(
            summit,
            f"SES00{number}",
            people=[speaker, make_speaker(summit)],
            room=make_room(summit, f"room-{number}"),
            hosts=[make_organisation(summit, f"h-{number}")],
        )
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PAGE).status_code == 200
        asked.add(len(seen))
    assert len(asked) == 1
    assert asked.pop() <= 15  # three of them are the shell's


def test_without_a_profile_there_is_a_page_that_says_why(summit, speaker, as_user):
    response = as_user(make_user("else@people.example")).get(PAGE)
    assert response.status_code == 404
    content = response.content.decode()
    assert "No speaker profile belongs to this account" in content
    assert "else@people.example" in content
    assert as_user(speaker.user).get("/en/ogp2099/my-sessions/").status_code == 404


def test_of_a_closed_summit_strangers_do_not_read_the_name(summit, speaker, as_user):
    close_to_public(summit, by=None)
    page = as_user(make_user("stranger@people.example")).get(PAGE)
    assert page.status_code == 404
    assert "OGP Summit" not in page.content.decode()
    page = as_user(speaker.user).get(PAGE).content.decode()
    assert "OGP Summit" in page
    # It has no pages to lead to.
    assert '"/en/ogp2021/"' not in page and "/en/ogp2021/sessions/" not in page


def test_a_profile_in_another_summit_is_none_here(summit, as_user):
    person = make_speaker(make_summit("ogp2023"), user=make_user())
    assert as_user(person.user).get(PAGE).status_code == 404


def test_the_proven_address_finds_the_profile(summit, as_user):
    person = make_speaker(summit, email="Hana@People.example")
    make_session(summit, people=[person])
    assert as_user(make_user("hana@people.example")).get(PAGE).status_code == 200


def test_profiles_without_an_address_belong_to_nobody(summit):
    make_speaker(summit, email="")
    user = make_user()
    user.email = ""
    assert not Speaker.objects.of(user).exists()


def test_the_calendar_address_is_made_renewed_and_revoked(summit, speaker, client):
    make_session(summit, people=[speaker])
    assert "/my-sessions/" not in client.get(PAGE).content.decode().replace(PAGE, "").replace(
        "/ko/ogp2021/my-sessions/", ""
    )
    client.post(CALENDAR, {"speaker": "p00001", "action": "share"})
    speaker.refresh_from_db()
    first = speaker.calendar_token
    assert f"http://testserver/ogp2021/my-sessions/{first}.ics?lang=en" in client.get(PAGE).content.decode()
    client.post(CALENDAR, {"speaker": "p00001", "action": "share"})
    assert Client().get(f"/ogp2021/my-sessions/{first}.ics").status_code == 404
    client.post(CALENDAR, {"speaker": "p00001", "action": "revoke"})
    speaker.refresh_from_db()
    assert speaker.calendar_token == ""
    assert [entry.action for entry in HistoryEntry.objects.order_by("pk")] == ["speaker.share_calendar"] * 2 + [
        "speaker.revoke_calendar"
    ]
    assert all(first not in str(entry.changes) for entry in HistoryEntry.objects.all())


@pytest.mark.parametrize("action", ["share", "revoke"])
def test_somebody_elses_calendar_is_out_of_reach(summit, speaker, as_user, action):
    stranger = make_speaker(summit, code="p00002", user=make_user("else@people.example"))
    response = as_user(stranger.user).post(CALENDAR, {"speaker": "p00001", "action": action})
    assert response.status_code == 404
    speaker.refresh_from_db()
    assert speaker.calendar_token == ""
    assert as_user(make_user("none@people.example")).post(CALENDAR, {"speaker": "p00001"}).status_code == 404


def test_looking_at_the_address_to_post_to_is_not_allowed(client):
    assert client.get(CALENDAR).status_code == 405


def test_a_speaker_answers_and_says_whether_they_may_be_recorded(summit, as_user):
    user = make_user("park@people.example")
    session = make_session(summit, people=[make_speaker(summit, user=user)])
    session.appearances.update(state="invited")
    [appearance] = session.appearances.all()
    client, address = as_user(user), f"/en/ogp2021/my-sessions/answers/{appearance.pk}/"
    assert "I take part" in client.get(PAGE).content.decode()
    assert client.post(address, {"answer": "yes", "recording": "no"}).status_code == 302
    appearance.refresh_from_db()
    assert (appearance.state, appearance.recording_consent) == ("confirmed", False)
    client.post(address, {"answer": "no"})
    appearance.refresh_from_db()
    assert (appearance.state, appearance.recording_consent) == ("declined", False)
    client.post(address, {"answer": "perhaps"})
    appearance.refresh_from_db()
    assert appearance.state == "declined"


def test_nobody_answers_for_somebody_else(summit, as_user):
    session = make_session(summit, people=[make_speaker(summit)])
    [appearance] = session.appearances.all()
    other = make_user("eve@people.example")
    make_speaker(summit, "이브", user=other)
    address = f"/en/ogp2021/my-sessions/answers/{appearance.pk}/"
    assert as_user(other).post(address, {"answer": "no"}).status_code == 404
