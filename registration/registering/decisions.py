"""What the team decides about registrations: approved, rejected, looked at again, reinstated; and what it notes beside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction
from django.db.models import Q, QuerySet

from registration.mailing import emails
from registration.models import (
    Category,
    Delegation,
    Note,
    ReasonTemplate,
    Registration,
    ReviewScope,
    SecondOpinion,
    State,
)
from registration.models.registration import RegistrationQuerySet, waited_longer
from registration.registering import companions, refusals, sealed_sessions, states, transferring, waitlist
from registration.registering.states import Actor
from summit import history
from summit.models import Membership, Right, SealedAddress, Summit, User
from summit.models.team import MADE_BY_OWNERS


class Queue:
    """Those who wait for a decision and on whom somebody decides, the longest waiting first."""

    def __init__(self, summit: Summit, user: User, *, category: str = "") -> None:
        self.rows = decided_by(user, summit).filter(state=State.PENDING).order_by("waits_since", "pk")
        if category:
            self.rows = self.rows.filter(category__code=category)

    def near(self, found: Registration, *, before: int, after: int) -> list[Registration]:
        """``found``, as many as that before it, and as many after it."""
        rows = self.rows.select_related("category", "second_opinion")
        longer = waited_longer(found.waits_since, found.pk)
        earlier = list(rows.filter(longer).reverse()[:before])[::-1]
        return [*earlier, *rows.exclude(longer)[: after + 1]]

    def after(self, found: Registration, *, since: datetime | None) -> Registration | None:
        """Whoever comes next once ``found``, which waited ``since`` then, is decided; the first where it was the last."""
        others = self.rows.exclude(pk=found.pk)
        return others.exclude(waited_longer(since, found.pk)).first() or others.first()


def decided_by(user: User, summit: Summit) -> RegistrationQuerySet:
    """The registrations of a summit on which somebody decides: those of the categories and delegations their memberships
    name, where each of them names some, else all."""
    mine = Membership.objects.granting(Right.APPROVAL).filter(summit=summit, user=user)
    rows = Registration.objects.filter(summit=summit)
    if user.is_superuser or mine.filter(review_scope__isnull=True).exists():
        return rows
    categories = Category.objects.filter(review_scopes__membership__in=mine)
    delegations = Delegation.objects.filter(review_scopes__membership__in=mine)
    return rows.filter(Q(category__in=categories) | Q(delegation__in=delegations))


@dataclass(frozen=True, slots=True)
class Reason:
    """What a person is told: a reason kept ready, in their language, and words of whoever decides."""

    template: ReasonTemplate | None = None
    words: str = ""

    def told_in(self, language: str) -> str:
        ready = self.template.text.in_language(language) if self.template else ""
        return "\n".join(part for part in (ready, self.words.strip()) if part)


@transaction.atomic
def approve(registration: Registration, *, by: User) -> Registration:
    """Confirm whoever waits for a decision, and take a place for them; they are told, with ticket and calendar entry. Who
    comes instead of somebody takes over that place, and the one who is replaced is told as well.

    A substitute takes over the place of whom they come for, where that one still stands.

    Raises :class:`refusals.NotFromHere`, :class:`refusals.NoPlaceLeft`, :class:`refusals.SecondOpinionAsked` and
    :class:`refusals.ReplacedHasArrived`.
    """
    locked = _decided(registration, by=by)
    if locked.is_replacing and locked.replaces and locked.replaces.is_active:
        return take_over(locked, by=by)
    if states.may(locked, "approve", Actor.TEAM):
        transferring.make_room(locked, by=by)
    states.move(locked, "approve", actor=Actor.TEAM, by=by)
    emails.confirmed(locked)
    return locked


@transaction.atomic
def take_over(registration: Registration, *, by: User | None) -> Registration:
    """Confirm a locked registration in the place of the one that it replaces; both are told. Raises as :func:`approve`."""
    if registration.replaces is None:
        raise refusals.NotFromHere(registration)
    old = states.locked(registration.replaces)
    if old.check_ins.standing().exists():
        raise refusals.ReplacedHasArrived
    states.hand_over(old, registration, by=by)
    sealed_sessions.seal_successor(registration, by=by)
    emails.confirmed(registration)
    emails.stood_in_for(old)
    companions.end_with(old, by=by)
    waitlist.wake(registration.summit)
    return registration


@transaction.atomic
def reject(registration: Registration, *, reason: Reason, by: User) -> Registration:
    """Say no, for a reason that the person reads in the mail.

    Raises :class:`refusals.ReasonMissing`, :class:`refusals.NotFromHere` and :class:`refusals.SecondOpinionAsked`.
    """
    locked = _decided(registration, by=by)
    told = reason.told_in(locked.language)
    if not told:
        raise refusals.ReasonMissing
    states.move(locked, "reject", actor=Actor.TEAM, by=by, reason=told)
    emails.rejected(locked)
    companions.end_with(locked, by=by)
    waitlist.wake(locked.summit)
    return locked


@transaction.atomic
def put_on_waitlist(registration: Registration, *, by: User) -> Registration:
    """Have whoever waits for a decision wait for a place instead. Raises :class:`refusals.NotFromHere`,
    :class:`refusals.SecondOpinionAsked`, and :class:`refusals.NoWaitlist` where no quota of theirs has one."""
    locked = _decided(registration, by=by)
    if not waitlist.has_one(locked):
        raise refusals.NoWaitlist
    states.move(locked, "wait", actor=Actor.TEAM, by=by)
    emails.waitlisted(locked)
    waitlist.wake(locked.summit)
    return locked


@transaction.atomic
def review(registration: Registration, *, by: User) -> Registration:
    """Have a confirmed registration looked at again: its place is kept, its ticket opens no door until then.

    Raises :class:`refusals.NotFromHere`, and :class:`refusals.AlreadyArrived` of somebody who is inside.
    """
    locked = states.locked(registration)
    if locked.check_ins.standing().exists():
        raise refusals.AlreadyArrived
    states.move(locked, "review", actor=Actor.TEAM, by=by)
    emails.reviewed(locked)
    return locked


@transaction.atomic
def reinstate(registration: Registration, *, by: User) -> Registration:
    """Confirm a cancelled or rejected registration, with a place of its own; the person is told as of any confirmation.

    One that stands is left as it is. Raises :class:`refusals.NoPlaceLeft`, :class:`refusals.AlreadyRegistered` where the
    same address has registered again meanwhile, and :class:`refusals.AlreadyMerged`.
    """
    locked = states.locked(registration)
    if locked.is_active:
        return locked
    if locked.merged_into_id:
        raise refusals.AlreadyMerged
    address = SealedAddress.objects.real(locked.email)
    if locked.companion_of_id is None and (known := locked.summit.registrations.first_with_address(address)):
        raise refusals.AlreadyRegistered(known)
    states.move(locked, "reinstate", actor=Actor.TEAM, by=by)
    emails.confirmed(locked)
    return locked


@transaction.atomic
def note(registration: Registration, text: str, *, by: User) -> Note:
    """Keep a word for the team; the history says that there is one, not what it says."""
    history.record("registration.note", registration, by=by, summit=registration.summit)
    return Note.objects.create(registration=registration, text=text, by=by)


@transaction.atomic
def ask_second_opinion(registration: Registration, *, by: User) -> Registration:
    """Leave the decision to somebody else. Raises :class:`refusals.NotFromHere` where there is none to make."""
    locked = states.locked(registration)
    if not states.may(locked, "reject", Actor.TEAM):
        raise refusals.NotFromHere(locked)
    SecondOpinion.objects.get_or_create(registration=locked, defaults={"asked_by": by})
    history.record("registration.ask_second_opinion", locked, by=by, summit=locked.summit)
    return locked


def _decided(registration: Registration, *, by: User) -> Registration:
    locked = states.locked(registration)
    if SecondOpinion.objects.filter(registration=locked, asked_by=by).exists():
        raise refusals.SecondOpinionAsked
    return locked


def reviewers(summit: Summit) -> QuerySet[Membership]:
    """The memberships that decide and are not owners or organisers, who decide on everything."""
    rows = Membership.objects.granting(Right.APPROVAL).filter(summit=summit).exclude(role__in=MADE_BY_OWNERS)
    return (
        rows.select_related("user")
        .prefetch_related("review_scope__categories", "review_scope__delegations")
        .order_by("user__email", "pk")
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody decides on: people of any of these, each in the order of its keys; with none at all on everybody."""

    categories: tuple[Category, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    @classmethod
    def of(cls, categories: Iterable[Category], delegations: Iterable[Delegation] = ()) -> Self:
        return cls(tuple(sorted(categories, key=_key)), tuple(sorted(delegations, key=_key)))

    def __bool__(self) -> bool:
        return bool(self.categories or self.delegations)


def _key(row: Category | Delegation) -> int:
    return row.pk


@transaction.atomic
def set_scopes(summit: Summit, wanted: Mapping[int, Scope], *, by: User) -> None:
    """On what each membership (by key) decides. What is as it was leaves no line of history."""
    for membership in reviewers(summit).select_for_update(of=("self",)):
        before = scope_of(membership)
        after = wanted.get(membership.pk, before)
        if before == after:
            continue
        if after:
            scope, _made = ReviewScope.objects.get_or_create(membership=membership)
            scope.categories.set(after.categories)
            scope.delegations.set(after.delegations)
        else:
            ReviewScope.objects.filter(membership=membership).delete()
        changes = {
            name: (_said(getattr(before, name)), _said(getattr(after, name)))
            for name in ("categories", "delegations")
            if getattr(before, name) != getattr(after, name)
        }
        history.record("membership.review_scope", membership, by=by, summit=summit, changes=changes)


def _said(some: Iterable[Category | Delegation]) -> str:
    return ", ".join(str(history.plain(each.name)) for each in some)


def scope_of(membership: Membership) -> Scope:
    """What a membership decides on."""
    scope = getattr(membership, "review_scope", None)
    return Scope.of(scope.categories.all(), scope.delegations.all()) if scope else Scope()
