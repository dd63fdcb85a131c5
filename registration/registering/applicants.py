"""Who registers: what they fill in, whether they may, and the row that it makes."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.crypto import salted_hmac

from registration.models import Category, Consent, Delegation, Registration, State
from registration.models.attendance import offered
from registration.models.registration import PERSONAL_FIELDS
from registration.registering import answering, refusals
from registration.registering.asking import Given
from summit import history
from summit.lib.codes import reference
from summit.models import Summit, User


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody fills in. ``consents`` maps a kind to the version that was agreed to, ``answers`` questions' keys
    to what was given (see :mod:`registration.registering.answering`)."""

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
    delegation: Delegation | None = None
    # The organisers decide, whatever the category says.
    applies: bool = False
    # Whose place is taken over when they approve.
    replaces: Registration | None = None
    consents: dict[str, str] = field(default_factory=dict)
    answers: dict[int, Given] = field(default_factory=dict)

    @property
    def delegation_id(self) -> int | None:
        return self.delegation.pk if self.delegation else None

    def is_decided_on(self, *, entered: bool) -> bool:
        """Whether the organisers decide on this person."""
        return self.applies or (self.category.is_approved and not entered)


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
    summit: Summit,
    person: Person,
    *,
    user: User | None,
    nonce: str = "",
    entered: bool = False,
    waits: bool = False,
    applies: bool | None = None,
) -> Registration:
    """The registration that somebody gets who may register; whoever calls it writes it. Whom the team enters is
    confirmed; whoever chooses a category the organisers decide on applies, unless ``applies`` says otherwise; ``waits``:
    for a place."""
    now = timezone.now()
    applies = person.is_decided_on(entered=entered) if applies is None else applies
    state = State.WAITLISTED if waits else State.PENDING if applies else State.CONFIRMED
    confirmed = state == State.CONFIRMED
    return Registration(summit=summit, user=user, category=person.category, attendance=person.attendance, email=person.email,
                        delegation=person.delegation, replaces=person.replaces, form_nonce=nonce, state=state, created_at=now, updated_at=now,
                        confirmed_at=now if confirmed else None, waits_since=None if confirmed else now,
                        **{name: getattr(person, name) for name in PERSONAL_FIELDS})  # fmt: skip


def recorded(registration: Registration, *, entered: bool) -> tuple[str, history.Changes]:
    """The line that history keeps of a new registration."""
    changes: history.Changes = {"state": ("", registration.state), "attendance": ("", registration.attendance)}
    if registration.delegation_id:
        return "registration.nominate", changes
    return "registration.enter" if entered else "registration.register", changes


def insert(registration: Registration, person: Person) -> None:
    """The row of a registration that was :func:`made`, with consents and answers."""
    registration.save(force_insert=True)
    Consent.objects.bulk_create(
        Consent(registration=registration, kind=kind, version=version) for kind, version in person.consents.items()
    )
    answering.answer_first(registration, person.answers, None)


def reference_of_form(nonce: str, email: str) -> str:
    """What stands for a form whose address is registered already: the same, however often it is sent."""
    drawn = salted_hmac("reference of a form", f"{nonce} {email.lower()}", algorithm="sha256").digest()
    numbers = iter(drawn)
    return reference(pick=lambda letters: letters[next(numbers) % len(letters)])
