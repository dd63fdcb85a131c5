"""The cockpit of a session: its queue of questions, polls, clock and stage, before whoever runs it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from registration.personal.in_session import numbers
from registration.views.running import doing
from registration.views.running.access import runs_session
from sessions.live import cockpit as room
from sessions.models import Session, StageSignal
from sessions.reading.agenda import interpretation_label, language_names
from sessions.views.public import live
from summit.errors import Refusal
from summit.lib import qr
from summit.permissions import SignedInRequest

# Seconds between two looks of an open page.
EVERY = 3
PIECES = ("queue", "polls", "notes", "numbers", "signal")


@runs_session
def cockpit(request: SignedInRequest, session: Session) -> HttpResponse:
    """``?question=`` and ``?poll=`` open what is to be looked after."""
    forms = doing.forms(request, session)
    if request.method != "POST":
        return _page(request, session, forms)
    try:
        told = doing.do(request, session, forms)
    except Refusal as refusal:
        return _page(request, session, forms, refusal)
    if told is None:
        return _page(request, session, forms, status=422)
    messages.success(request, told)
    return redirect(doing.afterwards(request, session))


def _page(
    request: SignedInRequest, session: Session, forms: dict[str, Any], refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    context = {
        **_live(session, now),
        **forms,
        "refusal": refusal,
        "now": now,
        "reasons": room.REASONS,
        "signals": StageSignal.Kind.choices,
        "appearances": session.appearances.billed().select_related("speaker"),
        "spoken": language_names().get(session.language, session.language),
        "interpretation": interpretation_label(session.language, session.interpretation),
        "page_keys": "registration/running/_cockpit_keys.html",
    }
    return render(request, "registration/running/cockpit.html", context, status=refusal.status if refusal else status)


def _live(session: Session, now: datetime) -> dict[str, Any]:
    """Ten queries, however much is asked."""
    return {
        "summit": session.summit,
        "session": session,
        "columns": room.queue(session),
        "polls": room.all_polls(session),
        "notes": room.notes(session),
        "numbers": numbers(session, now),
        "signal": room.signalled(session, now),
        "here": reverse("registration:cockpit", args=[session.summit.code, session.code]),
    }


@require_safe
@runs_session
def pieces(request: SignedInRequest, session: Session) -> HttpResponse:
    """What of an open cockpit has changed."""
    context = _live(session, timezone.now())
    drawn = {name: render_to_string(f"registration/running/_{name}.html", context) for name in PIECES}
    return live.answer(drawn, EVERY)


@runs_session
def on_stage(request: SignedInRequest, session: Session) -> HttpResponse:
    """For the screen in the room, and for those on stage."""
    return render(request, "registration/running/stage.html", _stage(session))


@require_safe
@runs_session
def on_stage_pieces(request: SignedInRequest, session: Session) -> HttpResponse:
    drawn = render_to_string("registration/running/_stage.html", _stage(session))
    return live.answer({"stage": drawn}, EVERY)


def _stage(session: Session) -> dict[str, Any]:
    now = timezone.now()
    signal = room.signalled(session, now)
    link = reverse("registration:taking-part", args=[session.summit.code, session.code])
    code = qr.svg(session.summit.address(link), label=gettext("Questions and polls"))
    return {
        "summit": session.summit,
        "session": session,
        "signal": signal,
        "now": now,
        "code": code,
        **room.stage(session),
    }
