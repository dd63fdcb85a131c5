"""Organisers' first pages: tracks, links to confirm, publication."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions import changes, publishing, scheduling
from sessions import tracks as verbs
from sessions.board import overtaken
from sessions.forms import NoteForm, OrderForm, PlacementForm, TrackForm
from sessions.models import Material, Session, Track
from sessions.permissions import edited_by_team
from sessions.plan import clashes_if, planned, told
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.revising import Overtaken


@never_cache
@right_required(Right.WORKSPACE)
def tracks(request: SignedInRequest, summit: Summit) -> HttpResponse:
    # Counting groups the rows, and a grouped query forgets the model's own order.
    rows = summit.tracks.annotate(session_count=Count("sessions")).order_by("order", "slug")
    return render(request, "sessions/organiser/tracks.html", {"summit": summit, "tracks": rows})


@never_cache
@right_required(Right.TRACKS)
def new_track(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = TrackForm(request.POST or None, instance=Track(summit=summit))
    if request.method == "POST" and form.is_valid():
        track = verbs.create_track(summit, form.cleaned_data, by=request.user)
        messages.success(request, _("The track “%(name)s” was added.") % {"name": track})
        return redirect("sessions:organiser-tracks", summit.code)
    status = 422 if form.is_bound else 200
    return render(request, "sessions/organiser/track.html", {"summit": summit, "form": form}, status=status)


@never_cache
@right_required(Right.TRACKS)
def track(request: SignedInRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(Track.objects.select_related("summit"), summit=summit, slug=slug)
    form = TrackForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = verbs.edit_track(found, form.cleaned_data, by=request.user)
        messages.success(request, _("The track “%(name)s” was saved.") % {"name": saved})
        return redirect("sessions:organiser-tracks", summit.code)
    context = {"summit": summit, "form": form, "track": Track.objects.get(pk=found.pk)}
    return render(request, "sessions/organiser/track.html", context, status=422 if form.is_bound else 200)


@require_POST
@right_required(Right.TRACKS)
def order(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = OrderForm(request.POST)
    if form.is_valid():
        found = get_object_or_404(summit.tracks.select_related("summit"), slug=form.cleaned_data["slug"])
        verbs.move_track(found, up=form.cleaned_data["direction"] == "up", by=request.user)
    return redirect("sessions:organiser-tracks", summit.code)


@never_cache
@right_required(Right.WORKSPACE)
def links(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The data-quality list: addresses of videos and slides nobody has confirmed yet."""
    rows = (
        Material.objects.filter(session__summit=summit)
        .select_related("session")
        .order_by("confirmed", "session__number", "order")
    )
    return render(request, "sessions/organiser/links.html", {"summit": summit, "materials": rows})


@never_cache
@right_required(Right.PUBLISH)
def publication(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """What publishing would tell the public, and the versions there have been."""
    form = NoteForm(request.POST or None)
    if request.method == "POST" and request.POST.get("action") == "withdraw":
        publishing.withdraw(summit, by=request.user)
        messages.success(request, _("The agenda is no longer public."))
        return redirect("sessions:organiser-publication", summit.code)
    if request.method == "POST" and request.POST.get("action") == "publish" and form.is_valid():
        version = publishing.publish(summit, note=form.cleaned_data["note"].public(), by=request.user)
        messages.success(request, _("Version %(number)d is public.") % {"number": version.number})
        return redirect("sessions:organiser-publication", summit.code)
    context = {
        "summit": summit,
        "form": form,
        "changes": changes.described(publishing.preview(summit), summit),
        "waiting": publishing.waiting(summit),
        "total": Session.objects.filter(summit=summit).count(),
        "versions": summit.agenda_versions.select_related("by").defer("snapshot")[:20],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "sessions/organiser/publication.html", context, status=status)


@never_cache
@right_required(Right.WORKSPACE)
def sessions(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """All sessions as they are public and as they are planned."""
    rows = Session.objects.filter(summit=summit).select_related("track", "room", "placement", "placement__room")
    return render(request, "sessions/organiser/sessions.html", {"summit": summit, "sessions": rows.in_order()})


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def placement(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """Plan one session's time and room."""
    rows = edited_by_team(request.user, summit, request.rights)
    rows = rows.select_related("summit", "room", "placement", "placement__room")
    session = get_object_or_404(rows, code=code)
    at = planned(session)
    initial: dict[str, Any] = {
        "starts_at": at.starts_at,
        "ends_at": at.ends_at,
        "room": at.room,
        "cancelled": at.cancelled,
    }
    with timezone.override(summit.tz):
        form = PlacementForm(
            request.POST or None, initial={**initial, "version": session.plan_version}, session=session
        )
        context: dict[str, Any] = {"summit": summit, "session": session, "form": form}
        status, checks = 422 if form.is_bound else 200, request.POST.get("action") == "check"
        if request.method == "POST" and form.is_valid():
            if not checks and (answer := _placed(request, session, form, context)):
                return answer
            status = 200 if checks else 409
            initial = {name: form.cleaned_data[name] for name in initial}
        if status != 422:
            context["conflicts"] = told(summit, clashes_if(session, **initial))
        context["checked"] = checks
        return render(request, "sessions/organiser/placement.html", context, status=status)


def _placed(
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
    return redirect("sessions:organiser-sessions", session.summit.code)
