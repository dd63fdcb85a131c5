"""Whom a delegation sends: nominated one by one or from a sheet, replaced, corrected.

Until the deadline of names the delegation's word stands at once, as far as it has places and the quotas do. Afterwards
the organisers approve whoever is named.
"""

from dataclasses import replace as with_
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.models import Delegation, Registration, State
from registration.registering import decisions, lifecycle, people_table, refusals, states
from registration.registering.making import Person
from sessions.imports.tables.importing import TableReport, import_table
from sessions.imports.tables.sheet import Sheet
from summit.errors import Refusal
from summit.models import User


class BeingReplaced(Refusal):
    code = "being_replaced"
    message: Any = _("Somebody has been named in their place already, and the organisers decide on it.")


def nominate(delegation: Delegation, person: Person, *, nonce: str = "", by: User | None = None) -> Registration:
    """Register somebody as a delegate: they get their own page by mail, whether registration is open or not. The place is
    held, and after the deadline the organisers decide.

    The same ``nonce`` is the same nomination. Raises :class:`refusals.NoDelegationPlace`, :class:`refusals.NoPlaceLeft`,
    :class:`refusals.AlreadyRegistered` and what :func:`registration.registering.making.may_come` raises.
    """
    sent = with_(person, delegation=delegation, applies=delegation.names_are_frozen())
    return lifecycle.register(delegation.summit, sent, nonce=nonce, by=by, entered=True)


@transaction.atomic
def replace(registration: Registration, person: Person, *, nonce: str = "", by: User | None = None) -> Registration:
    """Name somebody who comes instead, in the same category: their place goes over, and nobody else gets it in between.

    After the deadline both wait: the one named before goes on standing until the organisers approve the new one. Raises
    :class:`BeingReplaced`, :class:`refusals.NotActive`, :class:`refusals.ReplacedHasArrived` and what
    :func:`nominate` raises; then nothing was written.
    """
    delegation = registration.delegation
    if delegation is None or registration.is_replacing:
        raise refusals.NotFromHere(registration)
    if made := lifecycle.of_form(registration.summit, person, nonce):
        return made
    old = states.locked(registration)
    if not old.is_active:
        raise refusals.NotActive
    if old.check_ins.standing().exists():
        raise refusals.ReplacedHasArrived
    if old.replacements.filter(state=State.PENDING).exists():
        raise BeingReplaced
    waits = delegation.names_are_frozen()
    sent = with_(person, delegation=delegation, category=old.category, applies=True, replaces=old)
    made = lifecycle.register(old.summit, sent, nonce=nonce, by=by, entered=True, told=waits)
    return made if waits else decisions.take_over(states.locked(made), by=by)


def from_sheet(
    delegation: Delegation,
    sheet: Sheet,
    columns: list[str],
    *,
    language: str,
    dry_run: bool,
    agreed: bool = False,
    named_by: str = "",
    by: User | None = None,
) -> TableReport:
    """Nominate the people of a sheet, all or none of them; ``columns`` and ``agreed`` as :func:`import_table` has them,
    ``language`` that of mails where a row says none, ``named_by`` who names them, as they read it. Raises ``Refused`` where
    the mapping cannot work."""
    bring = partial(people_table.nominate, by=by, delegation=delegation, language=language, named_by=named_by)
    return import_table(delegation.summit, "registrations", sheet, columns, dry_run=dry_run, agreed=agreed, by=by,
                        bring=bring)  # fmt: skip
