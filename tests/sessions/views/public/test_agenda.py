"""The agenda's pages as a reader gets them."""

import html
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit.middleware import shelf
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_track
from tests.html import flat

WAITING = {
    "ko": ["아젠다가 아직 공개되지 않았습니다", "아직 발표된 세션이 없습니다."],
    "en": ["The agenda has not been published yet", "No session has been announced yet."],
}
PAGES = ["agenda/", "agenda/tracks/", "tracks/civic-space/"]


def page(path, language="en"):
    response = Client().get(f"/{language}/ogp2021/{path}")
    assert response.status_code == 200
    return response.content.decode()


def main(path, language="en"):
    return re.search(r"<main.*</main>", page(path, language), re.DOTALL)[0]


@pytest.mark.parametrize(
    ("path", "expected"), [("agenda/", 12), ("agenda/tracks/", 11), ("agenda/rooms/", 11), ("tracks/civic-space/", 11)]
)
def test_lists_ask_the_same_questions_for_1_3_and_30_sessions(summit, path, expected):
    track, room = make_track(summit), make_room(summit)
    asked, number = {}, 0
    for many in (1, 3, 30):
        while number < many:
            make_session(summit, f"SES{number:03}", track=track, room=room, hosts=[make_organisation(summit, f"host-{number}")],
                         people=[make_speaker(summit)], starts_at=at(15 + number % 3, 9))  # fmt: skip
            number += 1
        shelf.clear()
        with CaptureQueriesContext(connection) as seen:
            content = page(path)
        assert content.count('class="card ') == many
        asked[many] = len(seen)
    assert asked == {1: expected, 3: expected, 30: expected}


@pytest.mark.parametrize("many", [1, 3, 14])
def test_a_session_asks_the_same_questions_for_more_people(summit, many):
    make_session(summit, room=make_room(summit), track=make_track(summit), hosts=[make_organisation(summit, f"host-{n}") for n in range(many)],
                 people=[make_speaker(summit) for _ in range(many)])  # fmt: skip
    with CaptureQueriesContext(connection) as seen:
        page("sessions/CIV001/")
    assert len(seen) == 14


def test_both_zones_are_named(summit):
    make_session(summit)
    content = flat(main("agenda/?tz=Europe/Tallinn"))
    assert "Times are in Korean Standard Time (KST)." in content
    assert "Beside them: Eastern European Standard Time." in content
    assert re.search(
        r'<time datetime="2021-12-15T01:00:00\+00:00"[^>]*>10:00–11:30</time><small>KST</small><small class="reader-time">03:00–04:30 EET</small>',
        content,
    )
    assert '<option value="Europe/Tallinn" selected>' in content


def test_a_zone_outside_the_list_is_added_to_it(summit):
    make_session(summit)
    assert '<option value="Asia/Kathmandu" selected>' in main("agenda/?tz=Asia/Kathmandu")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "KST", "%3Cscript%3E", "Asia/Seoul" * 30])
def test_nonsense_for_a_zone_is_ignored(summit, zone):
    make_session(summit)
    content = main(f"agenda/?tz={zone}")
    assert "reader-time" not in content
    assert "Beside them:" not in content
    assert " selected" not in content


def test_the_readers_zone_shows_on_the_session_too(summit):
    make_session(summit)
    assert "03:00–04:30 EET" in main("sessions/CIV001/?tz=Europe/Tallinn")
    assert "03:00–04:30" in main("sessions/CIV001/?tz=Europe/Tallinn", "ko")


def test_one_track_can_be_chosen(summit):
    civic, digital = make_track(summit), make_track(summit, "digital", name={"ko": "디지털", "en": "Digital"})
    make_session(summit, track=civic)
    make_session(summit, "DIG001", track=digital)
    content = main("agenda/?track=digital&tz=UTC")
    assert "DIG001" in content and "CIV001" not in content
    assert "Digital · show all" in content
    assert 'href="?tz=UTC"' in content
    assert "/ogp2021/schedule.ics?lang=en&amp;track=digital" in content
    assert "CIV001" in main("agenda/?track=unknown")


