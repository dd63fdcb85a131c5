"""Texts in all languages of a summit at once, which a stylesheet shows in turn."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from summit.lib.translated import Text

register = template.Library()


@register.simple_tag(takes_context=True)
def both(context: Any, text: Text | None) -> SafeString:
    """The text in every language of the summit that has it, the page's first; a single one is not turned."""
    languages = context["shown_languages"]
    words = [(code, text[code]) for code in languages if text and text.get(code)]
    if not words and text:
        words = [(text.language_shown(), str(text))]
    if len({word for _code, word in words}) == 1:
        return format_html('<span lang="{}">{}</span>', *words[0])
    inner = format_html_join("", '<span lang="{}">{}</span>', words)
    return format_html('<span class="both">{}</span>', inner)


@register.filter
def epoch(moment: datetime) -> int:
    """Milliseconds since 1970, as the clock of a browser counts."""
    return int(moment.timestamp() * 1000)


@register.filter
def longest(text: Text | None) -> str:
    """How much room a title needs: ``short``, ``long`` or ``very-long``; a Hangul syllable is twice as wide."""
    width = max((sum(2 if ord(c) > 0x10FF else 1 for c in word) for word in (text or {}).values()), default=0)
    return "short" if width <= 60 else "long" if width <= 110 else "very-long"
