"""Verbs on delegations: what they are, how many they may send, and until when they say whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from registration.models import Category, Delegation, DelegationPlaces
from summit import history
from summit.editing import rows
from summit.editing.inline_edits import NO_VERSIONS, revise_public
from summit.errors import Refusal
from summit.models import Summit, User

EDITABLE = ("name", "official_name", "kind", "country", "precedence", "contact_name", "contact_email", "notes", "names_until")  # fmt: skip


class DelegationUsed(Refusal):
    code = "delegation_used"
    message: Any = _(
        "People come with this delegation, or did before they cancelled, or a quota or a reviewer names it. Take it away from them first."
    )


def create(summit: Summit, values: dict[str, Any], places: Mapping[Category, int], *, by: User | None) -> Delegation:
    """``values`` are those of :data:`EDITABLE` and ``code``; ``places`` how many it may send in each category."""
    with transaction.atomic():
        made = rows.create(Delegation, summit, values, by=by)
        set_places(made, places, by=by)
    return made


def edit(
    delegation: Delegation, values: dict[str, Any], *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User | None
) -> Delegation:
    """Set what differs. Raises :class:`summit.editing.revising.Overtaken`."""
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    return revise_public(delegation, wanted, form_versions=form_versions, by=by, action="delegation.edit")


def delete(delegation: Delegation, *, by: User | None) -> None:
    """Raises :class:`DelegationUsed`."""
    try:
        with transaction.atomic():
            rows.delete(delegation, unless=_unused, by=by)
    except ProtectedError as error:
        raise DelegationUsed from error


def _unused(delegation: Delegation) -> None:
    if delegation.quotas.exists() or delegation.review_scopes.exists() or delegation.registrations.exists():
        raise DelegationUsed


@transaction.atomic
def set_places(delegation: Delegation, wanted: Mapping[Category, int], *, by: User | None) -> None:
    """How many it may send in each category; 0 takes the places away. Whoever comes already goes on coming: with fewer
    places than people nobody is added until so many have left."""
    list(Delegation.objects.select_for_update().filter(pk=delegation.pk))
    before = {row.category_id: row.places for row in delegation.places.all()}
    changes: history.Changes = {}
    for category, number in wanted.items():
        if number == before.get(category.pk, 0):
            continue
        changes[str(category)] = (before.get(category.pk, 0), number)
        if number:
            DelegationPlaces.objects.update_or_create(
                delegation=delegation, category=category, defaults={"places": number}
            )
        else:
            delegation.places.filter(category=category).delete()
    if changes:
        history.record("delegation.places", delegation, by=by, summit=delegation.summit, changes=changes)


@transaction.atomic
def set_names_until(delegation: Delegation, moment: datetime | None, *, by: User | None) -> bool:
    """Until when the delegation itself says who comes; None: always. Returns whether that is another moment."""
    locked = Delegation.objects.select_for_update(of=("self",)).select_related("summit").get(pk=delegation.pk)
    before, locked.names_until = locked.names_until, moment
    if before == moment:
        return False
    locked.save(update_fields=["names_until"])
    changes = {"names_until": (history.plain(before), history.plain(moment))}
    history.record("delegation.names_until", locked, by=by, summit=locked.summit, changes=changes)
    return True
