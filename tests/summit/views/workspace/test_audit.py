"""The history of a summit as its organisers look through it."""

import csv
import io
import json
import re
from functools import partial

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from sessions.models import AcceptedConflict
from summit import audit, history
from summit.lib.translated import Text, own_name
from summit.lists import exporting
from summit.models import HistoryEntry, MemberGovernment
from tests.factories import (
    make_organisation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_summit,
    make_track,
    make_user,
)

PAGE, TABLE = "/en/ogp2021/organiser/history/", "/en/ogp2021/organiser/lists/history.csv"


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
    response = client.get(f"{TABLE}{query}")
    assert response.status_code == 200
    content = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_every_change_is_told_in_words(past, client):
    content = page(client)
    assert "3 changes" in content
    assert content.index("Agenda published") < content.index("Room edited") < content.index("Track edited")
    for language, before, after in (("ko", "시민", "시민영역"), ("en", "Citizens", "Civic space")):
        assert f"({own_name(language)})" in content and before in content and after in content
    assert "Capacity" in content or "capacity" in content
    assert "Organiser" in content and "둘째" in content
    assert "second@team.example" in page(client, "?show=email")


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
    response = client.get(TABLE)
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
        with django_assert_num_queries(14):
            page(client)


@pytest.mark.parametrize(
    "role", ["", "track_lead", "registrations", "desk_lead", "desk", "translator", "moderator", "viewer"]
)
@pytest.mark.parametrize("path", [PAGE, TABLE])
def test_only_who_answers_for_the_summit_reads_it(summit, as_user, role, path):
    user = make_user(summit=summit, role=role)
    assert as_user(user).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    foreign = make_user("far@team.example", summit=make_summit("ogp2023"), role="owner")
    assert as_user(foreign).get(path).status_code == 404


def test_nothing_can_be_sent_to_it_but_which_columns_to_show(past, client, organiser):
    assert client.post(TABLE).status_code == 405
    for page in ("act/", "undo/", f"{past.pk}/action/"):
        assert client.post(f"/en/ogp2021/organiser/lists/history/{page}").status_code == 404
    assert client.post(PAGE, {"show": ["place"]})["Location"] == PAGE
    organiser.refresh_from_db()
    assert organiser.columns == {"history": ["at", "place"]}
    assert HistoryEntry.objects.count() == 4


def test_filters_that_are_set_stand_above_it_and_can_be_taken_away(past, client, organiser):
    content = page(client, f"?since=2021-11-02&kind=agenda.track&who={organiser.pk}")
    assert re.findall(r'class="pill" href="\?([^"]*)"', content) == [
        "kind=agenda.track&amp;since=2021-11-02",
        f"who={organiser.pk}&amp;since=2021-11-02",
        f"who={organiser.pk}&amp;kind=agenda.track",
    ]
    assert re.search(r"From: \w+, 2 Nov", content)


def test_codes_that_stand_as_values_are_told_by_name(summit, client, organiser):
    session = make_session(summit, "CIV009", title={"en": "Open budgets"})
    person, registration = make_speaker(summit, "Ada", code="s040"), make_registration(summit)
    tell = partial(history.record, by=organiser, summit=summit)
    tell("booking.booked", registration, changes={"session": ("", session.code), "booking": ("offered", "booked")})
    tell("speaker.merge", person, changes={"merged": ("s039", person.code)})
    tell("summit.copy", summit, changes={"from": (None, summit.code)})
    tell("deadline.set", summit, changes={"abstract": (None, None)})
    tell("deadline.remind", summit, changes={"tasks": ("", ["abstract"])})
    tell("table.import", summit, changes={"table": ("", "people")})
    tell("appearance.answer", session, changes={"state": ("invited", "confirmed")})
    tell("speaker.edit", person, changes={"country": ("", "KR")})
    tell("summit.settings", summit, changes={"languages": (["ko"], ["ko", "en"])})
    clash = AcceptedConflict.objects.create(
        summit=summit, key="room_taken:hall:CIV009:GONE01", reason="x", by=organiser
    )
    tell("conflict.accept", clash, changes={"reason": ("", "x")})
    read = {row["action"]: row["changes"] for row in table(client)}
    told = set(read["booking.booked"].splitlines())  # in the order the database keeps
    assert told == {"session: – → Open budgets", "seat: Seat offered → Seat booked"}
    assert read["speaker.merge"] == "merged: s039 → Ada"
    assert read["summit.copy"] == f"copied from: – → {summit}"
    assert read["deadline.set"].startswith("Abstract")
    assert read["deadline.remind"] == "tasks: – → Abstracts in every language"
    assert read["table.import"] == "table: – → Speakers"
    assert read["appearance.answer"].lower().endswith("invited → confirmed")
    assert "KR" not in read["speaker.edit"] and "Korea" in read["speaker.edit"]
    assert read["summit.settings"].endswith("한국어 → 한국어, English")
    content = page(client)
    assert "Open budgets · GONE01" in content and "room_taken" not in content


