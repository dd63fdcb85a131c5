"""Organisers' first pages: tracks, links to confirm, what is planned."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions.editing import materials
from sessions.forms.settings import OrderForm, TrackForm
from sessions.models import Material, Track
from sessions.permissions import edited_by_team
from sessions.planning import balance
from sessions.planning import tracks as verbs
from summit import history
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.lib.colour import checks
from summit.lib.text import number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, may_write, right_required, texts_alone


@never_cache
@right_required(Right.TRACKS)
def new_track(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = TrackForm(request.POST or None, instance=Track(summit=summit))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            track = verbs.create_track(summit, form.cleaned_data, by=request.user)
            verbs.set_leads(track, form.cleaned_data["leads"], by=request.user)
        messages.success(request, _("The track “%(name)s” was added.") % {"name": track})
        return redirect("sessions:organiser-tracks", summit.code)
    status = 422 if form.is_bound else 200
    return render(
        request, "sessions/organiser/track.html", {"summit": summit, "form": form, "may": True}, status=status
    )


@never_cache
@right_required(Right.WORKSPACE)
def track(request: SignedInRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(Track.objects.select_related("summit"), summit=summit, slug=slug)
    form = TrackForm(request.POST or None, instance=found, texts_alone=texts_alone(request, Right.TRACKS))
    if request.method != "POST":
        return _track_page(request, found, form)
    if not may_write(request, Right.TRACKS):
        return _track_page(request, found, form, status=403)
    if not form.is_valid():
        return _track_page(request, found, form, status=422)
    try:
        saved = _save_track(request, found, form)
    except Overtaken as refusal:
        lines = history.described(refusal.details["entries"], Track)
        return _track_page(request, found, form.over(refusal), status=409, overtaken=lines)
    messages.success(request, _("The track “%(name)s” was saved.") % {"name": saved})
    return redirect("sessions:organiser-tracks", summit.code)


@transaction.atomic
def _save_track(request: SignedInRequest, found: Track, form: TrackForm) -> Track:
    saved = verbs.edit_track(
        found, form.cleaned_data, form_versions=form.cleaned_data["form_versions"], by=request.user
    )
    if "leads" in form.cleaned_data:
        verbs.set_leads(saved, form.cleaned_data["leads"], by=request.user)
    return saved


def _track_page(
    request: SignedInRequest, found: Track, form: TrackForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    stored = Track.objects.select_related("summit").get(pk=found.pk)
    context = {
        "summit": stored.summit, "form": form, "track": stored, "may": may_write(request, Right.TRACKS),
        "checks": checks(stored.colour), "balance": balance.of_track(stored), "number": stored.sessions.count(),
        "others": stored.summit.tracks.exclude(pk=stored.pk), "history": history.described(entries_of(stored)[:30], Track), **more,
    }  # fmt: skip
    return render(request, "sessions/organiser/track.html", context, status=status)


@require_POST
@right_required(Right.TRACKS)
def track_deletion(request: SignedInRequest, summit: Summit, slug: str) -> HttpResponse:
    found = get_object_or_404(summit.tracks.select_related("summit"), slug=slug)
    into = next((one for one in summit.tracks.all() if one.slug == request.POST.get("into")), None)
    try:
        verbs.delete_track(found, into=into, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("sessions:organiser-track", summit.code, slug)
    messages.success(request, _("The track “%(name)s” was deleted.") % {"name": found})
    return redirect("sessions:organiser-tracks", summit.code)


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
    """The data-quality list: addresses of videos and slides nobody has confirmed yet, each confirmed by one press."""
    rows = (
        Material.objects.filter(session__summit=summit)
        .select_related("session__summit", "confirmed_by")
        .order_by("confirmed", "session__number", "order")
    )
    mine = set(edited_by_team(request.user, summit, request.rights).order_by().values_list("pk", flat=True))
    if request.method == "POST":
        if (key := number(request.POST.get("material", ""))) is not None:
            materials.confirm(get_object_or_404(rows.filter(session__in=mine), pk=key), by=request.user)
            messages.success(request, _("The link was confirmed."))
        return redirect(request.path)
    return render(request, "sessions/organiser/links.html", {"summit": summit, "materials": rows, "mine": mine})
