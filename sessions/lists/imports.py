"""The workspace's list of imports: files that were checked, and what came of them."""

from operator import attrgetter
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.imports.tables.column_mapping import TABLES
from sessions.models import ImportJob
from summit.lists.cell_rendering import Chip
from summit.lists.listing import Begin, Column, Filter, ListKind
from summit.lists.pieces import by, by_words, narrowed_by
from summit.models import Right, Summit

IMPORT = frozenset({Right.IMPORT})
AGENDA = "agenda"
TONES = {ImportJob.State.REFUSED: "bad", ImportJob.State.FAILED: "bad", ImportJob.State.DONE: "good"}


def rows(summit: Summit) -> QuerySet[ImportJob]:
    """Without their reports, which are long; ``first`` is the first line of each."""
    found = ImportJob.objects.filter(summit=summit).select_related("by").defer("report", "refused")
    return found.annotate(first=F("report__0"))


def state_chip(job: ImportJob) -> Chip:
    if job.needs_mapping:
        return Chip(_("Columns to be mapped"), "warn")
    if job.dry_run and job.state == ImportJob.State.DONE:
        return Chip(_("Checked, not imported"), "warn") if job.file else Chip(_("Checked"))
    if job.state == ImportJob.State.DONE:
        return Chip(_("Brought in"), "good")
    return Chip(job.get_state_display(), TONES.get(ImportJob.State(job.state), "warn"))


def what(job: ImportJob) -> str:
    return str(TABLES.get(job.table, job.table) if job.table else _("Agenda"))


def _result(job: Any) -> str:
    return job.first["words"] if isinstance(job.first, dict) else job.first or ""


def columns(summit: Summit) -> list[Column]:
    return [
        Column("name", gettext_lazy("File"), attrgetter("name"), by_words("name"), head=True),
        Column("what", gettext_lazy("What it holds"), what, by("table")),
        Column("step", gettext_lazy("Step"), lambda job: _("Check") if job.dry_run else _("Import"), by("dry_run")),
        Column("state", gettext_lazy("State"), state_chip, by("state")),
        Column("result", gettext_lazy("Result"), _result),
        Column("created_at", gettext_lazy("When"), attrgetter("created_at"), by("created_at")),
        Column("by", gettext_lazy("By"), lambda job: job.by and str(job.by), by_words("by__name")),
    ]


def _kinds(_summit: Summit) -> list[tuple[str, Any]]:
    return [(AGENDA, _("Agenda")), *TABLES.items()]


def _holding(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return found.filter(table="" if value == AGENDA else value)


def _steps(_summit: Summit) -> list[tuple[str, str]]:
    return [("check", _("Check")), ("import", _("Import"))]


def _at_step(found: QuerySet[Any], value: str, summit: Summit) -> QuerySet[Any]:
    return found.filter(dry_run=value == "check")


IMPORTS = ListKind(
    name="imports",
    title=gettext_lazy("Imports"),
    holds=gettext_lazy("Each file of an agenda or a table is checked before anything is written, and stands here with what came of it."),
    begins=(
        Begin("sessions:organiser-import-table", gettext_lazy("Import a table"), IMPORT),
        Begin("sessions:organiser-import-agenda", gettext_lazy("Import an agenda"), IMPORT),
    ),
    views=(
        (gettext_lazy("Brought in"), "step=import&state=done"),
        (gettext_lazy("Refused"), "state=refused"),
    ),
    address="sessions:organiser-imports",
    detail="sessions:organiser-import",
    key="guid",
    seen_by=IMPORT,
    rows=rows,
    columns=columns,
    counted=lambda n: ngettext("%(n)d file", "%(n)d files", n) % {"n": n},
    empty=gettext_lazy("Nothing has been imported yet."),
    note=gettext_lazy("A file itself is deleted after a day; what came of it stays."),
    order=("-created_at",),
    filters=(
        Filter("table", gettext_lazy("What it holds"), _kinds, _holding),
        Filter("step", gettext_lazy("Step"), _steps, _at_step),
        Filter("state", gettext_lazy("State"), lambda _s: ImportJob.State.choices, narrowed_by("state")),
    ),
    searched=("name", "by__name"),
)  # fmt: skip
