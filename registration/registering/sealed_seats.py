"""What holds somebody under an alias: a seat, or a part, in a protected session. Its list would tell who they are."""

from django.db.models import Q

from registration.models import Registration
from registration.models.booking import STANDING
from registration.registering import refusals
from sessions.models import Session
from speakers.models import Speaker


def keep(registration: Registration) -> None:
    """Raises :class:`refusals.InProtectedSession` while somebody has a seat, waits for one, or stands on stage there."""
    same = Q(email=registration.email)
    if registration.user_id:
        same |= Q(user=registration.user_id)
    profiles = Speaker.objects.filter(same, summit=registration.summit_id, at_risk=True)
    seated = Q(bookings__registration=registration, bookings__state__in=STANDING)
    _refuse(Q(appearances__speaker__in=profiles.values("pk")) | seated)


def keep_on_stage(speaker: Speaker) -> None:
    """Raises :class:`refusals.InProtectedSession` while a profile appears there."""
    _refuse(Q(appearances__speaker=speaker))


def _refuse(there: Q) -> None:
    found = Session.objects.filter(there, at_risk=True).order_by("code").first()
    if found is not None:
        raise refusals.InProtectedSession(found)
