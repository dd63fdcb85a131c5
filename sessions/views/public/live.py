"""What changes while sessions run, for pages that are open: pieces of a page by their name, as one small JSON answer.

Each piece is drawn by the template that the page itself is drawn with, is the same for everybody, and is kept until the
live revision rises (:func:`summit.public_pages.live_page`); ``live.js`` puts it where ``data-live`` has its name.
"""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from sessions.models import Session
from sessions.views.public import live_questions
from summit.models import Summit
from summit.public_pages import live_page

Pieces = dict[str, str]
# What of a session is live, by name: each says how it is drawn at a moment. A session's page has them where it wants them.
OF_SESSION: tuple[Callable[[Session, datetime], Pieces], ...] = (live_questions.pieces,)
# What of a whole summit is.
OF_SUMMIT: tuple[Callable[[Summit, datetime], Pieces], ...] = ()
# Seconds between two looks of an open page, which adds up to half of it by chance: not all ask at once.
EVERY = 5


@live_page
def summit(request: HttpRequest, summit: Summit) -> HttpResponse:
    now = timezone.now()
    return _answer({name: html for draw in OF_SUMMIT for name, html in draw(summit, now).items()})


@live_page
def session(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    found = get_object_or_404(Session.objects.published().filter(summit=summit).select_related("room"), code=code)
    found.summit = summit
    now = timezone.now()
    of_summit = {name: html for draw in OF_SUMMIT for name, html in draw(summit, now).items()}
    return _answer(of_summit | {name: html for draw in OF_SESSION for name, html in draw(found, now).items()})


def _answer(pieces: Pieces) -> HttpResponse:
    return JsonResponse({"pieces": pieces, "every": EVERY}, json_dumps_params={"ensure_ascii": False})
