"""A registration from the form on: made, corrected, changed and withdrawn by its person or for them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeGuard

from django.db import IntegrityError, transaction
from django.tasks import task
from django.utils import timezone

from registration.accrediting import vetting
from registration.mailing import emails
from registration.models import Attendance, Category, Consent, Question, Registration, State
from registration.models.sealing import SEALED
from registration.places import bookings, capacity, delegations
from registration.places.capacity import Counted
from registration.registering import (
    admitting,
    answering,
    companions,
    making,
    moving,
    refusals,
    sealed_answers,
    sealing,
    states,
    waitlist,
    welcoming,
)
from registration.registering.admitting import Key
from registration.registering.asking import Given
from registration.registering.known import there
from registration.registering.making import Person, may_come, may_register, reference_of_form, waits_for_decision
from summit import history
from summit.accounts.known_addresses import nobody
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.errors import Refusal
from summit.lib.codes import token
from summit.models import Summit, User
from summit.ratelimit import take

NOTHING: Mapping[str, str] = MappingProxyType({})


# How often a registration is written anew that another request came before.
ATTEMPTS = 4


class _CameSecond(Exception):
    """The last place went to another request while this one was written."""


def register(
    summit: Summit,
    person: Person,
    *,
    nonce: str = "",
    by: User | None = None,
    entered: bool = False,
    told: bool = True,
    quotas: Sequence[Counted] | None = None,
    asked: Sequence[Question] | None = None,
    shown: str = "",
) -> Registration:
    """Register somebody and queue their welcome (:mod:`registration.registering.welcoming`): confirmed at once, with
    ticket; as an application, where the organisers decide; or once the address is confirmed (:mod:`proving`).

    ``entered``: by the team, which may do so before registration opens and after it has closed. Nobody consented to
    anything then; the history says who entered it, and the person reads in the mail where they may look and object.
    ``told``: no mail where it is False, because whoever calls this tells the person what comes of it.
    ``quotas`` and ``asked``: those of the summit, and its questions with their choices, where both were read just now.
    ``shown``: the reference that a page has named for it already.

    The same ``nonce`` (one per form shown) with the same address returns the first registration again and sends
    nothing; with a corrected address it is a new registration. Raises
    :class:`refusals.RegistrationNotOpen`, :class:`refusals.RegistrationClosed`, :class:`refusals.NoPlaceLeft`,
    :class:`refusals.NoDelegationPlace` or :class:`refusals.AlreadyRegistered`, and what :func:`admitting.held` does;
    then nothing was written.
    """
    for attempt in range(1, ATTEMPTS + 1):
        known, is_used = there(summit, person, nonce)
        if _is_of_form(known, nonce):
            return known
        found = capacity.quotas(summit) if quotas is None else quotas
        try:
            return _admit(summit, person, known, nonce=token() if is_used else nonce, by=by, entered=entered,
                          quotas=found, asked=asked, shown=shown, told=told)  # fmt: skip
        except refusals.AlreadyRegistered:
            raise
        except Refusal:
            # The last place, or the last use of what is brought, may be this form's own, by a request a moment faster.
            if known := of_form(summit, person, nonce):
                return known
            raise
        except (_CameSecond, answering.QuestionsChanged, IntegrityError) as error:
            # Another request came first: the same form, the same address, the last place, a question that was changed.
            if attempt == ATTEMPTS:
                lost = isinstance(error, _CameSecond)
                raise (refusals.no_place_left(summit, capacity.wish(person, found)) if lost else error) from None
            quotas = asked = None
    raise AssertionError


def of_form(summit: Summit, person: Person, nonce: str) -> Registration | None:
    """What a form shown once has already made for the same address."""
    known, _is_used = there(summit, person, nonce)
    return known if _is_of_form(known, nonce) else None


def _admit(
    summit: Summit,
    person: Person,
    known: Registration | None,
    *,
    quotas: Sequence[Counted],
    entered: bool,
    **given: Any,
) -> Registration:
    """What is brought is held from here to the end; who brings nothing holds nothing before it is written."""
    with transaction.atomic() if person.invitation or person.code else nullcontext():
        key = admitting.held(person.invitation, person.code, person.category)
        may_register(summit, person, entered=entered, key=key)
        waits = _has_to_wait(summit, person, quotas, key, entered=entered)
        with transaction.atomic():
            return _register(summit, person, known, waits=waits, key=key, quotas=quotas, entered=entered, **given)


def _is_of_form(known: Registration | None, nonce: str) -> TypeGuard[Registration]:
    return known is not None and nonce != "" and known.form_nonce == nonce


def _has_to_wait(summit: Summit, person: Person, quotas: Sequence[Counted], key: Key | None, *, entered: bool) -> bool:
    """Whether somebody gets no place but may wait for one; nothing is written before that is known. Full is said to
    everybody alike, so that the answer does not tell whether an address is known. Raises :class:`refusals.NoPlaceLeft`."""
    wish = capacity.wish(person, quotas)
    if admitting.keeps_place(key) or waits_for_decision(person, key, entered=entered):
        return False
    if entered and not waitlist.without_place(summit, wish, quotas, by_team=True):
        return False
    found = waitlist.without_place(summit, wish, quotas, priority=person.category.priority)
    if not entered and not found:
        return False
    if person.waits and waitlist.are_waited_for(found):
        return True
    raise refusals.no_place_left(summit, wish, quotas)


def _register(
    summit: Summit,
    person: Person,
    known: Registration | None,
    *,
    nonce: str,
    by: User | None,
    entered: bool,
    waits: bool,
    key: Key | None,
    quotas: Sequence[Counted],
    asked: Sequence[Question] | None,
    shown: str,
    told: bool,
) -> Registration:
    """The registration and all that goes with it, the place last: who else wants one waits from there to the end.

    For whom is ``known`` the same is written, for nobody, and taken back: the time tells no stranger who is registered.
    Instead of the welcome whoever refuses them queues the mail of their link.
    """
    if person.delegation and not person.replaces and not delegations.take(person.delegation.pk, person.category.pk):
        raise refusals.NoDelegationPlace
    sent = (nonce, person.email)
    if known:
        person, nonce = replace(person, email=nobody()), ""
    unproven = making.must_prove(person, key, entered=entered)
    registration = making.made(
        summit, person, user=None, nonce=nonce, entered=entered, waits=waits, key=key, unproven=unproven
    )
    registration.reference = shown or registration.reference
    making.write(registration, person)
    admitting.settle(key, registration)
    action, changes = making.recorded(registration, entered=entered, consents=person.consents)
    history.record(action, registration, by=by, summit=summit, changes=changes)
    if not known and told:
        welcoming.welcome.enqueue(registration.pk, registration.state)
    answering.answer_first(registration, person.answers, asked)
    wish = capacity.wish(person, quotas)
    needs_none = admitting.hand_over(summit, wish, key) or waits or waits_for_decision(person, key, entered=entered)
    if not needs_none and not capacity.take(summit, wish, by_team=entered, among=quotas):
        raise _CameSecond
    sealing.seal_new(registration)
    if known:
        registration.reference = shown or reference_of_form(*sent)
        raise refusals.AlreadyRegistered(known, registration)
    if not told:
        welcoming.give_account(registration)
    return registration


def _may_leave(registration: Registration, *, as_organiser: bool) -> None:
    """Whoever is inside does not give the place away from their telephone."""
    if not as_organiser and registration.check_ins.standing().exists():
        raise refusals.AlreadyArrived


# What :func:`correct` leaves in the history.
CORRECTIONS = ("registration.correct", "registration.answer")


def may_change(registration: Registration, *, as_organiser: bool = False) -> None:
    """Raises :class:`refusals.NotActive` or :class:`refusals.ChangesClosed`."""
    if not registration.is_active:
        raise refusals.NotActive
    if not as_organiser and not registration.summit.accepts_changes():
        raise refusals.ChangesClosed


def may_cancel(registration: Registration, *, as_organiser: bool = False) -> None:
    """Raises :class:`refusals.AlreadyArrived` or what :func:`may_change` does."""
    may_change(registration, as_organiser=as_organiser)
    _may_leave(registration, as_organiser=as_organiser)


@transaction.atomic
def change_attendance(
    registration: Registration,
    attendance: str,
    *,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None = None,
    as_organiser: bool = False,
) -> Registration:
    """Come in person instead of online, or the other way round; the place left behind is free at once.

    Changing to what it already is does nothing. Raises :class:`refusals.NotActive`, :class:`refusals.ChangesClosed`,
    :class:`refusals.NoPlaceLeft`, :class:`registration.accrediting.vetting.NotLetIn` or, with ``form_versions``,
    :class:`summit.editing.revising.Overtaken`.
    """
    locked = states.locked(registration)
    may_change(locked, as_organiser=as_organiser)
    unchanged(locked, form_versions)
    before = locked.attendance
    if before == attendance:
        return locked
    _may_leave(locked, as_organiser=as_organiser)
    may_come(locked.summit, locked.category, attendance)
    vetting.may_come(locked, attendance, by_team=as_organiser)
    answering.settle(locked, attendance=attendance)
    moving.move_places(locked, attendance=attendance, by_team=as_organiser)
    locked.attendance, locked.updated_at = attendance, timezone.now()
    locked.sequence += 1
    locked.save(update_fields=["attendance", "updated_at", "sequence"])
    if attendance == Attendance.ONLINE:
        bookings.release_all(locked, by=by)
    history.record("registration.change_attendance", locked, by=by, summit=locked.summit,
                   changes={"attendance": (before, attendance)})  # fmt: skip
    emails.attendance_changed(locked)
    return locked


def _open_to_change(locked: Registration, values: Mapping[str, Any]) -> dict[str, Any]:
    """Who is protected keeps the alias: what is true would stand in the open beside it."""
    fixed = SEALED if locked.at_risk else ()
    return {name: value for name, value in values.items() if name not in fixed}


@transaction.atomic
def correct(
    registration: Registration,
    values: dict[str, Any],
    *,
    answers: dict[int, Given] | None = None,
    consents: Mapping[str, str] = NOTHING,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None = None,
    as_organiser: bool = False,
) -> Registration:
    """Set personal fields (``PERSONAL_FIELDS``) to new values, and answers; others are left alone, as is what is sealed.
    Returns the row. ``consents`` maps a kind to the version that the person agrees to with it.

    ``form_versions`` are those of the values the form was made from (:func:`summit.editing.inline_edits.value_version`); raises
    :class:`summit.editing.revising.Overtaken` where one is another by now, :class:`refusals.NotActive`, :class:`refusals.ChangesClosed` and
    :class:`registration.registering.answering.AnswerOutdated` and :class:`registration.registering.answering.ChoiceFull`.
    """
    locked = states.locked(registration)
    may_change(locked, as_organiser=as_organiser)
    unchanged(locked, form_versions)
    for kind, version in consents.items():
        Consent.objects.update_or_create(
            registration=locked, kind=kind, version=version, defaults={"given_at": timezone.now(), "withdrawn_at": None}
        )
    changes = history.changed(locked, wanted := making.wanted(locked, _open_to_change(locked, values)))
    if not as_organiser and making.names_are_frozen(locked) and not changes.keys().isdisjoint(making.FROZEN):
        raise refusals.NamesFrozen
    before = moving.Stood.of(locked) if locked.holds_place and (answers or "country" in changes) else None
    # Choices before quotas, as whoever registers or withdraws takes them.
    answered = bool(answers) and answering.answer(locked, answers or {})
    if answered or "country" in changes:
        moving.move_places(locked, before=before, by_team=as_organiser, country=wanted.get("country", locked.country))
    sealed_answers.add(locked)
    if not (answered or changes):
        return locked
    for name in changes:
        setattr(locked, name, wanted[name])
    locked.updated_at = timezone.now()
    locked.save(update_fields=[*changes, "found_as", "updated_at"])
    record = partial(history.record, subject=locked, by=by, summit=locked.summit)
    if answered:
        # The history says that answers changed, not what they were.
        record("registration.answer")
    if changes:
        # What somebody needs is nobody else's business, either.
        hidden = {n: ("…", "…") if n.endswith("_needs") else pair for n, pair in changes.items()}
        record("registration.correct", changes=hidden)
    if not as_organiser:
        _looked_at_again(locked, changes, by=by)
    return locked


def _looked_at_again(locked: Registration, changed: Collection[str], *, by: User | None) -> None:
    """What the team decided on other details is decided anew."""
    vetting.again(locked, changed, by=by)
    if locked.is_confirmed and locked.category.looks_again_at(changed):
        states.move(locked, "review", actor=states.Actor.RULE, by=by)
        emails.reviewed(locked)


@transaction.atomic
def set_category(
    registration: Registration, category: Category, *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User
) -> Registration:
    """Make somebody a delegate, press, a speaker, …; their badge takes the colour with it. Nobody is mailed.

    Raises :class:`refusals.NotActive`, and :class:`summit.editing.revising.Overtaken` as :func:`correct` does.
    """
    locked = states.locked(registration)
    may_change(locked, as_organiser=True)
    unchanged(locked, form_versions)
    if locked.category_id == category.pk:
        return locked
    may_come(locked.summit, category, locked.attendance)
    states.fill(locked, locked.delegation_id, category.pk)
    answering.settle(locked, category=category.pk)
    moving.move_places(locked, category=category.pk, by_team=True)
    before, locked.category, locked.updated_at = locked.category, category, timezone.now()
    locked.save(update_fields=["category", "updated_at"])
    history.record("registration.set_category", locked, by=by, summit=locked.summit,
                   changes={"category": (history.plain(before.name), history.plain(category.name))})  # fmt: skip
    return locked


@transaction.atomic
def cancel(
    registration: Registration, *, by: User | None = None, as_organiser: bool = False, reason: str = ""
) -> Registration:
    """Give the place or the application back. The ticket no longer opens the door, the personal calendar is revoked.
    Twice is once. ``reason`` is told to the person in the mail."""
    stood = registration.is_active
    locked = states.locked(registration)
    if stood and locked.state == State.CANCELLED:
        return locked  # by another request, since the page was drawn
    may_cancel(locked, as_organiser=as_organiser)
    actor = states.Actor.TEAM if as_organiser else states.Actor.PERSON
    states.move(locked, "cancel", actor=actor, by=by, reason=reason)
    emails.cancelled(locked)
    companions.end_with(locked, by=by)
    waitlist.wake(locked.summit)
    return locked


@task(priority=10)
def send_link(summit: int, email: str, reference: str = "") -> bool:
    """Mail the link to the own page of whoever is registered under an address, at most a few times an hour: nobody can
    flood a mailbox through us. Returns whether a mail was written.

    ``reference``: what the page said after a form that was sent again; the mail says that it was, and nothing kept."""
    rows = Registration.objects.filter(summit=summit).select_related("summit")
    registration = rows.first_with_address(email) or rows.active().first_under(email)
    if registration is None:
        return False
    try:
        take("remind", str(registration.pk), limit=4, seconds=3600)
    except Refusal:
        return False
    resend(registration, reference=reference)
    return True


@transaction.atomic
def resend(registration: Registration, *, by: User | None = None, reference: str = "") -> None:
    """Mail the link to the own page again; ``reference`` as :func:`send_link` has it. Raises
    :class:`refusals.NotActive`: the mail says that the address is registered."""
    if not registration.is_active:
        raise refusals.NotActive
    emails.link(registration, sent_again_as=reference)
    changes: history.Changes = {"sent_again_as": ("", reference)} if reference else {}
    history.record("registration.resend", registration, by=by, summit=registration.summit, changes=changes)
