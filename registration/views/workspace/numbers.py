"""All numbers of registrations: nobody's data but in what people need, which only those see who look after them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.models import Attendance, FormOpening
from registration.models.consent import needs_are_gone
from registration.registering import figures, stats
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@require_safe
@never_cache
@right_required(Right.NUMBERS)
def numbers(request: SignedInRequest, summit: Summit) -> HttpResponse:
    found = figures.confirmed(summit)
    funnel = figures.funnel(summit)
    groups = [*found.groups, figures.by_delegation(summit)]
    context = {
        "summit": summit,
        "figures": found,
        "groups": [(group, max((line.number for line in group.lines), default=0)) for group in groups if group.lines],
        "funnel": funnel,
        "most": max(line.number for line in funnel),
        "since": FormOpening.objects.filter(summit=summit).values_list("day", flat=True).first(),
        "days": stats.by_day(summit),
        "ways": Attendance.choices,
        "needs": figures.needs(summit) if Right.REGISTRATIONS in request.rights else [],
        "needs_are_gone": needs_are_gone(summit),
    }
    return render(request, "registration/organiser/numbers.html", context)
