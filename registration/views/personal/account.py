"""What belongs to the person who signed in, across all summits."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from registration.models import DelegationHead, Registration
from speakers.models import Organisation, Speaker
from summit.models import Summit
from summit.permissions import SignedInRequest, rights_in


@never_cache
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    user = request.user
    own = (
        Registration.objects.filter(email__address=user.email)
        | Registration.objects.filter(user=user)
        | Registration.objects.filter(companion_of__user=user)
    )
    roles: dict[Summit, set[str]] = {}
    for membership in user.memberships.accepted().select_related("summit"):
        roles.setdefault(membership.summit, set()).add(membership.role)
    context = {
        "registrations": own.select_related("summit", "category").order_by("-created_at"),
        "profiles": Speaker.objects.of(user).select_related("summit"),
        "work": [(summit, rights_in(frozenset(found))) for summit, found in roles.items()],
        "heads": DelegationHead.objects.under(user.email).select_related("delegation__summit"),
        "hosted": Organisation.objects.of(user).select_related("summit"),
    }
    return render(request, "registration/attendee/account.html", context)