def test_a_track_without_sessions_does_not_say_the_agenda_is_unpublished(summit):
    make_session(summit)
    make_track(summit, "empty")
    content = main("agenda/?track=empty")
    assert "No session has been announced yet." in content
    assert "not been published" not in content


@pytest.mark.parametrize("language", ["ko", "en"])
def test_before_publication_every_page_says_so_in_words(summit, language):
    make_track(summit)
    make_session(summit, track=summit.tracks.get(), published_at=None)
    for path in PAGES:
        content = main(path, language)
        assert "CIV001" not in content
        assert any(words in content for words in WAITING[language])


def test_sessions_without_a_time_stand_under_a_heading_of_their_own(summit):
    make_session(summit, starts_at=None)
    make_session(summit, "CIV002")
    content = main("agenda/")
    assert content.index("Time to be announced") < content.index("/en/ogp2021/sessions/CIV001/")
    session = main("sessions/CIV001/")
    assert "To be announced" in session
    assert "Add to my calendar" not in session


def test_a_cancelled_session_is_marked_in_words_everywhere(summit):
    make_session(summit, track=make_track(summit), cancelled_at=at(14, 9), people=[make_speaker(summit, code="p00001")])
    for path in (*PAGES, "speakers/p00001/"):
        assert "Cancelled" in main(path), path
    assert "This session has been cancelled." in main("sessions/CIV001/")


def test_a_title_in_the_other_language_is_marked_for_screen_readers(summit):
    make_session(summit, title={"ko": "한국어만"}, track=make_track(summit))
    for path in PAGES:
        assert re.search(r'<a href="/en/ogp2021/sessions/CIV001/" lang="ko">한국어만</a>', main(path)), path
    assert '<h1><span lang="ko">한국어만</span></h1>' in main("sessions/CIV001/")
    assert 'lang="ko"' not in main("agenda/", "ko")


def test_fourteen_people_with_long_affiliations_all_appear(summit):
    people = [make_speaker(summit, f"아주 긴 이름을 가진 사람 {n}", code=f"q{n:04}") for n in range(14)]
    session = make_session(summit, people=people)
    session.appearances.update(
        affiliation={"ko": "국가 정보 자원 관리와 열린 정부를 위한 범부처 협의회 " * 5},
        job_title={"ko": "위원장 겸 " * 20},
    )
    session.appearances.filter(speaker__code="q0003").update(role="moderator")
    content = main("sessions/CIV001/", "ko")
    assert content.count('class="person"') == 14
    assert content.count("/ko/ogp2021/speakers/q") == 14
    assert content.count('<span class="chip">좌장</span>') == 1


def test_markup_in_a_title_is_text(summit):
    make_session(summit, title={"en": '<script>alert(1)</script> & "quotes"'}, track=make_track(summit))
    for path in (*PAGES, "sessions/CIV001/"):
        content = page(path)
        assert "<script>alert" not in content
        assert html.escape("<script>alert(1)</script>") in content


def test_who_summarised_and_translated_is_said_where_the_summit_says_so(summit, client):
    make_session(summit)
    make_session(summit, "BARE01", abstract={})
    assert "texts-note" not in client.get("/en/ogp2021/sessions/CIV001/").content.decode()
    summit.texts_note = {"ko": "저희가 간추렸습니다.", "en": "Our summary and translation."}
    summit.save(update_fields=["texts_note"])
    summit.raise_revision()
    assert "Our summary and translation." in client.get("/en/ogp2021/sessions/CIV001/").content.decode()
    assert "저희가 간추렸습니다." in client.get("/ko/ogp2021/sessions/CIV001/").content.decode()
    assert "texts-note" not in client.get("/en/ogp2021/sessions/BARE01/").content.decode()


def test_an_abstract_is_drawn_but_nothing_in_it_lives(summit):
    make_session(
        summit,
        abstract={
            "en": "**Bold** [site](https://a.example) [x](javascript:alert(1)) ![i](https://b.example/i.png) <script>x</script>"
        },
    )
    content = main("sessions/CIV001/")
    assert "<strong>Bold</strong>" in content
    assert '<a href="https://a.example" rel="noopener nofollow">site</a>' in content
    assert 'href="javascript' not in content and "<img" not in content and "<script>x" not in content


