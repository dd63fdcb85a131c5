"""Calendars and the track colours: addresses without a language, which other software reads."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, urlencode
from django.views.decorators.cache import never_cache

from sessions import exports
from sessions.exports import catalogue
from sessions.models import Session
from sessions.permissions import of_host
from sessions.reading import ical
from speakers.models import Speaker
from summit.lib.colour import brand, palette
from summit.models import Right, Summit
from summit.permissions import SignedInRequest, right_required
from summit.public_pages import build, public_page

CALENDAR = "text/calendar; charset=utf-8"
STYLE_SHEET = "text/css; charset=utf-8"
# What a calendar may be narrowed to, by what its parameter names.
NAMED: dict[str, Callable[[Summit, str], Any]] = {
    "track": lambda summit, slug: summit.tracks.filter(slug=slug),
    "room": lambda summit, code: summit.rooms.filter(code=code),
    "speaker": lambda summit, code: summit.speakers.of_code(code),
}


def asked_language(request: HttpRequest, summit: Summit) -> str:
    """``?lang=`` where the summit has it, else the summit's first language."""
    asked = request.GET.get("lang", "")
    return asked if asked in summit.languages else summit.languages[0]


def calendar_response(content: bytes, filename: str, language: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CALENDAR)
    response["Content-Language"] = language
    response["Content-Disposition"] = f'inline; filename="{filename}.ics"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public_page
def schedule(request: HttpRequest, summit: Summit) -> HttpResponse:
    """The whole summit, or one ``?track=``, ``?room=`` or ``?speaker=``. A name that does not exist is a 404."""
    language = asked_language(request, summit)
    sessions = Session.objects.filter(summit=summit)
    name, feed_id, chosen = summit.name.in_language(language), "schedule", {"lang": language}
    for parameter, named in NAMED.items():
        if value := request.GET.get(parameter, "")[:60]:
            found = get_object_or_404(named(summit, value))
            # Of a speaker only what they have not declined, and under the code they have now.
            if isinstance(found, Speaker):
                sessions, shown = sessions.filter(appearances__in=found.appearances.billed()), found.name_in(language)
                value = found.code
            else:
                sessions, shown = sessions.filter(**{parameter: found}), found.name.in_language(language)
            name, feed_id, chosen[parameter] = f"{name} · {shown}", f"{feed_id}-{parameter}-{value}", value
    source = f"{reverse('feeds:schedule', args=[summit.code])}?{urlencode(chosen)}"
    content = ical.feed(summit, sessions, name=name, language=language, feed_id=feed_id, source=source)
    response = calendar_response(content, feed_id, language)
    for header, value in catalogue.headers(summit, catalogue.AGENDA[0], language).items():
        response[header] = value
    return response


@public_page
def session(request: HttpRequest, summit: Summit, code: str) -> HttpResponse:
    language = asked_language(request, summit)
    rows = Session.objects.published().filter(summit=summit, code=code)
    found = get_object_or_404(rows)
    name = found.title.in_language(language)
    source = f"{reverse('feeds:session', args=[summit.code, code])}?lang={language}"
    content = ical.feed(summit, rows, name=name, language=language, feed_id=f"session-{code}", source=source)
    return calendar_response(content, code, language)


def exported(
    request: HttpRequest, summit: Summit, write: Callable[[exports.Agenda], bytes], media_type: str
) -> HttpResponse:
    language = asked_language(request, summit)
    content = write(exports.read(summit, language=language))
    # Two formats may share a media type; the address tells them apart.
    found = next(f for f in catalogue.AGENDA if request.path.endswith(f"/{f.file}"))
    return HttpResponse(content, content_type=media_type, headers=catalogue.headers(summit, found, language))


@public_page
def schedule_xml(request: HttpRequest, summit: Summit) -> HttpResponse:
    return exported(request, summit, exports.schedule_xml, exports.frab_xml.MEDIA_TYPE)


@public_page
def schedule_json(request: HttpRequest, summit: Summit) -> HttpResponse:
    return exported(request, summit, exports.schedule_json, exports.frab_json.MEDIA_TYPE)


@public_page
def schedule_xcal(request: HttpRequest, summit: Summit) -> HttpResponse:
    return exported(request, summit, exports.schedule_xcal, exports.xcal.MEDIA_TYPE)


