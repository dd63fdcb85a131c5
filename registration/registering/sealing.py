"""People at risk: their details are sealed, and everything else knows them by an alias.

The row of the registration itself carries the alias, nothing of where somebody comes from, and a stand-in for the address.
So no list, file, page, mail or badge has to know of it: what is true is not there. Mail reaches the person all the same
(:class:`summit.models.SealedAddress`), the ticket opens the door, and the place stays held.
"""

import re
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext

from registration.mailing import emails
from registration.models import (
    BadgeJob,
    Delegation,
    DelegationHead,
    Itinerary,
    Listed,
    Look,
    Registration,
    Script,
    Sealed,
    SealKeeper,
)
from registration.models.quota import Wish
from registration.models.registration import RegistrationQuerySet
from registration.models.sealing import HIDDEN, SEALED
from registration.places import capacity
from registration.registering import looks, refusals, sealed_answers, sealed_heads, states, waitlist
from sessions.models import ImportJob
from summit import history
from summit.lib.codes import session_code
from summit.lib.finding import fold
from summit.lib.sealed import Unreadable
from summit.models import ExportJob, HistoryEntry, Membership, Message, MessageFile, Role, SealedAddress, Summit, User
from summit.models.sealed_address import DOMAIN
from summit.storage import delete_files

# Words shorter than this are in too many others to be replaced in texts.
SHORTEST, SHORTEST_PART = 2, 3
# People sealed by one task.
AT_ONCE = 50
TELLING = {"name", "name_romanised", "organisation", "email"}


def in_circle(user: User, summit: Summit) -> bool:
    """Whether somebody may see who is at risk. One query."""
    return keepers(summit).filter(membership__user=user).exists()


def keepers(summit: Summit) -> Any:
    rows = SealKeeper.objects.filter(summit=summit, membership__accepted_at__isnull=False)
    return rows.select_related("membership__user")


def candidates(summit: Summit) -> Any:
    """The members of the team of whom an owner may name some."""
    rows = Membership.objects.accepted().filter(summit=summit).select_related("user")
    return rows.order_by("user__email", "pk")


def names_circle(user: User, summit: Summit) -> bool:
    return summit.memberships.accepted().filter(user=user, role=Role.OWNER).exists()


@transaction.atomic
def set_circle(summit: Summit, members: Collection[int], *, by: User) -> None:
    """Who is in the circle from now on, by the keys of their memberships. Raises :class:`refusals.OnlyOwnersName`."""
    if not names_circle(by, summit):
        raise refusals.OnlyOwnersName
    rows = {row.membership_id: row for row in SealKeeper.objects.select_for_update().filter(summit=summit)}
    wanted = {membership.pk: membership for membership in candidates(summit).filter(pk__in=members)}
    for key in rows.keys() - wanted.keys():
        member = rows[key].membership
        rows[key].delete()
        history.record("membership.leave_circle", member, by=by, summit=summit)
    for key in wanted.keys() - rows.keys():
        SealKeeper.objects.create(summit=summit, membership=wanted[key])
        history.record("membership.join_circle", wanted[key], by=by, summit=summit)


@transaction.atomic
def seal(registration: Registration, *, alias: str = "", by: User | None = None) -> Registration:
    """Protect somebody at once: ``by`` a member of the circle, or the person (None). Twice is once.

    Raises :class:`refusals.NotInCircle`, :class:`refusals.AliasTellsName`.
    """
    locked = states.locked(registration)
    if by is not None and not in_circle(by, locked.summit):
        raise refusals.NotInCircle
    if locked.at_risk:
        return locked
    _seal(locked, alias, by=by, by_person=by is None)
    _seal_merged(locked, by=by)
    emails.protected(locked)
    if by is None:
        for keeper in keepers(locked.summit):
            emails.protection_asked(locked, keeper.membership.user)
    return locked


def _seal_merged(locked: Registration, *, by: User | None) -> None:
    """What was merged into it is of the same person."""
    for row in Registration.objects.filter(merged_into=locked, at_risk=False, erased_at=None).order_by("pk"):
        other = states.locked(row)
        _seal(other, "", by=by, by_person=by is None)
        _seal_merged(other, by=by)


