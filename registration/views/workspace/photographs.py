"""Photos of people, as the team sees and sends them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from registration.accrediting import photos
from registration.models import Registration
from registration.registering import decisions
from registration.views import photo_form
from summit.errors import Refusal
from summit.lib.body_limits import takes_files
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


def _found(request: SignedInRequest, summit: Summit, guid: Any) -> Registration:
    """To those who decide, people on whom they do."""
    everybody = Right.REGISTRATIONS in request.rights
    rows = summit.registrations.all() if everybody else decisions.decided_by(request.user, summit)
    return get_object_or_404(rows.select_related("summit", "category", "delegation"), guid=guid)


def _back(request: SignedInRequest, found: Registration) -> str:
    """The page somebody came from: that of the vetting, or the registration's."""
    name = "registration" if Right.REGISTRATIONS in request.rights else "vetting-one"
    return reverse(f"registration:{name}", args=[found.summit.code, found.guid])


@takes_files(photos.MOST_BYTES)
@never_cache
@right_required(Right.REGISTRATIONS, Right.APPROVAL)
def of_registration(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found = _found(request, summit, guid)
    back, template = _back(request, found), "registration/organiser/photo.html"
    try:
        return photo_form.edited(request, found, template, back, by=request.user, as_team=True)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect(back)


@never_cache
@right_required(Right.REGISTRATIONS, Right.APPROVAL)
def file_for_team(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponseBase:
    return photo_form.given_out(_found(request, summit, guid))
