"""What every request passes: the cache of public pages, and refusal of input no page could use."""

import contextlib
import gzip
import hashlib
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified, HttpResponseRedirect
from django.http.response import ResponseHeaders
from django.urls import set_urlconf
from django.utils.cache import patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import parse_http_date_safe
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.errors import Refusal
from summit.lib import hosts
from summit.lib.busy import is_busy
from summit.public_pages import DRAW_AGAIN_AFTER, build, revisions
from summit.ratelimit import client_address

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
KEEP_AT_MOST = 64 * 1024 * 1024  # bytes of bodies in one process
# "gzip;q=0" refuses it (RFC 9110 12.5.3).
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
PUBLIC = "public, max-age=0, must-revalidate"
# The first part of an address, and what such addresses are to people.
DOORS = {"api": "api", "admin": "admin"}
DROPPED = {"Content-Length", "ETag", "Cache-Control", "Content-Encoding"}
# What a 304 repeats of the full answer (RFC 9110 15.4.5).
SAME = {
    "Vary",
    "Cache-Control",
    "Last-Modified",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Link",
}


def headers(plain: dict[str, str], **more: str) -> ResponseHeaders:
    """Checked once when an answer is kept; answers made from it share the object, which nobody changes."""
    return ResponseHeaders({**plain, **{name.replace("_", "-"): value for name, value in more.items()}})


@dataclass(slots=True)
class Kept:
    """One answer as it was given, in both encodings, with the headers of each."""

    summit: str
    revision: int
    drawn_at: float
    etag: str
    plain: bytes
    packed: bytes
    plain_headers: ResponseHeaders
    packed_headers: ResponseHeaders
    same_headers: ResponseHeaders
    same_packed_headers: ResponseHeaders

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed) + 2000


Address = tuple[str, str, str, str]
# What public pages ask of an address. Anything else (a campaign's marks, noise) is answered, but not kept.
PARAMETERS = {
    *(
        "access",
        "at",
        "day",
        "host",
        "interpretation",
        "kind",
        "lang",
        "language",
        "languages",
        "mode",
        "page",
        "page_size",
        "paper",
        "q",
        "recording",
        "room",
        "seats",
    ),
    *("speaker", "track", "tz", "v"),
}
LONGEST_QUERY = 300


def worth_keeping(query: str) -> bool:
    return len(query) <= LONGEST_QUERY and all(
        part.partition("=")[0] in PARAMETERS for part in query.split("&") if part
    )


