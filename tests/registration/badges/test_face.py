import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.badges.face import contrast, ink_on, printable
from summit.lib.text import is_right_to_left
from tests.registration.badges.reading import face


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("  김 \n 민서\t", "김 민서"),
        ("Ann\u200ba", "Anna"),
        ("A\ufeffB\u2060C\u00adD", "ABCD"),
        ("\u202eevil\u202c name", "evil name"),
        ("\u2066isolated\u2069", "isolated"),
        ("null\x00 bell\x07", "null bell"),
        ("\u3164\u115f", ""),
        ("half \ud800 pair", "half pair"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("김".encode().decode(), "김"),
        ("\u1100\u1175\u11b7", "김"),
    ],
)
def test_a_text_loses_what_prints_nothing_or_moves_its_neighbours(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_joiners_stay_where_they_are_spelling() -> None:
    assert printable("علی\u200cرضا") == "علی\u200cرضا"
    assert printable("👩\u200d💻") == "👩\u200d💻"
    assert printable("A\u200cB\u200dC") == "ABC"


def test_a_tower_of_accents_is_cut_to_what_a_language_needs() -> None:
    tower = printable("Z" + "\u0301\u0302\u0303\u0304" * 10)
    assert sum(unicodedata.combining(mark) > 0 for mark in unicodedata.normalize("NFD", tower)) <= 5


@given(st.text())
def test_any_text_becomes_a_single_clean_line_and_stays_it(text: str) -> None:
    clean = printable(text)
    assert clean == printable(clean)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in clean)
    assert clean == clean.strip()


def test_a_badge_without_a_primary_name_shows_the_other_one_large() -> None:
    badge = face(primary="\u200b ", secondary="Minseo Kim")
    assert (badge.primary, badge.secondary) == ("Minseo Kim", "")


def test_the_same_name_is_not_printed_twice() -> None:
    assert face(primary="Maria Garcia", secondary="Maria Garcia").secondary == ""


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "#123456;background:url(x)", ""])
def test_a_colour_must_be_six_hexadecimal_digits(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        face(colour=colour)


@pytest.mark.parametrize("token", ["", "lower", "A" * 151, "A=B", "가"])
def test_a_token_must_be_short_and_alphanumeric(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        face(token=token)


def test_a_language_must_be_a_language_tag() -> None:
    with pytest.raises(ValueError, match="language"):
        face(language='en" onload="')


@given(st.integers(0, 0xFFFFFF))
def test_black_or_white_reads_on_any_colour(value: int) -> None:
    colour = f"#{value:06x}"
    assert contrast(ink_on(colour), colour) >= 4.5


def test_the_first_letter_decides_where_a_text_starts() -> None:
    assert is_right_to_left("محمد (Mohamed)")
    assert not is_right_to_left("2021 Mohamed محمد")
    assert not is_right_to_left("123")
