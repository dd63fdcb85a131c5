"""Small edits of rooms, and what every edit of a row without a version needs."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.editing import pictures
from summit.editing.revising import Overtaken, entries_of, save_now, set_what_differs
from summit.errors import Refusal
from summit.lib.translated import fingerprint
from summit.models import Room, User

TEXTS_OF_ROOMS = ("name", "description", "step_free_way", "floor_plan_alt")
OF_ROOMS = (*TEXTS_OF_ROOMS, "capacity", "booths", "access", "stream_url", "order")
# What a form of a whole room also stands on.
VERSIONED_OF_ROOMS = (*OF_ROOMS, "venue_id", "opening")

# What a form stands on: a row, or values by their names.
type Standing = models.Model | Mapping[str, Any]
# For verbs nobody's form stands behind: nothing is compared.
NO_VERSIONS: Mapping[str, str] = MappingProxyType({})


class RoomInUse(Refusal):
    """``details["sessions"]`` are their names."""

    code = "room_in_use"
    message: Any = _("Sessions are planned in this room. Move them first.")


def value_version(value: Any) -> str:
    """What a form carries of a value in place of a version, to notice that somebody has changed it since."""
    return fingerprint(json.dumps(history.plain(value), cls=DjangoJSONEncoder, sort_keys=True))


def differs(thing: Standing, form_versions: Mapping[str, str]) -> bool:
    """Whether a value is no longer the one its mark was made of."""
    return any(value_version(_value(thing, name)) != was for name, was in form_versions.items() if was)


def value_versions(thing: Standing, names: Iterable[str]) -> dict[str, str]:
    return {name: value_version(_value(thing, name)) for name in names}


def _value(thing: Standing, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name)


def unchanged(locked: models.Model, form_versions: Mapping[str, str]) -> None:
    """Raises :class:`summit.editing.revising.Overtaken` where the row is no longer the one its form_versions were made of."""
    if differs(locked, form_versions):
        raise Overtaken(now=locked, entries=list(entries_of(locked)[:5]))


@transaction.atomic
def revise_public[M: models.Model](
    thing: M,
    values: Mapping[str, Any],
    *,
    form_versions: Mapping[str, str],
    by: User | None,
    action: str,
    through: str = "summit",
) -> M:
    """Set what differs of a row of a summit without a version, with a line of history and fresh public pages.

    ``through`` leads from the row to its summit, for one question. Raises :class:`summit.editing.revising.Overtaken`.
    """
    rows = type(thing)._default_manager.select_for_update(of=("self",)).select_related(through)
    locked: Any = rows.get(pk=thing.pk)
    unchanged(locked, form_versions)
    changes = set_what_differs(locked, values, source=locked.summit.languages[0])
    if changes:
        save_now(locked, *changes)
        history.record(action, locked, by=by, summit=locked.summit, changes=changes)
        locked.summit.raise_revision()
    return locked


def edit_room(
    room: Room, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Room:
    """Set what differs; ``form_versions`` are those of the values the form was made from."""
    wanted = {name: value for name, value in values.items() if name in OF_ROOMS}
    return revise_public(room, wanted, form_versions=form_versions, by=by, action="room.edit")


@transaction.atomic
def delete_room(room: Room, *, by: User | None) -> None:
    """Take away a room nothing is planned in. Raises :class:`RoomInUse`."""
    locked: Any = Room.objects.select_for_update(of=("self",)).select_related("summit").get(pk=room.pk)
    # Sessions are known here by nothing but their being in the room.
    used = [*locked.sessions.all(), *(placement.session for placement in locked.placements.select_related("session"))]
    if used:
        raise RoomInUse(sessions=list(dict.fromkeys(str(session) for session in used)))
    history.record(
        "room.delete", locked, by=by, summit=locked.summit, changes={"name": (history.plain(locked.name), "")}
    )
    pictures.forget(locked.floor_plan.name)
    locked.delete()
    room.summit.raise_revision()
