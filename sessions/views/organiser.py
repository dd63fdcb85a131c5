"""Organisers' first pages: tracks, links to confirm, what is planned."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions import tracks as verbs
from sessions.forms import OrderForm, TrackForm
from sessions.models import Material, Track
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
