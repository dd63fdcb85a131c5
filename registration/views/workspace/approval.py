"""The approval desk: whoever waits for a decision, one after the other, with everything about them on one page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.decision import DecisionForm, NoteForm, ReviewersForm
from registration.models import Look, Registration
from registration.permissions import audiences_of
from registration.registering import answering, decisions, looks, waitlist
from registration.registering.decisions import Queue
from summit import audit, history
from summit.errors import Refusal
from summit.lib.translated import own_name
from summit.models import HistoryEntry, Membership, Right, Summit
from summit.permissions import SignedInRequest, right_required

BEFORE, AFTER = 5, 20
OTHERS_SHOWN = 10


def _queue(request: SignedInRequest, summit: Summit) -> Queue:
    return Queue(summit, request.user, category=request.GET.get("category", ""))


def _way(request: SignedInRequest, summit: Summit, found: Registration | None) -> str:
    """The page of somebody who waits, or the beginning, within the category that is looked at."""
    name = "registration:approval-one" if found else "registration:approval"
    address = reverse(name, args=[summit.code, *([found.guid] if found else [])])
    category = request.GET.get("category", "")
    return f"{address}?{urlencode({'category': category})}" if category else address


@never_cache
@right_required(Right.APPROVAL)
def queue(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Leads to whoever waits longest; where nobody waits it says so."""
    waiting = _queue(request, summit)
    if first := waiting.rows.first():
        return redirect(_way(request, summit, first))
    return render(request, "registration/organiser/approval_empty.html", {"summit": summit})


@never_cache
@right_required(Right.APPROVAL)
def one(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Somebody who waits, and the decision; after it comes the next."""
    found = _found(request, summit, guid)
    form = DecisionForm(request.POST or None, summit=summit)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    since = found.waits_since
    try:
        if form.cleaned_data["decision"] == "approve":
            decisions.approve(found, by=request.user)
            messages.success(request, _("%(name)s is confirmed and was told.") % {"name": found.name})
        else:
            decisions.reject(found, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("%(name)s was rejected and told why.") % {"name": found.name})
    except Refusal as refusal:
        return _page(request, found, form, status=refusal.status, refusal=refusal)
    after = _queue(request, summit).after(found, since=since)
    return redirect(_way(request, summit, after))


@require_POST
@right_required(Right.APPROVAL)
def notes(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    found, form = _found(request, summit, guid), NoteForm(request.POST)
    if form.is_valid():
        decisions.note(found, form.cleaned_data["text"], by=request.user)
    else:
        messages.error(request, _("Write a note of at most 2,000 characters."))
    return redirect(_way(request, summit, found))


@require_POST
@right_required(Right.APPROVAL)
def put_on_waitlist(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Have somebody wait for a place instead of a decision, and go on with the next."""
    found = _found(request, summit, guid)
    since = found.waits_since
    try:
        decisions.put_on_waitlist(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect(_way(request, summit, found))
    messages.success(request, _("%(name)s waits for a place and was told.") % {"name": found.name})
    after = _queue(request, summit).after(found, since=since)
    return redirect(_way(request, summit, after))


@require_POST
@right_required(Right.APPROVAL)
def second_opinion(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Leave it to somebody else, and go on with the next."""
    found = _found(request, summit, guid)
    try:
        decisions.ask_second_opinion(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect(_way(request, summit, found))
    messages.success(request, _("Somebody else of the team decides on %(name)s.") % {"name": found.name})
    after = _queue(request, summit).after(found, since=found.waits_since)
    return redirect(_way(request, summit, after or found))


@never_cache
@right_required(Right.SETTINGS)
def reviewers(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Who decides on what."""
    form = ReviewersForm(request.POST or None, summit=summit)
    if request.method == "POST" and form.is_valid():
        decisions.set_scopes(summit, form.scopes(), by=request.user)
        messages.success(request, _("Saved."))
        return redirect("registration:reviewers", summit.code)
    context = {"summit": summit, "form": form}
    return render(request, "registration/organiser/reviewers.html", context, status=422 if form.errors else 200)


def _found(request: SignedInRequest, summit: Summit, guid: Any) -> Registration:
    beside = ("summit", "category", "delegation", "replaces", "second_opinion__asked_by")
    rows = decisions.decided_by(request.user, summit).select_related(*beside)
    return get_object_or_404(rows, guid=guid)


def _page(
    request: SignedInRequest,
    found: Registration,
    form: DecisionForm,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    looks.note_sensitive(found.summit, [found.pk], Look.What.NEEDS, by=request.user)
    context = {
        "summit": found.summit,
        "registration": found,
        **_around(request, found),
        **_about(request, found),
        "form": form,
        "note_form": NoteForm(),
        "refusal": refusal,
        "page_keys": "registration/organiser/_approval_keys.html",
    }
    return render(request, "registration/organiser/approval.html", context, status=status)


def _around(request: SignedInRequest, found: Registration) -> dict[str, Any]:
    """The part of the queue that is shown, and the ways from there."""
    summit, waiting = found.summit, _queue(request, found.summit)
    near = waiting.near(found, before=BEFORE, after=AFTER) if found.waits_since else [found]
    ways = [_way(request, summit, row) for row in near]
    place = next((n for n, row in enumerate(near) if row.pk == found.pk), 0)
    late = waiting.rows.overdue().filter(pk__in=[row.pk for row in near])
    return {
        "near": list(zip(near, ways, strict=True)),
        "previous": ways[place - 1] if place else "",
        "next": ways[place + 1] if place + 1 < len(ways) else "",
        "number": waiting.rows.count(),
        "overdue": set(late.values_list("pk", flat=True)),
        "categories": [row for row in summit.categories.all() if row.is_approved],
        "chosen": request.GET.get("category", ""),
    }


def _about(request: SignedInRequest, found: Registration) -> dict[str, Any]:
    """What is known of the person beside the registration itself."""
    told = HistoryEntry.objects.filter(subject_kind=found._meta.label_lower, subject_key=str(found.pk))
    entries = list(told.select_related("by")[:20])
    return {
        "can_wait": waitlist.has_one(found),
        "mail_language": own_name(found.language),
        "notes": found.notes.select_related("by"),
        "answers": answering.said_by(found, audiences_of(request.user, found.summit)),
        "others": _others(request, found),
        "history": history.described(entries, Registration, named=audit.namer(entries, found.summit)),
    }


def _others(request: SignedInRequest, found: Registration) -> list[Registration]:
    """Who may be the same: the same name here, and the same address here or at other summits that the reader works on."""
    rows = Registration.objects.select_related("summit", "category").exclude(pk=found.pk).order_by("-created_at")
    alike = rows.annotate(lower=Lower("name")).filter(summit=found.summit, lower=found.name.lower())
    mine = Membership.objects.granting(Right.REGISTRATIONS, Right.APPROVAL).filter(user=request.user)
    known = rows.filter(Q(summit=found.summit) | Q(summit__in=mine.values("summit")), email__address=found.email)
    return list({row.pk: row for row in [*alike[:OTHERS_SHOWN], *known[:OTHERS_SHOWN]]}.values())
