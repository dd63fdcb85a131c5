"""Rooms and the hours they are open: making one, editing all of it, taking one away."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from summit import history
from summit.editing import pictures
from summit.editing.inline_edits import edit_room
from summit.lib.times import intervals
from summit.models import Room, RoomHours, Summit, User, Venue

Spans = Iterable[tuple[datetime, datetime]]


@transaction.atomic
def create_room(summit: Summit, values: dict[str, Any], hours: Spans = (), *, by: User | None) -> Room:
    """A room with its opening hours; ``values`` are those of the form, with ``code`` and ``venue``."""
    room = Room(summit=summit, **values)
    room.save(force_insert=True)
    _set_hours(room, hours)
    history.record("room.create", room, by=by, summit=summit, changes={"name": ("", history.plain(room.name))})
    summit.raise_revision()
    return room


@transaction.atomic
def edit(
    room: Room,
    values: dict[str, Any],
    hours: Spans,
    *,
    floor_plan: bytes | None = None,
    form_versions: Mapping[str, str],
    by: User | None,
) -> Room:
    """Set what differs, also the hours; ``form_versions`` as for :func:`summit.editing.inline_edits.edit_room`.
    ``floor_plan``: a file to take the place of the one there is, ``b""`` takes it away, None keeps it.

    Raises :class:`summit.editing.revising.Overtaken` and :class:`summit.editing.pictures.NotAPicture`.
    """
    venue = values.pop("venue", room.venue)
    locked = edit_room(room, values, form_versions=form_versions, by=by)
    before, wanted = list(locked.hours.values_list("starts_at", "ends_at")), sorted(hours)
    changes: history.Changes = {}
    if before != wanted:
        _set_hours(locked, wanted)
        changes["hours"] = (intervals(before), intervals(wanted))
    if locked.venue_id != venue.pk:
        changes["venue"] = (str(locked.venue), str(venue))
        locked.venue = venue
        locked.save(update_fields=["venue"])
    if floor_plan is not None:
        former = locked.floor_plan.name
        locked.floor_plan = pictures.store(floor_plan, pictures.PLAN) if floor_plan else ""
        locked.save(update_fields=["floor_plan"])
        changes["floor_plan"] = (former, locked.floor_plan.name)
        pictures.forget(former)
    if changes:
        history.record("room.edit", locked, by=by, summit=locked.summit, changes=changes)
        locked.summit.raise_revision()
    return locked


def venue_for(summit: Summit, venue: Venue | None, name: dict[str, str]) -> Venue:
    """The venue that was chosen, or a new one of that name."""
    if venue is not None:
        return venue
    number = summit.venues.count() + 1
    return Venue.objects.create(summit=summit, code=f"venue-{number}", name=name)


def _set_hours(room: Room, hours: Spans) -> None:
    room.hours.all().delete()
    RoomHours.objects.bulk_create(RoomHours(room=room, starts_at=starts, ends_at=ends) for starts, ends in hours)
