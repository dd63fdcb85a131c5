"""A registration from the form on: made, corrected, changed and withdrawn by its person or for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.tasks import task
from django.utils import timezone

from registration.mailing import emails
from registration.models import Attendance, Category, Consent, Registration, State
from registration.models.attendance import offered
from registration.models.quota import Wish
from registration.models.registration import PERSONAL_FIELDS
from registration.models.sealing import SEALED
from registration.places import bookings, capacity
from registration.registering import questions, refusals, sealing, states, waitlist
from summit import history
from summit.accounts.known_addresses import nobody
from summit.accounts.sign_in import account_for
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.errors import Refusal
from summit.lib.codes import reference, token
from summit.models import Summit, User
from summit.ratelimit import take


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody fills in. ``consents`` maps a kind to the version that was agreed to, ``answers`` questions' keys
    to what was given (see ``registration.registering.questions``)."""

    name: str
    email: str
    country: str
    category: Category
    attendance: str
    name_romanised: str = ""
    badge_script: str = "native"
    organisation: str = ""
    job_title: str = ""
    access_needs: str = ""
    dietary_needs: str = ""
    language: str = "ko"
    time_zone: str = ""
    # Onto the waitlist, where no place is left and there is one.
    waits: bool = False
    consents: dict[str, str] = field(default_factory=dict)
    answers: dict[int, questions.Given] = field(default_factory=dict)


def register(
    summit: Summit, person: Person, *, nonce: str = "", by: User | None = None, entered: bool = False
) -> Registration:
    """Register somebody and queue the mail: confirmed at once, with calendar entry and ticket, or, in a category that the
    organisers decide on, as an application.

    ``entered``: by the team, which may do so before registration opens and after it has closed. Nobody consented to
    anything then; the history says who entered it, and the person reads in the mail where they may look and object.

    The same ``nonce`` (one per form shown) with the same address returns the first registration again and sends
    nothing; with a corrected address it is a new registration. Raises
    :class:`refusals.RegistrationNotOpen`, :class:`refusals.RegistrationClosed`, :class:`refusals.NoPlaceLeft` or :class:`refusals.AlreadyRegistered`;
    then nothing was written.
    """
    if before := _of_form(summit, person, nonce):
        return before
    if nonce and summit.registrations.filter(form_nonce=nonce).exists():
        nonce = token()
    try:
        with transaction.atomic():
            return _register(summit, person, nonce=nonce, by=by, entered=entered)
    except (Refusal, IntegrityError) as error:
        # Another request came first: the same form (then its place is this one's), or somebody with the same address.
        if isinstance(error, refusals.AlreadyRegistered) and error.registration.form_nonce != nonce:
            raise
        if before := _of_form(summit, person, nonce):
            return before
        if isinstance(error, Refusal):
            raise
        if known := summit.registrations.active().first_under(person.email):
            raise refusals.AlreadyRegistered(known) from None
        raise


def _of_form(summit: Summit, person: Person, nonce: str) -> Registration | None:
    """What a form shown once has already made for the same address."""
    if not nonce:
        return None
    return summit.registrations.active().filter(form_nonce=nonce).first_under(person.email)


def may_register(summit: Summit, person: Person, *, entered: bool = False) -> None:
    """Raises :class:`refusals.RegistrationNotOpen`, :class:`refusals.RegistrationClosed`,
    :class:`refusals.CategoryNotOpen`, :class:`refusals.NotOffered` or :class:`refusals.NotInThisWay`."""
    match "open" if entered else summit.registration_state():
        case "unscheduled" | "not_yet":
            raise refusals.RegistrationNotOpen
        case "closed":
            raise refusals.RegistrationClosed
    if not entered and not (person.category.is_on_the_form and person.category.window() == "open"):
        raise refusals.CategoryNotOpen
    may_come(summit, person.category, person.attendance)


