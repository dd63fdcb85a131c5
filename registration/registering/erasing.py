"""Erasing a person: nothing stays by which anybody could know who it was, and every count stays.

The row of the registration is emptied and keeps state, category, delegation, attendance, country, language and moments; arrivals,
badges drawn, consents and seats of a summit that is over hang on it as before. Everything else about the person goes:
answers, itinerary, photo, vetting, notes, what invitations say of them, marks, mails, queued work, files in which they stand, names in the
history, and the account where nothing needs it.
"""

from collections.abc import Collection
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote_plus
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower
from django.urls import reverse
from django.utils import timezone, translation

from registration.mailing import emails
from registration.models import (
    Answer,
    BadgeJob,
    CampaignRecipient,
    DelegationHead,
    Feedback,
    FormerKey,
    Invitation,
    Itinerary,
    Look,
    Note,
    NotTheSame,
    Photo,
    PushSubscription,
    Registration,
    Sealed,
    SecondOpinion,
    VettingStep,
    ZoneException,
)
from registration.models.registration import RegistrationQuerySet
from registration.models.sealing import HIDDEN
from registration.places import bookings
from registration.registering import companions, drafts, inviting, mailed_keys, refusals, states, waitlist
from registration.registering.mailed_keys import Purpose
from registration.registering.sealed_texts import LISTS, TABLES
from sessions.live import forgetting as asked
from sessions.live import participants
from sessions.models import Bookmark, ImportJob, PersonalAgenda
from summit import history
from summit.accounts import forgetting
from summit.accounts.known_addresses import nobody
from summit.lib.codes import reference, token
from summit.lib.sealed import Unreadable
from summit.mailing import outbox
from summit.models import ExportJob, HistoryEntry, Message, SavedView, SealedAddress, Summit, User
from summit.storage import delete_files

# Mails to others that name the person.
TELLING = ("transfer_offered", "protection_asked")
EMPTY: dict[str, Any] = {
    "name": "", "name_romanised": "", "title": "", "family_name": "", "badge_script": "native", "organisation": "", "job_title": "", "access_needs": "",
    "dietary_needs": "", "time_zone": "", "reason": "", "calendar_token": "", "calendar_alarm": None, "form_nonce": "",
    "user": None, "opened_at": None, "offer_ends_at": None, "companion_of": None, "registered_by": "", "replaces": None,
    "merged_into": None, "access_code": None, "vetting": "", "at_risk": False, "no_photographs": False, "listed": "", "contactable": False,
}  # fmt: skip
# What is written of a row that was emptied.
EMPTIED = [*EMPTY, "guid", "token", "email", "reference", "found_as", "erased_at", "updated_at"]
# Tables whose rows go with the person.
HANGING = (
    Note,
    CampaignRecipient,
    FormerKey,
    SecondOpinion,
    Itinerary,
    Photo,
    PushSubscription,
    VettingStep,
    ZoneException,
    Sealed,
    Look,
    Registration.tags.through,
)
# What an invitation says of a person, or opens.
INVITED = ["guid", "token", "email", "name", "prefill", "found_as"]


@transaction.atomic
def ask_for(registration: Registration) -> None:
    """Mail the link by which the person has themselves erased: who has the private link alone cannot. Raises
    :class:`refusals.AlreadyErased`."""
    if registration.erased_at:
        raise refusals.AlreadyErased
    summit = registration.summit
    key = mailed_keys.make(Purpose.ERASURE, registration)
    with translation.override(registration.language):
        page = summit.address(reverse("registration:confirm-erasure", args=[summit.code, key]))
    emails.confirm_erasure(registration, page)


def account_stays(registration: Registration) -> bool:
    """Whether something else needs the account: another registration, a profile, a role."""
    user = registration.user
    if user is None:
        return False
    here = registration.summit.registrations.filter(pk__in=_same(registration).values("pk"))
    return forgetting.is_needed(user, without=here)


@transaction.atomic
def erase(registration: Registration, *, by: User | None = None, reason: str = "") -> int:
    """Erase the person of a registration from their summit: all they had there under the same address, and what was merged
    into it. Returns how many registrations were emptied. ``reason``: why somebody of the team does it; it stays in the history.

    Who would still come gives the place back first. Raises :class:`refusals.AlreadyErased`.
    """
    same = _same(registration).filter(erased_at=None)
    # In one order: two who are erased at once never wait for each other in a ring.
    found = [states.locked(each) for each in same.order_by("pk")]
    if registration.pk not in {one.pk for one in found}:
        raise refusals.AlreadyErased
    # Whom somebody brought along before themselves: they would end with them.
    for one in sorted(found, key=lambda one: one.companion_of_id is None):
        _erase(one, by=by, reason=reason)
    return len(found)


