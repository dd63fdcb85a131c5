"""Whatever somebody sends, reading it takes time in proportion to its length."""

import re
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.imports.schedules.dates import is_an_hour
from sessions.imports.schedules.matching import key as name_key
from sessions.imports.schedules.names import people_in
from sessions.imports.schedules.wording import block, one_line
from sessions.imports.schedules.wording import markdown as from_html
from summit.lib import finding, hosts, logs, romanising
from summit.lib.normal_forms import AT_MOST, normal
from summit.lib.text import clean_line, clean_text, is_right_to_left, language_of_name, plain
from summit.lib.weblinks import encoded, own_path

# Pieces that, repeated, have made a search begin anew at every place.
PIECES = ["[", "[a](", "[a](b)", "[a", "](", "![a](", "*", "**a ", "_", "_a ", "`", "# ", ">", " ", "\t", "\n", "\r", "(", ")",
          "\u0327\u0300", "e\u0301\u0327", "\u0f73\u0300", "\uff9e\u0327", "\u200b", "\u200d", "\u00a0", "\u3000", "가", "ㄱ",
          "<", "<a", "<p>", "<!--", "&", "&amp;", "://", "http://a", "http://", "@", ".", ":", "%", "%2F", "?q=", "/my/", "0:",
          "1,", ";", "'", '"', "\\", "~", "\ufeff", "\u202e"]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "clean_line": clean_line, "clean_text": clean_text, "plain": plain, "fold": finding.fold, "found_as": lambda s: finding.found_as([s]),
    "words_of": finding.words_of, "reading": lambda s: romanising.reading(s, "", "en"), "masked": logs.masked, "encoded": encoded,
    "own_path": own_path, "is_right_to_left": is_right_to_left, "language_of_name": language_of_name, "name_key": name_key,
    "host": hosts.without_port,
    "one_line": one_line, "block": block, "from_html": from_html, "people": people_in, "hour": is_an_hour,
}  # fmt: skip


def spent(read: Callable[[str], object], text: str) -> float:
    """Seconds of this process."""
    began = time.process_time()
    with suppress(ValueError):
        read(text)
    return time.process_time() - began


def assert_in_proportion(read: Callable[[str], object], piece: str, size: int) -> None:
    """Four times the text takes about four times the time; eight times, and a fifth of a second, is allowed, in the best of
    three tries: what takes less than that fifth is not asked how long a quarter of it takes. A search that begins anew at
    every place takes sixteen times as long, and seconds for 80 kB."""
    for before, after in (("", ""), ("a", "b")):
        short, long = (before + piece * (length // len(piece)) + after for length in (size // 4, size))
        tries = (spent(read, long) for _ in range(3))
        assert any(took < 0.2 or took < 8 * spent(read, short) + 0.2 for took in tries), (piece, before)


@pytest.mark.parametrize("name", READERS)
def test_hostile_texts_are_read_in_proportion(name):
    for piece in PIECES:
        assert_in_proportion(READERS[name], piece, 80_000)


@pytest.mark.parametrize("name", ["plain", "clean_line", "clean_text", "fold", "masked"])
@pytest.mark.parametrize("piece", ["[", "[a](", "![", "\u0327\u0300", "/my/"])
def test_so_is_a_megabyte(name, piece):
    assert_in_proportion(READERS[name], piece, 1_000_000)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@given(st.text(max_size=80) | st.text("a\u0300\u0327\u0f73\uff9eé가ㄱ", max_size=28))
def test_what_people_write_is_normal_as_ever(form, text):
    assert normal(form, text) == unicodedata.normalize(form, text)


def test_of_marks_on_one_letter_the_first_thirty_are_kept():
    text = "a" + "\u0300" * 100 + "b" + "\u0301" * 40
    kept = normal("NFD", text)
    assert re.findall(r"[ab]|[^ab]+", kept) == ["a", "\u0300" * AT_MOST, "b", "\u0301" * AT_MOST]


def test_signs_that_stand_on_nothing_are_all_kept():
    text = "“…”—·「」" * 50
    assert normal("NFC", text) == text


def test_a_name_of_a_host_longer_than_any_is_refused_at_once():
    began = time.process_time()
    with pytest.raises(ValueError):
        hosts.host_name("\u0327\u0300" * 500_000)
    assert time.process_time() - began < 1
