"""What every list of the workspace keeps for its reader: views with a name, and files made at once or in the background."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.errors import Refusal
from summit.lib.spreadsheets import CSV_TYPE, XLSX_TYPE
from summit.lists import exporting, saved_views
from summit.lists.listing import Listing, ListKind
from summit.models import ExportJob, Summit
from summit.permissions import SignedInRequest
from summit.ratelimit import take
from summit.views.private_files import give_out
from summit.views.workspace.sheets import download


@dataclass(frozen=True)
class KeptPages:
    kind: ListKind

    def address(self, summit: Summit, part: str = "", *args: Any, query: str = "") -> str:
        found = reverse(f"{self.kind.address}{part}", args=[summit.code, *args])
        return f"{found}?{query}" if query else found

    def listing(self, request: SignedInRequest, summit: Summit) -> Listing:
        if request.GET.get("q"):
            take("search", str(request.user.pk), limit=self.kind.searches, seconds=60)
        return Listing(self.kind, summit, request)

    def file(self, request: SignedInRequest, summit: Summit, form: str) -> HttpResponse:
        """What the list shows, of all pages; a long one is not made while somebody waits."""
        listing = self.listing(request, summit)
        if listing.rows().count() > exporting.IMMEDIATE:
            messages.info(
                request, _("This list is long: choose under “Export” to have its file made in the background.")
            )
            return redirect(self.address(summit, query=listing.query()))
        table = listing.table()
        response = download(table, summit, form)
        self.kind.taken_along(summit, table, request.user)
        return response

    def start_export(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        listing, form = self.listing(request, summit), request.POST.get("format", "")
        if form not in exporting.FORMATS:
            return redirect(self.address(summit, query=listing.query()))
        job = exporting.start(listing, form, by=request.user)
        return redirect(self.address(summit, "-export", job.guid))

    def _mine(self, request: SignedInRequest, summit: Summit, guid: Any) -> ExportJob:
        return get_object_or_404(ExportJob, guid=guid, summit=summit, by=request.user, list_name=self.kind.name)

    def export(self, request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
        """How far it is; the page follows by itself, with and without scripts. POST tries again what has failed."""
        job = self._mine(request, summit, guid)
        if request.method == "POST":
            exporting.try_again(job)
            return redirect(self.address(summit, "-export", guid))
        context = {
            "summit": summit,
            "kind": self.kind,
            "job": job,
            "list": self.address(summit),
            "file": self.address(summit, "-export-file", guid),
        }
        response = render(request, "summit/lists/export.html", context)
        if job.is_running:
            response["Refresh"] = "2"
        return response

    def export_file(self, request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponseBase:
        job = self._mine(request, summit, guid)
        if job.state != ExportJob.State.DONE or not job.file:
            raise Http404
        name = f"{summit.code}-{self.kind.name}.{job.format}"
        kind = CSV_TYPE if job.format == "csv" else XLSX_TYPE
        return give_out(job.file.storage, job.file.name or "", content_type=kind, filename=name, as_attachment=True)

    def save_view(self, request: SignedInRequest, summit: Summit) -> HttpResponse:
        """Keep what is looked at under a name, or delete what was kept."""
        listing = self.listing(request, summit)
        if pk := request.POST.get("delete"):
            if saved_views.delete(listing, pk):
                messages.success(request, _("The view was deleted."))
            return redirect(self.address(summit))
        try:
            shared = request.POST.get("shared") == "on"
            view = saved_views.save(listing, request.POST.get("name", ""), shared=shared, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return redirect(self.address(summit, query=listing.query()))
        said = (
            _("The view was saved; the team sees it, too.") if shared else _("The view was saved; it is yours alone.")
        )
        messages.success(request, said)
        return redirect(self.address(summit, query=saved_views.address_of(view)))
