"""The way in: ``/``, the account corner, health, robots."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from summit.models import Summit


def start(request: HttpRequest) -> HttpResponse:
    """``/`` leads to the current summit in the reader's language, ``/ko/`` in that one."""
    summit = Summit.objects.current()
    if summit is None:
        raise Http404
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        response = redirect("summit:home", summit.code)
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
    """200 where the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask here for the mark of what cannot name one itself: a PDF, a calendar, JSON."""
    return redirect(static("summit/img/mark.svg"))


def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow: /admin/", *(f"Disallow: /{code}/account/" for code, _name in settings.LANGUAGES),
             f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]  # fmt: skip
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
