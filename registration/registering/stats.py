"""Numbers for the organiser's page."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, Subquery, Sum, Value, When

from registration.models import Attendance, CheckIn, DelegationPlaces, Quota, Registration, State
from summit.models import Summit


def numbers(summit: Summit) -> dict[str, Any]:
    """Counts by state, attendance, category, country and delegation, places, arrivals. Five queries.

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
            # Of whoever is protected it is sealed.
            countries[country] += number if country else 0
    most = sorted((+countries).items(), key=lambda each: (-each[1], each[0]))[:10]
    return {
        "total": states.total(),
        "states": [(label, states[value]) for value, label in State.choices],
        "attendances": [(label, ways[value]) for value, label in Attendance.choices],
        "categories": [(category, categories[category.pk]) for category in summit.categories.all()],
        "countries": most,
        "delegations": _delegations(summit),
        "places": list(Quota.objects.filter(summit=summit)),
        "arrived": CheckIn.objects.standing().filter(registration__summit=summit).count(),
        "confirmed": states[State.CONFIRMED],
    }


def _delegations(summit: Summit) -> list[tuple[str, int, int]]:
    """(delegation, confirmed, places) of each, by precedence."""
    confirmed = Count("registrations", filter=Q(registrations__state=State.CONFIRMED), distinct=True)
    given = DelegationPlaces.objects.filter(delegation=OuterRef("pk")).order_by().values("delegation")
    rows = summit.delegations.annotate(n=confirmed, given=Subquery(given.annotate(n=Sum("places")).values("n")))
    return [(str(row), row.n, row.given or 0) for row in rows]


DAYS_SHOWN = 60


def by_day(summit: Summit) -> list[tuple[date, dict[str, int]]]:
    """Registrations that stand, by the day they were made (in the summit's zone) and by attendance.

    The last sixty days up to the newest registration, days without any among them. Three queries.
    """
    rows = summit.registrations.active().order_by("created_at").values_list("created_at", flat=True)
    newest, oldest = rows.last(), rows.first()
    if newest is None or oldest is None:
        return []
    last = newest.astimezone(summit.tz).date()
    first = max(oldest.astimezone(summit.tz).date(), last - timedelta(days=DAYS_SHOWN - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    begins = [datetime.combine(day, time(), tzinfo=summit.tz) for day in days]
    shown = rows.order_by().filter(created_at__gte=begins[0])
    counted = shown.values_list(_number_of(begins), "attendance").annotate(n=Count("*"))
    found = {(place, attendance): number for place, attendance, number in counted}
    return [(day, {way: found.get((place, way), 0) for way in Attendance.values}) for place, day in enumerate(days)]


def _number_of(begins: list[datetime], first: int = 0) -> Case | Value:
    """In which of the spans that begin then a registration was made: halved until it is found.

    A database without time zones casts each row's moment to a day by a function of ours, which costs ten times as much.
    """
    if len(begins) == 1:
        return Value(first)
    half = len(begins) // 2
    earlier, later = _number_of(begins[:half], first), _number_of(begins[half:], first + half)
    return Case(When(created_at__lt=begins[half], then=earlier), default=later)
