"""Speakers and hosting organisations as the public sees them.

Sessions lie above this app: they are reached by reverse relations, and their cards are drawn by the template tag
``session_cards`` of the app that owns them (see ARCHITECTURE.md).
"""

from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language

from speakers.models import Speaker
from summit.lib.translated import active_language
from summit.models import Summit
from summit.public_pages import public_page

PUBLISHED = Q(sessions__published_at__isnull=False)


def _sorted_as(person: Speaker, language: str) -> str:
    """A name in Hangul stands where a reader of Latin letters looks for it."""
    return (person.reading_in(language) or person.name_in(language)).casefold()


@public_page
def speakers(request: HttpRequest, summit: Summit) -> HttpResponse:
    language = get_language() or "ko"
    related: Any = Speaker._meta.get_field("appearances").related_model
    billed = related.objects.billed().filter(session__published_at__isnull=False).order_by("session__number", "order")
    rows = Speaker.objects.filter(summit=summit).on_stage().prefetch_related(Prefetch("appearances", billed))
    people = sorted(rows, key=lambda person: _sorted_as(person, language))
    return render(request, "speakers/speakers.html", {"summit": summit, "people": people})


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
        "shown_name": found.name_in(get_language() or "ko"),
        "other_name": found.other_name_in(get_language() or "ko"),
        "sessions": found.sessions.filter(appearances__in=found.appearances.billed()),
    }
    return render(request, "speakers/speaker.html", context)


@public_page
def hosts(request: HttpRequest, summit: Summit) -> HttpResponse:
    rows = summit.organisations.annotate(session_count=Count("sessions", filter=PUBLISHED)).filter(session_count__gt=0)
    language = active_language()
    found = sorted(rows, key=lambda host: (-host.session_count, host.name.in_language(language)))
    return render(request, "speakers/hosts.html", {"summit": summit, "hosts": found})


@public_page
def host(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.organisations.filter(PUBLISHED).distinct(), code=code)
    return render(request, "speakers/host.html", {"summit": summit, "host": found, "sessions": found.sessions.all()})
