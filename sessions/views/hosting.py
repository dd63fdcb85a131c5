"""Hosts look after their own sessions: texts, people, links, needs and wishes; never time, room or track."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions.editing import audience, session_edits
from sessions.forms.session import SessionForm
from sessions.forms.settings import EmailForm
from sessions.models import Session, with_details
from sessions.permissions import hosts_may_edit, of_host
from sessions.views import people_and_links
from sessions.views.personal import when
from speakers.editing.invitations import invite_host
from speakers.models import Organisation
from summit.accounts.invitations import remove
from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.lib.body_limits import takes_texts
from summit.lib.text import number
from summit.lib.translated import Status
from summit.models import Summit
from summit.permissions import SignedInRequest


def _one(request: SignedInRequest, summit: str, code: str) -> Session:
    found = get_object_or_404(Summit, code=summit)
    rows = of_host(request.user, found).select_related("summit", "track", "room")
    return get_object_or_404(rows, code=code)


def _check(session: Session) -> None:
    if not hosts_may_edit(session.summit):
        raise session_edits.Frozen


@never_cache
@login_required
def hosting(request: SignedInRequest, summit: str) -> HttpResponse:
    """The sessions of the organisations somebody looks after. Nobody else's: a 404."""
    found = get_object_or_404(Summit, code=summit)
    organisations = list(Organisation.objects.of(request.user).filter(summit=found).prefetch_related("members__user"))
    if not organisations:
        raise Http404
    sessions = with_details(of_host(request.user, found)).select_related("summit").in_order()
    rows = [{"session": session, "when": when(found, session), "missing": _missing(session)} for session in sessions]
    context = {"summit": found, "organisations": organisations, "rows": rows, "open": hosts_may_edit(found)}
    return render(request, "sessions/hosting/hosting.html", context)


def _missing(session: Session) -> list[str]:
    """What is still to be done of a session read ``with_details``, in words."""
    source = session.summit.languages[0]
    unwritten = [c for c in session.summit.languages if session.abstract.status(c, source=source) != Status.DONE]
    found = [_("abstract (%(language)s)") % {"language": code} for code in unwritten]
    if not session.appearances.all():
        found.append(_("people on stage"))
    if not session.technical_sheet:
        found.append(_("technical needs"))
    return found


@takes_texts
@never_cache
@login_required
def session(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = _one(request, summit, code)
    form = SessionForm(request.POST or None, instance=found, summit=found.summit, may=session_edits.OF_HOSTS)
    if request.method != "POST":
        return _page(request, found, form)
    if request.POST.get("action") == "preview" or not form.is_valid():
        preview = request.POST.get("action") == "preview"
        return _page(request, found, form, status=200 if preview else 422, preview=preview)
    try:
        _check(found)
        session_edits.edit(found, form.values(), version=form.cleaned_data["version"] or 0, by=request.user)
    except Overtaken as refusal:
        lines = session_edits.in_words(refusal.details["entries"], found.summit, hidden=audience.OF_THE_TEAM)
        return _page(request, found, form.over(refusal), status=409, overtaken=lines)
    except session_edits.Frozen as refusal:
        messages.error(request, str(refusal.message))
        return _page(request, found, form, status=refusal.status)
    messages.success(request, _("The session was saved."))
    return redirect("sessions:hosting-session", summit, code)


def _page(
    request: SignedInRequest, found: Session, form: SessionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    people = found.appearances.select_related("speaker").order_by("order", "pk")
    context = {"summit": found.summit, "session": found, "form": form, "open": hosts_may_edit(found.summit),
               "when": when(found.summit, found) if found.is_published else "", "people": people,
               "materials": found.materials.all(), **more}  # fmt: skip
    return render(request, "sessions/hosting/session.html", context, status=status)


@takes_texts
@never_cache
@login_required
def people(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = _one(request, summit, code)
    back = reverse("sessions:hosting-session", args=[summit, code])
    return people_and_links.people(request, found, back=back, check=lambda: _check(found))


@takes_texts
@never_cache
@login_required
def links(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    found = _one(request, summit, code)
    back = reverse("sessions:hosting-session", args=[summit, code])
    return people_and_links.links(request, found, back=back, here=request.path, check=lambda: _check(found))


@takes_texts
@never_cache
@login_required
def link(request: SignedInRequest, summit: str, code: str, pk: int) -> HttpResponse:
    found = _one(request, summit, code)
    back = reverse("sessions:hosting-links", args=[summit, code])
    return people_and_links.link(request, found, pk, back=back, check=lambda: _check(found))


@require_POST
@login_required
def colleague(request: SignedInRequest, summit: str, code: str) -> HttpResponse:
    """Invite somebody of one's own organisation, or remove somebody of it."""
    mine = Organisation.objects.of(request.user).select_related("summit")
    organisation = get_object_or_404(mine, summit__code=summit, code=code)
    form = EmailForm(request.POST)
    member = number(request.POST.get("member", ""))
    try:
        if member is not None:
            row = get_object_or_404(organisation.members.exclude(user=request.user), pk=member)
            remove(row, summit=organisation.summit, by=request.user)
            messages.success(request, _("%(name)s no longer looks after your sessions.") % {"name": row.user})
        elif form.is_valid():
            invited = invite_host(organisation, form.cleaned_data["email"], by=request.user)
            messages.success(request, _("An invitation was sent to %(email)s.") % {"email": invited.user.email})
        else:
            messages.error(request, _("Write an e-mail address such as name@example.org."))
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    return redirect("sessions:hosting", summit)
