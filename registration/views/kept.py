"""What is kept of whoever registers, for everybody to read before they do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from registration import privacy
from registration.models import Audience
from summit.models import Summit


@never_cache
def kept(request: HttpRequest, summit: str) -> HttpResponse:
    """The table of purposes: of each field what for, who reads it, and how long it is kept."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    rows = [(row, Audience(row.audience).label) for row in privacy.purposes(found)]
    return render(
        request,
        "registration/attendee/kept.html",
        {"summit": found, "rows": rows, "drafts": privacy.DRAFTS_KEPT_FOR.days},
    )
