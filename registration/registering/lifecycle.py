"""A registration from the form to its end. Only this module writes ``Registration.state``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.mailing import emails
from registration.models import Attendance, Category, Consent, FormerKey, Registration, State
from registration.models.registration import PERSONAL_FIELDS, offered
from registration.places import bookings, capacity
from registration.registering import questions
from summit import history
from summit.accounts.known_addresses import nobody
from summit.accounts.sign_in import account_for
from summit.editing.inline_edits import NO_VERSIONS, unchanged
from summit.errors import Refusal
from summit.lib.codes import reference, token
from summit.models import Summit, User
from summit.ratelimit import take


class RegistrationNotOpen(Refusal):
    code = "registration_not_open"
    message: Any = _("Registration has not opened yet.")


class RegistrationClosed(Refusal):
    code = "registration_closed"
    message: Any = _("Registration has closed. Write to the organisers if you still need to take part.")


class NotOffered(Refusal):
    code = "attendance_not_offered"
    message: Any = _("This summit cannot be attended in this way.")


class NoPlaceLeft(Refusal):
    code = "no_place_left"
    message: Any = _("The last place in person was taken a moment ago. You can still register to take part online.")


class NoOnlinePlaceLeft(NoPlaceLeft):
    message: Any = _("All online places are taken.")


class AlreadyRegistered(Refusal):
    """Somebody is registered under this address. Pages must not tell a stranger; they mail the address instead."""

    code = "already_registered"
    message: Any = _("This e-mail address is already registered.")

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class ChangesClosed(Refusal):
    code = "changes_closed"
    message: Any = _("The time for changes is over. Write to the organisers, or ask at the desk.")


class NotActive(Refusal):
    code = "not_active"
    message: Any = _("This registration has been cancelled.")


class AlreadyArrived(Refusal):
    code = "already_arrived"
    message: Any = _("You are checked in. Ask at the desk if something has changed.")


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
    consents: dict[str, str] = field(default_factory=dict)
    answers: dict[int, questions.Given] = field(default_factory=dict)


def register(
    summit: Summit, person: Person, *, nonce: str = "", by: User | None = None, entered: bool = False
) -> Registration:
    """Register somebody, confirm it, and queue the mail with calendar entry and ticket.

    ``entered``: by the team, which may do so before registration opens and after it has closed. Nobody consented to
    anything then; the history says who entered it, and the person reads in the mail where they may look and object.

    The same ``nonce`` (one per form shown) with the same address returns the first registration again and sends
    nothing; with a corrected address it is a new registration. Raises
    :class:`RegistrationNotOpen`, :class:`RegistrationClosed`, :class:`NoPlaceLeft` or :class:`AlreadyRegistered`;
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
        if isinstance(error, AlreadyRegistered) and error.registration.form_nonce != nonce:
            raise
        if before := _of_form(summit, person, nonce):
            return before
        if isinstance(error, Refusal):
            raise
        if known := summit.registrations.active().filter(email__address=person.email).first():
            raise AlreadyRegistered(known) from None
        raise


def _of_form(summit: Summit, person: Person, nonce: str) -> Registration | None:
    """What a form shown once has already made for the same address."""
    made = summit.registrations.active().filter(form_nonce=nonce, email__address=person.email)
    return made.first() if nonce else None


def may_register(summit: Summit, person: Person, *, entered: bool = False) -> None:
    """Raises :class:`RegistrationNotOpen`, :class:`RegistrationClosed` or :class:`NotOffered`."""
    match "open" if entered else summit.registration_state():
        case "unscheduled" | "not_yet":
            raise RegistrationNotOpen
        case "closed":
            raise RegistrationClosed
    if person.attendance not in offered(summit.mode):
        raise NotOffered


def confirmed(summit: Summit, person: Person, *, user: User | None, nonce: str = "") -> Registration:
    """The registration that somebody gets who may register; whoever calls it writes it."""
    now = timezone.now()
    return Registration(summit=summit, user=user, category=person.category, attendance=person.attendance, email=person.email,
                        form_nonce=nonce, state=State.CONFIRMED, created_at=now, updated_at=now, confirmed_at=now,
                        **{name: getattr(person, name) for name in PERSONAL_FIELDS})  # fmt: skip


