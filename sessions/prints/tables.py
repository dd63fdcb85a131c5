"""A sheet on paper: its rows under their headings, on lying pages that repeat them."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.prints.drawing import Press, html
from summit.lib import times
from summit.lib.spreadsheets import Cell, Table, written
from summit.lib.translated import active_language
from summit.models import Summit


def pdf(summit: Summit, table: Table) -> bytes:
    """In the active language; moments are those of the summit's clock."""
    language = active_language()
    as_of = times.moment_label(timezone.now(), summit.tz, language)
    context = {
        "main": language,
        "brand": str(summit.brand),
        "title": table.title,
        "note": _("As of %(moment)s") % {"moment": as_of},
        "headings": [column.name for column in table.columns],
        "rows": [_said(row, summit) for row in table.rows],
    }
    with Press("table", {"tracks": []}, origin=summit.origin) as press:
        return press.pdf(html("table", context, [language]))


def _said(row: Iterable[Cell], summit: Summit) -> list[str]:
    return [
        cell.astimezone(summit.tz).strftime("%Y-%m-%d %H:%M") if isinstance(cell, datetime) else written(cell)
        for cell in row
    ]
