import re
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import Appearance
from sessions.prints import booklet
from sessions.prints.orders import Order
from tests.factories import at, make_organisation, make_room, make_session, make_speaker, make_track
from tests.sessions.prints.reading import bookmarks, codes, kinds, structure, texts

KO, EN, BOTH = (Order("booklet", languages, "A5") for languages in (("ko",), ("en",), ("ko", "en")))


@pytest.fixture
def agenda(summit):
    """Two days: a full session with everybody, and one without a hall, people or text."""
    summit.timetable_note = {"ko": "시간표는 바뀔 수 있습니다.", "en": "Times may change."}
    summit.save()
    people = [make_speaker(summit, "박수정", name_romanised="Park Sujeong"), make_speaker(summit, "Åse Olsen")]
    first = make_session(
        summit,
        room=make_room(summit),
        track=make_track(summit),
        hosts=[make_organisation(summit)],
        people=people,
        interpretation=["en"],
    )
    make_session(summit, "DIG002", starts_at=at(16, 13), abstract={}, people=people[:1])
    first.appearances.filter(speaker=people[1]).update(role=Appearance.Role.MODERATOR)
    return summit


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def test_the_file_declares_what_pdf_ua_demands(agenda):
    with pikepdf.open(BytesIO(booklet.draw(agenda, EN))) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "en"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as data:
            assert data["pdfuaid:part"] == "1"
            assert data["dc:title"] == "Agenda · 2021 OGP Global Summit"
        for page in pdf.pages:
            assert str(page.Tabs) == "/S"
            for link in page.get("/Annots", []):
                assert "/Contents" in link
                assert "/StructParent" in link
            for font in page.Resources.Font.values():
                assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_headings_descend_step_by_step_and_none_stands_inside_itself(agenda):
    for order in (KO, BOTH):
        found = [
            int(kind[1]) for kind, _lang, _alt in structure(booklet.draw(agenda, order)) if re.fullmatch("H[1-6]", kind)
        ]
        assert found[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(found))
        # Cover; about, contents, two days, index; note, web, tracks, venue, two sessions, letters; two lists of people.
        assert [found.count(level) for level in (1, 2, 3, 4)] == [1, 5, 8, 2]


def test_every_picture_has_a_text_and_every_session_a_code(agenda):
    pdf = booklet.draw(agenda, EN)
    figures = [alt for kind, _language, alt in structure(pdf) if kind == "Figure"]
    assert figures == [
        "QR code: testserver/en/ogp2021/agenda",
        "QR code: testserver/en/ogp2021/sessions/CIV001",
        "QR code: testserver/en/ogp2021/sessions/DIG002",
    ]
    assert codes(pdf, 3) == {"http://testserver/en/ogp2021/sessions/CIV001/"}


def test_the_contents_are_tagged_as_such_and_name_the_right_pages(agenda):
    pdf = booklet.draw(agenda, EN)
    assert (kinds(pdf)["TOC"], kinds(pdf)["TOCI"]) == (1, 5)
    pages = [squeezed(text) for text in texts(pdf)]
    named = dict(re.findall(r"Open government session (\w{6})[ .]+(\d+)", pages[2]))
    assert set(named) == {"CIV001", "DIG002"}
    for code, number in named.items():
        assert f"Open government session {code}" in pages[int(number) - 1]
        assert f"{number}" in pages[int(number) - 1].split()


def test_bookmarks_go_by_day_and_session(agenda):
    assert bookmarks(booklet.draw(agenda, EN)) == [
        ("2021 OGP Global Summit", []),
        ("About this booklet", []),
        ("Contents", []),
        ("Wednesday, 15 December 2021", ["10:00 Open government session CIV001"]),
        ("Thursday, 16 December 2021", ["13:00 Open government session DIG002"]),
        ("Index of people", []),
    ]


def test_a_session_says_everything_that_is_billed(agenda):
    page = squeezed(texts(booklet.draw(agenda, EN))[3])
    for words in ("10:00–11:30", "Grand Ballroom 101", "Civic space", "Ministry of the Interior and Safety", "Korean–English interpretation",
                  "Citizens and government discuss together.", "Park Sujeong", "Moderator", "Secretary General", "Citizens' Coalition", "CIV001"):  # fmt: skip
        assert words in page


