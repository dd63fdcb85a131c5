"""What follows a registration and need not be waited for: the account of its person, and the mail that tells of it.

The registration and the task are written together, so neither is without the other; the worker does the rest. So
nobody learns by the time of an answer whether an address has an account.
"""

from datetime import datetime

from django.db import transaction
from django.tasks import task
from django_tasks_db.models import DBTaskResult

from registration.mailing import emails
from registration.models import Registration, State
from summit.accounts.sign_in import account_for
from summit.mailing import outbox
from summit.models import Message, SealedAddress

TELLS = {State.CONFIRMED: emails.confirmed, State.PENDING: emails.applied, State.WAITLISTED: emails.waitlisted}


@task(priority=10)
def welcome(pk: int, state: str) -> bool:
    """Give somebody who has registered their account, and send the mail of the ``state`` they registered in; returns
    whether one left. Done twice it tells once; what is no longer so is not told: the mail of what came after is."""
    with transaction.atomic():
        rows = Registration.objects.select_for_update(of=("self",)).select_related("summit", "category")
        registration = rows.filter(pk=pk).first()
        if registration is None:
            return False
        give_account(registration)
        if registration.state != state:
            return False
        guid = emails.first_of(registration)
        if not Message.objects.filter(pk=guid).exists():
            TELLS[State(state)](registration, guid=guid, send=False)
    return outbox.deliver_mail.func(str(guid))


def tell(registration: Registration, *, send: bool = True) -> None:
    """The mail of the state an active registration is in, in the transaction that brought it there; a welcome that still
    waits sends no second one."""
    guid = emails.first_of(registration)
    told = Message.objects.filter(pk=guid).exists()
    TELLS[State(registration.state)](registration, guid=None if told else guid, send=send)


def give_account(registration: Registration) -> None:
    """The account of its address, made where there is none; whoever is brought along under the address of another has
    none. Call it in a transaction."""
    if registration.user_id is None and not registration.shares_address:
        address = SealedAddress.objects.real(registration.email)
        registration.user = account_for(address, name=registration.name, language=registration.language)
        registration.save(update_fields=["user"])


@transaction.atomic
def requeue(*, older_than: datetime) -> int:
    """Welcome again whom a task that failed was about to; returns how many."""
    failed = DBTaskResult.objects.failed().filter(task_path__endswith=".welcome", finished_at__lte=older_than)
    missed = [task.args_kwargs["args"] for task in failed]
    failed.delete()
    for args in missed:
        welcome.enqueue(*args)
    return len(missed)
