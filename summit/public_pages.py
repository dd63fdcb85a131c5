"""Answers that are the same for everybody: how a view declares one, and which revision each summit stands at."""

import logging
import threading
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from summit.lib import hosts
from summit.lib.busy import is_busy
from summit.lib.release import fingerprint
from summit.models import Summit
from summit.models.summit import SummitQuerySet

# A change shows within this time on every process, without any message between them.
LOOK_AGAIN_AFTER = 0.9  # seconds
# What is live is asked for by people who listen to somebody at that moment.
LOOK_AGAIN_LIVE = 0.05  # seconds
# What depends on the clock (registration opens, a day passes) is drawn anew this often.
DRAW_AGAIN_AFTER = 30.0  # seconds
# While somebody draws, others get the answer of before: at most so long after it was last known to be right, which
# is looked at once in LOOK_AGAIN_AFTER, ...
BEHIND_AT_MOST = 3.0  # seconds
# ... and drawn at most so long ago, because it also hangs on the clock.
OLD_AT_MOST = 2 * DRAW_AGAIN_AFTER  # seconds


@lru_cache(maxsize=1)
def build() -> str:
    """The fingerprint of the release this process runs, the same on every machine."""
    return fingerprint(settings.BASE_DIR)


# No code of a summit ends so.
LIVE = "/live"


def live_of(code: str) -> str:
    """The name under which what is live of a summit is kept."""
    return code + LIVE


class Revisions:
    """The agenda revision and the own domain of every summit, read at most once in LOOK_AGAIN_AFTER by one query."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = -1e9
        self._numbers: dict[str, int] = {}
        self._hosts: dict[str, str] = {}
        self._public: frozenset[str] = frozenset()
        # Whether the last look found no database.
        self.are_out_of_reach = False
        # When each number of the last seconds was seen last.
        self._seen: dict[str, dict[int, float]] = {}

    def of(self, code: str) -> int | None:
        self._look(LOOK_AGAIN_LIVE if code.endswith(LIVE) else LOOK_AGAIN_AFTER)
        return self._numbers.get(code)

    def at_host(self, host: str) -> str | None:
        """The code of the summit whose own host this is."""
        self._look()
        return self._hosts.get(host)

    def _look(self, after: float | None = None) -> None:
        now = time.monotonic()
        if now - self._read_at > (LOOK_AGAIN_AFTER if after is None else after) and self._lock.acquire(blocking=False):
            try:
                self._read_at = now
                self._read(now)
                self.are_out_of_reach = False
            except Error as error:
                self.are_out_of_reach = is_busy(error)
                # Public pages that are kept go on being served while the database is away.
                logger.warning("The revisions could not be read: %s", error)
            finally:
                self._lock.release()

    def _read(self, now: float) -> None:
        rows = list(Summit.objects.values_list("code", "agenda_revision", "live__number", "domain", "is_public"))
        numbers = {code: number for code, number, _live, _domain, _public in rows}
        # What is live of a summit changes with its agenda as well.
        live = {live_of(code): number + (also or 0) for code, number, also, _domain, _public in rows}
        self._numbers = numbers | live
        named = {hosts.own_host(domain, code): code for code, _number, _live, domain, _public in rows if domain}
        self._hosts = {host: code for host, code in named.items() if host}
        public = [code for code, _number, _live, _domain, public in rows if public]
        self._public = frozenset(public) | frozenset(map(live_of, public))
        seen = {}
        for code, number in self._numbers.items():
            lately = {n: at for n, at in self._seen.get(code, {}).items() if now - at <= BEHIND_AT_MOST}
            seen[code] = {**lately, number: now}
        self._seen = seen

    def catch_up(self, code: str, revision: int) -> None:
        """Look now where this process does not know of a revision yet that somebody else does."""
        if self._numbers.get(code, revision) < revision:
            self._read_at = -1e9
            self._look()

    def is_hardly_behind(self, code: str, revision: int, drawn_at: float) -> bool:
        """Whether what was drawn then, of this revision, was right a moment ago. Of a summit that was closed nothing is."""
        times = [at for number, at in self._seen.get(code, {}).items() if number <= revision]
        return code in self._public and time.monotonic() - max([drawn_at, *times]) <= BEHIND_AT_MOST

    def is_known_to_be_closed(self, code: str) -> bool:
        """Whether the summit was open to the team alone when that was read last."""
        return code in self._numbers and code not in self._public

    def forget(self) -> None:
        self._read_at, self.are_out_of_reach = -1e9, False
        self._numbers, self._hosts, self._public, self._seen = {}, {}, frozenset(), {}


revisions = Revisions()
logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def live_page(view: View) -> View:
    """As :func:`public_page`, of what changes while sessions run: kept until the live revision rises
    (:func:`summit.live.raise_revision`), or the agenda's."""
    return _kept_until(view, Summit.objects.public().select_related("live"), _live_revision)


def _live_revision(summit: Summit) -> tuple[str, int]:
    number = summit.live.number if hasattr(summit, "live") else 0
    return live_of(summit.code), summit.agenda_revision + number


def public_page(view: View) -> View:
    """The view's answer is the same for everybody and may be kept until its summit's revision rises.

    The view gets the summit as its second argument (``summit``), already fetched; it must not read cookies, the
    session, the user or the ``Accept-Language`` header.
    """
    return _kept_until(view, Summit.objects.public(), lambda summit: (summit.code, summit.agenda_revision), dated=True)


def _kept_until(
    view: View, summits: SummitQuerySet, revision: Callable[[Summit], tuple[str, int]], *, dated: bool = False
) -> View:
    """``revision``: under which name an answer is kept, and until which number; read from the row that was fetched before
    the view reads anything, so that what is changed meanwhile makes the answer stale. ``dated``: data say when they
    changed."""

    @wraps(view)
    def inner(request: HttpRequest, summit: str, *args: Any, **kwargs: Any) -> HttpResponse:
        from django.shortcuts import get_object_or_404  # keeps the module light for the middleware

        found = get_object_or_404(summits, code=summit)
        response = view(request, found, *args, **kwargs)
        if response.status_code == 200 and not response.cookies:
            response.public_of = revision(found)  # type: ignore[attr-defined]
            if dated and not response["Content-Type"].startswith("text/html"):
                response["Last-Modified"] = _http_date(found)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    inner.is_public_page = True  # type: ignore[attr-defined]  # known before it is called; see the middleware
    return require_safe(inner)


def _http_date(summit: Summit) -> str:
    return http_date(summit.revised_at.timestamp())
