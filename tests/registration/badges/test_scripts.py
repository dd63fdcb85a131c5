import itertools
import logging

import pytest

from registration.badges import draw
from registration.badges.lettering import Letterings
from tests.registration.badges.reading import difference, face, pictures, texts, whole

SCRIPTS = {
    "Hangul": "황보혜정 뷁꿿",
    "Latin": "Łukasz Þórðarson Ğüneş Ștefan Žižek Œuvré ẞ",
    "Vietnamese": "Nguyễn Thị Hường Đặng Ẫỹ",
    "Cyrillic and Greek": "Иванова Ελένη",
    "kana": "ひらがな カタカナ",
    "Arabic": "محمد علي الحسيني",
    "Persian": "علی\u200cرضا پژمان گچ",
    "Hanja": "金哲洙 大韓民國",
    "emoji": "🙂🎉👩\u200d💻",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_no_script_prints_as_boxes(text: str, caplog: pytest.LogCaptureFixture) -> None:
    # WeasyPrint reports every character for which it found no glyph.
    logger = logging.getLogger("weasyprint")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.WARNING, logger="weasyprint")
    try:
        pdf = draw([face(primary=text, secondary=text[::-1], organisation=text, job_title=text, country=text)])
    finally:
        logger.removeHandler(caplog.handler)
    assert ".notdef" not in caplog.text
    assert pdf


def test_missing_glyphs_would_be_noticed(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("weasyprint")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.WARNING, logger="weasyprint")
    try:
        draw([face(primary="\U00016b00")])
    finally:
        logger.removeHandler(caplog.handler)
    assert ".notdef" in caplog.text


@pytest.mark.parametrize("letters", ["金哲洙", "محد", "🙂🎉🚀", "뷁꿿김"])
def test_different_characters_look_different(letters: str) -> None:
    """Boxes would all look the same."""
    drawn = pictures(draw([face(primary=letter, secondary="") for letter in letters]), 72)
    for one, other in itertools.combinations(drawn, 2):
        assert difference(one, other) > 0.005


@pytest.mark.parametrize("script", [name for name in SCRIPTS if name not in {"Hanja", "emoji"}])
def test_our_fonts_write_what_nearly_every_badge_needs(script: str) -> None:
    for bold in (False, True):
        assert Letterings().find(SCRIPTS[script], bold=bold) is not None


@pytest.mark.parametrize("script", [name for name in SCRIPTS if name != "emoji"])
def test_what_is_printed_can_be_copied(script: str) -> None:
    (page,) = texts(draw([face(primary="김", secondary="", organisation=SCRIPTS[script])]))
    assert SCRIPTS[script].replace(" ", "") in page.replace(" ", "")


def test_two_directions_in_one_line_copy_without_stray_letters() -> None:
    (page,) = texts(draw([face(primary="محمد (Mohamed)", secondary="بن", organisation="", job_title="")]))
    names = page.partition("현장 참석")[2].partition("대한민국")[0]
    assert "Mohamed" in names
    assert set(names) <= set("محمد (Mohamed) بن\u200b")


def test_arabic_is_joined() -> None:
    joined, apart = pictures(draw([face(primary="محمد", secondary=""), face(primary="م ح م د", secondary="")]), 72)
    assert difference(joined, apart) > 0.01


def test_arabic_and_stacked_marks_look_as_weasyprint_draws_them() -> None:
    faces = [
        face(primary="محمد علي الحسيني", secondary="علاء الدين بن ثابت", organisation="وزارة الدولة", job_title=""),
        face(primary="x\u030c y\u0304\u0301", secondary="Q\u0302\u0323"),
    ]
    for stamped, laid_out in zip(pictures(draw(faces)), pictures(whole(faces)), strict=True):
        # WeasyPrint sets Arabic about a point lower, because its line also has room for the main font.
        assert difference(stamped, laid_out) < 0.06
