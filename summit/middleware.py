"""What every request passes: the cache of public pages, and refusal of input no page could use."""

import gzip
import logging
import re
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified, HttpResponseRedirect
from django.http.response import ResponseHeaders
from django.urls import set_urlconf
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_http_date_safe
from django.utils.translation import gettext_lazy as _

from summit import history, refusals, single_flight
from summit.accounts import second_factor, user_sessions
from summit.errors import Refusal
from summit.kept_answers import EDITED, EDITED_FOR, Address, Drawn, Kept, Wanted, edited, shelf, worth_keeping
from summit.lib import hosts, raised
from summit.lib.busy import is_busy
from summit.permissions import lead_to_second_factor
from summit.public_pages import DRAW_AGAIN_AFTER, build, revisions
from summit.ratelimit import TooMany, client_address

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
# "gzip;q=0" refuses it (RFC 9110 12.5.3).
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
PUBLIC = "public, max-age=0, must-revalidate"
# The first part of an address, and what such addresses are to people.
DOORS = {"api": "api", "admin": "admin"}
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
DROPPED = {"Content-Length", "ETag", "Cache-Control", "Content-Encoding"}


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


class ForMachines:
    """The very first: what probes and the proxy ask is answered on plain http and by any host name.

    ``/healthz`` touches nothing; ``/own-hosts/`` tells a proxy for which names it may order a certificate.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in {"/healthz", "/own-hosts/"}:
            return self.get_response(request)
        from summit.views import entrance  # imported late, as errors below

        return entrance.healthy(request) if request.path_info == "/healthz" else entrance.own_hosts(request)


class OwnHosts:
    """The next: a summit is served at its own host, its languages in the path and its code nowhere.

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
            if revisions.are_out_of_reach:
                # Whose it is nobody can say now.
                from summit.views import errors  # imported late: views need the URL configuration

                return errors.busy(request, OperationalError())
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


class TakenFromAnother(HttpResponse):
    """Stands for a kept answer on its way back through the chain of middleware."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept


class PublicPageCache:
    """First in line: an anonymous or signed-in GET of a public page is answered before sessions and accounts load.

    What a view marked with ``@public_page`` answered is kept whole (with all headers the rest of the chain added),
    keyed by address, until the summit's revision rises; ETag and 304 come with it. Then one reader draws it anew, and
    the others get the answer of before for a moment; only whoever made the change waits for the new one.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.change(request)
        if mine := edited(request):
            revisions.catch_up(*mine)
        # An http address that must lead to https is another answer; so is the same path at a summit's own host, which is
        # known by the summit and never by what the header says.
        address = (request.scheme or "", request.path_info, request.META.get("QUERY_STRING", ""), hosts.served())
        kept = shelf.get(address) or (shelf.of_before_it_went(address) if revisions.are_out_of_reach else None)
        return self.answer(request, kept) if kept else self.draw(request, address)

    def change(self, request: HttpRequest) -> HttpResponse:
        with raised.noting() as numbers:
            response = self.get_response(request)
        for code, number in numbers.items():
            response.set_cookie(EDITED, f"{code}.{number}", max_age=EDITED_FOR, secure=settings.HTTPS, httponly=True,
                                samesite="Lax")  # fmt: skip
        return response

    def draw(self, request: HttpRequest, address: Address) -> HttpResponse:
        request.wanted = Wanted(address, patient=edited(request) is not None)  # type: ignore[attr-defined]
        kept = None
        try:
            response = self.get_response(request)
            if isinstance(response, TakenFromAnother):
                kept = response.kept
            elif (public := getattr(response, "public_of", None)) and not response.streaming:
                kept = self.keep(address, response, *public)
            elif getattr(response, "without_database", False):
                kept = shelf.of_before_it_went(address)
            elif response.status_code < 500:
                shelf.drop(address)  # it was withdrawn
            return self.answer(request, kept) if kept else response
        finally:
            request.wanted.land(kept)  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, view: Any, *_named: Any) -> HttpResponse | None:
        wanted = getattr(request, "wanted", None)
        if wanted is None or not getattr(view, "is_public_page", False):
            return None
        kept = wanted.from_another()
        return TakenFromAnother(kept) if kept else None

    def keep(self, address: Address, response: HttpResponse, summit: str, revision: int) -> Kept:
        # Public answers depend on the address alone; LocaleMiddleware and a stray cookie would say otherwise.
        common = {k: v for k, v in response.items() if k not in DROPPED}
        common |= {"Cache-Control": PUBLIC, "Vary": "Accept-Encoding"}
        drawn = Drawn(summit, revision, time.time(), gzip.compress(response.content, 6, mtime=0), common)
        kept = drawn.kept(response.content)
        if worth_keeping(address[2]):
            shelf.put(address, kept)
            if single_flight.shared():
                single_flight.hand_over((address, build()), drawn, DRAW_AGAIN_AFTER)
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
    """What a request changes is recorded with the door it came through and the network it came from; one that was one too
    many is counted."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = DOORS.get(request.path_info.strip("/").partition("/")[0], "page")
        with history.coming_from(door, client_address(request)):
            response = self.get_response(request)
        if response.status_code == TooMany.status:
            refusals.note(refusals.REQUEST, request)
        return response


class Personal:
    """What was drawn for somebody's session and does not say who may keep it, nobody keeps: no proxy, no browser.

    Pages of ours say so themselves, those of libraries (accounts, second factors) and errors do not.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response and request.session.accessed and not request.session.is_empty():
            patch_cache_control(response, private=True, no_store=True)
        return response


class SessionsSeen:
    """Where somebody is signed in is kept for their list of it, of sessions that a view has looked at anyway."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and SESSION_KEY in request.session and response.status_code < 500:
            user_sessions.note(request)
        return response


class IdleSessionsEnd:
    """Directly after Django's ``AuthenticationMiddleware``: whoever works here and has left is nobody when they are asked
    for, and not before: an answer that needs nobody's name costs nothing."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.user = SimpleLazyObject(lambda: user_sessions.present(request, user))  # type: ignore[assignment]
        return self.get_response(request)


class SecondFactorFirst:
    """What changes how somebody signs in asks a session for the second factor its person has, as staff's pages do."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if second_factor.guarded(name or "") and second_factor.is_owed(request):
            return lead_to_second_factor(request)
        return None


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
    """NUL characters, which no database takes, are a 400, and methods that no page has a 405; a rule's no that no view
    has answered is a page.

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
        # The API answers for its own addresses.
        if request.method not in METHODS and DOORS.get(request.path_info.strip("/").partition("/")[0]) != "api":
            from summit.views import errors

            return errors.not_allowed(request, METHODS)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            from summit.views import errors

            return errors.refused(request, exception)
        if is_busy(exception):
            from summit.views import errors

            logger.warning("The database did not answer in time", exc_info=exception)
            return errors.busy(request, exception)
        if isinstance(exception, ObjectDoesNotExist) and request.method == "POST":
            from summit.views import errors

            logger.warning("Gone before it could be changed", exc_info=exception)
            return errors.error_page(request, 404, message=_("It was deleted a moment ago. Nothing was changed."))
        return None