def speaker_own(request: HttpRequest, summit: str, token: str) -> HttpResponse:
    """A speaker's own calendar behind an unguessable address; a revoked one is gone like one that never was."""
    person = get_object_or_404(Speaker.objects.select_related("summit"), summit__code=summit, calendar_token=token)
    found = person.summit
    language = asked_language(request, found)
    etag, unchanged = conditional(request, found, person.updated_at, language)
    if unchanged is not None:
        return unchanged
    sessions = Session.objects.filter(summit=found, appearances__in=person.appearances.billed())
    content = ical.feed(found, sessions, name=f"{found.short_name.in_language(language)} · {person.name_in(language)}",
                        language=language, feed_id="speaker")  # fmt: skip
    response = private(calendar_response(content, "my-sessions", language))
    response["ETag"] = etag
    return response


def conditional(
    request: HttpRequest, summit: Summit, changed_at: datetime, language: str, *, bookmarks: str = ""
) -> tuple[str, HttpResponse | None]:
    """The ETag of a private feed, and the 304 where the reader has it already."""
    etag = quote_etag(f"{summit.agenda_revision}-{changed_at.timestamp():.6f}-{bookmarks}-{language}-{build()}")
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        unchanged["ETag"] = etag
        return etag, private(unchanged)
    return etag, None


def private(response: HttpResponse) -> HttpResponse:
    """Somebody's own: no cache of others keeps it, and no search engine that was handed the address shows it."""
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    response["X-Robots-Tag"] = "noindex"
    del response["Access-Control-Allow-Origin"]
    return response


@public_page
def theme(request: HttpRequest, summit: Summit) -> HttpResponse:
    """The summit's own colours, and those of tracks and categories as classes: a strict CSP allows no style attribute."""
    return HttpResponse(_theme(summit, summit.tracks.all(), summit.categories.all()), content_type=STYLE_SHEET)


@never_cache
@right_required(*Right)
def workspace_theme(request: SignedInRequest, summit: Summit) -> HttpResponse:
    """The same for the team of a summit that is closed to the public.

    An address of its own, behind any right: the classes are named after tracks and categories, and that a summit is
    there at all is nobody else's business. The public address cannot tell: its answers are the same for everybody.
    """
    return HttpResponse(_theme(summit, summit.tracks.all(), summit.categories.all()), content_type=STYLE_SHEET)


@never_cache
@login_required
def own_theme(request: SignedInRequest, summit: str) -> HttpResponse:
    """Of a closed summit, what its hosts, speakers and registrants meet: the tracks of their sessions, their category."""
    found = get_object_or_404(Summit, code=summit)
    speaking = Speaker.objects.of(request.user).filter(summit=found)
    mine = Q(sessions__in=of_host(request.user, found)) | Q(sessions__appearances__speaker__in=speaking)
    tracks = found.tracks.filter(mine).distinct()
    categories = found.categories.filter(registrations__user=request.user).distinct()
    if not (tracks or categories):
        raise Http404
    return HttpResponse(_theme(found, tracks, categories), content_type=STYLE_SHEET)


def _theme(summit: Summit, tracks: Iterable[Any], categories: Iterable[Any]) -> str:
    light, dark = ([f":root{{{';'.join(f'--{name}:{shade}' for name, shade in tokens.items())}}}"] if tokens else []
                   for tokens in brand(summit.brand_colour, summit.accent_colour))  # fmt: skip
    coloured = [(f"track-{track.slug}", track.colour) for track in tracks]
    coloured += [(f"category-{category.code}", category.colour) for category in categories]
    for name, colour in coloured:
        shades = palette(colour)
        light.append(f".{name}{{--track:{shades['ink']};--tint:{shades['tint']}}}")
        dark.append(f".{name}{{--track:{shades['ink_dark']};--tint:{shades['tint_dark']}}}")
    rules = "\n".join(light) + "\n@media screen and (prefers-color-scheme:dark){\n" + "\n".join(dark) + "\n}\n"
    return f"@layer tokens{{\n{rules}}}\n"


__all__ = [
    "asked_language",
    "calendar_response",
    "conditional",
    "own_theme",
    "private",
    "schedule",
    "session",
    "speaker_own",
    "theme",
    "workspace_theme",
]
