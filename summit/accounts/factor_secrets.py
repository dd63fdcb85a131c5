"""What second factors are proven by (seeds of authenticator apps and of recovery codes) is encrypted in the database."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib.sealed import Unreadable, seal, unseal

logger = logging.getLogger(__name__)
# In the data of an authenticator; what else stands there (public keys, which codes were used) is no secret.
SECRETS = ("secret", "seed")
LISTS = ("migrated_codes",)


class FactorUnreadable(Refusal):
    code = "factor_unreadable"
    status = 500
    message: Any = _("Your second factor cannot be checked just now. Tell whoever operates this site; a passkey works.")


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Never something instead of the secret: codes of a known seed could be made by anybody."""
        try:
            return unseal(encrypted_text)
        except Unreadable as error:
            logger.exception("A second factor was encrypted with a SECRET_KEY that is not among SECRET_KEY_FALLBACKS")
            raise FactorUnreadable from error


def with_secrets(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The data of an authenticator, each secret of it changed."""
    found = {name: change(data[name]) for name in SECRETS if name in data}
    lists = {name: [change(each) for each in data[name]] for name in LISTS if name in data}
    return {**data, **found, **lists}


def rotate() -> tuple[int, list[str]]:
    """Encrypt every secret anew with the newest key, plain ones as well: how many rows, and whose could not be read.

    One row at a time, held while it is written: recovery codes are used up meanwhile.
    """
    done, unreadable = 0, []
    for pk in (
        Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", flat=True).order_by("pk")
    ):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()
            if row is None:
                continue
            try:
                row.data = with_secrets(row.data, lambda kept: seal(unseal(kept)))
            except Unreadable:
                unreadable.append(row.user.email)
                continue
            row.save(update_fields=["data"])
            done += 1
    return done, unreadable
