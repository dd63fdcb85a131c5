"""Normal forms of Unicode in time that grows with the text.

:func:`unicodedata.normalize` sorts the marks on one letter by comparing each with those before it: 20,000 of them, a line
of 40 kB, take it seconds, a megabyte half an hour. Nobody reads more than a few: what comes after the thirtieth is left
out, the limit of the Stream-Safe Text Format (UAX #15, 13).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

AT_MOST = 30
# What stands on a letter is neither ASCII, nor itself a letter or a digit, but for two sound marks of Kana at half width.
STACKED = re.compile(rf"(?:[^\w\x00-\x7f]|[\uff9e\uff9f]){{{AT_MOST + 1},}}")


def normal(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form; of marks on one letter the first thirty. Raises ``TypeError`` for what is no text."""
    if not isinstance(text, str):
        raise TypeError(f"{type(text).__name__} is no text")
    return text if text.isascii() else unicodedata.normalize(form, STACKED.sub(_few, text))


def _few(found: re.Match[str]) -> str:
    """What was found, without the marks after the thirtieth in a row."""
    kept, row = [], 0
    for character in found[0]:
        row = row + 1 if _stands_on(character) else 0
        if row <= AT_MOST:
            kept.append(character)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _stands_on(character: str) -> bool:
    """Whether it joins the row of marks before it, by itself or by what it decomposes to."""
    return bool(unicodedata.combining(unicodedata.normalize("NFKD", character)[0]))
