"""Errors of the API: one shape, in the reader's language."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from summit.errors import Refusal

WORDS: dict[int, tuple[str, Any]] = {
    400: ("bad_request", _("This request could not be read.")),
    403: ("forbidden", _("This is not public.")),
    404: ("not_found", _("There is nothing public at this address.")),
    405: ("method_not_allowed", _("This API can only be read: use GET, HEAD or OPTIONS.")),
    406: ("not_acceptable", _("This API answers in JSON only.")),
    415: ("unsupported_media_type", _("This API takes no content.")),
    429: ("too_many_requests", _("Too many requests from your address. Wait a minute, then go on.")),
}
SHOWN_AT_MOST = 60  # characters of a wrong value repeated in a message


class UnknownValue(Refusal):
    """A parameter has a value that nothing public answers to."""

    code = "unknown_value"
    status = 400

    def __init__(self, parameter: str, value: str, hint: Any = "") -> None:
        sentence = gettext("The parameter “%(parameter)s” has no value “%(value)s”.")
        sentence %= {"parameter": parameter, "value": value[:SHOWN_AT_MOST]}
        super().__init__(f"{sentence} {hint}".rstrip())


def asked_language(request: HttpRequest | Request) -> str:
    """``?lang=`` where it is one of ours, else what the browser asks for."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """``{"error": {"code", "message"}}`` in the active language for what a caller can do something about.

    None leaves a fault of ours to Django.
    """
    found = _read(exception)
    if found is None:
        return None
    status, code, message, headers = found
    body = {"error": {"code": code, "message": str(message)}}
    language = translation.get_language() or settings.LANGUAGE_CODE
    return Response(body, status, headers={**headers, "Cache-Control": "no-store", "Content-Language": language})


def _read(exception: Exception) -> tuple[int, str, Any, dict[str, str]] | None:
    if isinstance(exception, Refusal):
        wait = exception.details.get("retry_after")
        return exception.status, exception.code, exception.message, {"Retry-After": str(wait)} if wait else {}
    if isinstance(exception, Http404):
        return (404, *WORDS[404], {})
    if isinstance(exception, APIException) and exception.status_code in WORDS:
        return (exception.status_code, *WORDS[exception.status_code], {})
    return None
