import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.badges import design
from registration.badges.fitting import clusters, fit

ALPHABET = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"], max_codepoint=0xD7A3) | st.sampled_from(" -/·"))


def em_wide(text: str, bold: bool) -> float:
    """As if every character were as wide as Hangul."""
    return 0.9 * len(text)


@given(ALPHABET, st.sampled_from([*design.SHARED, *design.PERSONAL]))
def test_any_text_stays_inside_its_slot(text: str, slot: design.Slot) -> None:
    setting = fit(" ".join(text.split()), slot, em_wide)
    assert len(setting.lines) <= slot.lines
    assert setting.height <= slot.height + 0.01
    assert all(em_wide(line, slot.bold) * setting.size <= slot.width + 0.01 for line in setting.lines)


@given(ALPHABET, st.sampled_from([*design.SHARED, *design.PERSONAL]))
def test_wrapping_loses_nothing(text: str, slot: design.Slot) -> None:
    clean = " ".join(text.split())
    lines = fit(clean, slot, em_wide).lines
    assert "".join(lines).replace(" ", "").replace("-", "") == clean.replace(" ", "").replace("-", "")


def test_a_short_name_is_set_as_large_as_the_design_allows() -> None:
    assert fit("김민서", design.PRIMARY, em_wide).size == design.PRIMARY.size


def test_a_name_rather_takes_two_lines_than_become_small() -> None:
    setting = fit("Alexander Papadopoulos", design.PRIMARY, em_wide)
    assert setting.lines == ("Alexander", "Papadopoulos")


def test_lines_are_about_as_long_as_each_other() -> None:
    setting = fit("한국 지방 자치 단체 열린 정부 정책 협의회 사무국 준비단", design.ORGANISATION, em_wide)
    assert max(map(len, setting.lines)) - min(map(len, setting.lines)) <= 5


def test_an_alphabetic_word_that_must_be_broken_shows_a_hyphen_and_hangul_does_not() -> None:
    assert fit("Wolfeschlegelsteinhausenbergerdorff", design.PRIMARY, em_wide).lines[0].endswith("-")
    assert not any("-" in line for line in fit("가" * 40, design.ORGANISATION, em_wide).lines)


def test_names_get_the_room_that_the_details_leave() -> None:
    worst = sum(slot.height for slot in (design.SECONDARY, *design.DETAILS)) + design.BREATH
    worst += design.SECONDARY.gap + design.ORGANISATION.gap
    assert design.PEOPLE_HEIGHT - worst > 8 * 72 / 25.4


@pytest.mark.parametrize(
    ("text", "parts"),
    [("e\u0301a", ["e\u0301", "a"]), ("👩\u200d💻x", ["👩\u200d💻", "x"]), ("🇰🇷🇪🇪", ["🇰🇷", "🇪🇪"]), ("👍🏽", ["👍🏽"])],
)
def test_what_reads_as_one_character_is_never_broken(text: str, parts: list[str]) -> None:
    assert clusters(text) == parts
