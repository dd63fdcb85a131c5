"""Registrations that may be of one person: compared, merged, or told apart."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.models import Registration
from registration.permissions import audiences_of
from registration.registering import duplicates, merging, refusals
from summit.errors import Refusal
from summit.lib.codes import normal_reference
from summit.lib.pages import page_number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

PAGE = 10


@require_safe
@never_cache
@right_required(Right.REGISTRATIONS)
def listed(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The pairs that were found, the surest first."""
    found = duplicates.pairs(summit)
    page = Paginator(found, PAGE).get_page(page_number(request.GET.get("page")))
    context = {"summit": summit, "page": page, "all_shown": len(found) < duplicates.MOST}
    return render(request, "registration/organiser/duplicates.html", context)


@never_cache
@right_required(Right.REGISTRATIONS)
def merge(request: SignedInRequest, summit: Summit, guid: Any, other: Any) -> HttpResponse:
    """GET shows both side by side, with what stands and what moves; POST merges the other into the first."""
    kept, gone = _one(summit, guid), _one(summit, other)
    if request.method != "POST":
        return _page(request, kept, gone)
    chosen = [name for name, value in request.POST.items() if value == "other"]
    versions = _versions(request.POST.get("kept_versions", "")), _versions(request.POST.get("other_versions", ""))
    try:
        merging.merge(kept, gone, chosen, form_versions=versions, by=request.user)
    except Refusal as refusal:
        return _page(request, _one(summit, guid), _one(summit, other), refusal=refusal)
    messages.success(request, _("The two were merged: %(reference)s stands.") % {"reference": kept.reference})
    return redirect("registration:registration", summit.code, kept.guid)


@require_POST
@right_required(Right.REGISTRATIONS)
def apart(request: SignedInRequest, summit: Summit, guid: Any, other: Any) -> HttpResponse:
    one, twin = _one(summit, guid), _one(summit, other)
    if one.pk != twin.pk:
        duplicates.tell_apart(one, twin, by=request.user)
        messages.success(request, _("Kept: these are two people."))
    return redirect("registration:duplicates", summit.code)


@require_POST
@right_required(Right.REGISTRATIONS)
def twin(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """From one registration to the page that compares it with another, named by its reference."""
    found = _one(summit, guid)
    reference = normal_reference(request.POST.get("reference", "")[:40])[:12]
    other = summit.registrations.filter(reference=reference).exclude(pk=found.pk).first() if reference else None
    if other is None:
        messages.error(request, _("There is no other registration with this reference."))
        return redirect("registration:registration", summit.code, guid)
    return redirect("registration:merge", summit.code, found.guid, other.guid)


def _one(summit: Summit, guid: Any) -> Registration:
    rows = Registration.objects.filter(summit=summit).select_related("summit", "category", "merged_into")
    return get_object_or_404(rows, guid=guid)


def _versions(sent: str) -> Mapping[str, str]:
    """What the page stood on; whatever is no such thing fits nothing."""
    try:
        read = json.loads(sent)
    except ValueError:
        read = None
    return {str(name): str(was) for name, was in read.items() if name in merging.VERSIONED} if isinstance(read, dict) else {"state": "-"}  # fmt: skip


def _page(
    request: SignedInRequest, kept: Registration, gone: Registration, *, refusal: Refusal | None = None
) -> HttpResponse:
    """Both as they are now, with what keeps them from being merged."""
    if refusal is None and kept.pk == gone.pk:
        refusal = refusals.SameRegistration()
    if refusal is None:
        refusal = merging.refused(kept, gone)
    audiences = audiences_of(request.user, kept.summit)
    context = {
        "summit": kept.summit,
        "kept": kept,
        "other": gone,
        "rows": merging.rows(kept, gone, audiences),
        "goes_along": merging.goes_along(kept, gone, audiences),
        "kept_versions": json.dumps(merging.versions(kept)),
        "other_versions": json.dumps(merging.versions(gone)),
        "refusal": refusal,
        "may": merging.refused(kept, gone) is None and kept.pk != gone.pk,
        "told_apart": duplicates.are_two(kept, gone),
    }
    status = refusal.status if refusal and request.method == "POST" else 200
    return render(request, "registration/organiser/merge.html", context, status=status)
