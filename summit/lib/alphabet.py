"""Under which letter a name stands: an initial consonant of Hangul, A to Z, or neither."""

from summit.lib.finding import FIRST_SYLLABLE, LAST_SYLLABLE, fold, initials

HANGUL = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Names in other scripts, digits and signs.
OTHER = "#"
# Doubled consonants stand with the plain one, as in dictionaries.
_DOUBLED = str.maketrans("ㄲㄸㅃㅆㅉ", "ㄱㄷㅂㅅㅈ")


def sections(language: str) -> str:
    """All letters in the order in which readers of this language look through them."""
    return (HANGUL + LATIN if language == "ko" else LATIN + HANGUL) + OTHER


def section_of(name: str) -> str:
    """ "ㄱ" for 김하나, "E" for Élise, "#" for 李."""
    # As it stands, else without accents and strokes, put together, and without an apostrophe before it.
    return _section(name[:1]) or _section(fold(name)[:1]) or OTHER


def _section(letter: str) -> str:
    if letter and FIRST_SYLLABLE <= ord(letter) <= LAST_SYLLABLE:
        letter = initials(letter)
    found = letter.translate(_DOUBLED).upper()
    return found if found and found in HANGUL + LATIN else ""
