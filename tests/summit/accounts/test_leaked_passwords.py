"""The list of leaked passwords as it is shipped."""

import pytest

from summit.accounts.leaked_passwords import FILE, WIDTH, is_leaked, packed


def test_the_list_is_sorted_and_has_each_once():
    kept = FILE.read_bytes()
    digests = [kept[place : place + WIDTH] for place in range(0, len(kept), WIDTH)]
    assert (len(digests), len(kept) % WIDTH) == (43_940, 0)
    assert digests == sorted(set(digests))


@pytest.mark.parametrize(
    "leaked", ["123qweasdzxc", "1qaz2wsx3edc", "LEAVEMEALONE", " passwordpassword ", "sonyericsson"]
)
def test_frequent_ones_are_found_however_they_are_written(leaked):
    assert is_leaked(leaked)


@pytest.mark.parametrize(
    "own", ["a long enough pass phrase", "correct-horse-battery", "열두글자가되는비밀번호입니다", ""]
)
def test_ones_own_are_not(own):
    assert not is_leaked(own)


def test_what_our_rules_refuse_anyway_takes_no_place():
    assert len(packed(["eleven char", "twelve chars", "TWELVE chars", "b" * 129])) == WIDTH
