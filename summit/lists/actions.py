"""Acting on many rows of a list at once, in one transaction, and taking it back.

What an action did is kept as steps, plain values that the doer's browser session holds: taking it back restores each
value that nobody has changed since, and says how many it left.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from summit.errors import Refusal
from summit.history import plain
from summit.lists.listing import ListKind
from summit.models import Right, Summit, User

Step = dict[str, Any]


class StillNeeded(Refusal):
    """``details["stays"]`` says of each row by name why it stays."""

    code = "still_needed"
    message: Any = _("None of these can be changed so.")


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do to many rows. ``asks`` and ``said`` name the number, before and after.

    ``run`` does it to one row and returns the step to take back: None where nothing changed, and {} where it cannot be
    taken back. ``stays`` tells, by primary key, why a row is left as it is. ``field`` asks for a value.

    ``many`` does it to all rows itself, in place of ``run``. ``each_alone``: where a rule refuses one row, that row
    stays with the reason and the others go on. ``most`` is how many rows it does at once (0: any number). ``lasts``
    says beforehand that it cannot be undone; so does an action without ``back`` that ``run`` does. ``beforehand`` are
    sentences that say instead what follows: who is told, and how much of it can be taken back.
    """

    name: str
    label: Any
    asks: Callable[[int], str]
    said: Callable[[int], str]
    run: Callable[[Any, Any, User], Step | None] = lambda _row, _value, _by: None
    many: Callable[[list[Any], Any, User], "Done"] | None = None
    back: Callable[[Any, Step, User], bool] | None = None
    field: Callable[[Summit], forms.Field] | None = None
    stays: Callable[[list[Any]], dict[int, str]] = lambda _rows: {}
    danger: bool = False
    rights: frozenset[Right] = frozenset()  # none: whoever may edit the rows
    each_alone: bool = False
    lasts: bool = False
    most: int = 0
    beforehand: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """How many rows were changed and left; ``stays`` says why some of those were left, ``address`` where to go on."""

    number: int
    left: int
    steps: list[Step]
    stays: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    address: str = ""


class TooMany(Refusal):
    code = "too_many"
    message: Any = _("These are too many at once, because each person is told by mail. Choose fewer.")


def split(action: Action, rows: list[Any]) -> tuple[list[Any], list[tuple[Any, str]]]:
    """The rows the action is for, and those that stay, each with the reason."""
    reasons = action.stays(rows)
    return [row for row in rows if row.pk not in reasons], [(r, reasons[r.pk]) for r in rows if r.pk in reasons]


def act(action: Action, rows: list[Any], value: Any, *, by: User) -> Done:
    """Do it to all rows it is for, or to none. Raises :class:`StillNeeded` where it is for none of them."""
    fitting, staying = split(action, rows)
    if not fitting:
        raise StillNeeded(stays=[(str(row), reason) for row, reason in staying])
    if action.most and len(fitting) > action.most:
        raise TooMany
    if action.many is not None:
        with transaction.atomic():
            done = action.many(fitting, value, by)
        return replace(done, left=done.left + len(staying))
    steps: list[Step] = []
    refused: list[tuple[str, str]] = []
    with transaction.atomic():
        for row in fitting:
            key = row.pk
            try:
                with transaction.atomic():
                    step = action.run(row, value, by)
            except ProtectedError as error:
                raise StillNeeded(_("Something still needs one of these. Nothing was changed."), stays=[]) from error
            except Refusal as refusal:
                if not action.each_alone:
                    raise
                refused.append((str(row), str(refusal.message)))
                continue
            if step is not None:
                steps.append({"pk": key, **step})
    return Done(len(steps), len(staying) + len(refused), steps, refused)


def take_back(kind: ListKind, action: Action, steps: list[Step], *, by: User, summit: Summit) -> tuple[int, int]:
    """Restore what nobody has changed since; returns how many rows were restored and how many left."""
    rows = {row.pk: row for row in kind.rows(summit).filter(pk__in=[step["pk"] for step in steps])}
    restored = 0
    with transaction.atomic():
        for step in steps:
            row = rows.get(step["pk"])
            if row is not None and action.back is not None and _is_back(action.back, row, step, by):
                restored += 1
    return restored, len(steps) - restored


def _is_back(back: Callable[[Any, Step, User], bool], row: Any, step: Step, by: User) -> bool:
    """False also where a rule refuses it by now: the row stays as it is."""
    try:
        with transaction.atomic():
            return back(row, step, by)
    except Refusal:
        return False


def setting(kind: ListKind, column: str, fixed: Any = None) -> dict[str, Any]:
    """``run`` and ``back`` of an action that sets one column, to what is asked for or to ``fixed``."""

    def run(row: Any, value: Any, by: User) -> Step | None:
        value = value if fixed is None else fixed
        before = raw(getattr(row, column))
        if before == raw(value):
            return None
        kind.save(row, {column: value}, "", by)
        return {"before": before, "after": raw(value)}

    def back(row: Any, step: Step, by: User) -> bool:
        if raw(getattr(row, column)) != step["after"]:
            return False
        found, value = _read(type(row)._meta.get_field(column), step["before"])
        if found:
            kind.save(row, {column: value}, "", by)
        return found

    return {"run": run, "back": back}


def raw(value: Any) -> Any:
    """A value as JSON keeps it: a row by its key."""
    return value.pk if isinstance(value, models.Model) else plain(value)


def _read(column: Any, value: Any) -> tuple[bool, Any]:
    """Whether the value still exists, and what it is."""
    if value is None or not column.is_relation:
        return True, value
    row = column.related_model._default_manager.filter(pk=value).first()
    return row is not None, row


def changed_text(number: int) -> str:
    return ngettext("%(n)d was changed.", "%(n)d were changed.", number) % {"n": number}


def deleted_text(number: int) -> str:
    return ngettext("%(n)d was deleted.", "%(n)d were deleted.", number) % {"n": number}
