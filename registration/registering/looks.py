"""Who of the team looked at what is sensitive of somebody, noted so that the person may read it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import batched

from django.db.models import Q
from django.utils import timezone

from registration.models import Answer, Look, Registration
from summit.models import Role, Summit, User
from summit.permissions import roles_of

# Looks of the same member at the same person within this time are one.
TOGETHER = timedelta(hours=1)
KEPT_FOR = timedelta(days=365)
# Rows in one query.
CHUNK = 1000


def sensitive_of(registrations: Iterable[int]) -> list[int]:
    """Of registrations (by key) those with something sensitive: needs, or an answer that is erased with them."""
    found: list[int] = []
    for chunk in batched(sorted(set(registrations)), CHUNK, strict=False):
        said = Answer.objects.filter(registration__in=chunk, question__sensitive=True).values("registration")
        needy = ~Q(access_needs="", dietary_needs="") | Q(pk__in=said)
        found += Registration.objects.filter(needy, pk__in=chunk).order_by("pk").values_list("pk", flat=True)
    return found


def note(
    summit: Summit,
    registrations: Iterable[int],
    what: Look.What,
    *,
    by: User,
    reason: str = "",
    now: datetime | None = None,
) -> int:
    """Note that ``by`` has looked at registrations (by key); returns how many lines that are new. A look at sealed
    details is a line each time, every other at most one an hour. Three queries for a thousand people, and one."""
    keys, now = sorted(set(registrations)), now or timezone.now()
    if not keys:
        return 0
    role, made = _role(by, summit), 0
    for chunk in batched(keys, CHUNK, strict=False):
        recent = Look.objects.filter(by=by, what=what, at__gt=now - TOGETHER, registration__in=chunk)
        known = set() if what == Look.What.TRUTH else set(recent.values_list("registration_id", flat=True))
        rows = [
            Look(registration_id=key, by=by, role=role, what=what, reason=reason[:300], at=now)
            for key in chunk
            if key not in known
        ]
        made += len(Look.objects.bulk_create(rows))
    return made


def note_sensitive(summit: Summit, registrations: Iterable[int], what: Look.What, *, by: User) -> int:
    """As :func:`note`, of those alone with something sensitive to be seen."""
    return note(summit, sensitive_of(registrations), what, by=by)


def _role(user: User, summit: Summit) -> str:
    """The role that allows most, of those somebody has at this moment; "" for none."""
    roles = roles_of(user, summit)
    return next((role for role in Role.values if role in roles), "")


def forget(*, older_than: datetime) -> int:
    """Delete looks from before then; returns how many."""
    return Look.objects.filter(at__lt=older_than).delete()[0]
