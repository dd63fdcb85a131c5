"""The agenda on other people's pages: our component, its script, and what embeds of pretalx ask for."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from sessions.exports import pretalx_widget
from sessions.models import Session
from speakers.models import Speaker
from summit.lib.translated import active_language
from summit.models import Summit
from summit.public_pages import public_page

SCRIPT = "summit/js/summit-agenda.js"


@public_page
def page(request: HttpRequest, summit: Summit) -> HttpResponse:
    """What to copy into another page, and how it looks."""
    language = active_language()
    asked = request.GET.get("track", "")
    tracks = list(summit.tracks.all())
    chosen = next((track for track in tracks if track.slug == asked), None)
    home_path = reverse("feeds:script", args=[summit.code]).removesuffix("summit-agenda.js")
    home = settings.SITE_URL + home_path
    agenda = reverse("sessions:agenda", args=[summit.code])
    if chosen:
        agenda = reverse("sessions:track", args=[summit.code, chosen.slug])
    context = {
        "summit": summit,
        "tracks": tracks,
        "chosen_track": chosen,
        "home": home,
        "home_path": home_path,
        "snippet": snippet(home, summit.address(agenda), language, chosen.slug if chosen else ""),
        "language_name": get_language_info(language)["name_local"],
    }
    return render(request, "sessions/embed/embed.html", context)


def snippet(home: str, agenda: str, language: str, track: str) -> str:
    """The lines to copy. Addresses, slugs and languages hold no character HTML would mind."""
    only = f' track="{track}"' if track else ""
    return "\n".join(
        [
            f'<script src="{home}summit-agenda.js" async></script>',
            f'<summit-agenda src="{home}" lang="{language}"{only}>',
            f'  <a href="{agenda}" lang="{language}">{_("Agenda")}</a>',
            "</summit-agenda>",
            f'<noscript><a href="{agenda}" lang="{language}">{_("Agenda")}</a></noscript>',
        ]
    )


@lru_cache(maxsize=1)
def code() -> bytes:
    """The component as it lies in the tree: its address is permanent, unlike those of our own pages' scripts."""
    found = finders.find(SCRIPT)
    if not isinstance(found, str):
        raise FileNotFoundError(SCRIPT)
    return Path(found).read_bytes()


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Pages of any origin may load this, also those that isolate themselves (Fetch standard, COEP/CORP)."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@public_page
def script(request: HttpRequest, summit: Summit) -> HttpResponse:
    """The component. At pretalx's address it also answers to the name of pretalx's element."""
    return open_to_all(HttpResponse(code(), content_type="text/javascript; charset=utf-8"))


@public_page
def widget(request: HttpRequest, summit: Summit) -> HttpResponse:
    """In ``?lang=``, else in the language of the address, else in the summit's first."""
    here = (
        (get_language() or "")[:2]
        if request.resolver_match and request.resolver_match.namespaces == ["sessions"]
        else ""
    )
    asked = request.GET.get("lang", here)
    language = asked if asked in summit.languages else summit.languages[0]
    content = pretalx_widget.widget_json(summit, language=language)
    response = open_to_all(HttpResponse(content, content_type=pretalx_widget.MEDIA_TYPE))
    response["Content-Language"] = language
    return response


# An embed links to pretalx's addresses below ours.


def schedule(request: HttpRequest, summit: str) -> HttpResponse:
    found = get_object_or_404(Summit.objects.public(), code=summit)
    return _led(request, found, "sessions:agenda")


def talk(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    rows = Session.objects.published().filter(summit__in=Summit.objects.public(), summit__code=summit)
    found = get_object_or_404(rows.select_related("summit"), code=code)
    return _led(request, found.summit, "sessions:session", found.code)


def speaker(request: HttpRequest, summit: str, code: str) -> HttpResponse:
    rows = Speaker.objects.filter(summit__in=Summit.objects.public(), summit__code=summit)
    found = get_object_or_404(rows.select_related("summit").of_code(code))
    return _led(request, found.summit, "speakers:speaker", found.code)


def _led(request: HttpRequest, summit: Summit, view: str, *keys: str) -> HttpResponse:
    """To our page: in the language of the address, or in the reader's where it names none."""
    language = translation.get_language_from_request(request, check_path=True)
    with translation.override(language if language in summit.languages else summit.languages[0]):
        response = redirect(view, summit.code, *keys)
    patch_vary_headers(response, ["Accept-Language"])
    return response
