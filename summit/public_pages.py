"""Answers that are the same for everybody: how a view declares one, and which revision each summit stands at."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from summit.lib import hosts
from summit.models import Summit

# A change shows within this time on every process, without any message between them.
LOOK_AGAIN_AFTER = 0.9  # seconds
# What depends on the clock (registration opens, a day passes) is drawn anew this often.
DRAW_AGAIN_AFTER = 30.0  # seconds


@lru_cache(maxsize=1)
def build() -> str:
    """A fingerprint of the code, templates and translations this process runs."""
    digest = hashlib.sha256()
    for app in ("summit", "sessions", "speakers", "registration", "api", "templates"):
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*")):
            if path.suffix in {".py", ".html", ".mo", ".css", ".js", ".txt"}:
                stat = path.stat()
                digest.update(f"{path.name}{stat.st_mtime_ns}{stat.st_size}".encode())
    return digest.hexdigest()[:8]


class Revisions:
    """The agenda revision and the own domain of every summit, read at most once in LOOK_AGAIN_AFTER by one query."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = -1e9
        self._numbers: dict[str, int] = {}
        self._hosts: dict[str, str] = {}

    def of(self, code: str) -> int | None:
        self._look()
        return self._numbers.get(code)

    def at_host(self, host: str) -> str | None:
        """The code of the summit whose own host this is."""
        self._look()
        return self._hosts.get(host)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._read_at > LOOK_AGAIN_AFTER and self._lock.acquire(blocking=False):
            try:
                self._read_at = now
                rows = list(Summit.objects.values_list("code", "agenda_revision", "domain"))
                self._numbers = {code: number for code, number, _domain in rows}
                named = {hosts.own_host(domain, code): code for code, _number, domain in rows if domain}
                self._hosts = {host: code for host, code in named.items() if host}
            except DatabaseError:
                # Public pages that are kept go on being served while the database is away.
                logger.exception("The revisions could not be read")
            finally:
                self._lock.release()

    def forget(self) -> None:
        self._read_at = -1e9


revisions = Revisions()
logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """The view's answer is the same for everybody and may be kept until its summit's revision rises.

    The view gets the summit as its second argument (``summit``), already fetched; it must not read cookies, the
    session, the user or the ``Accept-Language`` header.
    """

    @wraps(view)
    def inner(request: HttpRequest, summit: str, *args: Any, **kwargs: Any) -> HttpResponse:
        from django.shortcuts import get_object_or_404  # keeps the module light for the middleware

        found = get_object_or_404(Summit.objects.public(), code=summit)
        response = view(request, found, *args, **kwargs)
        if response.status_code == 200 and not response.cookies:
            response.public_of = (found.code, found.agenda_revision)  # type: ignore[attr-defined]
            if not response["Content-Type"].startswith("text/html"):
                response["Last-Modified"] = _http_date(found)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    return require_safe(inner)


def _http_date(summit: Summit) -> str:
    return http_date(summit.revised_at.timestamp())
