"""The address a registration stands under: corrected right after the form, or changed once its new owner has said so.

Place, reference and waiting time stay. Whoever reads the former mailbox may have the link and the ticket by then: both
are replaced, and what still waits to be sent there is not sent.
"""

import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation

from registration.mailing import emails
from registration.models import Registration, State
from registration.models.sealing import HIDDEN
from registration.registering import (
    lapsing,
    lifecycle,
    mailed_keys,
    proving,
    refusals,
    reissuing,
    states,
    waitlist,
    welcoming,
)
from registration.registering.mailed_keys import Purpose
from registration.registering.making import Person
from sessions.models import Bookmark, PersonalAgenda
from summit import history
from summit.accounts import forgetting
from summit.accounts.sign_in import account_for
from summit.mailing import outbox
from summit.models import Message, SealedAddress, Summit, User

# How long after the form its address may be corrected without a mail to prove it.
AT_ONCE = timedelta(minutes=15)


def may_correct(registration: Registration, sent_at: datetime, until: datetime | None = None) -> bool:
    """Whether the address of a form sent then may be corrected by whoever sent it: for a few minutes, or, where it must be
    confirmed, ``until`` that is over; and while nobody has opened the own page. Of an address that was registered before
    the same is asked."""
    opened = registration.opened_at
    return timezone.now() < (until or sent_at + AT_ONCE) and not (opened and opened >= sent_at)


@transaction.atomic
def correct(registration: Registration, email: str, *, sent_at: datetime) -> Registration:
    """Set another address right after the form, and send its mail there. Returns whose registration the address has now.

    Where somebody is registered under it already, it is as if the form had been sent with that address: nothing of it is
    kept, and they get the link to their own page. Raises :class:`refusals.AddressSettled`.
    """
    locked = states.locked(registration)
    unproven = locked.state == State.UNPROVEN
    if not locked.is_active or not may_correct(locked, sent_at, locked.proof_ends_at if unproven else None):
        raise refusals.AddressSettled
    if _is_that_of(locked, email):
        return locked
    known = _registered(locked, email)
    if known is None:
        _change(locked, email, by=None)
        if unproven:
            lapsing.begin_anew(locked)
        welcoming.tell(locked)
        return locked
    _stop_mails(locked, locked.email)
    locked.save(update_fields=reissuing.renew(locked))
    states.move(locked, "cancel", actor=states.Actor.RULE, by=None)
    forgetting.forget_unless_needed(_without_account(locked))
    waitlist.wake(locked.summit)
    lifecycle.send_link.enqueue(locked.summit_id, known.email, locked.reference)
    return known


def correct_unmade(summit: Summit, kept: str, email: str, shown: str) -> Registration:
    """The same for a form whose address was registered already, so that nothing was made of it: now it is. ``kept`` is
    what :func:`keep` made of the form, ``shown`` the reference its page has named."""
    told = json.loads(kept)
    category = summit.categories.get(pk=told.pop("category"))
    invitation = summit.invitations.filter(pk=told.pop("invitation", None)).first()
    code = summit.access_codes.filter(pk=told.pop("code", None)).first()
    answers = {int(key): given for key, given in told.pop("answers").items()}
    person = replace(
        Person(**told, category=category, answers=answers, invitation=invitation, code=code), email=email, proven=False
    )
    try:
        return lifecycle.register(summit, person, shown=shown)
    except refusals.AlreadyRegistered as known:
        lifecycle.send_link.enqueue(summit.pk, known.registration.email, shown)
        return known.registration


def keep(person: Person) -> str:
    """A form as JSON."""
    rows = {"category": person.category, "invitation": person.invitation, "code": person.code}
    keys = {name: row and row.pk for name, row in rows.items()}
    plain = replace(person, category=None, invitation=None, code=None)  # type: ignore[arg-type]
    return json.dumps({**asdict(plain), **keys})


@transaction.atomic
def ask_for(registration: Registration, email: str) -> None:
    """Mail to another address the link by which its owner makes it that of the registration. Where somebody is
    registered under it already, they are sent theirs: whoever asks is not told.

    Raises :class:`refusals.NotActive` or :class:`refusals.ChangesClosed`.
    """
    lifecycle.may_change(registration)
    if _is_that_of(registration, email):
        return
    write_to_new.enqueue(registration.pk, _written_as(registration, email))


@task(priority=10)
def write_to_new(pk: int, email: str) -> None:
    """In the worker, so that the time of the answer tells nobody whether the address is known."""
    registration = Registration.objects.active().select_related("summit", "category").filter(pk=pk).first()
    if registration is None:
        return
    stands_as, email = email, SealedAddress.objects.real(email)
    if _registered(registration, email):
        lifecycle.send_link.func(registration.summit_id, email)
        return
    with translation.override(registration.language):
        key = mailed_keys.make(Purpose.ADDRESS, registration, said=email)
        page = registration.summit.address(
            reverse("registration:confirm-address", args=[registration.summit.code, key])
        )
    emails.confirm_address(registration, stands_as, page)


