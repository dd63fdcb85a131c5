"""People at risk: who is in the circle, protecting somebody, and seeing who it is."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.forms.sealing import AliasForm, CircleForm, ReasonForm
from registration.models import Registration
from registration.registering import refusals, sealing
from registration.registering.categories import field_name
from summit.errors import Refusal
from summit.lib import countries
from summit.lib.translated import active_language
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

SHOWN = (
    "name", "name_romanised", "title", "family_name", "email", "organisation", "job_title", "country", "time_zone", "registered_by",
)  # fmt: skip


@never_cache
@right_required(Right.SETTINGS)
def circle(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """Who may see who is at risk: read by whoever sets the summit up, named by an owner."""
    form, status = CircleForm(request.POST if request.method == "POST" else None, summit=summit), 200
    if request.POST.get("action") in {"protect", "end"}:
        return _everybody(request, summit, request.POST["action"] == "protect")
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                sealing.set_circle(summit, form.cleaned_data["members"], by=request.user)
            except Refusal as refusal:
                form.add_error(None, str(refusal.message))
                status = refusal.status
            else:
                messages.success(request, _("Saved."))
                return redirect("registration:circle", summit.code)
    context = {
        "summit": summit,
        "form": form,
        "names": sealing.names_circle(request.user, summit),
        "keepers": sealing.keepers(summit),
        "in_circle": sealing.in_circle(request.user, summit),
        "protected": summit.registrations.filter(at_risk=True).active().count(),
    }
    return render(request, "registration/organiser/circle.html", context, status=status)


def _everybody(request: SignedInRequest, summit: Summit, wanted: bool) -> HttpResponse:
    try:
        sealing.protect_everybody(summit, wanted, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Everybody is sealed, one after the other, and told.") if wanted
                         else _("Whoever registers from now on is not sealed; who is sealed stays so."))  # fmt: skip
    return redirect("registration:circle", summit.code)


def _one(summit: Summit, guid: Any) -> Registration:
    return get_object_or_404(Registration.objects.select_related("summit", "category"), summit=summit, guid=guid)


@never_cache
@right_required(Right.REGISTRATIONS)
def protection(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """GET says what it means and asks once, POST protects somebody or ends it."""
    found = _one(summit, guid)
    form, status = AliasForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            done = _change(request, found, form)
        except refusals.AliasTellsName as refusal:
            form.add_error("alias", str(refusal.message))
            status = refusal.status
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return redirect("registration:registration", summit.code, guid)
        else:
            messages.success(request, done)
            return redirect("registration:registration", summit.code, guid)
    return _page(request, "registration/organiser/protection.html", found, status=status, form=form)


def _change(request: SignedInRequest, found: Registration, form: AliasForm) -> str:
    if request.POST.get("action") == "end":
        sealing.unseal(found, by=request.user)
        return _("The protection was ended: the details stand in the open again.")
    sealing.seal(found, alias=form.cleaned_data["alias"], by=request.user)
    return _("The details are sealed, and the person was told.")


@never_cache
@right_required(Right.REGISTRATIONS)
def truth(request: SignedInRequest, summit: Summit, guid: Any) -> HttpResponse:
    """GET asks why, POST shows once who it is, and that is noted."""
    found, form = _one(summit, guid), ReasonForm(request.POST if request.method == "POST" else None)
    status, facts = 200, None
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        try:
            facts = _facts(sealing.open_seal(found, reason=form.cleaned_data["reason"], by=request.user))
        except Refusal as refusal:
            form.add_error("reason", str(refusal.message))
            status = refusal.status
    return _page(request, "registration/organiser/truth.html", found, status=status, form=form, facts=facts)


def _facts(truth: dict[str, Any]) -> list[tuple[str, str]]:
    said = {**truth, "country": countries.name(truth["country"], active_language())}
    return [(field_name(name), said[name]) for name in SHOWN if said[name]]


def _page(request: SignedInRequest, template: str, found: Registration, *, status: int, **more: Any) -> HttpResponse:
    context = {
        "summit": found.summit,
        "registration": found,
        "in_circle": sealing.in_circle(request.user, found.summit),
        **more,
    }
    return render(request, template, context, status=status)
