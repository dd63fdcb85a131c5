"""Finding words the way people type them: in every script, parts of words, without regard to spacing, and Korean by its
initial consonants (ㅊㅅㅇ)."""

from collections.abc import Iterable

from summit.lib.normal_forms import normal

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_SYLLABLE, SYLLABLES_PER_INITIAL, LAST_SYLLABLE = 0xAC00, 588, 0xD7A3
WORDS = 8
# Letters that are no letter with a mark, and what people type who have no key for them.
PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """Letters and digits only, in one form: NFKC, case folded, accents, strokes and spacing gone."""
    flat = normal("NFKD", normal("NFKD", text).casefold()).translate(PLAIN)
    bare = "".join(c for c in flat if c.isalnum())
    # Decomposed Hangul is put together again.
    return normal("NFC", bare)


def initials(text: str) -> str:
    """The initial consonants of Hangul syllables: "시민참여" is "ㅅㅁㅊㅇ"; everything else is left out."""
    return "".join(
        INITIALS[(ord(c) - FIRST_SYLLABLE) // SYLLABLES_PER_INITIAL]
        for c in text
        if FIRST_SYLLABLE <= ord(c) <= LAST_SYLLABLE
    )


def found_as(texts: Iterable[str]) -> str:
    """What is kept of texts so that a database finds words of :func:`words_of` in it: folded, and as initials.

    A line for each: nobody types its end, so no word reaches over it.
    """
    known = [text for text in texts if text]
    return "\n".join(filter(None, [*map(fold, known), *map(initials, known)]))


def words_of(query: str) -> list[str]:
    """What is looked for: each word folded; a word of consonants alone is looked for among initials."""
    words = []
    for word in query.split()[:WORDS]:
        jamo = normal("NFC", word)
        words.append(jamo if all(c in INITIALS for c in jamo) else fold(word))
    return [word for word in words if word]


def has_words(texts: list[str], words: list[str]) -> bool:
    """Whether these texts together have every word, as :func:`words_of` made them."""
    # A character that nobody types keeps a word from reaching over the end of a text.
    text = "\n".join(fold(part) for part in texts)
    if not all(word in text for word in words if word[0] not in INITIALS):
        return False
    heads = [word for word in words if word[0] in INITIALS]
    if not heads:
        return True
    initial = "\n".join(initials(part) for part in texts)
    return all(word in initial for word in heads)
