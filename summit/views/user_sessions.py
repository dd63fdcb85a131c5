"""Where somebody is signed in, for themselves."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from summit.accounts import security_events, user_sessions
from summit.lib import devices
from summit.lib.text import number
from summit.permissions import SignedInRequest


@never_cache
@login_required
def mine(request: SignedInRequest) -> HttpResponse:
    """GET shows all browsers somebody is signed in with; POST signs out of one, of all others, or of all."""
    if request.method == "POST":
        return _ended(request)
    here = request.session.get(user_sessions.ROW)
    rows = [(row, devices.words(row.device), row.pk == here) for row in user_sessions.of(request.user)]
    return render(
        request,
        "summit/account/sessions.html",
        {
            "rows": sorted(rows, key=lambda each: not each[2]),
            "events": security_events.of(request.user),
        },
    )


def _ended(request: SignedInRequest) -> HttpResponse:
    action = request.POST.get("action", "")
    if action == "everywhere":
        security_events.record(request, request.user, security_events.SIGNED_OUT)
        user_sessions.end_everywhere(request, request.user)
        messages.success(request, _("You are signed out everywhere."))
        return redirect("account_login")
    if action == "others":
        user_sessions.end_others(request, request.user)
        security_events.record(request, request.user, security_events.SIGNED_OUT)
        messages.success(request, _("You are signed out everywhere but here."))
    elif action == "one" and (key := number(request.POST.get("session", ""))) is not None:
        user_sessions.end(get_object_or_404(request.user.sessions, pk=key))
        security_events.record(request, request.user, security_events.SIGNED_OUT)
        messages.success(request, _("That browser is signed out."))
    else:
        raise BadRequest("No such action")
    return redirect("account:sessions")
