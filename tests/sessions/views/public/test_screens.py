"""The pages for screens: what they show at a moment, in two languages, the same for everybody."""

from datetime import datetime
from html import unescape
from urllib.parse import quote

import pytest
import time_machine
from lxml import html as lxml_html

from summit.middleware import shelf
from tests import factories as make
from tests.factories import at
from tests.factories.make import SEOUL

FOYER = "/ko/ogp2021/screen/"
DOOR = "/en/ogp2021/screen/grand-101/"


@pytest.fixture
def agenda(summit):
    room = make.make_room(summit)
    make.make_session(summit, "NOW001", room=room, title={"ko": "지금 세션", "en": "The present one"})
    make.make_session(
        summit, "NEXT01", room=room, starts_at=at(15, 13), title={"ko": "다음 세션", "en": "The next one"}
    )
    return summit


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return lxml_html.fromstring(answer.content)


def shown(page):
    return [
        (slot.get("data-state"), slot.xpath("string(.//time)"))
        for slot in page.xpath("//article")
        if slot.get("hidden") is None
    ]


@pytest.mark.parametrize("address", [FOYER, DOOR])
def test_a_screen_shows_now_and_next_at_the_moment_asked_for(agenda, client, address):
    page = read(client, f"{address}?at=2021-12-15T10:15")
    assert shown(page) == [("now", "10:00–11:30"), ("next", "13:00–14:30")]
    assert page.xpath("//body/@data-at") == [str(int(at(15, 10, 15).timestamp() * 1000))]


def test_without_a_moment_it_is_the_present_one(agenda, client):
    with time_machine.travel(datetime(2021, 12, 15, 13, 15, tzinfo=SEOUL), tick=False):
        page = read(client, FOYER)
    assert shown(page) == [("now", "13:00–14:30")]
    assert page.xpath("//body/@data-at") == []


@pytest.mark.parametrize(("asked", "states"), [
    ("2021-12-15T04:30:00Z", ["now"]),
    ("2021-12-15T13:30:00+09:00", ["now"]),
    ("2021-12-15T13:30:00%2B09:00", ["now"]),
    ("2021-12-15 13:30", ["now"]), ("yesterday", []), ("", []), ("0001-01-01", []), ("9999-12-31T23:59", []), ("2021-13-45", []), ("٢٠٢١-١٢-١٥", []),
    ("9" * 500, []), ("2021-12-15T10:15\r\nX: y", []), ("🙂", []),
])  # fmt: skip
def test_a_moment_may_have_an_offset_and_what_is_none_is_the_present(agenda, client, asked, states):
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=SEOUL), tick=False):
        page = read(client, f"{FOYER}?at={quote(asked, safe='%+:')}")
    assert [state for state, _time in shown(page)] == states
    if not states:
        assert page.xpath("//*[@data-over and not(@hidden)]")


def test_both_languages_are_on_the_page_marked_and_the_one_of_the_address_comes_first(agenda, client):
    page = read(client, f"{DOOR}?at=2021-12-15T10:15")
    title = page.xpath("//article[@data-state='now']//h2//span[@class='both']/span")
    assert [(part.get("lang"), part.text) for part in title] == [("en", "The present one"), ("ko", "지금 세션")]
    assert {part.get("lang") for part in page.xpath("//*[@class='is-now']//span[@lang]")} == {"ko", "en"}


def test_a_title_in_one_language_stands_still(agenda, client):
    agenda.sessions.filter(code="NOW001").update(title={"ko": "하나뿐", "en": ""})
    page = read(client, f"{DOOR}?at=2021-12-15T10:15")
    (title,) = page.xpath("//article[@data-state='now']//h2/span")
    assert (title.get("lang"), title.text) == ("ko", "하나뿐")


def test_titles_are_text_whatever_they_hold(agenda, client):
    agenda.sessions.filter(code="NOW001").update(title={"ko": '<script>alert("1")</script>', "en": "\u202eabc"})
    answer = client.get(f"{DOOR}?at=2021-12-15T10:15")
    assert b"<script>alert" not in answer.content
    assert '<script>alert("1")</script>' in unescape(answer.content.decode())


def test_a_session_called_off_is_marked_and_told_in_the_foyer(agenda, client):
    agenda.sessions.filter(code="NEXT01").update(cancelled_at=at(15, 9))
    page = read(client, f"{FOYER}?at=2021-12-15T10:15")
    assert "다음 세션" in page.xpath("string(//*[@class='changes'])")
    assert page.xpath("//article[contains(@class, 'cancelled')]//b[@class='is-cancelled']")


def test_the_code_leads_to_the_agenda_and_at_a_door_to_the_sessions_of_the_room(agenda, client):
    assert read(client, FOYER).xpath("//*[local-name()='svg' and @class='qr']")
    search = client.get("/ko/ogp2021/agenda/search/?room=grand-101")
    assert search.status_code == 200
    assert "지금 세션" in search.content.decode()


def test_a_room_that_is_not_there_and_a_summit_that_is_not_public_are_not_found(agenda, client):
    assert client.get("/ko/ogp2021/screen/no-such-room/").status_code == 404
    agenda.is_public = False
    agenda.save()
    shelf.clear()
    assert client.get(FOYER).status_code == client.get(DOOR).status_code == 404


def test_a_screen_that_knows_everything_is_not_sent_anything(agenda, client):
    with time_machine.travel(datetime(2021, 12, 15, 10, 15, tzinfo=SEOUL), tick=False):
        first = client.get(FOYER)
        assert first["Cache-Control"].startswith("public")
        assert "Cookie" not in first["Vary"]
        assert not first.cookies
        assert client.get(FOYER, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_screen_holds_no_script_or_style_of_its_own(agenda, client):
    page = read(client, FOYER)
    assert page.xpath("//script[not(@src)] | //style | //*[@style]") == []
    # Without scripts the page is asked for again all the same.
    assert b'<noscript><meta http-equiv="refresh" content="30"></noscript>' in client.get(FOYER).content
