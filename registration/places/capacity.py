"""Places: counted by the database in one statement, never read, compared and written."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Places
from summit.errors import Refusal
from summit.models import Summit


class FewerThanRegistered(Refusal):
    """``details["attendance"]`` is the way of coming, ``details["count"]`` how many have registered so."""

    code = "fewer_than_registered"
    status = 422
    message: Any = _("%(count)d people are registered already; there cannot be fewer places.")


def take(summit: Summit, attendance: str, count: int = 1) -> bool:
    """Take places, all or none; False where fewer are left. Call it inside the transaction that makes the registrations.

    A summit without a ``Places`` row for an attendance has no limit there.
    """
    rows = Places.objects.filter(summit=summit, attendance=attendance)
    free = Q(capacity__isnull=True) | Q(taken__lte=F("capacity") - count)
    return bool(rows.filter(free).update(taken=F("taken") + count)) or not rows.exists()


def lock(summit: Summit) -> None:
    """Hold all places of a summit, always in the same order: two people changing in opposite directions would else
    wait for each other for ever. SQLite has one writer at a time anyway."""
    list(Places.objects.select_for_update().filter(summit=summit).order_by("pk"))


def release(summit: Summit, attendance: str) -> None:
    Places.objects.filter(summit=summit, attendance=attendance, taken__gt=0).update(taken=F("taken") - 1)


def left(summit: Summit) -> dict[str, int | None]:
    """Places left by attendance; None where there is no limit. One query."""
    found: dict[str, int | None] = dict.fromkeys(Attendance.values)
    found.update({places.attendance: places.left for places in Places.objects.filter(summit=summit)})
    return found


def limits(summit: Summit) -> dict[str, int | None]:
    """The capacity of each attendance; None where there is no limit. One query."""
    return {
        **dict.fromkeys(Attendance.values),
        **dict(Places.objects.filter(summit=summit).values_list("attendance", "capacity")),
    }


@transaction.atomic
def set_limits(summit: Summit, wanted: Mapping[str, int | None]) -> None:
    """Set how many may come in each way named. Raises :class:`FewerThanRegistered`; then nothing is written.

    Whoever calls it leaves the line of history.
    """
    from registration.models import Registration  # only here; take() and release() do not need it

    lock(summit)
    for attendance, capacity in wanted.items():
        count = Registration.objects.holding().filter(summit=summit, attendance=attendance).count()
        if capacity is not None and capacity < count:
            refusal = FewerThanRegistered(attendance=attendance, count=count)
            refusal.message = FewerThanRegistered.message % {"count": count}
            raise refusal
        Places.objects.update_or_create(
            summit=summit, attendance=attendance, defaults={"capacity": capacity, "taken": count}
        )


def recount(summit: Summit) -> None:
    """Set ``taken`` to what the registrations say: after a limit was set late, or work on the database by hand."""
    from registration.models import Registration  # only here; take() and release() do not need it

    with transaction.atomic():
        # Whoever registers holds the row until the registration is written; counted is what comes after that.
        for places in Places.objects.select_for_update().filter(summit=summit):
            count = Registration.objects.holding().filter(summit=summit, attendance=places.attendance).count()
            Places.objects.filter(pk=places.pk).update(taken=count)
