"""Second factors, set up and shown as people do it."""

from typing import Any

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from summit.models import User

SHOW = "/en/account/2fa/reauthenticate/"


def enrol(user: User) -> str:
    """Give somebody an authenticator app, set up in some other browser; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    """The app's code of this moment. Each is good once; a test does not wait for the next."""
    cache.clear()
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def show(client: Client, secret: str, where: str = "/en/my/") -> Any:
    """Type the app's code into the page that asks a signed-in session for it; leads to ``where``."""
    return client.post(SHOW, {"code": code_of(secret), "next": where})
