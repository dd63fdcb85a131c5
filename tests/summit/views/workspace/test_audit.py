"""The history of a summit as its organisers look through it."""

import csv
import io
import json

import pytest
import time_machine
from django.test import Client

from summit import audit, history
from summit.lib.translated import Text
from summit.models import HistoryEntry
from tests.factories import make_room, make_summit, make_track, make_user

BASE = "/en/ogp2021/organiser/history"


@pytest.fixture
def client(organiser, as_user):
    return as_user(organiser)


@pytest.fixture
def past(summit, organiser):
    """Three lines of this summit on three days, and one of another."""
    track, room = make_track(summit), make_room(summit)
    with time_machine.travel("2021-11-01T15:30:00Z", tick=False):  # the second of November in Seoul
        history.record("track.edit", track, by=organiser, summit=summit,
                       changes={"name": ({"ko": "시민", "en": "Citizens"}, {"ko": "시민영역", "en": "Civic space"})})  # fmt: skip
    with time_machine.travel("2021-11-03T03:00:00Z", tick=False):
        history.record("room.edit", room, by=make_user("second@team.example", name="둘째"), summit=summit,
                       changes={"capacity": (None, 300)})  # fmt: skip
    with time_machine.travel("2021-11-05T03:00:00Z", tick=False):
        history.record("agenda.publish", summit, by=None, summit=summit, changes={"version": (0, 1)})
    history.record("track.edit", make_track(make_summit("ogp2023")), by=organiser, summit=None)
    return track


def page(client, query="", language="en"):
    response = client.get(f"/{language}/ogp2021/organiser/history/{query}")
    assert response.status_code == 200
    return response.content.decode()


def table(client, query=""):
    response = client.get(f"{BASE}.csv{query}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_every_change_is_told_in_words(past, client):
    content = page(client)
    assert "3 changes" in content
    assert content.index("Agenda published") < content.index("Room edited") < content.index("Track edited")
    for language, before, after in (("ko", "시민", "시민영역"), ("en", "Citizens", "Civic space")):
        assert f"({language})" in content and before in content and after in content
    assert "Capacity" in content or "capacity" in content
    assert "Organiser" in content and "둘째" in content
    assert "second@team.example" in content


def test_the_page_opens_in_korean(past, client):
    assert '<html lang="ko">' in page(client, language="ko")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?action=track.edit", ["track.edit"]),
        ("?kind=summit.room", ["room.edit"]),
        ("?who=nobody", ["agenda.publish"]),
        ("?q=civic", ["track.edit"]),
        ("?q=시민영역", ["track.edit"]),
        ("?q=300", ["room.edit"]),
        ("?q=%25", []),
        ("?q=nothing+like+it", []),
        ("?since=2021-11-02", ["agenda.publish", "room.edit", "track.edit"]),
        ("?since=2021-11-03", ["agenda.publish", "room.edit"]),
        ("?until=2021-11-02", ["track.edit"]),
        ("?until=2021-11-01", []),
        ("?since=2021-11-03&until=2021-11-03", ["room.edit"]),
        ("?until=9999-12-31", ["agenda.publish", "room.edit", "track.edit"]),
        ("?since=0001-01-01", ["agenda.publish", "room.edit", "track.edit"]),
        ("?action=nonsense&kind=x&who=99999999&since=never", ["agenda.publish", "room.edit", "track.edit"]),
    ],
)
def test_filters_are_for_page_and_table_alike(past, client, query, found):
    assert [row["action"] for row in table(client, query)] == found
    assert ("Nothing found" in page(client, query)) == (not found)


def test_what_a_code_stands_for_is_found_by_it(summit, client, organiser):
    from tests.factories import make_registration, make_session, make_speaker

    for thing in (make_session(summit, "CIV009"), make_speaker(summit, code="s040"), make_registration(summit)):
        history.record("test.change", thing, by=organiser, summit=summit)
    reference = summit.registrations.get().reference
    for code in ("civ009", "CIV009", "s040", reference):
        assert [row["action"] for row in table(client, f"?q={code}&action=test.change")] == ["test.change"]
    assert table(client, "?q=CIV010") == []


