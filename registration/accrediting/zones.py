"""The zones of a venue, and who has which: those of the category, less and more what was said of a single person."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.accrediting.holding import held
from registration.models import Category, Registration, Zone, ZoneException
from summit import history
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User

EDITABLE = ("code", "name")
# What :func:`of` reads, for those who ask it of many.
PREFETCHED = ("category__zones", "zone_exceptions__zone")


class ZoneUsed(Refusal):
    code = "zone_used"
    message: Any = _("Categories, desks or people have this zone. Take it from them first.")


class ZoneCodeTaken(Refusal):
    code = "zone_code_taken"
    status = 422
    message: Any = _("Another zone has this code. Choose another.")


class ZoneReasonMissing(Refusal):
    code = "zone_reason_missing"
    status = 422
    message: Any = _("Say why this person has other zones than the category gives.")


def of(registration: Registration) -> list[Zone]:
    """The zones somebody has, in their order."""
    found = {zone.pk: zone for zone in registration.category.zones.all()}
    for each in registration.zone_exceptions.all():
        if each.gives:
            found[each.zone_id] = each.zone
        else:
            found.pop(each.zone_id, None)
    return sorted(found.values(), key=lambda zone: (zone.order, zone.code))


def codes(some: Iterable[Zone]) -> str:
    """As they stand on a badge: "A · B · P"."""
    return " · ".join(zone.code for zone in some)


@transaction.atomic
def give(registration: Registration, wanted: Collection[Zone], *, reason: str, by: User) -> Registration:
    """Have somebody have exactly these zones of the summit. What the category gives anyhow is not kept of the person; what
    differs is, with the reason, and stays when the category changes.

    Raises :class:`ZoneReasonMissing` and :class:`registration.accrediting.holding.NothingToAccredit`.
    """
    locked = held(registration)
    had, given = of(locked), {zone.pk for zone in locked.category.zones.all()}
    kept = {zone.pk for zone in wanted if zone.summit_id == locked.summit_id}
    if {zone.pk for zone in had} == kept:
        return locked
    differing = given ^ kept
    if differing and not reason.strip():
        raise ZoneReasonMissing
    now, known = timezone.now(), {each.zone_id: each for each in locked.zone_exceptions.all()}
    locked.zone_exceptions.exclude(zone__in=differing).delete()
    for key in sorted(differing):
        if key not in known or known[key].gives != (key in kept):
            values = {"gives": key in kept, "reason": reason.strip()[:300], "by": by, "at": now}
            ZoneException.objects.update_or_create(registration=locked, zone_id=key, defaults=values)
    locked.updated_at = now
    locked.save(update_fields=["updated_at"])
    after = Zone.objects.filter(pk__in=kept)
    changes: dict[str, tuple[Any, Any]] = {"zones": (codes(had), codes(after))}
    if reason.strip():
        changes["reason"] = ("", reason.strip())
    history.record("registration.zones", locked, by=by, summit=locked.summit, changes=changes)
    return locked


def set_of_category(category: Category, wanted: Collection[Zone], *, by: User | None) -> None:
    """Have a category give these zones."""
    before = list(category.zones.all())
    after = sorted((zone for zone in wanted if zone.summit_id == category.summit_id), key=lambda z: (z.order, z.code))
    if {zone.pk for zone in before} != {zone.pk for zone in after}:
        category.zones.set(after)
        changes = {"zones": (codes(before), codes(after))}
        history.record("category.edit", category, by=by, summit=category.summit, changes=changes)


# the zones themselves


@transaction.atomic
def create(summit: Summit, values: Mapping[str, Any], *, by: User | None) -> Zone:
    """``values`` are those of :data:`EDITABLE`. Raises :class:`ZoneCodeTaken`."""
    _free(summit, values["code"])
    return rows.create(Zone, summit, values, told=("code", "name"), by=by)


@transaction.atomic
def edit(
    zone: Zone, values: Mapping[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Zone:
    """Badges that were printed keep the former code. Raises :class:`ZoneCodeTaken` and
    :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    if "code" in wanted:
        _free(zone.summit, wanted["code"], but=zone)
    return revise_public(zone, wanted, form_versions=form_versions, by=by, action="zone.edit")


def delete(zone: Zone, *, by: User | None) -> None:
    """Raises :class:`ZoneUsed`."""
    rows.delete(zone, unless=_unused, told=("code", "name"), by=by)


def _free(summit: Summit, code: str, but: Zone | None = None) -> None:
    """One at a time: of two who choose the same code the second is told."""
    Summit.objects.select_for_update(no_key=True).get(pk=summit.pk)
    others = summit.zones.exclude(pk=but.pk) if but else summit.zones.all()
    if others.filter(code=code).exists():
        raise ZoneCodeTaken(field="code")


def _unused(zone: Zone) -> None:
    if zone.categories.exists() or zone.exceptions.exists() or zone.desks.exists():
        raise ZoneUsed
