"""The agenda on paper as a reader gets it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions.views.public import prints
from summit.middleware import shelf
from tests.factories import at, make_room, make_session, make_summit

PRINTS = ["booklet.pdf", "cards.pdf", "day-2021-12-15.pdf"]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def agenda(summit):
    make_session(summit, room=make_room(summit))
    return summit


def get(path, language="ko", **headers):
    return Client().get(f"/{language}/ogp2021/{path}", headers=headers)


@pytest.mark.parametrize("path", [*(f"agenda/{name}" for name in PRINTS), "rooms/grand-101/door.pdf"])
def test_every_print_is_a_kept_pdf_for_everybody(agenda, path):
    first = get(path)
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF-1.7")
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert re.fullmatch(r'inline; filename="ogp2021-[a-z0-9-]+-A[45]\.pdf"', first["Content-Disposition"])
    assert "Cookie" not in first["Vary"]
    assert not first.cookies
    with CaptureQueriesContext(connection) as seen:
        again = get(path, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert len(seen) <= 1


def test_the_language_is_the_pages_unless_said_otherwise(agenda):
    names = [get("agenda/cards.pdf", language)["Content-Disposition"] for language in ("ko", "en")]
    assert [re.search(r"cards-(.+)-A4", name)[1] for name in names] == ["ko", "en"]
    assert "cards-ko-en-Letter" in get("agenda/cards.pdf?languages=ko,en&paper=Letter")["Content-Disposition"]
    assert "door-grand-101-ko-en" in get("rooms/grand-101/door.pdf", "en")["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "agenda/booklet.pdf?languages=fr", "agenda/booklet.pdf?paper=A0", "agenda/cards.pdf?paper=A5", "agenda/day-2021-12-14.pdf",
        "agenda/day-20211215.pdf", "agenda/day-0001-01-01.pdf", "agenda/day-9999-12-31.pdf", "rooms/grand-101/door.pdf?day=0001-01-01", "agenda/day-x.pdf", "rooms/nowhere/door.pdf", "rooms/grand-101/door.pdf?day=2021-12-16",
        "rooms/grand-101/door.pdf?day=..", "agenda/booklet.pdf?languages=ko%2Cko",
    ],
)  # fmt: skip
def test_what_cannot_be_printed_is_not_there(agenda, path):
    assert get(path).status_code == 404


def test_a_change_is_in_the_next_print(agenda):
    before = get("agenda/cards.pdf").content
    agenda.sessions.update(cancelled_at=at(14, 9))
    agenda.raise_revision()
    shelf.clear()
    assert get("agenda/cards.pdf").content != before


def test_without_sessions_nothing_is_offered_or_printed(summit):
    assert [get(f"agenda/{name}").status_code for name in PRINTS] == [404, 404, 404]
    page = get("agenda/print/", "en").content.decode()
    assert "The agenda has not been published yet" in page
    assert ".pdf" not in page


def test_an_unpublished_session_and_a_hidden_summit_stay_hidden(summit):
    make_session(summit, room=make_room(summit), published_at=None)
    assert get("rooms/grand-101/door.pdf").status_code == 404
    hidden = make_summit("hidden", is_public=False)
    make_session(hidden)
    assert Client().get("/ko/hidden/agenda/booklet.pdf").status_code == 404
    assert Client().get("/ko/hidden/agenda/print/").status_code == 404


def test_a_large_booklet_is_the_workers_and_the_page_comes_back_for_it(summit, work):
    for number in range(8):
        make_session(summit, f"CIV00{number}")
    first = get("agenda/booklet.pdf", "en")
    assert first.status_code == 202
    assert (first["Refresh"], first["Retry-After"], first["Cache-Control"]) == ("2", "2", "no-store")
    assert "Your PDF is being made" in first.content.decode()
    assert get("agenda/booklet.pdf", "en").status_code == 202
    assert work() == 1
    ready = get("agenda/booklet.pdf", "en")
    assert (ready.status_code, ready["Content-Type"]) == (200, "application/pdf")


def test_a_large_file_is_sent_from_disk_and_asked_about_by_its_etag(agenda, monkeypatch):
    monkeypatch.setattr(prints, "KEPT_IN_MEMORY", 100)
    first = get("agenda/cards.pdf")
    assert first.streaming
    assert b"".join(first.streaming_content).startswith(b"%PDF-1.7")
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = get("agenda/cards.pdf", if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_offers_only_what_is_there(agenda, language):
    make_room(agenda, "empty", name={"ko": "빈 회의실", "en": "Empty room"})
    make_session(agenda, "CIV002", starts_at=at(16, 1))
    page = get("agenda/print/", language).content.decode()
    links = [link.split("ogp2021/")[1].replace("%2C", ",") for link in re.findall(r'href="([^"]*\.pdf[^"]*)"', page)]
    other = "en" if language == "ko" else "ko"
    assert links == [
        *(f"agenda/day-2021-12-15.pdf?languages={value}" for value in (language, other, "ko,en")),
        "rooms/grand-101/door.pdf",
    ]
    for link in links:
        assert get(link, language)["Content-Type"] == "application/pdf"
    assert len(re.findall(r'<form class="panel form" method="get"', page)) == 2


def test_the_page_asks_the_same_questions_for_more_days_and_rooms(summit):
    asked = []
    for number in range(3):
        make_session(summit, f"CIV00{number}", room=make_room(summit, f"room-{number}"), starts_at=at(15 + number, 9))
        shelf.clear()
        with CaptureQueriesContext(connection) as seen:
            get("agenda/print/")
        asked.append(len(seen))
    assert len(set(asked)) == 1
