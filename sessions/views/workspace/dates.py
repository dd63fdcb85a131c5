"""The days and the zone of the summit: what moves along is asked before anything is saved."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sessions.forms.dates import DatesForm
from sessions.planning import moving
from summit import history
from summit.editing.revising import Overtaken
from summit.editing.summit_settings import lines_about
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

SECTION = {
    "title": gettext_lazy("Dates and zone"),
    "lead": gettext_lazy("When the summit takes place, and by which clock"),
}


@never_cache
@right_required(Right.SETTINGS)
def dates(request: SignedInRequest, summit: Summit) -> HttpResponse:
    with timezone.override(summit.tz):
        form = DatesForm(request.POST if request.method == "POST" else None, summit=summit)
        if request.method != "POST":
            return _page(request, form)
        if not form.is_valid():
            return _page(request, form, status=422)
        if request.POST.get("action") == "preview":
            return _page(request, form, asks=form.changes)
        try:
            versions, seen = form.cleaned_data["form_versions"], request.POST.get("seen", "")
            if form.changes:
                moving.reschedule(summit, form.move, seen=seen, form_versions=versions, by=request.user)
        except moving.NotSeen:
            return _page(request, form, asks=True)
        except Overtaken as refusal:
            lines = history.described(refusal.details["entries"], Summit)
            return _page(request, form.over(refusal), status=refusal.status, asks=form.changes, overtaken=lines)
    messages.success(request, _("The settings were saved."))
    return redirect("sessions:dates", summit.code)


def _page(request: SignedInRequest, form: DatesForm, *, status: int = 200, **more: Any) -> HttpResponse:
    summit, wrong = form.summit, status == 422
    context = {
        "summit": summit,
        "section": SECTION,
        "form": form,
        "follows": [] if wrong else form.follows(),
        "clashes": [] if wrong else form.clashes(),
        "preview": more.get("asks", False),
        "history": history.described(lines_about(summit, moving.VERSIONED), Summit),
        **more,
    }
    return render(request, "sessions/organiser/dates.html", context, status=status)
