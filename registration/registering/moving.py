"""Places that go along when somebody comes otherwise, as something else, from elsewhere or with other answers."""

from dataclasses import dataclass, replace
from typing import Any, Self

from registration.models import Quota, Registration
from registration.models.quota import Wish
from registration.places import capacity
from registration.places.capacity import Counted
from registration.places.opening import told_times
from registration.registering import refusals, waitlist


@dataclass(frozen=True, slots=True)
class Stood:
    """The quotas of a summit, and what somebody was counted as before something changes."""

    among: list[Counted]
    wish: Wish

    @classmethod
    def of(cls, registration: Registration) -> Self:
        """As it is now; at most three queries."""
        among = capacity.quotas(registration.summit)
        return cls(among, capacity.wish(registration, among))

    @property
    def others(self) -> list[Counted]:
        """The quotas that are not theirs already."""
        return [each for each in self.among if not each.counts(self.wish)]


def move_places(registration: Registration, *, by_team: bool, before: Stood | None = None, **after: Any) -> None:
    """Take the places that somebody holds along; what is free now is offered to who waits. ``before``: how they stood,
    where answers have changed since; ``after``: what they are about to be otherwise. Raises :class:`refusals.NoPlaceLeft`.
    """
    if registration.holds_place:
        stood = before or Stood.of(registration)
        wish = capacity.wish(registration, stood.among) if before else stood.wish
        now = replace(wish, **after)
        if not by_team and _without_place(registration, now, stood.others):
            raise refusals.no_place_left(registration.summit, now)
        if not capacity.move(registration.summit, stood.wish, now, by_team=by_team, among=stood.among):
            raise refusals.no_place_left(registration.summit, now)
    # Also where they wait themselves: what they wish now may be free.
    waitlist.wake(registration.summit)


def left(registration: Registration, **after: Any) -> int | None:
    """How many places are left for somebody who would be otherwise, of the quotas that are not theirs already: what
    :func:`move_places` would look for. None where nothing limits it, and for who holds no place and would take none."""
    if not registration.holds_place:
        return None
    wish, other = _ahead(registration, after)
    if _without_place(registration, wish, other):
        return 0
    return capacity.left_for(wish, other)


def shut(registration: Registration, **after: Any) -> str:
    """Of places that :func:`left` does not find because of their times alone: from when, or until when, they can be taken."""
    found = capacity.shut_for(*_ahead(registration, after)) if registration.holds_place else None
    return told_times(found) if found else ""


def _ahead(registration: Registration, after: dict[str, Any]) -> tuple[Wish, list[Counted]]:
    """What somebody would be, and the quotas that are not theirs already."""
    stood = Stood.of(registration)
    return replace(stood.wish, **after), stood.others


def _without_place(registration: Registration, wish: Wish, among: list[Counted]) -> list[Quota]:
    """As :func:`waitlist.without_place`, in the class of the category they would be counted as."""
    priority = registration.category.priority
    if wish.category != registration.category_id:
        found = registration.summit.categories.filter(pk=wish.category or 0).values_list("priority", flat=True)
        priority = found.first() or 0
    return waitlist.without_place(registration.summit, wish, among, priority=priority)


def all_of(*registrations: Registration) -> list[tuple[Registration, Stood]]:
    """Each that holds places, as it stands."""
    return [(each, Stood.of(each)) for each in registrations if each.holds_place]


def all_along(stood: list[tuple[Registration, Stood]]) -> None:
    """As :func:`move_places`, by the team, of each in this order once answers have gone from one to another."""
    for each, before in stood:
        move_places(each, before=before, by_team=True)
