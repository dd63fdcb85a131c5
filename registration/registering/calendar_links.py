"""The address of somebody's personal calendar, and how long before a session it reminds."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.models import FormerKey, Registration
from registration.registering.refusals import NotActive
from summit import history
from summit.errors import Refusal
from summit.lib.codes import token
from summit.models import User


@transaction.atomic
def share_calendar(registration: Registration, *, by: User | None = None) -> str:
    """A new address for the personal calendar; the one before it stops working at once."""
    if not registration.is_active:
        raise NotActive
    _give(registration, token())
    history.record("registration.share_calendar", registration, by=by, summit=registration.summit)
    return registration.calendar_token


ALARMS = (5, 10, 15, 30, 60)


@transaction.atomic
def set_alarm(registration: Registration, minutes: int | None, *, by: User | None = None) -> None:
    """Have the personal calendar remind so many minutes before each session; None: not at all."""
    if minutes is not None and minutes not in ALARMS:
        raise Refusal(_("Choose one of the times offered."))
    before, registration.calendar_alarm = registration.calendar_alarm, minutes
    registration.save(update_fields=["calendar_alarm"])
    history.record("registration.set_alarm", registration, by=by, summit=registration.summit,
                   changes={"calendar_alarm": (before, minutes)})  # fmt: skip


@transaction.atomic
def revoke_calendar(registration: Registration, *, by: User | None = None) -> None:
    _give(registration, "")
    history.record("registration.revoke_calendar", registration, by=by, summit=registration.summit)


def _give(registration: Registration, address: str) -> None:
    """Write the token of the calendar's address ("": none); whoever reads the former one is told that it ended."""
    rows = Registration.objects.select_for_update(of=("self",)).filter(pk=registration.pk)
    FormerKey.objects.retire(registration, FormerKey.Kind.CALENDAR, rows.values_list("calendar_token", flat=True).get())
    registration.calendar_token = address
    registration.save(update_fields=["calendar_token"])
