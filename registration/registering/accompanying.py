"""People brought along: each has a registration of their own, in the category of whoever brings them, with a ticket and a
badge, and is counted in the quotas."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration import standing
from registration.models import Registration
from registration.places import capacity
from registration.registering import lifecycle, making, refusals, sealing, states, welcoming
from registration.registering.making import Person
from summit import history
from summit.errors import Refusal
from summit.lib.codes import reference


@dataclass(frozen=True, slots=True)
class Companion:
    """What is said of them; ``email`` is "" where mails go to whoever brings them."""

    name: str
    name_romanised: str = ""
    title: str = ""
    email: str = ""
    access_needs: str = ""
    dietary_needs: str = ""
    # A kind to the version that whoever brings them agrees to for them.
    consents: Mapping[str, str] = field(default_factory=dict)


class NotConfirmed(Refusal):
    code = "not_confirmed"
    message = _("You can bring somebody along once your registration is confirmed.")


class NoMoreCompanions(Refusal):
    code = "no_more_companions"
    message = _("You cannot bring more people along.")


def left(registration: Registration) -> int:
    """How many more somebody may bring along; nobody who is brought along brings others."""
    if registration.companion_of_id or not registration.category.companions:
        return 0
    return max(0, registration.category.companions - registration.companions.active().count())


@transaction.atomic
def bring(registration: Registration, companion: Companion, *, nonce: str = "") -> Registration:
    """Register somebody whom the person brings along: confirmed at once, in the same category and the same way; the mail
    with the ticket goes to their own address, else to the person's. The same ``nonce`` twice is once.

    Raises :class:`refusals.NotActive`, :class:`refusals.ChangesClosed`, :class:`NotConfirmed`,
    :class:`NoMoreCompanions` and :class:`refusals.NoPlaceLeft`; then nothing was written.
    """
    locked = states.locked(registration)
    if nonce and (before := locked.companions.active().filter(form_nonce=nonce).first()):
        return before
    lifecycle.may_change(locked)
    if not standing.of_registration(locked).told:
        raise NotConfirmed
    if not left(locked):
        raise NoMoreCompanions
    person = Person(
        name=companion.name, name_romanised=companion.name_romanised, title=companion.title,
        email=companion.email or locked.email, country=locked.country, category=locked.category,
        attendance=locked.attendance, language=locked.language, time_zone=locked.time_zone,
        access_needs=companion.access_needs, dietary_needs=companion.dietary_needs,
        companion_of=locked, consents=dict(companion.consents),
    )  # fmt: skip
    return _write(person, locked, nonce)


def _write(person: Person, of: Registration, nonce: str) -> Registration:
    """The place last, as for whoever registers. Raises :class:`refusals.NoPlaceLeft`."""
    summit = of.summit
    new = making.made(summit, person, user=None, nonce=nonce, entered=True)
    while summit.registrations.filter(reference=new.reference).exists():
        new.reference = reference()
    making.insert(new, person)
    action, changes = making.recorded(new, entered=True, consents=person.consents)
    history.record(action, new, by=None, summit=summit, changes=changes)
    welcoming.welcome.enqueue(new.pk, new.state)
    among = capacity.quotas(summit)
    wish = capacity.wish(person, among)
    if not capacity.take(summit, wish, among=among):
        raise refusals.no_place_left(summit, wish)
    sealing.seal_new(new)
    return new
