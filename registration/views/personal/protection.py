"""Protection on one's own page: asking for it, and not being photographed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from registration.forms.sealing import AliasForm
from registration.models import Registration
from registration.registering import refusals, sealed_speakers, sealing
from registration.views.personal.private_link import by_token
from summit.ratelimit import take


@by_token
def ask(request: HttpRequest, registration: Registration) -> HttpResponse:
    """GET says what it means and asks once, POST protects at once, whatever the time for changes is."""
    if not registration.is_active:
        raise refusals.NotActive
    form, status = AliasForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        take("protection", str(registration.pk), limit=10, seconds=3600)
        try:
            sealed_speakers.protect_oneself(registration, alias=form.cleaned_data["alias"])
        except refusals.AliasTellsName as refusal:
            form.add_error("alias", str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("You are protected: from now on everything here knows you by your alias."))
            return redirect(registration)
    profiles = sealed_speakers.own_profiles(registration)
    context = {"summit": registration.summit, "registration": registration, "form": form, "profiles": profiles}
    return render(request, "registration/attendee/protection.html", context, status=status)


@require_POST
@by_token
def photographs(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Refuse to be photographed, or allow it again: the badge says so."""
    if not registration.is_active:
        raise refusals.NotActive
    refused = request.POST.get("refused") == "yes"
    take("photographs", str(registration.pk), limit=30, seconds=3600)
    sealing.refuse_photographs(registration, refused)
    messages.success(request, _("Your badge says “No photographs” from now on.") if refused or registration.at_risk
                     else _("Your badge does not mention photographs any more."))  # fmt: skip
    return redirect(registration.get_absolute_url() + "#protection")
