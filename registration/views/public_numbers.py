"""Who comes to the summit, in numbers that everybody may read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from registration.registering import figures
from summit.models import Summit
from summit.public_pages import public_page


@public_page
def numbers(request: HttpRequest, summit: Summit) -> HttpResponse:
    """There only where the organisers have switched it on; as of the last midnight."""
    if not summit.numbers_are_public:
        raise Http404
    found = figures.public(summit)
    context = {
        "summit": summit,
        "figures": found,
        "groups": [(group, max(line.number for line in group.lines)) for group in found.groups],
        "as_of": figures.as_of(summit),
        "least": figures.LEAST,
        "archived": summit.agenda_is_published and summit.agenda_versions.exists(),
    }
    return render(request, "registration/public/numbers.html", context)
