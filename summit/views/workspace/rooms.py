"""One room in the workspace."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from summit import audit, history
from summit.editing import inline_edits, rooms_and_hours
from summit.editing.pictures import NotAPicture
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.forms.details import RoomForm, Spans
from summit.lib import pictures
from summit.lib.body_limits import takes_files
from summit.models import Right, Room, Summit
from summit.permissions import SignedInRequest, may_write, right_required, texts_alone


@takes_files(pictures.LARGEST)
@never_cache
@right_required(Right.WORKSPACE)
def room(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.rooms.select_related("summit", "venue"), code=code)
    alone = texts_alone(request)
    data = request.POST if request.method == "POST" else None
    form = RoomForm(data, request.FILES or None, instance=found, summit=summit, texts_alone=alone)
    with timezone.override(summit.tz):
        # Those who write texts alone see the hours and send none.
        hours = Spans(None if alone else data, spans=[] if data and not alone else _hours(found))
        if data is None:
            return _page(request, found, form, hours)
        if not may_write(request):
            return _page(request, found, form, hours, status=403)
        if not (form.is_valid() and (alone or hours.is_valid())):
            return _page(request, found, form, hours, status=422)
        try:
            _save(request, found, form, None if alone else hours)
        except NotAPicture as refusal:
            form.add_error("picture", str(refusal.message))
            return _page(request, found, form, hours, status=422)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], Room)
            return _page(request, found, form.over(refusal), hours, status=409, overtaken=lines)
    messages.success(request, _("The room was saved."))
    return redirect("summit:organiser-room", summit.code, code)


def _save(request: SignedInRequest, found: Room, form: RoomForm, hours: Any) -> None:
    options: dict[str, Any] = {"form_versions": form.cleaned_data["form_versions"], "by": request.user}
    if hours is None:
        inline_edits.edit_room(found, form.values(), **options)
    else:
        rooms_and_hours.edit(found, form.values(), hours.spans(), floor_plan=form.sent_picture(), **options)


def _hours(room: Room) -> list[Any]:
    return list(room.hours.values_list("starts_at", "ends_at"))


def _page(
    request: SignedInRequest, found: Room, form: RoomForm, hours: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    sessions: Any = found.sessions.all()
    entries = list(entries_of(found)[:30])
    context = {"summit": found.summit, "room": found, "form": form, "spans": hours, "may": may_write(request), "programme": Right.PROGRAMME in request.rights,
               "sessions": sessions, "history": history.described(entries, Room, named=audit.namer(entries, found.summit)), **more}  # fmt: skip
    return render(request, "summit/organiser/room.html", context, status=status)


@never_cache
@right_required(Right.PROGRAMME)
def new_room(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = RoomForm(request.POST or None, instance=Room(summit=summit), summit=summit)
    with timezone.override(summit.tz):
        hours = Spans(request.POST if request.method == "POST" else None, spans=[])
        if request.method == "POST" and form.is_valid() and hours.is_valid():
            name = form.cleaned_data.get("venue_name", "")
            venue = rooms_and_hours.venue_for(summit, form.cleaned_data.get("venue"), {"ko": name, "en": name})
            values = {**form.values(), "venue": venue, "code": form.code()}
            made = rooms_and_hours.create_room(summit, values, hours.spans(), by=request.user)
            messages.success(request, _("The room was added."))
            return redirect("summit:organiser-room", summit.code, made.code)
        context = {"summit": summit, "form": form, "spans": hours, "may": True, "programme": True}
        status = 422 if request.method == "POST" else 200
        return render(request, "summit/organiser/room.html", context, status=status)


@require_POST
@right_required(Right.PROGRAMME)
def room_deletion(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(summit.rooms.select_related("summit"), code=code)
    try:
        inline_edits.delete_room(found, by=request.user)
    except Refusal as refusal:
        named = ", ".join(refusal.details.get("sessions", [])[:10])
        messages.error(request, f"{refusal.message} {named}")
        return redirect("summit:organiser-room", summit.code, code)
    messages.success(request, _("The room was deleted."))
    return redirect("summit:organiser-rooms", summit.code)
