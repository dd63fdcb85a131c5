"""One session in the workspace: texts and facts, what is wrong with it, who sees it, what happened to it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions.editing import audience, session_edits
from sessions.forms.session import WHOLE, SessionForm
from sessions.live import streams
from sessions.models import Session
from sessions.permissions import edited_by_team, run_by, seen_by_team, texts_edited_by_team
from sessions.planning import plan
from sessions.reading import agenda
from sessions.views import people_and_links
from summit.editing.revising import Overtaken, entries_of
from summit.errors import Refusal
from summit.lib.text import number
from summit.models import HistoryEntry, Right, Summit
from summit.permissions import SignedInRequest, right_required

SHOWN = 30


def _one(request: SignedInRequest, summit: Summit, code: str) -> Session:
    rows = seen_by_team(summit, request.rights).select_related("summit", "track", "room", "placement__room")
    return get_object_or_404(rows, code=code)


def _form(request: SignedInRequest, summit: Summit, session: Session, data: Any = None) -> SessionForm | None:
    """The form with what this person may write; None for those who only look."""
    if edited_by_team(request.user, summit, request.rights).filter(pk=session.pk).exists():
        hidden = set() if Right.NOTES in request.rights else {"notes"}
        # Whoever leads a track does not give its sessions away, nor put any into another.
        hidden |= set() if Right.PROGRAMME in request.rights else {"track"}
        return SessionForm(data, instance=session, summit=summit, may=set(WHOLE) - hidden)
    if texts_edited_by_team(request.user, summit, request.rights).filter(pk=session.pk).exists():
        return SessionForm(data, instance=session, summit=summit, may=session_edits.TEXTS)
    return None


@never_cache
@right_required(Right.WORKSPACE)
def session(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = _one(request, summit, code)
    if request.method != "POST":
        return _page(request, summit, found, _form(request, summit, found))
    form = _form(request, summit, found, request.POST)
    if form is None:
        return _page(request, summit, found, None, status=403)
    if request.POST.get("action") == "preview" or not form.is_valid():
        preview = request.POST.get("action") == "preview"
        return _page(request, summit, found, form, status=200 if preview else 422, preview=preview)
    try:
        _save(found, form, request)
    except Overtaken as refusal:
        return _page(request, summit, found, form.over(refusal), status=409, overtaken=refusal)
    messages.success(request, _("The session was saved."))
    return redirect("sessions:organiser-session", summit.code, code)


def _save(found: Session, form: SessionForm, request: SignedInRequest) -> None:
    with transaction.atomic():
        locked = session_edits.edit(found, form.values(), version=form.cleaned_data["version"] or 0, by=request.user)
        if "hosts" in form.cleaned_data:
            session_edits.set_hosts(locked, form.cleaned_data["hosts"], version=None, by=request.user)


def _card(found: Session) -> agenda.Card | None:
    """The session as the agenda shows it; None for one that nobody outside the team sees."""
    rows = Session.objects.filter(pk=found.pk) if found.summit.is_public else Session.objects.none()
    return next(iter(agenda.cards(found.summit, rows)), None)


def _page(
    request: SignedInRequest,
    summit: Summit,
    found: Session,
    form: SessionForm | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    edits = form is not None and "hosts" in form.fields
    clashes = plan.described(summit, plan.clashes(summit, only={found.code}))
    entries = list(entries_of(found)[:SHOWN])
    hidden = () if Right.NOTES in request.rights else ("notes",)
    described = session_edits.in_words(entries, summit, hidden=hidden)
    overtaken = more.pop("overtaken", None)
    context = {
        "summit": summit, "session": found, "form": form, "edits": edits, "plan": plan.planned(found),
        "card": _card(found), "clashes": clashes, "seen_by": audience.of(found), "status": status,
        "history": [(entry, line, session_edits.restorable(entry)) for entry, line in zip(entries, described, strict=True)],
        "people": found.appearances.select_related("speaker").order_by("order", "pk"),
        "materials": found.materials.all(),
        "joinable": streams.is_joinable(found), "runs": run_by(request.user, summit, request.rights).filter(pk=found.pk).exists(),
        "overtaken": session_edits.in_words(overtaken.details["entries"], summit, hidden=hidden) if overtaken else None, **more,
    }  # fmt: skip
    return render(request, "sessions/organiser/session.html", context, status=status)


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def new_session(request: SignedInRequest, summit: Summit) -> HttpResponse:
    form = SessionForm(request.POST or None, instance=Session(summit=summit), summit=summit)
    if Right.PROGRAMME not in request.rights:
        track: Any = form.fields["track"]
        track.queryset = summit.tracks.filter(leads__user=request.user)
        track.required, track.empty_label = True, None
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = session_edits.create(summit, form.values(), by=request.user)
            session_edits.set_hosts(made, form.cleaned_data["hosts"], version=None, by=request.user)
        messages.success(request, _("The session was added. Nobody but the team sees it yet."))
        return redirect("sessions:organiser-session", summit.code, made.code)
    context = {"summit": summit, "form": form}
    return render(request, "sessions/organiser/new_session.html", context, status=422 if form.errors else 200)


def _edited(request: SignedInRequest, summit: Summit, code: str) -> Session:
    rows = edited_by_team(request.user, summit, request.rights).select_related("summit")
    return get_object_or_404(rows, code=code)


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def people(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    back = reverse("sessions:organiser-session", args=[summit.code, code])
    return people_and_links.people(request, _edited(request, summit, code), back=back, check=lambda: None)


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def materials(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    back = reverse("sessions:organiser-session", args=[summit.code, code])
    return people_and_links.links(
        request, _edited(request, summit, code), back=back, here=request.path, check=lambda: None
    )


@never_cache
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def material(request: SignedInRequest, summit: Summit, code: str, pk: int) -> HttpResponse:
    back = reverse("sessions:organiser-session-materials", args=[summit.code, code])
    return people_and_links.link(request, _edited(request, summit, code), pk, back=back, check=lambda: None)


@require_POST
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def restoration(request: SignedInRequest, summit: Summit, code: str, pk: int) -> HttpResponse:
    """Set the fields of one line of history back to what they were before it."""
    found = _edited(request, summit, code)
    entry = get_object_or_404(HistoryEntry, pk=pk, summit=summit)
    version = number(request.POST.get("version", ""), digits=9) or 0
    try:
        session_edits.restore(found, entry, version=version, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The earlier state was restored."))
    return redirect("sessions:organiser-session", summit.code, code)


@require_POST
@right_required(Right.PROGRAMME, Right.OWN_TRACKS)
def deletion(request: SignedInRequest, summit: Summit, code: str) -> HttpResponse:
    found = _edited(request, summit, code)
    try:
        session_edits.delete(found, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("sessions:organiser-session", summit.code, code)
    messages.success(request, _("The session was deleted."))
    return redirect("sessions:organiser-sessions", summit.code)