def may_come(summit: Summit, category: Category, attendance: str) -> None:
    """Raises :class:`refusals.NotOffered` or :class:`refusals.NotInThisWay`."""
    ways = offered(summit.mode)
    if attendance not in ways:
        raise refusals.NotOffered
    if attendance not in category.attendances(ways):
        raise refusals.NotInThisWay(category)


def made(
    summit: Summit, person: Person, *, user: User | None, nonce: str = "", entered: bool = False, waits: bool = False
) -> Registration:
    """The registration that somebody gets who may register; whoever calls it writes it. Whom the team enters is
    confirmed; whoever chooses a category the organisers decide on applies; ``waits``: for a place."""
    now, applies = timezone.now(), person.category.is_approved and not entered
    state = State.WAITLISTED if waits else State.PENDING if applies else State.CONFIRMED
    confirmed = state == State.CONFIRMED
    return Registration(summit=summit, user=user, category=person.category, attendance=person.attendance, email=person.email,
                        form_nonce=nonce, state=state, created_at=now, updated_at=now,
                        confirmed_at=now if confirmed else None, waits_since=None if confirmed else now,
                        **{name: getattr(person, name) for name in PERSONAL_FIELDS})  # fmt: skip


def recorded(registration: Registration, *, entered: bool) -> tuple[str, history.Changes]:
    """The line that history keeps of a new registration."""
    changes: history.Changes = {"state": ("", registration.state), "attendance": ("", registration.attendance)}
    return "registration.enter" if entered else "registration.register", changes


def _register(summit: Summit, person: Person, *, nonce: str, by: User | None, entered: bool) -> Registration:
    may_register(summit, person, entered=entered)
    # Full is said to everybody alike, so that the answer does not tell whether an address is known. Whoever applies
    # takes no place before the organisers approve.
    waits = False
    if (entered or not person.category.is_approved) and not capacity.take(summit, Wish.of(person), by_team=entered):
        waits = person.waits and waitlist.is_open_for(summit, Wish.of(person))
        if not waits:
            raise refusals.no_place_left(summit, Wish.of(person))
    if known := summit.registrations.active().select_related("summit").first_under(person.email):
        # The same is written, for nobody, and taken back with the place: the time tells no stranger who is registered.
        _write(summit, replace(person, email=nobody()), nonce="", by=by, entered=entered, waits=waits, send=False)
        raise refusals.AlreadyRegistered(known)
    return _write(summit, person, nonce=nonce, by=by, entered=entered, waits=waits)


def _write(
    summit: Summit, person: Person, *, nonce: str, by: User | None, entered: bool, waits: bool, send: bool = True
) -> Registration:
    """The registration, and all that goes with it; ``send``: have its mail leave."""
    user = account_for(person.email, name=person.name, language=person.language)
    registration = made(summit, person, user=user, nonce=nonce, entered=entered, waits=waits)
    while summit.registrations.filter(reference=registration.reference).exists():
        registration.reference = reference()
    registration.save(force_insert=True)
    Consent.objects.bulk_create(
        Consent(registration=registration, kind=kind, version=version) for kind, version in person.consents.items()
    )
    questions.answer(registration, person.answers)
    action, changes = recorded(registration, entered=entered)
    history.record(action, registration, by=by, summit=summit, changes=changes)
    sealing.seal_new(registration)
    tell = {State.CONFIRMED: emails.confirmed, State.PENDING: emails.applied, State.WAITLISTED: emails.waitlisted}
    tell[State(registration.state)](registration, send=send)
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


