"""Whoever waits for a place: in which order, what is offered to whom and until when, and how it ends.

Somebody waits for a place in every quota they are counted against. Places that become free are offered by the worker:
kept for one person until the offer ends, then for the next. Nobody is confirmed without having said so.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import batched

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from registration.mailing import emails
from registration.models import Quota, Registration, State
from registration.models.quota import Wish
from registration.models.registration import RegistrationQuerySet, waited_longer
from registration.places import capacity
from registration.places.capacity import Counted
from registration.registering import refusals, states
from registration.registering.states import Actor
from summit import history
from summit.models import Summit, User

# Offers written in one transaction: few enough that whoever registers meanwhile does not wait long.
AT_ONCE = 50
# Rows of a line that are looked at together.
CHUNK = 500


def waiting(summit: Summit) -> RegistrationQuerySet:
    """Those who wait, in the order in which they are offered a place: by the class of their category, then by time."""
    rows = summit.registrations.filter(state=State.WAITLISTED).select_related("summit", "category")
    return rows.order_by("-category__priority", "waits_since", "pk")


def line(counted: Counted) -> RegistrationQuerySet:
    """Those who wait for a place in one quota, in the order of :func:`waiting`; whoever is offered one is among them."""
    return waiting(counted.quota.summit).filter(pk__in=counted.of_it().filter(state=State.WAITLISTED).values("pk"))


def has_one(registration: Registration) -> bool:
    """Whether some quota that counts for somebody has a waitlist."""
    found = capacity.quotas(registration.summit)
    wish = capacity.wish(registration, found)
    return any(quota.has_waitlist for quota in capacity.matching(registration.summit, wish, found))


def without_place(
    summit: Summit, wish: Wish, among: Iterable[Counted] | None = None, *, priority: int = 0, by_team: bool = False
) -> list[Quota]:
    """The quotas that have no place for somebody who comes now: full, not open, or with as many who wait for one as it has
    left. ``priority``: the class of their category; who waits in a lower one comes after them. Of whoever comes by the
    team's word: the full ones.

    One query where nobody waits; where places are free and people wait, these are looked at, as many as there are places.
    """
    found = list(capacity.quotas(summit) if among is None else among)
    counting = [each for each in found if each.counts(wish)]
    if by_team:
        return [each.quota for each in counting if each.quota.left == 0]
    return [
        each.quota
        for each in counting
        if not each.quota.has_place() or (each.has_line and _is_spoken_for(each, found, priority))
    ]


def _is_spoken_for(counted: Counted, among: list[Counted], priority: int) -> bool:
    """Whether as many could take a place of this quota as it has left, and stand before whoever comes now. Whom another
    quota holds back stands in nobody's way."""
    could, free = 0, counted.quota.left
    if free is None:
        return False
    rows = line(counted).filter(keeps_place=False, category__priority__gte=priority)
    for _row, wish in _with_wishes(rows, among):
        others = (each.quota for each in among if each is not counted and each.counts(wish))
        could += all(quota.has_place() for quota in others)
        if could >= free:
            return True
    return False


def is_open_for(summit: Summit, wish: Wish, among: Iterable[Counted] | None = None, *, priority: int = 0) -> bool:
    """Whether somebody who finds no place may wait for one (:func:`are_waited_for`)."""
    return are_waited_for(without_place(summit, wish, among, priority=priority))


def are_waited_for(quotas: list[Quota]) -> bool:
    """Whether one waits in each of these, which have no place: it has a waitlist, and is full rather than shut by its
    times. Nobody waits in one that is over: it offers nothing any more."""
    full = (each.has_waitlist and not each.is_over() and (each.left == 0 or each.has_place()) for each in quotas)
    return bool(quotas) and all(full)


def position(registration: Registration) -> int:
    """How many are offered a place before this one, and one: 1 is next. Of the quotas that count the longest line."""
    found = capacity.quotas(registration.summit)
    before, wish = comes_before(registration), capacity.wish(registration, found)
    lines = [
        counted.of_it().filter(before, state=State.WAITLISTED, keeps_place=False).count()
        for counted in found
        if counted.counts(wish) and counted.quota.has_waitlist
    ]
    return max(lines, default=0) + 1


def comes_before(registration: Registration) -> Q:
    """Those who stand before it in a line: of a higher class, or of the same and waiting longer."""
    of_class = registration.category.priority
    longer = waited_longer(registration.waits_since, registration.pk)
    return Q(category__priority__gt=of_class) | (Q(category__priority=of_class) & longer)


def held_back(summit: Summit, rows: Iterable[Registration], *, besides: Quota) -> dict[int, list[Quota]]:
    """Which other quotas have no place for each of these (by their keys), so that they are passed over."""
    found = [each for each in capacity.quotas(summit) if each.quota.pk != besides.pk]
    wanted = {pk: capacity.matching(summit, wish, found) for pk, wish in capacity.wishes(rows, found).items()}
    return {pk: [quota for quota in quotas if not quota.has_place()] for pk, quotas in wanted.items()}


