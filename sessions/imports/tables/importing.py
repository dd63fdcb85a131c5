"""Bringing a mapped table in: all or nothing, or the good rows where that was chosen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial as partial_of
from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sessions.imports.schedules.report import noted
from sessions.imports.schedules.table_files import check_formulas
from sessions.imports.tables.column_mapping import missing
from sessions.imports.tables.rows import BRING, Bring, Cells
from sessions.imports.tables.sheet import Sheet
from summit import history
from summit.imports.staging import UNFIT, identity, import_rows, unkept
from summit.imports.table_format import BROKEN, Refused, Report
from summit.models import Summit, User

DETAILS = 200
# Tables of the apps above, which this one may not import.
PLUGGED = {
    "registrations": "registration.registering.people_table.bring",
    "delegations": "registration.delegating.delegations_table.bring",
    "invitations": "registration.registering.guest_table.bring",
}
# By what the page of a row is found.
KEYS = {"registration.registration": "guid", "registration.invitation": "guid"}
Progress = Callable[[int, int], None]


@dataclass
class TableReport(Report):
    """A report that also keeps each refused row as it came, and what changed in words."""

    rows: list[dict[str, Any]] = field(default_factory=list)  # {"place", "reason", "cells"}
    details: list[tuple[str, str]] = field(default_factory=list)  # words, and the key of the row's own page
    notes: list[tuple[str, str]] = field(default_factory=list)  # place, and what somebody should look at
    places: dict[tuple[str, Any], str] = field(default_factory=dict)  # which line a thing was written from

    def lines(self) -> Iterator[str]:
        yield from (words for words, _key in noted(self.notes))
        yield from super().lines()


def import_table(
    summit: Summit, table: str, sheet: Sheet, columns: list[str], *, dry_run: bool, partial: bool = False,
    make_missing: bool = False, agreed: bool = False, by: User | None = None, progress: Progress = lambda _done, _total: None,
    bring: Bring | None = None,
) -> TableReport:  # fmt: skip
    """``columns`` names for each column of the sheet the field it is mapped to, "" for none. With ``make_missing``
    people and rooms of a sheet of sessions are made where the summit has none of that name. ``agreed``: whoever sends a
    sheet of registrations says that its people agree to their needs being kept. ``bring`` writes a row where
    that is not what the table's own does.

    A refused row, unless ``partial``, and a dry run leave nothing. Raises ``Refused`` where the mapping cannot work.
    """
    _check(table, columns)
    write = bring or (partial_of(import_string(PLUGGED[table]), by=by) if table in PLUGGED else BRING[table])
    # A text is told by the heading of its first language.
    headings = {
        key.partition(".")[0]: told for key, told in reversed([*zip(columns, sheet.headings, strict=False)]) if key
    }

    def prepare() -> TableReport:
        report = TableReport(notes=list(sheet.notes))
        for number, (place, cells) in enumerate(sheet.rows, 1):
            said = _mapped(place, cells, columns)
            said.may_make, said.agreed = make_missing, agreed
            if reason := sheet.refused.get(place) or _reason(summit, write, said, report, headings):
                report.refused.append((place, reason))
            progress(number, len(sheet.rows))
        return report

    def finish(report: TableReport) -> None:
        if report.writes:
            counts = {"new": (0, sum(report.new.values())), "changed": (0, sum(report.changed.values()))}
            history.record("table.import", summit, by=by, summit=summit, changes={"table": ("", table), **counts})
            summit.raise_revision()

    report = import_rows(prepare, finish, summit=summit, dry_run=dry_run, partial=partial)
    reasons = dict(report.refused)
    report.rows = [
        {"place": place, "reason": reasons[place], "cells": cells} for place, cells in sheet.rows if place in reasons
    ]
    return report


def _check(table: str, columns: list[str]) -> None:
    mapped = [key for key in columns if key]
    if len(set(mapped)) < len(mapped):
        raise Refused(_("Two columns are mapped to the same field."))
    if missing(table, mapped):
        raise Refused(_("No column is mapped to the name or the code; without one of them no row can be understood."))


def _mapped(place: str, cells: list[str], columns: list[str]) -> Cells:
    said = Cells(place)
    for key, cell in zip(columns, cells, strict=False):
        name, dot, language = key.partition(".")
        if key and cell and dot:
            said.texts.setdefault(name, {})[language] = cell
        elif key and cell:
            said.plain[name] = cell
    return said


def _reason(summit: Summit, bring: Bring, said: Cells, report: TableReport, headings: dict[str, str]) -> str:
    """Stage one row; returns why it was refused, or ""."""
    before = (dict(report.new), dict(report.changed), dict(report.same))
    try:
        if any(
            BROKEN.search(cell)
            for cell in [*said.plain.values(), *(w for t in said.texts.values() for w in t.values())]
        ):
            raise Refused(_("A text holds characters that cannot be kept: NUL, or half of a Unicode pair."))
        check_formulas({**said.plain, **{name: cell for name, t in said.texts.items() for cell in t.values()}})
        with report.staging.row(said.place):
            made = bring(summit, said, report)
    except Refused as refused:
        report.new, report.changed, report.same = before
        return refused.message_for(headings)
    except UNFIT:
        report.new, report.changed, report.same = before
        return unkept()
    _tell(report, said, made, wrote=(report.new, report.changed) != before[:2])
    if len(report.details) < DETAILS and (report.new, report.changed) != before[:2]:
        kind = _("new") if report.new != before[0] else _("changed")
        key = str(getattr(made, KEYS.get(made._meta.label_lower, "code")))
        report.details.append((f"{said.place}: {made} ({kind})", key))
    return ""


def _tell(report: TableReport, said: Cells, made: Any, *, wrote: bool) -> None:
    """What a row asks somebody to look at, whom it made on the way, and that another row was about the same."""
    report.notes += [(said.place, words) for words in said.doubts]
    report.details += [(f"{said.place}: {words}", "") for words in said.made]
    thing = (made._meta.label_lower, identity(made))
    if before := report.places.get(thing):
        text = _("It is about the same as %(place)s (%(name)s) and changed nothing.")
        if wrote:
            text = _("It is about the same as %(place)s (%(name)s), and what it says was put in its place.")
        report.notes.append((said.place, text % {"place": before, "name": str(made)}))
    report.places[thing] = said.place
