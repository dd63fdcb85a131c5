"""What is announced, and when something is expected in fact, on pages, on screens and for pages that are open."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html as lxml_html

from sessions.live import announcements, delays
from summit.middleware import shelf
from tests.factories import at, make_page, make_registration, make_room, make_session, make_summit

NOW = at(15, 9, 30)
DAY = date(2021, 12, 15)
PUBLIC = ["", "agenda/", "agenda/now/", "agenda/changes/", "speakers/", "pages/", "pages/privacy/", "register/",
          "data/", "sessions/CIV001/", "agenda/search/"]  # fmt: skip


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session(summit):
    return make_session(summit, room=make_room(summit), title={"ko": "첫 세션", "en": "The first one"})


def announce(summit, text="Use the west entrance.", **values):
    return announcements.announce(summit, {"en": text}, **{"ends_at": at(15, 11), "by": None, **values})


def read(client, path, language="en"):
    answer = client.get(f"/{language}/ogp2021/{path}")
    assert answer.status_code == 200, path
    return lxml_html.fromstring(answer.content)


def said(page, live="polite"):
    return [" ".join(part.text_content().split()) for part in page.xpath(f"//div[@class='banners no-print']/div[@aria-live='{live}']/*")]  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_shows_it_until_it_ends(client, summit, session, path):
    announce(summit)
    assert said(read(client, path)) == ["Announcement: Use the west entrance. until 11:00 KST"]
    with time_machine.travel(at(15, 11), tick=False):
        shelf.clear()
        assert said(read(client, path)) == []


def test_what_is_urgent_interrupts_and_the_rest_waits(client, summit):
    announce(summit, "Leave the building.", severity="urgent")
    announce(summit, "Lunch is served.", severity="warning")
    page = read(client, "")
    assert said(page, "assertive") == ["Urgent: Leave the building. until 11:00 KST"]
    assert said(page) == ["Important: Lunch is served. until 11:00 KST"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Announcement · at the venue: Use the west entrance."), ("ko", "공지 · 현장: Use the west entrance.")],
)
def test_public_pages_say_whom_it_is_for_and_in_which_language(client, summit, language, words):
    announce(summit, audience="in_person")
    page = read(client, "", language)
    assert said(page)[0].startswith(words)
    marked = page.xpath("//div[@aria-live='polite']//*[@lang='en']")
    assert [part.text for part in marked] == (["Use the west entrance."] if language == "ko" else [])


def test_an_end_on_another_day_is_told_with_its_day(client, summit):
    announce(summit, ends_at=at(16, 11))
    assert "until Thu, 16 Dec 11:00 KST" in said(read(client, ""))[0]


@pytest.mark.parametrize(("attendance", "there"), [("in_person", ["at the venue"]), ("online", ["at home"])])
def test_the_own_page_shows_what_concerns_its_person(client, summit, attendance, there):
    registration = make_registration(summit, attendance=attendance)
    announce(summit, "at the venue", audience="in_person")
    announce(summit, "at home", audience="online")
    address = registration.get_absolute_url().replace("/ko/", "/en/")
    page = lxml_html.fromstring(client.get(address).content)
    assert said(page) == [f"Announcement: {words} until 11:00 KST" for words in there]
    mine = lxml_html.fromstring(client.get("/en/ogp2021/my-agenda/").content)
    assert said(mine) == [f"Announcement: {words} until 11:00 KST" for words in there]
    assert mine.xpath(f"//*[@data-live='banner-{attendance}']")


def test_that_of_a_session_stands_on_its_page_and_beside_it_in_the_own_agenda(client, summit, session):
    other = make_session(summit, "OTHER1")
    announce(summit, "Bring your headphones.", session=session)
    assert said(read(client, "sessions/CIV001/")) == ["Announcement: Bring your headphones. until 11:00 KST"]
    assert said(read(client, f"sessions/{other.code}/")) == [] == said(read(client, ""))
    client.cookies["bookmarks_ogp2021"] = "CIV001"
    page = read(client, "my-agenda/")
    assert "Bring your headphones." in page.xpath("string(//li[contains(@class, 'card')])")


def test_pages_that_are_open_hear_of_it(client, summit, session):
    announce(summit, "at the venue", audience="in_person", severity="urgent")
    announce(summit, "of the session", session=session)
    of_summit = client.get("/en/ogp2021/live.json").json()["pieces"]
    assert "at the venue" in of_summit["urgent"] and "at the venue" in of_summit["urgent-in_person"]
    assert of_summit["urgent-online"].strip() == "" == of_summit["banner"].strip()
    of_session = client.get("/en/ogp2021/sessions/CIV001/live.json").json()["pieces"]
    assert "of the session" in of_session["banner"] and "at the venue" in of_session["urgent"]


@pytest.mark.parametrize("path", ["", "agenda/now/", "sessions/CIV001/", "my-agenda/"])
def test_a_page_draws_its_banner_as_the_news_do(client, summit, session, path):
    announce(summit, "urgent", severity="urgent")
    announce(summit)
    page = read(client, path)
    [source] = page.xpath("//*[@data-live-from]/@data-live-from")
    pieces = client.get(source).json()["pieces"]
    for name in ("urgent", "banner"):
        [place] = page.xpath(f"//*[@data-live='{name}']")
        drawn = lxml_html.fromstring(f"<div>{pieces[name]}</div>")
        assert "".join(place.text_content().split()) == "".join(drawn.text_content().split()) != ""


def test_of_another_summit_nothing_is_shown(client, summit):
    announce(make_summit("other2021"))
    assert said(read(client, "")) == []


def test_a_banner_costs_a_page_one_query_however_much_is_announced(client, summit):
    make_page(summit, "about")
    counted = []
    for many in (0, 1, 6):
        for number in range(summit.announcements.count(), many):
            announce(summit, str(number))
        shelf.clear()
        with CaptureQueriesContext(connection) as seen:
            read(client, "pages/about/")
        counted.append(len(seen))
    assert len(set(counted)) == 1


def test_screens_show_what_is_for_the_venue_gravest_first_and_of_the_room(client, summit, session):
    announce(summit, "at home", audience="online")
    announce(summit, "of the room", session=session)
    announce(summit, "for all", severity="warning")
    announce(summit, "later", starts_at=NOW + timedelta(minutes=10), severity="urgent")
    foyer, door = read(client, "screen/"), read(client, "screen/grand-101/")
    assert [words[-1] for words in _on_screen(foyer)] == ["later", "all"]
    assert [words[-1] for words in _on_screen(door)] == ["later", "all", "room"]
    assert {"긴급", "Urgent"} == set(foyer.xpath("//p[contains(@class, 'urgent')]/b//span[@lang]/text()"))
    [waiting] = foyer.xpath("//p[contains(@class, 'urgent')]")
    assert waiting.get("hidden") is not None
    assert waiting.get("data-from") == str(int((NOW + timedelta(minutes=10)).timestamp() * 1000))


def _on_screen(page):
    return [shown.text_content().split() for shown in page.xpath("//p[contains(@class, 'announcement')]")]


@pytest.mark.parametrize(("language", "words"), [("en", "15 minutes late: expected 10:15–11:45"),
                                                 ("ko", "15분 지연, 10:15–11:45 예상")])  # fmt: skip
@pytest.mark.parametrize("path", ["agenda/", "agenda/now/", "sessions/CIV001/", "my-agenda/", ""])
def test_what_is_late_is_expected_beside_its_published_time(client, summit, session, path, language, words):
    delays.set_minutes(session.room, DAY, 15, by=None)
    client.cookies["bookmarks_ogp2021"] = "CIV001"
    text = " ".join(read(client, path, language).text_content().split())
    assert words in text and "10:00–11:30" in text


def test_calendars_keep_the_published_time(client, summit, session):
    delays.set_minutes(session.room, DAY, 15, by=None)
    assert b"DTSTART;TZID=Asia/Seoul:20211215T100000" in client.get("/ogp2021/sessions/CIV001.ics").content


def test_what_is_late_is_not_on_yet_and_still_on_when_it_should_be_over(client, summit, session):
    delays.set_minutes(session.room, DAY, 15, by=None)
    for moment, heading in (("10:05", "Next"), ("10:15", "Now"), ("11:40", "Now")):
        page = read(client, f"agenda/now/?at=2021-12-15T{moment}")
        assert page.xpath("//main//section/h2/text()") == [heading]
    assert read(client, "agenda/now/?at=2021-12-15T11:45").xpath("//main//section/h2/text()") == []


def test_screens_go_by_what_is_expected_and_say_so(client, summit, session):
    delays.set_minutes(session.room, DAY, 15, by=None)
    states = {}
    for moment in ("10:05", "10:15", "11:40", "11:45"):
        page = read(client, f"screen/grand-101/?at=2021-12-15T{moment}")
        states[moment] = page.xpath("//article/@data-state")
    assert states == {"10:05": ["next"], "10:15": ["now"], "11:40": ["now"], "11:45": []}
    [slot] = read(client, "screen/").xpath("//article")
    assert slot.xpath("string(.//time)") == "10:00–11:30"
    assert "10:15–11:45" in slot.xpath("string(.//b[@class='is-late'])")


def test_pages_that_are_open_hear_of_a_delay(client, summit, session):
    address = "/en/ogp2021/sessions/CIV001/live.json"
    assert client.get(address).json()["pieces"]["expected"].strip() == ""
    delays.set_minutes(session.room, DAY, 15, by=None)
    shelf.clear()
    assert "expected 10:15–11:45" in client.get(address).json()["pieces"]["expected"]
