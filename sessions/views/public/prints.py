"""The agenda on paper: a page that offers everything, and the documents."""

from pathlib import PurePosixPath
from typing import Any, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language_info

from sessions.models import Session
from sessions.prints import kept
from sessions.prints.orders import DEFAULT_PAPER, PAPERS, NoSuchPrint, Order, order
from summit.lib import times
from summit.lib.translated import active_language
from summit.middleware import PUBLIC
from summit.models import Room, Summit
from summit.public_pages import public_page
from summit.storage import private_files

# Larger documents are sent from their file: a few of them would push every page out of the memory of public pages.
KEPT_IN_MEMORY = 256 * 1024
ASK_AGAIN_IN = 2  # seconds


@public_page
def offer(request: HttpRequest, summit: Summit) -> HttpResponse:
    """Everything there is on paper."""
    language = active_language()
    rows = Session.objects.published().filter(summit=summit)
    starts = list(rows.filter(starts_at__isnull=False).values_list("starts_at", "room"))
    days = sorted({times.day_of(start, summit.tz) for start, _room in starts if start})
    used = {room for _start, room in starts if room}
    context = {
        "summit": summit,
        "any_session": bool(starts) or rows.exists(),
        "languages": choices(summit, language),
        "all_languages": ",".join(summit.languages),
        "papers": PAPERS,
        "usual": DEFAULT_PAPER,
        "days": [(day, times.date_label(day, language), times.day_label(day, language)) for day in days],
        "rooms": [room for room in summit.rooms.all() if room.pk in used],
    }
    return render(request, "sessions/prints/offer.html", context)


def choices(summit: Summit, language: str) -> list[tuple[str, str]]:
    """Values of ``languages=`` and their names, the reader's own first, all of them together last."""
    codes = sorted(summit.languages, key=lambda code: code != language)
    found = [(code, get_language_info(code)["name_local"]) for code in codes]
    if len(codes) > 1:
        together = " + ".join(get_language_info(code)["name_local"] for code in summit.languages)
        found.append((",".join(summit.languages), together))
    return found


@public_page
def booklet(request: HttpRequest, summit: Summit) -> HttpResponse:
    return document(request, summit, asked(request, summit, "booklet"))


@public_page
def cards(request: HttpRequest, summit: Summit) -> HttpResponse:
    return document(request, summit, asked(request, summit, "cards"))


@public_page
def day(request: HttpRequest, summit: Summit, day: str) -> HttpResponse:
    return document(request, summit, asked(request, summit, "day", day=day))


@public_page
def door(request: HttpRequest, summit: Summit, room: str) -> HttpResponse:
    found = get_object_or_404(Room, summit=summit, code=room)
    wanted = asked(request, summit, "door", day=request.GET.get("day", ""), room=found.code)
    return document(request, summit, wanted)


def asked(request: HttpRequest, summit: Summit, kind: str, **more: str) -> Order:
    """The order an address puts. Without ``?languages=`` it is the page's language; a door speaks all of them."""
    language = active_language()
    default = summit.languages if kind == "door" or language not in summit.languages else [language]
    given: dict[str, Any] = {name: request.GET.get(name, "") for name in ("languages", "paper")}
    try:
        return order(kind, known=summit.languages, default=default, **given, **more)
    except NoSuchPrint as error:
        raise Http404 from error


def document(request: HttpRequest, summit: Summit, wanted: Order) -> HttpResponse:
    """The PDF, or a page that says it is being drawn and comes back."""
    name = kept.find(summit, wanted)
    if name is None:
        number = kept.sessions(summit, wanted)
        if not number:
            raise Http404
        if not kept.is_quick(number, wanted):
            kept.ask(summit, wanted)
            return waiting(request, summit)
        name = kept.draw(summit, wanted, kept.stamp(summit))
    return pdf(request, name, f"{summit.code}-{wanted.name}.pdf")


def waiting(request: HttpRequest, summit: Summit) -> HttpResponse:
    response = render(request, "sessions/prints/waiting.html", {"summit": summit}, status=202)
    response["Cache-Control"] = "no-store"
    # Without scripts the page still comes back, and programs know when to (RFC 9110 10.2.3).
    response["Refresh"] = response["Retry-After"] = str(ASK_AGAIN_IN)
    return response


def pdf(request: HttpRequest, name: str, filename: str) -> HttpResponse:
    files = private_files()
    if files.size(name) <= KEPT_IN_MEMORY:
        with files.open(name) as file:
            response = HttpResponse(file.read(), content_type="application/pdf")
    else:
        etag = quote_etag(PurePosixPath(name).stem)
        unchanged = get_conditional_response(request, etag=etag)
        # What is streamed is not kept by the middleware either.
        streamed = unchanged or FileResponse(files.open(name), content_type="application/pdf")
        response = cast("HttpResponse", streamed)
        response["ETag"], response["Cache-Control"] = etag, PUBLIC
        if unchanged is not None:
            return response
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    return response
