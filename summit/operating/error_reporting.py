"""Errors of every process, sent to a service that speaks Sentry's protocol (Sentry, GlitchTip, Bugsink), where ``SENTRY_DSN``
names one. Nothing of a person goes along: no address, no cookies, no fields of forms, no keys in links."""

from typing import Any

from django.conf import settings

from summit.lib import request_ids
from summit.lib.logs import masked
from summit.operating import manifest

# Parts of an event's request that hold what people sent.
PRIVATE = ("cookies", "data", "env", "headers", "query_string")


def begin() -> None:
    """Called once where a process begins to serve. The library is read only where it is wanted: it takes a third of a second."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk  # an extra: pip install sentry-sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=manifest.release(),
        environment=settings.SITE_HOST,
        send_default_pii=False,
        # Values in a traceback are those of people.
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=without_people,
    )


def without_people(event: Any, hint: dict[str, Any]) -> Any:
    """The event as it may leave this machine, with the number of its request."""
    request = event.get("request") or {}
    for part in PRIVATE:
        request.pop(part, None)
    event.pop("user", None)
    if number := request_ids.current():
        event.setdefault("tags", {})["request_id"] = number
    return _masked(event)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _masked(part) for key, part in value.items()}
    return [_masked(part) for part in value] if isinstance(value, list) else value