def seal_new(registration: Registration) -> None:
    """At a summit where everybody is protected: of somebody who has just registered, before they are told."""
    if registration.summit.at_risk:
        _seal(registration, "", by=None, by_person=False)


@transaction.atomic
def protect_everybody(summit: Summit, wanted: bool, *, by: User) -> None:
    """Have everybody registered sealed, and whoever registers from now on; or no more of those. Who is sealed stays so.

    Raises :class:`refusals.NotInCircle`.
    """
    if not in_circle(by, summit):
        raise refusals.NotInCircle
    locked = Summit.objects.select_for_update().get(pk=summit.pk)
    if locked.at_risk == wanted:
        return
    Summit.objects.filter(pk=summit.pk).update(at_risk=wanted)
    history.record("summit.protect", locked, by=by, summit=locked, changes={"at_risk": (not wanted, wanted)})
    locked.raise_revision()
    if wanted:
        seal_some.enqueue(summit.pk)


@task
def seal_some(summit: int) -> int:
    """Seal those of a summit that protects everybody who are not yet, some at a time, and tell each; returns how many."""
    rows = Registration.objects.filter(summit=summit, summit__at_risk=True, erased_at=None).in_the_open().order_by("pk")
    some = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    for pk in some:
        with transaction.atomic():
            locked = states.locked(Registration.objects.get(pk=pk))
            if not locked.at_risk:
                _seal(locked, "", by=None, by_person=False)
                if locked.is_active:
                    emails.protected(locked)
    if len(some) == AT_ONCE:
        seal_some.enqueue(summit)
    return len(some)


def _seal(locked: Registration, alias: str, *, by: User | None, by_person: bool) -> None:
    address = locked.email
    telling = _telling(locked)
    if any(fold(word) in fold(alias) for word in telling if fold(word)):
        raise refusals.AliasTellsName
    alias = alias or _new_alias(locked)
    truth = {name: getattr(locked, name) for name in SEALED} | {"answers": sealed_answers.take(locked)}
    wish = Wish.of(locked)
    Sealed.of(locked, truth, by_person=by_person).save(force_insert=True)
    _empty(locked, alias, SealedAddress.objects.protect(locked.summit, address))
    _take_back(locked, Wish.of(locked), wish)
    _rewrite(locked, telling, address)
    sealed_heads.hide(locked, address, _scrubbed(_naming(truth, address), HIDDEN))
    history.record("registration.seal", locked, by=by, summit=locked.summit)


def _empty(locked: Registration, alias: str, stand_in: str) -> None:
    locked.at_risk, locked.no_photographs = True, True
    locked.name, locked.email, locked.badge_script = alias, stand_in, Script.NATIVE
    locked.name_romanised = locked.organisation = locked.job_title = locked.country = locked.time_zone = ""
    locked.listed, locked.contactable = Listed.NOTHING, False
    locked.updated_at = timezone.now()
    written = ("at_risk", "no_photographs", "listed", "contactable", "email", *SEALED, "found_as", "updated_at")
    locked.save(update_fields=written)


def _take_back(locked: Registration, now: Wish, before: Wish) -> None:
    """Places that were counted by country are free; those for everybody stay held."""
    if locked.holds_place and now != before:
        if not capacity.move(locked.summit, before, now, by_team=True):
            raise refusals.no_place_left(locked.summit, now)
        waitlist.wake(locked.summit)


def _new_alias(registration: Registration) -> str:
    """One that nobody else of the summit has."""
    with translation.override(registration.language):
        words = gettext("Guest %(code)s")
        while True:
            alias = words % {"code": session_code(4)}
            if not registration.summit.registrations.filter(name=alias).exists():
                return alias


def _telling(registration: Registration) -> list[str]:
    """What would tell who it is, the longest first: as it is now, and as it was before it was corrected."""
    said = {name: {str(getattr(registration, name))} for name in TELLING}
    for entry in _lines_about(registration):
        for name in TELLING & entry.changes.keys():
            said[name] |= {str(value) for value in entry.changes[name]} - {HIDDEN}
    names = said["name"] | said["name_romanised"]
    parts = {part for name in names for part in name.split() if len(part) >= SHORTEST_PART}
    words = set().union(parts, *said.values())
    return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)


