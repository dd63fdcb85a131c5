from datetime import date, timedelta

import pypdfium2
import pytest

from sessions.prints import sheets
from sessions.prints.orders import Order
from tests.factories import at, make_organisation, make_room, make_session, make_track
from tests.sessions.prints.reading import bookmarks, codes, structure, texts

FIRST = date(2021, 12, 15)


@pytest.fixture
def room(summit):
    return make_room(summit)


def door(summit, room, day=None, languages=("ko", "en")):
    return sheets.door(summit, Order("door", languages, "A4", day, room.code))


def test_a_door_has_one_page_a_day_with_the_rooms_sessions_in_both_languages(summit, room):
    other = make_room(summit, "small", name={"ko": "소회의실", "en": "Small room"})
    make_session(summit, room=room, hosts=[make_organisation(summit)], track=make_track(summit))
    make_session(summit, "CIV002", room=room, starts_at=at(16, 9))
    make_session(summit, "CIV003", room=other)
    pages = [" ".join(page.split()) for page in texts(door(summit, room))]
    assert len(pages) == 2
    for words in (
        "그랜드볼룸 101",
        "Grand Ballroom 101",
        "10:00",
        "–11:30",
        "열린정부 세션 CIV001",
        "Open government session CIV001",
        "행정안전부",
    ):
        assert words in pages[0]
    assert "CIV003" not in pages[0] + pages[1]
    assert codes(door(summit, room)) == {"http://testserver/ko/ogp2021/agenda/search/?room=grand-101"}


def test_a_door_can_show_one_day(summit, room):
    make_session(summit, room=room)
    make_session(summit, "CIV002", room=room, starts_at=at(16, 9))
    assert [title for title, _below in bookmarks(door(summit, room, date(2021, 12, 16)))] == ["2021년 12월 16일(목)"]


def test_a_session_after_midnight_hangs_on_the_day_before(summit, room):
    make_session(summit, room=room, starts_at=at(16, 1))
    assert len(texts(door(summit, room, FIRST))) == 1
    with pytest.raises(LookupError):
        door(summit, room, date(2021, 12, 16))


def letters(pdf):
    """Heights of the letters of a door's first title, in points."""
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    found = text.search("열린정부").get_next()
    _left, bottom, _right, top = text.get_charbox(found[0])
    return top - bottom


def test_a_door_is_set_as_large_as_the_day_allows(summit, room):
    make_session(summit, room=room, hosts=[make_organisation(summit)])
    large = letters(door(summit, room))
    # Cap height of 1/300 of two metres.
    assert large > 19
    for number in range(9):
        start = at(15, 11) + timedelta(hours=number)
        make_session(summit, f"CIV1{number:02}", room=room, starts_at=start, hosts=[summit.organisations.first()])
    full = door(summit, room)
    assert len(texts(full)) == 1
    assert letters(full) < large


def test_a_room_without_sessions_has_no_door_sheet(summit, room):
    make_session(summit, room=room, starts_at=None)
    with pytest.raises(LookupError):
        door(summit, room)


def test_a_day_sheet_has_the_days_sessions_by_the_hour(summit, room):
    make_session(summit, room=room, track=make_track(summit), starts_at=at(15, 13))
    make_session(summit, "CIV002", room=room)
    make_session(summit, "CIV003", starts_at=at(16, 9))
    [page] = texts(sheets.day(summit, Order("day", ("en",), "A4", FIRST)))
    assert page.index("10:00–11:30") < page.index("CIV002") < page.index("13:00–14:30") < page.index("CIV001")
    assert "CIV003" not in page
    assert "Times in Korean Standard Time" in page
    assert "Civic space" in page


def test_cards_stand_four_to_a_page_each_with_its_own_code(summit, room):
    for number in range(5):
        make_session(summit, f"CIV00{number}", room=room)
    pdf = sheets.cards(summit, Order("cards", ("en",), "A4"))
    assert len(texts(pdf)) == 2
    assert codes(pdf) == {f"http://testserver/en/ogp2021/sessions/CIV00{number}/" for number in range(4)}
    page = pypdfium2.PdfDocument(pdf)[0]
    assert (round(page.get_width()), round(page.get_height())) == (595, 842)
    assert all(alt for kind, _language, alt in structure(pdf) if kind == "Figure")


def test_cards_with_endless_texts_stay_on_their_page(summit, room):
    hosts = [make_organisation(summit, f"host-{n}", name={"ko": "긴 이름 " * 30, "en": "Long " * 50}) for n in range(5)]
    for number in range(4):
        make_session(summit, f"CIV00{number}", title={"ko": "가" * 300, "en": "W" * 300}, room=room, hosts=hosts)
    pdf = sheets.cards(summit, Order("cards", ("ko", "en"), "A4"))
    assert len(texts(pdf)) == 1
    assert len(codes(pdf)) == 4
