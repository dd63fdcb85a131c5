"""A lost ticket or a private link in strange hands: both are replaced, and the address of the calendar with them."""

from copy import copy
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.mailing import emails
from registration.models import FormerKey, PushSubscription, Registration
from registration.registering import states
from registration.registering.refusals import NotActive
from summit import history
from summit.errors import Refusal
from summit.lib.codes import token
from summit.models import User

# A ticket holds the low byte of its issue: past this, the first ones would open the door again.
LAST_ISSUE = 255


class AlreadyReissued(Refusal):
    code = "already_reissued"
    message: Any = _("The ticket and the link were replaced a moment ago. Nothing was done a second time.")


class TooManyIssues(Refusal):
    code = "too_many_issues"
    message: Any = _("This ticket was replaced too often. Cancel this registration and register anew.")


@transaction.atomic
def reissue(registration: Registration, *, issue: int, by: User | None = None, by_team: bool = False) -> Registration:
    """A new issue of the ticket, a new private link and, where there was one, a new address of the calendar.

    ``issue`` is the one whoever asks has seen. The new link goes to the address of the registration and is given to
    nobody else: who asks may be who got hold of the old one. Returns the registration as it is now. Raises
    :class:`AlreadyReissued` where ``issue`` is no longer the newest, :class:`TooManyIssues` or :class:`NotActive`;
    then nothing was written.
    """
    locked = states.locked(copy(registration))
    if locked.ticket_issue != issue:
        raise AlreadyReissued
    if not locked.is_active:
        raise NotActive
    locked.save(update_fields=renew(locked))
    # Whose account it was would tell who somebody at risk is.
    by = None if locked.at_risk and not by_team else by
    history.record("registration.reissue", locked, by=by, summit=locked.summit,
                   changes={"ticket_issue": (issue, locked.ticket_issue)})  # fmt: skip
    emails.replaced(locked, by_team=by_team)
    return locked


def renew(locked: Registration) -> list[str]:
    """Give a locked registration new keys in place of all it has, and a ticket in place of the one it had; returns the
    fields to save. Raises :class:`TooManyIssues`."""
    if locked.ticket_issue >= LAST_ISSUE:
        raise TooManyIssues
    FormerKey.objects.retire(locked, FormerKey.Kind.PAGE, locked.token)
    FormerKey.objects.retire(locked, FormerKey.Kind.CALENDAR, locked.calendar_token)
    # Whoever had the former link asked for these as well.
    PushSubscription.objects.filter(registration=locked).delete()
    locked.ticket_issue += 1
    locked.token, locked.calendar_token = token(), token() if locked.calendar_token else ""
    locked.updated_at = timezone.now()
    return ["ticket_issue", "token", "calendar_token", "updated_at"]
