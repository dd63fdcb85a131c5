"""A summit as an app: its manifest (W3C Web Application Manifest), its service worker, the page for no network."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from summit.lib import hosts
from summit.lib.translated import active_language
from summit.models import Summit
from summit.public_pages import build, public_page

ICONS = [("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable-512.png", 512, "maskable")]
WORKER = "summit/js/worker.js"
# Parts of a summit's addresses that the worker leaves alone: never kept, never answered from what is kept.
PRIVATE = ("desk/", "organiser/", "register/")
# At a summit's own host they lie below its opening page.
PRIVATE_AT_OWN_HOST = ("account/", "my/")


@public_page
def manifest(request: HttpRequest, summit: Summit) -> HttpResponse:
    content = json.dumps(manifest_of(summit), ensure_ascii=False, indent=1)
    return HttpResponse(content, content_type="application/manifest+json; charset=utf-8")


def manifest_of(summit: Summit) -> dict[str, Any]:
    """W3C Web Application Manifest, in the active language."""
    language = active_language()
    return {
        "id": f"/{summit.code}/",
        "name": summit.name.in_language(language),
        "short_name": summit.brand.in_language(language),
        "description": summit.summary.in_language(language),
        "lang": language,
        "dir": "ltr",
        "start_url": reverse("sessions:agenda", args=[summit.code]),
        # Signing in and the other language are the app, too.
        "scope": "/",
        "display": "standalone",
        "theme_color": "#0b2f73",
        "background_color": "#f5f6f8",
        "icons": [
            {"src": static(f"summit/img/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("Agenda"), "url": reverse("sessions:agenda", args=[summit.code])},
            _own_page(summit),
        ],
    }


def _own_page(summit: Summit) -> dict[str, Any]:
    """A shortcut leads to the host the app is from (W3C Web Application Manifest); accounts are at the installation."""
    if hosts.served():
        return {"name": _("My agenda"), "url": reverse("registration:my-agenda", args=[summit.code])}
    return {"name": _("My page"), "url": reverse("account:home")}


@public_page
def worker(request: HttpRequest, summit: Summit) -> HttpResponse:
    """One script for all languages of the summit, registered once for each; a new build is a new script."""
    content = f"const SETTINGS = {json.dumps(worker_settings(summit))};\n{worker_code()}"
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


def worker_settings(summit: Summit) -> dict[str, Any]:
    places = {}
    for language in summit.languages:
        with translation.override(language):
            home = reverse("summit:home", args=[summit.code])
            places[home] = {
                "agenda": reverse("sessions:agenda", args=[summit.code]),
                "offline": reverse("summit:offline", args=[summit.code]),
            }
    return {
        "summit": summit.code,
        "build": build(),
        "places": places,
        "private": [*PRIVATE, *(PRIVATE_AT_OWN_HOST if hosts.served() else ())],
        "theme": reverse("feeds:theme", args=[summit.code]),
        "static": settings.STATIC_URL,
        "icon": static("summit/img/icon-192.png"),
    }


@lru_cache(maxsize=1)
def worker_code() -> str:
    found = finders.find(WORKER)
    if not isinstance(found, str):
        raise FileNotFoundError(WORKER)
    return Path(found).read_text(encoding="utf-8")


@public_page
def offline(request: HttpRequest, summit: Summit) -> HttpResponse:
    """Stands in for pages nobody kept; lists those that are kept on this device."""
    return render(request, "summit/app/offline.html", {"summit": summit})
