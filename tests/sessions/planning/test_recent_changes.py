from datetime import timedelta

import pytest
from django.utils import timezone, translation

from sessions.editing import session_edits
from sessions.planning import publishing, recent_changes, scheduling
from speakers.models import Speaker
from tests.factories import at, make_room, make_session, make_speaker, make_user


@pytest.fixture
def speaker(summit):
    return make_speaker(summit, user=make_user("park@people.example"), looked_at=timezone.now() - timedelta(days=1))


@pytest.fixture
def session(summit, speaker):
    make_session(summit, "DIG001")
    return make_session(summit, people=[speaker])


def told(summit, speaker):
    found = Speaker.objects.get(pk=speaker.pk)
    with translation.override("en"):
        return [
            str(item.text)
            for item in recent_changes.since(
                found.looked_at, summit, [found], list(found.sessions.select_related("summit"))
            )
        ]


def test_edits_of_the_own_sessions_are_told_and_nobody_elses(summit, speaker, session, organiser):
    session_edits.edit(session, {"run_of_show": "10:00", "notes": "secret"}, version=1, by=organiser)
    session_edits.edit(summit.sessions.get(code="DIG001"), {"number": 4}, version=1, by=organiser)
    [text] = told(summit, speaker)
    assert "run of show" in text
    assert "notes" not in text


def test_internal_notes_and_the_own_edits_are_no_news(summit, speaker, session, organiser):
    session_edits.edit(session, {"notes": "secret"}, version=1, by=organiser)
    session_edits.edit(session, {"kind": "plenary"}, version=2, by=speaker.user)
    assert told(summit, speaker) == []


def test_a_plan_is_news_once_it_is_public(summit, speaker, session, organiser):
    publishing.publish(summit, by=organiser)
    Speaker.objects.update(looked_at=timezone.now())
    scheduling.place(session, starts_at=at(16, 15), ends_at=at(16, 16), room=make_room(summit), by=organiser)
    assert told(summit, speaker) == []
    publishing.publish(summit, by=organiser)
    [text] = told(summit, speaker)
    assert text.startswith("Moved: ")
    assert "15:00–16:00" in text


def test_whoever_looks_for_the_first_time_is_told_of_nothing(summit, speaker, session, organiser):
    Speaker.objects.update(looked_at=None)
    session_edits.edit(session, {"kind": "plenary"}, version=1, by=organiser)
    assert told(summit, speaker) == []


def test_what_changes_while_somebody_looks_for_the_first_time_is_told(summit, speaker, session, organiser, as_user):
    Speaker.objects.update(looked_at=None)
    session_edits.edit(session, {"kind": "plenary"}, version=1, by=organiser)
    client, page = as_user(speaker.user), "/en/ogp2021/my-sessions/"
    assert client.get(page).context["news"] == []
    session_edits.edit(session, {"run_of_show": "10:00"}, version=2, by=organiser)
    assert len(client.get(page).context["news"]) == 1


def test_what_is_new_stays_new_for_as_long_as_somebody_looks(summit, speaker, session, organiser, as_user, monkeypatch):
    client, page = as_user(speaker.user), "/en/ogp2021/my-sessions/"
    session_edits.edit(session, {"kind": "plenary"}, version=1, by=organiser)
    for _again in range(3):
        assert "New since you last looked" in client.get(page).content.decode()
    # What happens meanwhile comes to it.
    clock = timezone.now() + timedelta(minutes=10)
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock)
    session_edits.edit(session, {"run_of_show": "10:00"}, version=2, by=organiser)
    clock += timedelta(minutes=10)
    assert len(client.get(page).context["news"]) == 2
    clock += timedelta(hours=2)
    assert client.get(page).context["news"] == []