def _same(registration: Registration) -> RegistrationQuerySet:
    """What the person has at the summit, under the same address: also where that is sealed, and where it is not."""
    here = Registration.objects.filter(summit=registration.summit_id)
    merged = _with_merged({registration.pk}, registration.summit_id)
    same = here.filter(pk__in=merged)
    return same if registration.shares_address else same | here.under(_real(registration))


def _real(registration: Registration) -> str:
    """The address, or the stand-in where no key opens it any more."""
    with suppress(Unreadable):
        return SealedAddress.objects.real(registration.email)
    return registration.email


def _with_merged(keys: set[int], summit: int) -> set[int]:
    """With those that were merged into them, and into these: they are of the same person."""
    into = Registration.objects.filter(summit=summit, merged_into__isnull=False)
    links = list(into.values_list("pk", "merged_into"))
    while more := {pk for pk, kept in links if kept in keys} - keys:
        keys = keys | more
    return keys


def _erase(locked: Registration, *, by: User | None, reason: str) -> None:
    summit, user, name, addresses = locked.summit, locked.user, locked.name, _addresses(locked)
    _forget_invitations(locked, addresses, user)
    _leave(locked, by=by)
    _forget_files(locked, addresses)
    names = sorted(
        filter(None, {locked.name, locked.name_romanised, *_sealed(locked), *addresses}), key=len, reverse=True
    )
    for known in names:
        reason = reason.replace(known, "…")
    if not locked.shares_address:
        SealedAddress.objects.filter(summit=summit).of(_real(locked)).delete()
    asked.forget_person(summit, participants.of_registration(locked.guid))
    Feedback.objects.filter(summit=summit, author=participants.of_registration(locked.guid)).delete()
    forget_rows([locked.pk])
    _empty(locked)
    if user:
        Bookmark.objects.filter(user=user, session__summit=summit).delete()
        PersonalAgenda.objects.filter(user=user, summit=summit).delete()
        PushSubscription.objects.filter(user=user, summit=summit).delete()
    if offered := name and Message.objects.filter(summit=summit, kind__in=TELLING, text__contains=name):
        outbox.forget(offered)
    for address in addresses:
        _forget_head(summit, address)
        drafts.forget_address(summit, address)
        outbox.forget(Message.objects.filter(summit=summit, to__address=address))
        forgetting.forget_tasks(address)
        _forget_contact(summit, address)
        _forget_views(summit.pk, address)
    _forget_history(locked, addresses, user)
    forgetting.forget_unless_needed(user)
    changes: history.Changes = {"reason": ("", reason)} if reason else {}
    line = partial(history.record, "registration.erase", locked, by=by, summit=summit, changes=changes)
    if by:
        line()
    else:
        with history.coming_from("page"):  # without the network of the person
            line()


def _addresses(locked: Registration) -> set[str]:
    """Its address, and those it had before; one of these that is somebody else's by now is theirs."""
    former = former_addresses([locked.pk])
    active = locked.summit.registrations.active().exclude(pk=locked.pk)
    theirs = {one for one in former if active.filter(email__address=one).exists()}
    return {locked.email, _real(locked)} | (former - theirs - {HIDDEN})


def _sealed(locked: Registration) -> set[str]:
    """The names that are sealed of whoever is protected."""
    with suppress(Unreadable, Sealed.DoesNotExist):
        truth = Sealed.objects.get(registration=locked).truth()
        return {truth["name"], truth["name_romanised"]}
    return set()


def _leave(locked: Registration, *, by: User | None) -> None:
    """Whoever has not come, and still could, gives place and seats back, without a mail."""
    arrived = locked.check_ins.standing().exists()
    if not locked.is_active or locked.summit.ends_on < timezone.localdate(timezone=locked.summit.tz):
        return
    if arrived:
        bookings.release_all(locked, by=by)
        return
    states.move(locked, "cancel", actor=states.Actor.TEAM if by else states.Actor.PERSON, by=by)
    companions.end_with(locked, by=by)
    waitlist.wake(locked.summit)


def forget_rows(keys: Collection[int]) -> None:
    """What hangs on these registrations and says something of their people, with the files."""
    answers = Answer.objects.filter(registration__in=keys)
    delete_files(answers.exclude(file=""))
    delete_files(Photo.objects.filter(registration__in=keys).exclude(file=""))
    for rows in (answers, *(model._default_manager.filter(registration__in=keys) for model in HANGING)):
        rows.delete()
    NotTheSame.objects.filter(Q(one__in=keys) | Q(other__in=keys)).delete()
    kind = ContentType.objects.get_for_model(Registration)
    LogEntry.objects.filter(content_type=kind, object_id__in=map(str, keys)).update(object_repr="", change_message="")


