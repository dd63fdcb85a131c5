"""What is announced while the summit runs, and how late rooms are."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from sessions.forms.announcements import AnnouncementForm, EndForm
from sessions.live import announcements, delays
from sessions.models import Announcement, Session
from sessions.models.session import SessionQuerySet
from sessions.permissions import run_by, speaks_for_all
from summit.errors import Refusal
from summit.lib.text import number
from summit.models import Right, Room, Summit
from summit.permissions import SignedInRequest, right_required

# What is written down of an announcement, and what is done to one that is there, or to a room.
WRITING = ("", "announce", "confirm", "preview")


@never_cache
@right_required(Right.LIVE)
def live(request: SignedInRequest, summit: Summit) -> HttpResponse:
    action = request.POST.get("action", "")
    with timezone.override(summit.tz):
        writes = request.method == "POST" and action in WRITING
        form = _form(request, summit, request.POST if writes else None)
        if request.method != "POST":
            return _page(request, summit, form)
        try:
            done = _announce(request, summit, form) if writes else _change(request, summit, action)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return _page(request, summit, form, status=refusal.status)
        if done:
            messages.success(request, done)
            return redirect(request.path)
        return _page(request, summit, form, status=200 if form.is_valid() else 422)


def _form(request: SignedInRequest, summit: Summit, data: Any) -> AnnouncementForm:
    return AnnouncementForm(data, summit=summit, sessions=_sessions(request, summit), for_all=_for_all(request))


def _sessions(request: SignedInRequest, summit: Summit) -> SessionQuerySet:
    """Public ones that somebody runs."""
    mine = run_by(request.user, summit, request.rights)
    return Session.objects.published().filter(pk__in=mine.values("pk")).in_order()


def _for_all(request: SignedInRequest) -> bool:
    return speaks_for_all(request.rights)


def _announce(request: SignedInRequest, summit: Summit, form: AnnouncementForm) -> str:
    """What is urgent is asked about first; "" where nothing was announced."""
    action = request.POST.get("action", "")
    if not form.is_valid() or action == "preview":
        return ""
    if form.cleaned_data["severity"] == Announcement.Severity.URGENT and action != "confirm":
        return ""
    values = form.values()
    made = announcements.announce(summit, values.pop("text"), **values, by=request.user)
    if made.starts_at > timezone.now():
        return _("It will be shown from the moment you chose.")
    return _("It is shown now.")


def _change(request: SignedInRequest, summit: Summit, action: str) -> str:
    match action:
        case "withdraw":
            announcements.withdraw(_found(request, summit), by=request.user)
            return _("It was withdrawn.")
        case "end":
            form = EndForm(request.POST)
            if not form.is_valid():
                raise announcements.EndsWrongly
            announcements.change_end(_found(request, summit), form.cleaned_data["ends_at"], by=request.user)
            return _("It ends at another moment now.")
        case "delay":
            return _delay(request, summit)
    raise Http404


def _found(request: SignedInRequest, summit: Summit) -> Announcement:
    rows = _seen(request, summit).select_related("session")
    return get_object_or_404(rows, pk=number(request.POST.get("announcement", "")))


def _seen(request: SignedInRequest, summit: Summit) -> Any:
    """Those that somebody may change: all, or those of the sessions they run."""
    rows = summit.announcements.all()
    return rows if _for_all(request) else rows.filter(session__in=run_by(request.user, summit, request.rights))


def _rooms(request: SignedInRequest, summit: Summit) -> Any:
    """Rooms in which something takes place, of whoever speaks for their own sessions alone those of these."""
    sessions = run_by(request.user, summit, request.rights).filter(published_at__isnull=False)
    return Room.objects.filter(summit=summit, pk__in=sessions.values("room"))


def _delay(request: SignedInRequest, summit: Summit) -> str:
    room = get_object_or_404(_rooms(request, summit), pk=number(request.POST.get("room", "")))
    day, asked = delays.today(summit), request.POST.get("minutes", "").strip()
    minutes = number(asked) if asked else 0
    if day is None:
        raise delays.NotADayOfTheSummit
    if minutes is None:
        raise delays.NotADelay
    delays.set_minutes(room, day, minutes, by=request.user)
    if not minutes:
        return _("%(room)s is on time.") % {"room": room.name}
    text = ngettext("%(room)s is %(n)d minute late.", "%(room)s is %(n)d minutes late.", minutes)
    return text % {"room": room.name, "n": minutes}


def _page(request: SignedInRequest, summit: Summit, form: AnnouncementForm, status: int = 200) -> HttpResponse:
    now, rows = timezone.now(), _seen(request, summit).select_related("session", "created_by")
    day, late = delays.today(summit, now), delays.of_today(summit, now)
    shown = form.is_bound and form.is_valid()
    context = {
        "summit": summit,
        "form": form,
        "preview": form.preview() if shown else None,
        "confirming": shown and form.cleaned_data["severity"] == "urgent",
        "standing": announcements.in_order(rows.to_come(now)),
        "ended": [row for row in rows[: announcements.ENDED_SHOWN] if row.withdrawn_at or row.ends_at <= now],
        "now": now,
        "day": day,
        "rooms": [(room, late.get(room.pk, "")) for room in _rooms(request, summit)] if day else [],
    }
    return render(request, "sessions/organiser/live.html", context, status=status)
