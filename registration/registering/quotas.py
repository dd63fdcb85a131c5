"""Verbs on quotas: limits on any combination of attendance, categories, countries, delegations, answers and days."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.models import Quota
from registration.places import capacity
from registration.registering import waitlist
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User

EDITABLE = ("name", "capacity", "attendance", "countries", "day_question", "days", "opens_at", "closes_at", "has_waitlist", "offer_hours", "one_by_one",
            "is_paused")  # fmt: skip

# Rows that a quota names, by their fields.
NAMED = ("categories", "delegations", "choices")


class BasicQuota(Refusal):
    code = "basic_quota"
    message: Any = _("How many may come in a way at all is not deleted: leave its number empty instead.")


@transaction.atomic
def create(summit: Summit, values: dict[str, Any], *, by: User | None) -> Quota:
    """``values`` are those of :data:`EDITABLE`, and of :data:`NAMED`. Who has registered already counts at once; more than
    it holds lose nothing, and the next come in once so many have left."""
    given = dict(values)
    named = {name: given.pop(name, []) for name in NAMED}
    made = rows.create(Quota, summit, {**given, "is_basic": False, "excess": capacity.MOST}, by=by)
    _set(made, named)
    _counted(summit)
    return made


@transaction.atomic
def edit(
    quota: Quota, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Quota:
    """Set what differs. Raises :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    Quota.objects.filter(pk=quota.pk).update(excess=capacity.MOST)
    quota.excess = capacity.MOST
    done = revise_public(quota, wanted, form_versions=form_versions, by=by, action="quota.edit")
    if not quota.is_basic:
        _set(quota, values)
    _counted(quota.summit)
    return done


def pause(quota: Quota, paused: bool, *, by: User | None) -> Quota:
    """Offer nobody a place that becomes free, or go on doing so; what is free by then is offered at once."""
    return edit(quota, {"is_paused": paused}, by=by)


def delete(quota: Quota, *, by: User | None) -> None:
    """Raises :class:`BasicQuota`."""
    rows.delete(quota, unless=_narrower, by=by)
    waitlist.wake(quota.summit)


def _narrower(quota: Quota) -> None:
    if quota.is_basic:
        raise BasicQuota


def _set(quota: Quota, values: Mapping[str, Any]) -> None:
    for name in NAMED:
        if name in values:
            getattr(quota, name).set(values[name])


def _counted(summit: Summit) -> None:
    capacity.recount(summit)
    waitlist.wake(summit)
