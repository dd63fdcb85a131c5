"""Two profiles of one person, side by side, and one of them afterwards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.editing import merging as verbs
from sessions.forms.people import Known
from speakers.models import Speaker
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.PROGRAMME)
def merge(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """GET ``?other=`` shows both; POST merges the other into this one, field by field as chosen."""
    keep = get_object_or_404(Speaker.objects.select_related("summit"), summit=summit, code=code)
    known = Known(summit)
    asked = (request.POST if request.method == "POST" else request.GET).get("other", "")
    found = known.find(asked) or [one for one in known.people if one.code == asked]
    others = [one for one in found if one.pk != keep.pk]
    if len(others) != 1:
        alike = verbs.distinguished(others or known.alike(keep))
        context = {"summit": summit, "keep": keep, "known": known, "asked": asked, "alike": alike}
        return render(request, "sessions/organiser/merge.html", context, status=422 if asked else 200)
    other = others[0]
    if request.method == "POST":
        values = {name: getattr(other, name) for name in verbs.FIELDS if request.POST.get(name) == "other"}
        try:
            verbs.merge(keep, other, values, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("The profiles were merged."))
        return redirect("speakers:organiser-person", summit.code, code)
    rows = [_row(keep, other, name) for name in verbs.FIELDS]
    context = {"summit": summit, "keep": keep, "other": other, "rows": rows, "told": verbs.distinguished([keep, other])}
    return render(request, "sessions/organiser/merge.html", context)


def _row(keep: Speaker, other: Speaker, name: str) -> dict[str, Any]:
    mine, theirs = getattr(keep, name), getattr(other, name)
    label = Speaker._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    # Where only the other one says something, that is what most people want to keep.
    return {"name": name, "label": label, "mine": mine, "theirs": theirs, "take": bool(theirs and not mine)}