def _naming(truth: dict[str, Any], address: str) -> list[str]:
    """The names and the address, without what others share."""
    words = {truth["name"], truth["name_romanised"], address}
    return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)


def _scrubbed(telling: list[str], alias: str) -> Callable[[Any], Any]:
    """Puts the alias for each word that tells, in texts and whatever holds them."""
    words = re.compile("|".join(map(re.escape, telling)), re.IGNORECASE)

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            return words.sub(lambda _found: alias, value)
        if isinstance(value, list):
            return [scrub(each) for each in value]
        return {name: scrub(each) for name, each in value.items()} if isinstance(value, dict) else value

    return scrub


def _rewrite(locked: Registration, telling: list[str], address: str) -> None:
    """What was written of the person before: lines of the history, notes, mails, and files that hold it."""
    scrub = _scrubbed(telling, locked.name)
    _rewrite_history(locked, scrub)
    for note in locked.notes.select_for_update():
        locked.notes.filter(pk=note.pk).update(text=scrub(note.text)[:2000])
    own = {name: scrub(getattr(locked, name)) for name in ("access_needs", "dietary_needs", "reason")}
    Registration.objects.filter(pk=locked.pk).update(**own)
    for name, value in own.items():
        setattr(locked, name, value)
    for mail in Message.objects.select_for_update().filter(summit=locked.summit, to__address=address):
        _rewrite_mail(mail, locked.email, scrub)
    for journey in Itinerary.objects.filter(registration=locked):
        said = {
            name: scrub(getattr(journey, name)) for name in ("arrives_on", "arrives_in", "departs_on", "departs_in")
        }
        Itinerary.objects.filter(pk=journey.pk).update(**{name: words[:40] for name, words in said.items()})
    _empty_files(locked, scrub)


def _empty_files(locked: Registration, scrub: Callable[[Any], Any]) -> None:
    """Files that hold the person are deleted: badges and lists can be made again, sheets are where they came from."""
    jobs = BadgeJob.objects.filter(prints__registration=locked).values("pk")
    lists = ExportJob.objects.filter(summit=locked.summit, list_name__in=("registrations", "history"))
    sheets = ImportJob.objects.filter(summit=locked.summit, table="registrations", finished_at__isnull=False)
    for sheet in sheets:
        ImportJob.objects.filter(pk=sheet.pk).update(report=scrub(sheet.report), refused=scrub(sheet.refused))
    for rows in (BadgeJob.objects.filter(pk__in=jobs), lists, sheets):
        delete_files(rows.exclude(file=""))


def _lines_about(registration: Registration) -> QuerySet[HistoryEntry]:
    about = Q(subject_kind=registration._meta.label_lower, subject_key=str(registration.pk))
    return HistoryEntry.objects.filter(about, summit=registration.summit_id)


def _rewrite_history(locked: Registration, scrub: Callable[[Any], Any]) -> None:
    for entry in _lines_about(locked).filter(masked_at=None).select_related("by"):
        changes = {name: [HIDDEN, HIDDEN] if name in (*SEALED, "email") else scrub(pair) for name, pair in entry.changes.items()}  # fmt: skip
        # Whose account did it is the person, too.
        by = None if entry.by_id == locked.user_id else entry.by
        history.mask(entry, name=locked.name, changes=changes, by=by)


def _rewrite_mail(mail: Message, stand_in: str, scrub: Callable[[Any], Any]) -> None:
    waits = mail.state in {Message.State.QUEUED, Message.State.SENDING}
    texts = {name: scrub(getattr(mail, name)) if waits else "" for name in ("text", "html")}
    erased = mail.erased_at if waits else mail.erased_at or timezone.now()
    if not waits:
        MessageFile.objects.filter(message=mail).delete()
    Message.objects.filter(pk=mail.pk).update(
        to=stand_in, subject=scrub(mail.subject)[:300], error=scrub(mail.error), erased_at=erased, **texts
    )


