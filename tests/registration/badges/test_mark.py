"""The mark that forbids photographs: on every badge that shall have it, by both ways badges are made, and legible."""

import dataclasses

import pytest

from registration.badges import draw
from tests.registration.badges.reading import decoded, difference, face, glyphs, pictures, texts, whole

WORDS = {"en": "No photographs", "ko": "사진 촬영 금지"}


def marked(language: str = "en", **values):
    return dataclasses.replace(face(language=language, **values), no_photographs=WORDS[language])


@pytest.mark.parametrize("language", WORDS)
def test_it_stands_on_stamped_badges_and_on_those_laid_out_whole(language):
    plain, odd = marked(language), marked(language, primary="손님 🦊 K7QM")
    for text in texts(draw([plain, odd])):
        assert WORDS[language] in text
    assert WORDS[language] not in texts(draw([face()]))[0]


def test_both_ways_look_the_same():
    faces = [marked(), marked("ko", primary="길" * 40, secondary="Long name " * 8)]
    for one, other in zip(pictures(draw(faces)), pictures(whole(faces)), strict=True):
        assert difference(one, other) < 0.02


def test_names_and_the_code_keep_clear_of_it():
    long = marked(primary="Guest of the longest name that anybody could have " * 3, secondary="Again " * 30,
                  organisation="An organisation " * 12, job_title="Secretary " * 12)  # fmt: skip
    pdf = draw([long])
    strip = [glyph for glyph in glyphs(pdf) if glyph.character in "photgrs" and glyph.bottom > 300]
    assert strip and decoded(pictures(pdf, dpi=300)[0]) == [long.token]
    # The strip is 10 mm high, below a band of 27 mm of a card of 148 mm.
    ends = (148 - 27 - 10) * 72 / 25.4
    names = [glyph for glyph in glyphs(pdf) if glyph.top < ends]
    assert names and not [glyph for glyph in glyphs(pdf) if glyph.bottom < ends < glyph.top]


def test_marked_badges_among_others_have_it_and_the_others_not():
    shown = texts(draw([face(), marked(), face()]))
    assert [WORDS["en"] in text for text in shown] == [False, True, False]
