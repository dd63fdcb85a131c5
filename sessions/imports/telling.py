"""What an import did, or would do, for its page: counts first, then what needs a hand, then what came in.

A line is plain, as the job keeps it: its part, its words, and the table and key of the row it leads to ("" for none).
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.imports.schedules.report import ScheduleReport, noted
from sessions.imports.tables.column_mapping import TABLES
from sessions.imports.tables.importing import TableReport
from summit.imports.table_format import Report

COUNT, HAND, ROW = "count", "hand", "row"
NAMES = {
    **TABLES,
    "speakers": TABLES["people"],
    "tracks": gettext_lazy("Tracks"),
    "venues": gettext_lazy("Venues"),
    "hostings": gettext_lazy("Hosts"),
    "appearances": gettext_lazy("People on stage"),
    "materials": gettext_lazy("Links and recordings"),
}
Line = dict[str, str]


def of_schedule(report: ScheduleReport) -> list[Line]:
    gone = ROW if report.cancelled else HAND
    return [
        *_counts(report),
        *_lines(COUNT, report.ended()),
        *_lines(HAND, report.refusals()),
        *_rows(HAND, "sessions", report.noted()),
        *_rows(gone, "sessions", report.left()),
        *_rows(ROW, "sessions", report.added()),
        *_rows(ROW, "sessions", report.edited()),
    ]


def of_table(report: TableReport, table: str) -> list[Line]:
    doubts = _rows(HAND, table, noted(report.notes))
    return [*_counts(report), *_lines(HAND, report.refusals()), *doubts, *_rows(ROW, table, report.details)]


def of_refusal(words: str) -> list[Line]:
    """A file that could not be read at all."""
    return [*_lines(HAND, [words])]


def _counts(report: Report) -> Iterator[Line]:
    """What the file is about first, then what came along with it; what was refused last."""
    tables = dict.fromkeys([*report.new, *report.changed, *report.same])
    for table in sorted(tables, key=lambda table: (table != "sessions", table not in TABLES)):
        words = _("%(table)s: %(new)d new, %(changed)d changed, %(same)d unchanged") % {
            "table": NAMES.get(table, table),
            "new": report.new.get(table, 0),
            "changed": report.changed.get(table, 0),
            "same": report.same.get(table, 0),
        }
        yield from _lines(COUNT, [words])
    if report.refused:
        yield from _lines(COUNT, [_("Refused: %(count)d") % {"count": len(report.refused)}])


def _lines(part: str, words: Iterable[str]) -> Iterator[Line]:
    return _rows(part, "", ((each, "") for each in words))


def _rows(part: str, table: str, told: Iterable[tuple[str, str]]) -> Iterator[Line]:
    return ({"part": part, "words": words, "table": table if key else "", "key": key} for words, key in told)
