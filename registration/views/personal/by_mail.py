"""What a person asks for on their own page and says once more by a link out of a mail: another address, being erased."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration import standing
from registration.forms.own_page import AddressForm
from registration.models import Registration
from registration.registering import addresses, erasing, lifecycle, mailed_keys, refusals
from registration.registering.mailed_keys import Purpose
from registration.views.personal.private_link import by_token, key_in_address
from summit.errors import Refusal
from summit.models import Summit
from summit.ratelimit import limited, take


@by_token
def address(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask for another address: its owner says so by a link, whoever it is."""
    lifecycle.may_change(registration)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take("address", str(registration.pk), limit=4, seconds=3600)
        addresses.ask_for(registration, form.cleaned_data["email"])
        messages.success(
            request,
            _("A mail is on its way to %(email)s. The address changes once the link in it is opened.")
            % {"email": form.cleaned_data["email"]},
        )
        return redirect(registration)
    context = {"summit": registration.summit, "registration": registration, "form": form}
    return render(request, "registration/attendee/address.html", context, status=422 if form.is_bound else 200)


@limited("mailed_key", limit=30, seconds=600)
@key_in_address
def confirm_address(request: HttpRequest, summit: str, key: str) -> HttpResponse:
    """GET asks once, POST changes the address."""
    registration, email = read(Purpose.ADDRESS, key, summit)
    page, context = "registration/attendee/confirm_address.html", {"registration": registration, "email": email}
    if registration is None or request.method != "POST":
        return answer(request, summit, page, context)
    try:
        now = addresses.change(registration, str(email))
    except Refusal as refusal:
        return answer(request, summit, page, context, refusal)
    messages.success(request, _("The address was changed. Ticket and link are new: this is your page now."))
    return redirect(now)


@by_token
def erasure(request: HttpRequest, registration: Registration) -> HttpResponse:
    """What erasing means, and the mail by which it is done."""
    if request.method == "POST":
        take("erasure", str(registration.pk), limit=4, seconds=3600)
        erasing.ask_for(registration)
        sealed, open_ = (
            _("A mail is on its way to your address. Open the link in it to be erased."),
            _("A mail is on its way to %(email)s. Open the link in it to be erased.") % {"email": registration.email},
        )
        messages.success(request, sealed if registration.at_risk else open_)
        return redirect("registration:erasure", registration.summit.code, registration.token)
    context = {"summit": registration.summit, "registration": registration, **_stays(registration)}
    return render(request, "registration/attendee/erasure.html", context)


@limited("mailed_key", limit=30, seconds=600)
@key_in_address
def confirm_erasure(request: HttpRequest, summit: str, key: str) -> HttpResponse:
    """GET asks once, POST erases."""
    registration, _said = read(Purpose.ERASURE, key, summit)
    page, context = "registration/attendee/confirm_erasure.html", {"registration": registration}
    if registration is None or request.method != "POST":
        return answer(request, summit, page, context | (_stays(registration) if registration else {}))
    try:
        erasing.erase(registration)
    except Refusal as refusal:
        return answer(request, summit, page, context, refusal)
    request.session.flush()
    return redirect("registration:erased", summit)


@never_cache
def erased(request: HttpRequest, summit: str) -> HttpResponse:
    found = get_object_or_404(Summit, code=summit)
    return render(request, "registration/attendee/erased.html", {"summit": found})


def _stays(registration: Registration) -> dict[str, Any]:
    return {
        "standing": standing.of_registration(registration),
        "seats": registration.bookings.standing().select_related("session").order_by("session__starts_at"),
        "companions": registration.companions.active().order_by("pk"),
        "account_stays": erasing.account_stays(registration),
    }


def read(purpose: Purpose, key: str, summit: str) -> tuple[Registration | None, str]:
    """The registration of a mailed link and what was said; None where the link has been used, or is too old; 404 where there never was one."""
    try:
        found = mailed_keys.read(purpose, key, summit)
    except refusals.KeyGone:
        return None, ""
    if found is None:
        raise Http404
    return found


def answer(
    request: HttpRequest, summit: str, page: str, context: dict[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    registration: Registration | None = context["registration"]
    refusal = refusal or (None if registration else refusals.KeyGone())
    found = registration.summit if registration else get_object_or_404(Summit, code=summit)
    context = {**context, "summit": found, "refusal": refusal}
    form = context.get("form")
    status = refusal.status if refusal else 422 if form is not None and form.is_bound else 200
    return render(request, page, context, status=status)
