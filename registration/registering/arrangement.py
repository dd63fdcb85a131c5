"""How a summit is registered for: when, in which ways, by how many, and until when one may change one's mind."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.models import Attendance, Quota, Registration
from registration.models.attendance import offered
from registration.places import capacity
from registration.registering import waitlist
from summit import history
from summit.editing import inline_edits, summit_settings
from summit.editing.revising import Overtaken, set_what_differs
from summit.errors import Refusal
from summit.models import Summit, User

FACTS = (
    "mode",
    "registration_opens_at",
    "registration_closes_at",
    "registers_groups",
    "changes_until",
    "refuse_overlaps",
    "participants_until",
    "numbers_are_public",
    "joins_open_before",
    "open_online",
)
PLACES = {f"places_{way.value}": way.value for way in Attendance}
VERSIONED = (*FACTS, *PLACES)
LABELS = {"places_in_person": _("Places in person"), "places_online": _("Places online")}


class StillRegistered(Refusal):
    """``details["count"]`` is how many."""

    code = "still_registered"
    message: Any = _("%(count)d people are registered this way (%(way)s). Change or cancel their registrations first.")


def standing(summit: Summit) -> dict[str, Any]:
    """What a form of it stands on, by the names of :data:`VERSIONED`."""
    limits = capacity.limits(summit)
    return {**{name: getattr(summit, name) for name in FACTS}, **{name: limits[way] for name, way in PLACES.items()}}


def counted(summit: Summit, attendance: str) -> int:
    """How many active registrations come this way."""
    return Registration.objects.active().filter(summit=summit, attendance=attendance).count()


def held(summit: Summit, attendance: str) -> int:
    """How many places are held this way: by registrations, invitations and codes."""
    return capacity.held(capacity.Counted(Quota(summit=summit, attendance=attendance), frozenset()))


@transaction.atomic
def arrange(
    summit: Summit,
    values: Mapping[str, Any],
    *,
    form_versions: Mapping[str, str] = inline_edits.NO_VERSIONS,
    by: User | None,
) -> Summit:
    """Set what differs of :data:`VERSIONED`, with one line of history.

    Raises :class:`StillRegistered` where an attendance would be taken away from somebody,
    and :class:`summit.editing.revising.Overtaken`.
    """
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    now = standing(locked)
    if inline_edits.differs(now, form_versions):
        raise Overtaken(now=now, entries=summit_settings.lines_about(locked, VERSIONED)[:5])
    _nobody_left(locked, values.get("mode", locked.mode))
    limits = {name: values[name] for name in PLACES if name in values and values[name] != now[name]}
    changes = set_what_differs(locked, {n: values[n] for n in FACTS if n in values}, source=locked.languages[0])
    if changes:
        locked.save(update_fields=list(changes))
    if limits:
        capacity.set_limits(locked, {PLACES[name]: limit for name, limit in limits.items()})
        waitlist.wake(locked)
    changes |= {name: (now[name], limit) for name, limit in limits.items()}
    if changes:
        history.record(summit_settings.ACTION, locked, by=by, summit=locked, changes=changes)
        locked.raise_revision()
    return locked


def _nobody_left(summit: Summit, mode: str) -> None:
    for way in set(offered(summit.mode)) - set(offered(mode)):
        if count := counted(summit, way):
            raise StillRegistered(
                StillRegistered.message % {"count": count, "way": way.label}, count=count, field="mode"
            )
