"""How to get to the summit and about in it: the buildings, their rooms, and who helps."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions.reading.agenda import access_words
from summit.models import Room, Summit
from summit.public_pages import public_page


@public_page
def page(request: HttpRequest, summit: Summit) -> HttpResponse:
    """Two queries."""
    rooms = Room.objects.order_by("order", "code")
    venues: Any = summit.venues.prefetch_related(Prefetch("rooms", rooms))
    places = [
        (venue, venue.on_the_day, [(room, access_words(room.access)) for room in venue.rooms.all()]) for venue in venues
    ]
    return render(request, "sessions/venue.html", {"summit": summit, "places": places})
