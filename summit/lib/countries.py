"""ISO 3166-1 countries with their names from CLDR, in the reader's language."""

from functools import lru_cache
from typing import Any

from babel import Locale

# CLDR also names groups, reserved and test codes; these are no ISO 3166-1 countries.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}

# Flags drawn in summit/static/summit/img/flags.svg. Characters for flags are missing on many machines.
FLAGS_DRAWN = frozenset("AR BR CA EE FR GB GE ID IT KE KR MX NO PH US ZA".split())


# What people call a country beside its names of CLDR, in English and Korean.
ALSO_CALLED = {
    "AE": ("UAE", "Emirates", "아랍에미리트연합", "아랍에미리트 연합"),
    "BA": ("Bosnia", "Bosnia and Herzegovina", "보스니아", "보스니아 헤르체고비나"),
    "BN": ("Brunei Darussalam",),
    "BO": ("Plurinational State of Bolivia",),
    "CD": ("DRC", "DR Congo", "Democratic Republic of the Congo", "Congo-Kinshasa", "콩고민주공화국"),
    "CG": ("Republic of the Congo", "Congo", "콩고", "콩고공화국"),
    "CI": ("Ivory Coast", "Cote d'Ivoire", "Côte d'Ivoire", "코트디부아르"),
    "CN": ("PRC", "People's Republic of China", "People’s Republic of China", "중화인민공화국"),
    "CV": ("Cabo Verde",),
    "CZ": ("Czech Republic", "체코공화국"),
    "DO": ("Dominican Rep.",),
    "FM": ("Federated States of Micronesia",),
    "GB": ("UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland",
           "United Kingdom of Great Britain and Northern Ireland", "영국연합왕국"),
    "GM": ("The Gambia",),
    "IR": ("Islamic Republic of Iran",),
    "KG": ("Kyrgyz Republic",),
    "KP": ("DPRK", "Democratic People's Republic of Korea", "Democratic People’s Republic of Korea",
           "조선민주주의인민공화국"),
    "KR": ("Korea", "Republic of Korea", "Korea, Republic of", "Korea (Republic of)", "Rep. of Korea", "ROK",
           "S. Korea", "Korea, South", "한국", "남한", "대한 민국"),
    "LA": ("Lao PDR", "Lao People's Democratic Republic", "Lao People’s Democratic Republic"),
    "MD": ("Republic of Moldova",),
    "MK": ("Macedonia", "Republic of North Macedonia", "마케도니아"),
    "MM": ("Myanmar", "Burma", "버마"),
    "NL": ("Holland", "The Netherlands", "홀란드"),
    "PH": ("The Philippines",),
    "PS": ("Palestine", "State of Palestine", "팔레스타인"),
    "RU": ("Russian Federation", "러시아연방", "러시아 연방"),
    "SK": ("Slovak Republic",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turkiye", "터키"),
    "TW": ("Chinese Taipei", "타이완"),
    "TZ": ("United Republic of Tanzania",),
    "US": ("USA", "U.S.A.", "U.S.", "America", "United States of America", "the United States", "미합중국", "아메리카합중국"),
    "VA": ("Holy See", "Vatican", "바티칸", "교황청"),
    "VE": ("Bolivarian Republic of Venezuela",),
    "VN": ("Viet Nam", "월남"),
}  # fmt: skip


@lru_cache(maxsize=1)
def by_word() -> dict[str, str]:
    """What a sheet may call a country, in small letters: its two letters, its names in English and Korean, and those of
    :data:`ALSO_CALLED`."""
    found = {word.casefold(): code for code, words in ALSO_CALLED.items() for word in words}
    for language in ("en", "ko"):
        found |= {called.casefold(): code for code, called in names(language).items()}
    return found | {code.casefold(): code for code in names("en")}


@lru_cache(maxsize=8)
def names(language: str) -> dict[str, str]:
    """``{"KR": "대한민국", …}``: the 249 of the standard."""
    territories = Locale.parse(language).territories
    return {c: n for c, n in territories.items() if len(c) == 2 and c.isalpha() and c not in NOT_ISO}


@lru_cache(maxsize=8)
def choices(language: str) -> list[tuple[str, str]]:
    """Sorted by name as readers of the language expect."""
    return sorted(names(language).items(), key=lambda item: item[1])


def choices_from(first: str, language: str, group: str, others: str) -> list[tuple[str, Any]]:
    """As :func:`choices`, with the country ``first`` in a ``group`` of its own above the ``others``; where it is none,
    all are alike."""
    known = choices(language)
    above = [pair for pair in known if pair[0] == first]
    return [(group, above), (others, [pair for pair in known if pair[0] != first])] if above else list(known)


def name(code: str, language: str) -> str:
    return names(language).get(code, code)
