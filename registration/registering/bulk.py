"""The same change to many registrations in few queries, and the steps that take it back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils import timezone

from registration.models import Attendance, Category, Registration
from registration.places import capacity, delegations, picks
from registration.registering import answering, making, refusals, waitlist
from summit import history
from summit.errors import Refusal
from summit.models import Summit, User

# Rows in one query.
CHUNK = 1000


def kept_from(category: Category, registrations: Iterable[Registration]) -> dict[int, str]:
    """Why somebody (by key) cannot be of the category: it does not come in their way, as :func:`making.may_come` says."""
    why = {way: _refused(category, way) for way in Attendance.values}
    return {row.pk: why[row.attendance] for row in registrations if why[row.attendance]}


def _refused(category: Category, attendance: str) -> str:
    try:
        making.may_come(category.summit, category, attendance)
    except Refusal as refusal:
        return str(refusal.message)
    return ""


@transaction.atomic
def set_category(
    summit: Summit, registrations: Iterable[Registration], category: Category, *, by: User
) -> list[dict[str, Any]]:
    """Give all of them the category, as :func:`lifecycle.set_category` does; ended ones, those that have it and those
    :func:`kept_from` it are left alone.

    Returns one step per changed row, ``{"pk", "before", "after"}`` with keys of categories. Ten thousand rows are some
    forty queries: nobody is mailed but who gets a place of a choice that is free now.
    """
    locked = _locked(summit, registrations, category)
    _fill(locked, category)
    _settle(summit, locked, category)
    now = timezone.now()
    steps: list[dict[str, Any]] = []
    for chunk in batched(locked, CHUNK, strict=False):
        Registration.objects.filter(pk__in=[row.pk for row in chunk]).update(category=category, updated_at=now)
        _move_places(summit, chunk, category)
        changes = [
            (row, {"category": (history.plain(row.category.name), history.plain(category.name))}) for row in chunk
        ]
        history.record_many("registration.set_category", changes, by=by, summit=summit)
        steps += [{"pk": row.pk, "before": row.category_id, "after": category.pk} for row in chunk]
    return steps


def _locked(summit: Summit, registrations: Iterable[Registration], category: Category) -> list[Registration]:
    """Those that change, in the order of their keys, as everybody else who holds several."""
    found: list[Registration] = []
    for chunk in batched(sorted(row.pk for row in registrations), CHUNK, strict=False):
        rows = Registration.objects.active().filter(summit=summit, pk__in=chunk).exclude(category=category)
        found += rows.select_for_update(of=("self",)).select_related("category").order_by("pk")
    stay = kept_from(category, found)
    return [row for row in found if row.pk not in stay]


def _fill(rows: list[Registration], category: Category) -> None:
    """Raises :class:`registration.registering.refusals.NoDelegationPlace` where a delegation has too few in the category."""
    sent = Counter(row.delegation_id for row in rows if row.delegation_id and not row.is_replacing)
    if not all(delegations.take(key, category.pk, count) for key, count in sorted(sent.items())):
        raise refusals.NoDelegationPlace


def _settle(summit: Summit, rows: list[Registration], category: Category) -> None:
    """Places of choices follow, of all of them at once and before any quota: so nobody gets one who is about to lose it."""
    put: dict[int, set[int]] = {}
    for chunk in batched(rows, CHUNK, strict=False):
        put |= answering.put_to(summit, chunk, category=category.pk)
    if put:
        picks.settle_many(put)


def _move_places(summit: Summit, rows: Sequence[Registration], category: Category) -> None:
    """Their places go along, counted together. Raises :class:`registration.registering.refusals.NoPlaceLeft`."""
    found = capacity.quotas(summit)
    wishes = capacity.wishes([row for row in rows if row.holds_place], found)
    for before, count in Counter(wishes.values()).items():
        after = replace(before, category=category.pk)
        if not capacity.move(summit, before, after, count, by_team=True, among=found):
            raise refusals.no_place_left(summit, after)
    waitlist.wake(summit)
