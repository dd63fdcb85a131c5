"""The registration form and what comes right after it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from registration.forms.bringing import code_is_asked_about
from registration.forms.person import LostLinkForm, RegistrationForm
from registration.models import AccessCode, Invitation
from registration.places import capacity
from registration.registering import admitting, inviting, lifecycle, refusals
from registration.registering.lifecycle import send_link
from registration.views.personal.own_page import tell_left_out
from registration.views.personal.private_link import key_in_address
from summit.errors import Refusal
from summit.models import Summit
from summit.ratelimit import client_address, limited, take


@never_cache
@limited("register", limit=300, seconds=600)
def register(request: HttpRequest, summit: str) -> HttpResponse:
    """The form; a refusal shows it again with all that was filled in and says what to do."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    typed = (request.POST if request.method == "POST" else request.GET).get("code", "")[:200]
    code, wrong = _code(found, typed, client_address(request))
    form = RegistrationForm(
        request.POST or None, summit=found, quotas=capacity.quotas(found), code=code, initial={"code": typed}
    )
    if request.method == "POST" and code_is_asked_about(form, request.POST, wrong):
        missing = refusals.CodeMissing() if not typed.strip() else wrong
        return _page(request, form.code_alone(missing), wrong=missing)
    if wrong and form.is_bound:
        form.add_error("code", str(wrong.message))
    return _page(request, form, wrong=wrong) if request.method != "POST" else _sent(request, form)


def _code(summit: Summit, typed: str, address: str) -> tuple[AccessCode | None, Refusal | None]:
    """The code somebody typed, or why there is none: who tries many hears to wait."""
    if not typed.strip():
        return None, None
    try:
        take("code", address, limit=60, seconds=600)
        return admitting.find_code(summit, typed), None
    except Refusal as refusal:
        return None, refusal


@limited("register", limit=300, seconds=600)
@key_in_address
def invited(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """The form for whoever was invited: filled in as far as is known, in their category, until the invitation ends."""
    rows = Invitation.objects.select_related("summit", "category", "by").exclude(sent_at=None)
    found = rows.filter(summit__code=summit, token=token).first()
    if found is None:
        public = get_object_or_404(Summit.objects.public(), code=summit)
        return render(request, "registration/attendee/no_invitation.html", {"summit": public}, status=404)
    try:
        admitting.refuse_ended(found)
    except Refusal as refusal:
        context = {"summit": found.summit, "refusal": refusal, "without_theme": True}
        return render(request, "registration/attendee/no_invitation.html", context, status=refusal.status)
    inviting.begun(found) if request.method == "POST" else inviting.opened(found)
    quotas = capacity.quotas(found.summit)
    form = RegistrationForm(request.POST or None, summit=found.summit, quotas=quotas, invitation=found)
    return _sent(request, form) if request.method == "POST" else _page(request, form)


def _sent(request: HttpRequest, form: RegistrationForm) -> HttpResponse:
    """Register what was sent; where it does not go, the form again."""
    if not form.is_valid():
        return _page(request, form, status=422)
    summit = form.summit
    if refusal := _try(summit, form, client_address(request)):
        return _page(request, form, refusal=refusal, status=refusal.status)
    request.session["mailed"] = {
        "email": form.cleaned_data["email"],
        "registered": True,
        "applied": form.applies,
        "at": summit.code,
    }
    tell_left_out(request, form)
    return redirect("registration:sent", summit.code)


def _page(
    request: HttpRequest,
    form: RegistrationForm,
    *,
    refusal: Refusal | None = None,
    wrong: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form as it is; ``wrong``: why the code in the address opens nothing."""
    summit = form.summit
    context: dict[str, Any] = {
        "summit": summit,
        "form": form,
        "state": "open" if form.invitation else summit.registration_state(),
        "refusal": refusal,
        "code_refusal": None if form.is_bound else wrong,
        "privacy": None if summit.is_public else summit.pages.filter(slug="privacy").first(),
        "without_theme": True,
    }
    response = render(request, "registration/attendee/register.html", context, status=wrong.status if wrong else status)
    if (said := refusal or wrong) and "retry_after" in said.details:
        response["Retry-After"] = str(said.details["retry_after"])
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


@never_cache
def sent(request: HttpRequest, summit: str) -> HttpResponse:
    """Whoever registered gets a mail; whoever looks for a link gets one if the address is registered, and is not told."""
    mailed = request.session.get("mailed", {"email": "", "registered": True})
    # Whoever was invited to a closed summit has just registered there.
    rows = Summit.objects.all() if mailed.get("at") == summit else Summit.objects.public()
    found = get_object_or_404(rows, code=summit)
    return render(request, "registration/attendee/sent.html", {"summit": found, **mailed, "without_theme": True})


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