def test_the_session_page_has_everything_about_it(summit):
    session = make_session(summit, track=make_track(summit), room=make_room(summit), hosts=[make_organisation(summit)], interpretation=["en"],
                           people=[make_speaker(summit, "박수정", code="p00001", name_romanised="Park Sujeong")])  # fmt: skip
    session.materials.create(kind="slides", url="https://ogp.example/slides.pdf", title={"en": "Slides of the day"})
    content = main("sessions/CIV001/")
    for words in ("Civic space", "Wednesday, 15 December 2021", "10:00–11:30", "KST", "Grand Ballroom 101", "COEX, Seoul", "In person and online",
                  "Korean–English interpretation", "Ministry of the Interior and Safety", "Park Sujeong", "Secretary General",
                  "Citizens&#x27; Coalition", "Slides of the day", "/ogp2021/sessions/CIV001.ics?lang=en"):  # fmt: skip
        assert words in content, words


def test_a_recording_plays_only_after_a_click(summit):
    session = make_session(summit)
    session.materials.create(kind="recording", url="https://www.youtube.com/watch?v=dQw4w9WgXcQ", confirmed=True)
    session.materials.create(
        kind="recording", url="https://ogp.example/search?q=x", title={"en": "A search"}, confirmed=False
    )
    content = page("sessions/CIV001/")
    assert "<iframe" not in content and "<video" not in content
    assert not re.search(r'(?:src|poster|srcset)="(?:https?:)?//', re.sub(r"data-src=", "data_", content))
    assert 'data-src="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"' in content
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in content
    assert "Plays from YouTube; nothing is loaded from there before you click." in content
    assert "Link not confirmed" in content
    assert "player.js" in content
    assert "player.js" not in page("agenda/")


def test_a_hostile_link_in_the_database_is_no_player(summit):
    make_session(summit).materials.create(kind="recording", url="javascript:alert(1)")
    assert "data-player" not in main("sessions/CIV001/")


def test_an_unpublished_session_is_not_there_whatever_points_at_it(summit):
    track, host, person = make_track(summit), make_organisation(summit), make_speaker(summit, code="p00001")
    make_session(summit, "HID001", track=track, hosts=[host], people=[person], published_at=None)
    for path in ("sessions/HID001/", "speakers/p00001/", "hosts/moi/"):
        assert Client().get(f"/en/ogp2021/{path}").status_code == 404
    make_session(summit, "PUB001", track=track, hosts=[host], people=[person])
    shelf.clear()
    for path in (*PAGES, "", "speakers/p00001/", "hosts/moi/"):
        content = page(path)
        assert "PUB001" in content
        assert "HID001" not in content


def test_a_session_of_another_summit_is_not_here(summit):
    from tests.factories import make_summit

    make_session(make_summit("ogp2023"), "OTH001")
    assert Client().get("/en/ogp2021/sessions/OTH001/").status_code == 404


def test_featured_sessions_come_first_before_any_time_is_known(summit):
    make_session(summit, "AAA001", starts_at=None)
    make_session(summit, "BBB001", starts_at=None, featured=True)
    content = main("agenda/")
    assert "Announced sessions" in content
    assert content.index("sessions/BBB001/") < content.index("sessions/AAA001/")


def test_the_agenda_by_room_names_each_room_with_what_makes_it_accessible(summit):
    one, two = (
        make_room(summit, "room-1", order=1),
        make_room(summit, "room-2", order=2, access=["step_free", "hearing_loop"]),
    )
    make_session(summit, "AAA001", room=two)
    make_session(summit, "BBB001", room=one)
    make_session(summit, "CCC001", room=None)
    content = main("agenda/rooms/")
    assert content.index('id="room-1"') < content.index("sessions/BBB001/") < content.index('id="room-2"')
    assert content.index('id="room-2"') < content.index("sessions/AAA001/") < content.index("sessions/CCC001/")
    assert "Step-free access · Hearing loop" in content
    assert "/ogp2021/schedule.ics?lang=en&amp;room=room-2" in content


