"""Organisers bring in an agenda from a file: upload, read what would happen, import."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.settings import ImportForm
from sessions.imports import jobs
from sessions.imports.schedules import sheets
from sessions.imports.tables.column_mapping import TABLES
from sessions.lists.imports import state_chip, what
from sessions.models import ImportJob
from summit.imports.table_format import LARGEST, Refused
from summit.lib.body_limits import takes_files
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

# Where rows of a table are listed, and where each has its page.
PLACES = {
    "sessions": ("sessions:organiser-sessions", "sessions:organiser-session"),
    "people": ("speakers:organiser-people", "speakers:organiser-person"),
    "organisations": ("speakers:organiser-organisations", "speakers:organiser-organisation"),
    "rooms": ("summit:organiser-rooms", "summit:organiser-room"),
    "registrations": ("registration:registrations", "registration:registration"),
    "delegations": ("registration:delegations", "registration:delegation-kept"),
}


@takes_files(LARGEST)
@never_cache
@right_required(Right.IMPORT)
def agenda(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """A whole agenda in a format of its own is sent to be checked."""
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
    context = {"summit": summit, "form": form}
    return render(request, "sessions/organiser/agenda_import.html", context, status=422 if form.errors else 200)


@never_cache
@right_required(Right.IMPORT)
def job(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """How far a file is, what it would change or has changed; POST imports what was checked, or tries
    again what has failed."""
    found = get_object_or_404(summit.import_jobs.select_related("by", "summit"), guid=guid)
    if found.needs_mapping:
        return redirect("sessions:organiser-import-columns", summit.code, guid)
    if request.method == "POST" and found.state == ImportJob.State.FAILED:
        jobs.try_again(found)
        return redirect("sessions:organiser-import", summit.code, guid)
    if request.method == "POST":
        try:
            made = jobs.confirm(found, partial=request.POST.get("action") == "partial", by=request.user)
        except jobs.NotChecked as refusal:
            messages.error(request, str(refusal.message))
            return redirect("sessions:organiser-import", summit.code, guid)
        return redirect("sessions:organiser-import", summit.code, made.guid)
    context = {"summit": summit, "job": found, **_outcome(found)}
    response = render(request, "sessions/organiser/import.html", context)
    if found.is_running:
        # Without scripts the page follows all the same.
        response["Refresh"] = "1"
    return response


def _outcome(found: ImportJob) -> dict[str, Any]:
    """What the page of a job tells, and the ways on: rows that only would come in have no pages."""
    listed, one = PLACES[found.table or "sessions"]
    told = found.told
    rows = [
        (line["words"], reverse(one, args=[found.summit.code, line["key"]]) if line.get("key") and found.wrote else "")
        for line in told["row"]
    ]
    return {
        "counts": told["count"],
        "hand": told["hand"],
        "rows": rows,
        "what": what(found),
        "state": state_chip(found),
        "listed": reverse(listed, args=[found.summit.code]),
        "listed_name": TABLES[found.table or "sessions"],
    }


@never_cache
@right_required(Right.IMPORT)
def template(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The columns our sheet has, as a CSV file to fill in."""
    response = HttpResponse(sheets.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("sessions")}-{summit.code}.csv"'
    return response
