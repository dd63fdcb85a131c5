"""What a browser has just sent with the registration form: kept sealed in its session, and told by the page after it.

A form whose address was registered already is kept and told in the same way: what the page says must not tell whether
somebody is registered.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

from summit.lib.sealed import Unreadable, seal, unseal
from summit.models import Summit

KEY = "just_sent"
# Somebody who registers a whole delegation sends many.
MOST = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """``registration`` is the key of the one that was made or, with ``form``, of the one the address had before; ``form``
    is the whole form then, "" otherwise. ``at``: seconds since 1970. ``settled``: its address was corrected already."""

    summit: str
    registration: int
    reference: str
    state: str
    attendance: str
    email: str
    nonce: str
    at: float
    form: str = ""
    settled: bool = False

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


def all_of(request: HttpRequest) -> list[Sent]:
    """Newest last; none where the session holds nothing that can be read."""
    try:
        told: list[dict[str, Any]] = json.loads(unseal(request.session.get(KEY, "[]")))
        return [Sent(**each) for each in told]
    except (Unreadable, TypeError, ValueError):
        return []


def keep(request: HttpRequest, sent: Sent) -> None:
    """The newest of them; the same form sent again stands for what it made the first time."""
    before = all_of(request)
    same = [each for each in before if (each.summit, each.nonce, each.email) == (sent.summit, sent.nonce, sent.email)]
    others = [each for each in before if each not in same]
    _write(request, [*others, same[-1] if same else sent])


def corrected(request: HttpRequest, sent: Sent, *, email: str, registration: int) -> None:
    """Its address is another one now, and is not corrected a second time; the form is kept no longer."""
    now = replace(sent, email=email, registration=registration, form="", settled=True)
    _write(request, [now if each == sent else each for each in all_of(request)])


def find(request: HttpRequest, summit: Summit, reference: str = "") -> Sent | None:
    """The newest of a summit, or the one with that reference."""
    here = [each for each in all_of(request) if each.summit == summit.code and reference in {"", each.reference}]
    return here[-1] if here else None


def _write(request: HttpRequest, found: list[Sent]) -> None:
    request.session[KEY] = seal(json.dumps([asdict(each) for each in found[-MOST:]]))
