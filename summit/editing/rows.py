"""Verbs on the small tables an owner keeps: venues and the register here, categories, desks and questions in the apps above.

Each is in the order of its model: by ``order`` first.
"""

from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import Any

from django.db import models, transaction

from summit import history
from summit.models import Summit, User


@transaction.atomic
def create[M: models.Model](
    model: type[M],
    summit: Summit,
    values: Mapping[str, Any],
    *,
    within: Mapping[str, Any] | None = None,
    first: int = 0,
    told: Collection[str] = ("name",),
    by: User | None,
) -> M:
    """A row at the end of the order, where there is one, with a line of history; pages are fresh.

    ``within`` is what the rows share whose order is one (the summit, if nothing is said); the first of them has the place
    ``first``. The history keeps what is ``told``.
    """
    # One at a time: of two that are made at once the second comes after the first.
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    shared = dict(within or {"summit": summit})
    given = {**shared, **values}
    if "order" not in given and any(field.name == "order" for field in model._meta.fields):
        given["order"] = last_place(model, shared, first=first)
    made: Any = model(**given)
    made.save(force_insert=True)
    changes = {name: ("", history.plain(getattr(made, name))) for name in told if _says(getattr(made, name))}
    history.record(f"{model._meta.model_name}.create", made, by=by, summit=summit, changes=changes)
    summit.raise_revision()
    return made


def _says(value: Any) -> bool:
    return value not in (None, "", [], {}) and (not isinstance(value, Mapping) or bool(value))


def last_place(model: type[models.Model], shared: Mapping[str, Any], *, first: int = 0) -> int:
    """The place after the last of the rows that share this."""
    last = model._default_manager.filter(**shared).order_by("-order").values_list("order", flat=True).first()
    return first if last is None else last + 1


@transaction.atomic
def delete(
    row: Any,
    *,
    unless: Callable[[Any], None],
    through: str = "summit",
    told: Collection[str] = ("name",),
    by: User | None,
) -> None:
    """Take a row away; ``unless`` raises a ``Refusal`` where something hangs on it. ``through`` leads to its summit."""
    rows = type(row)._default_manager.select_for_update(of=("self",)).select_related(through)
    locked: Any = rows.get(pk=row.pk)
    unless(locked)
    changes = {name: (history.plain(getattr(locked, name)), "") for name in told if _says(getattr(locked, name))}
    history.record(f"{locked._meta.model_name}.delete", locked, by=by, summit=locked.summit, changes=changes)
    locked.delete()
    locked.summit.raise_revision()


@transaction.atomic
def move(row: Any, *, up: bool, within: Collection[str] = ("summit",), by: User | None) -> None:
    """Change places with the neighbour; the first cannot go up, nor the last down: then nothing happens.

    Neighbours are the rows that are alike in ``within``.
    """
    model: Any = type(row)
    shared = {name: getattr(row, name) for name in within}
    found = model._default_manager.select_for_update(of=("self",)).filter(**shared)
    rows = list(found.order_by("order", *(name for name in model._meta.ordering if name != "order"), "pk"))
    at = [each.pk for each in rows].index(row.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(rows):
        return
    places = [each.order for each in rows]
    if len(set(places)) < len(places):
        places = list(range(len(rows)))
    rows[at], rows[other] = rows[other], rows[at]
    _place(model, rows, places)
    changes = {"order": (at + 1, other + 1)}
    history.record(f"{model._meta.model_name}.edit", row, by=by, summit=row.summit, changes=changes)
    row.summit.raise_revision()


def _place(model: Any, rows: list[Any], places: list[int]) -> None:
    """Each row gets its place. Where a place is had once, the rows step aside first: an update looks at one after another."""
    moved = [(each, place) for each, place in zip(rows, places, strict=True) if each.order != place]
    changed, taken = [each for each, _new in moved], {each.order for each in rows} | set(places)
    if any("order" in getattr(constraint, "fields", ()) for constraint in model._meta.constraints):
        for each, aside in zip(changed, (n for n in count() if n not in taken), strict=False):
            each.order = aside
        model._default_manager.bulk_update(changed, ["order"])
    for each, place in moved:
        each.order = place
    model._default_manager.bulk_update(changed, ["order"])
