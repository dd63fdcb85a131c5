import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.lib.colour import contrast, luminance, mix, palette, readable

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
LIGHT_PAPERS, DARK_PAPERS = ("#ffffff", "#f5f6f8"), ("#14181f", "#1b2029")


def test_the_ends_of_the_scale_are_those_of_wcag():
    assert luminance("#000000") == 0
    assert luminance("#ffffff") == pytest.approx(1)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colours)
def test_every_ink_can_be_read_on_its_tint_and_its_papers(colour):
    shades = palette(colour)
    for paper in (shades["tint"], *LIGHT_PAPERS):
        assert contrast(shades["ink"], paper) >= 4.5
    for paper in (shades["tint_dark"], *DARK_PAPERS):
        assert contrast(shades["ink_dark"], paper) >= 4.5


@given(colours, colours)
def test_readable_always_finds_a_colour(colour, paper):
    assert contrast(readable(colour, on=paper), paper) >= 4.5


def test_a_colour_that_reads_well_stays():
    assert readable("#0b3d91", on="#ffffff") == "#0b3d91"


def test_mixing_goes_from_one_to_the_other():
    assert mix("#102030", "#ffffff", 0) == "#102030"
    assert mix("#102030", "#ffffff", 1) == "#ffffff"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"


def test_capital_letters_are_the_same_colour():
    assert palette("#0B6B62") == palette("#0b6b62")
