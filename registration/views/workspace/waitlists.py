"""Waitlists: who waits for a place in a quota, who is next, and what the team does about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.forms.waitlist import OfferForm, WaitlistReasonForm
from registration.models import Quota, Registration
from registration.places import capacity
from registration.places.capacity import Counted
from registration.registering import quotas, waitlist
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

BEFORE, AFTER, OFFERS_SHOWN = 5, 20, 50


@require_safe
@never_cache
@right_required(Right.REGISTRATIONS)
def listed(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The quotas that somebody may wait for, or waits for."""
    found = [_numbers(each) for each in capacity.quotas(summit)]
    lines = [each for each in found if each["quota"].has_waitlist or each["waiting"] or each["offered"]]
    context = {"summit": summit, "lines": sorted(lines, key=lambda each: _in_order(each["quota"])), **_end(summit)}
    return render(request, "registration/organiser/waitlists.html", context)


def _in_order(quota: Quota) -> tuple[bool, int, int]:
    return not quota.is_basic, quota.order, quota.pk


def _numbers(counted: Counted) -> dict[str, Any]:
    rows = waitlist.line(counted)
    waiting, offered = (rows.filter(keeps_place=kept).count() for kept in (False, True))
    return {"quota": counted.quota, "waiting": waiting, "offered": offered, "left": counted.quota.left}


def _end(summit: Summit) -> dict[str, Any]:
    """What becomes of who waits, as the summit's dates stand."""
    return {"registration_state": summit.registration_state(), "closes_at": summit.registration_ends_at}


def _found(summit: Summit, pk: int) -> Counted:
    get_object_or_404(Quota, summit=summit, pk=pk)
    return next(each for each in capacity.quotas(summit) if each.quota.pk == pk)


@never_cache
@right_required(Right.REGISTRATIONS)
def one(request: SignedInRequest, summit: Summit, pk: int, guid: Any = None) -> HttpResponse:
    """The line of a quota around one person (none: who is next); POST offers places to whoever is next."""
    counted = _found(summit, pk)
    form = OfferForm(request.POST or None)
    if request.method != "POST":
        return _page(request, summit, counted, form, guid=guid)
    if not form.is_valid():
        return _page(request, summit, counted, form, status=422)
    number, first = form.cleaned_data["number"], form.cleaned_data["first"]
    try:
        made, later = waitlist.offer_now(counted.quota, number, first=first, by=request.user)
    except Refusal as refusal:
        return _page(request, summit, _found(summit, pk), OfferForm(), status=refusal.status, refusal=refusal)
    said = ngettext("%(n)d person was offered a place.", "%(n)d people were offered a place.", made) % {"n": made}
    if later:
        said += " " + _("The others follow within minutes, as far as there are places.")
    messages.success(request, said)
    return redirect("registration:waitlist", summit.code, pk)


@require_POST
@right_required(Right.REGISTRATIONS)
def pause(request: SignedInRequest, summit: Summit, pk: int) -> HttpResponse:
    """``paused`` is 1 to pause and 0 to go on."""
    paused = request.POST.get("paused") == "1"
    quotas.pause(_found(summit, pk).quota, paused, by=request.user)
    done = _("Paused: nobody is offered a place until you go on.") if paused else _("Places are offered again.")
    messages.success(request, done)
    return redirect("registration:waitlist", summit.code, pk)


@never_cache
@require_POST
@right_required(Right.REGISTRATIONS)
def pull(request: SignedInRequest, summit: Summit, pk: int, guid: Any) -> HttpResponse:
    """Confirm somebody before the others, for a reason that stays in the history."""
    counted = _found(summit, pk)
    found = get_object_or_404(Registration.objects.select_related("summit", "category"), summit=summit, guid=guid)
    form = WaitlistReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, summit, counted, OfferForm(), guid=guid, reason_form=form, status=422)
    try:
        waitlist.pull_forward(found, reason=form.cleaned_data["reason"], by=request.user)
    except Refusal as refusal:
        return _page(request, summit, _found(summit, pk), OfferForm(), status=refusal.status, refusal=refusal)
    messages.success(request, _("%(name)s is confirmed and was told.") % {"name": found.name})
    return redirect("registration:waitlist", summit.code, pk)


def _page(
    request: SignedInRequest,
    summit: Summit,
    counted: Counted,
    form: OfferForm,
    *,
    status: int = 200,
    guid: Any = None,
    **more: Any,
) -> HttpResponse:
    first, found = _first_and(counted, guid)
    context = {
        "summit": summit,
        "form": form,
        "reason_form": WaitlistReasonForm(),
        **_numbers(counted),
        **_end(summit),
        **_offers(counted),
        "first": first,
        "registration": found,
        **_around(summit, counted, found),
        "page_keys": "registration/organiser/_waitlist_keys.html",
        **more,
    }
    return render(request, "registration/organiser/waitlist.html", context, status=status)


def _first_and(counted: Counted, guid: Any) -> tuple[Registration | None, Registration | None]:
    """Who is next, and whoever is looked at."""
    rows = waitlist.line(counted).filter(keeps_place=False)
    first = rows.first()
    return first, rows.filter(guid=guid).first() or first


def _offers(counted: Counted) -> dict[str, Any]:
    """Those that run, the next to end first, and how many more there can be now."""
    rows = waitlist.line(counted).filter(keeps_place=True).order_by("offer_ends_at", "pk")
    more = max(0, rows.count() - OFFERS_SHOWN)
    return {"offers": rows[:OFFERS_SHOWN], "more_offers": more, "all_free": waitlist.offerable(counted.quota)}


def _around(summit: Summit, counted: Counted, found: Registration | None) -> dict[str, Any]:
    """The part of the line that is shown, each with its number, the way to it and what keeps it waiting elsewhere."""
    if found is None:
        return {"near": []}
    rows = waitlist.line(counted).filter(keeps_place=False)
    at = rows.filter(waitlist.comes_before(found)).count()
    start = max(0, at - BEFORE)
    shown = list(rows[start : at + AFTER])
    held = waitlist.held_back(summit, shown, besides=counted.quota)
    here = [summit.code, counted.quota.pk]
    ways = [reverse("registration:waitlist-person", args=[*here, row.guid]) for row in shown]
    near = [(start + n, row, way, held[row.pk]) for n, (row, way) in enumerate(zip(shown, ways, strict=True), 1)]
    place = at - start
    return {
        "near": near,
        "position": at + 1,
        "held_back": held.get(found.pk, []),
        "previous": near[place - 1][2] if place else "",
        "next": near[place + 1][2] if place + 1 < len(near) else "",
    }
