"""How hard a password is to guess, in three steps: what people are told when they choose one.

Counted are the characters that do not follow from those before: not the next of a run (``aaa``, ``789``, ``qwe``), and not
what was there already (``abcabc``). No kind of character counts more than another (NIST SP 800-63B-4 3.1.1.2), only that
there are many: a letter of a script with thousands of them counts twice. Words are not looked up; what is
known from leaks is refused by :mod:`summit.accounts.leaked_passwords`.

``summit/static/summit/js/password.js`` counts the same way while somebody types; a journey holds the two together.
"""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# Hangul, Chinese characters and others that come after: each says as much as two letters.
LARGE_SCRIPTS = 0x1100
WEAK_BELOW, STRONG_FROM = 8, 16


class Strength(StrEnum):
    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"


WORDS: dict[Strength, Any] = {
    Strength.WEAK: _("Easy to guess: it repeats itself or follows the keyboard."),
    Strength.FAIR: _("Good enough. One more word makes it stronger."),
    Strength.STRONG: _("Hard to guess."),
}


def _steps(one: str, next_one: str) -> set[str]:
    """How the second character comes from the first; usually it does not."""
    found = set()
    if abs(ord(next_one) - ord(one)) <= 1:
        found.add(f"{ord(next_one) - ord(one)}")
    for row in ROWS:
        if one in row and next_one in row and abs(row.index(next_one) - row.index(one)) == 1:
            found.add(f"key {row.index(next_one) - row.index(one)}")
    return found


def surprises(password: str) -> int:
    """How many characters do not follow from those before them."""
    found, letters, before = 0, password.lower(), set[str]()
    for place, letter in enumerate(letters):
        steps = _steps(letters[place - 1], letter) if place else set[str]()
        goes_on, before = bool(steps & before), steps
        was_there = place > 2 and letters[place - 2 : place + 1] in letters[:place]
        if not goes_on and not was_there:
            found += 2 if ord(letter) >= LARGE_SCRIPTS else 1
    return found


def strength(password: str) -> Strength:
    found = surprises(password)
    if found < WEAK_BELOW:
        return Strength.WEAK
    return Strength.STRONG if found >= STRONG_FROM else Strength.FAIR