class Shelf:
    """Answers by address, the least recently used thrown out first. Safe among threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Address, Kept] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, address: Address) -> Kept | None:
        kept = self._kept.get(address)
        if kept is None or time.monotonic() - kept.drawn_at > DRAW_AGAIN_AFTER:
            return None
        with contextlib.suppress(KeyError):  # another thread has just thrown it out
            self._kept.move_to_end(address)
        revision = revisions.of(kept.summit)
        return kept if revision is not None and kept.revision >= revision else None

    def put(self, address: Address, kept: Kept) -> None:
        with self._lock:
            old = self._kept.pop(address, None)
            self._size += kept.size - (old.size if old else 0)
            self._kept[address] = kept
            while self._size > KEEP_AT_MOST:
                self._size -= self._kept.popitem(last=False)[1].size

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0
            revisions.forget()


shelf = Shelf()


def unchanged_since(kept: Kept, since: str) -> bool:
    """Only feeds and data say when they changed; pages also change with the clock."""
    changed, asked = (parse_http_date_safe(date) for date in (kept.same_headers.get("Last-Modified", ""), since))
    return changed is not None and asked is not None and changed <= asked


NO_COOKIES = SimpleCookie()


class Unchanged(HttpResponseNotModified):
    """A 304 from the shelf: nothing of it differs from one request to the next, so nothing is computed for it.

    It stands outside the chain of middleware: nobody after it changes what it shares with others.
    """

    _reason_phrase = "Not Modified"

    def __init__(self, headers: ResponseHeaders) -> None:
        self.headers = headers
        self.cookies = NO_COOKIES
        self.closed = False
        self._charset = None
        self._container: list[bytes] = []
        self._handler_class = None
        self._resource_closers: list[Callable[[], None]] = []


class OwnHosts:
    """The very first: a summit is served at its own host, its languages in the path and its code nowhere.

    ``https://summit.example/ko/agenda/`` is what ``/ko/<code>/agenda/`` is at the installation: the same views by another
    URL configuration (``summit/own_host_urls.py``), with the host's own cookies. Accounts, the workspace, the API and
    other summits lead to the installation; addresses with the code in them lead to those without. Hosts are read from
    the database; one that nobody has entered is refused as before, by Django's ``ALLOWED_HOSTS``.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("HTTP_HOST", "")
        host = hosts.without_port(said)
        if not host or host in settings.ALLOWED_HOSTS:
            return self.get_response(request)
        code = revisions.at_host(host)
        if code is None:
            return self.get_response(request)
        if elsewhere := self.elsewhere(request.path_info, host, code):
            return self.lead(request, elsewhere)
        request.urlconf = "summit.own_host_urls"
        # ALLOWED_HOSTS cannot name what is entered while the server runs; this one has just been found.
        vars(request)["get_host"] = lambda: said
        with hosts.serving(code):
            try:
                return self.get_response(request)
            finally:
                set_urlconf(None)

    @staticmethod
    def elsewhere(path: str, host: str, code: str) -> str:
        """The absolute address of what is not answered at this host, or not by this path; "" for what is."""
        first, short = hosts.first_step(path), hosts.at_own_host(path, code)
        if first != code and first not in hosts.STEPS and revisions.of(first) is not None:  # another summit
            return settings.SITE_URL + escape_uri_path(path)
        whole = hosts.at_installation(path, code)
        if hosts.is_apart(whole, code):
            return settings.SITE_URL + escape_uri_path(whole)
        return hosts.origin(host) + escape_uri_path(short) if first == code else ""

    @staticmethod
    def lead(request: HttpRequest, address: str) -> HttpResponse:
        """By GET alone: what is sent to the wrong host is not sent on."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(f"{address}?{query}" if query else address)


class PublicPageCache:
    """First in line: an anonymous or signed-in GET of a public page is answered before sessions and accounts load.

    What a view marked with ``@public_page`` answered is kept whole (with all headers the rest of the chain added),
    keyed by address, until the summit's revision rises; ETag and 304 come with it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        # An http address that must lead to https is another answer; so is the same path at a summit's own host, which is
        # known by the summit and never by what the header says.
        address = (request.scheme or "", request.path_info, request.META.get("QUERY_STRING", ""), hosts.served())
        kept = shelf.get(address)
        if kept is None:
            response = self.get_response(request)
            public = getattr(response, "public_of", None)
            if public is None or response.streaming:
                return response
            kept = self.keep(address, response, *public)
        return self.answer(request, kept)

    def keep(self, address: Address, response: HttpResponse, summit: str, revision: int) -> Kept:
        body = response.content
        packed = gzip.compress(body, 6, mtime=0)
        etag = f"{hashlib.sha256(body).hexdigest()[:16]}-{build()}"
        # Public answers depend on the address alone; LocaleMiddleware and a stray cookie would say otherwise.
        common = {k: v for k, v in response.items() if k not in DROPPED}
        common |= {"Cache-Control": PUBLIC, "Vary": "Accept-Encoding"}
        same = {k: v for k, v in common.items() if k in SAME}
        kept = Kept(
            summit=summit,
            revision=revision,
            drawn_at=time.monotonic(),
            etag=etag,
            plain=body,
            packed=packed,
            plain_headers=headers(common, ETag=f'"{etag}"', Content_Length=str(len(body))),
            packed_headers=headers(
                common, ETag=f'"{etag}-gz"', Content_Length=str(len(packed)), Content_Encoding="gzip"
            ),
            same_headers=headers(same, ETag=f'"{etag}"'),
            same_packed_headers=headers(same, ETag=f'"{etag}-gz"'),
        )
        if worth_keeping(address[2]):
            shelf.put(address, kept)
        return kept

    def answer(self, request: HttpRequest, kept: Kept) -> HttpResponse:
        asked = request.META.get("HTTP_IF_NONE_MATCH", "")
        if asked == kept.packed_headers["ETag"]:  # what a browser sends that has the page
            return Unchanged(kept.same_packed_headers)
        packed = GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None
        since = "" if asked else request.META.get("HTTP_IF_MODIFIED_SINCE", "")
        if (asked and (kept.etag in asked or asked.strip() == "*")) or (since and unchanged_since(kept, since)):
            return Unchanged(kept.same_packed_headers if packed else kept.same_headers)
        response = HttpResponse(kept.packed if packed else kept.plain)
        response.headers = kept.packed_headers if packed else kept.plain_headers
        return response


class OwnHostsTransport:
    """Directly before Django's ``SecurityMiddleware``: what the owner of the installation's domain says of everything
    below it (``SECURE_HSTS_SUBDOMAINS``) is not said of the domain of a summit, which may belong to others."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hosts.served() and "Strict-Transport-Security" in response:
            response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        return response


class Provenance:
    """What a request changes is recorded with the door it came through and the network it came from."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = DOORS.get(request.path_info.strip("/").partition("/")[0], "page")
        with history.coming_from(door, client_address(request)):
            return self.get_response(request)


class FontsToSpare:
    """Who asks for little data (``Save-Data: on``) gets no font: pages are read in the system's own."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.endswith(".woff2"):
            return self.get_response(request)
        if request.headers.get("Save-Data", "").lower() == "on":
            response = HttpResponse(status=204)
        else:
            response = self.get_response(request)
        patch_vary_headers(response, ["Save-Data"])
        return response


class BadInput:
    """NUL characters, which no database takes, are a 400; a rule's no that no view has answered is a page.

    So is a change of something that was taken away between the reading of the page and the writing of the row, and a
    database that does not answer in time.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any(
            "\x00" in v for values in request.GET.lists() for v in (values[0], *values[1])
        ):
            from summit.views import errors  # imported late: views need the URL configuration

            return errors.bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            from summit.views import errors

            return errors.refused(request, exception)
        if is_busy(exception):
            from summit.views import errors

            logger.warning("The database did not answer in time", exc_info=exception)
            return errors.busy(request)
        if isinstance(exception, ObjectDoesNotExist) and request.method == "POST":
            from summit.views import errors

            logger.warning("Gone before it could be changed", exc_info=exception)
            return errors.error_page(request, 404, message=_("It was deleted a moment ago. Nothing was changed."))
        return None