def no_place_left(attendance: str) -> NoPlaceLeft:
    """What somebody hears who comes in a way in which all places are taken."""
    return NoPlaceLeft() if attendance == Attendance.IN_PERSON else NoOnlinePlaceLeft()


def recorded(person: Person, *, entered: bool) -> tuple[str, history.Changes]:
    """The line that history keeps of a registration."""
    changes: history.Changes = {"state": ("", State.CONFIRMED), "attendance": ("", person.attendance)}
    return "registration.enter" if entered else "registration.register", changes


def _register(summit: Summit, person: Person, *, nonce: str, by: User | None, entered: bool) -> Registration:
    may_register(summit, person, entered=entered)
    # Full is said to everybody alike, so that the answer does not tell whether an address is known.
    if not capacity.take(summit, person.attendance):
        raise no_place_left(person.attendance)
    if known := summit.registrations.active().filter(email__address=person.email).select_related("summit").first():
        # The same is written, for nobody, and taken back with the place: the time tells no stranger who is registered.
        _write(summit, replace(person, email=nobody()), nonce="", by=by, entered=entered, send=False)
        raise AlreadyRegistered(known)
    return _write(summit, person, nonce=nonce, by=by, entered=entered)


def _write(
    summit: Summit, person: Person, *, nonce: str, by: User | None, entered: bool, send: bool = True
) -> Registration:
    """The registration, and all that goes with it; ``send``: have its mail leave."""
    user = account_for(person.email, name=person.name, language=person.language)
    registration = confirmed(summit, person, user=user, nonce=nonce)
    while summit.registrations.filter(reference=registration.reference).exists():
        registration.reference = reference()
    registration.save(force_insert=True)
    Consent.objects.bulk_create(
        Consent(registration=registration, kind=kind, version=version) for kind, version in person.consents.items()
    )
    questions.answer(registration, person.answers)
    action, changes = recorded(person, entered=entered)
    history.record(action, registration, by=by, summit=summit, changes=changes)
    emails.confirmed(registration, send=send)
    return registration


def _may_leave(registration: Registration, *, as_organiser: bool) -> None:
    """Whoever is inside does not give the place away from their telephone."""
    if not as_organiser and registration.check_ins.standing().exists():
        raise AlreadyArrived


# What :func:`correct` leaves in the history.
CORRECTIONS = ("registration.correct", "registration.answer")


