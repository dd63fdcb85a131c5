"""Sessions at risk: whoever stands on the stage of one, or takes a seat in it, is sealed and known by an alias.

Its people are sealed as they are one by one (:mod:`sealed_speakers`, :mod:`sealing`), so nothing that reads a session has to
know of it. Who comes new to the stage must be protected before (:func:`sessions.models.appearance.kept_off`); who takes a
seat is asked, and sealed with it.
"""

from typing import Any

from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.models import Booking, Registration
from registration.models.booking import STANDING
from registration.models.registration import RegistrationQuerySet
from registration.places import bookings
from registration.registering import refusals, sealed_speakers, sealing
from sessions.models import Session
from speakers.models import Speaker
from speakers.models.speaker import SpeakerQuerySet
from summit import history
from summit.errors import Refusal
from summit.models import User

# People sealed by one task.
AT_ONCE = 50


class ProtectionFirst(Refusal):
    """Whoever takes a seat was not told before that they are sealed with it."""

    code = "protection_first"
    message: Any = _(
        "Who takes part in this session is protected: badge and lists show an alias. Look at the page again, and agree first."
    )


def protect(session: Session, wanted: bool, *, by: User) -> Session:
    """Have everybody sealed who stands on the stage of a session, has a seat in it or waits for one, and whoever comes new;
    or no more of those. Who is sealed stays so. Twice is once.

    Who is on stage is sealed before this returns, the others by the worker. Raises :class:`refusals.NotInCircle`.
    """
    locked = _set(session, wanted, by=by)
    if locked.at_risk:
        _seal_stage(locked, by=by)
    return locked


@transaction.atomic
def _set(session: Session, wanted: bool, *, by: User) -> Session:
    if not sealing.in_circle(by, session.summit):
        raise refusals.NotInCircle
    locked = Session.objects.select_for_update(of=("self",)).select_related("summit").get(pk=session.pk)
    if locked.at_risk != wanted:
        # Of a higher version: a file that was read before is read anew.
        locked.at_risk, locked.version, locked.updated_at = wanted, locked.version + 1, timezone.now()
        locked.save(update_fields=["at_risk", "version", "updated_at"])
        changes: history.Changes = {"at_risk": (not wanted, wanted)}
        history.record("session.protect", locked, by=by, summit=locked.summit, changes=changes)
        locked.summit.raise_revision()
    if wanted:
        seal_some.enqueue(locked.pk)
    return locked


def on_stage(session: Session) -> SpeakerQuerySet:
    """Who appears in a session, each once."""
    return Speaker.objects.filter(pk__in=session.appearances.values("speaker")).order_by("pk")


def seated(session: Session) -> RegistrationQuerySet:
    """Who has a seat in a session, or waits for one."""
    held = Booking.objects.filter(session=session, state__in=STANDING)
    return Registration.objects.filter(pk__in=held.values("registration"), erased_at=None).order_by("pk")


def _seal_stage(session: Session, *, by: User | None) -> int:
    """Each in a transaction of their own: what a profile is sealed with holds more sessions than this one."""
    found = list(on_stage(session))
    for speaker in found:
        with transaction.atomic():
            sealed_speakers.protect_one(speaker, by=by)
    return sum(not speaker.at_risk for speaker in found)


@task
def seal_some(session: int) -> int:
    """Seal those of a protected session who are not yet, some at a time, and tell each; returns how many."""
    found = Session.objects.select_related("summit").filter(pk=session, at_risk=True).first()
    if found is None:
        return 0
    done, some = _seal_stage(found, by=None), list(seated(found).in_the_open()[:AT_ONCE])
    for registration in some:
        with transaction.atomic():
            sealing.seal_one(registration, alias="", by=None)
    if len(some) == AT_ONCE:
        seal_some.enqueue(session)
    return done + len(some)


def keep_going() -> int:
    """Seal whoever was overlooked in any protected session, as where a file was brought in meanwhile; returns how many."""
    return sum(seal_some.func(pk) for pk in Session.objects.filter(at_risk=True).values_list("pk", flat=True))


def asks(registration: Registration, session: Session) -> bool:
    """Whether somebody who takes a seat must know first that they are sealed with it."""
    return session.at_risk and not registration.at_risk


@transaction.atomic
def take_seat(registration: Registration, session: Session, *, agreed: bool, by: User | None = None) -> Booking:
    """As :func:`bookings.book`; in a protected session whoever stands in the open is sealed with it, and told.

    ``agreed``: the page said so before. Raises :class:`ProtectionFirst` where it did not, and what
    :func:`bookings.book` and :func:`sealing.seal` raise; then nothing was written.
    """
    if Session.objects.filter(pk=session.pk, at_risk=True).exists():
        # Before the session is held: whoever is sealed with them is held in the order of everybody else.
        _seal_seated(registration, agreed=agreed, by=by)
    made = bookings.book(registration, session, by=by)
    if made.session.at_risk:
        _seal_seated(made.registration, agreed=agreed, by=by)
    return made


def _seal_seated(registration: Registration, *, agreed: bool, by: User | None) -> None:
    if not Registration.objects.filter(pk=registration.pk).in_the_open().exists():
        return
    if not agreed:
        raise ProtectionFirst
    sealing.seal_one(registration, alias="", by=by)


def seal_successor(registration: Registration, *, by: User | None) -> None:
    """Whoever comes instead of somebody, and has got a seat in a protected session with the place, is sealed as well; their
    row is held."""
    held = Booking.objects.filter(registration=registration, state__in=STANDING, session__at_risk=True)
    if not registration.at_risk and held.exists():
        sealing.seal_one(registration, alias="", by=by)
        registration.refresh_from_db()
