"""ISO 3166-1 countries with their names from CLDR, in the reader's language."""

from functools import lru_cache

from babel import Locale

# CLDR also names groups, reserved and test codes; these are no ISO 3166-1 countries.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}

# Flags drawn in summit/static/summit/img/flags.svg. Characters for flags are missing on many machines.
FLAGS_DRAWN = frozenset("AR BR CA EE FR GB GE ID IT KE KR MX NO PH US ZA".split())


@lru_cache(maxsize=8)
def names(language: str) -> dict[str, str]:
    """``{"KR": "대한민국", …}``: the 249 of the standard."""
    territories = Locale.parse(language).territories
    return {c: n for c, n in territories.items() if len(c) == 2 and c.isalpha() and c not in NOT_ISO}


@lru_cache(maxsize=8)
def choices(language: str) -> list[tuple[str, str]]:
    """Sorted by name as readers of the language expect."""
    return sorted(names(language).items(), key=lambda item: item[1])


def name(code: str, language: str) -> str:
    return names(language).get(code, code)
