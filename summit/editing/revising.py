"""Editing a row that somebody else may be editing, too.

A form carries the ``version`` of the row it was made from. Where the row has moved on since, nothing is written and
:class:`Overtaken` tells who changed what: nobody's words are lost without somebody having seen it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from summit import history
from summit.errors import Refusal
from summit.lib.translated import Text
from summit.models import HistoryEntry, Summit, User


class Overtaken(Refusal):
    """``details["entries"]`` are the changes made since, newest first; ``details["now"]`` is the row as it is."""

    code = "overtaken"
    message: Any = _("Somebody else has changed this in the meantime. Look at what changed, then save again.")


def hold[M: models.Model](thing: M, version: int | None) -> M:
    """The row as it is now, locked; raises :class:`Overtaken` where ``version`` is not the one it has."""
    locked: Any = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    if version is not None and locked.version != version:
        raise Overtaken(now=locked, entries=list(entries_of(locked)[:5]))
    return locked


@transaction.atomic
def revise[M: models.Model](
    thing: M,
    values: dict[str, Any],
    *,
    version: int | None,
    by: User | None,
    summit: Summit,
    action: str,
    secret: Collection[str] = (),
) -> tuple[M, history.Changes]:
    """Set what differs, raise ``version`` and leave a line of history; returns the row and its changes.

    Texts keep, per language, what they were translated from. Nothing differs: nothing is written. Raises
    :class:`Overtaken`; ``version=None`` is for changes nobody can collide with. Of ``secret`` fields the history keeps
    that they changed, and no value.
    """
    locked: Any = hold(thing, version)
    changes = set_what_differs(locked, values, source=summit.languages[0])
    if not changes:
        return locked, {}
    locked.version += 1
    save_now(locked, *changes, "version")
    told = {name: ("", "") if name in secret else pair for name, pair in changes.items()}
    history.record(action, locked, by=by, summit=summit, changes=told)
    return locked, changes


def set_what_differs(locked: models.Model, values: Mapping[str, Any], *, source: str) -> history.Changes:
    """Set the fields that differ, without saving; texts keep, per language, what they were translated from.

    ``source`` is the language the summit writes first.
    """
    wanted: dict[str, Any] = {}
    for name, value in values.items():
        old = getattr(locked, name)
        wanted[name] = old.revised(dict(value), source=source) if isinstance(old, Text) else value
    changes = history.changed(locked, wanted)
    for name in changes:
        setattr(locked, name, wanted[name])
    return changes


def save_now(thing: models.Model, *fields: str) -> None:
    """Write these fields, and those that follow every edit."""
    touched = [field.name for field in thing._meta.concrete_fields if getattr(field, "auto_now", False)]
    thing.save(update_fields=[*fields, *touched])


def entries_of(thing: models.Model) -> models.QuerySet[HistoryEntry]:
    """What has happened to one row, newest first."""
    rows = HistoryEntry.objects.filter(subject_kind=thing._meta.label_lower, subject_key=str(thing.pk))
    return rows.select_related("by")
