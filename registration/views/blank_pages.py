"""The page of the registration form as it begins for whoever comes without a session: drawn once in a moment in a process,
and given to all who open it then, each with their own mark against forged requests and a form of its own.

In a rush it is opened as often as it is sent. What it says of places may be as old as that of any public page; whether
there is one is asked when the form is sent.
"""

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from registration.registering import openings
from summit.kept_answers import edited
from summit.lib import hosts
from summit.models import Summit
from summit.public_pages import LOOK_AGAIN_AFTER, revisions

# Seconds a page is given for, and pages of a process: of so many summits, languages and hosts.
FRESH, MOST = LOOK_AGAIN_AFTER, 64
MARK = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
# What django.contrib.messages keeps in a cookie would be shown on the page.
OWN = ("messages", settings.SESSION_COOKIE_NAME)
# Stand for what is each reader's own; neither is in any page, nor in what people write there.
MARK_HERE, FORM_HERE = b"\0mark\0", b"\0form\0"


@dataclass(slots=True)
class _Page:
    """``late``: somebody draws it anew, and the others are given this one meanwhile."""

    summit: Summit
    body: bytes
    counts: bool
    drawn_at: float
    late: bool = False

    def is_given(self) -> bool:
        age = time.monotonic() - self.drawn_at
        if age >= 2 * FRESH or revisions.of(self.summit.code) != self.summit.agenda_revision:
            return False
        if age < FRESH or self.late:
            return True
        self.late = True
        return False


_pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()


def _address(request: HttpRequest) -> tuple[str, str] | None:
    """Under which the page may be kept; None where it may not."""
    is_own = any(name in request.COOKIES for name in OWN) or edited(request) is not None
    whole = request.method == "GET" and not request.META.get("QUERY_STRING")
    return None if is_own or not whole else (request.path, hosts.served())


def of(request: HttpRequest) -> HttpResponse | None:
    """The page for this reader, which is counted as opened where it is; None where it is to be drawn."""
    address = _address(request)
    kept = _pages.get(address) if address else None
    if kept is None or not kept.is_given():
        return None
    body = kept.body.replace(MARK_HERE, get_token(request).encode()).replace(FORM_HERE, uuid4().hex.encode())
    if kept.counts:
        openings.opened(kept.summit)
    return HttpResponse(body)


def keep(request: HttpRequest, response: HttpResponse, summit: Summit, nonce: str, *, counts: bool) -> HttpResponse:
    """Returns the response as it is; ``counts``: whether the form was opened by it."""
    address, mark = _address(request), MARK.search(response.content)
    if address and response.status_code == 200 and not response.cookies:
        body = response.content.replace(nonce.encode(), FORM_HERE)
        body = body.replace(mark[1], MARK_HERE) if mark else body
        _pages[address] = _Page(summit, body, counts, time.monotonic())
        while len(_pages) > MOST:
            _pages.popitem(last=False)
    return response


def forget() -> None:
    _pages.clear()