def test_things_and_values_are_called_as_the_reader_calls_them(summit, client, organiser):
    track, room = make_track(summit), make_room(summit)
    person = make_speaker(summit, "박수정", name_romanised="Sujeong Park")
    renamed = make_room(summit, "old", name={"ko": "새 이름", "en": "New name"})
    session = make_session(summit, title={"ko": "열린 예산", "en": "Open budgets"})
    host = make_organisation(summit, "park", name={"ko": "공원", "en": "Park"})
    with translation.override("ko"):
        HistoryEntry.objects.create(summit=summit, by=organiser, action="room.edit", subject_kind="summit.room",
                                    subject_key=str(renamed.pk), subject_name="옛 이름", changes={})  # fmt: skip
        history.record("speaker.edit", person, by=organiser, summit=summit)
        history.record("session.edit", session, by=organiser, summit=summit, changes={
            "room": ("", str(room)), "track": (str(track), ""), "hosts": ([], [str(host)]), "people": ([], ["박수정 · moderator · 이사"])})  # fmt: skip
    with translation.override("en"):
        lines = {line.action: line for line in audit.complete(list(HistoryEntry.objects.filter(summit=summit)), summit)}
    assert [lines[action].name for action in ("room.edit", "speaker.edit", "session.edit")] == [
        "옛 이름",
        "Sujeong Park",
        "Open budgets",
    ]
    said = {name: (before, after) for name, before, after in lines["session.edit"].changes}
    assert said["room"][1] == room.name["en"] and said["track"][0] == track.name["en"]
    assert "Park" in str(said) and "공원" not in str(said)
    assert "박수정 · Moderator · 이사" in str(said)
    at = f"/en/ogp2021/organiser/sessions/{session.code}/"
    content = client.get(at).content.decode()
    assert room.name["en"] in content and "박수정 · Moderator · 이사" in content and "공원" not in content


def test_history_under_the_former_name_of_a_table_is_read_as_the_present_one(summit, client, organiser):
    row = MemberGovernment.objects.create(summit=summit, country="KR", name={"ko": "대한민국", "en": "Korea"})
    HistoryEntry.objects.create(summit=summit, by=organiser, action="membercountry.create", subject_kind="summit.membercountry",
                                subject_key=str(row.pk), subject_name="대한민국", changes={"founding": [False, True]})  # fmt: skip
    with translation.override("en"):
        [line] = audit.complete(list(HistoryEntry.objects.filter(summit=summit)), summit)
    assert (line.kind, line.name, line.label) == ("Member", "Korea", "Added")
    assert line.address.endswith(f"/register/members/{row.pk}/")
    assert line.changes == [("founding member", "no", "yes")]


@pytest.mark.parametrize("number", [1, 3])
def test_naming_what_codes_mean_takes_the_same_questions_for_three(
    summit, client, organiser, number, django_assert_num_queries
):
    for n in range(number):
        session = make_session(summit, f"CIV00{n}")
        history.record("session.edit", session, by=organiser, summit=summit)
        history.record("booking.booked", make_registration(summit), by=organiser, summit=summit,
                       changes={"session": ("", session.code)})  # fmt: skip
    page(client)
    with django_assert_num_queries(16):
        page(client)


def test_much_that_changed_unfolds(summit, client, organiser):
    track = make_track(summit)
    history.record("track.edit", track, by=organiser, summit=summit, changes={"quota": (1, 2)})
    assert "folded" not in page(client).partition("<tbody")[2]
    history.record("track.edit", track, by=organiser, summit=summit, changes={"quota": (1, 2), "theme": ("a", "b")})
    assert re.search(r'<details class="folded">.*?\+1', page(client), re.DOTALL)


def test_a_long_history_is_exported_in_the_background(past, client, monkeypatch):
    monkeypatch.setattr(exporting, "IMMEDIATE", 2)
    assert 'action="/en/ogp2021/organiser/lists/history/exports/?kind=agenda.track"' not in page(
        client, "?kind=agenda.track"
    )
    assert 'action="/en/ogp2021/organiser/lists/history/exports/"' in page(client)


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
