"""Small charts without a script and without a style attribute: SVG whose colours come from the design tokens."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
WIDTH, HEIGHT = 600, 16
TALL = 90


@register.simple_tag
def share_bar(parts: Iterable[tuple[str, str, int]], label: str) -> SafeString:
    """One bar divided among ``(class, words, number)``, with its figures in words below."""
    rows = [(kind, words, number) for kind, words, number in parts]
    total = sum(number for _kind, _words, number in rows)
    spoken = ", ".join(f"{words} {number}" for _kind, words, number in rows)
    at, pieces = 0.0, []
    for kind, _words, number in rows:
        wide = WIDTH * number / total if total else 0
        if wide:
            pieces.append((kind, f"{at:.1f}", f"{wide:.1f}"))
        at += wide
    bar = format_html_join("", '<rect class="fill-{}" x="{}" y="0" width="{}" height="16"/>', pieces)
    key = format_html_join(
        "",
        '<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="fill-{}" width="10" height="10"/></svg>{} <b class="number">{}</b></li>',
        rows,
    )
    return format_html(
        '<svg class="share" role="img" aria-label="{}: {}" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        '<rect class="fill-none" width="{}" height="16"/>{}</svg><ul class="keys">{}</ul>',
        label, spoken, WIDTH, HEIGHT, WIDTH, bar, key,
    )  # fmt: skip


@register.simple_tag
def day_columns(days: list[tuple[date, dict[str, int]]], label: str) -> SafeString:
    """A column for each day, divided by attendance; the table of figures stands beside it on the page."""
    highest = max((sum(ways.values()) for _day, ways in days), default=0) or 1
    # Few days stay columns, and do not become one block.
    wide = WIDTH / max(len(days), 20)
    pieces: list[tuple[Any, ...]] = []
    for place, (_day, ways) in enumerate(days):
        top = float(TALL)
        for way, number in ways.items():
            high = TALL * number / highest
            if high:
                top -= high
                pieces.append((way, f"{place * wide:.1f}", f"{top:.1f}", f"{max(wide - 1, 1):.1f}", f"{high:.1f}"))
    columns = format_html_join("", '<rect class="fill-{}" x="{}" y="{}" width="{}" height="{}"/>', pieces)
    return format_html(
        '<svg class="columns-chart" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        '<line class="ground" x1="0" x2="{}" y1="{}" y2="{}"/>{}</svg>',
        label, WIDTH, TALL, WIDTH, TALL, TALL, columns,
    )  # fmt: skip


@register.simple_tag
def translations(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """What :func:`share_bar` takes, of how many texts are done, outdated and missing."""
    words = {"done": _("done"), "outdated": _("outdated"), "missing": _("missing")}
    return [(status, words[status], counts[status]) for status in words]
