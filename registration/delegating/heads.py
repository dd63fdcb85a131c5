"""The head of a delegation and its deputies: their private link, and the reminder of what is missing."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.delegating import completeness
from registration.mailing import delegation_mails
from registration.models import Delegation, DelegationHead
from summit import history
from summit.errors import Refusal
from summit.lib.codes import token
from summit.models import SealedAddress, User

REMINDED_EVERY = timedelta(days=1)


class HasHead(Refusal):
    code = "has_head"
    message: Any = _("This delegation has a head. Remove them first, or add a deputy.")


class AlreadyHead(Refusal):
    code = "already_head"
    message: Any = _("This person looks after the delegation already.")


class NothingMissing(Refusal):
    code = "nothing_missing"
    message: Any = _("Nothing is missing of this delegation.")


class NobodyToRemind(Refusal):
    code = "nobody_to_remind"
    message: Any = _("This delegation has neither a head nor a deputy.")


class RemindedToday(Refusal):
    code = "reminded_today"
    message: Any = _("This delegation was reminded within the last day.")


@transaction.atomic
def invite(delegation: Delegation, values: dict[str, Any], *, by: User | None) -> DelegationHead:
    """Have somebody look after a delegation, and mail them the link to its page. ``values``: role, name, email, language.

    Raises :class:`HasHead` and :class:`AlreadyHead`.
    """
    list(Delegation.objects.select_for_update().filter(pk=delegation.pk))
    if delegation.heads.under(values["email"]).exists():
        raise AlreadyHead
    if values["role"] == DelegationHead.Role.HEAD and delegation.heads.filter(role=values["role"]).exists():
        raise HasHead
    made = DelegationHead.objects.create(delegation=delegation, **values)
    _record("invite", made, by=by)
    delegation_mails.link(made)
    return made


def as_told(head: DelegationHead) -> str:
    """Name and address, as whom they name reads them; of whoever is protected the alias alone."""
    sealed = SealedAddress.objects.real(head.email) != head.email
    return head.name if sealed else f"{head.name} <{head.email}>"


@transaction.atomic
def renew_link(head: DelegationHead, *, by: User | None) -> DelegationHead:
    """A new link by mail; the one before opens nothing any more."""
    locked = DelegationHead.objects.select_for_update(of=("self",)).select_related("delegation__summit").get(pk=head.pk)
    locked.token = token()
    locked.save(update_fields=["token"])
    _record("renew_link", locked, by=by)
    delegation_mails.link(locked)
    return locked


@transaction.atomic
def remove(head: DelegationHead, *, by: User | None) -> None:
    """Their link opens nothing any more."""
    _record("remove_head", head, by=by)
    head.delete()


def _record(action: str, head: DelegationHead, *, by: User | None) -> None:
    changes = {"name": ("", head.name), "role": ("", head.role)}
    history.record(f"delegation.{action}", head.delegation, by=by, summit=head.summit, changes=changes)


@transaction.atomic
def remind(delegation: Delegation, *, by: User | None, now: datetime | None = None) -> int:
    """Tell the head and the deputies in numbers what is missing; returns how many mails that are.

    Raises :class:`NothingMissing`, :class:`NobodyToRemind` and, within a day of the last one, :class:`RemindedToday`.
    """
    now = now or timezone.now()
    locked = Delegation.objects.select_for_update(of=("self",)).select_related("summit").get(pk=delegation.pk)
    if locked.reminded_at and locked.reminded_at > now - REMINDED_EVERY:
        raise RemindedToday
    found = completeness.of_delegations(locked.summit, [locked.pk])[locked.pk]
    if not found.is_lagging:
        raise NothingMissing
    told = list(locked.heads.select_related("delegation__summit"))
    if not told:
        raise NobodyToRemind
    for head in told:
        delegation_mails.reminder(head, free=found.free, missing=found.counted)
    locked.reminded_at = now
    locked.save(update_fields=["reminded_at"])
    history.record("delegation.remind", locked, by=by, summit=locked.summit, changes={"people": (0, len(told))})
    return len(told)