@transaction.atomic
def change(
    registration: Registration, email: str, *, by: User | None = None, as_organiser: bool = False
) -> Registration:
    """Make it the address of the registration: its owner has said so. Both addresses are told.

    Raises :class:`refusals.NotActive`, :class:`refusals.ChangesClosed` or :class:`refusals.AlreadyRegistered`; then
    nothing was written.
    """
    locked = states.locked(registration)
    lifecycle.may_change(locked, as_organiser=as_organiser)
    if _is_that_of(locked, email):
        return locked
    if known := _registered(locked, email):
        raise refusals.AlreadyRegistered(known)
    former = locked.email
    _change(locked, email, by=by)
    emails.address_changed(locked, former)
    if locked.state == State.UNPROVEN and not as_organiser:
        # By a link in a mail to it.
        return proving.prove(locked)
    if locked.state == State.UNPROVEN:
        lapsing.begin_anew(locked)
    emails.link(locked)
    return locked


def _registered(registration: Registration, email: str) -> Registration | None:
    """Who else is registered under an address; whoever is brought along may have that of anybody."""
    if registration.companion_of_id:
        return None
    rows = registration.summit.registrations.exclude(pk=registration.pk)
    return rows.select_related("summit").first_with_address(email)


def _is_that_of(registration: Registration, email: str) -> bool:
    return SealedAddress.objects.real(registration.email).lower() == email.lower()


def _change(locked: Registration, email: str, *, by: User | None) -> None:
    """Raises :class:`refusals.AlreadyRegistered` where another request was faster."""
    former = locked.email
    _stop_mails(locked, former)
    before, locked.email = locked.user, _written_as(locked, email)
    locked.user = None
    if not locked.shares_address and locked.state != State.UNPROVEN:
        locked.user = account_for(email, name=locked.name, language=locked.language)
    fields = reissuing.renew(locked)
    # Nothing was heard at the former address: what is opened from here on is the new link.
    locked.opened_at = None
    try:
        with transaction.atomic():
            locked.save(update_fields=[*fields, "email", "user", "found_as", "opened_at"])
    except IntegrityError:
        known = _registered(locked, email)
        if known is None:
            raise
        raise refusals.AlreadyRegistered(known) from None
    if before and locked.user and before != locked.user:
        _take_along(before, locked.user, locked.summit)
        forgetting.forget_unless_needed(before)
    history.record(
        "registration.change_address",
        locked,
        by=by,
        summit=locked.summit,
        changes={"email": (HIDDEN, HIDDEN) if locked.at_risk else (former, email)},
    )
    for companion in locked.companions.active().filter(email__address=former).order_by("pk"):
        _follow(states.locked(companion), locked, by=by)


def _follow(companion: Registration, locked: Registration, *, by: User | None) -> None:
    """Who is brought along under the address of somebody goes with it."""
    former, companion.email = companion.email, locked.email
    _stop_mails(companion, former)
    companion.save(update_fields=[*reissuing.renew(companion), "email", "found_as"])
    history.record(
        "registration.change_address", companion, by=by, summit=locked.summit, changes={"email": (former, locked.email)}
    )
    emails.link(companion)


def _written_as(registration: Registration, email: str) -> str:
    """How an address stands in the rows of a registration: of whoever is protected as a stand-in."""
    return SealedAddress.objects.protect(registration.summit, email) if registration.at_risk else email


def _stop_mails(locked: Registration, former: str) -> None:
    """What waits for the former address is not sent; all of it holds the link that is replaced."""
    rows = Message.objects.filter(summit=locked.summit_id, to__address=former, state=Message.State.QUEUED)
    outbox.discard(rows.filter(text__contains=locked.token))


def _without_account(locked: Registration) -> User | None:
    user, locked.user = locked.user, None
    locked.save(update_fields=["user"])
    return user


def _take_along(before: User, now: User, summit: Summit) -> None:
    """Marked sessions of a summit, from one account to the other."""
    marked = Bookmark.objects.filter(user=before, session__summit=summit)
    Bookmark.objects.bulk_create(
        [Bookmark(user=now, session_id=row.session_id, created_at=row.created_at) for row in marked],
        ignore_conflicts=True,
    )
    marked.delete()
    if not PersonalAgenda.objects.filter(user=now, summit=summit).exists():
        PersonalAgenda.objects.filter(user=before, summit=summit).update(user=now)
