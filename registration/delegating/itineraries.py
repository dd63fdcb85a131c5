"""When and how somebody arrives and leaves, said by the head of the delegation or by the person."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from registration.models import Itinerary, Registration
from registration.models.itinerary import ITINERARY
from registration.models.registration import needs_are_gone
from registration.registering import lifecycle, states
from summit import history
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.models import Summit, User


def of(registration: Registration) -> Itinerary:
    """That of somebody, or an empty one that is not stored."""
    return Itinerary.objects.filter(registration=registration).first() or Itinerary(registration=registration)


@transaction.atomic
def put(
    registration: Registration,
    values: Mapping[str, Any],
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None = None,
    as_organiser: bool = False,
) -> Itinerary:
    """Set what differs of :data:`registration.models.itinerary.ITINERARY`. The history says that it changed, not to what.

    Raises what :func:`registration.registering.lifecycle.may_change` raises, and
    :class:`summit.editing.revising.Overtaken`.
    """
    locked = states.locked(registration)
    lifecycle.may_change(locked, as_organiser=as_organiser)
    row = of(locked)
    unchanged(row, form_versions)
    wanted = {name: value for name, value in values.items() if name in ITINERARY}
    if not history.changed(row, wanted):
        return row
    for name, value in wanted.items():
        setattr(row, name, value)
    row.save()
    history.record("registration.itinerary", locked, by=by, summit=locked.summit)
    return row


def forget(summit: Summit) -> int:
    """Erase the itineraries of a summit that has been over for thirty days, as its needs are; returns how many."""
    return Itinerary.objects.filter(registration__summit=summit).delete()[0] if needs_are_gone(summit) else 0
