"""What somebody agreed to on the form, given and withdrawn again at any time, on their own page."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from registration.models import Consent, Registration
from registration.models.consent import privacy_version
from registration.registering import lifecycle, needs, refusals, states
from summit import history
from summit.models import User

PHOTOGRAPHY, PRIVACY, SENSITIVE = Consent.Kind.PHOTOGRAPHY, Consent.Kind.PRIVACY, Consent.Kind.SENSITIVE


@transaction.atomic
def withdraw(registration: Registration, kind: str, *, by: User | None = None) -> bool:
    """Take a consent back, at once; returns whether there was one. Twice is once. With the one to health, religion and
    the like what was said of it is erased.

    Raises :class:`refusals.ConsentNeeded` for the privacy notice, without which nothing may be kept, and
    :class:`refusals.AlreadyErased`.
    """
    locked = states.locked(registration)
    if kind == PRIVACY:
        raise refusals.ConsentNeeded
    count = locked.consents.standing().filter(kind=kind).update(withdrawn_at=timezone.now())
    if count and kind == SENSITIVE:
        needs.forget_of(locked)
    if count:
        history.record("registration.withdraw_consent", locked, by=by, summit=locked.summit,
                       changes={str(kind): (True, False)})  # fmt: skip
    return bool(count)


@transaction.atomic
def give(registration: Registration, kind: str, *, by: User | None = None) -> bool:
    """Give a consent, to the version that is in force; returns whether it was not there. Who gives one again that was
    withdrawn has given it from now on; the history keeps what was before. Raises :class:`refusals.AlreadyErased`."""
    locked = states.locked(registration)
    if locked.has_agreed(kind):
        return False
    now, version = timezone.now(), privacy_version(locked.summit)
    locked.consents.update_or_create(kind=kind, version=version, defaults={"given_at": now, "withdrawn_at": None})
    history.record("registration.give_consent", locked, by=by, summit=locked.summit,
                   changes={str(kind): (False, True)})  # fmt: skip
    return True


@transaction.atomic
def correct_for(
    registration: Registration,
    values: dict[str, Any],
    *,
    consents: Mapping[str, str],
    said_by: str = "",
    by: User | None,
    **more: Any,
) -> Registration:
    """As :func:`registration.registering.lifecycle.correct`, by somebody else, who says that the person has agreed to
    ``consents``: the history has who said so. ``said_by``: them in words, where they need not have an account."""
    corrected = lifecycle.correct(registration, values, consents=consents, by=by, **more)
    if consents:
        changes: history.Changes = dict.fromkeys(map(str, consents), (False, True))
        if said_by:
            changes["said_by"] = ("", said_by)
        history.record("registration.note_consent", corrected, by=by, summit=corrected.summit, changes=changes)
    return corrected
