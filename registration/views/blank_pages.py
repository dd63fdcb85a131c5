"""Pages around the registration form, for whoever comes without a session: drawn once in a moment in a process, and given to
all who ask then, each with their own mark against forged requests and what is theirs alone.

In a rush they are asked for as often as a form is sent. What the form says of places may be as old as that of any public
page; whether there is one is asked when it is sent.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from registration.forms.person import RegistrationForm
from registration.registering import openings
from registration.views.read_forms import is_anybodys
from summit.lib import hosts
from summit.models import Summit
from summit.public_pages import LOOK_AGAIN_AFTER, revisions

# Seconds a page is given for, and pages of a process: of so many summits, languages and hosts.
FRESH, MOST = LOOK_AGAIN_AFTER, 64
MARK = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
# Stand for what is each reader's own; no page holds them, and nobody can write them.
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


type Address = tuple[str, ...]
_pages: OrderedDict[Address, _Page] = OrderedDict()


def _address(request: HttpRequest, *also: str) -> Address | None:
    """Under which the page may be kept; None where it may not."""
    whole = request.method == "GET" and not request.META.get("QUERY_STRING")
    return (request.path, hosts.served(), *also) if whole and is_anybodys(request) else None


def _given(request: HttpRequest, page: _Page, own: Mapping[bytes, str]) -> HttpResponse:
    body = page.body.replace(MARK_HERE, get_token(request).encode()) if MARK_HERE in page.body else page.body
    for here, words in own.items():
        body = body.replace(here, words.encode())
    if page.counts:
        openings.opened(page.summit)
    return HttpResponse(body)


def _keep(request: HttpRequest, address: Address, page: _Page) -> None:
    if mark := MARK.search(page.body):
        page.body = page.body.replace(mark[1], MARK_HERE)
    _pages[address] = page
    while len(_pages) > MOST:
        _pages.popitem(last=False)


def form_of(request: HttpRequest) -> HttpResponse | None:
    """The form for this reader, which is counted as opened where it is; None where it is to be drawn."""
    address = _address(request)
    page = _pages.get(address) if address else None
    return _given(request, page, {FORM_HERE: uuid4().hex}) if page and page.is_given() else None


def keep_form(request: HttpRequest, response: HttpResponse, form: RegistrationForm, *, counts: bool) -> HttpResponse:
    """Returns the response as it is; ``counts``: whether the form was opened by it."""
    address = _address(request)
    if address and response.status_code == 200 and not response.cookies:
        body = response.content.replace(form.initial["nonce"].encode(), FORM_HERE)
        _keep(request, address, _Page(form.summit, body, counts, time.monotonic()))
    return response


def filled(
    request: HttpRequest,
    summit: Summit,
    draw: Callable[[Mapping[str, str]], HttpResponse],
    own: Mapping[str, str],
    *also: str,
) -> HttpResponse:
    """A page that ``draw`` makes with these words of the reader's ``own``: where it is kept it is drawn with what stands for
    them, once. ``also``: what else it goes by."""
    address = _address(request, *also)
    if address is None or not FRESH:
        return draw(own)
    page = _pages.get(address)
    if page is None or not page.is_given():
        drawn = draw({name: mark_safe(f"\0{name}\0") for name in own})  # noqa: S308  names of ours
        page = _Page(summit, drawn.content, False, time.monotonic())
        _keep(request, address, page)
    return _given(request, page, {f"\0{name}\0".encode(): conditional_escape(words) for name, words in own.items()})


def forget() -> None:
    _pages.clear()
