"""The same change to many registrations in few queries, and the steps that take it back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils import timezone

from registration.models import Category, Registration
from registration.places import capacity, delegations
from registration.registering import refusals, waitlist
from summit import history
from summit.models import Summit, User

# Rows in one query.
CHUNK = 1000


@transaction.atomic
def set_category(
    summit: Summit, registrations: Iterable[Registration], category: Category, *, by: User
) -> list[dict[str, Any]]:
    """Give all of them the category; ended ones and those that have it are left alone.

    Returns one step per changed row, ``{"pk", "before", "after"}`` with keys of categories. Ten thousand rows are some
    forty queries: nobody is mailed.
    """
    steps: list[dict[str, Any]] = []
    now = timezone.now()
    for chunk in batched(sorted(row.pk for row in registrations), CHUNK, strict=False):
        rows = Registration.objects.active().filter(summit=summit, pk__in=chunk).exclude(category=category)
        # In the order of their keys, as everybody else who holds several.
        locked = list(rows.select_for_update(of=("self",)).select_related("category").order_by("pk"))
        _fill(locked, category)
        Registration.objects.filter(pk__in=[row.pk for row in locked]).update(category=category, updated_at=now)
        _move_places(summit, locked, category)
        changes = [
            (row, {"category": (history.plain(row.category.name), history.plain(category.name))}) for row in locked
        ]
        history.record_many("registration.set_category", changes, by=by, summit=summit)
        steps += [{"pk": row.pk, "before": row.category_id, "after": category.pk} for row in locked]
    return steps


def _fill(rows: list[Registration], category: Category) -> None:
    """Raises :class:`registration.registering.refusals.NoDelegationPlace` where a delegation has too few in the category."""
    sent = Counter(row.delegation_id for row in rows if row.delegation_id and not row.is_replacing)
    if not all(delegations.take(key, category.pk, count) for key, count in sorted(sent.items())):
        raise refusals.NoDelegationPlace


def _move_places(summit: Summit, rows: list[Registration], category: Category) -> None:
    """Their places go along, counted together. Raises :class:`registration.registering.refusals.NoPlaceLeft`."""
    found = capacity.quotas(summit)
    wishes = capacity.wishes([row for row in rows if row.holds_place], found)
    for before, count in Counter(wishes.values()).items():
        after = replace(before, category=category.pk)
        if not capacity.move(summit, before, after, count, by_team=True, among=found):
            raise refusals.no_place_left(summit, after)
    waitlist.wake(summit)