@transaction.atomic
def unseal(registration: Registration, *, by: User) -> Registration:
    """End the protection: what was sealed stands in the open again, beside what has happened under the alias.

    Raises :class:`refusals.NotInCircle`, :class:`refusals.NotProtected`, :class:`refusals.SealUnreadable`,
    :class:`refusals.AlreadyRegistered`, and :class:`refusals.NoPlaceLeft` where the places of the person's country are
    full by now.
    """
    locked = states.locked(registration)
    if not in_circle(by, locked.summit):
        raise refusals.NotInCircle
    truth, address = _opened(locked)
    if locked.is_active and (known := _others(locked).filter(email__address=address).first()):
        raise refusals.AlreadyRegistered(known)
    wish, stand_in = Wish.of(locked), locked.email
    sealed_answers.give_back(locked, truth.pop("answers"))
    for name, value in truth.items():
        setattr(locked, name, value)
    locked.at_risk, locked.email, locked.updated_at = False, address, timezone.now()
    locked.save(update_fields=["at_risk", "email", *SEALED, "found_as", "updated_at"])
    _take_back(locked, Wish.of(locked), wish)
    Sealed.objects.filter(registration=locked).delete()
    Message.objects.filter(summit=locked.summit, to=stand_in).update(to=address)
    sealed_heads.show(locked, stand_in)
    SealedAddress.objects.filter(stand_in=stand_in).delete()
    history.record("registration.unseal", locked, by=by, summit=locked.summit)
    return locked


def _others(locked: Registration) -> RegistrationQuerySet:
    return Registration.objects.filter(summit=locked.summit).active().exclude(pk=locked.pk)


def _opened(locked: Registration) -> tuple[dict[str, Any], str]:
    """(what was sealed, the address). Raises :class:`refusals.NotProtected`, :class:`refusals.SealUnreadable`."""
    row = Sealed.objects.filter(registration=locked).first()
    if row is None:
        raise refusals.NotProtected
    try:
        return row.truth(), SealedAddress.objects.real(locked.email)
    except Unreadable as error:
        raise refusals.SealUnreadable from error


@transaction.atomic
def open_seal(registration: Registration, *, reason: str, by: User) -> dict[str, Any]:
    """Who somebody at risk is, told to one member of the circle and noted: a value for each name of ``SEALED`` but the
    script, and "email". Raises :class:`refusals.NotInCircle`, :class:`refusals.ReasonMissing`,
    :class:`refusals.NotProtected`, :class:`refusals.SealUnreadable`."""
    if not in_circle(by, registration.summit):
        raise refusals.NotInCircle
    if not reason.strip():
        raise refusals.SealReasonMissing
    truth, address = _opened(registration)
    looks.note(registration.summit, [registration.pk], Look.What.TRUTH, by=by, reason=reason)
    history.record("registration.open_seal", registration, by=by, summit=registration.summit)
    return {name: truth[name] for name in SEALED if name != "badge_script"} | {"email": address}


@transaction.atomic
def refuse_photographs(registration: Registration, refused: bool, *, by: User | None = None) -> Registration:
    """Whether the badge says that nobody takes pictures of its bearer; of whoever is protected it always does."""
    locked = states.locked(registration)
    wanted = refused or locked.at_risk
    if locked.no_photographs != wanted:
        Registration.objects.filter(pk=locked.pk).update(no_photographs=wanted, updated_at=timezone.now())
        changes = {"no_photographs": (locked.no_photographs, wanted)}
        locked.no_photographs = wanted
        history.record("registration.photographs", locked, by=by, summit=locked.summit, changes=changes)
    return locked


def forget_stand_ins() -> int:
    """Delete stand-ins that nobody has and no mail waits for; returns how many."""
    known = Registration.objects.filter(at_risk=True).values("email")
    waiting = Message.objects.filter(state__in=(Message.State.QUEUED, Message.State.SENDING), to__endswith=DOMAIN)
    heads = DelegationHead.objects.filter(email__endswith=DOMAIN).values("email")
    contacts = Delegation.objects.filter(contact_email__endswith=DOMAIN).values("contact_email")
    rows = SealedAddress.objects.exclude(stand_in__in=known).exclude(stand_in__in=waiting.values("to"))
    return rows.exclude(stand_in__in=heads).exclude(stand_in__in=contacts).delete()[0]
