"""The agenda editor: the plan of a day, its moves, what others do meanwhile, and what clashes."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sessions.forms.board import AddForm, DayForm, MoveForm, SinceForm
from sessions.models import Kind, Track
from sessions.permissions import edited_by_team, planned_by_team
from sessions.planning import board as boards
from sessions.planning import creating, scheduling
from sessions.planning.plan import planned
from sessions.views.workspace.placement import plan_of
from summit.editing.revising import Overtaken
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required

EDITORS = (Right.PROGRAMME, Right.OWN_TRACKS)


def _editable(request: SignedInRequest, summit: Summit) -> set[str] | None:
    """Codes of the sessions this person may move; None: all of them."""
    return planned_by_team(request.user, summit, request.rights)


def _tracks(request: SignedInRequest, summit: Summit) -> Any:
    """The tracks somebody may add a session to."""
    if Right.PROGRAMME in request.rights:
        return summit.tracks.all()
    mine = {"leads__user": request.user, "leads__accepted_at__isnull": False}
    return Track.objects.filter(summit=summit, **mine).distinct()


def _add_form(request: SignedInRequest, summit: Summit, *args: Any, **kwargs: Any) -> AddForm:
    any_track = Right.PROGRAMME in request.rights
    return AddForm(*args, summit=summit, tracks=_tracks(request, summit), any_track=any_track, **kwargs)


def _a_break(summit: Summit, board: boards.Board) -> dict[str, Any]:
    """A break as somebody might begin one: named in every language, at noon."""
    words = {}
    for language in summit.languages:
        with translation.override(language):
            words[language] = str(Kind.BREAK.label)
    noon = datetime.combine(board.day.date, time(12), tzinfo=summit.tz)
    return {"kind": Kind.BREAK, "title": words, "starts_at": noon, "ends_at": noon + timedelta(minutes=30)}


@never_cache
@right_required(Right.WORKSPACE)
def editor(request: SignedInRequest, summit: Summit) -> HttpResponse:
    asked = DayForm(request.GET)
    asked.is_valid()
    zoom = asked.cleaned_data.get("zoom")
    board = boards.board(summit, asked.cleaned_data.get("day"), _editable(request, summit))
    context = {
        "summit": summit,
        "board": board,
        "zoom": zoom if zoom in boards.ZOOMS else boards.ZOOMS[1],
        "zooms": boards.ZOOMS,
        "may_edit": not request.rights.isdisjoint(EDITORS),
        "may_break": Right.PROGRAMME in request.rights,
    }
    with timezone.override(summit.tz):
        if context["may_break"]:
            context["form"] = _add_form(request, summit, initial=_a_break(summit, board))
        return render(request, "sessions/organiser/editor.html", context)


@never_cache
@require_POST
@right_required(*EDITORS)
def move(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """One move of the editor: where everything stands after it, whether it was done (200) or refused (409, 422)."""
    form = MoveForm(request.POST, summit=summit)
    if not form.is_valid():
        return JsonResponse({"error": {"code": "invalid", "message": form.first_error}}, status=422)
    data = form.cleaned_data
    rows = edited_by_team(request.user, summit, request.rights).select_related("room", "placement")
    session = get_object_or_404(rows, code=data["code"])
    place = {name: data[name] for name in ("starts_at", "ends_at", "room", "version")}
    answer: dict[str, Any] = {}
    try:
        scheduling.place(session, **place, cancelled=planned(session).cancelled, by=request.user)
    except Overtaken as refusal:
        answer["error"] = {"code": refusal.code, "message": boards.overtaken(refusal)}
    answer |= boards.state(summit, {session.code}, {session.code})
    return JsonResponse(answer, status=409 if "error" in answer else 200)


@never_cache
@right_required(Right.WORKSPACE)
def changes(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """What has been moved since: asked for every few seconds by every open editor."""
    form = SinceForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"error": {"code": "invalid", "message": _("Say since when.")}}, status=422)
    return JsonResponse(boards.changes_since(summit, form.cleaned_data["since"], lambda: _editable(request, summit)))


@never_cache
@right_required(*EDITORS)
def add(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """A session or a break, made in its place."""
    with timezone.override(summit.tz):
        asked = {
            name: request.GET[name] for name in ("kind", "track", "room", "starts_at", "ends_at") if name in request.GET
        }
        form = _add_form(request, summit, request.POST or None, initial=asked)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            texts = {name: data[name] for name in ("kind", "title", "track")}
            place = {name: data[name] for name in ("starts_at", "ends_at", "room")}
            session = creating.create_planned(summit, texts, **place, by=request.user)
            messages.success(request, _("“%(title)s” was added to the plan.") % {"title": session.title})
            return redirect(plan_of(summit, data["starts_at"]))
        context = {"summit": summit, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "sessions/organiser/editor_add.html", context, status=status)
