"""The way in: ``/``, the account corner, health, robots."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from summit.accounts import installation
from summit.lib import hosts
from summit.models import Summit
from summit.public_pages import revisions

# For programs; said here, because they are answered wherever in the chain of middleware.
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}


def start(request: HttpRequest) -> HttpResponse:
    """``/`` leads to the current summit in the reader's language, ``/ko/`` in that one.

    Where nothing is public yet, it leads to the first start, or says so. At a summit's own host it leads to that one.
    """
    if hosts.served():
        return _start_of(request, get_object_or_404(Summit, code=hosts.served()))
    summit, response = Summit.objects.current(), HttpResponse()
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        if summit is not None:
            response = redirect("summit:home", summit.code)
        elif installation.waits_for_operator():
            response = redirect("set-up")
        elif request.user.is_superuser:
            response = redirect("summits")
        elif request.resolver_match and request.resolver_match.url_name == "start":
            response = redirect("start-in-language")
        else:
            response = render(request, "summit/nothing_public.html", {"site": settings.SITE_HOST})
    patch_vary_headers(response, ["Accept-Language"])
    if summit is None:
        add_never_cache_headers(response)
    return response


def _start_of(request: HttpRequest, summit: Summit) -> HttpResponse:
    """The opening page in the reader's language, where the summit speaks it."""
    language = translation.get_language_from_request(request)
    with translation.override(language if language in summit.languages else summit.languages[0]):
        response = redirect(summit)
    patch_vary_headers(response, ["Accept-Language"])
    return response


@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """What a page lays over its public content for the person who reads it. Nothing about strangers."""
    user = request.user
    body: dict[str, Any] = {"signed_in": user.is_authenticated}
    if user.is_authenticated:
        language = request.GET.get("lang", user.language)
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            body |= {"name": str(user), "account": reverse("account:home")}
    if code := request.GET.get("summit", "")[:32]:
        # The topmost app's answer, by dotted string: this app may not import those above it.
        body |= import_string("registration.personal.visitors.bookmarks")(request, code)
    return JsonResponse(body)


@never_cache
def healthy(request: HttpRequest) -> HttpResponse:
    """200 where this process answers; whether what it needs does is told by ``summit/operating/probes.py``."""
    return HttpResponse("ok\n", headers=PLAIN)


@never_cache
def own_hosts(request: HttpRequest) -> HttpResponse:
    """200 where ``?domain=`` is a summit's own host, 404 else: what a proxy asks before it orders a certificate."""
    asked = request.GET.get("domain", "").lower().rstrip(".")
    known = bool(asked) and revisions.at_host(asked) is not None
    return HttpResponse("yes\n" if known else "no\n", headers=PLAIN, status=200 if known else 404)


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for the mark of what cannot name one itself: a PDF, a calendar, JSON."""
    return redirect(static("summit/img/mark.svg"))


def robots(request: HttpRequest) -> HttpResponse:
    origin = get_object_or_404(Summit, code=hosts.served()).origin if hosts.served() else settings.SITE_URL
    lines = ["User-agent: *", "Disallow: /admin/", *(f"Disallow: /{code}/account/" for code, _name in settings.LANGUAGES),
             f"Sitemap: {origin}/sitemap.xml", ""]  # fmt: skip
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
