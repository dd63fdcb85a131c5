"""The address at which whoever takes part from elsewhere joins a session: the same for everybody, and open to those who may."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from registration.personal import joining
from registration.personal.joining import Gate
from registration.personal.visitors import visitor
from sessions.models import Session
from sessions.models.session import SessionQuerySet
from sessions.reading.agenda import reader_label
from summit.errors import Refusal
from summit.models import Summit
from summit.ratelimit import limited

# Seconds after which a page that waits for its door asks again by itself; without a script.
AGAIN = 60


def public_session(
    code: str, session: str, rows: Callable[[SessionQuerySet], SessionQuerySet] = lambda all_of_them: all_of_them
) -> Session:
    """A published session of a public summit, with its room and track and whatever ``rows`` fetches along; or 404."""
    summit = get_object_or_404(Summit.objects.public(), code=code)
    of_summit = Session.objects.published().filter(summit=summit).select_related("room", "track")
    found: Session = get_object_or_404(rows(of_summit), code=session)
    found.summit = summit
    return found


@never_cache
def join(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    """Who somebody is, whether they may, when it opens, and then where it leads."""
    return _page(request, public_session(summit, code))


def _page(request: HttpRequest, session: Session, refusal: Refusal | None = None) -> HttpResponse:
    found, now = visitor(request, session.summit), timezone.now()
    door = joining.door(session, found.registration, now)
    rehearsals = [stream for stream in door.stage if door.is_open or joining.rehearses(stream, now)]
    context = {
        "summit": session.summit,
        "session": session,
        "visitor": found,
        "door": door,
        "rehearsals": rehearsals,
        "watchable": any(stream.player for stream in door.streams),
        "in_own_zone": reader_label(session, session.summit, found.zone),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    response = render(request, "registration/personal/join.html", context, status=status)
    if door.gate == Gate.EARLY and request.method == "GET":
        response["Refresh"] = str(AGAIN)
    return response


@never_cache
@limited("join", limit=60, seconds=600)
def go(request: HttpRequest, summit: str, code: str, stream: int) -> HttpResponse:
    """On to the meeting or the broadcast; where it leads is told to nobody else, and kept nowhere."""
    session = public_session(summit, code)
    found = visitor(request, session.summit)
    try:
        chosen = joining.go(session, found.registration, stream, browser=request.session.session_key or "")
    except Refusal as refusal:
        return _page(request, session, refusal)
    if not chosen.leads_to:
        raise Http404
    if chosen.player:
        return redirect(f"{reverse('registration:watch', args=[summit, code])}?channel={chosen.pk}")
    response = redirect(chosen.leads_to)
    response["Referrer-Policy"] = "no-referrer"
    return response
