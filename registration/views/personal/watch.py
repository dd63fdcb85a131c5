"""The watch page of a session: its picture, sound and text for whoever has come through its door, and that they are there."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from registration.personal import joining, presences, watching
from registration.personal import taking_part as people
from registration.personal.visitors import Visitor, visitor
from registration.views.personal.join import public_session
from sessions.live import taking_part
from sessions.models import Session, with_details
from sessions.reading.agenda import reader_label
from sessions.views.public import live
from summit.lib.text import number
from summit.lib.translated import active_language


@never_cache
def watch(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    """``?channel=`` a stream, ``?as=`` picture, sound or text, ``?captions=`` a language of the text."""
    session = public_session(summit, code, with_details)
    found, now = visitor(request, session.summit), timezone.now()
    door = joining.door(session, found.registration, now)
    if not door.is_open:
        return redirect("registration:join", session.summit.code, session.code)
    channel, form = number(request.GET.get("channel", "")), request.GET.get("as", "")
    shown = watching.watching(door, form=form, channel=channel, language=active_language())
    presence = joining.note(session, found.registration, request.session.session_key or "", now)
    context = {
        "visitor": found,
        "door": door,
        "watching": shown,
        "beat": presences.token(presence) if presence else "",
        "beats_every": presences.BEATS_EVERY,
        **_around(request, session, found, now),
    }
    draw = csp_override(policy(shown.origins))(render)
    return draw(request, "registration/personal/watch.html", context)


def _around(request: HttpRequest, session: Session, found: Visitor, now: datetime) -> dict[str, Any]:
    """What stands round the picture: what is said, asked and voted, and what comes next."""
    by = people.participant(request, session, found)
    return {
        "summit": session.summit,
        "session": session,
        "in_own_zone": reader_label(session, session.summit, found.zone),
        "takes_part": by is not None or people.is_open_to_browsers(session),
        **taking_part.context(session, by, now),
        **live.text_of(session, request.GET.get("captions", ""), active_language()),
        **live.pieces_of(session, now),
    }


def policy(origins: list[str]) -> dict[str, Any]:
    """The policy of the site, and that the page's script may fetch the pieces of the streams it plays."""
    common: dict[str, Any] = settings.SECURE_CSP
    return {
        **common,
        "connect-src": ["'self'", *origins],
        "media-src": [*common["media-src"], "blob:", *origins],
        "worker-src": ["'self'"],
    }


@csrf_exempt
@require_POST
def beat(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    """A watch page is still open: said with the token it was given, which is all there is to know of it."""
    known = presences.beats.hear(request.POST.get("token", ""))
    return HttpResponse(status=204 if known else 404)
