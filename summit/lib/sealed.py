"""Secrets that must be read again, encrypted as they lie in the database.

A sealed text is ``sealed:`` and a Fernet token (https://github.com/fernet/spec: AES-128-CBC with HMAC-SHA256). Its key is
made from ``SECRET_KEY`` by HKDF (RFC 5869) for this purpose alone; texts sealed under one of ``SECRET_KEY_FALLBACKS`` are
read as well. What does not begin with the mark is a plain text from before.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

MARK = "sealed:"


class Unreadable(ValueError):
    """A text was sealed under a key that is not known any more, or was tampered with."""


@lru_cache(maxsize=4)
def _fernet(*keys: str) -> MultiFernet:
    """The first key seals, all of them open."""
    derived = (
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"summit sealed v1").derive(key.encode()) for key in keys
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _keys() -> MultiFernet:
    return _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def seal(text: str) -> str:
    """A text, encrypted with the newest key; each time another one."""
    return MARK + _keys().encrypt(text.encode()).decode()


def unseal(kept: str) -> str:
    """The text that was sealed; a plain one as it is. Raises :class:`Unreadable`."""
    if not kept.startswith(MARK):
        return kept
    try:
        return _keys().decrypt(kept.removeprefix(MARK).encode()).decode()
    except InvalidToken as error:
        raise Unreadable("no known key opens this secret") from error
