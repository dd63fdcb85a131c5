"""Verbs on categories: who people are at the summit, and how one comes into each; and on the reasons given often."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registration.accrediting import zones
from registration.models import Category, ReasonTemplate, Registration
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User

EDITABLE = ("name", "description", "colour", "admission", "opens_at", "closes_at", "attendance", "may_book", "decided_within",
            "reviewed_again", "transfer", "priority", "companions", "proof_hours", "band", "band_colour", "photo", "photo_months", "vetted")  # fmt: skip
# What of a person's details can be looked at again: what they are admitted for, and what stands on the badge.
REVIEWABLE = ("name", "name_romanised", "title", "organisation", "job_title", "country")


def field_name(name: str) -> str:
    """What a field of :data:`REVIEWABLE` is called in the active language."""
    return str(capfirst(str(getattr(Registration._meta.get_field(name), "verbose_name", name))))


class CategoryUsed(Refusal):
    code = "category_used"
    message: Any = _("People have registered in this category, perhaps some who cancelled since. Close it instead.")


class CategoryOpened(Refusal):
    code = "category_opened"
    message: Any = _("Invitations or codes lead into this category. Close it instead.")


FIRST = {"ko": "참가자", "en": "Participant"}


def begin(summit: Summit) -> Category:
    """The first category of a new summit, which anybody may choose; part of making the summit, so without a line of its own."""
    name = {code: FIRST[code] for code in summit.languages if code in FIRST} or FIRST
    return Category.objects.create(summit=summit, code="participant", name=name, order=1)


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], *, by: User | None) -> Category:
    """``values`` are those of :data:`EDITABLE`, ``code`` and ``zones``."""
    given = dict(values)
    wanted = given.pop("zones", ())
    made = rows.create(Category, summit, given, by=by)
    zones.set_of_category(made, wanted, by=by)
    return made


@transaction.atomic
def edit(
    category: Category, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Category:
    """Set what differs. Whoever nobody has looked into is waiting once a category is vetted, and no more once it is not.
    Raises :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    done = revise_public(category, wanted, form_versions=form_versions, by=by, action="category.edit")
    if "zones" in values:
        zones.set_of_category(done, values["zones"], by=by)
    return done


def delete(category: Category, *, by: User | None) -> None:
    """Raises :class:`CategoryUsed` and :class:`CategoryOpened`."""
    rows.delete(category, unless=_unused, by=by)


def _unused(category: Category) -> None:
    if category.registrations.exists():
        raise CategoryUsed
    if category.invitations.exists() or category.access_codes.exists():
        raise CategoryOpened


def create_reason(summit: Summit, values: dict[str, Any], *, by: User | None) -> ReasonTemplate:
    return rows.create(ReasonTemplate, summit, values, told=("text",), by=by)


def edit_reason(
    reason: ReasonTemplate, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> ReasonTemplate:
    """What was told to people already stays as they read it. Raises :class:`summit.editing.revising.Overtaken`."""
    return revise_public(reason, values, form_versions=form_versions, by=by, action="reasontemplate.edit")


def delete_reason(reason: ReasonTemplate, *, by: User | None) -> None:
    rows.delete(reason, unless=lambda _reason: None, told=("text",), by=by)