def test_the_agenda_by_host_has_a_session_of_two_hosts_under_both(summit):
    one, two = make_organisation(summit, "moi"), make_organisation(summit, "oecd")
    make_organisation(summit, "absent")
    make_session(summit, "AAA001", hosts=[one, two])
    content = main("agenda/hosts/")
    assert content.count('href="/en/ogp2021/sessions/AAA001/"') == 2
    assert 'id="absent"' not in content


@pytest.mark.parametrize(
    ("at_", "on", "following", "words"),
    [
        ("2021-12-15T10:30", ["AAA001", "BBB001"], ["CCC001"], "Now"),
        ("2021-12-15T11:45", [], ["CCC001"], "Next"),
        ("2021-12-15T01:30:00Z", ["AAA001", "BBB001"], ["CCC001"], "Now"),
        ("2021-12-15T13:00", ["CCC001"], [], "Now"),
        ("2021-12-18T10:00", [], [], "The summit is over"),
    ],
)
def test_now_and_next_at_a_moment(summit, at_, on, following, words):
    for code, start in (("AAA001", at(15, 10)), ("BBB001", at(15, 10, 15)), ("CCC001", at(15, 13))):
        make_session(summit, code, starts_at=start)
    content = main(f"agenda/now/?at={at_.replace('+', '%2B')}")
    assert words in content
    halves = content.split('<h2 id="next">') if 'id="next"' in content else [content, ""]
    assert [code for code in ("AAA001", "BBB001", "CCC001") if f"sessions/{code}/" in halves[0]] == on
    assert [code for code in ("AAA001", "BBB001", "CCC001") if f"sessions/{code}/" in halves[1]] == following


def test_the_hour_that_is_on_is_marked_and_linked(summit):
    make_session(summit, "AAA001")
    make_session(summit, "BBB001", starts_at=at(15, 13))
    with time_machine.travel(at(15, 13, 30), tick=False):
        content = main("agenda/")
    assert content.count('id="now"') == 1
    assert content.index('href="#now"') < content.index('id="now"') < content.index("sessions/BBB001/")
    assert content.index("sessions/AAA001/") < content.index('id="now"')


def test_a_day_of_few_rooms_is_a_grid_of_rooms_and_hours(summit):
    rooms = [make_room(summit, f"room-{n}", order=n, name={"ko": f"{n}호", "en": f"Room {n}"}) for n in (1, 2, 3)]
    make_session(summit, "AAA001", room=rooms[2])
    make_session(summit, "BBB001", room=rooms[0], starts_at=at(15, 13))
    make_session(summit, "CCC001", room=rooms[0], starts_at=at(16, 10))
    content = flat(main("agenda/"))
    assert 'class="day grid cols-2" id="day-2021-12-15"' in content
    assert 'class="day" id="day-2021-12-16"' in content  # one room is a list
    assert '<b class="col-1">Room 1</b><b class="col-2">Room 3</b>' in content
    assert re.search(r'class="card[^"]* col-2"(?:(?!</li><li).)*sessions/AAA001/', content, re.DOTALL)


def test_access_facts_of_room_and_session_stand_on_card_and_page(summit):
    room = make_room(summit, access=["step_free"])
    make_session(summit, room=room, access=["captions"], plain_summary={"ko": "쉬운 말", "en": "In short: listen."})
    for content in (main("agenda/"), main("sessions/CIV001/")):
        assert '<li class="access captions">Live captions</li>' in content
    for content in (main("agenda/rooms/"), main("sessions/CIV001/")):
        assert "Step-free access" in content
    assert "In short: listen." in main("sessions/CIV001/")


@pytest.mark.parametrize(
    ("seats", "taken", "words"),
    [(None, 0, ""), (4, 0, "Places free"), (4, 2, "Places free"), (4, 3, "Filling up"), (4, 4, "Full")],
)
def test_how_full_a_session_is_stands_in_words(summit, seats, taken, words):
    make_session(summit, seats=seats, seats_taken=taken)
    content = main("agenda/") + main("sessions/CIV001/")
    for other in ("Places free", "Filling up", "Full"):
        assert (f">{other}<" in content) is (other == words)
