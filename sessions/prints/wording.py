"""One text in the languages of a print, ready for its HTML: cleaned, escaped, marked with language and direction."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from summit.lib.text import clean_line, is_right_to_left, markdown
from summit.lib.translated import Text

# No living language stacks more marks on a letter; "Zalgo" text would run over its neighbours.
MOST_MARKS = 4
# Headings of an abstract would stand beside those of the booklet in bookmarks and structure.
HEADING = re.compile(r"<(/?)h[1-6]>")


class Passage(NamedTuple):
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The same said in each of the print's languages, the print's own language first."""

    passages: tuple[Passage, ...]
    main: str

    def __bool__(self) -> bool:
        return bool(self.passages)

    def __str__(self) -> str:
        """All languages on one line, as safe HTML: templates ask for it."""
        return format_html_join(mark_safe('<span class="or"> / </span>'), "{}", ((s,) for s in self.spans))

    @property
    def plain(self) -> str:
        return self.passages[0].words if self.passages else ""

    @property
    def first(self) -> SafeString:
        return self.spans[0] if self.passages else mark_safe("")

    @property
    def others(self) -> list[SafeString]:
        return self.spans[1:]

    @property
    def spans(self) -> list[SafeString]:
        return [
            format_html("<span{}>{}</span>", marks(p, self.main), p.words)
            if marks(p, self.main)
            else conditional_escape(p.words)
            for p in self.passages
        ]

    @property
    def blocks(self) -> list[SafeString]:
        """Each language's Markdown as paragraphs of its own."""
        return [
            format_html('<div class="prose"{}>{}</div>', marks(p, self.main), prose(p.words)) for p in self.passages
        ]


def marks(passage: Passage, main: str) -> SafeString:
    """The ``lang`` and ``dir`` a passage needs inside a document in ``main``."""
    language = format_html(' lang="{}"', passage.language) if passage.language != main else ""
    return mark_safe(language + (' dir="rtl"' if is_right_to_left(passage.words) else ""))  # noqa: S308  escaped


def prose(words: str) -> SafeString:
    html = HEADING.sub(lambda found: "</p>" if found[1] else '<p class="sub">', markdown(words))
    return mark_safe(html)  # noqa: S308  markdown() sanitises


def line(words: str) -> str:
    """One printable line: what PDF text cannot hold (lone surrogates) and towers of marks go."""
    return printable(clean_line(words))


def printable(words: str) -> str:
    if words.isascii():
        return words
    kept: list[str] = []
    stacked = 0
    for character in words:
        category = unicodedata.category(character)
        stacked = stacked + 1 if category in {"Mn", "Me"} else 0
        if category not in {"Cs", "Cn"} and stacked <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def wording(text: Text, languages: Sequence[str], *, clean: Callable[[str], str] = line) -> Wording:
    """``text`` in each language that has words of its own; another's stand in where none has."""
    wanted = [code for code in languages if text.get(code)] or [text.language_shown(languages[0])]
    passages = (Passage(code, clean(text.get(code, ""))) for code in wanted)
    return Wording(tuple(distinct(passages)), languages[0])


def said(message: Callable[[], str], languages: Iterable[str]) -> Wording:
    """What ``message()`` says under each language: our own words, such as labels and dates."""
    codes = list(languages)
    passages = []
    for code in codes:
        with translation.override(code):
            passages.append(Passage(code, str(message())))
    return Wording(tuple(distinct(passages)), codes[0])


def distinct(passages: Iterable[Passage]) -> Iterable[Passage]:
    """Without empty ones, and without one that repeats another to the letter ("OECD" in Korean and English)."""
    seen: set[str] = set()
    for passage in passages:
        key = passage.words.casefold()
        if key and key not in seen:
            seen.add(key)
            yield passage
