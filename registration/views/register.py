"""The registration form and what comes right after it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.names import cannot_print
from registration.forms.person import LostLinkForm, RegistrationForm
from registration.places import capacity
from registration.registering import lifecycle, refusals
from registration.registering.lifecycle import send_link
from registration.views.personal.own_page import tell_left_out
from summit.errors import Refusal
from summit.lib import romanising
from summit.lib.text import clean_line
from summit.models import Summit
from summit.ratelimit import client_address, limited, take

LONGEST_NAME = 120


@never_cache
@limited("register", limit=300, seconds=600)
def register(request: HttpRequest, summit: str) -> HttpResponse:
    """The form; a refusal shows it again with all that was filled in and says what to do."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    state = found.registration_state()
    form = RegistrationForm(request.POST or None, summit=found, quotas=capacity.quotas(found))
    refusal, status = None, 200
    if request.method == "POST":
        if form.is_valid():
            refusal = _try(found, form, client_address(request))
            if refusal is None:
                applied = form.cleaned_data["category"].is_approved
                request.session["mailed"] = {
                    "email": form.cleaned_data["email"],
                    "registered": True,
                    "applied": applied,
                }
                tell_left_out(request, form)
                return redirect("registration:sent", found.code)
        status = refusal.status if refusal else 422
    context: dict[str, Any] = {"summit": found, "form": form, "state": state, "refusal": refusal}
    response = render(request, "registration/attendee/register.html", context, status=status)
    if refusal and "retry_after" in refusal.details:
        response["Retry-After"] = str(refusal.details["retry_after"])
    return response


def _try(summit: Summit, form: RegistrationForm, address: str) -> Refusal | None:
    """Register, or mail somebody who already is: both look the same from outside.

    Only what would be kept counts for the limit of an address, behind which a whole ministry may be; what was filled in
    comes back with the word to wait.
    """
    try:
        take("registered", address, limit=60, seconds=600)
        lifecycle.register(summit, form.person(), nonce=form.cleaned_data["nonce"])
    except refusals.AlreadyRegistered as known:
        send_link.enqueue(summit.pk, known.registration.email)
    except refusals.NoPlaceLeft as refusal:
        form.add_error("attendance", str(refusal.message))
        return refusal
    except Refusal as refusal:
        return refusal
    return None


@require_POST
@never_cache
def name(request: HttpRequest, summit: str) -> HttpResponse:
    """What a page says of a name while it is typed, as JSON: ``proposal``, a spelling in Latin letters, and ``told``, the
    sentence about it or about letters that cannot be printed; both "" where there is nothing to say. Nothing is kept."""
    get_object_or_404(Summit.objects.public(), code=summit)
    take("name", client_address(request), limit=600, seconds=600)
    typed = clean_line(request.POST.get("name", "")[:LONGEST_NAME])
    proposal = romanising.proposed(typed)
    told = (
        _("Proposed, as passports have it: %(spelling)s") % {"spelling": proposal} if proposal else cannot_print(typed)
    )
    return JsonResponse({"proposal": proposal, "told": told, "use": _("Use this spelling") if proposal else ""})


@never_cache
def sent(request: HttpRequest, summit: str) -> HttpResponse:
    found = get_object_or_404(Summit.objects.public(), code=summit)
    """Whoever registered gets a mail; whoever looks for a link gets one if the address is registered, and is not told."""
    context = {"summit": found, **request.session.get("mailed", {"email": "", "registered": True})}
    return render(request, "registration/attendee/sent.html", context)


@never_cache
@limited("lost_link", limit=10, seconds=600)
def lost_link(request: HttpRequest, summit: str) -> HttpResponse:
    """Mail the link to one's own page again. The answer is the same whether or not the address is known."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    form = LostLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # The worker looks the address up: nobody can tell by the time of the answer whether it is known.
        send_link.enqueue(found.pk, form.cleaned_data["email"])
        request.session["mailed"] = {"email": form.cleaned_data["email"], "registered": False}
        return redirect("registration:sent", found.code)
    status = 422 if form.is_bound else 200
    context = {"summit": found, "form": form, "language": get_language()}
    return render(request, "registration/attendee/lost_link.html", context, status=status)
