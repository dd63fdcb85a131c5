"""Groups: one person registers several. Each gets a registration of their own, is mailed, and says themselves that they
come, what they need and what they agree to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registration.registering.entering import DOUBLED, entrance
from registration.registering.lifecycle import send_link
from registration.registering.making import Person
from summit.errors import Refusal
from summit.imports.staging import Overtaken, Staging
from summit.imports.table_format import Refused
from summit.models import Summit

MOST = 200


@dataclass(frozen=True, slots=True)
class Contact:
    """Who registers the others, as they read it."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class NoGroups(Refusal):
    code = "no_groups"
    message: Any = _("This summit registers nobody in groups.")


class NotAll(Refusal):
    """``details["rows"]`` has by number of the person, from 0, why they cannot be registered."""

    code = "not_all"
    message: Any = _("Nobody was registered yet: some of them cannot be. What is wrong stands with each.")


class Busy(Refusal):
    code = "registered_meanwhile"
    message: Any = _("Some of them registered themselves at this moment. Send the form again.")


def register(summit: Summit, people: Sequence[Person], *, contact: Contact, dry: bool = False) -> int:
    """Register all of them, or nobody; returns how many are mailed. Whoever is registered already is mailed the link to
    what they have, and nobody learns who that is. ``dry``: only look whether all could be.

    Raises :class:`NoGroups`, :class:`NotAll` and :class:`Busy`.
    """
    if not summit.registers_groups:
        raise NoGroups
    try:
        with transaction.atomic():
            known = _register(summit, people, contact, dry=dry)
    except (IntegrityError, Overtaken):
        raise Busy from None
    if not dry:
        for address in known:
            send_link.enqueue(summit.pk, address)
    return len(people)


def _register(summit: Summit, people: Sequence[Person], contact: Contact, *, dry: bool) -> list[str]:
    """Write all who are new; returns the addresses of those who are registered already."""
    staging, wrong, known = Staging(), {}, []
    group = entrance(staging, summit)
    seen: set[str] = set()
    for number, person in enumerate(people):
        address = person.email.lower()
        try:
            if address in seen:
                raise Refused(DOUBLED)
            if group.registered(address):
                group.pretend(person)
                known.append(person.email)
            else:
                group.enter(person).registered_by = str(contact)
        except Refused as refused:
            wrong[number] = str(refused)
        seen.add(address)
    if wrong:
        raise NotAll(rows=wrong)
    if not dry:
        staging.write()
    return known
