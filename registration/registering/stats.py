"""Numbers for the organiser's page."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from registration.models import Attendance, CheckIn, Places, Registration, State
from summit.models import Summit


def numbers(summit: Summit) -> dict[str, Any]:
    """Counts by state, attendance, category and country, places, arrivals. Four queries.

    Registrations are counted once, by an index that holds all four; the sums are made of that.
    """
    facts = ("state", "attendance", "category", "country")
    rows = Registration.objects.filter(summit=summit).order_by().values_list(*facts).annotate(n=Count("*"))
    states, ways, categories, countries = (Counter[Any]() for _fact in facts)
    for state, attendance, category, country, number in rows:
        states[state] += number
        if state == State.CONFIRMED:
            ways[attendance] += number
            categories[category] += number
            countries[country] += number
    most = sorted(countries.items(), key=lambda each: (-each[1], each[0]))[:10]
    return {
        "total": states.total(),
        "states": [(label, states[value]) for value, label in State.choices],
        "attendances": [(label, ways[value]) for value, label in Attendance.choices],
        "categories": [(category, categories[category.pk]) for category in summit.categories.all()],
        "countries": most,
        "places": list(Places.objects.filter(summit=summit)),
        "arrived": CheckIn.objects.standing().filter(registration__summit=summit).count(),
        "confirmed": states[State.CONFIRMED],
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
        .annotate(n=Count("*"))
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
