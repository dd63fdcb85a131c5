"""What is said while the summit runs: announcements, and how late rooms are."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.announcements import AnnouncementForm, DelayForm, EndForm
from sessions.live import announcements, delays
from sessions.models import Announcement
from sessions.permissions import run_by, speaks_for_all
from summit.errors import Refusal
from summit.lib.text import number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

WRITTEN = ("preview", "announce", "urgent")


@never_cache
@right_required(Right.LIVE)
def page(request: SignedInRequest, summit: Summit) -> HttpResponse:
    now, status, action = timezone.now(), 200, request.POST.get("action", "")
    with timezone.override(summit.tz):
        form = _form(request, summit, now, bound=action in WRITTEN)
        shown: dict[str, Any] = {}
        if request.method == "POST":
            try:
                if action in WRITTEN:
                    shown = _written(request, summit, form, action)
                    status = 422 if form.errors else 200
                else:
                    _changed(request, summit, action)
                if not shown and status == 200:
                    return redirect(request.path)
            except Refusal as refusal:
                messages.error(request, str(refusal.message))
                status = refusal.status
        context = {**_page(request, summit, now), **shown, "form": form}
        return render(request, "sessions/organiser/live.html", context, status=status)


def _form(request: SignedInRequest, summit: Summit, now: datetime, *, bound: bool) -> AnnouncementForm:
    own = run_by(request.user, summit, request.rights).filter(published_at__isnull=False)
    to_come = own.exclude(ends_at__lte=now).order_by("starts_at", "code")
    data = request.POST if bound else None
    return AnnouncementForm(data, summit=summit, sessions=to_come, for_all=speaks_for_all(request.rights), now=now)


def _written(request: SignedInRequest, summit: Summit, form: AnnouncementForm, action: str) -> dict[str, Any]:
    """Announced, or what is shown of it before: a preview, and of an urgent one the question whether it is meant."""
    if not form.is_valid():
        return {}
    urgent = form.cleaned_data["severity"] == Announcement.Severity.URGENT
    if action == "preview" or (urgent and action != "urgent"):
        return {"preview": form.shown(), "asks": action != "preview"}
    announcements.announce(summit, **form.values(), by=request.user)
    messages.success(request, _("It is announced."))
    return {}


def _changed(request: SignedInRequest, summit: Summit, action: str) -> None:
    if action == "delay":
        return _delayed(request, summit)
    found = get_object_or_404(_mine(request, summit), pk=number(request.POST.get("announcement", "")))
    if action == "withdraw":
        announcements.withdraw(found, by=request.user)
        messages.success(request, _("It is shown no more."))
    elif action == "end":
        form = EndForm(request.POST, found)
        if not form.is_valid():
            raise announcements.EndsWrongly
        announcements.change_end(found, form.cleaned_data["ends_at"], by=request.user)
        messages.success(request, _("It ends at the new moment."))
    return None


def _delayed(request: SignedInRequest, summit: Summit) -> None:
    rooms = summit.rooms.all() if speaks_for_all(request.rights) else summit.rooms.none()
    room = get_object_or_404(rooms, code=request.POST.get("room", ""))
    form, day = DelayForm(request.POST), delays.today(summit)
    if day is None:
        raise delays.NotADayOfTheSummit
    if not form.is_valid():
        raise delays.NotADelay
    minutes = form.cleaned_data["minutes"] or 0
    delays.set_minutes(room, day, minutes, by=request.user)
    words = {"room": str(room), "minutes": minutes}
    said = _("%(room)s: %(minutes)s minutes late.") if minutes else _("%(room)s: on time.")
    messages.success(request, said % words)


def _mine(request: SignedInRequest, summit: Summit) -> Any:
    rows = summit.announcements.select_related("summit", "session")
    if speaks_for_all(request.rights):
        return rows
    return rows.filter(session__in=run_by(request.user, summit, request.rights).values("pk"))


def _page(request: SignedInRequest, summit: Summit, now: datetime) -> dict[str, Any]:
    for_all = speaks_for_all(request.rights)
    rows = _mine(request, summit)
    there = announcements.in_order(rows.to_come(now))
    late = delays.of_today(summit, now) if for_all else {}
    is_day = for_all and delays.today(summit, now) is not None
    return {
        "summit": summit,
        "for_all": for_all,
        "standing": [(each, EndForm(None, each), each.is_shown(now)) for each in there],
        "ended": rows.ended(now)[: announcements.ENDED_SHOWN],
        "is_day": is_day,
        "rooms": [(room, late.get(room.pk)) for room in summit.rooms.all()] if is_day else [],
        "most": delays.MOST,
    }
