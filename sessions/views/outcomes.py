"""What came of one session: the same page for the team, for hosts and for whoever is its rapporteur."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sessions.editing import outcomes
from sessions.forms.outcomes import OutcomeForm
from sessions.models import Outcome, Session
from sessions.permissions import edited_by_team, of_host, reported_by
from summit.errors import Refusal
from summit.lib.body_limits import takes_texts
from summit.lib.text import number
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@takes_texts
@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def of_team(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    rows = edited_by_team(request.user, summit, request.rights).select_related("summit")
    return _outcomes(
        request, get_object_or_404(rows, code=code), reverse("sessions:organiser-session", args=[summit.code, code])
    )


@takes_texts
@never_cache
@login_required
def of_hosts(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = get_object_or_404(Summit, code=summit)
    rows = of_host(request.user, found).select_related("summit")
    return _outcomes(
        request, get_object_or_404(rows, code=code), reverse("sessions:hosting-session", args=[summit, code])
    )


@takes_texts
@never_cache
@login_required
def of_rapporteur(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = get_object_or_404(Summit, code=summit)
    rows = reported_by(request.user, found).select_related("summit")
    return _outcomes(request, get_object_or_404(rows, code=code), reverse("sessions:my-sessions", args=[summit]))


def _outcomes(request: SignedInRequest, session: Session, back: str) -> HttpResponse:
    """``?outcome=`` or a field of that name is the one that is edited; ``action`` what is done to it."""
    key = number(request.POST.get("outcome") or request.GET.get("outcome", ""))
    found = get_object_or_404(session.outcomes.all(), pk=key) if key is not None else None
    if found:
        found.session = session
    action, status = request.POST.get("action", ""), 200
    writes = request.method == "POST" and action not in {"remove", "up", "down"}
    form = OutcomeForm(
        request.POST if writes else None, instance=found or Outcome(session=session), summit=session.summit
    )
    if request.method == "POST":
        try:
            if not writes or form.is_valid():
                _save(request, session, found, form) if writes else _change(request, found, action)
                return redirect(request.path)
            status = 422
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
    rows = list(session.outcomes.select_related("by", "session__summit"))
    shown = {"summit": session.summit, "session": session, "rows": rows, "form": form, "found": found, "back": back}
    return render(request, "sessions/cast/outcomes.html", shown, status=status)


def _save(request: SignedInRequest, session: Session, found: Outcome | None, form: OutcomeForm) -> None:
    if found is None:
        outcomes.add(session, form.values(), by=request.user)
    else:
        outcomes.edit(found, form.values(), version=form.cleaned_data["version"] or 0, by=request.user)
    messages.success(request, _("The outcome was saved."))


def _change(request: SignedInRequest, found: Outcome | None, action: str) -> None:
    if found is None:
        return
    if action == "remove":
        outcomes.remove(found, by=request.user)
        messages.success(request, _("It was removed."))
    else:
        outcomes.move(found, up=action == "up", by=request.user)
