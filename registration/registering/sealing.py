"""People at risk: their details are sealed, and everything else knows them by an alias.

The row of the registration itself carries the alias, nothing of where somebody comes from, and a stand-in for the address.
So no list, file, page, mail or badge has to know of it: what is true is not there. Mail reaches the person all the same
(:class:`summit.models.SealedAddress`), the ticket opens the door, and the place stays held.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.tasks import task
from django.utils import timezone, translation
from django.utils.translation import gettext

from registration.mailing import emails
from registration.models import (
    Delegation,
    DelegationHead,
    Invitation,
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
from registration.registering import (
    looks,
    refusals,
    sealed_answers,
    sealed_heads,
    sealed_invitations,
    sealed_seats,
    sealed_texts,
    states,
    waitlist,
)
from sessions.live import forgetting, participants
from speakers.models import Speaker
from summit import history
from summit.lib import naming
from summit.lib.codes import session_code
from summit.lib.finding import fold
from summit.lib.sealed import Unreadable
from summit.models import Membership, Message, Role, SealedAddress, Summit, User
from summit.models.sealed_address import DOMAIN

# People sealed by one task.
AT_ONCE = 50


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
    locked = _locked(registration)
    if by is not None and not in_circle(by, locked.summit):
        raise refusals.NotInCircle
    if locked.at_risk:
        return locked
    _seal(locked, alias, by=by, by_person=by is None)
    emails.protected(locked)
    _seal_with(locked, by=by)
    if by is None:
        for keeper in keepers(locked.summit):
            emails.protection_asked(locked, keeper.membership.user)
    return locked


def seal_one(registration: Registration, *, alias: str, by: User | None) -> None:
    """As :func:`seal`, of somebody who is protected for another reason, as whoever stands on stage; whoever calls it has asked
    who may. Call it in a transaction."""
    locked = _locked(registration)
    if not locked.at_risk:
        _seal(locked, alias, by=by, by_person=False)
        if locked.is_active:
            emails.protected(locked)
        _seal_with(locked, by=by)


def _locked(registration: Registration) -> Registration:
    """Held, whoever brings them before themselves: in this order everybody holds them."""
    if registration.companion_of:
        states.locked(registration.companion_of)
    return states.locked(registration)


def _seal_with(locked: Registration, *, by: User | None) -> None:
    for row in sealed_texts.together(locked).in_the_open():
        other = states.locked(row)
        if not other.at_risk:
            _seal(other, "", by=by, by_person=by is None)
            if other.is_active:
                emails.protected(other)
            _seal_with(other, by=by)


def seal_new(registration: Registration) -> None:
    """Of somebody who has just registered, before they are told: where everybody is protected, or whoever brings them."""
    if registration.summit.at_risk or (registration.companion_of and registration.companion_of.at_risk):
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
    address = SealedAddress.objects.real(locked.email)
    telling = sealed_texts.telling(locked)
    if any(fold(word) in fold(alias) for word in telling if fold(word)):
        raise refusals.AliasTellsName
    alias = alias or _new_alias(locked)
    truth = {name: getattr(locked, name) for name in SEALED} | {"answers": sealed_answers.take(locked)}
    wish = Wish.of(locked)
    Sealed.of(locked, truth, by_person=by_person).save(force_insert=True)
    addresses = sealed_texts.addresses_of(locked, telling)
    _empty(locked, alias, SealedAddress.objects.protect(locked.summit, address))
    scrub = sealed_texts.scrubbed(telling, alias)
    _name_account(locked, lambda name: scrub(name) != name, alias)
    sealed_invitations.hide(locked, addresses, scrub)
    forgetting.unname(locked.summit, participants.of_registration(locked.guid))
    _take_back(locked, Wish.of(locked), wish)
    sealed_texts.rewrite(locked, telling)
    sealed_heads.hide(locked, address, sealed_texts.scrubbed(sealed_texts.names_of(truth, address), HIDDEN))
    history.record("registration.seal", locked, by=by, summit=locked.summit)


def _empty(locked: Registration, alias: str, stand_in: str) -> None:
    locked.at_risk, locked.no_photographs = True, True
    locked.name, locked.email, locked.badge_script = alias, stand_in, Script.NATIVE
    locked.name_romanised = locked.title = locked.organisation = locked.job_title = ""
    locked.country = locked.time_zone = ""
    locked.family_name = naming.family_name(alias)
    # That somebody else has registered them is known: they have yet to say that they come.
    locked.registered_by = HIDDEN if locked.registered_by else ""
    locked.listed, locked.contactable = Listed.NOTHING, False
    locked.updated_at = timezone.now()
    written = ("at_risk", "no_photographs", "listed", "contactable", "email", *SEALED, "found_as", "updated_at")
    locked.save(update_fields=written)


def _name_account(locked: Registration, is_meant: Callable[[str], bool], name: str) -> None:
    """The account of the person is called otherwise from now on, where it is called what is meant: it is known to operators,
    and shown to the person. Its address stays: by it they sign in."""
    account = User.objects.filter(pk=locked.user_id).only("name").first() if locked.user_id else None
    if account is not None and is_meant(account.name):
        User.objects.filter(pk=account.pk).update(name=name)


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


@transaction.atomic
def unseal(registration: Registration, *, by: User) -> Registration:
    """End the protection, also of whoever is protected with them (:func:`sealed_texts.together`): what was sealed stands in the open
    again, beside what has happened under the alias.

    Raises :class:`refusals.NotInCircle`, :class:`refusals.NotProtected`, :class:`refusals.SealUnreadable`,
    :class:`refusals.AlreadyRegistered`, :class:`sealed_seats.InProtectedSession` of whoever takes part in one, and
    :class:`refusals.NoPlaceLeft` where the places of the person's country are full by now.
    """
    locked = _locked(registration)
    if not in_circle(by, locked.summit):
        raise refusals.NotInCircle
    _unseal(locked, by=by)
    return locked


def _unseal(locked: Registration, *, by: User) -> None:
    sealed_seats.keep(locked)
    truth, address = _opened(locked)
    if (
        locked.is_active
        and locked.companion_of_id is None
        and (known := _others(locked).filter(email__address=address).first())
    ):
        raise refusals.AlreadyRegistered(known)
    wish, stand_in, alias = Wish.of(locked), locked.email, locked.name
    sealed_answers.give_back(locked, truth.pop("answers"))
    for name, value in truth.items():
        setattr(locked, name, value)
    locked.at_risk, locked.email, locked.updated_at = False, address, timezone.now()
    locked.save(update_fields=["at_risk", "email", *SEALED, "found_as", "updated_at"])
    _take_back(locked, Wish.of(locked), wish)
    _name_account(locked, lambda name: name == alias, locked.name)
    Sealed.objects.filter(registration=locked).delete()
    history.record("registration.unseal", locked, by=by, summit=locked.summit)
    for row in sealed_texts.together(locked).filter(at_risk=True):
        other = states.locked(row)
        if other.at_risk:
            _unseal(other, by=by)
    if Registration.objects.filter(email=stand_in).exists():
        return
    sealed_heads.show(locked, stand_in)
    sealed_invitations.show(locked, stand_in)
    if not Speaker.objects.filter(email=stand_in).exists():
        Message.objects.filter(summit=locked.summit, to=stand_in).update(to=address)
        SealedAddress.objects.filter(stand_in=stand_in).delete()


def _others(locked: Registration) -> RegistrationQuerySet:
    rows = Registration.objects.filter(summit=locked.summit, companion_of=None).active()
    return rows.exclude(pk=locked.pk)


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
    invited = Invitation.objects.filter(email__endswith=DOMAIN).values("email")
    speakers = Speaker.objects.filter(email__endswith=DOMAIN).values("email")
    rows = rows.exclude(stand_in__in=speakers).exclude(stand_in__in=heads).exclude(stand_in__in=contacts)
    return rows.exclude(stand_in__in=invited).delete()[0]
