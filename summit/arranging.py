"""How the work on a summit is arranged: what may be edited by whom, who needs a second factor."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from summit import history, inline
from summit.models import Summit, User
from summit.revising import Overtaken, entries_of

EDITABLE = ("two_factor_roles", "editing_frozen_at", "shortest_break")


@transaction.atomic
def arrange(
    summit: Summit, values: dict[str, Any], *, marks: Mapping[str, str] = inline.NO_MARKS, by: User | None
) -> Summit:
    """Set what differs of :data:`EDITABLE`; nothing of it is public.

    ``marks`` are those of the values the form was made from (:func:`summit.inline.mark`); raises
    :class:`summit.revising.Overtaken` where one is another by now.
    """
    held = Summit.objects.select_for_update().get(pk=summit.pk)
    if inline.differs(held, marks):
        raise Overtaken(now=held, entries=list(entries_of(held).filter(action="summit.settings")[:5]))
    changes = history.changed(held, {name: values[name] for name in EDITABLE if name in values})
    for name in changes:
        setattr(held, name, values[name])
    if changes:
        held.save(update_fields=list(changes))
        history.record("summit.settings", held, by=by, summit=held, changes=changes)
    return held
