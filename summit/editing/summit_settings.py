"""How the work on a summit is arranged: what may be edited by whom, who needs a second factor."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from summit import history
from summit.editing import inline_edits
from summit.editing.revising import Overtaken, entries_of
from summit.models import Summit, User

EDITABLE = ("two_factor_roles", "editing_frozen_at", "shortest_break")


@transaction.atomic
def set_editing_rules(
    summit: Summit,
    values: dict[str, Any],
    *,
    form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
) -> Summit:
    """Set what differs of :data:`EDITABLE`; nothing of it is public.

    ``form_versions`` are those of the values the form was made from (:func:`summit.editing.inline_edits.value_version`); raises
    :class:`summit.editing.revising.Overtaken` where one is another by now.
    """
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    if inline_edits.differs(locked, form_versions):
        raise Overtaken(now=locked, entries=list(entries_of(locked).filter(action="summit.settings")[:5]))
    changes = history.changed(locked, {name: values[name] for name in EDITABLE if name in values})
    for name in changes:
        setattr(locked, name, values[name])
    if changes:
        locked.save(update_fields=list(changes))
        history.record("summit.settings", locked, by=by, summit=locked, changes=changes)
    return locked
