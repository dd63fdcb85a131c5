"""Texts a spreadsheet would run: neutralised on the way out, themselves again on the way in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.lib.formulas import as_written, neutral

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize(
    "text", ["=1+1", "+82 2 123", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠cmd", "'=1", "''=1"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_and_loses_it_again(text):
    assert neutral(text) == f"'{text}"
    assert as_written(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "열린정부", "1-2", "'인용'으로 시작", "it's", "a=b", "👩‍💻 -x", "\u200b=1"])
def test_other_texts_stay_as_they_are_in_both_directions(text):
    assert neutral(text) == text
    assert as_written(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝ a가")))
def test_every_text_comes_back_and_none_begins_like_a_formula(text):
    cell = neutral(text)
    assert as_written(cell) == text
    assert not cell.startswith(DANGEROUS)
