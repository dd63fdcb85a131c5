"""A speaker's own sessions."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions import agenda as reading
from sessions.models import Appearance
from speakers import profiles
from speakers.models import Speaker
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit
from summit.permissions import SignedInRequest


@never_cache
@login_required
def my_sessions(request: SignedInRequest, summit: str) -> HttpResponse:
    """Time, room, co-speakers, host and recording of everything this person does. Nobody else's: a 404."""
    found = get_object_or_404(Summit, code=summit)
    people = list(Speaker.objects.of(request.user).filter(summit=found))
    if not people:
        return render(request, "sessions/personal/no_profile.html", {"summit": found}, status=404)
    appearances = (
        Appearance.objects.filter(speaker__in=people).select_related("speaker").order_by("session__starts_at", "pk")
    )
    rows = []
    sessions = {
        s.pk: s for s in found.sessions.with_details().filter(appearances__in=appearances).select_related("summit")
    }
    for appearance in appearances:
        session = sessions[appearance.session_id]
        rows.append({"appearance": appearance, "session": session, "when": when(found, session),
                     "others": [a for a in session.appearances.all() if a.speaker_id != appearance.speaker_id]})  # fmt: skip
    return render(request, "sessions/personal/my_sessions.html", {"summit": found, "people": people, "rows": rows})


def when(summit: Summit, session: object) -> str:
    starts_at, ends_at = getattr(session, "starts_at", None), getattr(session, "ends_at", None)
    if starts_at is None or ends_at is None:
        return ""
    label = times.date_label(times.day_of(starts_at, summit.tz), active_language())
    return f"{label} {reading.time_range(starts_at, ends_at, summit.tz)} {times.zone_short(starts_at, summit.tz)}"


@require_POST
@login_required
def calendar(request: SignedInRequest, summit: str) -> HttpResponse:
    """Make, renew or revoke the address of the speaker's own calendar."""
    found = get_object_or_404(Summit, code=summit)
    person = get_object_or_404(
        Speaker.objects.of(request.user).filter(summit=found), code=request.POST.get("speaker", "")
    )
    if request.POST.get("action") == "revoke":
        profiles.revoke_calendar(person, by=request.user)
    else:
        profiles.share_calendar(person, by=request.user)
    return redirect("sessions:my-sessions", found.code)
