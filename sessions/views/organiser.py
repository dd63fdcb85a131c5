"""Organisers' first pages: tracks, links to confirm, publication."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions import changes, publishing, scheduling
from sessions import tracks as verbs
from sessions.forms import NoteForm, OrderForm, PlacementForm, TrackForm
from sessions.models import Material, Session, Track
from sessions.permissions import edited_by_team
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


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
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def placement(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """Plan one session's time and room."""
    rows = edited_by_team(request.user, summit, request.rights)
    rows = rows.select_related("summit", "room", "placement", "placement__room")
    session = get_object_or_404(rows, code=code)
    plan = getattr(session, "placement", None)
    initial = {name: getattr(plan or session, name) for name in ("starts_at", "ends_at", "room")}
    initial["cancelled"] = plan.cancelled if plan else session.is_cancelled
    with timezone.override(summit.tz):
        form = PlacementForm(request.POST or None, initial=initial, session=session)
        if request.method == "POST" and form.is_valid():
            waits = scheduling.place(session, **form.cleaned_data, by=request.user)
            text = _("Saved. It becomes public with the next version.") if waits else _("Saved: it is as it is public.")
            messages.success(request, text)
            return redirect("sessions:organiser-sessions", summit.code)
        context = {"summit": summit, "session": session, "form": form, "plan": plan}
        status = 422 if form.is_bound else 200
        return render(request, "sessions/organiser/placement.html", context, status=status)
