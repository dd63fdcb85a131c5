"""Codes that open categories: made, changed, stopped, and the places they keep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registration.models import AccessCode, Category
from registration.models.attendance import offered
from registration.models.invitation import normal_code
from registration.places import capacity
from registration.registering import refusals, waitlist
from registration.registering.admitting import wish_of
from registration.registering.making import may_come
from summit import history
from summit.lib.codes import session_code
from summit.models import Summit, User

# Codes made at once: more than anybody prints on one afternoon.
MOST = 1_000
SHORTEST, LONGEST, DRAWN = 6, 32, 8


@dataclass(frozen=True, slots=True)
class Terms:
    """What a code opens. ``uses`` None: as often as one likes; ``attendance`` "": as they like."""

    categories: Sequence[Category]
    uses: int | None = 1
    note: str = ""
    attendance: str = ""
    reserves: bool = False
    skips_approval: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        names = ("uses", "note", "attendance", "reserves", "skips_approval", "opens_at", "closes_at")
        return {name: getattr(self, name) for name in names}


def _checked(summit: Summit, terms: Terms) -> Terms:
    """Raises :class:`refusals.NotOffered`, :class:`refusals.NotInThisWay` and :class:`refusals.TermsOfPlaces`."""
    ways = {way.value for each in terms.categories for way in each.attendances(offered(summit.mode))}
    way = terms.attendance or (ways.pop() if len(ways) == 1 else "")
    for category in terms.categories:
        if way:
            may_come(summit, category, way)
    if terms.reserves and (terms.uses is None or not way or len(terms.categories) != 1):
        raise refusals.TermsOfPlaces
    return replace(terms, attendance=way)


@transaction.atomic
def make(summit: Summit, terms: Terms, *, number: int = 1, code: str = "", by: User | None) -> list[AccessCode]:
    """So many codes alike, drawn, or one that was thought of (``code``).

    Raises what :func:`_checked` does, :class:`refusals.CodeTaken`, :class:`refusals.CodeTooShort`, and
    :class:`refusals.NoPlaceLeft` where they keep places and there are not as many; then nothing was written.
    """
    terms = _checked(summit, terms)
    Summit.objects.select_for_update().filter(pk=summit.pk).first()
    there = set(summit.access_codes.values_list("code", flat=True))
    given = normal_code(code)
    if code and not SHORTEST <= len(given) <= LONGEST:
        raise refusals.CodeTooShort
    if given in there:
        raise refusals.CodeTaken
    words = [given] if given else _drawn(min(number, MOST), there)
    made = [AccessCode(summit=summit, code=word, by=by, **terms.values) for word in words]
    AccessCode.objects.bulk_create(made)
    through: Any = AccessCode.categories.through
    through.objects.bulk_create(
        through(accesscode=each, category=category) for each in made for category in terms.categories
    )
    if terms.reserves and terms.uses:
        _keep_for_all(made)
    history.record_many("accesscode.create", [(each, _changes(each, terms)) for each in made], by=by, summit=summit)
    return made


def _keep_for_all(made: list[AccessCode]) -> None:
    """The places of new codes that are alike, taken together. Raises :class:`refusals.NoPlaceLeft`."""
    first, waiting = made[0], [each for each in made if not each.is_over()]
    wish, each_keeps = wish_of(first), first.uses or 0
    if waiting and not capacity.take(first.summit, wish, each_keeps * len(waiting), by_team=True):
        raise refusals.no_place_left(first.summit, wish)
    AccessCode.objects.filter(pk__in=[each.pk for each in waiting]).update(held=each_keeps)


def _changes(code: AccessCode, terms: Terms) -> history.Changes:
    return {
        "note": ("", code.note),
        "uses": (None, code.uses),
        "categories": ("", _named(code.summit, terms.categories)),
    }


def _named(summit: Summit, categories: Iterable[Category]) -> str:
    """Categories as a line of the history keeps them."""
    return ", ".join(each.name.in_language(summit.languages[0]) or str(each) for each in categories)


def _drawn(number: int, there: set[str]) -> list[str]:
    found: set[str] = set()
    while len(found) < number:
        found |= {session_code(DRAWN)} - there
    return sorted(found)


def _locked(code: AccessCode) -> AccessCode:
    rows = AccessCode.objects.select_for_update(of=("self",)).select_related("summit").prefetch_related("categories")
    return rows.get(pk=code.pk)


def _keep(code: AccessCode, now: datetime | None = None) -> None:
    """Have as many places kept as uses are left, none where it is over. Raises :class:`refusals.NoPlaceLeft`."""
    wanted = 0 if not code.reserves or code.is_over(now) else code.left or 0
    wish, more = wish_of(code), wanted - code.held
    if more > 0 and not capacity.take(code.summit, wish, more, by_team=True):
        raise refusals.no_place_left(code.summit, wish)
    if more < 0:
        capacity.release(code.summit, wish, -more)
        waitlist.wake(code.summit)
    if more:
        code.held = wanted
        AccessCode.objects.filter(pk=code.pk).update(held=wanted)


@transaction.atomic
def edit(code: AccessCode, terms: Terms, *, by: User | None) -> AccessCode:
    """Change what it opens and how often; who has used it keeps what they have.

    Raises what :func:`make` does, and :class:`refusals.FewerThanUsed`.
    """
    locked = _locked(code)
    terms = _checked(locked.summit, terms)
    if terms.uses is not None and terms.uses < locked.used:
        raise refusals.FewerThanUsed
    changes = history.changed(locked, terms.values)
    before = list(locked.categories.all())
    if locked.held:
        # Given back as what it was, kept again as what it is.
        capacity.release(locked.summit, wish_of(locked), locked.held)
        locked.held = 0
    for name, value in terms.values.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*terms.values, "held"])
    if set(before) != set(terms.categories):
        locked.categories.set(terms.categories)
        changes["categories"] = (_named(locked.summit, before), _named(locked.summit, terms.categories))
        locked = _locked(locked)
    _keep(locked)
    if changes:
        history.record("accesscode.edit", locked, by=by, summit=locked.summit, changes=changes)
    return locked


@transaction.atomic
def set_active(code: AccessCode, active: bool, *, by: User | None) -> bool:
    """Stop it, with the places it keeps, or let it be used again; False where it was so already. Raises
    :class:`refusals.NoPlaceLeft`."""
    locked = _locked(code)
    if locked.is_active == active:
        return False
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    _keep(locked)
    history.record("accesscode.resume" if active else "accesscode.stop", locked, by=by, summit=locked.summit)
    return True


def end_due(*, now: datetime | None = None) -> int:
    """Every night: give back the places of codes whose time is over; returns how many."""
    now = now or timezone.now()
    late = AccessCode.objects.filter(held__gt=0).filter(Q(closes_at__lte=now) | Q(is_active=False))
    number = 0
    for each in late:
        with transaction.atomic():
            locked = _locked(each)
            if locked.held and locked.is_over(now):
                number += locked.held
                _keep(locked, now)
    return number


def users_of(code: AccessCode) -> Any:
    """The registrations made with it, the newest first."""
    return code.registrations.select_related("category").order_by("-created_at", "-pk")


def printable(codes: Iterable[AccessCode]) -> list[AccessCode]:
    """Those that somebody can still use."""
    return [each for each in codes if not each.is_over()]
