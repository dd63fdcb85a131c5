"""Where a session, or whatever takes place in a room, is joined from elsewhere: listed, added, removed, led elsewhere."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.forms.streams import StreamForm
from sessions.live import streams
from sessions.models import Session, Stream
from sessions.permissions import edited_by_team
from summit.errors import Refusal
from summit.lib.text import number
from summit.models import Right, Room, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def session_streams(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    rows = edited_by_team(request.user, summit, request.rights).select_related("summit", "room")
    found = get_object_or_404(rows, code=code)
    return _streams(request, found, reverse("sessions:organiser-session", args=[summit.code, code]))


@never_cache
@right_required(Right.PROGRAMME)
def room_streams(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.rooms.select_related("summit"), code=code)
    return _streams(request, found, reverse("summit:organiser-room", args=[summit.code, code]))


def _streams(request: SignedInRequest, of: Session | Room, back: str) -> HttpResponse:
    adds = request.method == "POST" and "stream" not in request.POST
    status = 200
    with timezone.override(of.summit.tz):
        form = StreamForm(request.POST if adds else None, of_room=isinstance(of, Room))
        if request.method == "POST":
            try:
                if not adds or form.is_valid():
                    _add(request, of, form) if adds else _change(request, of)
                    return redirect(request.path)
                status = 422
            except Refusal as refusal:
                messages.error(request, str(refusal.message))
                status = refusal.status
        return render(request, "sessions/organiser/streams.html", _page(of, form, back), status=status)


def _page(of: Session | Room, form: StreamForm, back: str) -> dict[str, object]:
    is_session = isinstance(of, Session)
    there = [each for each in streams.of_session(of) if each.room_id] if isinstance(of, Session) else []
    return {
        "summit": of.summit,
        "of": of,
        "title": of.title if isinstance(of, Session) else of.name,
        "is_session": is_session,
        "is_online": not isinstance(of, Session) or of.mode in streams.ONLINE,
        "streams": of.streams.all(),
        "of_room": there,
        **(_came(of) if isinstance(of, Session) else {}),
        "form": form,
        "back": back,
    }


def _came(session: Session) -> dict[str, object]:
    """Who has come by these ways: how many, for how many minutes, who has a page open now, and by links passed on."""
    people: Any = session.presences
    return {
        **people.aggregate(joined=Count("pk"), minutes=Sum("minutes", default=0)),
        "online_now": people.online().count(),
        "shared_links": people.by_many_browsers().count(),
        "open_visits": getattr(getattr(session, "open_visits", None), "joined", 0),
    }


def _add(request: SignedInRequest, of: Session | Room, form: StreamForm) -> None:
    streams.add(of, form.values(), by=request.user)
    messages.success(request, _("It was added, and is live at once."))


def _change(request: SignedInRequest, of: Session | Room) -> None:
    rows = Stream.objects.select_related("summit", "session__summit", "room__summit")
    mine = rows.filter(session=of) if isinstance(of, Session) else rows.filter(room=of)
    found = get_object_or_404(mine, pk=number(request.POST["stream"]))
    match request.POST.get("action", ""):
        case "remove":
            streams.remove(found, by=request.user)
            messages.success(request, _("It was removed."))
        case "fall_back":
            streams.fall_back(found, True, by=request.user)
            messages.success(request, _("Whoever joins now is led to the address to fall back on."))
        case "first":
            streams.fall_back(found, False, by=request.user)
            messages.success(request, _("Whoever joins now is led to the first address again."))
