"""Verbs on the open-government register: figures, members, chairs, the committee, action plans with what is below them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User
from summit.models.civic import (
    ActionPlan,
    Chair,
    Commitment,
    CommitteeMember,
    MemberGovernment,
    MembershipFigure,
    PlanStep,
)


class Taken(Refusal):
    """``details["field"]`` is what only one row can have."""

    code = "taken"
    message: Any = _("There is such a row already.")


class HasParts(Refusal):
    """``details`` counts ``steps`` and ``commitments``."""

    code = "has_parts"
    message: Any = _("This action plan has steps or commitments. Delete those first.")


@dataclass(frozen=True, slots=True)
class Kind:
    """A table of the register.

    Its rows lie in ``holder`` (``summit`` or ``plan``); ``once`` names the fields of which each row there has its own, and
    ``taken`` is said of the first where another has them. ``along`` is what rows share besides whose order is one.
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    holder: str = "summit"
    once: tuple[str, ...] = ()
    taken: Any = ""
    along: str = ""

    @property
    def through(self) -> str:
        return "summit" if self.holder == "summit" else f"{self.holder}__summit"

    @property
    def within(self) -> tuple[str, ...]:
        return (self.holder, self.along) if self.along else (self.holder,)


FIGURES = Kind(
    MembershipFigure,
    ("year", "national", "local", "note"),
    once=("year",),
    taken=_("There are figures of this year already. Change those."),
)
MEMBERS = Kind(
    MemberGovernment,
    ("country", "local_code", "name", "founding", "joined", "left", "standing"),
    once=("country", "local_code"),
    taken=_("This government is a member already. Change that row."),
)
CHAIRS = Kind(Chair, ("country", "name", "note"))
COMMITTEE = Kind(
    CommitteeMember,
    ("term", "name", "name_romanised", "job_title", "affiliation", "past_terms", "note"),
    along="term",
)
PLANS = Kind(
    ActionPlan,
    ("number", "name", "document"),
    once=("number",),
    taken=_("Another action plan has this number."),
)
STEPS = Kind(PlanStep, ("period", "title", "detail"), holder="plan")
COMMITMENTS = Kind(
    Commitment,
    ("number", "vision", "title", "ministries", "note"),
    holder="plan",
    once=("number",),
    taken=_("Another commitment of this plan has this number."),
)


def _summit_of(holder: Any) -> Summit:
    found: Summit = holder if isinstance(holder, Summit) else holder.summit
    return found


def _look(kind: Kind, holder: Any, values: Mapping[str, Any], *, but: int | None = None) -> None:
    """Held until the transaction ends, so that of two rows at once the second is told. Raises :class:`Taken`."""
    Summit.objects.select_for_update(no_key=True).get(pk=_summit_of(holder).pk)
    if not kind.once or not values.keys() >= set(kind.once):
        return
    own = {name: values[name] for name in kind.once}
    if kind.model._default_manager.filter(**{kind.holder: holder}, **own).exclude(pk=but).exists():
        raise Taken(kind.taken, field=kind.once[0])


@transaction.atomic
def create(kind: Kind, holder: Any, values: Mapping[str, Any], *, by: User | None) -> Any:
    """A row of the summit or of the plan ``holder``, at the end of its order. Raises :class:`Taken`."""
    _look(kind, holder, values)
    shared = {kind.holder: holder, **({kind.along: values[kind.along]} if kind.along else {})}
    given = {name: value for name, value in values.items() if name in kind.fields}
    return rows.create(kind.model, _summit_of(holder), given, within=shared, first=1, told=kind.fields, by=by)


@transaction.atomic
def edit(
    kind: Kind, row: Any, values: Mapping[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Any:
    """Set what differs; who changes the term of a member of the committee puts them at its end.

    Raises :class:`Taken` and :class:`summit.editing.revising.Overtaken`.
    """
    wanted = {name: value for name, value in values.items() if name in kind.fields}
    holder = getattr(row, kind.holder)
    _look(kind, holder, wanted, but=row.pk)
    if kind.along and wanted.get(kind.along, getattr(row, kind.along)) != getattr(row, kind.along):
        shared = {kind.holder: holder, kind.along: wanted[kind.along]}
        wanted["order"] = rows.last_place(kind.model, shared, first=1)
    action = f"{kind.model._meta.model_name}.edit"
    return revise_public(row, wanted, form_versions=form_versions, by=by, action=action, through=kind.through)


def delete(kind: Kind, row: Any, *, by: User | None) -> None:
    """Raises :class:`HasParts`. The history keeps all that the row said."""
    rows.delete(row, unless=_nothing_below, through=kind.through, told=kind.fields, by=by)


def _nothing_below(row: Any) -> None:
    if not isinstance(row, ActionPlan):
        return
    steps, commitments = row.steps.count(), row.commitments.count()
    if steps or commitments:
        raise HasParts(steps=steps, commitments=commitments)


def move(kind: Kind, row: Any, *, up: bool, by: User | None) -> None:
    rows.move(row, up=up, within=kind.within, by=by)
