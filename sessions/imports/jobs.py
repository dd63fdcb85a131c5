"""Importing an agenda from a page: the file is kept, checked by the worker, and written when somebody says so."""

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from sessions.imports import telling
from sessions.imports.schedules import import_schedule, open_schedule
from sessions.imports.schedules.file_guards import check_size
from sessions.imports.schedules.importing import Progress
from sessions.imports.tables.importing import import_table
from sessions.imports.tables.sheet import open_sheet
from sessions.models import ImportJob
from summit.errors import Refusal
from summit.imports.table_format import Refused
from summit.leases import takeover
from summit.leases.heartbeat import identity
from summit.lib.busy import BUSY, is_busy, until_it_answers
from summit.lib.translated import active_language
from summit.models import Summit, User
from summit.storage import delete_files

MOST_LINES = 500
TELL_EVERY = 1.0  # seconds
# Uploaded files of one summit, each for a day.
MOST_KEPT = 100


class NotChecked(Refusal):
    code = "not_checked"
    message = _("Only a file that was checked without a refusal can be imported. Upload it again.")


@transaction.atomic
def start(
    summit: Summit, name: str, content: bytes, *, language: str = "", cancel_gone: bool = False, by: User
) -> ImportJob:
    """Keep an uploaded file and have it checked. Raises ``Refused`` where it is empty or too large."""
    check_size(content)
    _check_room(summit)
    job = ImportJob(summit=summit, name=Path(name).name[:200], language=language, cancel_gone=cancel_gone, by=by,
                    mapping={"reader": active_language()})  # fmt: skip
    job.file.save(f"{job.guid}.upload", ContentFile(content), save=False)
    job.save(force_insert=True)
    _enqueue(job)
    return job


def _check_room(summit: Summit) -> None:
    if summit.import_jobs.exclude(file="").count() >= MOST_KEPT:
        raise Refused(
            _("A hundred uploaded files of this summit are kept already. Each goes after a day: try again then.")
        )


@transaction.atomic
def start_table(summit: Summit, table: str, name: str, content: bytes, *, by: User) -> ImportJob:
    """Keep a table whose columns somebody still has to map. Raises ``Refused`` where it cannot be read."""
    open_sheet(name, content)
    _check_room(summit)
    job = ImportJob(summit=summit, table=table, name=Path(name).name[:200], by=by)
    job.file.save(f"{job.guid}.upload", ContentFile(content), save=False)
    job.save(force_insert=True)
    return job


@transaction.atomic
def map_columns(job: ImportJob, columns: list[str], *, make_missing: bool = False, agreed: bool = False) -> ImportJob:
    """Say what each column means and have the table checked; a table that was mapped already is checked once more.

    ``make_missing`` and ``agreed``: as :func:`sessions.imports.tables.importing.import_table` has them.

    Raises :class:`NotChecked` where the file is gone.
    """
    locked = ImportJob.objects.select_for_update().get(pk=job.pk)
    if not locked.table or not locked.dry_run or not locked.file or locked.state == ImportJob.State.RUNNING:
        raise NotChecked
    with locked.file.open() as stream:
        headings = open_sheet(locked.name, stream.read()).headings
    locked.mapping = {
        "columns": columns, "headings": headings, "make_missing": make_missing, "agreed": agreed, "reader": active_language(),
    }  # fmt: skip
    locked.state = ImportJob.State.QUEUED
    locked.report, locked.refused = [], []
    locked.save(update_fields=["mapping", "state", "report", "refused"])
    _enqueue(locked)
    return locked


@transaction.atomic
def confirm(checked: ImportJob, *, partial: bool = False, by: User) -> ImportJob:
    """Import the file that was checked. Twice is once. ``partial``: the good rows of a table, where some were refused.

    Raises :class:`NotChecked`.
    """
    locked = ImportJob.objects.select_for_update().get(pk=checked.pk)
    good = {ImportJob.State.DONE} | ({ImportJob.State.REFUSED} if partial and locked.good_rows else set())
    if not locked.dry_run or locked.state not in good or not locked.file:
        raise NotChecked
    job = ImportJob.objects.create(
        summit=locked.summit,
        name=locked.name,
        table=locked.table,
        mapping={**locked.mapping, "partial": partial, "reader": active_language()},
        language=locked.language,
        cancel_gone=locked.cancel_gone,
        dry_run=False,
        by=by,
        file=locked.file.name,
    )
    # The file belongs to one job at a time.
    locked.file = ""
    locked.save(update_fields=["file"])
    _enqueue(job)
    return job


