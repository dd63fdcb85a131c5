"""How many characters of a password nobody foresees."""

import pytest

from summit.accounts.password_strength import Strength, strength, surprises

COUNTED = {
    "": 0,
    "aaaaaaaaaaaa": 2,
    "qwertyuiopas": 4,
    "0987654321ba": 4,
    "abcabcabcabc": 4,
    "hongkildong1": 11,
    "passwordpassword": 10,
    "kX9!vQ2#mZ7p": 12,
    "correct horse battery staple": 28,
    "비밀번호를바꾸자": 16,
}


@pytest.mark.parametrize(("password", "count"), COUNTED.items())
def test_what_follows_from_the_letters_before_does_not_count(password, count):
    assert surprises(password) == count


def test_three_steps():
    assert [strength("k" * 30), strength("plum river 61"), strength("plum river under the bridge")] == list(Strength)
