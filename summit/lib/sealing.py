"""Small secrets that must be written down for a while, such as the code in a mail that is not drawn yet: encrypted."""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"summit sealed v1").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def _box() -> MultiFernet:
    """Seals with the newest key, opens with any that is still believed."""
    return MultiFernet([_fernet(key) for key in (str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS))])


def sealed(value: Any) -> str:
    """A value of JSON, encrypted and signed (AES-128-CBC and HMAC, the Fernet format)."""
    return _box().encrypt(json.dumps(value).encode()).decode()


def opened(text: str) -> Any:
    """What :func:`sealed` was given; raises ``cryptography.fernet.InvalidToken`` for anything else."""
    return json.loads(_box().decrypt(text.encode()))
