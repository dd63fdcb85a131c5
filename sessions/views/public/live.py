"""What changes while sessions run, for pages that are open: pieces of a page by their name, as one small JSON answer.

Each piece is drawn by the template that the page itself is drawn with, is the same for everybody, and is kept until the
live revision rises (:func:`summit.public_pages.live_page`); ``live.js`` puts it where ``data-live`` has its name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone

from sessions.live import captions, delays, streams
from sessions.models import Session
from sessions.reading import neighbours
from sessions.views.public import live_banner, live_questions
from summit.lib.translated import own_name
from summit.models import LiveRevision, Summit
from summit.public_pages import live_page

# Seconds between two looks of an open page, which adds up to half of it by chance: not all ask at once. More often while
# something happens, and most often while somebody writes what is being said.
EVERY, WHILE_BUSY, WHILE_WRITTEN = 8.0, 3.0, 0.6
BUSY = timedelta(minutes=1)
# Lines of text a watch page shows: the last ones, in order.
LINES = 8
Pieces = dict[str, str]


def text(session: Session, now: datetime) -> Pieces:
    """What is being said, one piece for each language there is text in."""
    return {
        f"captions-{language}": render_to_string(
            "sessions/live/_captions.html",
            {"lines": captions.latest(session, language, LINES), "language": language},
        )
        for language in captions.languages(session)
    }


def text_of(session: Session, asked: str, preferred: str) -> dict[str, Any]:
    """What a page needs to show the text of a session: the language asked for, else the preferred one, else any."""
    there = captions.expected(session)
    chosen = next((code for code in (asked, preferred, *there) if code in there), "")
    return {"caption_languages": [(code, own_name(code)) for code in there], "captions": chosen,
            "lines": captions.latest(session, chosen, LINES) if chosen else []}  # fmt: skip


def following(session: Session, now: datetime) -> Pieces:
    """Where it goes on in the same room, once the session is over."""
    is_over = session.ends_at is not None and now >= session.ends_at + delays.lateness(session, now)
    context = {"session": session, "summit": session.summit, "is_over": is_over,
               "next": neighbours.next_in_room(session) if is_over else None}  # fmt: skip
    return {"next": render_to_string("sessions/live/_next.html", context)}


def ways(session: Session, now: datetime) -> Pieces:
    """Differs whenever where people join does; says nothing of where that is."""
    return {"ways": streams.stamp(session)}


OF_SESSION: tuple[Callable[[Session, datetime], Pieces], ...] = (
    text, following, ways, live_questions.pieces, live_banner.of_session, live_banner.expected,
)  # fmt: skip
OF_SUMMIT: tuple[Callable[[Summit, datetime], Pieces], ...] = (live_banner.of_summit,)


def pieces_of(session: Session, now: datetime) -> dict[str, Any]:
    """As ``pieces.<name>`` for a page that is drawn now: those that no template of the page draws by itself."""
    return {"pieces": following(session, now) | ways(session, now)}


@live_page
def summit(request: HttpRequest, summit: Summit) -> HttpResponse:
    now = timezone.now()
    pieces = {name: html for draw in OF_SUMMIT for name, html in draw(summit, now).items()}
    return answer(pieces, _every(summit, now))


@live_page
def session(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    rows = Session.objects.published().filter(summit=summit).select_related("room")
    found, now = get_object_or_404(rows, code=code), timezone.now()
    found.summit = summit
    every = WHILE_WRITTEN if captions.is_written(found, now) else _every(summit, now)
    return answer({name: html for draw in OF_SESSION for name, html in draw(found, now).items()}, every)


def _every(summit: Summit, now: datetime) -> float:
    """By what the row of the revision says that was fetched with the summit."""
    raised: LiveRevision | None = getattr(summit, "live", None)
    return WHILE_BUSY if raised and raised.raised_at > now - BUSY else EVERY


def answer(pieces: Mapping[str, str], every: float) -> HttpResponse:
    """What ``live.js`` reads: pieces by name, and in how many seconds it looks again."""
    return JsonResponse({"pieces": pieces, "every": every}, json_dumps_params={"ensure_ascii": False})