def _move(registration: Registration, *, by_team: bool, **after: Any) -> None:
    """Take the places that somebody holds along; what is left behind is offered to who waits. Raises
    :class:`refusals.NoPlaceLeft`."""
    if registration.holds_place:
        wish = Wish.of(registration)
        now = replace(wish, **after)
        if not capacity.move(registration.summit, wish, now, by_team=by_team):
            raise refusals.no_place_left(registration.summit, now)
        waitlist.wake(registration.summit)


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
    :class:`refusals.NoPlaceLeft` or, with ``form_versions``, :class:`summit.editing.revising.Overtaken`.
    """
    locked = states.locked(registration)
    may_change(locked, as_organiser=as_organiser)
    unchanged(locked, form_versions)
    before = locked.attendance
    if before == attendance:
        return locked
    _may_leave(locked, as_organiser=as_organiser)
    may_come(locked.summit, locked.category, attendance)
    _move(locked, attendance=attendance, by_team=as_organiser)
    locked.attendance, locked.updated_at = attendance, timezone.now()
    locked.sequence += 1
    locked.save(update_fields=["attendance", "updated_at", "sequence"])
    if attendance == Attendance.ONLINE:
        bookings.release_all(locked, by=by)
    history.record("registration.change_attendance", locked, by=by, summit=locked.summit,
                   changes={"attendance": (before, attendance)})  # fmt: skip
    emails.attendance_changed(locked)
    return locked


@transaction.atomic
def correct(
    registration: Registration,
    values: dict[str, Any],
    *,
    answers: dict[int, questions.Given] | None = None,
    form_versions: Mapping[str, str] = NO_VERSIONS,
    by: User | None = None,
    as_organiser: bool = False,
) -> Registration:
    """Set personal fields (``PERSONAL_FIELDS``) to new values, and answers; others are left alone, and of a registration
    at risk those that are sealed. Returns the row.

    ``form_versions`` are those of the values the form was made from (:func:`summit.editing.inline_edits.value_version`); raises
    :class:`summit.editing.revising.Overtaken` where one is another by now, :class:`refusals.NotActive`, :class:`refusals.ChangesClosed` and
    :class:`registration.registering.questions.AnswerOutdated`.
    """
    locked = states.locked(registration)
    may_change(locked, as_organiser=as_organiser)
    unchanged(locked, form_versions)
    answered = bool(answers) and questions.answer(locked, answers or {})
    # Who is protected keeps the alias: what is true would stand in the open beside it.
    fixed = SEALED if locked.at_risk else ()
    wanted = {name: value for name, value in values.items() if name in PERSONAL_FIELDS and name not in fixed}
    changes = history.changed(locked, wanted)
    if not (answered or changes):
        return locked
    if "country" in changes:
        _move(locked, country=wanted["country"], by_team=as_organiser)
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
    if not as_organiser and locked.is_confirmed and locked.category.looks_again_at(changes):
        states.move(locked, "review", actor=states.Actor.RULE, by=by)
        emails.reviewed(locked)
    return locked


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
    _move(locked, category=category.pk, by_team=True)
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
    may_change(locked, as_organiser=as_organiser)
    _may_leave(locked, as_organiser=as_organiser)
    actor = states.Actor.TEAM if as_organiser else states.Actor.PERSON
    states.move(locked, "cancel", actor=actor, by=by, reason=reason)
    emails.cancelled(locked)
    waitlist.wake(locked.summit)
    return locked


@task(priority=10)
def send_link(summit: int, email: str) -> bool:
    """Mail the link to the own page of whoever is registered under an address, at most a few times an hour: nobody can
    flood a mailbox through us. Returns whether a mail was written."""
    rows = Registration.objects.active().filter(summit=summit).select_related("summit")
    registration = rows.first_under(email)
    if registration is None:
        return False
    try:
        take("remind", str(registration.pk), limit=4, seconds=3600)
    except Refusal:
        return False
    resend(registration)
    return True


@transaction.atomic
def resend(registration: Registration, *, by: User | None = None) -> None:
    """Mail the link to the own page again. Raises :class:`refusals.NotActive`: the mail says that the address is registered."""
    if not registration.is_active:
        raise refusals.NotActive
    emails.link(registration)
    history.record("registration.resend", registration, by=by, summit=registration.summit)
