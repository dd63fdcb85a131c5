"""What was said in a session, and is being said: as a page that any browser shows over any line, and as WebVTT."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from sessions.live import captions, vtt
from sessions.models import Session
from summit.lib.translated import active_language, own_name
from summit.models import Summit
from summit.public_pages import live_page

# Seconds after which the page of text asks again while the session runs; without a script.
AGAIN = 10
# Lines of one page of text, the last of them: an hour of speech.
LINES = 1_200


def _session(summit: Summit, code: str) -> Session:
    found: Session = get_object_or_404(Session.objects.published().filter(summit=summit), code=code)
    found.summit = summit
    return found


@live_page
def text(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    """``?captions=`` a language. No style sheet of ours, no font, no script: a minute of speech is less than 3 kB."""
    session = _session(summit, code)
    there = captions.languages(session)
    asked = request.GET.get("captions", "")
    chosen = next((code for code in (asked, active_language(), *there) if code in there), "")
    now = timezone.now()
    runs = bool(
        session.starts_at
        and session.ends_at
        and session.starts_at - captions.EARLY <= now < session.ends_at + captions.LATE
    )
    context = {
        "summit": summit,
        "session": session,
        "languages": [(code, own_name(code)) for code in there],
        "language": chosen,
        "lines": captions.latest(session, chosen, LINES) if chosen else [],
        "again": AGAIN if runs and not session.is_cancelled else 0,
    }
    return render(request, "sessions/live/text.html", context)


@live_page
def web_vtt(request: HttpRequest, summit: Summit, code: str, language: str) -> HttpResponse:
    session = _session(summit, code)
    lines = captions.transcript(session, language)
    if not lines:
        raise Http404
    response = HttpResponse(vtt.written(lines), content_type="text/vtt; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = f'inline; filename="{summit.code}-{code}.{language}.vtt"'
    return response
