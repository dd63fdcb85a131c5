"""Who of an earlier summit is invited to a new one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from registration.models import Registration, State
from registration.models.invitation import PREFILLED
from registration.models.registration import RegistrationQuerySet
from registration.registering.inviting import Guest, known_addresses
from summit.models import Right, Summit, User
from summit.permissions import needs_second_factor, rights_in, roles_of


@dataclass(frozen=True, slots=True)
class Segment:
    """Confirmed registrations of a summit; what is not named is anything. ``categories`` are keys."""

    source: Summit
    categories: frozenset[int] = field(default_factory=frozenset)
    attendance: str = ""
    arrived: bool | None = None

    def rows(self) -> RegistrationQuerySet:
        rows = Registration.objects.filter(summit=self.source, state=State.CONFIRMED)
        if self.categories:
            rows = rows.filter(category__in=self.categories)
        if self.attendance:
            rows = rows.filter(attendance=self.attendance)
        return rows if self.arrived is None else rows.arrived(self.arrived).distinct()


@dataclass(frozen=True, slots=True)
class Preview:
    """How many would be invited, and how many are left out for each reason."""

    number: int
    left: dict[str, int]


def sources(user: User, summit: Summit, *, factor_shown: bool) -> list[Summit]:
    """The other summits whose registrations somebody may see, the latest first. ``factor_shown``: this session has shown
    its second factor."""
    mine = user.memberships.accepted().exclude(summit=summit).values("summit")
    found = []
    for each in Summit.objects.filter(pk__in=mine).order_by("-starts_on", "pk"):
        roles = roles_of(user, each)
        if Right.REGISTRATIONS in rights_in(roles) and (factor_shown or not needs_second_factor(roles, each)):
            found.append(each)
    return found


def guests(segment: Segment, summit: Summit) -> Iterator[Guest]:
    """They with what they said of themselves then, but for what they need; in their language where the summit has it."""
    names = ("email", "name", "language", "country", *PREFILLED)
    for row in segment.rows().order_by("pk").values(*names).iterator():
        language = row["language"] if row["language"] in summit.languages else summit.languages[0]
        said: dict[str, Any] = {name: row[name] for name in PREFILLED}
        yield Guest(row["email"], row["name"], language, row["country"], said)


def preview(segment: Segment, summit: Summit) -> Preview:
    """What inviting them would do."""
    known, left = known_addresses(summit), Counter[str]()
    number = 0
    for guest in guests(segment, summit):
        if reason := known.get(guest.email.lower()):
            left[reason] += 1
        else:
            number += 1
    return Preview(number, dict(left))
