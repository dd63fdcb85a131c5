"""The plain form of one session's time and room: all that the editor does, without a script."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.settings import PlacementForm
from sessions.models import Session
from sessions.permissions import edited_by_team
from sessions.planning import plan, scheduling
from sessions.planning.board import overtaken
from summit.editing.revising import Overtaken
from summit.lib import times
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

PLACE = ("starts_at", "ends_at", "room", "cancelled")


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def placement(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """Plan one session's time and room, or only ask what would clash."""
    rows = edited_by_team(request.user, summit, request.rights)
    session = get_object_or_404(rows.select_related("summit", "track", "room", "placement__room"), code=code)
    now, checks = plan.planned(session), request.POST.get("action") == "check"
    place: dict[str, Any] = {name: getattr(now, name) for name in PLACE}
    with timezone.override(summit.tz):
        initial = {**place, "version": session.plan_version}
        form = PlacementForm(request.POST or None, initial=initial, session=session)
        context: dict[str, Any] = {"summit": summit, "session": session, "form": form, "checked": checks,
                                   "back": plan_of(summit, now.starts_at)}  # fmt: skip
        status = 422 if form.is_bound else 200
        if form.is_valid():
            if not checks and (answer := _save(request, session, form, context)):
                return answer
            status, place = 200 if checks else 409, {name: form.cleaned_data[name] for name in PLACE}
        if status != 422:
            context["conflicts"] = plan.described(summit, plan.clashes_if(session, **place))
        return render(request, "sessions/organiser/placement.html", context, status=status)


def _save(
    request: SignedInRequest, session: Session, form: PlacementForm, context: dict[str, Any]
) -> HttpResponse | None:
    """Plan it so; None where somebody else was first, and then ``context`` says who and where to."""
    try:
        waits = scheduling.place(session, **form.cleaned_data, by=request.user)
    except Overtaken as refusal:
        # What was typed stays; to save it again is to know what it replaces.
        now = refusal.details["now"]
        context |= {"overtaken": overtaken(refusal), "form": form.made_from(now.plan_version)}
        return None
    text = _("Saved. It becomes public with the next version.") if waits else _("Saved: it is as it is public.")
    messages.success(request, text)
    return redirect(plan_of(session.summit, form.cleaned_data["starts_at"]))


def plan_of(summit: Summit, moment: datetime | None) -> str:
    """The address of the editor on the day of that moment."""
    day = f"?day={times.day_of(moment, summit.tz)}" if moment else ""
    return f"{reverse('sessions:editor', args=[summit.code])}{day}"
