"""Handing one's place to a substitute, and taking it over by the link out of a mail."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from registration.forms.transfer import OfferForm, SubstituteForm
from registration.models import Registration, Transfer
from registration.registering import transferring
from registration.registering.mailed_keys import Purpose
from registration.views.personal.by_mail import answer, read
from registration.views.personal.own_page import tell_left_out
from registration.views.personal.private_link import by_token, key_in_address
from summit.errors import Refusal
from summit.ratelimit import limited, take


@by_token
def transfer(request: HttpRequest, registration: Registration) -> HttpResponse:
    """What it means, and to whom; POST mails the offer."""
    transferring.may_transfer(registration)
    form = OfferForm(request.POST or None, registration=registration)
    if request.method == "POST" and form.is_valid():
        take("transfer", str(registration.pk), limit=4, seconds=3600)
        said = form.cleaned_data
        transferring.offer(registration, email=said["email"], name=said["name"], language=said["language"])
        messages.success(
            request,
            _("The offer is on its way to %(email)s. Until it is taken up, you stay registered.")
            % {"email": said["email"]},
        )
        return redirect(registration)
    context = {
        "summit": registration.summit,
        "registration": registration,
        "form": form,
        "asks": registration.category.transfer == Transfer.APPROVAL,
        "seats": registration.bookings.standing().select_related("session").order_by("session__starts_at"),
        "companions": registration.companions.active().order_by("pk"),
    }
    return render(request, "registration/attendee/transfer.html", context, status=422 if form.is_bound else 200)


PAGE = "registration/attendee/take_over.html"


@limited("mailed_key", limit=30, seconds=600)
@key_in_address
def take_over(request: HttpRequest, summit: str, key: str) -> HttpResponse:
    """The substitute says who they are and agrees; a refusal keeps all that was filled in."""
    registration, said = read(Purpose.TRANSFER, key, summit)
    if registration is None:
        return answer(request, summit, PAGE, {"registration": None})
    email, name = transferring.said(said)
    context: dict[str, Any] = {"registration": registration, "email": email}
    context["asks"] = registration.category.transfer == Transfer.APPROVAL
    if transferring.has_taken_over(registration, email):
        return answer(request, summit, PAGE, context | {"done": True})
    form = SubstituteForm(request.POST or None, registration=registration, initial={"name": name})
    try:
        transferring.may_transfer(registration)
        if request.method != "POST" or not form.is_valid():
            return answer(request, summit, PAGE, context | {"form": form})
        now = transferring.take_over(registration, form.person(email))
    except Refusal as refusal:
        kept = {"form": form} if request.method == "POST" else {}
        return answer(request, summit, PAGE, context | kept, refusal)
    tell_left_out(request, form)
    messages.success(request, _("You come in their place now. This is your own page; its link comes by mail as well."))
    return redirect(now)
