"""A long list as a file, made by the worker while its page tells how far it is."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.core.files import File
from django.db import transaction
from django.http import QueryDict
from django.tasks import task
from django.utils import timezone, translation
from django.utils.module_loading import import_string

from summit.leases import takeover
from summit.leases.heartbeat import identity
from summit.lib.busy import BUSY, is_busy, until_it_answers
from summit.lib.spreadsheets import Table, csv_pieces, write_workbook
from summit.lists.listing import Listing, ListKind
from summit.models import ExportJob, Right, Summit, User
from summit.permissions import rights_of
from summit.storage import delete_files

# Fewer rows than this are handed out at once: a thousand take well under a second on the weakest machine we measure.
IMMEDIATE = 1000
# Rows between two looks at how far it is.
TOLD_EVERY = 250
FORMATS = ("csv", "xlsx")
# Where the worker finds each list; those of the apps above by name only.
KINDS = {
    "sessions": "sessions.lists.sessions.SESSIONS",
    "tracks": "sessions.lists.tracks.TRACKS",
    "imports": "sessions.lists.imports.IMPORTS",
    "people": "speakers.lists.PEOPLE",
    "organisations": "speakers.lists.ORGANISATIONS",
    "rooms": "summit.lists.rooms.ROOMS",
    "pages": "summit.lists.pages.PAGES",
    "history": "summit.lists.audit.HISTORY",
    "team": "summit.lists.team.TEAM",
    "badges": "registration.lists.badge_jobs.BADGE_JOBS",
    "questions": "registration.lists.questions.QUESTIONS",
    "registrations": "registration.lists.registrations.REGISTRATIONS",
    "delegations": "registration.lists.delegations.DELEGATIONS",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at a list, and how, without a request."""

    user: User
    rights: frozenset[Right]
    GET: QueryDict


def write(out: IO[bytes], table: Table, summit: Summit, form: str) -> None:
    """The table into a file that can seek, read as it is written."""
    if form == "csv":
        out.writelines(csv_pieces(table))
    else:
        write_workbook(out, [table], title=f"{summit} · {table.title}", changed_at=timezone.now())


@transaction.atomic
def start(listing: Listing, form: str, *, by: User) -> ExportJob:
    """Have what is shown, of all pages, made into a file. ``form`` is one of ``FORMATS``."""
    show = [column.name for column in listing.shown_columns if not column.head]
    job = ExportJob.objects.create(
        summit=listing.summit,
        by=by,
        list_name=listing.kind.name,
        query=listing.query(show=show),
        format=form,
        language=translation.get_language(),
        total=listing.rows().count(),
    )
    make_file.enqueue(str(job.guid))
    return job


@task
def make_file(guid: str) -> None:
    """The worker's way to :func:`run`; a job that is gone is nothing to do."""
    job = ExportJob.objects.filter(guid=guid).select_related("summit", "by").first()
    if job is not None:
        run(job)


def run(job: ExportJob) -> None:
    """Make the file; one that somebody else has taken is left alone. Whoever lost the right meanwhile gets none."""
    if not ExportJob.objects.filter(pk=job.pk).claim(identity()):
        return
    mine = ExportJob.objects.filter(pk=job.pk).claimed(identity())
    state = ExportJob.State.FAILED
    try:
        with translation.override(job.language):
            kind: ListKind = import_string(KINDS[job.list_name])
            rights = rights_of(job.by, job.summit)
            if kind.seen_by & rights:
                _write(job, kind, rights)
                state = ExportJob.State.DONE
    except BUSY as error:
        if is_busy(error):
            # The worker takes the task up again.
            state = ExportJob.State.QUEUED
        raise
    finally:
        until_it_answers(lambda: mine.update(state=state, finished_at=timezone.now(), file=job.file.name or ""))


def _write(job: ExportJob, kind: ListKind, rights: frozenset[Right]) -> None:
    def told(done: int) -> None:
        if done % TOLD_EVERY == 0:
            ExportJob.objects.filter(pk=job.pk).update(done=done)

    listing = Listing(kind, job.summit, Reader(job.by, rights, QueryDict(job.query)))
    listing.told = told
    table = listing.table()
    with tempfile.TemporaryFile() as out:
        write(out, table, job.summit, job.format)
        out.seek(0)
        job.file.save(f"{job.guid}.{job.format}", File(out), save=False)
    with transaction.atomic():
        ExportJob.objects.filter(pk=job.pk).update(done=len(table.rows), total=len(table.rows))
        kind.taken_along(job.summit, table, job.by)


def try_again(job: ExportJob) -> bool:
    """Make a file anew where that has failed; twice is once."""
    return takeover.try_again(job, make_file)


def requeue() -> int:
    """Put right what a worker that is gone left; returns how many exports wait for a worker again. One that each of its
    workers was lost over has failed."""
    waiting, failed = takeover.requeue(ExportJob.objects.all(), make_file)
    for job in failed:
        again = ExportJob.objects.filter(pk=job.pk, state=ExportJob.State.QUEUED)
        again.update(state=ExportJob.State.FAILED, finished_at=timezone.now())
    return waiting


def forget(*, older_than: datetime) -> int:
    """Delete exports and their files; returns how many."""
    old = ExportJob.objects.filter(created_at__lt=older_than)
    delete_files(old.exclude(file=""))
    return old.delete()[0]
