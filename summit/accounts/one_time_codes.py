"""Codes of an authenticator app are good once for as long as they would be taken (RFC 6238 5.2).

allauth remembers a used code for one step of 30 seconds; with a tolerance of one step either way it is taken for three.
"""

from allauth.mfa import app_settings
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _Once:
    """Before allauth's form of a code that somebody types."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        used: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if used.type == Authenticator.Type.TOTP:
            steps = 2 * app_settings.TOTP_TOLERANCE + 1
            cache.touch(used.wrap()._get_used_cache_key(code), steps * app_settings.TOTP_PERIOD)  # noqa: SLF001  its own mark, kept longer
        return code


class AuthenticateForm(_Once, forms.AuthenticateForm):
    """At sign-in."""


class ReauthenticateForm(_Once, forms.ReauthenticateForm):
    """Before something sensitive."""
