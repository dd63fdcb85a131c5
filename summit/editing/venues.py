"""Verbs on venues."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from summit.editing import pictures, rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User, Venue

EDITABLE = ("name", "address", "city", "country", "map_url", "map_alt", "access", *Venue.ON_THE_DAY)


class HasRooms(Refusal):
    """``details["rooms"]`` are their names."""

    code = "has_rooms"
    message: Any = _("There are rooms in this venue. Move them to another one, or delete them first.")


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], *, picture: bytes | None = None, by: User | None) -> Venue:
    """``values`` are those of :data:`EDITABLE` and ``code``. Raises :class:`summit.editing.pictures.NotAPicture`."""
    if picture:
        values = {**values, "map_picture": pictures.store(picture, pictures.MAP)}
    return rows.create(Venue, summit, values, by=by)


@transaction.atomic
def edit(
    venue: Venue,
    values: dict[str, Any],
    *,
    picture: bytes | None = None,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None,
) -> Venue:
    """Set what differs. ``picture``: a file to take the place of the map's picture, ``b""`` takes it away, None keeps it.

    Raises :class:`summit.editing.revising.Overtaken` and :class:`summit.editing.pictures.NotAPicture`.
    """
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    if picture is not None:
        wanted["map_picture"] = pictures.store(picture, pictures.MAP) if picture else ""
    before = venue.map_picture.name
    found = revise_public(venue, wanted, form_versions=form_versions, by=by, action="venue.edit")
    if picture is not None:
        pictures.forget(before)
    return found


def delete(venue: Venue, *, by: User | None) -> None:
    """Raises :class:`HasRooms`."""
    rows.delete(venue, unless=_empty, by=by)
    pictures.forget(venue.map_picture.name)


def _empty(venue: Venue) -> None:
    if names := [str(room) for room in venue.rooms.all()[:10]]:
        raise HasRooms(rooms=names)
