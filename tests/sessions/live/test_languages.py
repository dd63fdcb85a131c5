"""Languages as a matrix: what was promised, what is there, and what a reader of one language understands."""

import pytest
from django.urls import reverse

from sessions.live import captions, languages, streams
from sessions.live.languages import Way
from tests.factories import make_room, make_session


@pytest.fixture
def session(summit):
    return make_session(summit, language="ko", interpretation=["en"], access=["captions", "sign_language"],
                        plain_summary={"en": "Easy."}, room=make_room(summit))  # fmt: skip


def ways(session):
    return {(offer.way, offer.language): offer.is_there for offer in languages.of_session(session).offers}


def test_of_what_is_promised_nothing_is_there_before_a_stream_and_a_captioner_are(session):
    assert ways(session) == {
        (Way.SPOKEN, "ko"): False, (Way.INTERPRETED, "en"): False, (Way.CAPTIONS, "ko"): False,
        (Way.SIGN_LANGUAGE, "ko"): False, (Way.PLAIN, "en"): True,
    }  # fmt: skip
    streams.add(session.room, {"kind": "broadcast", "address": "https://x.example/a.m3u8"}, by=None)
    streams.add(session.room, {"kind": "audio", "address": "https://x.example/en.mp3", "language": "en"}, by=None)
    streams.add(session.room, {"kind": "sign_language", "address": "https://x.example/s.m3u8"}, by=None)
    captions.invite(session, "en", "", by=None)
    assert ways(session) == {
        (Way.SPOKEN, "ko"): True, (Way.INTERPRETED, "en"): True, (Way.CAPTIONS, "ko"): False, (Way.CAPTIONS, "en"): True,
        (Way.SIGN_LANGUAGE, "ko"): True, (Way.PLAIN, "en"): True,
    }  # fmt: skip
    assert [offer.way for offer in languages.of_session(session).understood("en")] == [
        Way.INTERPRETED,
        Way.CAPTIONS,
        Way.PLAIN,
    ]


def test_in_the_hall_alone_nothing_but_captions_is_missing(session):
    session.mode = "in_person"
    assert [way for way, there in ways(session).items() if not there] == [(Way.CAPTIONS, "ko")]


def test_the_overview_takes_as_many_queries_for_ten_sessions_as_for_one(summit, session, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert len(languages.matrix(summit)) == 1
    for number in range(9):
        make_session(summit, f"SES{number:03}", room=session.room)
    with django_assert_num_queries(4):
        assert len(languages.matrix(summit)) == 10


def test_organisers_see_what_is_missing_and_readers_what_they_understand(client, as_user, organiser, summit, session):
    team = as_user(organiser)
    make_session(summit, "GOOD01", mode="in_person")
    page = reverse("sessions:organiser-languages", args=[summit.code]).replace("/ko/", "/en/")
    text = team.get(page).content.decode()
    assert "1 session lacks something" in text and "Interpreted: English" in text and "GOOD01" in text
    assert "GOOD01" not in team.get(page + "?missing=1").content.decode()
    shown = client.get(session.get_absolute_url().replace("/ko/", "/en/")).content.decode()
    assert "In plain language: English" in shown and "Interpreted: English" not in shown
    streams.add(session.room, {"kind": "broadcast", "address": "https://x.example/a.m3u8", "language": "en"}, by=None)
    assert "Interpreted: English" in client.get(session.get_absolute_url().replace("/ko/", "/en/")).content.decode()