def wake(summit: Summit) -> None:
    """Have the worker look whether a place is free for somebody who waits, once this transaction is written."""
    if summit.registrations.filter(state=State.WAITLISTED, keeps_place=False).exists():
        offer_places.enqueue(summit.pk)


@task
def offer_places(summit: int) -> int:
    """The worker's way to :func:`offer`, with the key of a summit; goes on where more than a handful are offered."""
    found = Summit.objects.filter(pk=summit).first()
    number = offer(found) if found else 0
    if number == AT_ONCE:
        offer_places.enqueue(summit)
    return number


@transaction.atomic
def offer(
    summit: Summit,
    *,
    of: Quota | None = None,
    most: int = AT_ONCE,
    first: str = "",
    by: User | None = None,
    now: datetime | None = None,
) -> int:
    """Keep each free place for whoever is next, and tell them; returns how many, ``most`` at a time. Nothing is offered
    once registration has closed, nor from a quota that is paused; where offers are made one by one, one at a time stands.

    ``of``: to those alone who wait for a place in it, by the team's word: then neither its pause nor one by one counts.
    ``first`` is the guid of whoever was next when that was said; raises :class:`refusals.LineMoved` where it is another.
    """
    now = now or timezone.now()
    if summit.registration_state(now) != "open":
        return 0
    capacity.lock(summit)
    found = capacity.quotas(summit)
    asked = next((each for each in found if of and each.quota.pk == of.pk), None)
    standing = {each.quota.pk: _standing(each) for each in found if each.quota.one_by_one and each is not asked}
    made = 0
    for row, wish in _with_wishes(_next_ones(summit, asked, first), found):
        quotas = capacity.matching(summit, wish, found)
        if not quotas or not all(_offers(quota, standing, now, asked) for quota in quotas):
            if all(each.quota.left == 0 for each in ([asked] if asked else found)):
                break
            continue
        if not _keep(row, quotas, found, now, by):
            continue
        made += 1
        _count_in(quotas, standing)
        if made == min(most, AT_ONCE):
            break
    return made


def _count_in(quotas: list[Quota], standing: dict[int, int]) -> None:
    """One more place of each is offered, as far as the rows at hand say."""
    for quota in quotas:
        quota.taken += 1
        if quota.pk in standing:
            standing[quota.pk] += 1


