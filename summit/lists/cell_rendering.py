"""What stands in a cell of the workspace's lists: how a value is shown, and how it is exported."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from summit.lib import times
from summit.lib.spreadsheets import Cell
from summit.lib.translated import Status, Text, active_language
from summit.models import Summit

NOTHING = mark_safe('<span class="muted">–</span>')


@dataclass(frozen=True, slots=True)
class Chip:
    """A short word about a row, with a tone (``good``, ``warn``, ``bad`` or none) or a class of its own."""

    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Several values under each other; exported in one cell, with a comma between."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Several values in one line."""

    values: tuple[Any, ...]


# A list of names shows so many at once; a text so many characters, and up to so many without being cut to two lines.
NAMES, CHARACTERS, SHORT = 2, 72, 20


def shown(value: Any, summit: Summit) -> SafeString:
    """A cell's value as HTML in the active language; whatever is no mark-up of ours is escaped."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, Text):
        return text(value) if value else NOTHING
    if isinstance(value, bool):
        return conditional_escape(_("Yes") if value else _("No"))
    if isinstance(value, datetime):
        return moment(value, summit)
    if isinstance(value, Chip):
        return format_html('<span class="chip {}">{}</span>', value.tone, value.label)
    if isinstance(value, (Lines, Beside)):
        parts = [shown(part, summit) for part in value.values if part not in (None, "", [])]
        if isinstance(value, Beside):
            return format_html_join(" ", "{}", [(part,) for part in parts]) if parts else NOTHING
        return format_html_join("", '<span class="line">{}</span>', [(part,) for part in parts]) if parts else NOTHING
    if isinstance(value, list):
        return names(value)
    if isinstance(value, str) and not isinstance(value, SafeString) and len(value) > CHARACTERS:
        return folded(value[:CHARACTERS].rsplit(" ", 1)[0] + "…", value)
    if isinstance(value, str) and not isinstance(value, SafeString) and len(value) > SHORT:
        return format_html('<span class="clamped" title="{}">{}</span>', value, value)
    if isinstance(value, str) and not isinstance(value, SafeString) and " " not in value:
        return format_html('<span class="nowrap">{}</span>', value)
    return conditional_escape(value)


def names(values: list[Any]) -> SafeString:
    """The first names, and how many more there are; all of them unfold."""
    everything = ", ".join(str(value) for value in values)
    if len(values) <= NAMES:
        return format_html('<span class="clamped" title="{}">{}</span>', everything, everything)
    first = ", ".join(str(value) for value in values[:NAMES])
    return folded(first, everything, f"+{len(values) - NAMES}")


def folded(short: str, whole: str, more: str = "") -> SafeString:
    """Words cut short that unfold to all of them, without a script."""
    number = format_html(' <b class="more">{}</b>', more) if more else ""
    return format_html(
        '<details class="folded"><summary><span class="clamped">{}</span>{}</summary><p>{}</p></details>',
        short, number, whole,
    )  # fmt: skip


def exported(value: Any, summit: Summit) -> Cell:
    """The same value as a spreadsheet holds it: texts in the active language, moments in the summit's zone."""
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return value.astimezone(summit.tz)
    if isinstance(value, Chip):
        return value.label
    if isinstance(value, (Lines, Beside)):
        return ", ".join(_words(part, summit) for part in value.values if part not in (None, "", []))
    return value if isinstance(value, (int, list)) or value is None else str(value)


def _words(value: Any, summit: Summit) -> str:
    cell = exported(value, summit)
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else str(cell)


def text(value: Any) -> SafeString:
    """A text in the reader's language; one that has to stand in is marked with its own ``lang`` (WCAG 3.1.2).

    What is in no language (a name, a number) stands as it is; None is empty.
    """
    lang, words = value.stand_in() if isinstance(value, Text) else "", "" if value is None else str(value)
    return format_html('<span lang="{}">{}</span>', lang, words) if lang else conditional_escape(words)


def moment(value: datetime, summit: Summit) -> SafeString:
    """Day and hour; with the year where it is not that of the summit."""
    local = value.astimezone(summit.tz)
    label = times.moment_label(value, summit.tz, active_language(), year=summit.starts_on.year)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', local.isoformat(timespec="seconds"), label)


def translation(texts: list[Text], language: str, summit: Summit) -> Chip | None:
    """How far the texts of a row are in a language: missing, outdated or done; None where there is nothing to write."""
    said = {each.status(language, source=summit.languages[0]) for each in texts if each}
    if not said:
        return None
    if Status.MISSING in said:
        return Chip(_("missing"), "bad")
    return Chip(_("outdated"), "warn") if Status.OUTDATED in said else Chip(_("done"), "good")


def link_or_text(label: Any, name: str, *args: Any) -> SafeString:
    """The label as a link to a page, or alone where there is no such page."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return conditional_escape(label)
    return format_html('<a href="{}">{}</a>', address, label)
