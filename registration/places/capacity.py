"""Places: counted by the database in one statement, never read, compared and written."""

from django.db import transaction
from django.db.models import F, Q

from registration.models import Attendance, Places
from summit.models import Summit


def take(summit: Summit, attendance: str) -> bool:
    """Take one place; False where none is left. Call it inside the transaction that makes the registration.

    A summit without a ``Places`` row for an attendance has no limit there.
    """
    rows = Places.objects.filter(summit=summit, attendance=attendance)
    free = Q(capacity__isnull=True) | Q(taken__lt=F("capacity"))
    return bool(rows.filter(free).update(taken=F("taken") + 1)) or not rows.exists()


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


def recount(summit: Summit) -> None:
    """Set ``taken`` to what the registrations say: after a limit was set late, or work on the database by hand."""
    from registration.models import Registration  # only here; take() and release() do not need it

    with transaction.atomic():
        # Whoever registers holds the row until the registration is written; counted is what comes after that.
        for places in Places.objects.select_for_update().filter(summit=summit):
            count = Registration.objects.active().filter(summit=summit, attendance=places.attendance).count()
            Places.objects.filter(pk=places.pk).update(taken=count)
