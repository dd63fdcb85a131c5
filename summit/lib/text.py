"""Cleaning of texts people type: nothing invisible, no line breaks where a line is meant, one Unicode form."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

from summit.lib.normal_forms import normal
from summit.lib.weblinks import own_path

# Bidirectional overrides can make a name read as something else; zero-width characters make two names look alike.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
# ZWJ and ZWNJ are spelling in the scripts from Arabic to those of India, Tibet, Burma, Cambodia and Mongolia, and join
# emoji; anywhere else, or twice, they are as invisible as the others.
_SPELT = "\u0600-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefe\U00010a00-\U00011fff\U0001e900-\U0001e95f"
_EMOJI = "\u00a9\u00ae\u20e3\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
STRAY = re.compile(f"(?<![{_SPELT}{_EMOJI}])[\u200c\u200d]|(?<=[{_EMOJI}])(?:\u200c|\u200d(?![{_EMOJI}]))")
# With them go what is no character at all: XML has no place for it (XML 1.0, 2.2), nor has UTF-8 for halves of a pair.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
# Letters and a symbol that are drawn as nothing: fillers of Hangul and the empty pattern of Braille.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
SPACES = re.compile(r"\s+")


def clean_line(text: str) -> str:
    """One line: NFC, no control or direction characters, single spaces."""
    text = normal("NFC", text)
    return _seen(SPACES.sub(" ", _without_invisible(CONTROL.sub(" ", text))).strip())


def clean_text(text: str) -> str:
    """Several lines: as :func:`clean_line`, but line breaks (as ``\\n``) stay."""
    text = normal("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (CONTROL.sub(" ", _without_invisible(line)).rstrip() for line in text.split("\n"))
    return _seen("\n".join(lines).strip())


def _without_invisible(text: str) -> str:
    return STRAY.sub("", INVISIBLE.sub("", text))


def _seen(text: str) -> str:
    """The text, or "" where nobody could see any of it: joiners, fillers and marks on nothing are no words."""
    return text if any(map(_is_seen, text)) else ""


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "Z" and category not in {"Cc", "Cf", "Cs", "Mn"} and character not in BLANK


def number(said: str, *, digits: int = 17) -> int | None:
    """The whole number a form or an address says, of at most so many digits; None where it says none.

    Seventeen digits are what the key of a row can have in every database.
    """
    return int(said) if said.isdecimal() and len(said) <= digits else None


def language_of_name(name: str) -> str:
    """``ko`` for a name in Hangul, else ``en``: all that is known of what somebody reads who has no account."""
    return "ko" if any("\uac00" <= letter <= "\ud7a3" for letter in name) else "en"


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction of its own runs from right to left (UAX #9, P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "blockquote", "code", "pre", "hr",
         "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip


def markdown(text: str) -> str:
    """Markdown to safe HTML: no raw HTML, no images, links only to http(s), mailto and our own paths."""
    html = _markdown.render(text)
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}, "th": {"scope"}}, url_schemes={"http", "https", "mailto"},
                     url_relative=own_path, link_rel="noopener nofollow")  # fmt: skip


# Underscores inside words belong to the word (addresses, names); Korean particles follow a closing ** directly.
MARKS = re.compile(r"^[ \t#>]+|[*`]{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)", re.MULTILINE)


# A link and its words; its address may have brackets in it, in pairs. Neither part reaches over the beginning of another
# link: a search that could would look at what follows again for each of them.
LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()]|\([^()]*\))+\)")


def plain(text: str) -> str:
    """Markdown to readable plain text, for calendars and mails. Paragraphs stay apart."""
    return clean_text(MARKS.sub("", LINK.sub(r"\1", text)))
