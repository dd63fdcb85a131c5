"""Verbs on categories: who people are at the summit, and which of these may be chosen by anybody."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registration.models import Category
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User

EDITABLE = ("name", "description", "colour", "is_open")


class CategoryUsed(Refusal):
    code = "category_used"
    message: Any = _("People have registered in this category, perhaps some who cancelled since. Close it instead.")


FIRST = {"ko": "참가자", "en": "Participant"}


def begin(summit: Summit) -> Category:
    """The first category of a new summit, which anybody may choose; part of making the summit, so without a line of its own."""
    name = {code: FIRST[code] for code in summit.languages if code in FIRST} or FIRST
    return Category.objects.create(summit=summit, code="participant", name=name, order=1)


def create(summit: Summit, values: dict[str, Any], *, by: User | None) -> Category:
    """``values`` are those of :data:`EDITABLE` and ``code``."""
    return rows.create(Category, summit, values, by=by)


def edit(
    category: Category, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Category:
    """Set what differs. Raises :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    return revise_public(category, wanted, form_versions=form_versions, by=by, action="category.edit")


def delete(category: Category, *, by: User | None) -> None:
    """Raises :class:`CategoryUsed`."""
    rows.delete(category, unless=_unused, by=by)


def _unused(category: Category) -> None:
    if category.registrations.exists():
        raise CategoryUsed