@task
def run_import(guid: str) -> None:
    """The worker's way to :func:`run`; a job that is gone is nothing to do."""
    job = ImportJob.objects.filter(guid=guid).select_related("summit", "by").first()
    if job is not None:
        run(job)


def run(job: ImportJob) -> None:
    """Check or import. One that somebody else has taken is left alone."""
    if not ImportJob.objects.filter(pk=job.pk).claim(identity()):
        return
    mine = ImportJob.objects.filter(pk=job.pk).claimed(identity())
    state: str = ImportJob.State.FAILED
    lines: list[telling.Line] = []
    try:
        # In the language of the page that somebody waits on.
        with translation.override(job.mapping.get("reader") or settings.LANGUAGE_CODE):
            state, lines = _work(job)
    except BUSY as error:
        if is_busy(error):
            # Nothing came in; the worker takes the task up again.
            state = ImportJob.State.QUEUED
        raise
    finally:
        told = {"state": state, "report": lines[:MOST_LINES], "finished_at": timezone.now(), "done": 0, "total": 0}
        until_it_answers(lambda: mine.update(**told))


def _work(job: ImportJob) -> tuple[ImportJob.State, list[telling.Line]]:
    if job.table:
        return _work_table(job)
    try:
        with job.file.open() as stream:
            schedule = open_schedule(job.name, stream.read(), days=job.summit.days)
        report = import_schedule(
            job.summit,
            schedule,
            dry_run=job.dry_run,
            cancel_gone=job.cancel_gone,
            language=job.language,
            by=job.by,
            progress=_progress(job),
        )
    except Refused as refused:
        return ImportJob.State.REFUSED, telling.of_refusal(str(refused))
    return ImportJob.State.REFUSED if report.refused else ImportJob.State.DONE, telling.of_schedule(report)


def _work_table(job: ImportJob) -> tuple[ImportJob.State, list[telling.Line]]:
    partial = bool(job.mapping.get("partial"))
    try:
        with job.file.open() as stream:
            sheet = open_sheet(job.name, stream.read())
        report = import_table(
            job.summit, job.table, sheet, job.mapping["columns"], dry_run=job.dry_run, partial=partial, by=job.by,
            make_missing=bool(job.mapping.get("make_missing")), agreed=bool(job.mapping.get("agreed")),
            progress=_progress(job),
        )  # fmt: skip
    except Refused as refused:
        return ImportJob.State.REFUSED, telling.of_refusal(str(refused))
    mapping = {**job.mapping, "rows": len(sheet.rows)}
    ImportJob.objects.filter(pk=job.pk).update(refused=report.rows, mapping=mapping)
    state = ImportJob.State.REFUSED if report.refused and not partial else ImportJob.State.DONE
    return state, telling.of_table(report, job.table)


def _progress(job: ImportJob) -> Progress:
    """Tells the page of the job how far it is, from whatever machine, without writing to the database at every row."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told < TELL_EVERY:
            return
        told = time.monotonic()
        try:
            ImportJob.objects.filter(pk=job.pk).update(done=done, total=total)
        except BUSY as error:
            # Others write; the next time, then.
            if not is_busy(error):
                raise

    return tell


def try_again(job: ImportJob) -> bool:
    """Check or import a file anew where that has failed; twice is once. False where the file is gone."""
    return bool(job.file) and takeover.try_again(job, run_import)


def requeue() -> int:
    """Put right what a worker that is gone left: a transaction that did not end left nothing, and a second import changes
    nothing. Returns how many jobs wait for a worker again; one that each of its workers was lost over has failed."""
    mapped = ImportJob.objects.exclude(~Q(table=""), mapping={})
    waiting, failed = takeover.requeue(mapped, run_import)
    for job in failed:
        again = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.QUEUED)
        again.update(state=ImportJob.State.FAILED, finished_at=timezone.now())
    return waiting


def forget_files(*, older_than: datetime) -> int:
    """Delete uploaded files that are no longer needed; returns how many."""
    return delete_files(ImportJob.objects.filter(created_at__lt=older_than).exclude(file=""))


def _enqueue(job: ImportJob) -> None:
    run_import.enqueue(str(job.guid))
