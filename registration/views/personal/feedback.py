"""What people say afterwards: the form of a session and of the summit, and what it comes to for whoever held a session."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.forms.feedback import FeedbackForm
from registration.models import Registration
from registration.personal import feedback, visitors
from registration.personal.visitors import visitor
from registration.views.personal.join import public_session
from registration.views.personal.private_link import by_token
from sessions.models import Session
from sessions.permissions import edited_by_team, of_host, of_speaker
from sessions.reading.afterwards import takes_feedback
from summit.errors import Refusal
from summit.lib.body_limits import takes_texts
from summit.lib.translated import active_language
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required


@takes_texts
@never_cache
def of_session(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    found = public_session(summit, code)
    return _page(request, found.summit, found)


@takes_texts
@never_cache
def of_summit(request: HttpRequest, summit: str) -> HttpResponse:
    """And the sessions that somebody attended, each with its own form."""
    return _page(request, get_object_or_404(Summit.objects.public(), code=summit), None)


@by_token
def by_link(request: HttpRequest, registration: Registration) -> HttpResponse:
    """The way from the mail: whoever knows the registration's link is its person."""
    visitors.remember(request, registration)
    return redirect("registration:feedback", registration.summit.code)


def _page(request: HttpRequest, summit: Summit, session: Session | None) -> HttpResponse:
    person, status = visitor(request, summit).registration, 200
    said = feedback.own(summit, session, person)
    form = FeedbackForm(request.POST if request.method == "POST" else None, instance=said)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if form.is_valid():
                feedback.give(summit, session, person, form.cleaned_data, language=active_language())
                messages.success(
                    request, _("Thank you. Your feedback was saved; until it closes you can change it here.")
                )
                return redirect(request.path)
            status = 422
        except Refusal as refused:
            refusal, status = refused, refused.status
    confirmed = person if person and person.is_confirmed else None
    shown = {
        "summit": summit, "session": session, "form": form, "said": said, "refusal": refusal, "person": confirmed,
        "open": takes_feedback(summit, session),
        "attended": feedback.sessions_of(confirmed) if confirmed and session is None else [],
    }  # fmt: skip
    return render(request, "registration/personal/feedback.html", shown, status=status)


@require_safe
@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def for_team(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    rows = edited_by_team(request.user, summit, request.rights).select_related("summit")
    back = reverse("sessions:organiser-session", args=[summit.code, code])
    return _results(request, get_object_or_404(rows, code=code), back, with_texts=True)


@require_safe
@never_cache
@login_required
def for_hosts(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    rows = of_host(request.user, get_object_or_404(Summit, code=summit)).select_related("summit")
    back = reverse("sessions:hosting-session", args=[summit, code])
    return _results(request, get_object_or_404(rows, code=code), back, with_texts=True)


@require_safe
@never_cache
@login_required
def for_speakers(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    rows = of_speaker(request.user, get_object_or_404(Summit, code=summit)).select_related("summit")
    back = reverse("sessions:my-sessions", args=[summit])
    return _results(request, get_object_or_404(rows, code=code), back, with_texts=False)


def _results(request: SignedInRequest, session: Session, back: str, *, with_texts: bool) -> HttpResponse:
    found = feedback.results(session.summit, session, with_texts=with_texts)
    shown = {"summit": session.summit, "session": session, "results": found, "with_texts": with_texts, "back": back}
    return render(request, "registration/organiser/feedback.html", shown)
