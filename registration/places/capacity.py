"""Places: counted by the database, never read, compared and written without holding the row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, Q, StringAgg, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest
from django.utils import timezone

from registration.models import AccessCode, Attendance, Invitation, Quota, Registration, State
from registration.models.quota import Wish
from registration.models.registration import RegistrationQuerySet
from registration.models.window import open_at
from registration.places import conditions
from registration.places.conditions import Condition, Said
from summit import history
from summit.models import Summit, User

# More than anybody counts to: an excess while a limit is set, before it is counted.
MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Counted:
    """A quota and the keys of its categories and delegations."""

    quota: Quota
    categories: frozenset[int]
    delegations: frozenset[int] = frozenset()
    # All of which must be met by what was answered.
    conditions: tuple[Condition, ...] = ()
    # Somebody waits at this summit, and here may be waited.
    has_line: bool = False

    def counts(self, wish: Wish) -> bool:
        if self.conditions and not (
            self.quota.pk in wish.meets and all(each.concerns(wish) for each in self.conditions)
        ):
            return False
        return self.quota.counts(wish, self.categories, self.delegations)

    def is_met_by(self, said: Said) -> bool:
        """Whether answers meet its conditions on them, whoever gives them; where there are none, none are."""
        return bool(self.conditions) and all(each.is_met_by(said.get(each.question.pk, ())) for each in self.conditions)

    def of_it(self) -> RegistrationQuerySet:
        """The registrations that meet its conditions, in whatever state."""
        rows = self.quota.of_it(self.categories, self.delegations)
        for condition in self.conditions:
            rows = condition.narrow(rows)
        return rows

    @property
    def is_for_everybody(self) -> bool:
        """Whether it counts for all who come in its way, whoever they are."""
        return not (self.categories or self.delegations or self.quota.countries or self.conditions)


def held(counted: Counted) -> int:
    """How many places of a quota are held: by registrations, and kept for whoever was invited or will use a code."""
    return counted.of_it().holding().count() + _reserved(counted)


def _reserved(counted: Counted) -> int:
    if counted.delegations or counted.conditions:  # nobody is invited with a delegation, or has answered before
        return 0
    quota = counted.quota
    invited = Invitation.objects.filter(summit=quota.summit_id, holds_place=True)
    by_code = AccessCode.objects.filter(summit=quota.summit_id, held__gt=0)
    if quota.attendance:
        invited = invited.filter(attendance=quota.attendance)
        by_code = by_code.filter(attendance=quota.attendance)
    if counted.categories:
        # One that keeps places has one category alone.
        invited = invited.filter(category__in=counted.categories)
        by_code = by_code.filter(categories__in=counted.categories)
    if quota.countries:
        # From where somebody comes who will use a code, nobody knows yet.
        return invited.filter(country__in=quota.countries).count()
    return invited.count() + (by_code.aggregate(number=Sum("held"))["number"] or 0)


def quotas(summit: Summit) -> list[Counted]:
    """All of a summit: one query, and one more where some have conditions on answers."""
    rows = Quota.objects.filter(summit=summit).order_by("pk")
    waiting = Registration.objects.filter(summit=summit, state=State.WAITLISTED, keeps_place=False)
    line = Case(When(has_waitlist=True, then=Exists(waiting)), default=Value(False))
    rows = rows.annotate(of=_keys("categories"), sent_by=_keys("delegations"), chosen=_keys("choices"), has_line=line)
    for row in rows:
        row.summit = summit
    said = conditions.of(rows, {row.pk: _numbers(row.chosen) for row in rows})
    return [Counted(row, _numbers(row.of), _numbers(row.sent_by), said.get(row.pk, ()), row.has_line) for row in rows]


def counted(
    quota: Quota, *, categories: Iterable[int] = (), delegations: Iterable[int] = (), choices: Iterable[int] = ()
) -> Counted:
    """A quota, saved or not, as it counts with the rows (keys) that it names."""
    said = conditions.of([quota], {quota.pk: frozenset(choices)})
    return Counted(quota, frozenset(categories), frozenset(delegations), said.get(quota.pk, ()))


def wish(person: Any, among: Iterable[Counted]) -> Wish:
    """What a registration, or what somebody fills in (with ``answers`` by questions' keys), is counted as among these
    quotas. One query for a registration where some have conditions on answers."""
    asking = [each for each in among if each.conditions]
    if not isinstance(person, Registration):
        answers = {key: given if isinstance(given, list) else [given] for key, given in person.answers.items() if given}
        return Wish.of(person, _met(asking, answers))
    return wishes([person], asking)[person.pk]


def wishes(registrations: Iterable[Registration], among: Iterable[Counted]) -> dict[int, Wish]:
    """As :func:`wish`, of many, by their keys; one query for all of them."""
    rows, asking = list(registrations), [each for each in among if each.conditions]
    if not asking:
        return {row.pk: Wish.of(row) for row in rows}
    said = conditions.given_by([row.pk for row in rows], [one for each in asking for one in each.conditions])
    return {row.pk: Wish.of(row, _met(asking, said.get(row.pk, {}))) for row in rows}


def _met(among: Iterable[Counted], said: Said) -> frozenset[int]:
    return frozenset(each.quota.pk for each in among if each.is_met_by(said))


def _keys(named: str) -> StringAgg:
    """The keys of the rows a quota names, in one line; some stand there again where other rows are joined."""
    return StringAgg(Cast(f"{named}__pk", CharField()), delimiter=Value(" "))


def _numbers(keys: str | None) -> frozenset[int]:
    return frozenset(map(int, (keys or "").split()))


def matching(summit: Summit, wish: Wish, among: Iterable[Counted] | None = None) -> list[Quota]:
    """The quotas somebody is counted against, in the order of their keys."""
    found = quotas(summit) if among is None else among
    return [counted.quota for counted in found if counted.counts(wish)]


def take(
    summit: Summit, wish: Wish, count: int = 1, *, by_team: bool = False, among: Iterable[Counted] | None = None
) -> bool:
    """Take places in every quota that counts, all or none; False where fewer are left in one of them, or where one is not
    open now (the team does not wait for that). Call it inside the transaction that makes the registrations, and last
    where that can be: whoever else wants a place of these waits until it ends. ``among``: the quotas, read a moment ago.

    Where nothing is limited there is no limit.
    """
    return _take([quota.pk for quota in matching(summit, wish, among)], count, None if by_team else timezone.now())


def take_up_to(summit: Summit, wish: Wish, count: int) -> int:
    """For the team: as many of these places as are left in every quota that counts; returns how many that were."""
    lock(summit)
    left = [quota.left for quota in matching(summit, wish)]
    number = min([count, *(free for free in left if free is not None)])
    return number if number and take(summit, wish, number, by_team=True) else 0


def release(summit: Summit, wish: Wish, count: int = 1, *, among: Iterable[Counted] | None = None) -> None:
    """Give places back in every quota that counts."""
    _release([quota.pk for quota in matching(summit, wish, among)], count)


def move(
    summit: Summit,
    before: Wish,
    after: Wish,
    count: int = 1,
    *,
    by_team: bool = False,
    among: Iterable[Counted] | None = None,
) -> bool:
    """Somebody who holds places comes otherwise, as something else, from elsewhere or with other answers: what is left
    behind is free at once. False where a place is missing; then nothing was written."""
    found = quotas(summit) if among is None else list(among)
    old, new = ({quota.pk for quota in matching(summit, wish, found)} for wish in (before, after))
    if old == new:
        return True
    lock(summit)
    if not _take(sorted(new - old), count, None if by_team else timezone.now()):
        return False
    _release(sorted(old - new), count)
    return True


def _take(keys: list[int], count: int, now: datetime | None) -> bool:
    rows = Quota.objects.filter(pk__in=keys)
    free = Q(capacity__isnull=True) | Q(taken__lte=F("capacity") - count)
    if now is not None:
        free &= open_at(now)
    if len(keys) > 1:
        # Held in one order, so that two who want the same never wait for each other in a ring; whether one is free is
        # looked at again once it is held.
        held = rows.filter(free).select_for_update().order_by("pk").values_list("pk", flat=True)
        if len(held) < len(keys):
            return False
    return rows.filter(free).update(taken=F("taken") + count) == len(keys) if keys else True


def _release(keys: list[int], count: int) -> None:
    rows = Quota.objects.filter(pk__in=keys, taken__gt=0)
    if len(keys) > 1:
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    left = Greatest(F("taken") - count, 0)
    rows.update(taken=left, excess=Coalesce(Greatest(F("taken") - count - F("capacity"), 0), 0))


def lock(summit: Summit) -> None:
    """Hold all quotas of a summit, always in the same order: two people changing in opposite directions would else wait
    for each other for ever. SQLite has one writer at a time anyway."""
    list(Quota.objects.select_for_update().filter(summit=summit).order_by("pk"))


def left(summit: Summit, among: Iterable[Counted] | None = None) -> dict[str, int | None]:
    """Places left by attendance, whoever it is; None where there is no limit."""
    found = quotas(summit) if among is None else among
    whoever = [each for each in found if each.is_for_everybody]
    return {way: left_for(Wish(way), whoever) for way in Attendance.values}


def left_for(wish: Wish, among: Iterable[Counted], now: datetime | None = None) -> int | None:
    """Places left for somebody: the fewest of all quotas that count, none where one is not open."""
    rows = [each.quota for each in among if each.counts(wish)]
    numbers = [quota.left if quota.is_open(now) else 0 for quota in rows]
    return min((number for number in numbers if number is not None), default=None)


def shut_for(wish: Wish, among: Iterable[Counted], now: datetime | None = None) -> Quota | None:
    """The quota by whose times somebody finds no place at this moment, where each that counts has some left: one that is
    over, else the one that opens last. None where none is shut, or one is full."""
    rows = [each.quota for each in among if each.counts(wish)]
    shut = [] if any(quota.left == 0 for quota in rows) else [quota for quota in rows if not quota.is_open(now)]
    over = [quota for quota in shut if quota.is_over(now)]
    return over[0] if over else max(shut, key=lambda quota: quota.opens_at or timezone.now(), default=None)


def limits(summit: Summit) -> dict[str, int | None]:
    """The basic capacity of each attendance; None where there is no limit. One query."""
    basic = Quota.objects.filter(summit=summit, is_basic=True)
    return {**dict.fromkeys(Attendance.values), **dict(basic.values_list("attendance", "capacity"))}


@transaction.atomic
def set_limits(summit: Summit, wanted: Mapping[str, int | None]) -> None:
    """Set how many may come in each way named. Fewer than hold a place already take it from nobody: the next ones come
    in once so many have left. Whoever calls it leaves the line of history."""
    lock(summit)
    for attendance, capacity in wanted.items():
        Quota.objects.update_or_create(
            summit=summit, attendance=attendance, is_basic=True, defaults={"capacity": capacity, "excess": MOST}
        )
    recount(summit)


@transaction.atomic
def recount(summit: Summit, *, with_answers: bool = True) -> list[tuple[Quota, int]]:
    """Set ``taken`` to what the registrations say: after a limit was set, or work on the database by hand. Returns the
    quotas of which another number was kept, each with that number."""
    # Whoever registers holds the row until the registration is written; counted is what comes after that.
    lock(summit)
    wrong = []
    for counted in quotas(summit):
        if counted.conditions and not with_answers:
            continue
        quota = counted.quota
        number = held(counted)
        if quota.taken != number:
            wrong.append((quota, quota.taken))
        excess = 0 if quota.capacity is None else max(0, number - quota.capacity)
        Quota.objects.filter(pk=quota.pk).update(taken=number, excess=excess)
    return wrong


def reconcile(summit: Summit, *, by: User | None = None) -> int:
    """Every night: put right what counts wrongly, and leave a line of history for each; returns how many there were.
    Once a summit is over, answers are erased: quotas with conditions on them keep what they counted."""
    over = summit.ends_on < timezone.localdate(timezone=summit.tz)
    wrong = recount(summit, with_answers=not over)
    for quota, before in wrong:
        quota.refresh_from_db()
        history.record("quota.reconcile", quota, by=by, summit=summit, changes={"taken": (before, quota.taken)})
    return len(wrong)
