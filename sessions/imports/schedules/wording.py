"""Texts of other people's files made ours: one line or Markdown, nothing invisible, no HTML."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import nh3

from sessions.imports.schedules.schedule import OWN, Words
from summit.imports.table_format import BROKEN
from summit.lib.text import clean_line, clean_text
from summit.lib.weblinks import own_path

TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|a|b|i|u|strong|em|h[1-6]|blockquote|table|tr|td|th|font|img|script|style|hr|pre|code|iframe)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
KEPT = {"p", "br", "div", "ul", "ol", "li", "a", "b", "i", "strong", "em", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr"}  # fmt: skip
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*"}
BLOCKS = {"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr"}
LISTED = re.compile(r" *(?:-|\d+\.) ")
EMPTY_MARKS = re.compile(r"(?<!\*)\*\*\s*\*\*(?!\*)")
LONGEST_HTML = 200_000  # as much as one element of a file may hold
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,8})*\Z")


def one_line(value: Any, *, longest: int = 0) -> str:
    """A line of text from whatever stood there; longer than ``longest`` it ends in an ellipsis."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return shortened(clean_line(BROKEN.sub(" ", str(value))), longest)


def unmarked_line(value: Any, *, longest: int = 0) -> str:
    """A line whose HTML, where it has any, is gone."""
    text = one_line(value)
    if TAG.search(text):
        text = one_line(TAG.sub(" ", text))
    return shortened(one_line(unescape(text) if ENTITY.search(text) else text), longest)


def block(value: Any) -> str:
    """Several lines of text as they stand."""
    return clean_text(BROKEN.sub(" ", value)) if isinstance(value, str) else ""


def markdown(value: Any) -> str:
    """Several lines; HTML becomes Markdown, everything active in it is dropped."""
    text = block(value)
    if TAG.search(text):
        return _from_html(text[:LONGEST_HTML])
    return block(unescape(text)) if ENTITY.search(text) else text


def by_language(value: Any, clean: Any) -> Words:
    """A text, or an object with one text per language as some exporters write it."""
    if isinstance(value, dict):
        pairs = {str(k)[:2].lower(): clean(v) for k, v in value.items() if isinstance(k, str) and LANGUAGE.match(k)}
        return {language: text for language, text in pairs.items() if text}
    text = clean(value)
    return {OWN: text} if text else {}


def shortened(text: str, longest: int) -> str:
    return text[: longest - 1].rstrip() + "…" if longest and len(text) > longest else text


class _Writer(HTMLParser):
    """Markdown from HTML that nh3 has cleaned: balanced, and only elements of ``KEPT``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lists: list[int] = []  # 0 for bullets, else the next number
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self.lists.append(int(tag == "ol"))
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            number = self.lists[-1] if self.lists else 0
            if number:
                self.lists[-1] += 1
            self.parts.append("\n" + "   " * max(0, len(self.lists) - 1) + (f"{number}. " if number else "- "))
        elif tag in MARKS:
            self.parts.append(MARKS[tag])
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.parts.append("[" if self.links[-1] else "")
        elif tag in BLOCKS:
            heading = "## " if tag in ("h1", "h2") else "### " if tag[0] == "h" else "> " if tag == "blockquote" else ""
            self.parts.append("\n\n" + heading)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in MARKS:
            self.parts.append(MARKS[tag])
        elif tag == "a" and self.links:
            target = self.links.pop()
            self.parts.append(f"]({target})" if target else "")
        elif tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))


def _from_html(text: str) -> str:
    # Lines that are broken outside of any element were meant as such.
    if not re.search(r"<(?:p|br|div|li|tr)\b", text, re.IGNORECASE):
        text = text.replace("\n", "<br>")
    writer = _Writer()
    writer.feed(nh3.clean(text, tags=KEPT, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, url_relative=own_path, link_rel=None))  # fmt: skip
    writer.close()
    lines = [re.sub(r"(?<=\S)[ \t]+", " ", line).rstrip() for line in "".join(writer.parts).split("\n")]
    written = "\n".join(line if LISTED.match(line) else line.lstrip() for line in lines)
    return clean_text(re.sub(r"\n{3,}", "\n\n", EMPTY_MARKS.sub("", written)))
