"""Korean names in Latin letters: for readers where nobody has told us how the person spells theirs, and as a proposal
to the person.

Surnames are spelled as most families spell them; given names follow the Revised Romanization syllable by syllable, with a
hyphen between and without the changes of sound that speech makes (its rule for names). What is made here is a help to
read aloud, never how somebody writes their name: it is shown as ours, and neither stored nor given away.

A *proposal* is made for a passport's spelling and is kept only once the person has confirmed it. Korean passports follow
the same rule (국어의 로마자 표기법, 제3장 제4항; 여권법 시행규칙 제2조의2): the surname first, the given name in one word
and syllable by syllable. For surnames the rule names no spelling ("성의 표기는 따로 정한다"): that of most families is proposed.
"""

import re
from functools import lru_cache

from summit.lib.finding import FIRST_SYLLABLE, LAST_SYLLABLE
from summit.lib.normal_forms import normal

ONSETS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
VOWELS = ("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo",
          "u", "wo", "we", "wi", "yu", "eu", "ui", "i")  # fmt: skip
CODAS = ("", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l",
         "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t")  # fmt: skip

# Stands before what was made here, wherever it is shown.
MARK = "≈"

# As most who bear the name write it; a surname that is not here is spelled by its syllable.
SURNAMES = {
    "가": "Ka", "간": "Kan", "갈": "Kal", "감": "Kam", "강": "Kang", "견": "Kyun", "경": "Kyung", "계": "Kye", "고": "Ko",
    "공": "Kong", "곽": "Kwak", "구": "Koo", "국": "Kook", "권": "Kwon", "금": "Keum", "기": "Ki", "길": "Gil", "김": "Kim",
    "나": "Na", "남": "Nam", "노": "Noh", "도": "Do", "두": "Doo", "류": "Ryu", "맹": "Maeng", "명": "Myung", "모": "Mo",
    "문": "Moon", "민": "Min", "박": "Park", "반": "Ban", "방": "Bang", "배": "Bae", "백": "Baek", "변": "Byun", "부": "Boo",
    "서": "Seo", "석": "Seok", "선": "Sun", "선우": "Sunwoo", "설": "Seol", "성": "Sung", "소": "So", "손": "Son",
    "송": "Song", "신": "Shin", "심": "Shim", "안": "Ahn", "양": "Yang", "어": "Eo", "엄": "Eom", "여": "Yeo", "연": "Yeon",
    "염": "Yeom", "오": "Oh", "옥": "Ok", "용": "Yong", "우": "Woo", "원": "Won", "위": "Wi", "유": "Yoo", "육": "Yook",
    "윤": "Yoon", "은": "Eun", "음": "Eum", "이": "Lee", "임": "Lim", "장": "Jang", "전": "Jeon", "정": "Jung", "제": "Je",
    "조": "Cho", "주": "Joo", "지": "Ji", "진": "Jin", "차": "Cha", "천": "Cheon", "최": "Choi", "추": "Choo", "표": "Pyo",
    "한": "Han", "허": "Heo", "현": "Hyun", "형": "Hyung", "홍": "Hong", "황": "Hwang",
    "남궁": "Namgung", "독고": "Dokgo", "동방": "Dongbang", "사공": "Sagong", "서문": "Seomun", "제갈": "Jegal", "황보": "Hwangbo",
}  # fmt: skip
# Given names that begin as the rest of a longer surname does: 황보라 is Hwang Bo-ra.
GIVEN = {"황보": "라람름미영경"}
LONGEST = 5  # syllables of a Korean name

# What is looked for in a database, too.
HANGUL = "[가-힣]"
_HANGUL = re.compile(f"{HANGUL}+")
_NAME = re.compile(r"[가-힣\s·.,()\-]+")


def syllable(letter: str) -> str:
    """One Hangul syllable by the Revised Romanization: "민" is "min". Raises ``ValueError`` for anything else."""
    if len(letter) != 1 or not FIRST_SYLLABLE <= ord(letter) <= LAST_SYLLABLE:
        raise ValueError(letter)
    onset, rest = divmod(ord(letter) - FIRST_SYLLABLE, len(VOWELS) * len(CODAS))
    vowel, coda = divmod(rest, len(CODAS))
    return ONSETS[onset] + VOWELS[vowel] + CODAS[coda]


def _surname_of(name: str) -> str:
    """The first two syllables where they are one surname and a given name follows, else the first."""
    pair = name[:2]
    return pair if len(name) > 2 and pair in SURNAMES and name[2:] not in [*GIVEN.get(pair, "")] else name[:1]


def family_name(name: str) -> str:
    """The surname of a Korean name in Hangul, "" for anything else: "남궁민" and "남궁 민" give "남궁"."""
    whole = _korean(name)
    return _surname_of(whole) if whole else ""


def _korean(name: str) -> str:
    """A Korean name in one word, "" for one that is not; a space after the surname is no other name."""
    name = normal("NFC", name).strip()
    surname, _space, given = name.partition(" ")
    if given and surname in SURNAMES and _HANGUL.fullmatch(given):
        # What is said to be the surname must be what would be taken for it.
        name = surname + given if _surname_of(surname + given) == surname else name
    return name if _HANGUL.fullmatch(name) and 1 < len(name) <= LONGEST else ""


def proposed(name: str) -> str:
    """The spelling of a passport that is proposed to the bearer: "김민서" is "Kim Minseo"; "" for what is no Korean name
    in Hangul."""
    whole = _korean(name)
    return romanised(whole).replace("-", "") if whole else ""


def _given(name: str) -> str:
    return "-".join(map(syllable, name)).capitalize()


def _word(word: str) -> str:
    """A word from elsewhere; two of its ㄹ are one long sound: "젤라" is "jella"."""
    return "".join(map(syllable, word)).replace("lr", "ll").capitalize()


@lru_cache(maxsize=4096)
def romanised(name: str) -> str:
    """ "김민서" is "Kim Min-seo"; "" for what is not written in Hangul alone.

    A name of several words, or too long for a Korean one, comes from elsewhere: it is spelled as Hangul spells it.
    """
    name = normal("NFC", name).strip()
    if not (_NAME.fullmatch(name) and _HANGUL.search(name)):
        return ""
    if _HANGUL.fullmatch(name) and 1 < len(name) <= LONGEST:
        surname = _surname_of(name)
        return f"{SURNAMES.get(surname) or syllable(surname).capitalize()} {_given(name.removeprefix(surname))}"
    return _HANGUL.sub(lambda found: _word(found[0]), name)


def reading(name: str, own: str, language: str) -> str:
    """How a reader of ``language`` can say the name; "" where ``own``, the person's spelling, is known, and in Korean."""
    return "" if own or language.startswith("ko") else romanised(name)


def beside(name: str, own: str, language: str) -> str:
    """The name in plain text as pages show it: "김민서 (≈ Kim Min-seo)", else as the person or the reader writes it."""
    ours = reading(name, own, language)
    if ours:
        return f"{name} ({MARK} {ours})"
    return name if language.startswith("ko") else own or name
