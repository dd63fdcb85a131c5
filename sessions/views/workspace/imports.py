"""Organisers bring in an agenda from a file: upload, read what would happen, import."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.settings import ImportForm
from sessions.imports import jobs
from sessions.imports.schedules import sheets
from summit.imports.table_format import LARGEST, Refused
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.IMPORT)
def imports(request: SignedInRequest, summit: Summit) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent, summit=summit)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        options = {name: form.cleaned_data[name] for name in ("language", "cancel_gone")}
        try:
            job = jobs.start(summit, file.name, file.read(LARGEST + 1), **options, by=request.user)
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("sessions:organiser-import", summit.code, job.guid)
    context = {"summit": summit, "form": form, "jobs": summit.import_jobs.select_related("by")[:20]}
    return render(request, "sessions/organiser/imports.html", context, status=422 if form.errors else 200)


@never_cache
@right_required(Right.IMPORT)
def job(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """How far a file is, what it would change or has changed; POST imports what was checked."""
    found = get_object_or_404(summit.import_jobs.all(), guid=guid)
    if found.needs_mapping:
        return redirect("sessions:organiser-import-columns", summit.code, guid)
    if request.method == "POST":
        try:
            made = jobs.confirm(found, partial=request.POST.get("action") == "partial", by=request.user)
        except jobs.NotChecked as refusal:
            messages.error(request, str(refusal.message))
            return redirect("sessions:organiser-import", summit.code, guid)
        return redirect("sessions:organiser-import", summit.code, made.guid)
    done, total = jobs.progress(found)
    context = {"summit": summit, "job": found, "done": done, "total": total}
    response = render(request, "sessions/organiser/import.html", context)
    if found.is_running:
        # Without scripts the page follows all the same.
        response["Refresh"] = "1"
    return response


@never_cache
@right_required(Right.IMPORT)
def template(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The columns our sheet has, as a CSV file to fill in."""
    response = HttpResponse(sheets.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("sessions")}-{summit.code}.csv"'
    return response
