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
    if isinstance(value, Lines):
        parts = [shown(part, summit) for part in value.values if part not in (None, "", [])]
        return format_html_join(mark_safe("<br>"), "{}", [(part,) for part in parts]) if parts else NOTHING
    if isinstance(value, list):
        return format_html_join(", ", "{}", [(part,) for part in value])
    return conditional_escape(value)


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
    if isinstance(value, Lines):
        return ", ".join(_words(part, summit) for part in value.values if part not in (None, "", []))
    return value if isinstance(value, (int, list)) or value is None else str(value)


def _words(value: Any, summit: Summit) -> str:
    cell = exported(value, summit)
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else str(cell)


def text(value: Text | None) -> SafeString:
    """A text in the reader's language; one that has to stand in is marked with its own ``lang`` (WCAG 3.1.2)."""
    lang, words = (value.stand_in(), str(value)) if value else ("", "")
    return format_html('<span lang="{}">{}</span>', lang, words) if lang else conditional_escape(words)


def moment(value: datetime, summit: Summit) -> SafeString:
    local = value.astimezone(summit.tz)
    label = times.moment_label(value, summit.tz, active_language())
    return format_html('<time class="nowrap" datetime="{}">{}</time>', local.isoformat(), label)


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
