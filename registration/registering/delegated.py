"""With which delegation somebody comes, as the team says it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from registration.models import Delegation, Registration
from registration.registering import lifecycle, moving, states
from summit import history
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.models import User


@transaction.atomic
def set_delegation(
    registration: Registration,
    delegation: Delegation | None,
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User,
) -> Registration:
    """Have somebody come with a delegation, or with none (None); nobody is mailed.

    Raises :class:`refusals.NotActive`, :class:`refusals.NoDelegationPlace`, :class:`refusals.NoPlaceLeft`, and
    :class:`summit.editing.revising.Overtaken` as :func:`correct` does.
    """
    locked = states.locked(registration)
    lifecycle.may_change(locked, as_organiser=True)
    unchanged(locked, form_versions)
    key = delegation.pk if delegation else None
    if locked.delegation_id == key:
        return locked
    locked.replaces = None
    states.fill(locked, key, locked.category_id)
    moving.move_places(locked, delegation=key, by_team=True)
    before, locked.delegation, locked.updated_at = locked.delegation, delegation, timezone.now()
    locked.save(update_fields=["delegation", "replaces", "updated_at"])
    names = [history.plain(each.name) if each else "" for each in (before, delegation)]
    history.record("registration.set_delegation", locked, by=by, summit=locked.summit,
                   changes={"delegation": (names[0], names[1])})  # fmt: skip
    return locked
