"""The record of all changes, for those who answer for the summit."""

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from summit.audit import AuditForm, addresses, lines, table
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.ratelimit import take

PAGE = 50


@never_cache
@right_required(Right.AUDIT)
@require_safe
def audit(request: SignedInRequest, summit: Summit) -> HttpResponse:
    if request.GET.get("q"):
        take("search", str(request.user.pk), limit=60, seconds=60)
    form = AuditForm(request.GET, summit=summit)
    page = Paginator(form.rows(), PAGE).get_page(request.GET.get("page"))
    entries = list(page)
    known = addresses(entries, summit)
    context = {"summit": summit, "form": form, "page": page, "lines": list(lines(entries, summit, known=known))}
    return render(request, "summit/organiser/audit.html", context)


@never_cache
@right_required(Right.AUDIT)
@require_safe
def export(request: SignedInRequest, summit: Summit) -> HttpResponseBase:
    """What is filtered, as a table."""
    rows = AuditForm(request.GET, summit=summit).rows()
    answer = StreamingHttpResponse(table(rows, summit), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{summit.code}-history.csv"'
    return answer
