"""Keys that a mail carries to prove that somebody reads a mailbox: sealed, good for one purpose, once and for a while.

A key names the registration and which private link it had then: with a new link, all keys from before are good for
nothing. Nothing of them is kept.
"""

import json
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from registration.models import Registration
from registration.models.former_key import digest
from registration.registering.refusals import KeyGone
from summit.lib.sealed import MARK, Unreadable, seal, unseal

GOOD_FOR = timedelta(hours=24)


class Purpose(StrEnum):
    ADDRESS = "address"
    ERASURE = "erasure"
    TRANSFER = "transfer"


def make(purpose: Purpose, registration: Registration, *, said: str = "") -> str:
    """A key for a URL; ``said`` is what it shall bring back."""
    until = int((timezone.now() + GOOD_FOR).timestamp())
    told = [purpose, str(registration.guid), digest(registration.token)[:16], until, said]
    return seal(json.dumps(told, separators=(",", ":"))).removeprefix(MARK).rstrip("=")


def read(purpose: Purpose, key: str, summit: str) -> tuple[Registration, str] | None:
    """The registration of a summit (its code) and what was said; None for what never was a key. Raises
    :class:`registration.registering.refusals.KeyGone`."""
    try:
        told = json.loads(unseal(MARK + key + "=" * (-len(key) % 4)))
    except Unreadable:
        return None
    asked, guid, link, until, said = told
    if asked != purpose:
        return None
    found = Registration.objects.select_related("summit", "category").filter(summit__code=summit, guid=guid).first()
    if found is None or digest(found.token)[:16] != link or until < timezone.now().timestamp():
        raise KeyGone
    return found, str(said)