def _forget_head(summit: Summit, address: str) -> None:
    """Whoever headed a delegation, or was its contact, does so no more."""
    DelegationHead.objects.filter(delegation__summit=summit, email__address=address).delete()
    summit.delegations.filter(contact_email__iexact=address).update(contact_name="", contact_email="")


def _forget_invitations(locked: Registration, addresses: set[str], user: User | None) -> None:
    """The one that was followed is emptied and still counts; others to an address go, and the places they keep. Their rows
    are held before quotas, as whoever registers by one does."""
    found = Invitation.objects.filter(summit=locked.summit_id).annotate(address=Lower("email"))
    others = found.filter(registration=None, address__in=[one.lower() for one in addresses])
    theirs = [user] if user else []
    for row in found.filter(Q(registration=locked) | Q(pk__in=others.values("pk"))).order_by("pk"):
        kind, key = Invitation._meta.label_lower, str(row.pk)
        outbox.forget(Message.objects.filter(summit=locked.summit_id, text__contains=row.token))
        if row.registration_id is None:
            inviting.revoke(locked.summit, [row], by=None)
            row.delete()
        else:
            empty_invitation(row)
            row.save(update_fields=INVITED)
        history.erase(HistoryEntry.objects.filter(subject_kind=kind, subject_key=key), of=theirs)


def empty_invitation(row: Invitation) -> None:
    row.guid, row.token, row.email, row.name, row.prefill = uuid4(), token(), nobody(), "", {}


def _forget_files(locked: Registration, addresses: set[str]) -> None:
    """Files of the summit in which people stand. They can be made again, without this one; an upload can be sent again."""
    jobs = BadgeJob.objects.filter(summit=locked.summit_id).exclude(file="").values_list("pk", "registrations")
    delete_files(BadgeJob.objects.filter(pk__in=[pk for pk, people in jobs if locked.pk in people]))
    exports = ExportJob.objects.filter(summit=locked.summit_id, list_name__in=LISTS)
    made = exports.exclude(state=ExportJob.State.QUEUED) | exports.filter(_names(addresses))
    delete_files(made.exclude(file=""))
    made.delete()
    forget_uploads(locked.summit_id)


def forget_uploads(summit: int) -> None:
    """The sheets of people that were sent for imports, and what these said of their rows; not of one that runs."""
    over = ImportJob.objects.filter(summit=summit, table__in=TABLES).exclude(state=ImportJob.State.RUNNING)
    delete_files(over.exclude(file=""))
    over.update(refused=[], report=[])


def _names(addresses: set[str]) -> Q:
    """What was looked for by an address, as it stands in the query of a list."""
    asked = Q(pk__in=[])
    for address in addresses:
        asked |= Q(query__icontains=address) | Q(query__icontains=quote_plus(address))
    return asked


def _forget_contact(summit: Summit, address: str) -> None:
    """Who registered a group, as the others of it read it."""
    contact = f"<{address}>"
    summit.registrations.filter(registered_by__icontains=contact).update(registered_by="…")
    outbox.forget(Message.objects.filter(summit=summit, kind="of_group", text__icontains=contact))


def _forget_views(summit: int, address: str) -> None:
    SavedView.objects.filter(_names({address}), summit=summit).delete()


def _empty(locked: Registration) -> None:
    empty(locked)
    while locked.summit.registrations.filter(reference=locked.reference).exists():
        locked.reference = reference()
    locked.save(update_fields=EMPTIED)


def empty(row: Registration) -> None:
    """Have a row say nothing of its person, under keys nobody knows; whoever calls it writes ``EMPTIED``."""
    for name, nothing in EMPTY.items():
        setattr(row, name, nothing)
    row.guid, row.token, row.email, row.reference = uuid4(), token(), nobody(), reference()
    row.erased_at = row.updated_at = timezone.now()


def lines_of(keys: Collection[int]) -> QuerySet[HistoryEntry]:
    """The lines of history about these registrations."""
    return HistoryEntry.objects.filter(subject_kind=Registration._meta.label_lower, subject_key__in=map(str, keys))


def former_addresses(keys: Collection[int]) -> set[str]:
    """Those that stood in these registrations before they were changed, and after."""
    changed = lines_of(keys).filter(action="registration.change_address").values_list("changes", flat=True)
    return {str(side) for changes in changed for side in changes.get("email", [])}


def _forget_history(locked: Registration, addresses: set[str], user: User | None) -> None:
    """Lines about the registration, and all others of the summit in which an address of it stands."""
    theirs = [user] if user else []
    history.erase(lines_of([locked.pk]), of=theirs)
    lines = HistoryEntry.objects.filter(summit=locked.summit_id).alias(said=Cast("changes", TextField()))
    for address in addresses:
        history.erase(lines.filter(Q(said__icontains=address) | Q(subject_name__icontains=address)), of=theirs)
