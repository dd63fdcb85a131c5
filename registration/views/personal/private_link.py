"""A registration's private link: who has it is let in, who has a former one is told, and how it is replaced."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.forms.person import ReissueForm
from registration.models import FormerKey, Registration
from registration.registering import lifecycle, refusals, reissuing
from summit.errors import Refusal
from summit.ratelimit import limited, take

View = Callable[..., HttpResponseBase]


def key_in_address[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R]:
    """The address is a key: it must not leave in a Referer header or stay in a shared cache. ("no-referrer" would make
    browsers send forms with "Origin: null", which the check against forged requests refuses.)"""

    @wraps(view)
    def inner(*args: Any, **kwargs: Any) -> R:
        response = view(*args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return never_cache(inner)


def by_token(view: View) -> View:
    """Fetching is the check: whoever knows the link is let in, everybody else gets a 404; a former link is told of."""

    @wraps(view)
    def inner(request: HttpRequest, summit: str, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Registration.objects.select_related("summit", "category", "delegation")
        registration = rows.filter(summit__code=summit, token=token).first()
        if registration is None:
            return replaced(request, summit, token)
        try:
            return view(request, registration, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            return redirect(registration)

    return key_in_address(inner)


def replaced(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """410: when the link was replaced, and how its person gets the new one. Nothing else: anybody may have it. A 404 for
    what never was a link."""
    former = FormerKey.objects.matching(summit, FormerKey.Kind.PAGE, token)
    if former is None:
        raise Http404
    context = {"summit": former.summit, "replaced_at": former.at, "token": token}
    return render(request, "registration/attendee/replaced.html", context, status=410)


@require_POST
@limited("new_link", limit=10, seconds=600)
@key_in_address
def new_link(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """Mail the newest link to the address of the registration a former one belonged to; where, is not said."""
    former = FormerKey.objects.matching(summit, FormerKey.Kind.PAGE, token)
    if former is None:
        return redirect(get_object_or_404(Registration, summit__code=summit, token=token))
    lifecycle.send_link.enqueue(former.registration.summit_id, former.registration.email)
    messages.info(request, _("If the registration still stands, the new link is on its way to the address it was made with."))  # fmt: skip
    return redirect("registration:own", summit, token)


@by_token
def reissue(request: HttpRequest, registration: Registration) -> HttpResponse:
    """GET asks once more, POST replaces. The new link is shown to whoever is signed in as its person; all others, who
    have nothing but the old link, must be able to read the registration's mail."""
    if not registration.is_active:
        raise refusals.NotActive
    form = ReissueForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return question(request, registration, form, "registration/attendee/reissue.html")
    take("reissue", str(registration.pk), limit=4, seconds=3600)
    before = registration.token
    person = request.user if request.user.is_authenticated and request.user.pk == registration.user_id else None
    now = reissuing.reissue(registration, issue=form.cleaned_data["issue"], by=person)
    if person:
        messages.success(request, _("Your ticket and your link were replaced. This is your new page."))
        return redirect(now)
    messages.success(request, _("Ticket and link were replaced. The new link is on its way to the address of the registration."))  # fmt: skip
    return redirect("registration:own", now.summit.code, before)


def question(request: HttpRequest, registration: Registration, form: ReissueForm, page: str) -> HttpResponse:
    """What replacing would mean for this registration."""
    context = {
        "summit": registration.summit,
        "registration": registration,
        "issue": registration.ticket_issue,
        "printed": registration.badge_prints.good().count(),
    }
    return render(request, page, context, status=422 if form.is_bound else 200)
