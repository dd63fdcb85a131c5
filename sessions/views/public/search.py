"""Finding sessions, all of it in the address, without scripts."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from sessions.models import Session
from sessions.reading import agenda as reading
from sessions.reading import search as searching
from sessions.views.public.agenda import zone_context
from summit.lib.text import clean_line
from summit.models import Summit
from summit.public_pages import public_page
from summit.ratelimit import client_address, take

LONGEST_QUERY = 120
NAMES = {
    "track": _("Track"),
    "day": _("Day"),
    "room": _("Room"),
    "kind": _("Kind"),
    "mode": _("Mode"),
    "language": _("Language spoken"),
    "interpretation": _("Interpretation into"),
    "access": _("Accessibility"),
    "recording": _("Recording"),
    "seats": _("Seats in the room"),
}


class SearchForm(forms.Form):
    """What stands in the address; a value that is none of ours finds nothing and says so."""

    q = forms.CharField(max_length=LONGEST_QUERY, required=False)


@public_page
def search(request: HttpRequest, summit: Summit) -> HttpResponse:
    take("agenda_search", client_address(request), limit=120, seconds=60)
    form = SearchForm(request.GET)
    too_long = not form.is_valid()
    query = clean_line(request.GET.get("q", ""))[:LONGEST_QUERY]
    chosen = {name: request.GET.get(name, "")[:60] for name in searching.FACETS}
    found = searching.search(summit, query, chosen)
    cards = reading.cards(summit, Session.objects.filter(pk__in=found.numbers)) if found.numbers else []
    context = {
        "summit": summit,
        "query": query,
        "too_long": too_long,
        "limit": LONGEST_QUERY,
        "facets": [(name, NAMES[name], found.facets[name]) for name in searching.FACETS if found.facets[name]],
        "any_filter": any(chosen.values()),
        "any_chosen": query or any(chosen.values()),
        "without": found.without,
        "number": len(cards),
        "days": reading.days(summit, cards),
        "unscheduled": reading.unscheduled(cards),
        **zone_context(request, summit),
    }
    return render(request, "sessions/search.html", context)
