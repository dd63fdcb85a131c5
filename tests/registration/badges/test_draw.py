import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from registration.badges import draw
from registration.badges.fonts import FAMILY
from registration.badges.layout import Layout
from registration.badges.pages import document_of
from registration.badges.stamping import whole_cards
from summit.typefaces import OwnFontsOnly, font_files
from tests.registration.badges.reading import darkest, difference, face, glyphs, pictures, texts, whole
from tests.sessions.prints.reading import structure

MARKUP = "<img src=file:///etc/passwd>"
LONG_NAMES = [
    "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine Senior",
    "Bcdefghijklmnopqrstuvwxyz" * 2 + "abcdefghij",
    "Ana María de los Ángeles Fernández y Gutiérrez " * 4 + "de la Peña y",
    "김수한무거북이와두루미삼천갑자동방삭치치카포사리사리센타워리워리세브리캉",
    "W" * 200,
    "가" * 200,
    "محمد بن عبد الله بن علي الحسيني الهاشمي المكي المدني " * 3,
    "🎉" * 40,
]
LONG_ORGANISATIONS = [
    "대한민국열린정부포럼시민사회단체연대회의정책기획위원회산하디지털민주주의특별분과",
    "Federal Ministry for Economic Cooperation and Development of the Federal Republic of Germany, Division 401",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "W" * 200,
    "وزارة الدولة للتنمية الإدارية والإصلاح المؤسسي والحكومة المفتوحة " * 3,
]


def test_nobody_makes_no_badges() -> None:
    with pytest.raises(ValueError, match="nobody"):
        draw([])


def test_badges_come_in_the_order_given_whatever_they_are_written_in() -> None:
    names = ["김하나", "محمد", "이두리", "金哲洙", "Nguyễn Thị Hương", "홍길동 🙂"]
    pages = texts(draw([face(primary=name, secondary="") for name in names]))
    assert len(pages) == len(names)
    for page, name in zip(pages, ["김하나", "محمد", "이두리", "金哲洙", "Nguyễn Thị Hương", "홍길동"], strict=True):
        assert name in page


def test_everything_on_a_badge_can_be_copied_in_the_order_it_is_read() -> None:
    (page,) = texts(draw([face()]))
    assert page == (
        "2021 열린정부파트너십 글로벌 서밋 2021년 12월 15–17일 · 서울 대표단 현장 참석 "
        "김민서 Minseo Kim 사무관 행정안전부 디지털정부국 대한민국 K7QM-3FXD"
    )


