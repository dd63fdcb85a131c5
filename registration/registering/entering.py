"""Many people registered at once, from a file: by the rules of one, in few queries.

Who is registered already and how many places are left is asked once, before the first of them; both are looked at again
in the transaction that writes them.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.tasks import task
from django_tasks_db.models import DBTaskResult

from registration.mailing import emails
from registration.models import Registration
from registration.models.quota import Wish
from registration.places import capacity
from registration.registering import lifecycle, refusals, sealing
from registration.registering.lifecycle import Person
from summit import history
from summit.accounts.sign_in import accounts_for
from summit.errors import Refusal
from summit.imports.staging import Overtaken, Staging
from summit.imports.table_format import Refused
from summit.lib.codes import reference
from summit.lib.sealed import Unreadable, unseal
from summit.models import SealedAddress, Summit, User

# People confirmed by one task: few enough that the mail of somebody who registers meanwhile does not wait long.
BATCH = 50


class Entrance:
    """The people of one import. ``entered``: by the team, as :func:`registration.registering.lifecycle.register` has it."""

    def __init__(self, staging: Staging, summit: Summit, by: User | None, entered: bool) -> None:
        self.staging, self.summit, self.by, self.entered = staging, summit, by, entered
        there = summit.registrations.active().only("email", "guid", "name", "at_risk")
        self.by_address: dict[str, Registration] = {one.email.lower(): one for one in there.iterator()}
        self._add_sealed()
        self.references = set(summit.registrations.values_list("reference", flat=True))
        self.quotas = capacity.quotas(summit)
        self.made: list[tuple[Registration, Person]] = []
        staging.before(self._find_accounts)
        staging.after(self._settle)

    def _add_sealed(self) -> None:
        """Those of whom the row knows a stand-in alone, by the address it stands for."""
        for row in SealedAddress.objects.filter(summit=self.summit):
            if known := self.by_address.get(row.stand_in):
                with suppress(Unreadable):
                    self.by_address[unseal(row.address).lower()] = known

    def registered(self, address: str) -> Registration | None:
        """Whoever is registered under an address, also by an earlier row."""
        return self.by_address.get(address.lower())

    def enter(self, person: Person) -> Registration:
        """Register somebody who is not yet. Raises ``Refused``."""
        try:
            lifecycle.may_register(self.summit, person, entered=self.entered)
            made = lifecycle.made(self.summit, person, user=None, entered=self.entered)
            if made.holds_place and not capacity.has_place(
                self.summit, Wish.of(made), self.quotas, by_team=self.entered
            ):
                raise refusals.no_place_left(self.summit, Wish.of(made), self.quotas)
        except Refusal as refusal:
            raise Refused(str(refusal.message)) from refusal
        while made.reference in self.references:
            made.reference = reference()
        self.staging.make(made)
        self.references.add(made.reference)
        self.by_address[made.email.lower()] = made
        self.made.append((made, person))
        if made.holds_place:
            for quota in capacity.matching(self.summit, Wish.of(made), self.quotas):
                quota.taken += 1
        return made

    def _find_accounts(self) -> None:
        people = {made.email.strip().lower(): (made.name, made.language) for made, _person in self.made}
        accounts = accounts_for(people)
        for made, _person in self.made:
            made.user = accounts[made.email.strip().lower()]

    def _settle(self) -> None:
        written = [(made, person) for made, person in self.made if made.pk is not None]
        for wish, count in Counter(Wish.of(made) for made, _person in written if made.holds_place).items():
            if not capacity.take(self.summit, wish, count, by_team=self.entered):
                raise Overtaken
        lines = [(made, *lifecycle.recorded(made, entered=self.entered)) for made, _person in written]
        for action in {action for _made, action, _changes in lines}:
            changes = [(made, changes) for made, each, changes in lines if each == action]
            history.record_many(action, changes, by=self.by, summit=self.summit)
        if self.summit.at_risk:
            sealing.seal_some.enqueue(self.summit.pk)
        for batch in batched(written, BATCH, strict=False):
            confirm_many.enqueue([str(made.guid) for made, _person in batch])


def entrance(staging: Staging, summit: Summit, *, by: User | None = None, entered: bool = False) -> Entrance:
    """The one entrance of an import."""
    found: Entrance = staging.once(Entrance, staging, summit, by, entered)
    return found


@task
def confirm_many(guids: Sequence[str]) -> int:
    """Write the mails of people who were entered from a file; returns how many.

    Drawing them takes longer than everything else, so it is not done in the transaction that enters the people. Goes on
    where it was interrupted; whoever has cancelled meanwhile is not told.
    """
    rows = Registration.objects.active().filter(guid__in=guids).select_related("summit", "category")
    return emails.confirmed_many(rows.order_by("pk"))


@transaction.atomic
def requeue(*, older_than: datetime) -> int:
    """Confirm again whom a task that failed was about to; returns how many batches."""
    halves = DBTaskResult.objects.failed().filter(task_path__endswith=".confirm_many", finished_at__lte=older_than)
    batches = [task.args_kwargs["args"][0] for task in halves]
    halves.delete()
    for guids in batches:
        confirm_many.enqueue(guids)
    return len(batches)
