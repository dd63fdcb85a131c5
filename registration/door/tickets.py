"""What an attendee shows at the door: a signed token that can be verified without a network.

Layout of version 1 (87 bytes before the text encoding, big-endian)::

    1 byte   version, 1
    16 bytes registration guid (UUID)
    1 byte   flags: bit 0 set = in person when issued
    1 byte   issue, counts up when a ticket is reissued (low 8 bits)
    4 bytes  expiry, seconds since 1970 (unsigned)
    64 bytes Ed25519 signature (RFC 8032) over the 23 bytes before it

The whole is base32 (RFC 4648) without padding behind ``S1:``: only characters of a QR code's alphanumeric mode
(ISO/IEC 18004), so the code stays at version 6. It holds no personal data. Printed badges outlive releases: new
layouts get a new version byte and old ones keep being read.
"""

import base64
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registration.models import FormerKey, Registration
from summit.errors import Refusal
from summit.lib.codes import normal_reference
from summit.models import Summit

PREFIX = "S1:"
HEAD = struct.Struct(">B16sBBI")
SIGNATURE = 64
IN_PERSON = 1
# Tickets stay good for a while after the last day: certificates and late returns of badges.
GOOD_AFTER_END = timedelta(days=30)


class BadTicket(Refusal):
    code = "bad_ticket"
    message: Any = _("This code is no ticket of ours. Look the person up by reference or name.")
    status = 422


class UnknownTicket(Refusal):
    code = "unknown"
    message: Any = _("Nobody is registered under this. Check the reference, or search by name.")
    status = 404


class ReplacedTicket(BadTicket):
    """A ticket that was good until its registration got a newer one: whose it is may be shown, but it opens no door."""

    code = "replaced_ticket"
    message: Any = _("This ticket was replaced by a newer one and no longer opens the door.")
    status = 409

    def __init__(self, registration: Registration, issue: int) -> None:
        super().__init__()
        ended = registration.former_keys.filter(kind=FormerKey.Kind.PAGE, ticket_issue=issue).first()
        self.registration, self.replaced_at = registration, ended.at if ended else None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says by itself, already verified."""

    guid: UUID
    in_person: bool
    issue: int
    expires_at: int


@lru_cache(maxsize=4)
def _key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"summit ticket v1").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def signing_key() -> Ed25519PrivateKey:
    return _key(settings.TICKET_SIGNING_KEY)


def public_key() -> bytes:
    """The 32 bytes a device needs to verify tickets without us (RFC 8032)."""
    return signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def token_for(registration: Registration) -> str:
    """The QR text of a registration. The same registration always gives the same text."""
    summit = registration.summit
    end = datetime.combine(summit.ends_on + GOOD_AFTER_END, clock(), tzinfo=summit.tz)
    head = HEAD.pack(
        1,
        registration.guid.bytes,
        IN_PERSON if registration.is_in_person else 0,
        registration.ticket_issue & 0xFF,
        int(end.timestamp()),
    )
    return PREFIX + base64.b32encode(head + signing_key().sign(head)).decode().rstrip("=")


def read(token: str, *, key: Ed25519PublicKey | None = None) -> Claims:
    """The claims of a token; raises :class:`BadTicket` for anything that is not signed by us, whatever it is."""
    body = token.strip().upper().removeprefix(PREFIX)
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
        version, guid, flags, issue, expires_at = HEAD.unpack(raw[: HEAD.size])
        (key or signing_key().public_key()).verify(raw[HEAD.size :], raw[: HEAD.size])
    except (ValueError, struct.error, InvalidSignature) as error:
        raise BadTicket from error
    if version != 1 or len(raw) != HEAD.size + SIGNATURE:
        raise BadTicket
    return Claims(UUID(bytes=guid), bool(flags & IN_PERSON), issue, expires_at)


def registration_for(summit: Summit, shown: str) -> Registration:
    """The registration behind whatever was scanned or typed: a ticket, or a reference read aloud.

    Raises :class:`BadTicket` (not signed by us), :class:`ReplacedTicket` (reissued since) or :class:`UnknownTicket`.
    """
    registrations = Registration.objects.filter(summit=summit).select_related("category", "summit")
    if not shown.strip().upper().startswith(PREFIX):
        found = registrations.filter(reference=normal_reference(shown)[:12]).first()
        if found is None:
            raise UnknownTicket
        return found
    claims = read(shown)
    found = registrations.filter(guid=claims.guid).first()
    if found is None:
        raise UnknownTicket
    if claims.issue != found.ticket_issue & 0xFF:
        raise ReplacedTicket(found, claims.issue)
    # The expiry is for readers without a network: a summit that was postponed keeps its printed badges.
    return found
