"""What others could have written is unpickled only where a signature says that we wrote it, under this very name.

A signed pickle is ``~``, 32 bytes of HMAC-SHA256 over name and pickle, and the pickle. Its key is made from ``SECRET_KEY``
by HKDF (RFC 5869) for this purpose alone; what was signed under one of ``SECRET_KEY_FALLBACKS`` is read as well. A
signature says neither that nobody has read it nor that it is the newest under its name.
"""

import hmac
import pickle
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = b"~"
LENGTH = 32  # bytes of a signature
# What comes of a pickle of our own that another release made, whose classes are not those of this one.
BROKEN = (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, KeyError, TypeError, ValueError)


class NotOurs(ValueError):
    """No known key has signed this under this name, or this release cannot make anything of it."""


@lru_cache(maxsize=4)
def _derived(*keys: str) -> tuple[bytes, ...]:
    return tuple(
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"summit signed pickles v1").derive(key.encode())
        for key in keys
    )


def _signature(key: bytes, name: str, pickled: bytes) -> bytes:
    told = name.encode()
    return hmac.digest(key, len(told).to_bytes(4) + told + pickled, "sha256")


def sign(name: str, value: Any) -> bytes:
    """Anything that pickles, signed with the newest key for this name."""
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return MARK + _signature(_derived(settings.SECRET_KEY)[0], name, pickled) + pickled


def read(name: str, kept: bytes) -> Any:
    """What was signed for this name. Raises :class:`NotOurs`; nothing is unpickled then that is not ours."""
    signature, pickled = kept[1 : 1 + LENGTH], kept[1 + LENGTH :]
    keys = _derived(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if kept[:1] != MARK or not any(hmac.compare_digest(_signature(key, name, pickled), signature) for key in keys):
        raise NotOurs("no known key has signed this")
    try:
        return pickle.loads(pickled)  # noqa: S301  # its signature says that we made it
    except BROKEN as error:
        raise NotOurs("another release may have written this") from error
