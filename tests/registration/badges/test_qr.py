import hashlib

import pytest

from registration.badges import Layout, draw
from registration.badges.qr import modules
from tests.registration.badges.reading import decoded, face, pictures

TOKENS = [
    "A",
    "HTTPS://SUMMIT.EXAMPLE/T/K7QM3FXD",
    *("S1:" + hashlib.sha512(bytes([seed])).hexdigest().upper() for seed in range(12)),
    "9" * 150,
    "$%*+-./: Z" * 15,
]


@pytest.mark.parametrize("dpi", [72, 150])
def test_every_code_is_read_back_from_a_rendering(dpi: int) -> None:
    pages = pictures(draw([face(token=token) for token in TOKENS]), dpi)
    assert [decoded(page) for page in pages] == [[token] for token in TOKENS]


def test_codes_of_badges_in_other_scripts_are_read_back() -> None:
    pages = pictures(draw([face(primary="محمد علي", token=token) for token in TOKENS[:3]]))
    assert [decoded(page) for page in pages] == [[token] for token in TOKENS[:3]]


def test_the_four_codes_of_a_sheet_are_read_back() -> None:
    (sheet,) = pictures(draw([face(token=token) for token in TOKENS[:4]], layout=Layout.A4))
    assert sorted(decoded(sheet)) == sorted(TOKENS[:4])


def test_the_longest_token_still_makes_a_code_of_forty_one_modules() -> None:
    assert len(modules("A" * 150)) == 41


def test_the_same_token_always_makes_the_same_code() -> None:
    assert modules(TOKENS[3]) == modules(TOKENS[3])
