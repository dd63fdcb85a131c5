"""Web Push: what is sent, encrypted for one browser (RFC 8291 with the coding of RFC 8188), and who sends it (RFC 8292)."""

import base64
import ipaddress
import json
import os
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# RFC 8291 4: a push service takes 4096 octets; 86 of header, 16 of tag and one that ends the record leave this.
LONGEST = 4096 - 86 - 16 - 1
RECORD = 4096
# RFC 8292 2: at most a day.
TOKEN_LASTS = timedelta(hours=12)
POINT, SECRET, SALT = 65, 16, 16
LONGEST_ENDPOINT = 1000


def encoded(octets: bytes) -> str:
    """base64url without padding (RFC 7515, appendix C)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Raises ``ValueError``."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_key(text: str) -> bool:
    """Whether this is a point of the curve P-256 as a browser tells it."""
    try:
        _point(decoded(text))
    except ValueError:
        return False
    return len(decoded(text)) == POINT


def is_secret(text: str) -> bool:
    try:
        return len(decoded(text)) == SECRET
    except ValueError:
        return False


def is_endpoint(address: str) -> bool:
    """Whether this may be the address of a push service: https at its own port, a name of the public internet, no number
    of a network of somebody's own. Where the name leads is looked at when something is sent."""
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and " " not in address and len(address) <= LONGEST_ENDPOINT
    if not plain or parts.scheme != "https" or port not in {None, 443} or parts.username is not None:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.rstrip(".").endswith((".local", ".localhost", ".internal"))


def _point(octets: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets)


def public_point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def encrypted(
    said: bytes, key: str, secret: str, *, salt: bytes = b"", own: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """The body of a push message for the browser with this ``key`` (p256dh) and ``secret`` (auth). ``salt`` and ``own``
    are random but in tests. Raises ``ValueError`` for what is too long, or no key."""
    if len(said) > LONGEST:
        raise ValueError("longer than a push message may be")
    theirs, salt = _point(decoded(key)), salt or os.urandom(SALT)
    own = own or ec.generate_private_key(ec.SECP256R1())
    ours = public_point(own.public_key())
    content_key, nonce = derived(own.exchange(ec.ECDH(), theirs), decoded(secret), salt, public_point(theirs), ours)
    header = salt + RECORD.to_bytes(4) + len(ours).to_bytes(1) + ours
    # One record, the last one: its text ends with 2 (RFC 8188 2).
    return header + AESGCM(content_key).encrypt(nonce, said + b"\x02", None)


def derived(shared: bytes, secret: bytes, salt: bytes, theirs: bytes, ours: bytes) -> tuple[bytes, bytes]:
    """The key of the content and its nonce (RFC 8291 3.4); ``theirs`` is the browser's point."""
    material = HKDF(SHA256(), 32, secret, b"WebPush: info\x00" + theirs + ours).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(material)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(material)
    return key, nonce


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, now: datetime) -> str:
    """The header by which a push service knows who sends (RFC 8292 3); ``contact``: a ``mailto:`` or ``https:`` address."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + TOKEN_LASTS).timestamp()), "sub": contact}
    signed = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode())
                      for part in ({"typ": "JWT", "alg": "ES256"}, claims))  # fmt: skip
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    token = f"{signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={encoded(public_point(key.public_key()))}"
