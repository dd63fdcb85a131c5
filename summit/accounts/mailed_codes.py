"""Mailed codes: a session keeps what one is made from, never the code itself (OWASP ASVS 4.0.3, 2.7.5).

A code follows from a random mark and a key of the environment (HMAC-SHA-256): whoever reads the sessions in the database
learns none, not even by trying all of them, as they could with a plain hash of eight letters.
"""

import hashlib
import hmac
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from django.conf import settings

from summit.lib.codes import token

MARK = "mark:"
# Without vowels, so that no code is a word (RFC 8628 6.1): eight of them are 34 bits.
LETTERS, LENGTH = "BCDFGHJKLMNPQRSTVWXZ", 8
# The mails of the library that hold one.
MAILS = frozenset({
    "account/email/login_code", "account/email/email_confirmation", "account/email/email_confirmation_signup",
})  # fmt: skip


def new_mark() -> str:
    return MARK + token()


def code_of(mark: str, key: str | None = None) -> str:
    """The code that is mailed for a mark; what is no mark stays what it is."""
    if not mark.startswith(MARK):
        return mark
    secret = (key or settings.SECRET_KEY).encode()
    number = int.from_bytes(hmac.digest(secret, f"mailed code {mark}".encode(), hashlib.sha256))
    letters = []
    for _place in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


class FromMark:
    """Of a form of the library: what was typed is held against the code of the mark, also of one of a former key."""

    expected_code: str
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        mark, typed = self.expected_code or "", self.cleaned_data["code"]
        codes = [code_of(mark, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
        self.expected_code = next((code for code in codes if compare_user_code(actual=typed, expected=code)), codes[0])
        code: str = super().clean_code()  # type: ignore[misc]
        return code
