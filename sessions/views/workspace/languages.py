"""Which session can be followed in which language, and what was promised and is not there yet."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from sessions.live import languages
from sessions.permissions import planned_by_team
from summit.lib.pages import page_number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

ON_A_PAGE = 100


@never_cache
@right_required(Right.WORKSPACE)
def overview(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """``?missing=1``: only sessions of which something is not there yet."""
    rows = languages.matrix(summit)
    missing = [row for row in rows if row.missing]
    shown = missing if "missing" in request.GET else rows
    context = {
        "summit": summit,
        "page": Paginator(shown, ON_A_PAGE).get_page(page_number(request.GET.get("page"))),
        "missing": len(missing),
        "total": len(rows),
        "only_missing": "missing" in request.GET,
        "edited": planned_by_team(request.user, summit, request.rights),
    }
    return render(request, "sessions/organiser/languages.html", context)
