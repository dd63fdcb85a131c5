"""Many people registered at once, from a file: by the rules of one, in few queries.

Who is registered already and how many places are left is asked once, before the first of them; both are looked at again
in the transaction that writes them.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.tasks import task
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from registration.mailing import emails
from registration.models import Registration
from registration.models.tag import tag_key
from registration.places import capacity, delegations
from registration.registering import making, refusals, sealing, tagging, waitlist
from registration.registering.making import Person
from summit import history
from summit.accounts.sign_in import accounts_for
from summit.errors import Refusal
from summit.imports.staging import Overtaken, Staging
from summit.imports.table_format import Refused
from summit.lib.codes import reference
from summit.models import SealedAddress, Summit, User

# People confirmed by one task: few enough that the mail of somebody who registers meanwhile does not wait long.
BATCH = 50
DOUBLED: Any = _("Somebody above has this address. Give each person an address of their own.")


class Entrance:
    """The people of one import. ``entered``: by the team, as :func:`registration.registering.lifecycle.register` has it."""

    def __init__(self, staging: Staging, summit: Summit, by: User | None, entered: bool) -> None:
        self.staging, self.summit, self.by, self.entered = staging, summit, by, entered
        there = summit.registrations.active().filter(companion_of=None).only("email", "guid", "name", "at_risk")
        self.by_address: dict[str, Registration] = {one.email.lower(): one for one in there.iterator()}
        self._add_sealed()
        self.references = set(summit.registrations.values_list("reference", flat=True))
        self.quotas = capacity.quotas(summit)
        # Places left of delegations, by their keys and those of categories.
        self.delegated: dict[tuple[int, int], int] = {}
        self.made: list[tuple[Registration, Person]] = []
        staging.before(self._take_delegation_places)
        self.tagged: list[tuple[Registration, list[str]]] = []
        self.tags = set(summit.tags.values_list("key", flat=True))
        staging.before(self._find_accounts)
        staging.after(self._settle)

    def _add_sealed(self) -> None:
        """Those of whom the row knows a stand-in alone, by the address it stands for."""
        for stand_in, address in SealedAddress.objects.behind(self.summit).items():
            if known := self.by_address.get(stand_in):
                self.by_address[address] = known

    def registered(self, address: str) -> Registration | None:
        """Whoever is registered under an address, also by an earlier row."""
        return self.by_address.get(address.lower())

    def enter(self, person: Person) -> Registration:
        """Register somebody who is not yet. Raises ``Refused``."""
        try:
            making.may_register(self.summit, person, entered=self.entered)
            made = making.made(self.summit, person, user=None, entered=self.entered)
            self._count(made, person)
            self._fill(made)
        except Refusal as refusal:
            raise Refused(str(refusal.message)) from refusal
        while made.reference in self.references:
            made.reference = reference()
        self.staging.make(made)
        self.references.add(made.reference)
        self.by_address[made.email.lower()] = made
        self.made.append((made, person))
        return made

    def pretend(self, person: Person) -> None:
        """Count somebody who is not entered, as those are who are: the answer tells nobody who is registered. Raises
        ``Refused``."""
        try:
            making.may_register(self.summit, person, entered=self.entered)
            made = making.made(self.summit, person, user=None, entered=self.entered)
            self._count(made, person)
        except Refusal as refusal:
            raise Refused(str(refusal.message)) from refusal

    def _count(self, made: Registration, person: Person) -> None:
        """Take the places of somebody in the quotas as they were read, the people of earlier rows counted in. Raises
        :class:`refusals.NoPlaceLeft`."""
        if not made.holds_place:
            return
        wish = capacity.wish(person, self.quotas)
        priority, by_team = person.category.priority, self.entered
        if waitlist.without_place(self.summit, wish, self.quotas, priority=priority, by_team=by_team):
            raise refusals.no_place_left(self.summit, wish, self.quotas)
        for quota in capacity.matching(self.summit, wish, self.quotas):
            quota.taken += 1

    def _fill(self, made: Registration) -> None:
        """Raises :class:`registration.registering.refusals.NoDelegationPlace`, the people of earlier rows counted in."""
        if made.delegation_id is None:
            return
        key = (made.delegation_id, made.category_id)
        if self.delegated.setdefault(key, delegations.left(*key)) < 1:
            raise refusals.NoDelegationPlace
        self.delegated[key] -= 1

    def _take_delegation_places(self) -> None:
        sent = Counter((made.delegation_id, made.category_id) for made, _person in self.made if made.delegation_id)
        for (delegation, category), count in sorted(sent.items()):
            if not delegations.take(delegation, category, count):
                raise Overtaken

    def check_tags(self, names: list[str]) -> None:
        """Raises ``Refused`` where there would be more tags than a summit has."""
        if len(self.tags.union(map(tag_key, names))) > tagging.MOST_KEPT:
            raise Refused(str(tagging.TooManyTags.message))

    def tag(self, made: Registration, names: list[str]) -> None:
        """Give somebody of this import tags, by their names."""
        self.tags.update(map(tag_key, names))
        self.tagged.append((made, names))

    def _find_accounts(self) -> None:
        people = {made.email.strip().lower(): (made.name, made.language) for made, _person in self.made}
        accounts = accounts_for(people)
        for made, _person in self.made:
            made.user = accounts[made.email.strip().lower()]

    def _settle(self) -> None:
        written = [(made, person) for made, person in self.made if made.pk is not None]
        holding = [person for made, person in written if made.holds_place]
        for wish, count in Counter(capacity.wish(person, self.quotas) for person in holding).items():
            if not capacity.take(self.summit, wish, count, by_team=self.entered):
                raise Overtaken
        making.write_consents(written)
        lines = [
            (made, *making.recorded(made, entered=self.entered, consents=person.consents)) for made, person in written
        ]
        for action in {action for _made, action, _changes in lines}:
            changes = [(made, changes) for made, each, changes in lines if each == action]
            history.record_many(action, changes, by=self.by, summit=self.summit)
        tagged = [(made, names) for made, names in self.tagged if made.pk is not None]
        tagging.add_each(self.summit, tagged, by=self.by)
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
    rows = Registration.objects.active().filter(guid__in=guids).select_related("summit", "category", "delegation")
    return emails.confirmed_many(rows.order_by("pk"))


def requeue(*, older_than: datetime) -> int:
    """Confirm again whom a task that failed was about to; returns how many batches."""
    return queued_again(confirm_many, older_than=older_than)


@transaction.atomic
def queued_again(task: Any, *, older_than: datetime) -> int:
    """Queue each of a task that failed before then again, as it was; returns how many."""
    end = f".{task.module_path.rpartition('.')[2]}"
    halves = DBTaskResult.objects.failed().filter(task_path__endswith=end, finished_at__lte=older_than)
    given = [half.args_kwargs["args"] for half in halves]
    halves.delete()
    for args in given:
        task.enqueue(*args)
    return len(given)