def may_change(registration: Registration, *, as_organiser: bool = False) -> None:
    """Raises :class:`NotActive` or :class:`ChangesClosed`."""
    if not registration.is_active:
        raise NotActive
    if not as_organiser and not registration.summit.accepts_changes():
        raise ChangesClosed


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

    Changing to what it already is does nothing. Raises :class:`NotActive`, :class:`ChangesClosed`,
    :class:`NoPlaceLeft` or, with ``form_versions``, :class:`summit.editing.revising.Overtaken`.
    """
    may_change(registration, as_organiser=as_organiser)
    unchanged(registration, form_versions)
    before = registration.attendance
    if before == attendance:
        return registration
    _may_leave(registration, as_organiser=as_organiser)
    if attendance not in offered(registration.summit.mode):
        raise NotOffered
    capacity.lock(registration.summit)
    if not capacity.take(registration.summit, attendance):
        raise no_place_left(attendance)
    # Two tabs at once: only one of them meets the row as it was.
    now = timezone.now()
    moved = Registration.objects.active().filter(pk=registration.pk, attendance=before)
    if not moved.update(attendance=attendance, updated_at=now, sequence=F("sequence") + 1):
        capacity.release(registration.summit, attendance)
        registration.refresh_from_db()
        return registration
    capacity.release(registration.summit, before)
    if attendance == Attendance.ONLINE:
        bookings.release_all(registration, by=by)
    registration.refresh_from_db(fields=["attendance", "updated_at", "sequence"])
    history.record("registration.change_attendance", registration, by=by, summit=registration.summit,
                   changes={"attendance": (before, attendance)})  # fmt: skip
    emails.attendance_changed(registration)
    return registration


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
    """Set personal fields (``PERSONAL_FIELDS``) to new values, and answers; others are left alone. Returns the row.

    ``form_versions`` are those of the values the form was made from (:func:`summit.editing.inline_edits.value_version`); raises
    :class:`summit.editing.revising.Overtaken` where one is another by now, :class:`NotActive`, :class:`ChangesClosed` and
    :class:`registration.registering.questions.AnswerOutdated`.
    """
    locked = Registration.objects.select_for_update(of=("self",)).select_related("summit").get(pk=registration.pk)
    may_change(locked, as_organiser=as_organiser)
    unchanged(locked, form_versions)
    answered = bool(answers) and questions.answer(locked, answers or {})
    wanted = {name: value for name, value in values.items() if name in PERSONAL_FIELDS}
    changes = history.changed(locked, wanted)
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
    return locked


@transaction.atomic
def set_category(
    registration: Registration, category: Category, *, form_versions: Mapping[str, str] = NO_VERSIONS, by: User
) -> Registration:
    """Make somebody a delegate, press, a speaker, …; their badge takes the colour with it. Nobody is mailed.

    Raises :class:`NotActive`, and :class:`summit.editing.revising.Overtaken` as :func:`correct` does.
    """
    rows = Registration.objects.select_for_update(of=("self",)).select_related("summit", "category")
    locked = rows.get(pk=registration.pk)
    may_change(locked, as_organiser=True)
    unchanged(locked, form_versions)
    if locked.category_id == category.pk:
        return locked
    before, locked.category, locked.updated_at = locked.category, category, timezone.now()
    locked.save(update_fields=["category", "updated_at"])
    history.record("registration.set_category", locked, by=by, summit=locked.summit,
                   changes={"category": (history.plain(before.name), history.plain(category.name))})  # fmt: skip
    return locked


@transaction.atomic
def reinstate(registration: Registration, *, by: User) -> Registration:
    """Confirm a cancelled registration again, with a place of its own; the person is told as of any confirmation.

    One that is not cancelled is left as it is. Raises :class:`NoPlaceLeft`, and :class:`AlreadyRegistered` where the
    same address has registered again meanwhile.
    """
    locked = Registration.objects.select_for_update(of=("self",)).select_related("summit").get(pk=registration.pk)
    if locked.state != State.CANCELLED:
        return locked
    summit = locked.summit
    if known := summit.registrations.active().filter(email__address=locked.email).first():
        raise AlreadyRegistered(known)
    if not capacity.take(summit, locked.attendance):
        raise no_place_left(locked.attendance)
    now = timezone.now()
    locked.state, locked.cancelled_at, locked.confirmed_at, locked.updated_at = State.CONFIRMED, None, now, now
    locked.sequence += 1
    locked.save(update_fields=["state", "cancelled_at", "confirmed_at", "updated_at", "sequence"])
    history.record("registration.reinstate", locked, by=by, summit=summit,
                   changes={"state": (State.CANCELLED, State.CONFIRMED)})  # fmt: skip
    emails.confirmed(locked)
    return locked


@transaction.atomic
def cancel(registration: Registration, *, by: User | None = None, as_organiser: bool = False) -> Registration:
    """Give the place back. The ticket no longer opens the door, the personal calendar is revoked. Twice is once."""
    may_change(registration, as_organiser=as_organiser)
    _may_leave(registration, as_organiser=as_organiser)
    now = timezone.now()
    ended = Registration.objects.active().filter(pk=registration.pk)
    before = registration.state
    calendar = ended.select_for_update(of=("self",)).values_list("calendar_token", flat=True).first()
    if ended.update(
        state=State.CANCELLED, cancelled_at=now, updated_at=now, calendar_token="", sequence=F("sequence") + 1
    ):
        registration.refresh_from_db()
        FormerKey.objects.retire(registration, FormerKey.Kind.CALENDAR, calendar or "")
        capacity.release(registration.summit, registration.attendance)
        bookings.release_all(registration, by=by)
        history.record("registration.cancel", registration, by=by, summit=registration.summit,
                       changes={"state": (before, State.CANCELLED)})  # fmt: skip
        emails.cancelled(registration)
    return registration


@task(priority=10)
def send_link(summit: int, email: str) -> bool:
    """Mail the link to the own page of whoever is registered under an address, at most a few times an hour: nobody can
    flood a mailbox through us. Returns whether a mail was written."""
    rows = Registration.objects.active().filter(summit=summit, email__address=email).select_related("summit")
    registration = rows.first()
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
    """Mail the link to the own page again. Raises :class:`NotActive`: the mail says that the address is registered."""
    if not registration.is_active:
        raise NotActive
    emails.link(registration)
    history.record("registration.resend", registration, by=by, summit=registration.summit)
