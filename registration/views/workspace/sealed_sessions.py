"""Sessions at risk: having everybody in one protected, and ending that, on one page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from registration.registering import sealed_sessions, sealing
from sessions.models import Session
from summit.errors import Refusal
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@never_cache
@right_required(Right.PROGRAMME)
def session_protection(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    """GET says what it means and whom it is about, POST protects or ends it (``action``)."""
    found, status = get_object_or_404(Session.objects.select_related("summit"), summit=summit, code=code), 200
    action = request.POST.get("action", "")
    if request.method == "POST":
        status = 422
    if action in {"protect", "end"}:
        try:
            done = sealed_sessions.protect(found, action == "protect", by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _said(done))
            return redirect("registration:session-protection", summit.code, code)
    return render(request, "registration/organiser/session_protection.html", _page(request, found), status=status)


def _said(session: Session) -> str:
    if session.at_risk:
        return _("Who is on stage is sealed. Who has a seat is sealed one after the other, and told.")
    return _("Whoever comes new is not sealed; who is sealed stays so.")


def _page(request: SignedInRequest, found: Session) -> dict[str, object]:
    stage, seated = sealed_sessions.on_stage(found), sealed_sessions.seated(found)
    return {
        "summit": found.summit,
        "session": found,
        "in_circle": sealing.in_circle(request.user, found.summit),
        "on_stage": stage.count(),
        "seated": seated.count(),
        "open": stage.in_the_open().count() + seated.in_the_open().count(),
    }
