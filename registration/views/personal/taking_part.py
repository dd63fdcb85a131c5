"""The page on which people take part in a session: they ask, support what others ask, and vote, with an account or without."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.personal import taking_part as people
from registration.personal.visitors import Visitor, visitor
from registration.views.guids import guid_or_404
from sessions.live import polls, questions, taking_part
from sessions.live.participants import Participant
from sessions.models import Session
from summit.errors import Refusal
from summit.lib.text import number
from summit.models import Summit

MOST_CHOSEN = 50


@never_cache
def page(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    """Forms and redirects; for scripts, which ask for JSON, the same without drawing the page anew."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    rows = Session.objects.published().filter(summit=found).select_related("room", "track")
    session = get_object_or_404(rows, code=code)
    session.summit = found
    known = visitor(request, found)
    if request.method != "POST":
        return _draw(request, session, known)
    what = "questions" if "ask" in request.POST else "votes"
    try:
        by, secret = people.joining_in(request, session, known, what)
        told = _do(request, session, by)
    except Refusal as refusal:
        return _refused(request, session, known, refusal)
    response = _answer(request, session, by, told)
    people.keep(request, response, found, secret)
    return response


@never_cache
@require_safe
def in_room(request: HttpRequest, summit: str, room: str) -> HttpResponse:
    """Where the code at a door leads: to the page of the session that is on there now, or begins within the hour; while
    there is none, to all that takes place in the room."""
    found = get_object_or_404(Summit.objects.public(), code=summit)
    here = get_object_or_404(found.rooms.all(), code=room)
    now = timezone.now()
    rows = Session.objects.published().filter(room=here, cancelled_at=None, ends_at__gt=now)
    begun = rows.filter(starts_at__lte=now + questions.OPENS).order_by("starts_at", "code")
    # Of several the one that began last, where one has begun; else the first that will.
    session = begun.filter(starts_at__lte=now).last() or begun.first()
    if session is None or not (session.takes_questions or session.polls.exclude(state="draft").exists()):
        return redirect(f"{reverse('sessions:search', args=[found.code])}?{urlencode({'room': here.code})}")
    return redirect("registration:taking-part", found.code, session.code)


def _do(request: HttpRequest, session: Session, by: Participant | None) -> str:
    """What was sent is done; returns what is said of it."""
    said = request.POST
    if by is None:
        raise questions.NotTaken(_("Sign in first, or open the link from your confirmation mail in this browser."))
    if "ask" in said:
        language = said.get("language", "")
        known = {known for known, _name in taking_part.languages(session)}
        made = questions.ask(
            session, by, said.get("text", ""), language=language if language in known else "", named="named" in said
        )
        return _("Your question was sent. The moderator reads it first.") if made.state == "new" else _("Thank you: your question can be read.")  # fmt: skip
    if "poll" in said:
        _vote(request, session, by)
        return _("Thank you, your vote was counted.")
    supports = questions.support(session, by, str(guid_or_404(said.get("support", ""))))
    return _("You support this question.") if supports else _("You do not support this question any more.")


def _vote(request: HttpRequest, session: Session, by: Participant) -> None:
    guid = guid_or_404(request.POST["poll"])
    poll = get_object_or_404(session.polls.exclude(state="draft"), guid=guid)
    poll.session = session
    chosen = [number(each) for each in request.POST.getlist(f"choice-{guid}")[:MOST_CHOSEN]]
    words = request.POST.getlist(f"word-{guid}")[:MOST_CHOSEN]
    polls.vote(poll, by, [pk for pk in chosen if pk is not None], words)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _answer(
    request: HttpRequest,
    session: Session,
    by: Participant | None,
    told: str,
    *,
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    if not _wants_json(request):
        messages.success(request, told)
        return redirect("registration:taking-part", session.summit.code, session.code)
    own = {"own_questions": taking_part.own_questions(session, by), "session": session, "summit": session.summit}
    key = by.key if by else ""
    answer = {
        "told": told,
        "refused": refused,
        "supported": sorted(questions.supported(session, key)) if key else [],
        "voted": sorted(polls.voted(session, key)) if key else [],
        "own": render_to_string("sessions/live/_own.html", own),
    }
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})


def _refused(request: HttpRequest, session: Session, known: Visitor, refusal: Refusal) -> HttpResponse:
    """Says why, with everything that was typed."""
    if _wants_json(request):
        by = people.participant(request, session, known)
        response = _answer(request, session, by, str(refusal.message), refused=True, status=refusal.status)
    else:
        response = _draw(request, session, known, refusal)
    if after := refusal.details.get("retry_after"):
        response["Retry-After"] = str(after)
    return response


def _draw(request: HttpRequest, session: Session, known: Visitor, refusal: Refusal | None = None) -> HttpResponse:
    by = people.participant(request, session, known)
    shown: dict[str, Any] = {
        "summit": session.summit,
        "session": session,
        "visitor": known,
        "takes_part": by is not None or people.is_open_to_browsers(session),
        **taking_part.context(session, by),
    }
    if refusal:
        asks = "ask" in request.POST
        shown |= {"refusal": None if asks else refusal, "ask_error": str(refusal.message) if asks else ""}
        shown["asked"] = {name: request.POST.get(name, "") for name in ("text", "language", "named")} if asks else None
    return render(request, "registration/personal/taking_part.html", shown, status=refusal.status if refusal else 200)
