"""What follows a registration and need not be waited for: the account of its person, and the mail that tells of it.

The registration and the task are written together, so neither is without the other; the worker does the rest. So
nobody learns by the time of an answer whether an address has an account.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from registration.mailing import emails
from registration.models import Registration, State
from registration.registering import drafts, lapsing
from summit.accounts.sign_in import account_for, accounts_for
from summit.lib.busy import is_busy
from summit.mailing import outbox
from summit.models import Message, SealedAddress, Summit

TELLS = {
    State.CONFIRMED: emails.confirmed,
    State.PENDING: emails.applied,
    State.WAITLISTED: emails.waitlisted,
    State.UNPROVEN: emails.unproven,
}
# Welcomes that one task does, of those that wait: in a rush most of what one costs is what all have in common.
TOGETHER = 40
# What the mail tells of beside the registration.
TOLD_OF = ("summit", "category", "delegation", "companion_of")
logger = logging.getLogger(__name__)


@task(priority=10)
def welcome(pk: int, state: str) -> int:
    """Give somebody who has registered their account, and send the mail of the ``state`` they registered in; returns how
    many mails left. Done twice it tells once; what is no longer so is not told: the mail of what came after is.

    Others who wait for the same are welcomed with them. Where that fails, each is by a task of their own.
    """
    try:
        with transaction.atomic():
            others = _taken_along()
            told = _welcomed({**others, pk: state})
    except Exception as error:
        if is_busy(error):
            raise
        logger.warning("Welcoming several at once has failed: %s", error)
        with transaction.atomic():
            told = _welcomed({pk: state})
    return outbox.deliver_batch.func(told)


def _taken_along() -> dict[int, str]:
    """State by key of those whose welcome waits: their tasks have ended with the transaction that this is called in."""
    waiting = DBTaskResult.objects.ready().filter(task_path=welcome.module_path).select_for_update(skip_locked=True)
    tasks = list(waiting[:TOGETHER])
    now = timezone.now()
    if tasks:
        DBTaskResult.objects.filter(pk__in=[each.pk for each in tasks]).update(
            status=TaskResultStatus.SUCCESSFUL, started_at=now, finished_at=now
        )
    return dict(each.args_kwargs["args"] for each in tasks)


def _welcomed(states: Mapping[int, str]) -> list[str]:
    """Accounts and mails of these registrations, by their keys; returns the keys of the mails that are to leave."""
    held = Registration.objects.select_for_update(of=("self",)).select_related(*TOLD_OF).order_by("pk")
    registrations = list(held.filter(pk__in=states))
    summits: dict[int, Summit] = {}
    for registration in registrations:
        # What is read of it is read once.
        registration.summit = summits.setdefault(registration.summit_id, registration.summit)
    prefetch_related_objects([*summits.values()], "venues")
    drafts.end_of_all(registrations)
    _give_accounts(registrations)
    letters = {emails.first_of(row): row for row in registrations if row.state == states[row.pk]}
    there = set(Message.objects.filter(pk__in=letters).values_list("pk", flat=True))
    new = {guid: row for guid, row in letters.items() if guid not in there}
    waits = emails.waited_for(new.values()) if new else {}
    outbox.write_many(emails.welcome(row, guid, waits.get(row.pk, [])) for guid, row in new.items())
    for row in new.values():
        lapsing.end_in_time(row)
    return [str(guid) for guid in letters]


def _give_accounts(registrations: Sequence[Registration]) -> None:
    """As :func:`give_account` does for one."""
    without = [row for row in registrations if _lacks_account(row)]
    if len(without) == 1:
        give_account(without[0])
    elif without:
        addresses = {row.pk: SealedAddress.objects.real(row.email).lower() for row in without}
        accounts = accounts_for({addresses[row.pk]: (row.name, row.language) for row in reversed(without)})
        for row in without:
            row.user = accounts[addresses[row.pk]]
        Registration.objects.bulk_update(without, ["user"])


def tell(registration: Registration, *, send: bool = True) -> None:
    """The mail of the state an active registration is in, in the transaction that brought it there; a welcome that still
    waits sends no second one."""
    guid = emails.first_of(registration)
    told = Message.objects.filter(pk=guid).exists()
    TELLS[State(registration.state)](registration, guid=None if told else guid, send=send)


def give_account(registration: Registration) -> None:
    """The account of its address, made where there is none; whoever is brought along under the address of another has
    none, nor has an address that nobody has confirmed yet. Call it in a transaction."""
    if _lacks_account(registration):
        address = SealedAddress.objects.real(registration.email)
        registration.user = account_for(address, name=registration.name, language=registration.language)
        registration.save(update_fields=["user"])


def _lacks_account(registration: Registration) -> bool:
    proven = registration.state != State.UNPROVEN
    return proven and registration.user_id is None and not registration.shares_address


@transaction.atomic
def requeue(*, older_than: datetime) -> int:
    """Welcome again whom a task that failed was about to; returns how many."""
    failed = DBTaskResult.objects.failed().filter(task_path__endswith=".welcome", finished_at__lte=older_than)
    missed = [task.args_kwargs["args"] for task in failed]
    failed.delete()
    for args in missed:
        welcome.enqueue(*args)
    return len(missed)
