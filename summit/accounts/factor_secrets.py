"""What second factors are proven by (seeds of authenticator apps and of recovery codes) is encrypted in the database."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from summit.errors import Refusal
from summit.lib.sealed import MARK, Unreadable, seal, unseal

logger = logging.getLogger(__name__)
# In the data of an authenticator; what else stands there (public keys, which codes were used) is no secret.
SECRETS = ("secret", "seed")
LISTS = ("migrated_codes",)
# The migration since which secrets are encrypted, and for how long after it those from before stay as they are.
ENCRYPTED_SINCE, ENCRYPTED_AFTER = "0018_encrypted_factors", timedelta(days=1)
Recorded: Any = MigrationRecorder.Migration


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


def secrets_of(data: dict[str, Any]) -> list[str]:
    """Every secret in the data of an authenticator."""
    found: list[str] = []
    with_secrets(data, lambda kept: found.append(kept) or kept)  # type: ignore[func-returns-value]
    return found


def with_secrets(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The data of an authenticator, each secret of it changed."""
    found = {name: change(data[name]) for name in SECRETS if name in data}
    lists = {name: [change(each) for each in data[name]] for name in LISTS if name in data}
    return {**data, **found, **lists}


def rotate() -> tuple[int, list[str]]:
    """Encrypt every secret anew with the newest key, plain ones as well: how many rows, and whose could not be read."""
    return _encrypt(_rows().values_list("pk", flat=True))


def encrypt_plain() -> int:
    """Encrypt what was stored before secrets were encrypted; how many rows. Nothing within a day after the update.

    Until then a release from before may run beside this one, and reads no others.
    """
    done = Recorded.objects.filter(app="summit", name=ENCRYPTED_SINCE).values_list("applied", flat=True).first()
    if done is None or done > timezone.now() - ENCRYPTED_AFTER:
        return 0
    plain = [pk for pk, data in _rows().values_list("pk", "data") if any(_is_plain(each) for each in secrets_of(data))]
    return _encrypt(plain)[0]


def _rows() -> QuerySet[Authenticator]:
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk")


def _is_plain(kept: str) -> bool:
    return not kept.startswith(MARK)


def _encrypt(pks: Iterable[int]) -> tuple[int, list[str]]:
    """One row at a time, held while it is written: recovery codes are used up meanwhile."""
    done, unreadable = 0, []
    for pk in pks:
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
