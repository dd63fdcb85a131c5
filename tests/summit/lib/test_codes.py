import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit.lib import codes


def test_references_can_be_read_aloud_and_differ():
    made = {codes.reference() for _ in range(200)}
    assert len(made) == 200
    for reference in made:
        assert re.fullmatch(r"[34679ACDEFGHJKMNPQRTWXY]{4}-[34679ACDEFGHJKMNPQRTWXY]{4}", reference)


@pytest.mark.parametrize("typed", ["K7QM-3FXD", "k7qm3fxd", " k7qm 3fxd ", "K7QM–3FXD", "k7qm.3fxd"])
def test_what_is_typed_finds_its_reference(typed):
    assert codes.normal_reference(typed) == "K7QM-3FXD"


@given(st.text())
def test_normalising_twice_changes_nothing(typed):
    once = codes.normal_reference(typed)
    assert codes.normal_reference(once) == once
    assert re.fullmatch(r"[A-Z0-9-]*", once)


def test_tokens_cannot_be_guessed_and_fit_an_address():
    made = {codes.token() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[\w-]{32}", token) for token in made)


def test_session_codes_are_what_schedule_formats_demand():
    assert all(re.fullmatch(r"[0-9A-Z]{6}", codes.session_code()) for _ in range(50))
