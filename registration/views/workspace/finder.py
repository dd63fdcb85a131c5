"""Find and go: one search over a summit, and short addresses."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache

from registration.finder import find, way_to
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.ratelimit import take


@never_cache
@right_required(*Right)
def finder(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """What is found; for a script that types along, the hits alone."""
    query = request.GET.get("q", "")[:200]
    if query:
        take("find", str(request.user.pk), limit=300, seconds=60)
    context = {"summit": summit, "query": query, "found": find(summit, request.rights, query)}
    part = request.headers.get("X-Requested-With") == "fetch"
    return render(request, "workspace/_hits.html" if part else "workspace/finder.html", context)


@never_cache
def go(request: HttpRequest, code: str) -> HttpResponse:
    """``/go/<code>/``: to the organiser's or the public page of what has this code, by right."""
    with translation.override(translation.get_language_from_request(request)):
        try:
            return redirect(way_to(request, code))
        except LookupError as error:
            raise Http404 from error
