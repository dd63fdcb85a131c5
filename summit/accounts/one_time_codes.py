"""Codes of an authenticator app are good once (RFC 6238 5.2), whichever process or machine is asked.

allauth remembers used codes in the cache, which each process may have for itself, and for one of the three steps of 30
seconds in which a code is taken. Here the database decides: the step of the last code is kept beside the secret.
"""

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction

LAST_STEP = "last_step"


@transaction.atomic
def take(authenticator: Authenticator, code: str) -> bool:
    """Use up a code that was found right, and every earlier one; False where it was used up before."""
    locked = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(locked.data["secret"])
    steps = [
        step
        for step in yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
    ]
    # None is a code whose time has ended since it was looked at.
    if not steps or max(steps) <= locked.data.get(LAST_STEP, -1):
        return False
    locked.data[LAST_STEP] = max(steps)
    locked.save(update_fields=["data"])
    return True


def was_used(user: Any, code: str) -> bool:
    """Whether it is the code, of an app or of the list of recovery codes, that was good last or once before."""
    for authenticator in Authenticator.objects.filter(user=user):
        if authenticator.type == Authenticator.Type.TOTP:
            step = authenticator.data.get(LAST_STEP)
            codes = [format_hotp_value(hotp_value(decrypt(authenticator.data["secret"]), step))] if step else []
        elif authenticator.type == Authenticator.Type.RECOVERY_CODES:
            listed = authenticator.wrap()
            codes = sorted(set(listed.generate_codes()) - set(listed.get_unused_codes()))
        else:
            codes = []
        if any(compare_user_code(actual=code, expected=each) for each in codes):
            return True
    return False


class _Once:
    def clean_code(self: Any) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not take(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_Once, forms.AuthenticateForm):
    """The second factor at signing in."""


class ReauthenticateForm(_Once, forms.ReauthenticateForm):
    """The second factor before something that changes how one signs in."""
