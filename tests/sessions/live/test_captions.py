"""Captions: written line by line by a secret address, read live and afterwards, corrected with a history."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from sessions.live import captions, vtt
from sessions.live.captions import Line
from sessions.models import CaptionLine, Session
from summit.models import HistoryEntry
from tests.factories import make_session, make_user


@pytest.fixture
def session(summit):
    return make_session(summit)


@pytest.fixture
def writer(session):
    return captions.invite(session, "en", "Jane", by=None)


def during(session, seconds=60.0):
    return time_machine.travel(session.starts_at + timedelta(seconds=seconds), tick=False)


def path(session, name, *more):
    return reverse(f"sessions:{name}", args=[session.summit.code, session.code, *more]).replace("/ko/", "/en/")


def sent(client, writer, body):
    address = reverse("feeds:captions", args=[writer.session.summit.code, writer.token])
    return client.post(address, body if isinstance(body, str) else json.dumps(body), content_type="application/json")


def test_a_line_stands_at_its_moment_for_as_long_as_it_takes_to_read(session, writer):
    with during(session, 61.5):
        assert captions.write(writer, [Line("Short."), Line("x" * 500), Line("Given", 1000, 2000, "Chair")]) == 3
    found = captions.transcript(session, "en")
    assert [(line.starts_ms, line.ends_ms) for line in found] == [(1000, 2000), (61500, 63000), (61500, 68500)]
    assert found[0].speaker == "Chair" and found[0].clock == "0:00:01"


def test_before_the_beginning_it_stands_at_it(session, writer):
    with during(session, -600):
        captions.write(writer, [Line("We begin soon.")])
    assert captions.transcript(session, "en")[0].starts_ms == 0


@pytest.mark.parametrize("hours", [-1.01, 4.6])
def test_out_of_time_nothing_is_written(session, writer, hours):
    with during(session, hours * 3600), pytest.raises(captions.NoCaptions):
        captions.write(writer, [Line("Late")])


@pytest.mark.parametrize(
    "line",
    [Line(""), Line("  \u200b "), Line("x" * 501), Line("x", -1), Line("x", 5, 4), Line("x", 25 * 3_600_000)],
)
def test_what_is_no_line_is_refused_and_nothing_of_the_request_is_written(session, writer, line):
    with during(session), pytest.raises(captions.BadLine):
        captions.write(writer, [Line("Good"), line])
    assert not CaptionLine.objects.exists()


def test_what_is_sent_twice_is_one_line(session, writer):
    with during(session):
        assert captions.write(writer, [Line("Once", nonce="a"), Line("Once", nonce="a")]) == 1
        assert captions.write(writer, [Line("Once", nonce="a"), Line("Two", nonce="b")]) == 1
    assert [line.text for line in captions.transcript(session, "en")] == ["Once", "Two"]


def test_software_writes_by_its_address_alone(client, session, writer):
    with during(session):
        answer = sent(client, writer, {"lines": [{"text": "안녕하십니까", "starts_ms": 5, "ends_ms": 10}]})
        assert (answer.status_code, answer.json()) == (200, {"written": 1})
        captions.revoke(writer, by=None)
        refused = sent(client, writer, {"lines": [{"text": "x"}]})
    assert refused.status_code == 404 and refused.json()["code"] == "writer_gone"
    assert captions.transcript(session, "en")[0].text == "안녕하십니까"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "{}", '{"lines": 1}', '{"lines": [1]}', '{"lines": [{"words": "x"}]}', '{"lines": [{}]}',
     '{"lines": [{"text": 1}]}', '{"lines": [{"text": "x", "starts_ms": "1"}]}', "[" * 2000,
     '{"lines": [{"text": "x", "starts_ms": true}]}', '{"lines": [{"text": "x", "starts_ms": 1.5}]}'],
)  # fmt: skip
def test_what_is_no_request_says_what_one_looks_like(client, session, writer, body):
    with during(session):
        answer = sent(client, writer, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_captions")
    assert not CaptionLine.objects.exists()


def test_a_captioner_writes_on_a_page(client, session, writer):
    page = reverse("sessions:captioning", args=[session.summit.code, writer.token]).replace("/ko/", "/en/")
    with during(session):
        assert client.post(page, {"text": "First line", "speaker": "Chair"}).status_code == 302
        text = client.get(page).content.decode()
        assert "<b>Chair:</b> First line" in text and 'value="Chair"' in text
        assert client.post(page, {"text": ""}).status_code == 422
    with during(session, 7 * 3600):
        late = client.post(page, {"text": "Kept as typed"})
    assert late.status_code == 409 and 'value="Kept as typed"' in late.content.decode()
    assert client.get(page.replace(writer.token, "x" * 32)).status_code == 404


def test_open_pages_get_the_last_lines_in_each_language(client, session, writer, django_assert_max_num_queries):
    korean = captions.invite(session, "ko", "", by=None)
    with during(session):
        captions.write(writer, [Line(f"Line {number}", number * 1000) for number in range(20)])
        captions.write(korean, [Line("한 줄")])
        with django_assert_max_num_queries(12):
            pieces = client.get(path(session, "session-live")).json()["pieces"]
    assert "Line 19" in pieces["captions-en"] and "Line 11" not in pieces["captions-en"]
    assert '<p lang="ko"' in pieces["captions-ko"] and "한 줄" in pieces["captions-ko"]


def test_a_new_line_makes_the_live_answer_another_and_leaves_the_agenda_alone(client, session, writer):
    before = client.get(path(session, "session-live"))["ETag"]
    revision = Session.objects.get().summit.agenda_revision
    with during(session):
        captions.write(writer, [Line("News")])
        after = client.get(path(session, "session-live"))
    assert after["ETag"] != before and "News" in after.content.decode()
    assert Session.objects.get().summit.agenda_revision == revision


def test_a_minute_of_speech_is_less_than_three_kilobytes_of_plain_text(client, session, writer):
    spoken = "It is a fact that open government needs people who answer for what they do"  # 15 words: six seconds
    with during(session):
        bare = len(client.get(path(session, "session-text")).content)
        captions.write(writer, [Line(f"{spoken} {number}.", number * 6000) for number in range(10)])
        full = client.get(path(session, "session-text"))
    text = full.content.decode()
    assert len(full.content) - bare < 3000 and "<script" not in text and "stylesheet" not in text
    assert text.index(f"{spoken} 9.") < text.index(f"{spoken} 0.") and 'http-equiv="refresh"' in text


def test_the_page_of_text_stops_asking_when_the_session_is_over(client, session):
    with during(session, 86_400):
        assert 'http-equiv="refresh"' not in client.get(path(session, "session-text")).content.decode()


def test_a_transcript_goes_out_as_webvtt_and_comes_back_the_same(client, session, writer):
    with during(session):
        captions.write(
            writer, [Line("A < B & C --> D", 1, 3_661_002, "Ann <Lee>"), Line("둘째 줄", 3_661_003, 3_662_000)]
        )
    file = client.get(path(session, "session-vtt", "en"))
    assert file["Content-Type"] == "text/vtt; charset=utf-8"
    text = file.content.decode()
    assert text.startswith("WEBVTT\n\n00:00:00.001 --> 01:01:01.002\n<v Ann &lt;Lee&gt;>A &lt; B &amp; C --&gt; D\n")
    read = vtt.read(file.content)
    assert read == [Line("A < B & C --> D", 1, 3_661_002, "Ann <Lee>"), Line("둘째 줄", 3_661_003, 3_662_000)]
    assert client.get(path(session, "session-vtt", "ko")).status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"1\n00:00:01,000 --> 00:00:02,000\nSRT", b"\xff\xfe", b"WEBVTT\n\n", b"WEBVTT" + b"x" * 2_000_001]
)
def test_what_is_no_caption_file_is_refused(content):
    with pytest.raises(vtt.NoCaptionFile):
        vtt.read(content)


def test_a_file_takes_the_place_of_what_was_written_in_its_language_alone(session, writer):
    korean = captions.invite(session, "ko", "", by=None)
    with during(session):
        captions.write(writer, [Line("Live")])
        captions.write(korean, [Line("생방송")])
    assert captions.replace(session, "en", [Line("From a file", 1, 2)], by=None) == 1
    assert [line.text for line in session.caption_lines.all()] == ["From a file", "생방송"]


def test_a_correction_is_told_by_the_history_and_an_empty_one_takes_the_line_away(session, writer):
    user = make_user("editor@example.org")
    with during(session):
        captions.write(writer, [Line("Opun goverment")])
    line = captions.correct(session.caption_lines.get(), "Open government", by=user)
    assert line.corrected_at and session.caption_lines.get().text == "Open government"
    captions.correct(line, "", by=user)
    assert not session.caption_lines.exists()
    told = [entry.changes["transcript"] for entry in HistoryEntry.objects.filter(by=user).order_by("pk")]
    assert told == [["Opun goverment", "Open government"], ["Open government", ""]]


def test_of_a_session_that_is_not_public_nobody_writes_or_reads(client, session, writer):
    Session.objects.update(published_at=None)
    with during(session):
        assert sent(client, writer, {"lines": [{"text": "x"}]}).status_code == 404
        for name in ("session-text", "session-live"):
            assert client.get(path(session, name)).status_code == 404
