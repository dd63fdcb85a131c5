"""Organisers bring in a table: upload, say what its columns mean, read what would happen, import, mend the rest."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.settings import MappingForm, TableForm
from sessions.imports import jobs
from sessions.imports.tables.column_mapping import TABLES
from sessions.imports.tables.sheet import Sheet, open_sheet, refused_file
from sessions.models import ImportJob
from summit.errors import Refusal
from summit.imports.table_format import LARGEST, Refused
from summit.lib.body_limits import takes_files
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

SHOWN = 3


@takes_files(LARGEST)
@never_cache
@right_required(Right.IMPORT)
def upload(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = TableForm(initial={"table": request.GET.get("table", "sessions")})
    if request.method == "POST":
        form = TableForm(request.POST, request.FILES)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = jobs.start_table(
                summit, form.cleaned_data["table"], file.name, file.read(LARGEST + 1), by=request.user
            )
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("sessions:organiser-import-columns", summit.code, job.guid)
    return render(
        request, "sessions/organiser/table.html", {"summit": summit, "form": form}, status=422 if form.errors else 200
    )


def _sheet(job: ImportJob) -> Sheet:
    with job.file.open() as stream:
        return open_sheet(job.name, stream.read())


@never_cache
@right_required(Right.IMPORT)
def columns(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """What each column means: guessed by its name, chosen by the organiser."""
    job = get_object_or_404(summit.import_jobs.exclude(table=""), guid=guid)
    if not job.file:
        messages.error(request, str(jobs.NotChecked.message))
        return redirect("sessions:organiser-imports", summit.code)
    sheet = _sheet(job)
    form = MappingForm(request.POST or None, job=job, headings=sheet.headings)
    if request.method == "POST" and form.is_valid():
        try:
            jobs.map_columns(job, form.columns(), **form.ticked())
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        return redirect("sessions:organiser-import", summit.code, guid)
    samples = [[cells[n] for _place, cells in sheet.samples(SHOWN)] for n in range(len(sheet.headings))]
    rows = [(form[f"column-{n}"], sample) for n, sample in enumerate(samples)]
    context = {
        "summit": summit,
        "job": job,
        "form": form,
        "rows": rows,
        "total": len(sheet.rows),
        "what": TABLES[job.table],
    }
    return render(request, "sessions/organiser/columns.html", context, status=422 if form.errors else 200)


@never_cache
@right_required(Right.IMPORT)
def refused(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """The rows that could not come in, with the reason, to be mended and sent again."""
    job = get_object_or_404(summit.import_jobs.exclude(table=""), guid=guid)
    response = HttpResponse(
        refused_file(job.mapping.get("headings", []), job.refused), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{_("refused")}-{job.table}.csv"'
    return response
