"""Error pages in both languages, each with a way on."""

import sys
from collections.abc import Iterable
from copy import copy
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib import hosts
from summit.lib.busy import is_away, is_busy
from summit.models import Summit

WORDS: dict[int, tuple[Any, Any]] = {
    400: (
        _("We could not read that request"),
        _("Something in the address or the form is not valid. Go back and try again."),
    ),
    403: (
        _("You may not open this page"),
        _("The page had been open too long, or it belongs to somebody else. Go back, reload and try again."),
    ),
    404: (_("There is no such page"), _("The address may be mistyped, or the link may have expired.")),
    408: (
        _("It did not arrive in time"),
        _("What you sent came too slowly, or not whole. Go back and send it again; a smaller file goes quicker."),
    ),
    411: (
        _("We could not read that request"),
        _("It does not say how long it is. Send it with a Content-Length."),
    ),
    413: (_("That was too much at once"), _("More was sent than this page takes.")),
    405: (
        _("We could not read that request"),
        _("Something in the address or the form is not valid. Go back and try again."),
    ),
    409: (_("This was not possible"), _("Something has changed meanwhile.")),
    429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
    500: (_("Something went wrong on our side"), _("It has been noted. Try again in a few minutes.")),
    503: (
        _("Too much is going on just now"),
        _(
            "Something large is being saved at this moment, such as an import. Wait a few seconds, then go back and try again."
        ),
    ),
}


# Instead of those of 503 where nobody answers at all.
AWAY: tuple[Any, Any] = (
    _("We will be back in a moment"),
    _("The site cannot reach its data just now. It comes back by itself: wait a little, then try again."),
)

# For machines, where the page is JSON.
CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    408: "timed_out",
    405: "method_not_allowed",
    409: "refused",
    411: "length_required",
    413: "too_large",
    429: "too_many_requests",
    500: "server_error",
    503: "busy",
}
# Seconds after which a busy database is likely to answer again.
RETRY_AFTER = 10


def error_page(
    request: HttpRequest, status: int, *, message: Any = None, words: tuple[Any, Any] | None = None
) -> HttpResponse:
    """One page for all of them. An error of ours queries no database: it must work when nothing else does."""
    try:
        asked = request.GET.get("lang", "")
    except SuspiciousOperation:  # the query string itself is what could not be read
        asked = ""
    language = (
        translation.get_language_from_path(request.path)
        or (asked if asked in dict(settings.LANGUAGES) else "")
        or translation.get_language_from_request(request)
    )
    with translation.override(language):
        title, text = words or WORDS[status]
        if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
            body = {"error": {"code": CODES[status], "message": str(message or text)}}
            return JsonResponse(body, status=status, headers={"Access-Control-Allow-Origin": "*"})
        context = {"status": status, "title": title, "text": message or text, "summit": summit_around(request, status)}
        asking = unknown(request) if status >= 500 else request
        return HttpResponse(render_to_string("summit/error.html", context, request=asking), status=status)


def unknown(request: HttpRequest) -> HttpRequest:
    """The request as one of somebody who is not signed in: who it is, only the database knows."""
    bare = copy(request)
    bare.user = AnonymousUser()
    bare.session = {}  # type: ignore[assignment]
    vars(bare)["_messages"] = []
    return bare


def summit_around(request: HttpRequest, status: int) -> Summit | None:
    """The public summit whose address was mistyped or whose rule said no: people stay at their summit."""
    _language, steps = hosts.parts(request.path)
    code = hosts.served() or next(iter(steps), "")
    if status >= 500 or not code:
        return None
    try:
        return Summit.objects.public().filter(code=code).first()
    except Error:
        return None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """``methods`` are those that may be used instead (RFC 9110 15.5.6)."""
    response = error_page(request, 405)
    response["Allow"] = ", ".join(methods)
    return response


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 429)


def busy(request: HttpRequest, error: BaseException | None = None, *, message: Any = None) -> HttpResponse:
    """The database has not answered in time: somebody writes for long, or the connection to it was lost."""
    response = error_page(request, 503, words=AWAY if is_away(error) else None, message=message)
    response.without_database = True  # type: ignore[attr-defined]
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        # Also where a middleware has asked the database: no view, and no hook for its errors, was ever reached.
        error = sys.exception()
        return busy(request, error) if is_busy(error) else error_page(request, 500)
    except Exception:  # the last line of defence answers whatever broke
        status = 503 if is_busy(sys.exception()) else 500
        words = (
            "Wait a moment, then try again. 잠시 뒤 다시 시도해 주십시오."
            if status == 503
            else "Something went wrong. 문제가 발생했습니다."
        )
        headers = {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}
        return HttpResponse(f"<!doctype html><title>{status}</title><p>{words}", status=status, headers=headers)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page for a rule's no that a view has not answered itself."""
    response = error_page(request, refusal.status if refusal.status in WORDS else 409, message=refusal.message)
    if "retry_after" in refusal.details:
        response["Retry-After"] = str(refusal.details["retry_after"])
    return response


def missing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """For addresses that exist only in some settings."""
    raise Http404


__all__ = [
    "bad_request",
    "busy",
    "csrf_failure",
    "error_page",
    "forbidden",
    "not_allowed",
    "not_found",
    "refused",
    "server_error",
    "too_many",
]