def test_a_person_is_a_filter(past, client, organiser):
    assert [row["action"] for row in table(client, f"?who={organiser.pk}")] == ["track.edit"]


def test_the_table_has_all_of_it_and_runs_nothing(summit, client, organiser):
    long = "x" * 900
    history.record("track.edit", make_track(summit, name={"en": "=cmd|' /C calc'!A0"}), by=organiser, summit=summit,
                   changes={"theme": ("", long), "+x": ("@a", "b\r\nc")})  # fmt: skip
    [row] = table(client)
    assert row["name"].startswith("'=cmd")
    assert long in row["changes"] and json.loads(row["raw"])["theme"] == ["", long]
    assert (row["who"], row["email"]) == ("Organiser", "organiser@team.example")
    response = client.get(f"{BASE}.csv")
    assert response["Content-Disposition"] == 'attachment; filename="ogp2021-history.csv"'
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    assert long not in page(client)


def test_what_people_write_is_no_markup(summit, client, organiser):
    track = make_track(summit, name={"en": "<script>alert(1)</script>"})
    history.record("track.edit", track, by=organiser, summit=summit, changes={"name": ("<b>", "<i>\u202e")})
    assert "<script>alert" not in page(client) and "&lt;b&gt;" in page(client)


def test_kinds_and_actions_that_are_no_more_are_shown_as_they_were(summit, client):
    HistoryEntry.objects.create(
        summit=summit, action="old.deed", subject_kind="gone.thing", subject_name="Old", changes={"a": [1, True]}
    )
    HistoryEntry.objects.create(summit=summit, action="old.deed", subject_kind="nonsense", subject_name="Old")
    content = page(client)
    assert "old.deed" in content and "gone.thing" in content and "nonsense" in content


def test_pages_of_fifty(summit, client):
    for number in range(60):
        history.record("track.edit", summit, by=None, summit=summit, changes={"n": (None, number)})
    assert "Page 1 of 2" in page(client)
    assert page(client, "?page=2").count("Track edited") >= 10
    assert "Page 2 of 2" in page(client, "?page=99")


def test_the_list_asks_the_same_questions_for_more_lines(summit, client, django_assert_num_queries):
    page(client)
    for number in range(3):
        history.record(
            "room.edit", make_room(summit, f"room-{number}"), by=make_user(f"p{number}@team.example"), summit=summit
        )
        with django_assert_num_queries(13):
            page(client)


@pytest.mark.parametrize(
    "role", ["", "track_lead", "registrations", "desk_lead", "desk", "translator", "moderator", "viewer"]
)
@pytest.mark.parametrize("path", ["/", ".csv"])
def test_only_who_answers_for_the_summit_reads_it(summit, as_user, role, path):
    user = make_user(summit=summit, role=role)
    assert as_user(user).get(f"{BASE}{path}").status_code == 404
    assert Client().get(f"{BASE}{path}").status_code == 302
    foreign = make_user("far@team.example", summit=make_summit("ogp2023"), role="owner")
    assert as_user(foreign).get(f"{BASE}{path}").status_code == 404


@pytest.mark.parametrize("path", ["/", ".csv"])
def test_nothing_can_be_sent_to_it(client, path):
    assert client.post(f"{BASE}{path}").status_code == 405


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        ("", "–"),
        ({}, "–"),
        ({"ko": "", "en": ""}, "–"),
        (0, "0"),
        (True, "Yes"),
        (False, "No"),
        (["captions", "x"], "captions, x"),
        ({"ko": "가", "en": ""}, "ko: 가"),
        ("2021-12-15T01:00:00+00:00", "2021-12-15 10:00"),
        ("2021-99-15T01:00:00+00:00", "2021-99-15T01:00:00+00:00"),
        ("2021-12-15T01:00:00", "2021-12-15T01:00:00"),
        ("This is Text", "This is Text"),
    ],
)
def test_values_are_put_into_words(summit, value, words):
    from django.utils import translation

    with translation.override("en"):
        assert audit.in_words(history.plain(Text(value) if isinstance(value, dict) else value), summit) == words