@pytest.mark.parametrize("layout", [Layout.A6, Layout.A4])
def test_each_badge_is_tagged_as_a_text_and_its_code_as_a_figure_with_words(layout) -> None:
    faces = [face(), face(language="en", reference="AAAA-BBBB"), face(primary="金哲洙", reference="CCCC-DDDD")]
    pdf = draw(faces, layout=layout)
    assert structure(pdf) == [
        ("Document", "", ""),
        ("P", "", ""), ("Figure", "", "입장권 K7QM-3FXD"),
        ("P", "en", ""), ("Figure", "en", "Ticket AAAA-BBBB"),
        ("P", "", ""), ("Figure", "", "입장권 CCCC-DDDD"),
    ]  # fmt: skip
    with pikepdf.open(BytesIO(pdf)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        parents = document.Root.StructTreeRoot.ParentTree.Nums
        for number, page in enumerate(document.pages):
            content = page.Contents.read_bytes()
            marks = len(re.findall(rb"<</MCID \d+>> BDC", content))
            assert page.obj.StructParents == parents[2 * number] == number
            assert [int(element.K) for element in parents[2 * number + 1]] == list(range(marks))
            assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC")


def test_markup_in_a_name_prints_as_text_on_either_path() -> None:
    faces = [face(primary=MARKUP, organisation="{{ settings.SECRET_KEY }} &amp;")]
    for pdf in (draw(faces), whole(faces), draw([face(primary=MARKUP, secondary="金")])):
        assert "imgsrc=file:///etc/passwd>" in texts(pdf)[0].replace(" ", "").replace("-", "")
    assert "{{ settings.SECRET_KEY }} &amp;" in texts(whole(faces))[0]


@pytest.mark.parametrize("name", LONG_NAMES)
def test_no_name_leaves_the_card(name: str) -> None:
    assert_inside(draw([face(primary=name[:200], secondary=name[:200], organisation=LONG_ORGANISATIONS[1])]))


@pytest.mark.parametrize("organisation", LONG_ORGANISATIONS)
def test_no_organisation_leaves_the_card_or_takes_more_than_three_lines(organisation: str) -> None:
    badge = face(organisation=organisation[:200], job_title=organisation[:200], country=organisation[:100])
    assert_inside(draw([badge]))
    (card,) = whole_cards([badge])
    assert len(card.settings["organisation"].lines) <= 3


def test_long_texts_of_the_summit_stay_on_the_card() -> None:
    long = "An Exceedingly Long Name for a Summit about Open Government, Held in Several Cities and Online"
    pdf = draw([face(summit=long, dates=long, category=long, attendance=long, reference="K7QM-3FXD-K7QM-3FXD-K7QM")])
    assert_inside(pdf)


def assert_inside(pdf: bytes) -> None:
    """All ink keeps four millimetres from every edge, and nothing personal runs into the band or the code."""
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    found = glyphs(pdf)
    assert found
    for glyph in found:
        assert glyph.left >= 11 and glyph.right <= width - 11, glyph
        assert glyph.bottom >= 11 and glyph.top <= height - 11, glyph
    (picture,) = pictures(pdf, 72)
    right = picture.crop((picture.width - 20, 90, picture.width, picture.height - 12))
    assert darkest(right) > 200


def test_a_stamped_badge_looks_like_one_laid_out_whole() -> None:
    faces = [
        face(),
        face(primary="Maria Garcia", secondary="", organisation="AVATAR Tomography To AV", language="en"),
        face(primary="Nguyễn Thị Hương", secondary="응우옌 티 흐엉", organisation="Bộ Nội vụ nước Cộng hòa Xã hội"),
        face(primary=LONG_NAMES[0], organisation=LONG_ORGANISATIONS[0], job_title=LONG_ORGANISATIONS[1]),
        face(primary="Ștefan Łukasz Ğ", job_title="", organisation="", country="Éire – «Ireland» 100% (A/B)"),
        face(primary="황보혜정", colour="#ffffff", secondary="Иванова Ελένη ひらがな", country=""),
    ]
    stamped, laid_out = draw(faces), whole(faces)
    for one, other in zip(pictures(stamped), pictures(laid_out), strict=True):
        assert difference(one, other) < 0.005
    for page in range(len(faces)):
        # WeasyPrint rounds the width of every glyph, which adds up along a line.
        for here, there in zip(glyphs(stamped, page), glyphs(laid_out, page), strict=True):
            assert here.character == there.character
            assert here.left == pytest.approx(there.left, abs=0.5)
            assert here.bottom == pytest.approx(there.bottom, abs=0.02)


def test_progress_is_told_at_least_every_fifty_badges_and_at_the_end() -> None:
    told: list[int] = []
    faces = [face(primary="金" if index % 10 == 0 else "김민서") for index in range(230)]
    draw(faces, progress=told.append)
    assert told == sorted(set(told)) and told[-1] == 230
    assert all(later - earlier <= 50 for earlier, later in zip([0, *told], told, strict=False))


def test_the_file_says_its_language_and_title() -> None:
    with pikepdf.open(BytesIO(draw([face(language="en")]))) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert str(pdf.docinfo.Title) == "김민서 – 2021 열린정부파트너십 글로벌 서밋"
    with pikepdf.open(BytesIO(draw([face(), face()]))) as pdf:
        assert str(pdf.docinfo.Title) == "2021 열린정부파트너십 글로벌 서밋"
        assert not pdf.check_pdf_syntax()


def test_the_same_badges_make_the_same_file() -> None:
    faces = [face(), face(primary="이두리")]
    assert draw(faces) == draw(faces)


def test_several_threads_may_draw_at_once() -> None:
    def name_of(number: int) -> str:
        return ("金" if number % 3 == 0 else "김") + "나다라마바사아자차카타파하"[number % 13] + "수"

    def one(number: int) -> bytes:
        return draw([face(primary=name_of(number), category=f"분류 {number % 5}")])

    with ThreadPoolExecutor(6) as pool:
        drawn = list(pool.map(one, range(36)))
    # Read afterwards: PDFium is not made for several threads.
    for number, pdf in enumerate(drawn):
        (page,) = texts(pdf)
        assert name_of(number) in page and f"분류 {number % 5}" in page


@pytest.mark.parametrize("url", ["https://example.org/x.ttf", "file:///etc/passwd", "data:text/plain,x", "ftp://a/b"])
def test_no_address_is_opened_but_our_fonts(url: str) -> None:
    fetcher = OwnFontsOnly(FAMILY)
    with pytest.raises(ValueError, match="own fonts"):
        fetcher(url)
    assert fetcher(font_files(FAMILY)[0].url).read(4) == b"\x00\x01\x00\x00"


def test_a_foreign_address_is_never_called() -> None:
    called: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        # Even markup that somehow got past the escaping leads nowhere.
        document_of(
            f"<link rel=stylesheet href={address}/a.css><style>@import '{address}/b.css';</style>"
            f"<img src={address}/c.png><p style='background: url({address}/d.png)'>text</p>"
        )
        draw([face(primary=f"<link rel=stylesheet href={address}/e.css><img src={address}/f.png>金")])
    finally:
        server.shutdown()
        server.server_close()
    assert called == []
