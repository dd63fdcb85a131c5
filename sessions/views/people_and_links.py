"""The people and the links of one session: the same pages for the team and for the session's hosts."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sessions.editing import audience, files, materials, session_edits
from sessions.forms import people as people_forms
from sessions.forms.recordings import RecordingForm
from sessions.forms.settings import MaterialForm
from sessions.models import Session
from summit.editing.revising import Overtaken
from summit.errors import Refusal
from summit.lib.text import number
from summit.permissions import SignedInRequest

# Refuses where this person may not edit now, or does nothing.
Check = Callable[[], None]


def people(request: SignedInRequest, session: Session, *, back: str, check: Check) -> HttpResponse:
    """GET shows the rows, POST sets them; a stale form is answered with who changed what."""
    formset = people_forms.FormSet(request.POST if request.method == "POST" else None, session=session)
    version, overtaken, status = session.version, None, 200
    if request.method == "POST":
        try:
            check()
            if formset.is_valid():
                people_forms.save(formset, session, version=_version(request), by=request.user)
                messages.success(request, _("The people were saved."))
                return redirect(back)
            status = 422
        except Overtaken as refusal:
            entries, status = refusal.details["entries"], 409
            overtaken = session_edits.in_words(entries, session.summit, hidden=_hidden(request))
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
    shown = {"summit": session.summit, "session": session, "formset": formset, "version": version, "back": back}
    return render(request, "sessions/cast/people.html", {**shown, "overtaken": overtaken}, status=status)


def _hidden(request: SignedInRequest) -> frozenset[str]:
    """What is not said in an answer to a stale form: notes to nobody, the plan to the team alone."""
    return frozenset({"notes"}) if getattr(request, "rights", None) else audience.OF_THE_TEAM


def _version(request: SignedInRequest) -> int:
    return number(request.POST.get("version", ""), digits=9) or 0


def links(request: SignedInRequest, session: Session, *, back: str, here: str, check: Check) -> HttpResponse:
    """GET lists the links; POST adds one, or removes or confirms the one it names."""
    adds = request.method == "POST" and "material" not in request.POST
    form, status = MaterialForm(request.POST if adds else None), 200
    if request.method == "POST":
        try:
            check()
            if not adds or form.is_valid():
                _change(request, session) if not adds else _add(request, session, form)
                return redirect(here)
            status = 422
        except Refusal as refusal:
            status = refusal.status
            if adds and form.is_valid():
                form.add_error(None, str(refusal.message))
            else:
                messages.error(request, str(refusal.message))
    shown = {"summit": session.summit, "session": session, "form": form, "here": here, "back": back}
    shown["materials"] = session.materials.select_related("confirmed_by")
    return render(request, "sessions/cast/links.html", shown, status=status)


def _add(request: SignedInRequest, session: Session, form: MaterialForm) -> None:
    materials.add(session, **form.values(), by=request.user)
    messages.success(request, _("The link was added. Somebody of the team still has to confirm it."))


def _change(request: SignedInRequest, session: Session) -> None:
    found = get_object_or_404(session.materials.select_related("session__summit"), pk=number(request.POST["material"]))
    if request.POST.get("action") == "remove":
        files.remove_slides(found, by=request.user)
        messages.success(request, _("The link was removed."))
    elif getattr(request, "rights", None):
        # Whether a link leads where it says is for the team to say.
        materials.confirm(found, yes=not found.confirmed, by=request.user)


def link(request: SignedInRequest, session: Session, pk: int, *, back: str, check: Check) -> HttpResponse:
    """GET shows what is said of one link, POST sets it."""
    found, status = get_object_or_404(session.materials.select_related("session__summit"), pk=pk), 200
    form = RecordingForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST":
        try:
            check()
            if form.is_valid():
                materials.describe(found, form.values(), by=request.user)
                messages.success(request, _("It was saved."))
                return redirect(back)
            status = 422
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            status = refusal.status
    shown = {"summit": session.summit, "session": session, "material": found, "form": form, "back": back}
    return render(request, "sessions/cast/link.html", shown, status=status)
