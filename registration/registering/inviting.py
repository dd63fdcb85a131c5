"""Invitations from being prepared to their end: sent, reminded of, revoked, expired, forgotten.

Every verb takes any number of them: ten thousand are some dozens of queries. The worker draws the mails.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from registration.mailing import emails
from registration.models import Category, Invitation, InvitationState
from registration.models.attendance import offered
from registration.models.consent import NEEDS_KEPT_FOR
from registration.models.invitation import GOING, InvitationQuerySet
from registration.models.quota import Wish
from registration.places import capacity
from registration.registering import refusals, waitlist
from registration.registering.admitting import wish_of
from registration.registering.entering import queued_again
from registration.registering.making import may_come
from summit import history
from summit.mailing import outbox
from summit.models import HistoryEntry, Message, SealedAddress, Summit, User

# Rows in one query, and invitations whose mails one task draws.
CHUNK, BATCH = 500, 50
# Nobody is reminded sooner after the last mail without the team saying so.
REMINDED_AFTER = timedelta(hours=24)
# An invitation is valid for so long, unless registration closes or the summit ends before.
USUALLY = timedelta(days=30)

# The kinds of their mails.
MAILS = ("invited", "invitation_reminder")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to be invited. ``prefill`` has values by the names of ``registration.models.invitation.PREFILLED``."""

    email: str
    name: str = ""
    language: str = "ko"
    country: str = ""
    prefill: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What they are invited to. ``attendance`` "": as they like; ``expires_at`` is a moment with a zone."""

    category: Category
    expires_at: datetime
    attendance: str = ""
    reserves: bool = False
    skips_approval: bool = False


def end_of(day: date, summit: Summit) -> datetime:
    """The last minute of a day of the summit's clock."""
    return datetime.combine(day, time(23, 59), tzinfo=summit.tz)


