"""A speaker's own sessions."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions.editing import session_edits
from sessions.forms.settings import AnswerForm
from sessions.models import Appearance, Session, with_details
from sessions.permissions import hosts_may_edit
from sessions.planning import recent_changes
from speakers.editing import profiles
from speakers.models import Speaker
from summit.lib import times
from summit.lib.translated import active_language
from summit.models import Summit
from summit.permissions import SignedInRequest

VISIT = 3600  # seconds without looking after which somebody comes anew
NOTED = 60  # seconds after which it is noted again that somebody looks


@never_cache
@login_required
def my_sessions(request: SignedInRequest, summit: str) -> HttpResponse:
    """Time, room, co-speakers, host and recording of everything this person does. Nobody else's: a 404."""
    found = get_object_or_404(Summit, code=summit)
    people = list(Speaker.objects.of(request.user).filter(summit=found))
    if not people:
        if not found.is_public:
            raise Http404
        return render(request, "sessions/personal/no_profile.html", {"summit": found}, status=404)
    appearances = (
        Appearance.objects.filter(speaker__in=people).select_related("speaker").order_by("session__starts_at", "pk")
    )
    sessions = {
        s.pk: s for s in with_details(found.sessions.all()).filter(appearances__in=appearances).select_related("summit")
    }
    rows = [_row(found, appearance, sessions[appearance.session_id]) for appearance in appearances]
    context = {"summit": found, "people": people, "rows": rows, "open": hosts_may_edit(found),
               "news": recent_changes.since(_looked(request, found, people), found, people, list(sessions.values()))}  # fmt: skip
    return render(request, "sessions/personal/my_sessions.html", context)


def _looked(request: SignedInRequest, summit: Summit, people: list[Speaker]) -> datetime:
    """When the people last looked before this visit; looking again belongs to the visit.

    Who has never looked before knows what they see now: news is what changes after that.
    """
    now, key = timezone.now(), f"looked-{summit.code}"
    visit = request.session.get(key)
    if visit is None or now.timestamp() - visit["at"] > VISIT:
        moments = [person.looked_at for person in people if person.looked_at]
        visit = {"since": min([*moments, now]).isoformat()}
    if now.timestamp() - visit.get("at", 0) > NOTED:
        request.session[key] = {**visit, "at": now.timestamp()}
        Speaker.objects.filter(pk__in=[person.pk for person in people]).update(looked_at=now)
    return datetime.fromisoformat(visit["since"])


def _row(summit: Summit, appearance: Appearance, session: Session) -> dict[str, Any]:
    others = [a for a in session.appearances.all() if a.speaker_id != appearance.speaker_id]
    return {"appearance": appearance, "session": session, "when": when(summit, session), "others": others}


@require_POST
@login_required
def answer(request: SignedInRequest, summit: str, pk: int) -> HttpResponse:
    """Say whether one appears, and whether one may be recorded."""
    mine = Appearance.objects.filter(speaker__in=Speaker.objects.of(request.user), session__summit__code=summit)
    appearance = get_object_or_404(mine, pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        session_edits.answer(appearance, **form.values(), by=request.user)
        messages.success(request, _("Your answer was saved. Thank you."))
    else:
        messages.error(request, _("Say whether you take part or not."))
    return redirect("sessions:my-sessions", summit)


def when(summit: Summit, session: object) -> str:
    starts_at, ends_at = getattr(session, "starts_at", None), getattr(session, "ends_at", None)
    if starts_at is None or ends_at is None:
        return ""
    label = times.date_label(times.day_of(starts_at, summit.tz), active_language())
    return f"{label} {times.time_range(starts_at, ends_at, summit.tz)} {times.zone_short(starts_at, summit.tz)}"


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
