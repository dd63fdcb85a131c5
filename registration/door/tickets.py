"""What an attendee shows at the door: a signed token that can be verified without a network.

Layout of version 2 (88 bytes before the text encoding, big-endian)::

    1 byte   version, 2
    1 byte   key id: the first byte of the SHA-256 of the public key that verifies it
    16 bytes registration guid (UUID)
    1 byte   flags: bit 0 set = in person when issued
    1 byte   issue, counts up when a ticket is reissued (low 8 bits)
    4 bytes  expiry, seconds since 1970 (unsigned)
    64 bytes Ed25519 signature (RFC 8032) over the 24 bytes before it

Version 1 has no key id: 87 bytes, the signature is over the 23 before it.

The whole is base32 (RFC 4648) without padding behind ``S1:``: only characters of a QR code's alphanumeric mode
(ISO/IEC 18004), so the code stays at version 6. It holds no personal data. Printed badges outlive releases: new
layouts get a new version byte and old ones keep being read.

Tickets are signed with ``TICKET_SIGNING_KEY``. Those signed with one of ``TICKET_SIGNING_KEYS_OLD`` are read for as long
as it stands there. A reader without a network holds the public keys of all of them; it tries those with the ticket's key
id, and all of them for a ticket of version 1.
"""

import base64
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from functools import lru_cache
from hashlib import sha256
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
VERSION = 2
HEADS = {1: struct.Struct(">B16sBBI"), 2: struct.Struct(">BB16sBBI")}
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


@lru_cache(maxsize=16)
def _key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"summit ticket v1").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def signing_key() -> Ed25519PrivateKey:
    return _key(settings.TICKET_SIGNING_KEY)


def public_key() -> bytes:
    """The 32 bytes a device needs to verify new tickets without us (RFC 8032)."""
    return _raw(signing_key().public_key())


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(key: Ed25519PublicKey) -> int:
    """What a ticket says of the key that verifies it: 0 to 255, and by chance the same for two of them."""
    return sha256(_raw(key)).digest()[0]


def verifying_keys() -> list[Ed25519PublicKey]:
    """The keys that verify tickets of ours: that of today, then former ones."""
    return [_key(secret).public_key() for secret in (settings.TICKET_SIGNING_KEY, *settings.TICKET_SIGNING_KEYS_OLD)]


def token_for(registration: Registration) -> str:
    """The QR text of a registration. The same registration gives the same text as long as the key stays."""
    summit, key = registration.summit, signing_key()
    end = datetime.combine(summit.ends_on + GOOD_AFTER_END, clock(), tzinfo=summit.tz)
    head = HEADS[VERSION].pack(
        VERSION,
        key_id(key.public_key()),
        registration.guid.bytes,
        IN_PERSON if registration.is_in_person else 0,
        registration.ticket_issue & 0xFF,
        int(end.timestamp()),
    )
    return PREFIX + base64.b32encode(head + key.sign(head)).decode().rstrip("=")


def read(token: str, *, keys: Iterable[Ed25519PublicKey] = ()) -> Claims:
    """The claims of a token; raises :class:`BadTicket` for anything that is not signed by us, whatever it is.

    ``keys`` in place of :func:`verifying_keys` are those a device without our settings knows.
    """
    body = token.strip().upper().removeprefix(PREFIX)
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
        layout = HEADS[raw[0]]
        head, signature = raw[: layout.size], raw[layout.size :]
        _version, *named, guid, flags, issue, expires_at = layout.unpack(head)
    except (ValueError, LookupError, struct.error) as error:
        raise BadTicket from error
    known = [key for key in keys or verifying_keys() if not named or key_id(key) == named[0]]
    if len(signature) != SIGNATURE or not any(_verifies(key, signature, head) for key in known):
        raise BadTicket
    return Claims(UUID(bytes=guid), bool(flags & IN_PERSON), issue, expires_at)


def _verifies(key: Ed25519PublicKey, signature: bytes, head: bytes) -> bool:
    try:
        key.verify(signature, head)
    except InvalidSignature:
        return False
    return True


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
