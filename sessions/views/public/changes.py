"""The public history of the agenda: each version with what was new in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions.planning.changes import described
from summit.models import Summit
from summit.public_pages import public_page

SHOWN = 50


@public_page
def changes(request: HttpRequest, summit: Summit) -> HttpResponse:
    versions = summit.agenda_versions.defer("snapshot")[:SHOWN] if summit.agenda_is_published else []
    # Of the first version everything is new: saying so once is enough.
    told = [(version, [] if version.number == 1 else described(version.changes, summit)) for version in versions]
    return render(request, "sessions/changes.html", {"summit": summit, "versions": told})
