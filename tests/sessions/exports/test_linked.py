"""The whole summit as one schema.org graph."""

import json

from sessions.exports.linked import schedule_jsonld
from sessions.exports.public import read_public


def graph(summit, language="ko"):
    document = json.loads(schedule_jsonld(read_public(summit), language=language))
    assert document["@context"] == "https://schema.org"
    return document["@graph"]


def test_the_file_is_byte_for_byte_what_it_was(open_agenda, golden):
    golden("schedule.jsonld", schedule_jsonld(read_public(open_agenda), language="en"))


def test_the_summit_names_every_session_of_the_graph(open_agenda):
    whole, *sessions = graph(open_agenda)
    assert [part["@id"] for part in whole["subEvent"]] == [session["@id"] for session in sessions]
    assert len({node["@id"] for node in (whole, *sessions)}) == 5
    assert not any("@context" in node for node in (whole, *sessions))


def test_names_follow_the_language_asked_for(open_agenda):
    assert graph(open_agenda, "en")[0]["name"] == "2021 OGP Global Summit"
    assert graph(open_agenda, "ko")[0]["name"] == "2021 OGP 글로벌서밋"


def test_what_must_not_be_recorded_carries_no_recording(open_agenda):
    open_agenda.sessions.get(code="CIV001")
    assert any("recordedIn" in node for node in graph(open_agenda))
    open_agenda.sessions.update(do_not_record=True)
    assert not any("recordedIn" in node for node in graph(open_agenda))