def _with_wishes(rows: RegistrationQuerySet, among: list[Counted]) -> Iterator[tuple[Registration, Wish]]:
    for chunk in batched(rows.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        wanted = capacity.wishes(chunk, among)
        yield from ((row, wanted[row.pk]) for row in chunk)


def _next_ones(summit: Summit, asked: Counted | None, first: str) -> RegistrationQuerySet:
    rows = (line(asked) if asked else waiting(summit)).filter(keeps_place=False)
    if first:
        head = rows.first()
        if head is None or str(head.guid) != first:
            raise refusals.LineMoved
    return rows


def offerable(of: Quota) -> int:
    """How many of those who are next in a quota would be offered a place now by :func:`offer_now`; of a long line the
    first are looked at."""
    now, found = timezone.now(), capacity.quotas(of.summit)
    asked = next(each for each in found if each.quota.pk == of.pk)
    standing = {each.quota.pk: _standing(each) for each in found if each.quota.one_by_one and each is not asked}
    number = 0
    for _row, wish in _with_wishes(_next_ones(of.summit, asked, "")[:CHUNK], found):
        quotas = capacity.matching(of.summit, wish, found)
        if not asked.quota.has_place(now):
            break
        if not all(_offers(quota, standing, now, asked) for quota in quotas):
            continue
        number += 1
        _count_in(quotas, standing)
    return number


def offer_now(quota: Quota, number: int, *, first: str, by: User) -> tuple[int, int]:
    """Offer places to so many of those who are next in a quota, whether or not it is paused or offers one by one; (how
    many were, and how many the worker offers at once after these). ``first`` as in :func:`offer`.

    Raises :class:`refusals.NoOffersNow`, :class:`refusals.NothingToOffer` and :class:`refusals.LineMoved`.
    """
    if quota.summit.registration_state() != "open":
        raise refusals.NoOffersNow
    made = offer(quota.summit, of=quota, most=number, first=first, by=by)
    if not made:
        raise refusals.NothingToOffer
    rest = number - made if made == AT_ONCE else 0
    if rest:
        offer_rest.enqueue(quota.pk, rest, by.pk)
    return made, rest


@task
def offer_rest(quota: int, number: int, by: int) -> int:
    """The worker's part of :func:`offer_now`, with the keys of quota and user."""
    found = Quota.objects.select_related("summit").filter(pk=quota).first()
    made = offer(found.summit, of=found, most=number, by=User.objects.filter(pk=by).first()) if found else 0
    if made == AT_ONCE and number > made:
        offer_rest.enqueue(quota, number - made, by)
    return made


def _standing(counted: Counted) -> int:
    return counted.of_it().filter(state=State.WAITLISTED, keeps_place=True).count()


def _offers(quota: Quota, standing: dict[int, int], now: datetime, asked: Counted | None) -> bool:
    is_asked = asked is not None and asked.quota.pk == quota.pk
    return quota.has_place(now) and (is_asked or not quota.is_paused) and not standing.get(quota.pk)


def _keep(
    registration: Registration, quotas: list[Quota], among: list[Counted], now: datetime, by: User | None
) -> bool:
    """False where somebody else does something with it at this moment: elsewhere the registration is held before the
    quotas, so here nobody waits for one."""
    rows = Registration.objects.select_for_update(of=("self",), skip_locked=True).select_related("summit", "category")
    locked = rows.filter(pk=registration.pk, state=State.WAITLISTED, keeps_place=False).first()
    if locked is None or not capacity.take(locked.summit, capacity.wish(locked, among), among=among):
        return False
    locked.keeps_place = True
    locked.offer_ends_at = now + timedelta(hours=min(quota.offer_hours for quota in quotas))
    locked.updated_at = now
    locked.save(update_fields=["keeps_place", "offer_ends_at", "updated_at"])
    history.record("registration.offer", locked, by=by, summit=locked.summit)
    emails.place_offered(locked)
    end_offer.using(run_after=locked.offer_ends_at).enqueue(str(locked.guid))
    return True


@transaction.atomic
def accept(registration: Registration, *, by: User | None = None) -> Registration:
    """Take the place that is kept. Raises :class:`refusals.OfferEnded` and :class:`refusals.NotFromHere`."""
    locked = states.locked(registration)
    if locked.state == State.WAITLISTED and not locked.is_offered_place():
        raise refusals.OfferEnded
    states.move(locked, "admit", actor=Actor.PERSON, by=by)
    emails.confirmed(locked)
    return locked


@transaction.atomic
def pull_forward(registration: Registration, *, reason: str, by: User) -> Registration:
    """Confirm somebody before those who wait longer, for a reason that the history keeps: no mail and no page tells
    it, but everything that is kept about them does.

    Raises :class:`refusals.NoPlaceLeft` and :class:`refusals.NotFromHere`.
    """
    locked = states.locked(registration)
    states.move(locked, "admit", actor=Actor.TEAM, by=by)
    if reason:
        history.record(
            "registration.pull_forward", locked, by=by, summit=locked.summit, changes={"reason": ("", reason)}
        )
    emails.confirmed(locked)
    return locked


@task
def end_offer(guid: str) -> bool:
    """The worker's way to :func:`lapse`, with the guid of a registration."""
    found = Registration.objects.filter(guid=guid).first()
    return found is not None and lapse(found)


@transaction.atomic
def lapse(registration: Registration, *, now: datetime | None = None) -> bool:
    """Take back a place that was kept for too long: it is offered to the next, and whoever let it pass waits at the end
    of the line again. False where the offer stands, or there is none."""
    now = now or timezone.now()
    locked = states.locked(registration)
    if locked.state != State.WAITLISTED or locked.offer_ends_at is None or locked.offer_ends_at > now:
        return False
    among = capacity.quotas(locked.summit)
    capacity.release(locked.summit, capacity.wish(locked, among), among=among)
    locked.keeps_place, locked.offer_ends_at, locked.waits_since, locked.updated_at = False, None, now, now
    locked.save(update_fields=["keeps_place", "offer_ends_at", "waits_since", "updated_at"])
    history.record("registration.offer_ended", locked, by=None, summit=locked.summit)
    emails.offer_ended(locked)
    wake(locked.summit)
    return True


def keep_going(*, now: datetime | None = None) -> int:
    """Every day, beside the tasks of each offer: end what a lost task left standing, offer what is free, and end the
    waitlist of summits whose registration has closed. Returns how many registrations that touched."""
    now = now or timezone.now()
    late = Registration.objects.filter(state=State.WAITLISTED, offer_ends_at__lte=now)
    touched = sum(lapse(row, now=now) for row in late)
    for summit in Summit.objects.filter(registrations__state=State.WAITLISTED).distinct():
        touched += offer(summit, now=now) + end(summit, now=now)
    return touched


def end(summit: Summit, *, now: datetime | None = None) -> int:
    """Registration has closed: whoever still waits is told that no place became free. Offers stand until they end."""
    if summit.registration_state(now) != "closed":
        return 0
    number = 0
    for row in waiting(summit).filter(keeps_place=False):
        with transaction.atomic():
            locked = states.locked(row)
            if locked.state == State.WAITLISTED and not locked.keeps_place:
                states.move(locked, "cancel", actor=Actor.RULE, by=None)
                emails.waitlist_ended(locked)
                number += 1
    return number
