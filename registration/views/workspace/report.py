"""The report of a summit: numbers of each session, and what was said of the summit."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.papers import report as reports
from registration.personal import feedback
from sessions.prints import tables
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.views.workspace import sheets


@require_safe
@never_cache
@right_required(Right.NUMBERS)
def report(request: SignedInRequest, summit: Summit) -> HttpResponse:
    found = reports.read(summit)
    headings = reports.headings(found)
    names, labels = [name for name, _label in headings], [label for _name, label in headings]
    context = {
        "summit": summit,
        "headings": labels,
        "rows": [(row.session, list(zip(labels, reports.cells(row, names), strict=True))) for row in found.rows],
        # Words of people are for those who run the programme.
        "with_texts": Right.PROGRAMME in request.rights,
        "results": feedback.results(summit, None, with_texts=Right.PROGRAMME in request.rights),
    }
    return render(request, "registration/organiser/report.html", context)


@require_safe
@never_cache
@right_required(Right.NUMBERS)
def report_csv(request: SignedInRequest, summit: Summit) -> HttpResponse:
    return sheets.download(reports.table(reports.read(summit)), summit, "csv")


@require_safe
@never_cache
@right_required(Right.NUMBERS)
def report_pdf(request: SignedInRequest, summit: Summit) -> HttpResponse:
    content = tables.pdf(summit, reports.table(reports.read(summit)))
    named = {"Content-Disposition": f'attachment; filename="{summit.code}-report.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=named)
