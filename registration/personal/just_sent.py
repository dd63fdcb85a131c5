"""What a browser has just sent with the registration form: kept sealed in a cookie of its own, and told by the page after
it. A session for somebody who only registers would cost two statements and a row.

A form whose address was registered already is kept and told in the same way, and as long: neither what the page says nor
the size of the cookie tells whether somebody is registered.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from summit.lib.sealed import Unreadable, seal, unseal
from summit.models import Summit

KEY = "just_sent"
# Browsers keep 4,096 bytes of a cookie with its name and attributes (RFC 6265, 6.1).
LONGEST = 3_500


@dataclass(frozen=True, slots=True)
class Sent:
    """``form`` is the whole form; ``unmade``: its address was registered before, and ``registration`` is the key of that
    one instead of the one that was made. ``at``: seconds since 1970; ``ends``: likewise, until when the address must be
    confirmed, and ``becomes`` the state then. ``settled``: its address is not corrected any more. ``waits``: keys of the
    choices for which a place is waited for."""

    summit: str
    registration: int
    reference: str
    state: str
    attendance: str
    email: str
    nonce: str
    at: float
    form: str = ""
    unmade: bool = False
    settled: bool = False
    ends: float = 0.0
    becomes: str = ""
    waits: Sequence[int] = ()

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def until(self) -> datetime | None:
        """Until when the address must be confirmed, where it must."""
        return datetime.fromtimestamp(self.ends, UTC) if self.ends else None


def all_of(request: HttpRequest) -> list[Sent]:
    """Newest last; none where the cookie holds nothing that can be read."""
    try:
        packed = unseal(request.COOKIES.get(KEY, ""))
        told: list[dict[str, Any]] = json.loads(zlib.decompress(b64decode(packed)))
        return [Sent(**each) for each in told]
    except (Unreadable, TypeError, ValueError, zlib.error):
        return []


def keep(request: HttpRequest, response: HttpResponse, sent: Sent) -> None:
    """The newest of them; the same form sent again stands for what it made the first time."""
    before = all_of(request)
    same = [each for each in before if (each.summit, each.nonce, each.email) == (sent.summit, sent.nonce, sent.email)]
    others = [each for each in before if each not in same]
    _write(response, [*others, same[-1] if same else sent])


def corrected(request: HttpRequest, response: HttpResponse, sent: Sent, *, email: str, registration: int) -> None:
    """Its address is another one now, and is not corrected a second time; the form is kept no longer."""
    # The hours to confirm an address begin anew with it.
    ends = timezone.now().timestamp() + sent.ends - sent.at if sent.ends else 0.0
    now = replace(sent, email=email, registration=registration, form="", unmade=False, settled=True, ends=ends)
    _write(response, [now if each == sent else each for each in all_of(request)])


def find(request: HttpRequest, summit: Summit, reference: str = "") -> Sent | None:
    """The newest of a summit, or the one with that reference."""
    here = [each for each in all_of(request) if each.summit == summit.code and reference in {"", each.reference}]
    return here[-1] if here else None


def _write(response: HttpResponse, found: list[Sent]) -> None:
    """As many of the newest as a cookie holds; a form that is too long for it is not kept, and its address settled."""
    newest = found[-1]
    packed = _packed(found)
    while len(found) > 1 and len(packed) > LONGEST:
        found = found[1:]
        packed = _packed(found)
    if len(packed) > LONGEST:
        packed = _packed([replace(newest, form="", settled=True)])
    page = reverse("registration:sent", args=[newest.summit])
    response.set_cookie(KEY, packed, path=page.partition("sent/")[0], httponly=True, samesite="Lax",
                        secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip


def _packed(found: list[Sent]) -> str:
    said = json.dumps([asdict(each) for each in found], ensure_ascii=False, separators=(",", ":"))
    return seal(b64encode(zlib.compress(said.encode(), 9)).decode())
