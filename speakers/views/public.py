"""Speakers and hosting organisations as the public sees them.

Sessions lie above this app: they are reached by reverse relations, and their cards are drawn by the template tag
``session_cards`` of the app that owns them (see ARCHITECTURE.md).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language

from speakers.models import Speaker
from speakers.reading import directory
from summit.lib import romanising
from summit.lib.translated import active_language
from summit.models import Summit
from summit.public_pages import public_page
from summit.ratelimit import client_address, take


@public_page
def speakers(request: HttpRequest, summit: Summit) -> HttpResponse:
    """Everybody on stage in pages: ``?letter=`` or ``?q=``, and ``?page=``."""
    language = _asked(request)
    shown = directory.show(directory.people(summit, language), request.GET)
    shown.rows = directory.draw_people(summit, list(shown.page), language)
    return _listed(request, "speakers/speakers.html", summit, shown)


@public_page
def hosts(request: HttpRequest, summit: Summit) -> HttpResponse:
    """All hosts in pages, those with the most sessions first: ``?letter=`` or ``?q=``, and ``?page=``."""
    language = _asked(request)
    shown = directory.show(directory.hosts(summit, language), request.GET)
    shown.rows = directory.draw_hosts(summit, list(shown.page), language)
    return _listed(request, "speakers/hosts.html", summit, shown)


def _asked(request: HttpRequest) -> str:
    """The language of the page; words may be looked for so often and no oftener."""
    if request.GET.get("q"):
        take("people_search", client_address(request), limit=120, seconds=60)
    return active_language()


def _listed(request: HttpRequest, template: str, summit: Summit, shown: directory.Shown) -> HttpResponse:
    context = {"summit": summit, "shown": shown, "narrowed": shown.narrowed, "limit": directory.LONGEST_QUERY}
    return render(request, template, context)


@public_page
def speaker(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(Speaker.objects.filter(summit=summit).on_stage().of_code(code))
    if found.code != code:
        # A profile that was merged into another: addresses are permanent.
        return redirect("speakers:speaker", summit.code, found.code, permanent=True)
    found.summit = summit
    bills = (
        found.appearances.billed()
        .filter(session__published_at__isnull=False)
        .select_related("session")
        .order_by("session__starts_at")
    )
    context = {
        "summit": summit,
        "speaker": found,
        "bills": bills,
        "title": romanising.beside(found.name, found.name_romanised, active_language()),
        "shown_name": found.name_in(get_language() or "ko"),
        "other_name": found.other_name_in(get_language() or "ko"),
        "sessions": found.sessions.filter(appearances__in=found.appearances.billed()),
    }
    return render(request, "speakers/speaker.html", context)


@public_page
def host(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.organisations.filter(directory.PUBLISHED).distinct(), code=code)
    return render(request, "speakers/host.html", {"summit": summit, "host": found, "sessions": found.sessions.all()})
