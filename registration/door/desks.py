"""Verbs on desks: where people arrive, and which of them are open."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registration.models import Desk
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User

EDITABLE = ("name", "is_open", "zone")


class DeskUsed(Refusal):
    code = "desk_used"
    message: Any = _("People have been checked in at this desk. Close it instead.")


def create(summit: Summit, values: dict[str, Any], *, by: User | None) -> Desk:
    """``values`` are those of :data:`EDITABLE` and ``code``."""
    return rows.create(Desk, summit, values, by=by)


def edit(
    desk: Desk, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Desk:
    """Set what differs. Raises :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    return revise_public(desk, wanted, form_versions=form_versions, by=by, action="desk.edit")


def delete(desk: Desk, *, by: User | None) -> None:
    """Raises :class:`DeskUsed`."""
    rows.delete(desk, unless=_unused, by=by)


def _unused(desk: Desk) -> None:
    if desk.check_ins.exists():
        raise DeskUsed