def usual_end(summit: Summit) -> date:
    """The last day of an invitation where nobody says another: none before tomorrow."""
    today = timezone.now().astimezone(summit.tz).date()
    closes = summit.registration_closes_at
    ends = [today + USUALLY, summit.ends_on, *([closes.astimezone(summit.tz).date()] if closes else [])]
    return max(min(ends), today + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The invitations it was done to, and those that stay as they are, each with the reason in the active language."""

    done: list[Invitation]
    left: list[tuple[Any, str]]


def checked(summit: Summit, terms: Terms) -> Terms:
    """The terms with the one way in which their category can come, where there is one only.

    Raises :class:`refusals.EndMissed`, :class:`refusals.WayMissing`, :class:`refusals.NotOffered` and
    :class:`refusals.NotInThisWay`.
    """
    if terms.expires_at <= timezone.now():
        raise refusals.EndMissed
    ways = terms.category.attendances(offered(summit.mode))
    way = terms.attendance or (str(ways[0].value) if len(ways) == 1 else "")
    if way:
        may_come(summit, terms.category, way)
    if terms.reserves and not way:
        raise refusals.WayMissing
    return Terms(terms.category, terms.expires_at, way, terms.reserves, terms.skips_approval)


def made(summit: Summit, guest: Guest, terms: Terms, *, by: User | None) -> Invitation:
    """An invitation that is not written yet."""
    return Invitation(
        summit=summit, email=guest.email, name=guest.name, language=guest.language, country=guest.country,
        prefill={name: value for name, value in guest.prefill.items() if value}, category=terms.category,
        attendance=terms.attendance, reserves=terms.reserves, skips_approval=terms.skips_approval,
        expires_at=terms.expires_at, by=by,
    )  # fmt: skip


def known_addresses(summit: Summit) -> dict[str, str]:
    """Why an address (lower case) is not invited: registered, or invited already. Three queries."""
    invited = Invitation.objects.filter(summit=summit).standing().values_list("email", flat=True)
    registered = summit.registrations.active().values_list("email", flat=True)
    found = {email.lower(): _("Invited already.") for email in invited.iterator()}
    found |= {email.lower(): _("Registered already.") for email in registered.iterator()}
    sealed = SealedAddress.objects.behind(summit).items()
    return found | {address: found[stand_in] for stand_in, address in sealed if stand_in in found}


@transaction.atomic
def prepare(summit: Summit, guests: Iterable[Guest], terms: Terms, *, by: User | None) -> Outcome:
    """Invitations that are not sent yet; whoever is registered or invited already is left out. Raises what
    :func:`checked` does."""
    terms = checked(summit, terms)
    # Two who invite the same people at once: the second finds what the first has written.
    Summit.objects.select_for_update().filter(pk=summit.pk).first()
    known, new, left = known_addresses(summit), [], []
    for guest in guests:
        address = guest.email.lower()
        if address in known:
            left.append((guest, known[address]))
            continue
        known[address] = _("Invited already.")
        new.append(made(summit, guest, terms, by=by))
    for chunk in batched(new, CHUNK, strict=False):
        Invitation.objects.bulk_create(chunk)
    recorded(summit, new, by=by)
    return Outcome(new, left)


def recorded(summit: Summit, invitations: Sequence[Invitation], *, by: User | None) -> None:
    """The lines of history of new ones."""
    lines = [(row, {"category": ("", history.plain(row.category.name))}) for row in invitations]
    history.record_many("invitation.create", lines, by=by, summit=summit)


def _locked(invitations: Iterable[Invitation]) -> list[Invitation]:
    """They as they are now, their rows held in the order of their keys."""
    found: list[Invitation] = []
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("category", "summit")
    for chunk in batched(sorted(row.pk for row in invitations), CHUNK, strict=False):
        found += rows.filter(pk__in=chunk).order_by("pk")
    return found


def _set(summit: Summit, rows: list[Invitation], action: str, *, by: User | None, **values: Any) -> None:
    for chunk in batched([row.pk for row in rows], CHUNK, strict=False):
        Invitation.objects.filter(pk__in=chunk).update(**values)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
    history.record_many(action, [(row, {}) for row in rows], by=by, summit=summit)


def unsendable(rows: Iterable[Invitation]) -> dict[int, str]:
    """Those that are not sent now, by their keys, each with why."""
    return {row.pk: str(row.state.label) for row in rows if row.state != InvitationState.DRAFT}


@transaction.atomic
def send(summit: Summit, invitations: Iterable[Invitation], *, by: User | None) -> Outcome:
    """Send those that are not sent yet, and keep a place for each that reserves one. Whoever is registered by now is left
    out, and so is whoever finds no place."""
    rows = _locked(invitations)
    reasons = unsendable(rows)
    addresses = [row.email.lower() for row in rows if row.pk not in reasons]
    registered = _registered(summit, addresses)
    reasons |= {row.pk: _("Registered already.") for row in rows if row.email.lower() in registered}
    fitting = [row for row in rows if row.pk not in reasons]
    placeless = _reserved(summit, [row for row in fitting if row.reserves])
    reasons |= dict.fromkeys(placeless, _("There is no place left to keep."))
    done = [row for row in fitting if row.pk not in placeless]
    left = [(row, reasons[row.pk]) for row in rows if row.pk in reasons]
    _set(summit, [row for row in done if row.reserves], "invitation.reserve", by=by, holds_place=True)
    _set(summit, done, "invitation.send", by=by, sent_at=timezone.now())
    _tell(done, tell_invited)
    for moment in {row.expires_at for row in done if row.holds_place}:
        end_expired.using(run_after=moment).enqueue()
    return Outcome(done, left)


def _registered(summit: Summit, addresses: list[str]) -> set[str]:
    found: set[str] = set()
    for chunk in batched(addresses, CHUNK, strict=False):
        rows = summit.registrations.active().annotate(lower=Lower("email")).filter(lower__in=chunk)
        found |= {email.lower() for email in rows.values_list("email", flat=True)}
    sealed = SealedAddress.objects.stand_ins((summit.pk, address) for address in addresses)
    there = set(summit.registrations.active().filter(email__in=sealed.values()).values_list("email", flat=True))
    return found | {address for (_summit, address), stand_in in sealed.items() if stand_in in there}


def _by_wish(rows: Iterable[Invitation]) -> dict[Wish, list[Invitation]]:
    found: dict[Wish, list[Invitation]] = defaultdict(list)
    for row in rows:
        found[wish_of(row)].append(row)
    return found


def _reserved(summit: Summit, rows: list[Invitation]) -> set[int]:
    """Keep a place for each; returns the keys of those for whom none is left."""
    without: set[int] = set()
    for wish, group in _by_wish(rows).items():
        number = capacity.take_up_to(summit, wish, len(group))
        without |= {row.pk for row in group[number:]}
    return without


def _release(summit: Summit, rows: Iterable[Invitation]) -> None:
    """Give the places back that are kept for them; they are offered to who waits."""
    kept = _by_wish(row for row in rows if row.holds_place)
    for wish, group in kept.items():
        capacity.release(summit, wish, len(group))
    if kept:
        waitlist.wake(summit)


def _tell(rows: list[Invitation], letter: Any) -> None:
    for batch in batched(rows, BATCH, strict=False):
        letter.enqueue([str(row.guid) for row in batch])


def irremindable(rows: Iterable[Invitation], *, anyway: bool = False) -> dict[int, str]:
    """Those that are not reminded of now, by their keys, each with why; ``anyway``: also soon after the last mail."""
    found, now = {}, timezone.now()
    for row in rows:
        if row.state not in GOING:
            found[row.pk] = str(row.state.label)
        elif not anyway and row.last_told_at and row.last_told_at > now - REMINDED_AFTER:
            found[row.pk] = _("The last mail is less than 24 hours old.")
    return found


@transaction.atomic
def remind(summit: Summit, invitations: Iterable[Invitation], *, by: User | None, anyway: bool = False) -> Outcome:
    """Remind whoever has not registered yet; not twice within :data:`REMINDED_AFTER`, unless ``anyway``."""
    rows = _locked(invitations)
    reasons = irremindable(rows, anyway=anyway)
    done = [row for row in rows if row.pk not in reasons]
    _set(summit, done, "invitation.remind", by=by, reminded_at=timezone.now())
    _tell(done, tell_reminded)
    return Outcome(done, [(row, reasons[row.pk]) for row in rows if row.pk in reasons])


def irrevocable(rows: Iterable[Invitation]) -> dict[int, str]:
    """Those that cannot be revoked, by their keys, each with why: they are over."""
    over = (InvitationState.FINISHED, InvitationState.REVOKED)
    return {row.pk: str(row.state.label) for row in rows if row.state in over}


@transaction.atomic
def revoke(summit: Summit, invitations: Iterable[Invitation], *, by: User | None) -> Outcome:
    """Take them back: their links open nothing any more, and the places kept for them are free at once. Nobody is told;
    whoever follows the link reads it there."""
    rows = _locked(invitations)
    reasons = irrevocable(rows)
    done = [row for row in rows if row.pk not in reasons]
    _release(summit, done)
    _set(summit, done, "invitation.revoke", by=by, revoked_at=timezone.now(), holds_place=False)
    return Outcome(done, [(row, reasons[row.pk]) for row in rows if row.pk in reasons])


@transaction.atomic
def extend(summit: Summit, invitations: Iterable[Invitation], expires_at: datetime, *, by: User | None) -> Outcome:
    """Have them end at another moment, also those that have expired; a place that was given back is kept again where one
    is left. Raises :class:`refusals.EndMissed`."""
    if expires_at <= timezone.now():
        raise refusals.EndMissed
    rows = _locked(invitations)
    reasons = irrevocable(rows)
    fitting = [row for row in rows if row.pk not in reasons]
    again = [row for row in fitting if row.reserves and row.sent_at and not row.holds_place]
    placeless = _reserved(summit, again)
    reasons |= dict.fromkeys(placeless, _("There is no place left to keep."))
    done = [row for row in fitting if row.pk not in placeless]
    kept = [row for row in again if row.pk not in placeless]
    _set(summit, kept, "invitation.reserve", by=by, holds_place=True)
    _set(summit, done, "invitation.extend", by=by, expires_at=expires_at)
    if any(row.holds_place for row in done):
        end_expired.using(run_after=expires_at).enqueue()
    return Outcome(done, [(row, reasons[row.pk]) for row in rows if row.pk in reasons])


def opened(invitation: Invitation) -> None:
    """Somebody, or something that checks links in mails, has opened the form."""
    Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=timezone.now())


def begun(invitation: Invitation) -> None:
    """Somebody has sent the form, whatever became of it."""
    now = timezone.now()
    Invitation.objects.filter(pk=invitation.pk, begun_at=None).update(begun_at=now)
    opened(invitation)


@task
def end_expired() -> int:
    """Give back the places of invitations that have expired; every night as well, in case a task was lost. Returns how
    many."""
    late = Invitation.objects.in_state(InvitationState.EXPIRED).filter(holds_place=True)
    number = 0
    for summit in Summit.objects.filter(pk__in=late.values("summit")):
        with transaction.atomic():
            held = [row for row in _locked(late.filter(summit=summit)) if row.holds_place]
            rows = [row for row in held if row.state == InvitationState.EXPIRED]
            _release(summit, rows)
            _set(summit, rows, "invitation.expire", by=None, holds_place=False)
            number += len(rows)
    return number


def forget(*, now: datetime | None = None) -> int:
    """Erase the invitations that nobody followed, with their mails, thirty days after the summit; returns how many."""
    over = (now or timezone.now()).date() - NEEDS_KEPT_FOR
    rows = Invitation.objects.filter(registration=None, summit__ends_on__lt=over)
    keys, kind = list(rows.values_list("pk", flat=True)), Invitation._meta.label_lower
    for chunk in batched(keys, CHUNK, strict=False):
        with transaction.atomic():
            told = Message.objects.filter(summit__ends_on__lt=over, kind__in=MAILS)
            outbox.forget(told.filter(to__in=list(rows.filter(pk__in=chunk).values_list("email", flat=True))))
            # The lines about them name them.
            HistoryEntry.objects.filter(subject_kind=kind, subject_key__in=map(str, chunk)).delete()
            rows.filter(pk__in=chunk).delete()
    return len(keys)


@task
def tell_invited(guids: Sequence[str]) -> int:
    """Write the mails of invitations that were sent; returns how many. Goes on where it was interrupted."""
    return emails.invited(_addressed(guids))


@task
def tell_reminded(guids: Sequence[str]) -> int:
    """Write the reminders of invitations, as :func:`tell_invited` does."""
    return emails.reminded_of_invitation(_addressed(guids))


def _addressed(guids: Sequence[str]) -> InvitationQuerySet:
    """Those that still stand: whoever has registered, or whose invitation was revoked meanwhile, is not written to."""
    return Invitation.objects.in_state(*GOING).filter(guid__in=guids).select_related("summit", "category", "by")


def requeue(*, older_than: datetime) -> int:
    """Write the mails again that a task which failed was about to; returns how many batches."""
    return sum(queued_again(each, older_than=older_than) for each in (tell_invited, tell_reminded))
