"""What holds somebody under an alias: a seat, or a part, in a protected session. Its list would tell who they are."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registration.models import Registration
from registration.models.booking import STANDING
from sessions.models import Session
from speakers.models import Speaker
from summit.errors import Refusal


class InProtectedSession(Refusal):
    code = "in_protected_session"
    message: Any = _(
        "There is a seat or a part in a protected session: %(title)s. Give it back first, or end the protection of that session."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(self.message % {"title": session.title}, session=session.code)


def keep(registration: Registration) -> None:
    """Raises :class:`InProtectedSession` while somebody has a seat, waits for one, or stands on stage there."""
    same = Q(email=registration.email)
    if registration.user_id:
        same |= Q(user=registration.user_id)
    profiles = Speaker.objects.filter(same, summit=registration.summit_id, at_risk=True)
    seated = Q(bookings__registration=registration, bookings__state__in=STANDING)
    _refuse(Q(appearances__speaker__in=profiles.values("pk")) | seated)


def keep_on_stage(speaker: Speaker) -> None:
    """Raises :class:`InProtectedSession` while a profile appears there."""
    _refuse(Q(appearances__speaker=speaker))


def _refuse(there: Q) -> None:
    found = Session.objects.filter(there, at_risk=True).order_by("code").first()
    if found is not None:
        raise InProtectedSession(found)
