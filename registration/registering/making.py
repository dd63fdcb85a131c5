"""Who registers: what they say of themselves, whether they may, and the registration that is made of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from registration.models import AccessCode, Category, Consent, Delegation, Invitation, Registration, State
from registration.models.attendance import offered
from registration.models.registration import PERSONAL_FIELDS
from registration.registering import admitting, answering, refusals
from registration.registering.admitting import Key
from registration.registering.asking import Given
from summit import history
from summit.lib import naming
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
    title: str = ""
    # "": what is probably meant, see :func:`summit.lib.naming.family_name`.
    family_name: str = ""
    badge_script: str = "native"
    organisation: str = ""
    job_title: str = ""
    access_needs: str = ""
    dietary_needs: str = ""
    language: str = "ko"
    time_zone: str = ""
    companion_of: Registration | None = None
    # Onto the waitlist, where no place is left and there is one.
    waits: bool = False
    delegation: Delegation | None = None
    # Who names them for it, as they read it.
    registered_by: str = ""
    # The organisers decide, whatever the category says.
    applies: bool = False
    # Whose place is taken over when they approve.
    replaces: Registration | None = None
    consents: dict[str, str] = field(default_factory=dict)
    answers: dict[int, Given] = field(default_factory=dict)
    # What they bring along; the code counts where it opens their category.
    invitation: Invitation | None = None
    code: AccessCode | None = None
    # They have read a mail to this address: by the link of a draft, or to sign in.
    proven: bool = False
    # What of them others taking part read (``Listed``), and whether these may write.
    listed: str = ""
    contactable: bool = False

    @property
    def delegation_id(self) -> int | None:
        return self.delegation.pk if self.delegation else None


def may_register(summit: Summit, person: Person, *, entered: bool = False, key: Key | None = None) -> None:
    """``key``: what :func:`admitting.held` says they bring. Whoever is invited registers until the invitation ends, also
    before registration opens and after it has closed.

    Raises :class:`refusals.RegistrationNotOpen`, :class:`refusals.RegistrationClosed`, :class:`refusals.CategoryNotOpen`,
    :class:`refusals.OtherWay`, :class:`refusals.NotOffered` or :class:`refusals.NotInThisWay`."""
    match "open" if entered or isinstance(key, Invitation) else summit.registration_state():
        case "unscheduled" | "not_yet":
            raise refusals.RegistrationNotOpen
        case "closed":
            raise refusals.RegistrationClosed
    if not entered and not _may_choose(person.category, key):
        raise refusals.CategoryNotOpen
    if key is not None and key.attendance not in {"", person.attendance}:
        raise refusals.OtherWay(key.attendance)
    may_come(summit, person.category, person.attendance)


def _may_choose(category: Category, key: Key | None) -> bool:
    if isinstance(key, Invitation):
        return key.admits(category)
    return category.window() == "open" and (category.is_on_the_form or (key is not None and key.admits(category)))


def may_come(summit: Summit, category: Category, attendance: str) -> None:
    """Raises :class:`refusals.NotOffered` or :class:`refusals.NotInThisWay`."""
    ways = offered(summit.mode)
    if attendance not in ways:
        raise refusals.NotOffered
    if attendance not in category.attendances(ways):
        raise refusals.NotInThisWay(category)


def waits_for_decision(person: Person, key: Key | None, *, entered: bool) -> bool:
    """Whether the organisers decide on them; then they take no place before these approve."""
    by_category = person.category.is_approved and not entered and not (key is not None and key.skips_approval)
    return person.applies or by_category


def must_prove(person: Person, key: Key | None, *, entered: bool) -> bool:
    """Whether they confirm the address before anything else: their category asks for it, nobody vouches for them, and they
    have not come by a mail to it."""
    invited = isinstance(key, Invitation) and key.email.lower() == person.email.lower()
    return person.category.proof_hours is not None and not (entered or person.proven or invited)


def made(
    summit: Summit,
    person: Person,
    *,
    user: User | None,
    nonce: str = "",
    entered: bool = False,
    waits: bool = False,
    applies: bool | None = None,
    key: Key | None = None,
    unproven: bool = False,
) -> Registration:
    """The registration that somebody gets who may register; whoever calls it writes it. Whom the team enters is
    confirmed; whoever chooses a category the organisers decide on applies, unless ``applies`` or what they bring says
    otherwise; ``waits``: for a place. Whoever applies keeps the place that was kept for them. ``unproven``: all of that once
    the address is confirmed; a place is held until then."""
    now = timezone.now()
    decided = waits_for_decision(person, key, entered=entered) if applies is None else applies
    state = State.WAITLISTED if waits else State.PENDING if decided else State.CONFIRMED
    becomes, state = (state, State.UNPROVEN) if unproven else ("", state)
    confirmed = state == State.CONFIRMED
    ends = now + timedelta(hours=person.category.proof_hours or 0) if unproven else None
    facts = {name: getattr(person, name) for name in PERSONAL_FIELDS}
    facts["family_name"] = person.family_name or naming.family_name(person.name)
    return Registration(summit=summit, user=user, companion_of=person.companion_of, category=person.category, attendance=person.attendance, email=person.email,
                        delegation=person.delegation, registered_by=person.registered_by, replaces=person.replaces, form_nonce=nonce, state=state, created_at=now, updated_at=now,
                        access_code=key if isinstance(key, AccessCode) else None,
                        listed=person.listed, contactable=person.contactable,
                        keeps_place=becomes == State.CONFIRMED or (not confirmed and admitting.keeps_place(key)),
                        becomes=becomes, proof_ends_at=ends,
                        confirmed_at=now if confirmed else None, waits_since=None if confirmed else now,
                        **facts)  # fmt: skip


def recorded(
    registration: Registration, *, entered: bool, consents: Collection[str] = ()
) -> tuple[str, history.Changes]:
    """The line that history keeps of a new registration; ``consents``: to what the person has agreed, as whoever enters them
    says."""
    changes: history.Changes = {"state": ("", registration.state), "attendance": ("", registration.attendance)}
    if entered:
        changes |= dict.fromkeys(map(str, consents), (False, True))
    if registration.registered_by:
        changes["registered_by"] = ("", registration.registered_by)
    if registration.registered_by and not registration.delegation_id:
        return "registration.of_group", changes
    if registration.companion_of_id:
        return "registration.accompany", changes
    if registration.for_programme:
        return "registration.programme", changes
    if registration.delegation_id:
        return "registration.nominate", changes
    return "registration.enter" if entered else "registration.register", changes


def reference_of_form(nonce: str, email: str) -> str:
    """What stands for a form whose address is registered already: the same, however often it is sent."""
    drawn = salted_hmac("reference of a form", f"{nonce} {email.lower()}", algorithm="sha256").digest()
    numbers = iter(drawn)
    return reference(pick=lambda letters: letters[next(numbers) % len(letters)])


def insert(registration: Registration, person: Person) -> None:
    """The row of a registration that was :func:`made`, with consents and answers."""
    write(registration, person)
    answering.answer_first(registration, person.answers, None)


def write(registration: Registration, person: Person) -> None:
    """The row, with consents."""
    registration.save(force_insert=True)
    write_consents([(registration, person)])


def write_consents(written: Iterable[tuple[Registration, Person]]) -> None:
    """The consents of people whose rows are written."""
    Consent.objects.bulk_create(
        Consent(registration=made, kind=kind, version=version)
        for made, person in written
        for kind, version in person.consents.items()
    )


# What the person and the head of the delegation no longer correct once its names stand.
FROZEN = frozenset({"name", "name_romanised"})


def names_are_frozen(registration: Registration) -> bool:
    """Whether the team alone corrects the name: the deadline of the delegation is over."""
    return registration.delegation is not None and registration.delegation.names_are_frozen()


def wanted(registration: Registration, values: Mapping[str, Any]) -> dict[str, Any]:
    """The personal fields of ``values``, with the family name that goes with them."""
    said = {name: value for name, value in values.items() if name in PERSONAL_FIELDS}
    if {"name", "family_name"} & said.keys():
        said["family_name"] = family_name(registration, said)
    return said


def family_name(registration: Registration, values: Mapping[str, Any]) -> str:
    """What the person says it is; what we took for it goes with the name."""
    said = values.get("family_name", registration.family_name)
    ours = said in {"", naming.family_name(registration.name)}
    return naming.family_name(values.get("name", registration.name)) if ours else str(said)
