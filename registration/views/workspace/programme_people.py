"""The team registers who stands in the programme, and decides on those who have no part in it any more."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.programme import ProgrammePeopleForm
from registration.registering import from_programme, lifecycle
from registration.registering.from_programme import Done
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

# People named of each kind; how many more there are is said.
NAMED = 50


@never_cache
@right_required(Right.REGISTRATIONS)
def programme_people(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """How many of each part would be registered; POST registers those that are chosen."""
    form = ProgrammePeopleForm(request.POST if request.method == "POST" else None, summit=summit)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _tell(request, from_programme.register(summit, form.categories(), by=request.user))
            return redirect("registration:programme-people", summit.code)
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
            status = refusal.status
    elif form.is_bound:
        status = 422
    found = from_programme.survey(summit)
    asked = from_programme.to_ask_about(summit).select_related("category").order_by("family_name", "name", "pk")
    context: dict[str, Any] = {
        "summit": summit,
        "form": form,
        "parts": [(*fields, found[part]) for part, *fields in form.parts()],
        "awaited": summit.registrations.awaiting_person().count(),
        "asked": asked[:NAMED],
        "more": max(0, asked.count() - NAMED),
    }
    return render(request, "registration/organiser/programme_people.html", context, status=status)


def _tell(request: SignedInRequest, done: Done) -> None:
    words = ngettext("%(n)d person was registered and is told by mail.", "%(n)d people were registered and are told by mail.", done.registered)  # fmt: skip
    messages.success(request, words % {"n": done.registered})
    if done.left_out:
        lines = "; ".join(f"{name}: {why}" for name, why in done.left_out[:NAMED])
        messages.warning(request, _("Not registered: %(people)s") % {"people": lines})


@require_POST
@right_required(Right.REGISTRATIONS)
def without_part(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """Keep or cancel the registration of somebody who has no part in the programme any more."""
    found = get_object_or_404(summit.registrations.select_related("summit", "category"), guid=guid)
    try:
        if request.POST.get("action") == "cancel":
            lifecycle.cancel(found, by=request.user, as_organiser=True)
            messages.success(request, _("The registration was cancelled and the person told."))
        else:
            from_programme.keep(found, by=request.user)
            messages.success(request, _("The registration is kept."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("registration:programme-people", summit.code)
