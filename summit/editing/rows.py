"""Verbs on the small tables an owner keeps in the settings: venues here, categories, desks and questions in
the apps above. Each is in the order of its model: by ``order`` first."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models, transaction

from summit import history
from summit.models import Summit, User


@transaction.atomic
def create[M: models.Model](model: type[M], summit: Summit, values: Mapping[str, Any], *, by: User | None) -> M:
    """A row at the end of the order, with a line of history; pages are fresh."""
    rows: Any = model._default_manager.filter(summit=summit)
    last = rows.order_by("-order").values_list("order", flat=True).first()
    given = {"order": 0 if last is None else last + 1, **values}
    made: Any = model(summit=summit, **given)
    made.save(force_insert=True)
    changes = {"name": ("", history.plain(made.name))}
    history.record(f"{model._meta.model_name}.create", made, by=by, summit=summit, changes=changes)
    summit.raise_revision()
    return made


@transaction.atomic
def delete(row: Any, *, unless: Callable[[Any], None], by: User | None) -> None:
    """Take a row away; ``unless`` raises a ``Refusal`` where something hangs on it."""
    rows = type(row)._default_manager.select_for_update(of=("self",)).select_related("summit")
    locked: Any = rows.get(pk=row.pk)
    unless(locked)
    changes = {"name": (history.plain(locked.name), "")}
    history.record(f"{locked._meta.model_name}.delete", locked, by=by, summit=locked.summit, changes=changes)
    locked.delete()
    locked.summit.raise_revision()


@transaction.atomic
def move(row: Any, *, up: bool, by: User | None) -> None:
    """Change places with the neighbour; the first cannot go up, nor the last down: then nothing happens."""
    model: Any = type(row)
    rows = list(model._default_manager.select_for_update(of=("self",)).filter(summit=row.summit_id))
    at = [each.pk for each in rows].index(row.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for place, each in enumerate(rows):
        each.order = place
    model._default_manager.bulk_update(rows, ["order"])
    changes = {"order": (at + 1, other + 1)}
    history.record(f"{model._meta.model_name}.edit", row, by=by, summit=row.summit, changes=changes)
    row.summit.raise_revision()
