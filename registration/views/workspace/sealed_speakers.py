"""Speakers at risk: protecting a profile, seeing who it is, and ending it, on one page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.sealing import AliasForm, ReasonForm
from registration.registering import refusals, sealed_speakers, sealing
from registration.registering.categories import field_name
from speakers.models import Speaker
from summit.errors import Refusal
from summit.lib import countries
from summit.lib.translated import active_language
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

SHOWN = ("name", "name_romanised", "email", "country")


@never_cache
@right_required(Right.PROGRAMME)
def speaker_protection(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """GET says what it means, or asks why somebody looks; POST protects, shows once who it is, or ends it (``action``)."""
    found = get_object_or_404(Speaker.objects.select_related("summit", "user"), summit=summit, code=code)
    action, data = request.POST.get("action", ""), request.POST if request.method == "POST" else None
    alias, reason = AliasForm(data if action == "protect" else None), ReasonForm(data if action == "look" else None)
    reason.fields["reason"].help_text = _("It is kept in the history with your name.")
    page: dict[str, Any] = {"form": alias, "reason": reason}
    try:
        if action == "protect" and alias.is_valid():
            return _done(request, sealed_speakers.protect(found, alias=alias.cleaned_data["alias"], by=request.user))
        if action == "end":
            return _done(request, sealed_speakers.end(found, by=request.user))
        if action == "look" and reason.is_valid():
            said = sealed_speakers.open_seal(found, reason=reason.cleaned_data["reason"], by=request.user)
            return _page(request, found, facts=_facts(said), **page)
    except refusals.AliasTellsName as refusal:
        alias.add_error("alias", str(refusal.message))
    except refusals.SealReasonMissing as refusal:
        reason.add_error("reason", str(refusal.message))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return _page(request, found, status=refusal.status, **page)
    return _page(request, found, status=200 if data is None else 422, **page)


def _done(request: SignedInRequest, speaker: Speaker) -> HttpResponse:
    said = (
        _("The profile is sealed, and the agenda shows the alias.")
        if speaker.at_risk
        else _("The protection was ended: the details stand in the open again.")
    )
    messages.success(request, said)
    return redirect("speakers:organiser-person", speaker.summit.code, speaker.code)


def _facts(truth: dict[str, Any]) -> list[tuple[str, str]]:
    said = {**truth, "country": countries.name(truth["country"], active_language())}
    shown = [(field_name(name), said[name]) for name in SHOWN]
    return [(label, value) for label, value in (*shown, (_("Biography"), said["biography"])) if value]


def _page(request: SignedInRequest, found: Speaker, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "summit": found.summit,
        "speaker": found,
        "in_circle": sealing.in_circle(request.user, found.summit),
        **more,
    }
    return render(request, "registration/organiser/speaker_protection.html", context, status=status)
