"""Where somebody goes next today: what they marked or booked, in the order in which it is expected to begin."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registration.personal.visitors import Visitor, visitor
from sessions.live import delays, streams
from sessions.models import Session
from sessions.reading.agenda import access_words, expected_words
from summit.lib import times
from summit.models import Summit


@never_cache
def today(request: HttpRequest, summit: str) -> HttpResponse:
    found, now = visitor(request, get_object_or_404(Summit.objects.public(), code=summit)), timezone.now()
    entries = _entries(found, now)
    first = entries[0] if entries else None
    context = {
        "summit": found.summit,
        "visitor": found,
        "now": now,
        "next": first,
        "later": entries[1:],
        "joinable": streams.joinable(found.summit, [entry["session"] for entry in entries]),
        "online": found.registration is not None and not found.registration.is_in_person,
    }
    return render(request, "registration/personal/today.html", context)


def _entries(found: Visitor, now: datetime) -> list[dict[str, Any]]:
    """The sessions of this day of somebody that are not over. Three queries."""
    summit = found.summit
    begins, ends = times.day_bounds(times.day_of(now, summit.tz), summit.tz)
    rows = Session.objects.published().filter(summit=summit, code__in=found.bookmarks(), cancelled_at=None)
    of_today = rows.filter(starts_at__gte=begins, starts_at__lt=ends).select_related("room__venue", "track").in_order()
    late, entries = delays.of_today(summit, now), []
    for session in of_today:
        session.summit = summit
        shifted = delays.shifted(session, late.get(session.room_id or 0, 0), summit, now)
        starts, over = session.starts_at, session.ends_at
        if shifted:
            starts, over = shifted.starts_at, shifted.ends_at
        if starts is None or over is None or over <= now:
            continue
        entries.append({
            "session": session,
            "starts_at": starts,
            "hours": times.time_range(session.starts_at, session.ends_at, summit.tz),  # type: ignore[arg-type]
            "expected": expected_words(shifted, summit),
            "is_on": starts <= now,
            "access": access_words(session.room.access) if session.room else [],
        })  # fmt: skip
    # One that begins soon is where somebody goes; one that is on is where they are.
    return sorted(entries, key=lambda entry: (entry["is_on"], entry["starts_at"]))
