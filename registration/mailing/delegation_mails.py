"""What heads of delegations and deputies are told."""

from collections.abc import Iterable
from typing import Any

from django.utils import translation

from registration.mailing.emails import FOLDER
from registration.models import DelegationHead
from summit.lib import times
from summit.mailing import outbox
from summit.models import Message


def page_of(head: DelegationHead) -> str:
    """Address of their page in their language."""
    with translation.override(head.language):
        return head.summit.address(head.get_absolute_url())


def _post(name: str, head: DelegationHead, **more: object) -> Message:
    delegation, summit = head.delegation, head.summit
    until = delegation.names_until
    context = {
        "head": head,
        "delegation": delegation,
        "page": page_of(head),
        "frozen": delegation.names_are_frozen(),
        "until": times.moment_label(until, summit.tz, head.language) if until else "",
        **more,
    }
    return outbox.post(f"{FOLDER}/{name}", to=head.email, language=head.language, summit=summit, context=context)


def link(head: DelegationHead) -> Message:
    """The link to the page of the delegation, and until when names can be given."""
    return _post("delegation_link", head)


def reminder(head: DelegationHead, *, free: int, missing: Iterable[tuple[Any, int]]) -> Message:
    """How many places have no name yet, and how many people lack what: (label, number)."""
    return _post("delegation_reminder", head, free=free, missing=list(missing))
