"""How names are put together: with a title, and by family name. A title stands where its script has it: 홍길동 장관,
Dr. Marie Tamm."""

import re

from summit.lib import romanising

_HANGUL = re.compile(romanising.HANGUL)
# Scripts without spaces between words, whose names begin with the family name.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def is_korean(text: str) -> bool:
    """Whether any of it is in Hangul."""
    return bool(_HANGUL.search(text))


def titled(name: str, title: str) -> str:
    """The name with its title: behind it where the title is Korean, before it else; the name alone without one."""
    if not (name and title):
        return name
    return f"{name} {title}" if is_korean(title) else f"{title} {name}"


def titled_pair(names: tuple[str, str], title: str) -> tuple[str, str]:
    """Two spellings of one name, the title with the one of its script; with the first where neither or both are."""
    first, second = names
    beside_second = bool(second) and is_korean(title) == is_korean(second) != is_korean(first)
    return (first, titled(second, title)) if beside_second else (titled(first, title), second)


def family_name(name: str) -> str:
    """Which part of a name is probably the family name: the surname of a Korean one, the first of the characters of a
    name in Hanja or kana, what stands before a comma, else the last word."""
    if korean := romanising.family_name(name):
        return korean
    before, comma, _after = name.partition(",")
    if comma and before.strip():
        return before.strip()
    words = name.split()
    if len(words) == 1 and _UNSPACED.match(name):
        return name[:1]
    if len(words) > 1 and _UNSPACED.match(name):
        return words[0]
    return words[-1] if words else ""
