"""Streams of bytes that are encrypted and authenticated in chunks.

The construction is STREAM, as age has it (age-encryption.org/v1, "Payload"): chunks of 64 KiB under ChaCha20-Poly1305,
whose nonce is the number of the chunk and whether it is the last. What is read was written by whoever has the key, in
this order and to its end; memory stays flat however long it is. Every stream has a key of its own, of the backup's key, a
salt at its head and its name: one cannot stand in another's place.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
SALT = TAG = 16
# Of scrypt: a guess costs 64 MB and a tenth of a second.
COST: dict[str, Any] = {"n": 2**16, "r": 8, "p": 1}


class Damaged(Exception):
    """The stream is not what was written: bytes changed, missing or too many, or another key."""


def derived(secret: str, salt: bytes) -> bytes:
    """32 bytes of a passphrase or key, for one backup."""
    return hashlib.scrypt(secret.encode(), salt=salt, dklen=32, maxmem=2**27, **COST)


def tag(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _cipher(key: bytes, salt: bytes, name: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt, b"summit backup " + name.encode()).derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _even(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of ``size``; only the last is shorter. At least one, which may be empty."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        # One byte more than a piece: what is given out here is never the last.
        while len(kept) > size:
            yield bytes(kept[:size])
            del kept[:size]
    yield bytes(kept)


def _with_last(pieces: Iterator[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    number, held = 0, next(pieces)
    for piece in pieces:
        yield number, held, False
        number, held = number + 1, piece
    yield number, held, True


def sealed(chunks: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """What to write for these bytes."""
    salt = secrets.token_bytes(SALT)
    cipher = _cipher(key, salt, name)
    yield salt
    for number, piece, last in _with_last(_even(chunks, CHUNK)):
        yield cipher.encrypt(_nonce(number, last), piece, None)


def opened(chunks: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """What :func:`sealed` was given. Raises :class:`Damaged`, at the latest at the end."""
    source, head = iter(chunks), b""
    while len(head) < SALT:
        more = next(source, b"")
        if not more:
            raise Damaged
        head += more
    cipher = _cipher(key, head[:SALT], name)

    def rest() -> Iterator[bytes]:
        yield head[SALT:]
        yield from source

    for number, piece, last in _with_last(_even(rest(), CHUNK + TAG)):
        try:
            yield cipher.decrypt(_nonce(number, last), piece, None)
        except InvalidTag as error:
            raise Damaged from error
