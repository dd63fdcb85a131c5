"""Texts longer than what keeps them: how much is lost is said, and the second time they are found again."""

import json

import pytest
from django.utils import translation

from sessions.imports.schedules import import_schedule, open_schedule


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def take_in(summit, event, **conference):
    event = {"id": 1, "title": "A", "date": "2021-12-15T10:00:00+09:00", "duration": "1:00", **event}
    days = [{"date": "2021-12-15", "rooms": {"r" * 150: [event]}}]
    document = {"schedule": {"conference": {"days": days, **conference}}}
    return import_schedule(summit, open_schedule("a.json", json.dumps(document).encode()))


def test_an_abstract_of_twenty_thousand_characters_comes_whole(summit):
    report = take_in(summit, {"abstract": "a" * 20_000, "room": "Aula"})
    assert len(summit.sessions.get().abstract["en"]) == 20_000
    assert report.notes == []


def test_what_is_lost_of_a_longer_one_is_said(summit):
    text = "a" * 19_999 + "from here on " + "b" * 500
    report = take_in(summit, {"abstract": text, "title": "t" * 301, "room": "Aula"})
    assert [words for _place, words in report.notes] == [
        "A text of 301 characters was cut to 300: the last 2 are lost, from “tt” on. Shorten it in the file.",
        f"A text of {len(text)} characters was cut to 20000: the last 513 are lost, from “from here on {'b' * 27}” on. Shorten it in the file.",
    ]
    assert [place for place, _words in report.notes] == [f"a.json, day 1, room “{'r' * 59}…”, session 1 (id 1)"] * 2
    assert summit.sessions.get().abstract["en"] == "a" * 19_999 + "…"


def test_long_html_is_not_cut_before_it_is_measured(summit):
    report = take_in(summit, {"abstract": "<p>" + "<span></span>" * 9_000 + "the end</p>", "room": "Aula"})
    assert (str(summit.sessions.get().abstract["en"]), report.notes) == ("the end", [])


def test_long_names_are_cut_told_and_found_again(summit):
    person = {"name": "p" * 250, "biography": "x" * 10_001}
    event = {"persons": [person], "track": "t" * 100, "links": [{"url": "https://a.example", "title": "l" * 250}]}
    report = take_in(summit, event, tracks=[{"name": "t" * 100}], rooms=[{"name": "r" * 150}])
    lost = [words.split(" characters was cut to ")[0].removeprefix("A text of ") for _place, words in report.notes]
    assert sorted(lost) == ["100", "100", "10001", "150", "150", "250", "250"]
    again = take_in(summit, event, tracks=[{"name": "t" * 100}], rooms=[{"name": "r" * 150}])
    assert again.writes == 0
    assert [summit.rooms.count(), summit.tracks.count(), summit.speakers.count()] == [1, 1, 1]
