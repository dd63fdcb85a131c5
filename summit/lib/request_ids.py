"""The id of the request that is being answered: in its log lines, on its error page, in the header ``X-Request-ID`` of its
answer, and in the tasks it queues, whose log lines have it as well."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from django.conf import settings

HEADER = "X-Request-ID"
# What a proxy may send: the numbers of nginx, Caddy, Envoy and load balancers, and nothing that could break a log line.
GIVEN = re.compile(r"[A-Za-z0-9._:=-]{8,100}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id; "" outside of any request, and of tasks that no request has queued."""
    return _current.get()


@contextmanager
def serving(number: str) -> Iterator[None]:
    """What is done meanwhile is done for that request."""
    token = _current.set(number)
    try:
        yield
    finally:
        _current.reset(token)


class Identified:
    """A WSGI application around another, around all middleware: kept answers share their headers and must not be changed.

    An id is taken from ``X-Request-ID`` where a proxy in front is trusted, else made.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.trusted = settings.TRUSTED_PROXIES > 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self.trusted else ""
        number = given if GIVEN.fullmatch(given) else uuid4().hex

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, (HEADER, number)], *more)

        with serving(number):
            answer = self.application(environ, start)
        return _Streamed(answer, number) if getattr(answer, "streaming", False) else answer


class _Streamed:
    """An answer that is made while it is sent, after its application has returned."""

    def __init__(self, answer: Any, number: str) -> None:
        self.answer, self.number = answer, number

    def __iter__(self) -> Iterator[bytes]:
        with serving(self.number):
            yield from self.answer

    def close(self) -> None:
        self.answer.close()
