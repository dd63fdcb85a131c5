"""Numbers for the organiser's page."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from registration.models import Attendance, CheckIn, Places, Registration, State
from summit.models import Summit


def numbers(summit: Summit) -> dict[str, Any]:
    """Counts by state, attendance, category and country, places, arrivals. Six queries."""
    rows = Registration.objects.filter(summit=summit)
    confirmed = rows.filter(state=State.CONFIRMED)
    states = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    ways = dict(confirmed.order_by().values_list("attendance").annotate(Count("pk")))
    counted = Count("registrations", filter=Q(registrations__state=State.CONFIRMED))
    return {
        "total": sum(states.values()),
        "states": [(label, states.get(value, 0)) for value, label in State.choices],
        "attendances": [(label, ways.get(value, 0)) for value, label in Attendance.choices],
        # A grouped query forgets the model's own order.
        "categories": list(summit.categories.annotate(number=counted).order_by("order", "code")),
        "countries": list(
            confirmed.order_by().values_list("country").annotate(n=Count("pk")).order_by("-n", "country")[:10]
        ),
        "places": list(Places.objects.filter(summit=summit)),
        "arrived": CheckIn.objects.standing().filter(registration__summit=summit).count(),
        "confirmed": states.get(State.CONFIRMED, 0),
    }


DAYS_SHOWN = 60


def by_day(summit: Summit) -> list[tuple[date, dict[str, int]]]:
    """Registrations that stand, by the day they were made (in the summit's zone) and by attendance.

    The last sixty days up to the newest registration, days without any among them. One query.
    """
    day = TruncDate("created_at", tzinfo=summit.tz)
    rows = (
        summit.registrations.active()
        .order_by()
        .annotate(day=day)
        .values_list("day", "attendance")
        .annotate(n=Count("pk"))
    )
    found: dict[date, dict[str, int]] = {}
    for made, attendance, number in rows:
        found.setdefault(made, {})[attendance] = number
    if not found:
        return []
    last = max(found)
    first = max(min(found), last - timedelta(days=DAYS_SHOWN - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(made, {way: found.get(made, {}).get(way, 0) for way in Attendance.values}) for made in days]
