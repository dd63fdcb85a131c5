"""How the work on a summit is arranged: what may be edited by whom, who needs a second factor."""

from typing import Any

from django.db import transaction

from summit import history
from summit.models import Summit, User

EDITABLE = ("two_factor_roles", "editing_frozen_at", "shortest_break")


@transaction.atomic
def arrange(summit: Summit, values: dict[str, Any], *, by: User | None) -> Summit:
    """Set what differs of :data:`EDITABLE`; nothing of it is public."""
    held = Summit.objects.select_for_update().get(pk=summit.pk)
    changes = history.changed(held, {name: values[name] for name in EDITABLE if name in values})
    for name in changes:
        setattr(held, name, values[name])
    if changes:
        held.save(update_fields=list(changes))
        history.record("summit.settings", held, by=by, summit=held, changes=changes)
    return held