def test_both_languages_stand_together_and_say_which_is_which(agenda):
    pdf = booklet.draw(agenda, BOTH)
    page = squeezed(texts(pdf)[3])
    assert "열린정부 세션 CIV001" in page
    assert "Open government session CIV001" in page
    assert "박수정" in page
    assert "Park Sujeong" in page
    languages = {language for _kind, language, _alt in structure(pdf)}
    assert languages == {"", "en"}
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "ko"


def test_what_is_only_in_korean_is_marked_in_the_english_booklet(summit):
    make_session(summit, title={"ko": "한국어 제목", "en": ""}, abstract={"ko": "본문", "en": ""})
    assert "ko" in {language for _kind, language, _alt in structure(booklet.draw(summit, EN))}


def test_the_index_finds_people_by_the_sound_or_letter_their_name_begins_with(agenda):
    page = squeezed(texts(booklet.draw(agenda, KO))[-1])
    assert re.search(r"ㅂ 박수정 (\d+), (\d+) A Åse Olsen \1", page)


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("김민수", "ㄱ"),
        ("까치", "ㄱ"),
        ("힣", "ㅎ"),
        ("빛나", "ㅂ"),
        ("Åse", "A"),
        ("éva", "E"),
        ("محمد", "م"),
        ("7", "#"),
        ("", "#"),
    ],
)
def test_names_are_filed_under_their_first_letter(name, letter):
    assert booklet.initial(name) == letter


def test_a_booklet_asks_the_same_questions_for_more_sessions(summit):
    track, room = make_track(summit), make_room(summit)
    asked, number = {}, 0
    for many in (1, 3, 12):
        while number < many:
            make_session(summit, f"SES{number:03}", track=track, room=room, people=[make_speaker(summit)],
                         hosts=[make_organisation(summit, f"host-{number}")], starts_at=at(15 + number % 3, 9))  # fmt: skip
            number += 1
        with CaptureQueriesContext(connection) as seen:
            booklet.draft(summit, BOTH)
        asked[many] = len(seen)
    assert asked[1] == asked[3] == asked[12] <= 8


def test_a_cancelled_and_an_unscheduled_session_say_so_in_words(summit):
    make_session(summit, cancelled_at=at(14, 9))
    make_session(summit, "DIG002", starts_at=None)
    pages = squeezed(" ".join(texts(booklet.draw(summit, EN))))
    assert "Cancelled" in pages
    assert bookmarks(booklet.draw(summit, EN))[-1] == ("Time to be announced", ["Open government session DIG002"])


def test_an_unpublished_session_is_not_printed_and_none_at_all_is_no_booklet(summit):
    make_session(summit, published_at=None)
    with pytest.raises(LookupError):
        booklet.draw(summit, KO)


def test_the_same_agenda_is_the_same_bytes(agenda):
    assert booklet.draw(agenda, KO) == booklet.draw(agenda, KO)


def test_hostile_texts_are_printed_as_text_and_open_nothing(summit, caplog):
    people = [make_speaker(summit, name) for name in ("محمد عبد الله", "漢字太郎", "Z" + "\u0301" * 60, "x" * 200)]
    text = (
        "# 머리\n\n<script>alert(1)</script> ![p](http://evil.example/p.png) [l](javascript:alert(1))\n\n"
        + "본문 " * 200
    )
    make_session(
        summit, title={"ko": "😀 제목" * 50, "en": "مرحبا\u202e &amp; <b>"}, abstract={"ko": text, "en": "w" * 2000}, people=people
    )  # fmt: skip
    pdf = booklet.draw(summit, BOTH)
    pages = squeezed(" ".join(texts(pdf)))
    assert "alert(1)" in pages
    assert "محمد" in pages
    assert "evil.example" not in pdf.decode("latin-1")
    assert b"javascript" not in pdf
    assert "Prints use no resources" not in caplog.text
    assert kinds(pdf)["H3"] == 2 + len({booklet.initial(person.name) for person in people})


def test_no_line_of_a_long_title_leaves_the_page(summit):
    make_session(summit, title={"ko": "가" * 300, "en": "W" * 300})
    for page in pypdfium2.PdfDocument(booklet.draw(summit, BOTH)):
        text = page.get_textpage()
        width = page.get_width()
        for index in range(text.count_chars()):
            left, _bottom, right, _top = text.get_charbox(index)
            assert -1 <= left <= right <= width + 1
